"""Makes the pictures of docs/: what each command shows on a terminal, from true runs on a home of their own.

`python tools/pictures.py` renews docs/demo.svg and docs/pictures/. `--all FOLDER` makes every one at 40, 80 and 120
columns, dark and light, for looking at.
"""

from __future__ import annotations

import argparse
import base64
import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI
from rich.text import Text

from autosync_tasks.cli.demo import _TOKEN, _TREE

CHECKOUT = Path(__file__).parent.parent
HOST = "laptop"
AUTOSYNC = Path(sys.executable).parent / "autosync"


class Home:
    """A person's home in a scratch folder, with the demo's config tree and more of the kind."""

    def __init__(self, root: Path) -> None:
        self.path = root / "ana"
        self.tree = self.path / ".config" / "opencode"
        self.environ = {
            "HOME": str(self.path),
            "PATH": f"{AUTOSYNC.parent}:/usr/local/bin:/usr/bin:/bin",
            "LOGNAME": "ana",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }
        for name, text in _TREE.items():
            self.write(name, text)
        (self.tree / "bin/check").chmod(0o755)
        for area in ("api", "web", "data", "cloud"):
            for topic in ("style", "tests", "release", "reviews", "names"):
                self.write(f"context/{area}/{topic}.md", f"# {topic} of {area}\n\nShort and true.\n")
        for skill in ("migrations", "incident-notes", "type-hints"):
            self.write(f"skills/{skill}/SKILL.md", f"---\nname: {skill}\ndescription: How we do it here\n---\nRead.\n")

    def write(self, name: str, text: str) -> None:
        path = self.tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def run(self, words: str, width: int = 80) -> bytes:
        """What a command shows on a terminal of that width, as it shows it."""
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        argv = [str(AUTOSYNC), *words.split()]
        shown = b""
        with subprocess.Popen(argv, env=self.environ, cwd=self.path, stdin=follower, stdout=follower, stderr=follower):
            os.close(follower)
            while part := _read(leader):
                shown += part
        os.close(leader)
        return shown


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # the other side is closed
        return b""


def _secret(home: Home) -> None:
    home.write("context/api/notes.md", f"# Notes\n\nThe token is {base64.b64decode(_TOKEN).decode()}\n")


def _mended(home: Home) -> None:
    home.write("context/api/notes.md", "# Notes\n\nThe token is in the keyring.\n")


def _edits(home: Home) -> None:
    home.write("agent/reviewer.md", _TREE["agent/reviewer.md"] + "Say what is good, too.\n")
    home.write("context/web/style.md", "# Style\n\nShort lines, one idea each.\n")
    home.write("command/changelog.md", "---\ndescription: Write the changelog\n---\nOne line a change.\n")
    (home.tree / "context/data/names.md").unlink()


def _most_deleted(home: Home) -> None:
    _mended(home)
    shutil.rmtree(home.tree / "context")
    shutil.rmtree(home.tree / "skills")


def _nothing(home: Home) -> None:
    pass


def _scheduled(home: Home) -> None:
    home.environ["PATH"] = f"{home.path / 'bin'}:{home.environ['PATH']}"
    crontab = home.path / "bin" / "crontab"
    crontab.parent.mkdir()
    crontab.write_text(_CRONTAB)
    crontab.chmod(0o755)
    home.run("install-cron")
    home.run("sync --trigger=schedule")


_CRONTAB = """#!/bin/sh
held=$HOME/.crontab
case $1 in
-l) cat "$held" 2>/dev/null || { echo "no crontab for ana" >&2; exit 1; } ;;
*) cat "$1" >"$held" ;;
esac
"""
"""A crontab of the scratch home: that of who runs this stays as it is."""


def _remote(home: Home) -> None:
    there = home.path / "usb" / "backup.git"
    subprocess.run(["git", "init", "-q", "--bare", str(there)], check=True)
    backup = home.path / ".local/share/autosync-tasks/backup"
    subprocess.run(["git", "-C", str(backup), "remote", "add", "origin", str(there)], check=True)
    home.write("context/web/names.md", "# Names\n\nAs in the style guide.\n")
    home.run("sync --push")


def _changed_settings(home: Home) -> None:
    home.run("set-config MAX_SYNC_FREQUENCY=10m DEEP_VERIFY_EVERY=2w MAX_FILE_SIZE=20000000 AUTO_SYNC_PUSH=true")


SCENES: tuple[tuple[str, Callable[[Home], None], str], ...] = (
    ("help", _nothing, "help"),
    ("status-not-protected", _nothing, "status"),
    ("sync-first", _nothing, "sync"),
    ("sync-again", _nothing, "sync"),
    ("status-protected", _scheduled, "status"),
    ("detect", _edits, "detect"),
    ("status-attention", _secret, "status"),
    ("sync-blocked", _nothing, "sync"),
    ("validate", _nothing, "validate"),
    ("sync-some", _mended, "sync"),
    ("machines", _remote, "machines"),
    ("sync-mass-deletion", _most_deleted, "sync"),
    ("restore", _nothing, "restore context skills"),
    ("profiles", _nothing, "profiles"),
    ("history", _nothing, "history"),
    ("doctor", _nothing, "doctor"),
    ("show-config", _changed_settings, "show-config"),
    ("status-long", _nothing, "status --verbose"),
    ("help-sync", _nothing, "help sync"),
    ("demo", _nothing, "demo --folder autosync-demo"),
)
"""Name of the picture, what a person or an agent did before, and the command."""
ONLY_TO_LOOK_AT = ("sync-some", "status-long", "help-sync")
"""Scenes that no page shows."""


def pictures(width: int, kept: Path) -> Iterator[tuple[str, str, bytes]]:
    """Name, command and what it shows, scene by scene, each after the ones before.

    kept: where the scanner's compiled rules lie, or are put, for the next time.
    """
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        rules = home.path / ".local/state/autosync-tasks/engine"
        for name, before, words in SCENES:
            before(home)
            if not rules.exists() and kept.exists():
                shutil.copytree(kept, rules)
                rules.parent.chmod(0o700)
            yield name, words, home.run(words, width)
            if rules.exists() and not kept.exists():
                shutil.copytree(rules, kept)


_GONE = re.compile(rb"[^\n]*\r\x1b\[K")
"""A line of progress, wiped away."""
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"
)
"""rich's picture of a terminal, without the fonts that it would fetch from elsewhere."""


def svg(shown: bytes, title: str, width: int, *, light: bool) -> str:
    """A terminal's picture."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(_GONE.sub(b"", shown.replace(b"\r\n", b"\n")).decode("utf-8")))
    theme = DEFAULT_TERMINAL_THEME if light else MONOKAI
    drawn = console.export_svg(title=title, theme=theme, unique_id=re.sub(r"\W", "-", title), code_format=_FORMAT)
    return re.sub(r"[ \t]*\n\s*", "\n", drawn)


def _make_all(folder: Path, kept: Path) -> None:
    for width in (40, 80, 120):
        for name, words, shown in pictures(width, kept):
            for light in (False, True):
                into = folder / f"{width}-{'light' if light else 'dark'}"
                into.mkdir(parents=True, exist_ok=True)
                (into / f"{name}.svg").write_text(svg(shown, f"autosync {words}", width, light=light), "utf-8")
            text = re.sub(rb"\x1b\[[0-9;]*[mK]", b"", _GONE.sub(b"", shown.replace(b"\r\n", b"\n")))
            with (folder / f"{width}.txt").open("ab") as all_words:
                all_words.write(f"\n$ autosync {words}    [{name}]\n".encode() + text)


def main() -> None:
    """Runs everything and writes the files."""
    if os.geteuid() == 0 and os.uname().nodename != HOST:  # for the list of machines
        shell = ["unshare", "--uts", "sh", "-c", f'hostname {HOST} && exec "$@"', "sh"]
        sys.exit(subprocess.run([*shell, sys.executable, *sys.argv], check=False).returncode)
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", type=Path, metavar="FOLDER", help="every width and both backgrounds, and the words")
    options.add_argument("--rules", type=Path, help="the scanner's compiled rules, to be kept for the next time")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        kept = given.rules or Path(scratch) / "engine"
        if given.all:
            _make_all(given.all, kept)
            return
        for name, words, shown in pictures(80, kept):
            if name not in ONLY_TO_LOOK_AT:
                into = CHECKOUT / "docs" / ("demo.svg" if name == "demo" else f"pictures/{name}.svg")
                into.write_text(svg(shown, f"autosync {words}", 80, light=False), "utf-8")


if __name__ == "__main__":
    main()
