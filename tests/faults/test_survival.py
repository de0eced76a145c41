"""Random histories of edits, syncs, kills, people in the backup and on the remote, restores: nothing synced is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from autosync_tasks.backup import worktree
from autosync_tasks.backup.repository import Repository
from autosync_tasks.remote import integrate
from tests.recovery.survival_machine import Survival
from tests.support.histories import play


@pytest.mark.parametrize("examples", [2, pytest.param(6, marks=pytest.mark.sweep)])
def test_a_seeded_sample_of_survivals(workshop: Path, scanner_cache: Path, one_scanner: None, examples: int) -> None:
    """The same few each time, within the budget of CI."""
    play(Survival, workshop, scanner_cache, examples=examples, steps=12, seeded=True)


@pytest.mark.full
def test_a_thousand_survivals(workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    """New ones each time, in about an hour; AUTOSYNC_SEQUENCES sets another number."""
    number = int(os.environ.get("AUTOSYNC_SEQUENCES", "1000"))
    play(Survival, workshop, scanner_cache, examples=number, steps=12, seeded=False)


@pytest.mark.sweep
def test_the_model_notices_a_loss(
    workshop: Path, scanner_cache: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test of the test: without the stash entry, and with a rebase that drops what it should replay."""
    Survival.folder, Survival.scanner = workshop, scanner_cache

    def stashed(history: Survival) -> None:
        history.edited_in_the_backup(name="AGENTS.md", data=b"by hand\n")
        history.edited(name="AGENTS.md", data=b"new\n", mode=0o644)
        history.sync(push=False)

    def rebased(history: Survival) -> None:
        history.sync(push=True)
        history.edited(name="AGENTS.md", data=b"new\n", mode=0o644)
        history.sync(push=False)
        history.pushed_by_others(name="README.md", data=b"theirs\n")
        history.sync(push=True)

    def played(what: Callable[[Survival], None]) -> None:
        history = Survival()
        history.begin()
        what(history)
        history.teardown()

    def forced(repository: Repository, commit: str) -> None:
        repository.gateway.run("update-ref", f"refs/heads/{repository.branch}", commit)

    played(stashed)
    played(rebased)
    with monkeypatch.context() as patch:
        patch.setattr(worktree, "save_edits", lambda *_: "")
        with pytest.raises(AssertionError, match="by hand"):
            played(stashed)
    with monkeypatch.context() as patch:
        patch.setattr(integrate, "replay", lambda _repository, _base, _local, onto, *_: onto)
        patch.setattr(integrate, "move", lambda repository, _old, new, *_: forced(repository, new))
        with pytest.raises(AssertionError, match="on no branch"):
            played(rebased)
