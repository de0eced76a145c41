"""A home as an agent made it, told path by path: what of it is backed up, what is not, and why."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Kind, Priority, Rule
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.profiles import Source

LISTS = Path(__file__).parent / "homes"
VERDICTS = {Priority.NEVER: "never", Priority.LOW: "by hand"}
"""What becomes of a path without a wish of a person's; all else is taken."""
SOMETIMES = "~"
"""Before a path that not every run of the agent leaves."""


class Judge:
    """What is told of each path by the rules of an agent as they are now."""

    def __init__(self, agent: str) -> None:
        self.profile = Source(agent).read()
        self.rule_for = Classifier(Settings(profile=Source(agent))).rule_for

    def line(self, path: str, rule: Rule) -> str:
        why = self.profile.reasons.get(rule.pattern)
        said = f"{rule.category} by {rule.pattern}" + (f": {why}" if why else "")
        return f"{VERDICTS.get(rule.priority, 'taken'):<8} {path:<40}  {said}"

    def of(self, path: str) -> str:
        """A line of a path as the lists have it: a folder that is told as one ends in `/`, a link in `@`."""
        kind = {"/": Kind.FOLDER, "@": Kind.LINK}.get(path[-1], Kind.FILE)
        return self.line(path, self.rule_for(os.fsencode(path.rstrip("/@")), kind))

    def lines(self, tree: Path) -> Iterator[str]:
        """Of all that is in a tree; a folder of which one rule leaves everything is one line."""
        for one in sorted(os.scandir(tree), key=lambda one: one.name):
            yield from self._below(tree, Path(one.path))

    def _below(self, tree: Path, path: Path) -> Iterator[str]:
        name = str(path.relative_to(tree))
        if path.is_symlink() or not path.is_dir():
            yield self.of(name + "@" * path.is_symlink())
            return
        below = [line for one in sorted(path.iterdir()) for line in self._below(tree, one)]
        own = self.of(name + "/")
        alike = all(verdict_of(line) == verdict_of(own) for line in below)
        if not below or (alike and verdict_of(own) != "taken"):
            yield own
        else:
            yield from below


def verdict_of(line: str) -> str:
    return line[:8].rstrip()


def path_of(line: str) -> str:
    return re.split(r"  +", line[9:], maxsplit=1)[0]


def approved(agent: str) -> tuple[list[str], set[str]]:
    """The lines that somebody has read and approved, and those of them that need not come each time."""
    told = [line for line in (LISTS / f"{agent}.txt").read_text().splitlines() if not line.startswith("#")]
    return [line.removeprefix(SOMETIMES) for line in told], {line[1:] for line in told if line.startswith(SOMETIMES)}
