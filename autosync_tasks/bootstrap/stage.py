"""The stage: a bare repository in scratch into which a stranger's objects are fetched, checked, and looked at first."""

from __future__ import annotations

import os
import stat
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from autosync_tasks.backup.gateway import Gateway
from autosync_tasks.backup.repository import Repository, check_git_version
from autosync_tasks.backup.soundness import OF_ATTRIBUTES
from autosync_tasks.bootstrap.offers import Offer, offer, wanted
from autosync_tasks.config.places import is_within
from autosync_tasks.errors import BackupError, GuardError, UsageError
from autosync_tasks.files import names_in, remove_tree
from autosync_tasks.model import Path
from autosync_tasks.names import display
from autosync_tasks.records import dataclass
from autosync_tasks.remote.address import Address, AddressError, parse
from autosync_tasks.remote.faults import Cause, RemoteError
from autosync_tasks.remote.transport import Limits, Remote
from autosync_tasks.state.state import State
from autosync_tasks.workspace.workspace import Site

_NAME = "origin"
_MOST_OBJECT = 50_000_000
"""Bytes of a commit, tree or tag: a tree of a million files."""
_MOST_SAID = 200_000_000
_PATIENCE = 120.0
"""Seconds of looking at them."""
_MOST_PATHS = 1_000_000
"""Paths of all backups there together that are looked at."""


@contextmanager
def no_trace(folder: str) -> Iterator[None]:
    """Removes the folder, and those above it, if they were not there before."""
    missing = folder
    while not os.path.lexists(os.path.dirname(missing)):
        missing = os.path.dirname(missing)
    there = os.path.lexists(missing)
    before = set(os.listdir(folder)) if there else set()
    try:
        yield
    finally:
        if not there:
            remove_tree(missing)
        for name in set(os.listdir(folder)) - before if there else ():
            remove_tree(os.path.join(folder, name))


def address_of(text: str, site: Site | None) -> Address:
    """The address that a person named; a folder or file that is there may be named by a relative path.

    Raises UsageError for one that is not allowed, or that is a place of this machine's own.
    """
    path = os.path.expanduser(text)
    whole = os.path.abspath(path) if os.path.exists(path) else path
    try:
        address = parse(whole)
    except AddressError as error:
        raise UsageError(
            f"this is no address that a backup can come from: {error}",
            hint="name the repository: git@host:me/backup.git, https://…, or the path of a folder or a bundle",
        ) from None
    real = os.path.realpath(address.path) if address.path else ""
    places = (
        (("config tree", site.places.real_source), ("backup of this machine", site.places.real_backup)) if site else ()
    )
    for what, place in places:
        if real and is_within(real, place):
            raise UsageError(f"{address.shown} is the {what}", hint="`inv restore` brings files back from this backup")
    return address


def is_bundle(address: Address) -> bool:
    """Whether it is one file, as `git bundle` makes it: nothing can be pushed there."""
    return bool(address.path) and os.path.isfile(address.path)


@dataclass
class Stage:
    """What was fetched: branch to commit. taken: every branch that the remote has. offers: once somebody asked."""

    repository: Repository
    branches: dict[str, str]
    taken: frozenset[str]
    offers: list[Offer] | None = None


def fetch(folder: str, address: Address, branches: Sequence[str], environ: Mapping[str, str], limits: Limits) -> Stage:
    """Fetches the branches into a bare repository made in the empty folder.

    branches: the first must be there, others may be; none for every one that can be a backup.
    Raises RemoteError if that place cannot be reached, or sends what git's check refuses, or too much of it;
    BackupError if there is nothing there.
    """
    own = os.path.join(folder, "backup.git")
    os.mkdir(own, 0o700)
    gateway = Gateway(own)
    check_git_version(gateway)
    gateway.run("init", "--quiet", "--bare", "--template=", "--initial-branch=main")
    gateway.run("config", f"remote.{_NAME}.url", address.url)
    repository = Repository(own, "main")
    remote = Remote(repository, State(os.path.join(folder, "state"), own, own), _NAME, environ, limits)
    try:
        there, head = remote.branches()
        names = wanted(there, branches[0] if branches else "", head)
        names += [name for name in branches[1:] if name in there and name not in names]
        if not names:
            what = "is a bundle that names no branch" if is_bundle(address) else "holds no branch yet"
            raise BackupError(f"{address.shown} {what}", hint="look whether this is the right address")
        heads = {name: there[name] for name in names}
        remote.fetch(heads.values(), stranger=True)
    except RemoteError as error:
        if error.fault.kind is Cause.MISSING:
            error.hint = "look at the address: a repository, or the path of a folder or bundle that is there"
            error.message = f"{address.shown} {_stands_at(address.path)}" if address.path else error.message
        elif is_bundle(address) and error.fault.kind is Cause.AWAY:
            error.message = f"{address.shown} is a bundle that ends too early, or is damaged"
            error.hint = "copy it once more, or have it made anew"
        raise
    for name, commit in heads.items():
        gateway.run("update-ref", f"refs/heads/{name}", commit)
    _check_objects(gateway, address, limits.size)
    # Git checks what a connection brings; not what comes of a bundle (but newer versions) or a mere web server.
    code, _, words = gateway.attempt(
        "fsck", "--full", "--strict", "--no-dangling", "--no-progress", memory=limits.memory
    )
    told = [line for line in words.splitlines() if not line.startswith(b"notice:")]
    if code != 0 and not (told and all(map(OF_ATTRIBUTES.search, told))):
        raise GuardError(f"{address.shown} is damaged, or holds what git refuses: {display(words[-300:])}")
    return Stage(repository, heads, frozenset(there))


def _stands_at(path: str) -> str:
    """What is at a path at which git finds no repository."""
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "is a link that leads nowhere" if os.path.islink(path) else "is not there"
    except OSError as error:
        return f"cannot be looked at: {(error.strerror or str(error)).lower()}"
    if not os.access(path, os.R_OK):
        return "may not be read by you"
    if not stat.S_ISDIR(mode):
        return f"is {'a file' if stat.S_ISREG(mode) else 'neither a folder nor a file'}, and no git bundle"
    held = sorted(one for one in names_in(path) if os.path.isfile(os.path.join(path, one, "HEAD")))
    inside = f"; what lies in it as {display(held[0])} may be one" if held else ""
    return f"is a folder, and no git repository{inside}"


def _check_objects(gateway: Gateway, address: Address, most: int) -> None:
    """Raises GuardError for a commit, folder or tag that nobody needs so large: git reads each as a whole.

    most: bytes of a file, of whatever version.
    """
    words = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectsize)")
    for line in set(gateway.run(*words, most=_MOST_SAID).decode("ascii", "replace").splitlines()):
        kind, _, size = line.partition(" ")
        if int(size) > (most if kind == "blob" else _MOST_OBJECT):
            raise GuardError(f"{address.shown} holds a {kind} of {int(size):,} bytes, which no backup has")


def offers(stage: Stage) -> list[Offer]:
    """The backups on the stage, the branch of the remote's HEAD first. Raises BackupError for one that is no tree."""
    if stage.offers is not None:
        return stage.offers
    found, paths, until = [], 0, time.monotonic() + _PATIENCE
    for name, commit in stage.branches.items():
        try:
            one = offer(stage.repository, name, commit)
        except BackupError as error:
            if len(stage.branches) > 1:
                error.hint = f"`--branch=NAME` takes another backup than {display(name)}"
            raise
        paths += len(one.head.tree) if one is not None else 0
        if paths > _MOST_PATHS or time.monotonic() > until:
            raise GuardError("the backups there hold more than those of config trees", hint="name one: --branch=NAME")
        found += [one] if one is not None else []
    stage.offers = found
    return found


def check_sizes(stage: Stage, one: Offer, most: int, whole: int) -> None:
    """Raises GuardError if a file of it is larger than `most` bytes, or all of them than `whole`.

    A small pack may unfold without end. Files that no sync put there count too: they come into the work tree.
    """
    wanted_ids: dict[str, Path] = {content: path for path, (_, content) in one.head.tree.items()}
    times = Counter(content for _, content in one.head.tree.values())
    stdin = "".join(content + "\n" for content in wanted_ids).encode("ascii")
    output = stage.repository.gateway.run("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=stdin)
    for line in output.decode("ascii", "replace").splitlines():
        content, _, size = line.partition(" ")
        whole -= int(size) * times[content] if size.isdigit() else 0
        if whole < 0:
            raise GuardError(
                f"the files of {display(one.branch)} unfold to more than a backup of a config tree can hold"
            )
        if size.isdigit() and int(size) > most:
            raise GuardError(
                f"{display(wanted_ids[content])} there has {int(size):,} bytes, more than a file of a backup may have",
                hint=f"if that is right: MAX_FILE_SIZE={size} before the command",
            )


def bring(stage: Stage, repository: Repository, names: Sequence[str]) -> None:
    """Copies the commits of these branches from the stage into another repository of this machine; no ref moves."""
    specs = [f"refs/heads/{name}" for name in names]
    repository.gateway.run(
        *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--refmap="),
        *(stage.repository.folder, *specs),
        environment={"GIT_ALLOW_PROTOCOL": "file"},
        config={"protocol.allow": "always", "fetch.unpackLimit": "1"},
    )
