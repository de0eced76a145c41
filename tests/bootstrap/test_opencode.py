"""After a bootstrap the real OpenCode makes a turn in the tree, and the turn ends in a sync on the same branch."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.bootstrap.bootstrap import bootstrap
from autosync_tasks.bootstrap.request import Wish
from autosync_tasks.triggers import hook
from autosync_tasks.workspace.request import new_request
from tests.features.pictures import commits, git
from tests.features.settings import put
from tests.opencode.bed import Bed, Run
from tests.opencode.client import Home, program
from tests.opencode.model_server import ModelServer
from tests.support import independent
from tests.support.machine import Machine
from tests.support.sample import some

BEFORE = "OpenCode was started before"


@pytest.mark.parametrize("home", some(1, "an empty home", BEFORE))
def test_a_turn_of_opencode_goes_on_with_the_branch(
    workshop: Path, scanner_cache: Path, machine: Machine, home: str
) -> None:
    started = home == BEFORE
    program()
    with ModelServer([]) as model:
        old = machine
        old.make_tree()
        old.environ |= Home(old.home, model.url).environ
        assert hook.install(old.environ).exit_code == 0
        old.must_sync()
        remote = workshop / "remote.git"
        git(workshop, "clone", "--quiet", "--bare", str(old.backup), str(remote))
        lost = independent.source(old.source)

        new = Machine(workshop / "new", scanner_cache)
        new.prepare_scanner()
        bed = Bed(Home(new.home, model.url), new.backup, model) if started else None
        if bed is not None:
            assert Run(bed).end()[0] == 0
            assert (new.source / ".gitignore").exists()  # OpenCode itself writes it
            # The model of the test stands for a person's own settings, which a bootstrap would ask about.
            (new.source / "opencode.json").write_text('{\n  "$schema": "https://opencode.ai/config.json"\n}')
        run = bootstrap(new.environ, Wish(str(remote)), new_request())
        assert run.exit_code == 0, run
        plugin = b"plugins/autosync.js"
        back = {path: thing for path, thing in independent.source(new.source).items() if path in lost or not started}
        assert {path: thing for path, thing in back.items() if path != plugin} == {
            path: thing for path, thing in lost.items() if path != plugin
        }
        put(new, max_sync_frequency=0)
        bed = bed or Bed(Home(new.home, model.url), new.backup, model)
        turn = Run(bed)
        assert turn.end()[0] == 0
        bed.wait_for_the_turn(60)
        assert bed.trigger_of_the_commit() == "workflow"
        assert commits(remote) == commits(new.backup)
        assert set(commits(old.backup)) < set(commits(remote))
