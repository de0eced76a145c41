"""Completion as a person has it: what is offered, and in the real shells, each at a terminal of its own."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import subprocess
import termios
import time
from pathlib import Path

import pytest

from autosync_tasks.cli.complete import candidates
from autosync_tasks.errors import UsageError
from autosync_tasks.triggers import completion
from tests.support.machine import BIN, Machine


def offered(text: str) -> list[str]:
    return [word for word, _ in candidates(text)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("autosync sta", ["status"]),
        ("autosync help rest", ["restore"]),
        ("autosync hel", ["help"]),
        ("autosync sync --al", ["--allow-mass-delete"]),
        ("autosync sync --prof", ["--profile"]),
        ("autosync sync --trigger=w", ["--trigger=workflow", "--trigger=watch"]),
        ("autosync sync --trigger w", ["workflow", "watch"]),
        ("autosync recover --take ", ["source", "remote"]),
        ("autosync set-config max_sy", ["MAX_SYNC_FREQUENCY="]),
        ("autosync set-config AUTO_SYNC_PUSH=", ["AUTO_SYNC_PUSH=true", "AUTO_SYNC_PUSH=false"]),
        ("autosync sync --profile cl", ["claude"]),
        ("autosync sync --profile=co", ["--profile=codex"]),
        ("autosync profiles --on ge", ["gemini"]),
        ("autosync nonsense", []),
    ],
)
def test_what_is_offered(machine: Machine, monkeypatch: pytest.MonkeyPatch, text: str, words: list[str]) -> None:
    monkeypatch.setenv("HOME", str(machine.home))
    assert offered(text) == words


def test_paths_of_the_backup_and_profiles_of_ones_own(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.make_tree()
    machine.sync()
    own = machine.config / "profiles/mine.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.touch()
    for name, value in machine.environ.items():
        monkeypatch.setenv(name, value)
    assert offered("autosync restore con") == ["context/"]
    assert offered("autosync why context/") == ["context/stack.md"]
    assert offered("autosync sync --profile mi") == ["mine"]


START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
_ECHO = 'autosync() { if [ "$1" = --complete ]; then command autosync "$@"; else printf "<%s>" "$@"; fi; }; '
READY = {
    "bash": _ECHO + "PS1=; source ~/.local/share/bash-completion/completions/autosync; echo re''ady\n",
    "zsh": _ECHO
    + "PS1=; fpath+=(~/.local/share/zsh/site-functions); autoload -U compinit; compinit -u -D; echo re''ady\n",
    "fish": "function fish_prompt; end; function autosync; if test $argv[1] = --complete; command autosync $argv; else;"
    " printf '<%s>' $argv; end; end; source ~/.config/fish/completions/autosync.fish; echo re''ady\n",
}
"""The program, once its line is entered, only shows its words."""


class Shell:
    """A shell at a terminal."""

    def __init__(self, name: str, environ: dict[str, str], folder: Path) -> None:
        self.leader, follower = pty.openpty()
        self.child = subprocess.Popen(
            START[name],
            env=environ,
            cwd=folder,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  fish wants its terminal
        )
        os.close(follower)
        self.type(READY[name], "ready")

    def type(self, keys: str, until: str, seconds: float = 90) -> str:
        """Types, and waits until the terminal shows that; what it showed."""
        os.write(self.leader, keys.encode())
        shown, end = "", time.monotonic() + seconds
        while until not in shown:
            assert time.monotonic() < end, shown
            if select.select([self.leader], [], [], 0.2)[0]:
                part = os.read(self.leader, 65536).decode("utf-8", "replace")
                shown += part
                if "\x1b[c" in part or "\x1b[0c" in part:  # fish asks what terminal this is
                    os.write(self.leader, b"\x1b[?62;22c")
        return shown

    def close(self) -> None:
        self.child.kill()
        self.child.wait()
        os.close(self.leader)


@pytest.mark.sweep
@pytest.mark.parametrize("name", START)
def test_in_the_real_shell(machine: Machine, name: str) -> None:
    """Task, flag, setting, path of the backup and profile: typed in part, finished by the tabulator key."""
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed (tools/install-system-packages.sh installs it)")
    machine.make_tree()
    machine.sync()
    environ = {**machine.environ, "TERM": "xterm", "LANG": "C.UTF-8", "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin"}
    assert machine.program(["autosync", "install-completion", f"--shell={name}"], environ=environ).exit_code == 0
    shell = Shell(name, environ, machine.folder)
    try:
        for begun, words in {
            "autosync resto": "<restore>",
            "autosync sync --context-o": "<sync><--context-only>",
            "autosync set-config QUARAN": "<set-config><QUARANTINE=>",
            "autosync restore context/st": "<restore><context/stack.md>",
            "autosync sync --profile=gem": "<sync><--profile=gemini>",
            "autosync sync --profile gem": "<sync><--profile><gemini>",
        }.items():
            shell.type(f"{begun}\t\n", words)
    finally:
        shell.close()


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("", "your shell is not known: SHELL is not set"),
        ("/bin/tcsh", "there is no completion for tcsh"),
        ("/bin/\x1b[2J", "there is no completion for \\x1b[2J"),
    ],
)
def test_a_shell_without_completion_is_named_or_asked_for(tmp_path: Path, shell: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        completion.install({"HOME": str(tmp_path), "SHELL": shell})
    assert (caught.value.message, caught.value.hint) == (words, "--shell is bash, zsh or fish")
