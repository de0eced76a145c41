"""Checks of the backup's store: git's own, and every blob read back and compared with the source."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence

from autosync_tasks.backup.gateway import LOCAL_TIMEOUT
from autosync_tasks.backup.losses import losses
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.soundness import (
    OF_ATTRIBUTES,
    derived_faults,
    in_the_way,
    index_fault,
    pack_faults,
    ref_faults,
    stash_commits,
)
from autosync_tasks.errors import BackupError
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.humanize import count
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.observe import Progress

_MOST = 20

_OF_CONTENTS = ("Blob", "Large", "Name", "Parse", "Path", "Update", "Url")
"""What git's check says of the text of a `.gitmodules`: here it is a file like any other, never acted upon."""
_OF_COMMITS = (
    *("badDate", "badDateOverflow", "badEmail", "badName", "badTimezone", "missingEmail", "missingNameBeforeEmail"),
    *("missingSpaceBeforeDate", "missingSpaceBeforeEmail", "multipleAuthors", "zeroPaddedDate"),
)
"""What it says of who made a commit and when: a date that no calendar has damages no file."""
_CONFIG = {
    **{f"fsck.gitmodules{what}": "ignore" for what in _OF_CONTENTS},
    **dict.fromkeys((f"fsck.{what}" for what in _OF_COMMITS), "ignore"),
    "core.commitGraph": "false",  # what git made to be quicker is looked at by itself
}
_LINK = re.compile(rb"^(broken link from [^\n]*)\n *(to [^\n]*)$", re.M)
_NOTHING = re.compile(rb"error: (refs/[^\0]+): invalid sha1 pointer 0{40}")
_HARMLESS = (b"notice:", b"warning", b"Checking ", b"hint:", b"dangling ")


def read_through(repository: Repository, *, full: bool, timeout: float = LOCAL_TIMEOUT) -> tuple[str, ...]:
    """What is wrong with all that the repository keeps, a line each.

    The branch and every other ref, snapshots, stash entries, the index; packs and refs also as the files they are.
    What a person confirmed as lost is left out.
    full: the contents of every object, else only that all are there. timeout: seconds. Raises TooSlowError after them.
    """
    faults = [f"{name} {fault}" for name, fault in pack_faults(repository).items()]
    faults += [f"{name} {fault}" for name, fault in ref_faults(repository).items()]
    faults += [f"{name} is damaged (git makes it anew)" for name in derived_faults(repository)]
    faults += [f"git does not work with what stands at {name}" for name in in_the_way(repository)]
    faults += filter(None, [index_fault(repository)])
    confirmed = [loss.id.encode() for loss in losses(repository)]
    faults += _fsck(repository, "--full" if full else "--connectivity-only", timeout, confirmed)
    faults += _promised(repository, confirmed)
    if stashed := stash_commits(repository):
        stdin = "".join(f"{name}\n" for name in stashed).encode()
        code, _, complaint = repository.gateway.attempt("rev-list", "--objects", "--quiet", "--stdin", stdin=stdin)
        if code and not any(name in complaint for name in confirmed):
            faults.append(f"a stash entry cannot be read: {_words(complaint)}")
    return tuple(dict.fromkeys(faults))[:_MOST]


def _fsck(repository: Repository, how: str, timeout: float, confirmed: Sequence[bytes]) -> list[str]:
    """What git's own check complains of. It ends with 0 over an empty pack, and says so beside its output.

    confirmed: ids of objects that a person knows to be lost: what is said of them is no news.
    """
    options = (how, "--no-dangling", "--no-progress", "--no-reflogs")
    code, output, complaint = repository.gateway.attempt("fsck", *options, config=_CONFIG, timeout=timeout)
    lines = [line for line in complaint.splitlines() if line.strip() and not line.startswith(_HARMLESS)]
    found = _LINK.sub(rb"\1 \2", output).splitlines()  # a broken link takes two lines
    lines += [line for line in found if line.startswith((b"missing ", b"broken "))]
    known = [line for line in lines if OF_ATTRIBUTES.search(line) or any(name in line for name in confirmed)]
    known += [line for line in lines if _names_a_name(repository, line)]
    lines = [line for line in lines if line not in known]
    if code and not (lines or known):
        lines.append(b"git fsck ended with code %d" % code)
    return [f"git fsck: {display(line.strip(), limit=200)}" for line in lines]


def _names_a_name(repository: Repository, line: bytes) -> bool:
    """Whether git complains of a ref that names another which is gone, as `origin/HEAD` does once the remote's branch
    has another name: nothing is lost by that."""
    nothing = _NOTHING.fullmatch(line)
    name = nothing[1].decode("utf-8", "surrogateescape") if nothing else ""
    return bool(name) and bytes_in(os.path.join(repository.git_dir, name)).startswith(b"ref: refs/")


def _promised(repository: Repository, confirmed: Sequence[bytes]) -> list[str]:
    """What a partial clone (`git clone --filter`) left where it came from: for git's own check that is no fault."""
    packs = names_in(os.path.join(repository.git_dir, "objects", "pack"))
    if not any(name.endswith(".promisor") for name in packs):
        return []
    output = repository.gateway.run("rev-list", "--objects", "--all", "--missing=print")
    missing = [line[1:] for line in output.splitlines() if line.startswith(b"?") and line[1:] not in confirmed]
    return [f"{count(len(missing), 'object')} of it are not here: it is a partial clone"] if missing else []


def _words(complaint: bytes) -> str:
    lines = [line for line in complaint.splitlines() if line.strip()]
    return display(lines[-1], limit=200) if lines else "git does not say why"


def newest_whole(repository: Repository, commit: str) -> bool:
    """Whether every file of this commit can be read, whatever else is damaged."""
    try:
        with Store(repository) as store:
            for mode, content in repository.listing(commit).values():
                if mode != "160000":
                    store.read(content)
    except (AbsentError, BackupError):
        return False
    return True


def damaged_blobs(
    repository: Repository, wanted: Mapping[Path, str], source: Below, progress: Progress | None = None
) -> tuple[str, ...]:
    """Paths whose blob cannot be read back, or has other bytes than the source (a line each).

    wanted: path to content id. source: reads the source; it is closed afterwards.
    """
    faults: list[str] = []
    with source as below, Store(repository) as store:
        for done, path in enumerate(sorted(wanted)):
            if progress is not None and done % 256 == 0:
                progress("comparing", done, len(wanted))
            try:
                data = store.read(wanted[path])
            except AbsentError as error:
                faults.append(f"{display(path)}: its contents are {error}")
                continue
            standing = below.contents(path)
            if standing is not None and standing[1] != data:
                faults.append(f"{display(path)}: the source has other bytes now than a moment ago")
    return tuple(faults[:_MOST])
