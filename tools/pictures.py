"""Makes the pictures of docs/: what each command shows on a terminal, from true runs on a home of their own.

`python tools/pictures.py` renews docs/demo.svg and docs/pictures/. `--width 40`, `--light` and `--to FOLDER` are for
looking at the others.
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

from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME, MONOKAI
from rich.text import Text

from autosync_tasks.cli.demo import _TOKEN, _TREE

CHECKOUT = Path(__file__).parent.parent
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
    shutil.rmtree(home.tree / "context")
    shutil.rmtree(home.tree / "skills")


def _nothing(home: Home) -> None:
    pass


def _remote(home: Home) -> None:
    there = home.path / "usb" / "backup.git"
    subprocess.run(["git", "init", "-q", "--bare", str(there)], check=True)
    backup = home.path / ".local/share/autosync-tasks/backup"
    subprocess.run(["git", "-C", str(backup), "remote", "add", "origin", str(there)], check=True)
    home.run("sync --push")


SCENES: tuple[tuple[str, Callable[[Home], None], str], ...] = (
    ("help", _nothing, "help"),
    ("status-not-protected", _nothing, "status"),
    ("sync-first", _nothing, "sync"),
    ("sync-again", _nothing, "sync"),
    ("status-protected", _nothing, "status"),
    ("detect", _edits, "detect"),
    ("status-attention", _nothing, "status"),
    ("sync-some", _nothing, "sync"),
    ("validate", _secret, "validate"),
    ("sync-blocked", _nothing, "sync"),
    ("status-blocked", _nothing, "status"),
    ("sync-mass-deletion", lambda home: (_mended(home), _most_deleted(home), None)[-1], "sync"),
    ("restore", _nothing, "restore context skills"),
    ("history", _nothing, "history"),
    ("doctor", _nothing, "doctor"),
    ("machines", _remote, "machines"),
    ("show-config", _nothing, "show-config"),
)
"""Name of the picture, what a person or an agent did before, and the command."""


def pictures(width: int) -> Iterator[tuple[str, str, bytes]]:
    """Name, command and what it shows, scene by scene, each after the ones before."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Home(Path(scratch))
        home.environ["TMPDIR"] = scratch
        yield "demo", "demo", home.run("demo", width)
        for name, before, words in SCENES:
            before(home)
            yield name, words, home.run(words, width)


_GONE = re.compile(rb"[^\n]*\r\x1b\[K")
"""A line of progress, wiped away."""


def svg(shown: bytes, title: str, width: int, *, light: bool) -> str:
    """A terminal's picture."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(_GONE.sub(b"", shown.replace(b"\r\n", b"\n")).decode("utf-8")), end="")
    return console.export_svg(
        title=title, theme=DEFAULT_TERMINAL_THEME if light else MONOKAI, unique_id=re.sub(r"\W", "-", title)
    )


def main() -> None:
    """Runs everything and writes the files."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--width", type=int, default=80)
    options.add_argument("--light", action="store_true")
    options.add_argument("--text", action="store_true", help="the words as well")
    options.add_argument("--to", type=Path, default=CHECKOUT / "docs" / "pictures")
    given = options.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    for name, words, shown in pictures(given.width):
        drawn = svg(shown, f"autosync {words}", given.width, light=given.light)
        (given.to / ("../demo.svg" if name == "demo" else f"{name}.svg")).write_text(drawn, "utf-8")
        if given.text:
            words_alone = re.sub(rb"\x1b\[[0-9;]*[mK]", b"", _GONE.sub(b"", shown.replace(b"\r\n", b"\n")))
            sys.stdout.write(f"\n$ autosync {words}    [{name}]\n{words_alone.decode()}\n")


if __name__ == "__main__":
    main()
