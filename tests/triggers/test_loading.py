"""Whether OpenCode loads the plugin: the judgement, the signs it is taken from, and what status and doctor make of it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from autosync_tasks.model import Trigger
from autosync_tasks.triggers import hook, opencode
from autosync_tasks.triggers.installed import Installed, installed, unloaded
from autosync_tasks.triggers.loading import STARTING, UNHEARD, Missing, Use, Word, missing

NOW = 1_800_000_000.0
HOUR, DAY = 3600.0, 86400.0
INSTALLED = NOW - 10 * DAY


def ago(seconds: float) -> Word:
    return Word(NOW - seconds, 1, "1.18.33")


@pytest.mark.parametrize(
    ("word", "use", "why", "lasting"),
    [
        pytest.param(None, Use(), "", False, id="no sign of OpenCode"),
        pytest.param(None, Use((NOW - 11 * DAY,), NOW - 11 * DAY), "", False, id="used before it was installed"),
        pytest.param(None, Use((NOW - 2 * HOUR,)), "ran once since it was installed 10 days ago", False, id="one run"),
        pytest.param(None, Use((NOW - HOUR, NOW - 2 * HOUR, NOW - 3 * HOUR)), "ran 3 times since", True, id="three runs"),
        pytest.param(None, Use((NOW - 2 * DAY,)), "ran once since", True, id="one run, days ago"),
        pytest.param(ago(HOUR), Use((NOW - HOUR - 5, NOW - DAY)), "", False, id="loaded by the last run"),
        pytest.param(ago(DAY), Use((NOW - HOUR,)), "ran once since it was last loaded 24 hours ago", False, id="not any more"),
        pytest.param(ago(11 * DAY), Use((NOW - HOUR,)), "since it was installed", False, id="installed anew after the word"),
        pytest.param(None, Use((NOW - STARTING + 1,)), "", False, id="still starting"),
        pytest.param(Word(NOW + DAY), Use((NOW - HOUR,)), "since it was installed", False, id="a word from the future"),
        pytest.param(None, Use((NOW + DAY,)), "", False, id="a run in the future"),
        pytest.param(None, Use((), NOW - HOUR), "was used 1 hour ago, after it was installed", True, id="no log, but a database"),
        pytest.param(Word(NOW - 2 * HOUR, 2), Use((), NOW - UNHEARD / 2), "was used 30 minutes ago, after it was last loaded", False, id="version 2"),
        pytest.param(Word(NOW - UNHEARD, 2), Use((), NOW - 1), "", False, id="version 2 looked an hour ago"),
        pytest.param(Word(NOW - DAY, 1), Use((), NOW - 1), "", False, id="version 1 may run for days"),
    ],
)  # fmt: skip
def test_missing(word: Word | None, use: Use, why: str, lasting: bool) -> None:
    found = missing(INSTALLED, word, use, NOW)
    if not why:
        assert found is None
    else:
        assert isinstance(found, Missing)
        assert why in found.why
        assert found.why.endswith("the plugin was not loaded")
        assert found.lasting is lasting


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    made = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    hook.install(made)
    os.utime(hook.path_for("global", made, "."), (INSTALLED, INSTALLED))
    (tmp_path / ".local/share/opencode/log").mkdir(parents=True)
    return made


def log(environ: dict[str, str], name: str, text: str) -> None:
    (Path(opencode.data_folder(environ)) / "log" / name).write_text(text)


def line(when: str, run: str, message: str = '"creating instance"') -> str:
    return f"timestamp={when} level=INFO run={run} message={message} directory=/p\n"


def test_the_log_of_1_18_names_each_run_once_by_the_last_project_it_opened(environ: dict[str, str]) -> None:
    text = line("2026-11-28T10:00:00.000Z", "a1") + line("2026-11-28T11:00:00.000Z", "a1") + line("rubbish", "c3")
    text += line("2026-11-28T12:00:00.500Z", "b2") + line("2026-11-28T13:00:00.000Z", "b2", "loading")
    log(environ, "opencode.log", text)
    assert sorted(opencode.read_use(environ).starts) == [1795863600.0, 1795867200.5]


def test_the_logs_of_older_versions_are_one_for_each_run(environ: dict[str, str]) -> None:
    log(environ, "2026-11-28T110000.log", "INFO service=default directory=/p creating instance\n")
    log(environ, "2026-11-28T120000.log", "INFO service=default version=1.2.27 args=[models]\n")  # opened no project
    log(environ, "dev.log", "creating instance\n")
    assert opencode.read_use(environ).starts == (1795863600.0,)


def test_a_database_is_a_sign_and_what_cannot_be_read_is_none(environ: dict[str, str]) -> None:
    assert opencode.read_use(environ) == Use()
    data = Path(opencode.data_folder(environ))
    (data / "opencode.db").touch()
    os.utime(data / "opencode.db", (NOW, NOW))
    (data / "log" / "opencode.log").mkdir()
    assert opencode.read_use(environ) == Use((), NOW)


@pytest.mark.parametrize(
    "text", ["", "[", "[]", "{}", '{"at": "x"}', '{"at": null}', '{"at": 1, "api": {}}', "[" * 100_000]
)
def test_a_word_that_cannot_be_understood_is_none(environ: dict[str, str], text: str) -> None:
    path = Path(hook.word_path(hook.state_folder(environ)))
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert opencode.read_word(str(path)) is None
    assert installed(environ, NOW)[0].fault == ""


def leave_word(environ: dict[str, str], **facts: object) -> None:
    path = Path(hook.word_path(hook.state_folder(environ)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(facts))


def test_an_installed_plugin_that_is_not_loaded_is_a_fault_that_another_installation_does_not_mend(
    environ: dict[str, str],
) -> None:
    (item,) = installed(environ, NOW)
    assert (item.fault, item.gone) == ("", False)
    log(environ, "opencode.log", "".join(line("2026-11-28T11:00:00Z", run) for run in "abc"))
    (item,) = installed(environ, NOW)
    assert item.fault == ""  # the log is older than the plugin
    now = 1795863600.0 + HOUR
    os.utime(hook.path_for("global", environ, "."), (now - DAY, now - DAY))
    (item,) = installed(environ, now)
    assert "OpenCode ran 3 times since it was installed 24 hours ago, and the plugin was not loaded" in item.fault
    assert item.gone
    assert "log" in item.remedy
    assert item.fault in unloaded([item])
    assert unloaded([item, Installed(Trigger.SCHEDULE, "cron", HOUR, "crontab")]) == ""
    leave_word(environ, at=now - 60, api=1)
    (item,) = installed(environ, now)
    assert item.fault == ""


def test_what_kept_the_last_sync_from_starting_is_a_fault(environ: dict[str, str]) -> None:
    leave_word(environ, at=NOW - 60, api=2, opencode="2.0.32", fault="cannot start /gone/autosync: ENOENT")
    (item,) = installed(environ, NOW)
    assert item.fault == "cannot start /gone/autosync: ENOENT"
    os.utime(hook.path_for("global", environ, "."), (NOW - 30, NOW - 30))  # installed anew since
    (item,) = installed(environ, NOW)
    assert item.fault == ""
