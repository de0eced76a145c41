"""Names as bytes, made safe: git's C-style quoting, display for people, names git refuses.

A path may hold any byte but NUL. `quote` and `unquote` are exact inverses (git's own quoting, used in
the manifest and in git's streams); `display` is for eyes: no control, escape or bidi character gets through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from autosync_tasks.records import pattern

_NAMED = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BACK = {letter: bytes([code]) for code, letter in _NAMED.items()}
_PLAIN = pattern(rb"[!#-\[\]-~](?:[ !#-\[\]-~]*[!#-\[\]-~])?\Z")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MAX_SHOWN = 400
WITHHELD = "[withheld]"
WAITS = "AUTOSYNC_STARTED_AHEAD"
"""Set in the environment of a sync that loads what it needs and waits on standard input for the word to begin."""
LOOK, SEEN, BEGIN = b"l", b"s", b"\n"
"""Words to it: look at the tree, for it will soon begin; begin, nothing has changed since that look; begin."""


def quote(path: bytes) -> bytes:
    """The path as git prints it: plain if it is printable ASCII, else in double quotes with escapes."""
    if _PLAIN.match(path):
        return path
    parts = []
    for code in path:
        if code in _NAMED:
            parts.append("\\" + _NAMED[code])
        elif 32 <= code < 127:
            parts.append(chr(code))
        else:
            parts.append(f"\\{code:03o}")
    return b'"' + "".join(parts).encode("ascii") + b'"'


_ALL_PLAIN = pattern(rb"(?:[!#-\[\]-~](?:[ !#-\[\]-~]*+(?<! ))?(?:\n|\Z))*+\Z")


def all_plain(lines: list[bytes]) -> bool:
    """Whether `quote` leaves each of these as it is: one look at all, where most trees need no other."""
    joined = b"\n".join(lines)
    return joined.count(b"\n") == max(len(lines) - 1, 0) and bool(_ALL_PLAIN.match(joined))


_ESCAPE = pattern(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')


def unquote(text: bytes) -> bytes:
    """The inverse of `quote`. Raises ValueError for text that `quote` cannot have made."""
    if not text.startswith(b'"'):
        if not _PLAIN.match(text):
            raise ValueError("a name with special characters must be quoted")
        return text
    if len(text) < 2 or not text.endswith(b'"'):
        raise ValueError("a quoted name must end with a quote")

    def back(match: re.Match[bytes]) -> bytes:
        body = match.group(1).decode("ascii")
        return _BACK[body] if body in _BACK else bytes([int(body, 8)])

    path = _ESCAPE.sub(back, text[1:-1])
    if quote(path) != text:
        raise ValueError("not quoted the way it is written")
    return path


_RUN = pattern(rb"[A-Za-z0-9_-]{16,}")
_MIXED = pattern(rb"[A-Za-z][0-9]|[0-9][A-Za-z]")
_HUMPS = pattern(rb"[a-z][A-Z]")


def suspicious(path: bytes) -> list[bytes]:
    """Parts of a name that could be a token, for a quick look before the scanner is loaded for it (0.5 s).

    Tokens have 16 characters and more, with letters and digits side by side or capitals inside; dates have neither.
    """
    return [run for run in _RUN.findall(path) if _MIXED.search(run) or len(_HUMPS.findall(run)) > 2]


class Redaction:
    """Values (secrets in names) that nobody may be shown, by one run."""

    def __init__(self) -> None:
        self._values: dict[bytes, None] = {}

    def add(self, values: Iterable[bytes]) -> None:
        """From now on no name shows these values, whoever tells it in this run."""
        self._values.update(dict.fromkeys(value for value in values if value))

    def __bool__(self) -> bool:
        return bool(self._values)

    def within(self, names: bytes) -> bool:
        """Whether a name, or a list of them, holds one of the values."""
        return any(value in names for value in self._values)

    def clean(self, name: bytes) -> bytes:
        """The name with each of the values replaced."""
        for value in self._values:
            name = name.replace(value, WITHHELD.encode())
        return name

    def clean_text(self, text: str) -> str:
        """A text that is about to leave the program, with each of the values replaced, whoever wrote it there."""
        for value in self._values:
            text = text.replace(value.decode("utf-8", "surrogateescape"), WITHHELD)
        return text


_of_this_run: ContextVar[Redaction] = ContextVar("redaction")


def redaction() -> Redaction:
    """What this run must not show.

    Found from anywhere and not handed from function to function: a list that forgot to hand it on would show the
    secret. Outside `one_run` it is begun here, so that no value is ever lost.
    """
    found = _of_this_run.get(None)
    if found is None:
        found = Redaction()
        _of_this_run.set(found)
    return found


@contextmanager
def one_run() -> Iterator[None]:
    """Around a run: what it withholds ends with it. A run inside another one shares what that withholds."""
    if _of_this_run.get(None) is not None:
        yield
        return
    token = _of_this_run.set(Redaction())
    try:
        yield
    finally:
        _of_this_run.reset(token)


def shown(path: bytes) -> bytes:
    """The name with every withheld value replaced."""
    return redaction().clean(path)


def display(path: bytes | str, *, limit: int = _MAX_SHOWN) -> str:
    """The name for a screen, a log or a message: printable characters as they are, all others escaped."""
    if hidden := _of_this_run.get(None):
        path = hidden.clean(path if isinstance(path, bytes) else path.encode("utf-8", "surrogateescape"))
    text = path.decode("utf-8", "surrogateescape") if isinstance(path, bytes) else path
    safe = "".join(char if _safe(char) else _escaped(char) for char in text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def unfit(path: str) -> str:
    """Why the path of a folder can stand in no setting, none of git's, and in no crontab ("" if it can)."""
    if not path.isprintable():
        if any(char < " " or char == "\x7f" for char in path):
            return "holds a line break or another control character"
        if any("\ud800" <= char <= "\udfff" for char in path):
            return "is not UTF-8"
    return ""


FIT = "a path of other characters (a link to that folder will do)"
"""What is allowed in its place."""


def typed(name: bytes | str) -> str:
    """The name as a word of a command that a person types: quoted where the shell would read it otherwise."""
    import shlex

    raw = shown(name if isinstance(name, bytes) else name.encode("utf-8", "surrogateescape"))
    text = raw.decode("utf-8", "surrogateescape")
    if all(map(_safe, text)):
        return shlex.quote(text)
    escaped = "".join(f"\\{char}" if char in "\\'" else char if _safe(char) else _escaped_bytes(char) for char in text)
    return f"$'{escaped}'"


def _escaped_bytes(char: str) -> str:
    return "".join(f"\\x{code:02x}" for code in char.encode("utf-8", "surrogateescape"))


def _safe(char: str) -> bool:
    return char == " " or (" " < char < "\x7f") or unicodedata.category(char) not in _UNSAFE_CATEGORIES


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as surrogateescape carries it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


# Characters that HFS+ drops from names; git refuses `.git` spelled with them (utf8.c, is_hfs_dot_generic).
_HFS_IGNORED = dict.fromkeys([*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF])
_NTFS_GIT = pattern(rb"(?:\.git|git~1)[ .]*(?:[:\\/].*)?\Z", re.IGNORECASE | re.DOTALL)
_NTFS_GITMODULES = pattern(rb"(?:\.gitmodules|gitmod~[1-4]|gi7eba~[1-9])[ .]*(?::.*)?\Z", re.IGNORECASE | re.DOTALL)


SUSPECT = (b"", b".", b"g", b"G")
"""How a name begins that may be one that somebody reserves."""


def plain_name(name: bytes) -> bool:
    """Whether a name is nothing that anybody reserves: it may be `.git` or this program's own in no spelling."""
    return name[:1] not in SUSPECT and name.isascii() and b"\\" not in name


def git_refuses(name: bytes, *, link: bool = False) -> bool:
    """Whether git's fsck refuses a tree with this one name: `.git` in any spelling, a linked `.gitmodules`.

    Source: fsck.c (fsck_tree), path.c (is_ntfs_dotgit), utf8.c (is_hfs_dotgit).
    """
    if plain_name(name):
        return False  # nearly every name; what follows is ten times as slow
    if name in (b"", b".", b".."):
        return True
    if _dot_git(name):
        return True
    if b"\\" in name and any(_NTFS_GIT.match(part) for part in name.split(b"\\")):
        return True
    return link and bool(_NTFS_GITMODULES.match(name) or _hfs(name) == ".gitmodules")


def _dot_git(name: bytes) -> bool:
    return bool(_NTFS_GIT.match(name)) or _hfs(name) == ".git"


def _hfs(name: bytes) -> str:
    if name.isascii():
        return name.decode("ascii").lower()
    return name.decode("utf-8", "replace").translate(_HFS_IGNORED).lower()


def parents(path: bytes) -> list[bytes]:
    """Every folder above a path, nearest first (none for a path at the root)."""
    found = []
    while (cut := path.rfind(b"/")) > 0:
        path = path[:cut]
        found.append(path)
    return found


OUTSIDE = b".autosync-outside"
"""The name at the backup's root under which lies what stands outside the tree and is kept all the same. Below it the
places are as in a folder that OpenCode reads (`.opencode/`), and are judged so."""

KEPT = "autosync/kept"
"""Branches below it hold commits that no other branch has any more."""


def kept_branch(commit: str) -> str:
    """The branch under which a commit that no other holds is kept."""
    return f"{KEPT}/{commit[:10]}"


def is_branch(name: str) -> bool:
    """Whether git takes a name for a branch's: git-check-ref-format(1), for refs/heads/NAME."""
    return (
        name not in ("@", "HEAD")
        and len(name.encode("utf-8", "surrogateescape")) <= 200
        and not re.search(r"\A-|\.\Z|[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{", name)
        and all(part and not part.startswith(".") and not part.endswith(".lock") for part in name.split("/"))
    )
