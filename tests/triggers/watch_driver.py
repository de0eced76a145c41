"""Runs the watcher as a program of its own, as `autosync watch` does: source, quiet period, then the command."""

from __future__ import annotations

import json
import os
import sys
import time

from autosync_tasks.config.settings import Settings
from autosync_tasks.policy.classify import protected_matcher
from autosync_tasks.triggers.quiet import Pace
from autosync_tasks.triggers.watch import watch


def main() -> None:
    source, quiet, *command = sys.argv[1:]

    def say(outcome: str, words: str) -> None:
        sys.stdout.write(json.dumps([time.time(), outcome, words]) + "\n")
        sys.stdout.flush()

    result = watch(
        source,
        command,
        os.environ,
        protected=protected_matcher(Settings()),
        say=say,
        pace=lambda: Pace(quiet=float(quiet), usual_retry=2.0),
    )
    say("end", json.dumps(dict(result.data)))


if __name__ == "__main__":
    main()
