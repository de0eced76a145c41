"""The plugin's install task: four ways to call it, scopes, other people's files; and the tasks as programs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autosync_tasks import __version__
from autosync_tasks.errors import UsageError
from autosync_tasks.triggers import hook
from tests.support.forks import server
from tests.support.home import Home

AUTOSYNC = Path(sys.executable).with_name("autosync")
COMMAND = ('/opt/it\'s "here"/autosync', "sync", "--trigger=workflow")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"]}


def snapshot(root: Path) -> dict[str, tuple[int, bytes]]:
    return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in root.rglob("*") if p.is_file()}


@pytest.mark.parametrize("scope", hook.SCOPES)
def test_check_and_run_first_and_second_then_remove(tmp_path: Path, environ: dict[str, str], scope: str) -> None:
    def call(act: str, *, check: bool = False) -> tuple[str, int]:
        if act == "install":
            found = hook.install(environ, scope=scope, folder=str(tmp_path / "p"), check=check, command=COMMAND)
        else:
            found = hook.uninstall(environ, scope=scope, folder=str(tmp_path / "p"), check=check)
        return found.outcome, found.exit_code

    (tmp_path / "p").mkdir()
    assert call("install", check=True) == ("changed", 5)
    assert snapshot(tmp_path) == {}
    assert call("install") == ("changed", 0)
    once = snapshot(tmp_path)
    assert len(once) == 1
    assert call("install", check=True) == ("ok", 0)
    assert call("install") == ("ok", 0)
    assert call("uninstall", check=True) == ("changed", 5)
    assert snapshot(tmp_path) == once
    assert call("uninstall") == ("changed", 0)
    assert snapshot(tmp_path) == {}
    assert call("uninstall") == ("ok", 0)


def test_an_older_plugin_is_brought_up_to_date(tmp_path: Path, environ: dict[str, str]) -> None:
    hook.install(environ, command=("/old/autosync", "sync"))
    found = hook.install(environ, command=COMMAND)
    assert found.outcome == "changed"
    assert "up to date" in found.reason
    assert "/old/autosync" in found.diff


def test_a_file_of_someone_else_is_left_alone(tmp_path: Path, environ: dict[str, str]) -> None:
    path = Path(hook.path_for("global", environ, "."))
    path.parent.mkdir(parents=True)
    path.write_text("export const Mine = async () => ({})\n")
    before = snapshot(tmp_path)
    for act in (hook.install, hook.uninstall):
        with pytest.raises(UsageError, match="not ours"):
            act(environ)
    assert snapshot(tmp_path) == before


def test_the_project_is_the_nearest_folder_with_a_repository(tmp_path: Path, environ: dict[str, str]) -> None:
    inner = tmp_path / "project" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "project" / ".git").mkdir()
    assert hook.path_for("project", environ, str(inner)) == f"{tmp_path}/project/.opencode/plugins/autosync.js"


def test_a_scope_that_does_not_exist_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        hook.install(environ, scope="everywhere")


def test_the_plugin_is_javascript_and_holds_what_it_needs(tmp_path: Path, environ: dict[str, str]) -> None:
    if not shutil.which("node"):
        pytest.skip("there is no node on this machine to read the plugin")
    path = tmp_path / "plugin.mjs"
    path.write_text(hook.plugin_text(COMMAND, {"A": "b"}, "/state/hook").replace("const SETUP", "export const SETUP"))
    show = "[m.SETUP, Object.keys(m), Object.keys(m.default), m.default.server === m.AutosyncTasks]"
    code = f"import('{path}').then(m => console.log(JSON.stringify({show})))"
    ended = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True)
    setup, names, default, same = json.loads(ended.stdout)
    unset = setup.pop("unset")
    assert setup == {
        "version": __version__,
        "command": [*COMMAND, "--json"],
        "program": COMMAND[0],
        "env": {"A": "b"},
        "state": "/state/hook",
        "word": "/state/hook-loaded.json",
        "look_ms": 600_000,
    }
    assert {"OPENCODE_SOURCE", "AUTO_SYNC_PUSH", "AUTOSYNC_CONFIG", "XDG_STATE_HOME"} <= set(unset)
    assert "HOME" not in unset
    # Version 1 before 1.14 takes each exported function for a plugin: only one. Version 2 takes the default alone.
    assert names == ["AutosyncTasks", "SETUP", "default"]
    assert (default, same) == (["id", "server", "setup"], True)


def test_a_plugin_of_another_version_of_the_program_is_said_to_be_one(tmp_path: Path, environ: dict[str, str]) -> None:
    hook.install(environ)
    path = Path(hook.path_for("global", environ, "."))
    assert hook.state_of(str(path), environ) == ""
    text = path.read_text()
    path.write_text(text.replace(f'"version": "{__version__}"', '"version": "0.0.7"'))
    assert f"version 0.0.7 of this program, which is {__version__} now" in (hook.state_of(str(path), environ) or "")
    assert "version 0.0.7" in hook.install(environ, check=True).reason
    path.write_text(text.splitlines()[0] + "\n\nconst SETUP = {}\n")  # as one before 0.2 wrote it
    assert "an older version" in (hook.state_of(str(path), environ) or "")
    path.write_text(text + "// mine\n")
    assert "install-hook would write now" in (hook.state_of(str(path), environ) or "")


def run(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    code, out, err, _ = server().run([str(AUTOSYNC), *words], environ, Path(environ["HOME"]).parent)
    return subprocess.CompletedProcess(words, code, out.decode(), err.decode())


class TestAsPrograms:
    @pytest.mark.sweep
    def test_while_the_places_come_from_variables_alone_it_refuses_and_prints_the_line(
        self, tmp_path: Path, environ: dict[str, str]
    ) -> None:
        environ |= {"OPENCODE_SOURCE": str(tmp_path / "a b"), "OPENCODE_BACKUP": str(tmp_path / "c")}
        for task in ("install-cron", "install-timer", "install-hook"):
            ended = run(environ, task)
            assert ended.returncode == 2, ended.stderr
            assert f"autosync set-config OPENCODE_SOURCE='{tmp_path}/a b'" in ended.stderr
        assert snapshot(tmp_path) == {}

    def test_install_check_and_json(self, environ: dict[str, str], scanner_cache: Path) -> None:
        Home(Path(environ["HOME"]).parent).prepare_scanner(scanner_cache)  # to install compiles it: 10 s
        ended = run(environ, "install-hook", "--check", "--json")
        assert ended.returncode == 5, ended.stderr
        said = json.loads(ended.stdout)
        assert (said["outcome"], said["check"]) == ("changed", True)
        assert run(environ, "install-hook").returncode == 0
        assert json.loads(run(environ, "install-hook", "--json").stdout)["outcome"] == "ok"

    def test_wrong_usage_ends_with_2(self, environ: dict[str, str]) -> None:
        for words in (
            ["install-cron", "--schedule", "61 * * * *"],
            ["install-cron", "--every", "7m"],
            ["install-hook", "--scope", "everywhere"],
            ["watch", "--install", "--uninstall"],
            ["watch", "--check"],
        ):
            ended = run(environ, *words)
            assert ended.returncode == 2, (words, ended.stderr)
            assert "error:" in ended.stderr
