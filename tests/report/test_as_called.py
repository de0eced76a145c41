"""Each command that the program advises is said the way the program was called, and can be given that way."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from autosync_tasks.cli.collection import all_tasks
from autosync_tasks.cli.sync_config import translate
from autosync_tasks.cli.task import Scope
from autosync_tasks.report.words import OF_NO_AGENT, runnable
from tests.cli.test_advice import advices

_SAID = re.compile(r"sync-config((?: --[a-z-]+)*)")


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("inv", "inv"),
        ("/somewhere/bin/inv", "inv"),
        ("autosync", "autosync"),
        ("/somewhere/autosync_tasks/__main__.py", f"{Path(sys.executable).name} -m autosync_tasks"),
    ],
)
def test_a_hint_echoes_how_it_was_called(called: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [called])
    for advice in advices():
        assert runnable(f"`inv {advice.command}`") == f"`{said} {advice.command}`", advice.where


def test_sync_config_uses_its_own_flags_where_it_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sync-config"])
    for advice in advices():
        shown = runnable(f"`inv {advice.command}`")
        if shown.startswith("`autosync"):
            assert shown == f"`autosync {advice.command}`", advice.where
        else:
            found = _SAID.match(shown, 1)
            assert found, advice.where
            task, *flags = translate(found[1].split())
            said = [task, *(flag for flag in flags if flag != "--trigger=manual")]
            assert said == advice.command.split()[: len(said)], advice.where


def test_a_program_that_path_does_not_find_is_named_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [".venv/bin/autosync"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert runnable("`inv sync`") == "`.venv/bin/autosync sync`"
    (tmp_path / "autosync").touch()
    assert runnable("`inv sync`") == "`autosync sync`"


def test_a_run_about_one_agent_names_it_in_what_it_advises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["autosync"])
    monkeypatch.setenv("AUTOSYNC_PROFILE", "claude")
    said = runnable("`inv set-config BACKUP_BRANCH=desk`, then `inv recover --check`; or `inv install-cron`")
    branch, recover = (
        "autosync set-config --profile=claude BACKUP_BRANCH=desk",
        "autosync recover --profile=claude --check",
    )
    assert said == f"`{branch}`, then `{recover}`; or `autosync install-cron`"
    assert runnable("`inv sync --profile=codex`") == "`autosync sync --profile=codex`"


def test_what_is_of_no_agent_is_named_once() -> None:
    none = {task.name for task in all_tasks() if task.scope is Scope.NONE}
    assert none | {"help", "watch"} == OF_NO_AGENT
