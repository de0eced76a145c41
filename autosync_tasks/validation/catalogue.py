"""What is known of the installed scanner's rules without loading them: the sieve, and each rule's own definition.

Both are derived by this program from the rules that the scanner says it has, and kept beside its cache under a digest
of scanner, rules and program. What is absent, stale, damaged, in a folder that others may write to, or was once found
to let something pass is not used: then the whole scanner is loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import stat
from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from autosync_tasks.files import remove_tree, write_whole
from autosync_tasks.validation.rule_facts import ALPHABETS
from autosync_tasks.validation.sieve import Sieve, derived

_HERE = os.path.dirname(__file__)
OWN_RULES = os.path.join(_HERE, "data", "secret_rules.yml")
_PROGRAM = ("rule_syntax.py", "rule_facts.py", "sieve.py", "catalogue.py", "scanner.py")
_DEFINES = (
    *("name", "id", "pattern", "path", "betterleaks_filter", "betterleaks_secret_group", "authoritative"),
    *("vectorscan_compatible", "min_entropy", "confidence", "visible", "depends_on_rule", "pattern_requirements"),
)
"""What of a rule decides where it matches. The others are about asking its provider, which is never done here."""
_FEW = "few"
MOST_SETS = 60
"""Sets of rules whose compiled form is kept (0.1 MB each); then all are forgotten."""


def installed() -> str:
    """A digest of the installed scanner, our own rules and this program; "" if there is no scanner to be seen.

    The scanner's list of its own files holds a digest of each; its library's size and time show a change beside it.
    """
    found = importlib.util.find_spec("kingfisher_sdk")
    if found is None or not found.origin:
        return ""
    digest, folder = hashlib.sha256(repr(sorted(ALPHABETS)).encode()), os.path.dirname(found.origin)
    beside = os.path.dirname(folder)
    try:
        about = [name for name in os.listdir(beside) if name.startswith("kingfisher_secret_scanner-")]
        if len(about) != 1:
            return ""
        paths = [os.path.join(beside, about[0], "RECORD"), OWN_RULES, *(os.path.join(_HERE, name) for name in _PROGRAM)]
        for path in paths:
            with open(path, "rb") as file:
                digest.update(hashlib.sha256(file.read()).digest())
        for name in sorted(os.listdir(folder)):
            if name.startswith("_native.") and not name.endswith(".pyi"):
                facts = os.stat(os.path.join(folder, name))
                digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    except OSError:
        return ""
    return digest.hexdigest()[:32]


class Catalogue:
    """What `make` has kept in a folder, read when it is asked for."""

    def __init__(self, folder: str, key: str) -> None:
        """folder: the scanner's cache. key: what `installed` says."""
        self._folder, self._key = folder, key

    @cached_property
    def sieve(self) -> Sieve | None:
        """Tells which rules might match; None if it cannot be trusted."""
        if not self._key or os.path.lexists(self._path("distrusted")):
            return None
        made = self._read("sieve")
        return None if made is None else Sieve(made)

    @cached_property
    def _definitions(self) -> Mapping[str, Any]:
        return self._read("rules") or {}

    def few(self, rules: Collection[str]) -> tuple[str, bytes] | None:
        """A folder for the compiled form of these rules and those that they need, and their definitions.

        None the first time that they are wanted: compiling them may take longer than loading all, and pays from the
        second time on.
        """
        name = hashlib.sha256("\n".join(sorted(rules)).encode()).hexdigest()[:32]
        folder = os.path.join(self._folder, _FEW, name)
        if not os.path.isdir(folder):
            with suppress(OSError):
                self._note(folder)
            return None
        chosen: dict[str, Any] = {}
        wanted = list(rules)
        while wanted:
            rule = wanted.pop()
            if rule not in self._definitions:
                return None
            if rule not in chosen:
                chosen[rule] = self._definitions[rule]
                wanted += [one["rule_id"] for one in chosen[rule].get("depends_on_rule", ())]
        return folder, json.dumps({"rules": [chosen[rule] for rule in sorted(chosen)]}).encode()

    def _note(self, folder: str) -> None:
        above = os.path.dirname(folder)
        os.makedirs(above, mode=0o700, exist_ok=True)
        if len(os.listdir(above)) >= MOST_SETS:
            remove_tree(above)
        os.makedirs(folder, mode=0o700, exist_ok=True)

    def make(self, details: Collection[Mapping[str, Any]]) -> None:
        """Derives and keeps it. details: of every rule, as the scanner tells them. A fault leaves all as it was."""
        if not self._key or self._read("sieve") is not None:
            return
        with suppress(OSError):
            for name in os.listdir(self._folder):
                if name.startswith("autosync-"):
                    os.unlink(os.path.join(self._folder, name))  # of another version
            defined = {
                one["id"]: {"examples": [], **{key: one[key] for key in _DEFINES if one.get(key) is not None}}
                for one in details
            }
            self._write("rules", defined)
            self._write("sieve", derived({one["id"]: one["detection_regex"] for one in details}))

    def distrust(self, rule: str) -> None:
        """From now on this sieve is not used: it has let pass what a rule finds."""
        with suppress(OSError):
            write_whole(self._path("distrusted"), rule.encode())

    def _path(self, what: str) -> str:
        return os.path.join(self._folder, f"autosync-{what}-{self._key}")

    def _write(self, what: str, value: object) -> None:
        text = json.dumps(value, separators=(",", ":")).encode()
        write_whole(self._path(what), hashlib.sha256(text).hexdigest().encode() + b"\n" + text)

    def _read(self, what: str) -> Any:
        """What is kept, if it is whole and nobody else may have written it; else None."""
        try:
            with open(self._path(what), "rb", opener=lambda path, flags: os.open(path, flags | os.O_NOFOLLOW)) as file:
                facts, around = os.fstat(file.fileno()), os.stat(self._folder)
                for one in (facts, around):
                    if one.st_uid != os.geteuid() or one.st_mode & 0o022:
                        return None
                if not stat.S_ISREG(facts.st_mode):
                    return None
                digest, _, text = file.read().partition(b"\n")
        except OSError:
            return None
        return json.loads(text) if hashlib.sha256(text).hexdigest().encode() == digest else None
