"""What is known of the installed scanner's rules without loading them: the sieve, and each rule's own definition.

Both are derived by this program from the rules that the scanner says it has (or, while they are not compiled yet, that
its library holds: built_in.py), and kept beside its cache under a digest of scanner, rules and program. What is stale,
damaged, in a folder that others may write to, or was once found to let something pass is not used: then the whole
scanner is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from autosync_tasks.files import HALF, names_in, remove_tree, write_whole, writer_lives
from autosync_tasks.validation.sieve import Sieve, derived

if TYPE_CHECKING:
    from autosync_tasks.validation.built_in import Definition

_HERE = os.path.dirname(__file__)
OWN_RULES = os.path.join(_HERE, "data", "secret_rules.yml")
_PROGRAM = ("rule_syntax.py", "rule_facts.py", "sieve.py", "built_in.py", "catalogue.py", "scanner.py")
_FEW = "few"
_COMPILED = "compiled-"
_PLAIN = os.O_NOFOLLOW | os.O_NONBLOCK
"""No link is followed; a pipe is opened at once, whoever writes to it or not."""
_MOST = 1 << 26
"""Bytes of what is kept here, at most: it takes 2 MB. What is larger is damaged."""
_KEPT = 2
"""Compiled forms of all rules that are kept (3 MB each), so that two versions that share a home both have theirs."""
MOST_SETS = 60
"""Sets of rules whose compiled form is kept (0.1 MB each); then all are forgotten."""


def _scanner() -> hashlib._Hash | None:
    """A digest, begun, of all that the compiled rules are made of: the scanner and our own rules. None: there is none.

    The scanner's list of its own files holds a digest of each; its library's size and time show a change beside it.
    """
    found = importlib.util.find_spec("kingfisher_sdk")
    if found is None or not found.origin:
        return None
    digest, folder = hashlib.sha256(), os.path.dirname(found.origin)
    beside = os.path.dirname(folder)
    about = [name for name in names_in(beside) if name.startswith("kingfisher_secret_scanner-")]
    if len(about) != 1:
        return None
    with suppress(OSError):
        _add(digest, [os.path.join(beside, about[0], "RECORD"), OWN_RULES])
        for name in sorted(os.listdir(folder)):
            if name.startswith("_native.") and not name.endswith(".pyi"):
                facts = os.stat(os.path.join(folder, name))
                digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
        return digest
    return None


def _add(digest: hashlib._Hash, paths: Iterable[str]) -> None:
    for path in paths:
        with open(path, "rb") as file:
            digest.update(hashlib.sha256(file.read()).digest())


def installed() -> str:
    """A digest of the installed scanner, our own rules and this program; "" if there is no scanner to be seen."""
    if digest := _scanner():
        with suppress(OSError):
            _add(digest, (os.path.join(_HERE, name) for name in _PROGRAM))
            return digest.hexdigest()[:32]
    return ""


def _marker() -> str:
    return f"{_COMPILED}{digest.hexdigest()[:32]}" if (digest := _scanner()) else ""


def compiled(cache: str) -> bool:
    """Whether these rules of this scanner were compiled into that folder before; else that takes 5 to 16 s, once."""
    return _marker() in names_in(cache)


def note_compiled(cache: str) -> None:
    """Called when all rules were loaded, so that they lie compiled in the folder; older ones are forgotten."""
    with suppress(OSError):
        for name in names_in(cache):
            if name.startswith(_COMPILED):
                os.unlink(os.path.join(cache, name))
        paths = [os.path.join(cache, name) for name in names_in(cache) if name.endswith(".vscdb")]
        for path in sorted(paths, key=os.path.getmtime)[:-_KEPT]:
            os.unlink(path)
        if paths and (name := _marker()):
            write_whole(os.path.join(cache, name), b"")


def _library() -> str:
    """The scanner's library ("" if there is none, or more than one)."""
    found = importlib.util.find_spec("kingfisher_sdk")
    folder = os.path.dirname(found.origin) if found is not None and found.origin else ""
    names = [name for name in names_in(folder) if name.startswith("_native.") and name.endswith(".so")]
    return os.path.join(folder, names[0]) if len(names) == 1 else ""


def own_rules() -> list[dict[str, Any]]:
    """Our own rules, as their file has them."""
    import yaml

    with open(OWN_RULES, encoding="utf-8") as file:
        rules: list[dict[str, Any]] = yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))["rules"]  # noqa: S506
    return rules


class Catalogue:
    """What was derived and is kept in a folder, read when it is asked for."""

    def __init__(self, folder: str, key: str) -> None:
        """folder: the scanner's cache ("": nothing is kept). key: what `installed` says."""
        self._folder, self._key = folder, key

    @property
    def _usable(self) -> bool:
        return bool(self._key) and not (self._folder and os.path.lexists(self._path("distrusted")))

    @cached_property
    def _sieve(self) -> Mapping[str, Any] | None:
        if not self._usable:
            return None
        made: Mapping[str, Any] | None = self._read("sieve")
        return made

    @cached_property
    def sieve(self) -> Sieve | None:
        """Tells which rules might match; None if it cannot be trusted."""
        return None if self._sieve is None else Sieve(self._sieve)

    @cached_property
    def _definitions(self) -> Mapping[str, Any]:
        return self._read("rules") or {}

    def few(self, rules: Collection[str], *, at_once: bool = False) -> tuple[str, bytes] | None:
        """A folder for the compiled form of these rules and those that they need ("": it is not kept), and their
        definitions.

        None the first time that they are wanted, unless at_once: compiling them may take longer than loading all, and
        pays from the second time on.
        """
        name = hashlib.sha256("\n".join(sorted(rules)).encode()).hexdigest()[:32]
        folder = os.path.join(self._folder, _FEW, name) if self._folder else ""
        if folder and not os.path.isdir(folder):
            with suppress(OSError):
                self._note(folder)
            if not at_once:
                return None
        chosen: dict[str, str] = {}
        wanted = list(rules)
        while wanted:
            rule = wanted.pop()
            if rule not in self._definitions:
                return None
            if rule not in chosen:
                needs, chosen[rule] = self._definitions[rule]
                wanted += needs
        return folder, ("rules:\n" + "".join(chosen[rule] for rule in sorted(chosen))).encode()

    def _note(self, folder: str) -> None:
        above = os.path.dirname(folder)
        os.makedirs(above, mode=0o700, exist_ok=True)
        if len(os.listdir(above)) >= MOST_SETS:
            remove_tree(above)
        os.makedirs(folder, mode=0o700, exist_ok=True)

    def make(self, details: Callable[[], Collection[Mapping[str, Any]]]) -> None:
        """Derives and keeps it, where that was not done yet. details: tells of every rule what the scanner says."""
        if self._usable and not (self._sieve or {}).get("told"):
            from autosync_tasks.validation.built_in import told

            self._derive(told(details()), True)

    def foresee(self) -> None:
        """The same of the rules that the scanner's library holds, and our own: they are not compiled yet."""
        from autosync_tasks.validation.built_in import built_in, told

        with suppress(OSError):
            if self._usable and self._sieve is None and (found := built_in(_library())):
                self._derive([*found, *told(own_rules())], False)

    def _derive(self, rules: Collection[Definition], told: bool) -> None:
        about = sorted((one.id, one.expression) for one in rules)
        digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()
        same = self._sieve is not None and self._sieve["of"] == digest
        made = self._sieve if same and self._sieve else derived(dict(about))
        with suppress(OSError):
            for name in names_in(self._folder):
                half = name.startswith(f"{HALF}autosync-") and writer_lives(name) is False
                if half or (name.startswith("autosync-") and not name.endswith(self._key)):
                    os.unlink(os.path.join(self._folder, name))  # of a killed run, or of another version
        self._definitions = self._write("rules", {one.id: (one.needs, one.text) for one in rules})
        self._sieve = self._write("sieve", {**made, "of": digest, "told": told})
        self.__dict__.pop("sieve", None)

    def distrust(self, rule: str) -> None:
        """From now on this sieve is not used: it has let pass what a rule finds."""
        with suppress(OSError):
            write_whole(self._path("distrusted"), rule.encode())

    def _path(self, what: str) -> str:
        return os.path.join(self._folder, f"autosync-{what}-{self._key}")

    def _write(self, what: str, value: dict[str, Any]) -> dict[str, Any]:
        """Keeps it, where that can be; returns it."""
        text = json.dumps(value, separators=(",", ":")).encode()
        if self._folder:
            with suppress(OSError):
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
                write_whole(self._path(what), hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
        return value

    def _read(self, what: str) -> Any:
        """What is kept, if it is whole and nobody else may have written it; else None."""
        if not self._folder:
            return None
        try:
            with open(self._path(what), "rb", opener=lambda path, flags: os.open(path, flags | _PLAIN)) as file:
                facts, around = os.fstat(file.fileno()), os.stat(self._folder)
                for one in (facts, around):
                    if one.st_uid != os.geteuid() or one.st_mode & 0o022:
                        return None
                if not stat.S_ISREG(facts.st_mode) or facts.st_size > _MOST:
                    return None
                digest, _, text = file.read().partition(b"\n")
        except OSError:
            return None
        return json.loads(text) if hashlib.sha256(text).hexdigest().encode() == digest else None
