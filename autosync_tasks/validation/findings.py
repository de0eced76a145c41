"""What validation is given and how it words what it finds. Plain data and pure helpers."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, Protocol

from autosync_tasks.model import Kind, Path
from autosync_tasks.names import parents
from autosync_tasks.policy.classify import always_protected
from autosync_tasks.records import dataclass, field
from autosync_tasks.validation.scanner import Engine, load

EXCERPT_LIMIT = 120
"""Characters of a line that a finding shows: one screen line."""


@dataclass(frozen=True, slots=True)
class Subject:
    """One path to judge, with exactly the bytes that would be committed.

    data: a file's bytes or a link's target (folders: b""). mode: permission bits with setuid, setgid and sticky.
    foreign: it belongs to another user.
    """

    path: Path
    kind: Kind
    data: bytes = field(repr=False)
    mode: int = 0o644
    foreign: bool = False

    @property
    def is_file(self) -> bool:
        return self.kind is Kind.FILE


class Applies(Protocol):
    """One validation of a profile. check: json, toml, front-matter, hooks or policy-rules. files: patterns of what it
    judges. required, known: keys (`known` empty: any; `name[]`: a list; of hooks: how the tree is written in commands).
    stops: the agent is of no use with such a file broken. takes: what its reader knows beyond JSON: comments, bom.
    schema: a JSON Schema that its values fit, or nothing of the file is read.
    """

    @property
    def check(self) -> str: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def schema(self) -> Mapping[str, Any]: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def known(self) -> tuple[str, ...]: ...
    @property
    def stops(self) -> bool: ...
    @property
    def takes(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the rules need to know beside the bytes; every effect they use comes in here.

    key: the installation key for fingerprints (32 random bytes; state.acceptances makes it). engine_cache: folder in
    the state where the secret engine keeps its compiled rules (made 0700 if missing). paths: every path of the tree,
    validated or not, left out ones too (collisions, duplicate names, links, `{file:}`). root: the tree's own real path,
    b"" where it is not known. environ: names of the variables
    that OpenCode will see, or None if that is not known. accepted: fingerprints that a person accepted. check_shell:
    has bash read scripts and returns its complaint of each ("": none); None leaves it out. validate_select,
    validate_ignore: codes or their beginnings (`JSN`, `JSN003`); empty select means all. Neither, nor
    `auto_sync_validate = false`, turns off the secret errors. checks: what the agent's profile adds. opencode: whether
    it is a tree of OpenCode's, whose own rules then apply.
    """

    key: bytes = field(repr=False)
    engine_cache: str
    paths: Collection[Path] = frozenset()
    root: bytes = b""
    environ: Collection[str] | None = None
    accepted: Collection[str] = frozenset()
    check_shell: Callable[[Sequence[bytes]], list[str]] | None = None
    validate_select: tuple[str, ...] = ()
    validate_ignore: tuple[str, ...] = ()
    auto_sync_validate: bool = True
    load_engine: Callable[[str], Engine] = load
    checks: Sequence[Applies] = ()
    opencode: bool = True


@dataclass(frozen=True, slots=True)
class Raw:
    """What a check says before it becomes a Finding.

    token: what the fingerprint is made of beside code and path (never shown). shared: the fingerprint leaves
    the path out, so that an accepted value stays accepted wherever it moves (secrets).
    """

    code: str
    message: str
    line: int = 0
    column: int = 0
    token: bytes = b""
    hint: str = ""
    shared: bool = False


class Lines:
    """Offsets to lines of one file, linear in its size however many are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._asked = 0

    @cached_property
    def _starts(self) -> list[int]:
        starts, at = [0], self._data.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = self._data.find(b"\n", at + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (in characters), both from 1."""
        before = self._data[self._data.rfind(b"\n", 0, offset) + 1 : offset]
        return self.line(offset), len(before[-4096:].decode("utf-8", "replace")) + 1

    def line(self, offset: int) -> int:
        """The line's number, from 1. The first few are counted, for most files have no more."""
        self._asked += 1
        if self._asked <= 8:
            return self._data.count(b"\n", 0, offset) + 1
        return bisect_right(self._starts, offset)

    def text(self, number: int) -> bytes:
        """The first 4 KB of the line with that number, without its end; b"" if there is none."""
        if number == 1:
            return self._data[: self._data.find(b"\n") if b"\n" in self._data else len(self._data)][:4096]
        if not 0 < number <= len(self._starts):
            return b""
        start = self._starts[number - 1]
        end = self._data.find(b"\n", start)
        return self._data[start : end if end >= 0 else len(self._data)][:4096]


def surely_missing(target: Path, context: Context) -> bool:
    """Whether a file of the tree is surely missing: not below a link, in a folder never walked, or protected."""
    if target.startswith(b"..") or not context.paths or target in context.paths or always_protected(target):
        return False
    above = next((folder for folder in parents(target) if folder in context.paths), b"")
    return not above or any(path.startswith(above + b"/") for path in context.paths)


def printable(data: bytes | str, limit: int = EXCERPT_LIMIT) -> str:
    """Text that cannot steer a terminal: control, bidi and other invisible characters become U+FFFD; bounded.

    Categories: Cc control, Cf format (bidi, zero width), Cs surrogate, Zl/Zp line and paragraph separators.
    """
    most = limit * 4 + 1  # so much that what is cut says so
    text = data[:most].decode("utf-8", "replace") if isinstance(data, bytes) else data[:most]
    clean = "".join(
        " " if c == "\t" else "\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text
    )
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def fingerprint(key: bytes, raw: Raw, path: Path) -> str:
    """Names one finding for `inv accept`: 16 hex digits of HMAC-SHA-256 over code, place and normalised token.

    Without the key nobody can test guesses of a secret against it. Lines do not count: an edit around it keeps an
    acceptance.
    """
    token = raw.token.strip(b" \t\r\n\"'`,;")
    parts = (raw.code.encode(), b"" if raw.shared else path, token)
    message = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:16]
