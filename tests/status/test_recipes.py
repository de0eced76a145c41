"""The recipes of docs/notify.md, each with the program that it names or a stand-in of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autosync_tasks.config.load import load
from autosync_tasks.status.notify import each
from tests.features.heartbeat import listening
from tests.support.forks import CHECKOUT
from tests.support.scanner import CACHE

APPRISE = CACHE.parent / "apprise"
MESSAGE = 'autosync: blocked: a test\'s "words" $HOME'


def recipes() -> dict[str, str]:
    text = (CHECKOUT / "docs/notify.md").read_text("utf-8").partition("### Recipes")[2]
    rows = re.findall(r"^\| (.+?) \| `(.+?)`", text, re.MULTILINE)
    return {name.strip("[").partition("]")[0]: command.replace(r"\|", "|") for name, command in rows}


def told(command: str, folder: Path) -> str:
    """What comes of it when the setting holds this command."""
    file = folder / "config.toml"
    file.write_text("notify = ['''" + command.replace("/home/ana", str(folder)) + "''']\n")
    (found,) = each(load({"HOME": str(folder), "AUTOSYNC_CONFIG": str(file)}).settings)
    return found.run(MESSAGE)


def stand_in(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of this name that writes down its words, one a line, then what it reads."""
    heard = folder / f"{name}.heard"
    program = folder / "bin" / name
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {heard}\ncat >> {heard}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    return heard


def test_there_is_one_for_each() -> None:
    assert list(recipes()) == ["the desktop", "mail", "ntfy", "Apprise", "the agent itself"]


def test_the_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = stand_in(tmp_path, "notify-send", monkeypatch)
    assert told(recipes()["the desktop"], tmp_path) == ""
    assert heard.read_text().splitlines() == ["--app-name=autosync", "Backup", MESSAGE]


def test_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, "hostname", monkeypatch)
    (tmp_path / "bin/hostname").write_text("#!/bin/sh\necho desk\n")
    heard = stand_in(tmp_path, "mail", monkeypatch)
    assert told(recipes()["mail"], tmp_path) == ""
    assert heard.read_text().splitlines() == ["-s", "Backup on desk", "ana@example.org", MESSAGE]


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl program")
def test_ntfy(tmp_path: Path) -> None:
    (tmp_path / ".config").mkdir()
    with listening() as ear:
        made = f'url = "{ear.url}"\nheader = "Authorization: Bearer made-up"\n'
        (tmp_path / ".config/ntfy.curl").write_text(made)
        assert told(recipes()["ntfy"], tmp_path) == ""
        (one,) = ear.heard
        ear.answer = 500
        assert told(recipes()["ntfy"], tmp_path).startswith("it ended with ")
    assert one.startswith("POST /ping/a1b2c3 ")
    assert one.endswith(MESSAGE)
    assert "Authorization: Bearer made-up" in one


@pytest.mark.sweep
def test_apprise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one, which the tests fetch: nothing else of them needs it and what it brings."""
    words = [sys.executable, "-m", "pip", "install", "-q", "-c", "constraints.txt", "--target", str(APPRISE), "apprise"]
    if not (APPRISE / "bin/apprise").exists() and subprocess.run(words, cwd=CHECKOUT, check=False).returncode:
        pytest.skip("the package registry does not give apprise")
    monkeypatch.setenv("PATH", f"{APPRISE}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PYTHONPATH", str(APPRISE))
    (tmp_path / ".config").mkdir()
    with listening() as ear:
        made = "urls:\n  - " + ear.url.replace("http://", "json://") + "\n"
        (tmp_path / ".config/apprise.yml").write_text(made)
        assert told(recipes()["Apprise"], tmp_path) == ""
        (one,) = ear.heard
    assert '"title": "autosync"' in one
    assert "a test's" in one


def test_the_agent_itself_shows_it_once(tmp_path: Path) -> None:
    assert told(recipes()["the agent itself"], tmp_path) == ""
    page = (CHECKOUT / "docs/notify.md").read_text("utf-8")
    (hook,) = re.findall(r"shows it once: `(.+?)`", page)
    for said in (json.dumps({"systemMessage": MESSAGE}), ""):
        ran = subprocess.run(["sh", "-c", hook.replace("/home/ana", str(tmp_path))], capture_output=True, check=True)
        assert (ran.stdout.decode(), ran.stderr) == (said, b"")
