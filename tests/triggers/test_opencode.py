"""The plugin in the real OpenCode, with the real sync: what features/triggers/hook.feature does not say."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.triggers import hook
from tests.opencode.bed import AUTOSYNC, DONE, Bed, Server
from tests.opencode.client import Home, program
from tests.opencode.model_server import ModelServer
from tests.support.sample import some


@pytest.fixture
def bed(workshop: Path, scanner_cache: Path) -> Iterator[Bed]:
    """As a user has it: backed up by hand once."""
    program()
    with ModelServer([]) as model:
        made = Bed(Home(workshop / "home", model.url), workshop / "backup", model)
        config = made.home.root / ".config" / "autosync-tasks" / "config.toml"
        config.parent.mkdir(parents=True)
        lines = [f'opencode_source = "{made.tree}"', f'opencode_backup = "{made.backup}"', "max_sync_frequency = 0"]
        config.write_text("\n".join(lines) + "\n")
        state = made.home.root / ".local" / "state" / "autosync-tasks"
        state.mkdir(mode=0o700, parents=True)
        shutil.copytree(scanner_cache, state / "engine")
        first = [str(AUTOSYNC), "sync"]
        subprocess.run(first, env=made.home.environ, check=True, capture_output=True, timeout=120)
        yield made


@pytest.mark.parametrize("fault", some(1, "dies", "says rubbish", "no state folder"))
def test_a_broken_sync_never_breaks_a_turn(bed: Bed, fault: str) -> None:
    stub = bed.home.root / "stub"
    stub.write_text({"dies": "#!/bin/sh\nkill -9 $$\n"}.get(fault, "#!/bin/sh\necho '[1,'\n"))
    stub.chmod(0o755)
    if fault == "no state folder":
        shutil.rmtree(bed.home.root / ".local" / "state" / "autosync-tasks")
        (bed.home.root / ".local" / "state" / "autosync-tasks").write_text("a file where the folder should be")
    hook.install(bed.home.environ, command=[str(stub), "sync"])
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert DONE in ended.stdout
    told = {"dies": "The backup failed"}.get(fault)
    assert told is None or told in ended.stderr


@pytest.mark.sweep
def test_a_turn_within_the_limit_leaves_a_waiter_and_its_edit_is_not_lost(bed: Bed) -> None:
    config = bed.home.root / ".config" / "autosync-tasks" / "config.toml"
    config.write_text(config.read_text().replace("max_sync_frequency = 0", "max_sync_frequency = 60"))
    subprocess.run([str(AUTOSYNC), "sync", "--force"], env=bed.home.environ, check=True, capture_output=True)
    bed.install()
    ended = bed.home.opencode("run", "Do it")
    assert ended.returncode == 0, ended.stderr
    assert not bed.holds_the_turn()
    bed.wait_for_the_turn(90)


@pytest.mark.sweep
def test_serve_with_a_sync_of_ten_seconds_answers_at_once_and_commits_even_when_it_is_ended(bed: Bed) -> None:
    bed.install(slow=10)
    server = Server(bed)
    try:
        server.turn()
        assert bed.since_the_sync_began() < 3  # of the 10 that it takes
        assert not bed.holds_the_turn()
        time.sleep(0.5)
        assert bed.since_the_sync_began() > 0
    finally:
        server.end()
    bed.wait_for_the_turn(60)
