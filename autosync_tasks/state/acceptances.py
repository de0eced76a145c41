"""What a person accepted: a file in the user's config folder, never in the tree (agents write there).

The folder also holds the installation key. With it a fingerprint names a finding and nobody without it can
test guesses of a secret against the list. Both files are 0600 and replaced in one step.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Collection, Iterable

from autosync_tasks.errors import ConfigError, UsageError
from autosync_tasks.files import clear_halves, write_whole
from autosync_tasks.names import typed
from autosync_tasks.records import asdict, dataclass, pattern
from autosync_tasks.state.shapes import moment

KEY_FILE = "installation.key"
STORE_FILE = "acceptances.json"
KEY_BYTES = 32
_FINGERPRINT = pattern(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One accepted finding. path is where it was found then, for people to read. at: seconds since the epoch."""

    fingerprint: str
    reason: str
    code: str = ""
    path: str = ""
    at: float = 0.0


class Acceptances:
    """The list and the key in one folder (made 0700 when something is first written)."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    @property
    def path(self) -> str:
        """The list's file, for messages."""
        return os.path.join(self._folder, STORE_FILE)

    def key(self) -> bytes:
        """The installation key, made on the first call. Raises ConfigError if it cannot be read or is no key."""
        clear_halves(self._folder, KEY_FILE, STORE_FILE)
        return self._key()

    def _key(self) -> bytes:
        path = os.path.join(self._folder, KEY_FILE)
        raw = _read(path, 0o077)
        if raw is None:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            write_whole(path, os.urandom(KEY_BYTES).hex().encode() + b"\n", replace=False)
            raw = _read(path, 0o077) or b""  # of two that make it at once, the first one's counts
        try:
            key = bytes.fromhex(raw.decode("ascii").strip())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise ConfigError(
                f"{path} is not an installation key.",
                hint="Delete it to get a new one; every finding then has to be accepted again.",
            )
        return key

    def peek_key(self) -> bytes:
        """The installation key, or a random one for this run if there is none yet: for runs that write nothing."""
        if os.path.lexists(os.path.join(self._folder, KEY_FILE)):
            return self._key()
        return os.urandom(KEY_BYTES)

    def all(self) -> list[Acceptance]:
        """Every acceptance, oldest first. Raises ConfigError if the file is damaged or open to others."""
        raw = _read(self.path)
        if raw is None:
            return []
        try:
            records = json.loads(raw)["accepted"]
            return [_acceptance(record) for record in records]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ConfigError(
                f"{self.path} is damaged: {type(error).__name__}.",
                hint="Mend it or move it away; nothing counts as accepted without it.",
            ) from None

    def fingerprints(self) -> frozenset[str]:
        """What validation wants to know."""
        return frozenset(one.fingerprint for one in self.all())

    def add(self, fingerprint: str, reason: str, *, at: float, code: str = "", path: str = "") -> Acceptance:
        """Accepts one finding; a fingerprint that is there already gets the new reason.

        Raises UsageError for a fingerprint that is none, or without a reason.
        """
        mark, words = fingerprint.strip().lower(), " ".join(reason.split())
        if not _FINGERPRINT.fullmatch(mark):
            raise UsageError(
                "A fingerprint has 16 digits from 0-9 and a-f.", hint="`inv validate` shows it beside each finding."
            )
        if not words:
            raise UsageError("An acceptance needs a reason.", hint="Give it with --reason TEXT.")
        new = Acceptance(mark, words, code, path, at)
        self._write([*(one for one in self.all() if one.fingerprint != mark), new])
        return new

    def prune(self, current: Collection[str]) -> list[Acceptance]:
        """Drops those whose finding is not among `current` any more, and returns them."""
        every = self.all()
        gone = [one for one in every if one.fingerprint not in current]
        if gone:
            self._write([one for one in every if one.fingerprint in current])
        return gone

    def _write(self, every: Iterable[Acceptance]) -> None:
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        records = [asdict(one) for one in every]
        text = json.dumps({"version": 1, "accepted": records}, indent=2, ensure_ascii=True) + "\n"
        write_whole(self.path, text.encode())


def _acceptance(record: dict[str, object]) -> Acceptance:
    mark, at = record["fingerprint"], record.get("at", 0.0)
    if not isinstance(mark, str) or not _FINGERPRINT.fullmatch(mark) or not isinstance(at, int | float):
        raise ValueError
    reason, code, path = (str(record.get(name, "")) for name in ("reason", "code", "path"))
    return Acceptance(mark, reason, code, path, moment(at) or 0.0)


def _read(path: str, forbidden: int = 0o022) -> bytes | None:
    """The file's bytes, None if there is none. Refused: another user's file, or one with forbidden mode bits."""
    way = "Move it away; what was accepted has to be accepted again then"
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        mend = f", or chmod 600 {typed(path)}" if error.errno == errno.EACCES else ""
        raise ConfigError(f"{path} cannot be read: {error.strerror}.", hint=f"{way}{mend}.") from None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
            raise ConfigError(f"{path} is no file of yours.", hint=f"{way}.")
        if facts.st_mode & forbidden:
            raise ConfigError(
                f"{path} is not a file that only you can write.", hint=f"chmod 600 {typed(path)}, after a look at it."
            )
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(4 * 1024 * 1024)
    finally:
        os.close(descriptor)
