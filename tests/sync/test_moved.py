"""A person commits on the backup's branch in the moment in which the first sync has moved it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.backup.commit import commit
from autosync_tasks.errors import BranchMovedError
from autosync_tasks.sync import pipeline, store
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place


def test_the_first_sync_knows_its_own_commit_again(
    workshop: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place.make(workshop, scanner_cache)
    place.write("agent/a.md", "Plain words.\n")
    time.sleep(0.1)

    def and_a_person(*known: Any, **more: Any) -> str:
        monkeypatch.setattr(store, "commit", commit)
        new = commit(*known, **more)
        of_a_person = place.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "by hand").decode().strip()
        place.git("update-ref", "refs/heads/main", of_a_person)
        raise BranchMovedError(f"the branch was moved from {new} by someone else meanwhile")

    monkeypatch.setattr(store, "commit", and_a_person)
    run = pipeline.sync(open_site(place.environ), new_request())
    assert (run.exit_code, run.reason.startswith("nothing to do") or run.outcome == "changed") == (0, True), run
    assert place.git("log", "--format=%s", "-1") == b"by hand\n"
    assert place.git("show", "HEAD:agent/a.md") == b"Plain words.\n"


@pytest.mark.parametrize("names", [("SOURCE",), ("BACKUP",), ("SOURCE", "BACKUP")])
def test_the_environment_means_another_source_only_if_it_names_another_backup_too(
    names: tuple[str, ...], workshop: Path, scanner_cache: Path, one_scanner: None
) -> None:
    """One alone may be what was recorded, moved or by another name: its id is the recorded one."""
    place = Place.make(workshop, scanner_cache)
    place.write("agent/a.md", "Plain words.\n")
    assert place.inside().code == 0
    recorded = open_site(place.environ).source_id
    others = {f"OPENCODE_{name}": str(place.home / "elsewhere" / name) for name in names}
    (place.home / "elsewhere/SOURCE").mkdir(parents=True)
    found = open_site({**place.environ, **others})
    assert len(recorded) == len(found.source_id) == 16
    assert (found.source_id == recorded) is (len(names) == 1)
    assert bool(found.other_source) is (names == ("SOURCE",))
