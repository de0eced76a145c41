"""Faults of a remote: what git's words mean, whether another try can help, what a person can do (pure).

Git gives one exit code for all of it; its words (with LC_ALL=C) are the only source. They are those of git
2.38 to 2.47 (transport.c, remote-curl.c, connect.c), of libcurl and of OpenSSH.
"""

from __future__ import annotations

import re
from enum import StrEnum

from autosync_tasks.errors import BackupError
from autosync_tasks.names import typed
from autosync_tasks.records import dataclass
from autosync_tasks.remote.address import Address


class Cause(StrEnum):
    """What kind of fault it is. Only AWAY and LOCKED may pass by themselves within a run."""

    AWAY = "away"
    ACCESS = "access"
    CERTIFICATE = "certificate"
    UNKNOWN_HOST_KEY = "host key"
    MISSING = "missing"
    NO_GIT = "no git"
    OWNER = "owner"
    HASH = "hash"
    SHALLOW = "shallow"
    NAME = "name"
    TOO_LARGE = "too large"
    NOT_WRITABLE = "not writable"
    FULL = "full"
    REFUSED = "refused"
    UNSOUND = "unsound"
    MOVED = "moved"
    LOCKED = "locked"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its kind, what a person can do, and git's last words (cleaned by the caller)."""

    kind: Cause
    said: str
    next_step: str

    @property
    def passing(self) -> bool:
        """Whether the same call may succeed a moment later."""
        return self.kind in (Cause.AWAY, Cause.LOCKED)


class RemoteError(BackupError):
    """The remote could not be used; `fault` says of what kind that is. Its words hold no credentials."""

    def __init__(self, fault_: Fault, address: Address) -> None:
        super().__init__(f"{address.shown}: {fault_.said}", hint=fault_.next_step)
        self.fault = fault_


_SIGNS: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    (
        Cause.UNKNOWN_HOST_KEY,
        re.compile(
            r"host key verification failed|remote host identification has changed|no \S+ host key is known", re.I
        ),
    ),
    (Cause.CERTIFICATE, re.compile(r"ssl certificate problem|certificate verif|certificate subject name", re.I)),
    (Cause.UNSOUND, re.compile(r"fsck error in pack|^error: object [0-9a-f]{40}: [a-zA-Z]+: ", re.M)),
    (Cause.REFUSED, re.compile(r"archived so it is read-only", re.I)),
    (
        Cause.ACCESS,
        re.compile(
            r"authentication failed|could not read (?:username|password)|terminal prompts disabled"
            r"|permission denied \((?:[a-z-]+,?)+\)|returned error: 40[13]|invalid username or (?:password|token)"
            r"|access denied|permission to \S+ denied|marked as read only|too many authentication failures",
            re.I,
        ),
    ),
    (Cause.MOVED, re.compile(r"not our ref [0-9a-f]{40}|request for unadvertised object")),  # since it was listed
    (Cause.OWNER, re.compile(r"detected dubious ownership", re.I)),
    (Cause.HASH, re.compile(r"hash algorithm|mismatched algorithms|object format", re.I)),
    (
        Cause.NO_GIT,
        re.compile(
            r"bad line length character|git-(?:upload|receive)-pack\W*(?:command )?not found|HTTP/0\.9 when not allowed"
            r"|wrong version number|unexpected TLS packet",
            re.I,
        ),
    ),
    (
        Cause.LOCAL,
        re.compile(
            r"no space left on device|bad config|unable to find remote helper|resolve proxy|bad owner or permissions"
            r"|cannot run ssh|\bssh: (?:command )?not found",
            re.I,
        ),
    ),
    (
        Cause.MISSING,
        re.compile(
            r"repository .*not found|does not appear to be a git repository|returned error: 4(?:04|10)"
            r"|no such file or directory|does not exist|not a git repository|is this a git repository"
            r"|invalid gitfile format|could not be found|bad/illegal format|bad port|unable to update url base",
            re.I,
        ),
    ),
    (Cause.REFUSED, re.compile(r"transport '[^']*' not allowed|protocol .*not supported|disabled in libcurl", re.I)),
)

_LOCKED = re.compile(r"Unable to create '([^']+\.lock)': File exists")

_NEXT = {
    Cause.AWAY: "look whether that place can be reached, then run this again",
    Cause.ACCESS: "log in there once with plain git (a credential helper, or a key in your ssh agent), "
    "then run this again",
    Cause.CERTIFICATE: "nobody whom this machine trusts vouches for that host; if it is yours, name who does: "
    "git config --global http.{}.sslCAInfo FILE; if not, look who answers there",
    Cause.UNSOUND: "git's own check refuses what lies there, and nothing of it was taken: look at that repository with "
    "`git fsck --strict`, and who wrote to it",
    Cause.UNKNOWN_HOST_KEY: "connect to that host once by hand with ssh, compare its key, then run this again",
    Cause.MISSING: "make the repository there, or correct its address with `git remote set-url`",
    Cause.NO_GIT: "what answers there does not speak git: look at host, port and scheme of the address, whether git is "
    "on that host's PATH, and whether its shell prints something by itself",
    Cause.OWNER: "it belongs to another user, and git trusts no such repository; if you trust it: "
    "git config --global --add safe.directory {}",
    Cause.HASH: "it names its objects by another hash than this backup: make a new one there (git init --bare "
    "--object-format=sha1)",
    Cause.SHALLOW: "the backup here is a shallow clone: bring its whole history first, from where it was cloned "
    "(git fetch --unshallow), or push there",
    Cause.NAME: "a branch there has a name that stands in the way of this one: delete it there, or take another here: "
    "inv set-config BACKUP_BRANCH=NAME, then inv recover",
    Cause.TOO_LARGE: "the host takes no file of that size, in no earlier version either: take it out of the tree, "
    "run `inv sync`, then: inv recover --forget FILE",
    Cause.NOT_WRITABLE: "you may not write there: look at its owner, its permissions, and whether it is "
    "mounted read-only",
    Cause.FULL: "there is no room left at that place: make some, then run this again",
    Cause.REFUSED: "look at the rules of that branch there (protected branch, hook, quota), then run this again",
    Cause.MOVED: "someone else pushed at the same time; run this again",
    Cause.LOCKED: "another git is at work there; if none is, a killed one left that file: remove it, "
    "then run this again",
    Cause.LOCAL: "mend what git names there (a setting, a missing program, a full disk), then run this again",
}
"""What helps, whichever command met it (a sync says of itself that the next one tries again)."""

_NO_HOST = "look at the host's name in the address, and whether this machine is online, then run this again"

_WHERE = re.compile(r"dubious ownership in repository at '([^'\n]+)'|unable to access '(https://[^/'\s]+)", re.I)
_CUT = re.compile(
    r"early EOF|unexpected disconnect|transfer closed with|bytes of body are still expected|curl (?:18|56)\b"
)
"""The other side ended, or the line, while it was sending."""


def fault(complaint: str) -> Fault:
    """Reads git's complaint. What is not recognised counts as AWAY: another try does no harm."""
    lines = [line.strip() for line in complaint.splitlines()]
    said = "; ".join(line for line in lines if line and not line.startswith(_CHATTER))[-400:]
    for kind, sign in _SIGNS:
        if sign.search(complaint):
            where = _WHERE.search(complaint)
            return Fault(kind, said or kind, _NEXT[kind].format(typed(where[1] or where[2]) if where else "FOLDER"))
    if _CUT.search(complaint):
        said = f"the connection broke off in the middle of the transfer ({said[-200:]})"
    way = _NO_HOST if re.search("resolve host|name or service not known|name resolution", complaint, re.I) else ""
    return Fault(Cause.AWAY, said or "it ended without a word", way or _NEXT[Cause.AWAY])


_REFUSALS: tuple[tuple[Cause, re.Pattern[str]], ...] = (
    (Cause.NAME, re.compile(r"cannot lock ref '[^']*': '[^']*' exists; cannot create")),
    (Cause.SHALLOW, re.compile(r"shallow update not allowed")),
    (Cause.TOO_LARGE, re.compile(r"GH001|exceeds \S+ file size limit|larger than the (?:maximum|allowed)", re.I)),
    (Cause.FULL, re.compile(r"no space left on device|disk quota exceeded", re.I)),
    (
        Cause.NOT_WRITABLE,
        re.compile(r"insufficient permission|permission denied|read-only file system|\(unpacker error\)", re.I),
    ),
)
"""Why a push was refused where git's own line does not say it; the first that fits."""

_CHATTER = ("and the repository exists.", "Please make sure you have", "To ", "Done", "Everything up-to-date")


def too_slow(seconds: float) -> Fault:
    """No answer in time."""
    return Fault(Cause.AWAY, f"no answer within {seconds:.0f} seconds", _NEXT[Cause.AWAY])


def too_much(size: int) -> Fault:
    """More than is taken from a place that nobody knows yet. size: bytes."""
    way = "look what lies there; if it is right: git clone --bare it to a folder, and name that folder"
    return Fault(
        Cause.REFUSED,
        f"it sends more than {size / 1e6:,.0f} MB, or what unfolds to more, too much for a backup of a config tree",
        way,
    )


def another_hash() -> Fault:
    """Git does not mix repositories of two hashes: see git-init(1), --object-format."""
    return Fault(Cause.HASH, "its objects have SHA-256 names, those of a backup SHA-1 names", _NEXT[Cause.HASH])


def moved(said: str) -> Fault:
    """Someone else changed the branch there meanwhile."""
    return Fault(Cause.MOVED, said, _NEXT[Cause.MOVED])


def rejection(status: str, complaint: str) -> Fault | None:
    """Reads the output of `git push --porcelain`; None if every ref was taken.

    status: its standard output. complaint: its standard error, with what the server's hooks said.
    """
    locked = _LOCKED.search(complaint)
    for line in status.splitlines():
        fields = line.split("\t")
        if len(fields) < 3 or fields[0] != "!":
            continue
        why = fields[2]
        if locked:
            return Fault(Cause.LOCKED, f"{locked[1]} is in the way there", _NEXT[Cause.LOCKED])
        faster = "[rejected]" in why or re.search(r"failed to update ref|cannot lock ref|incorrect old value", why)
        kind = Cause.MOVED if faster else Cause.REFUSED
        kind = next((why_not for why_not, sign in _REFUSALS if sign.search(f"{why}\n{complaint}")), kind)
        words = [text.removeprefix("remote:").strip() for text in complaint.splitlines() if text.startswith("remote:")]
        said = "; ".join([why.strip(), *[word for word in words if word]][:6])
        return Fault(kind, said[:400], _NEXT[kind])
    return None
