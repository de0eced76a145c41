"""Takes a secret, or a file, out of the backup's history on purpose: `inv recover --forget FINGERPRINT` (or a path).

The commits that hold it, and those after them, are made again without it; authors, times and messages stay. The newest
backup is the same to the byte. The old history is kept under a ref of this machine until the command is given once
more. What a remote is known to hold is never made again: it has left already, and that is said.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from contextlib import suppress

from autosync_tasks.backup import health
from autosync_tasks.backup.commit import INCOMING, delta
from autosync_tasks.backup.listing import Listing
from autosync_tasks.backup.losses import losses
from autosync_tasks.backup.manifest import PATH, ManifestError, belongs, entries, format_manifest, parse
from autosync_tasks.backup.objects import Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stream import blob, put, put_inline, stream, without
from autosync_tasks.errors import BackupError, GuardError, UsageError
from autosync_tasks.humanize import count
from autosync_tasks.model import Outcome, Path, Run, Step
from autosync_tasks.names import display, typed
from autosync_tasks.plan.past import remember_act
from autosync_tasks.records import dataclass, replace
from autosync_tasks.remote.heads import FORGOTTEN, still_there
from autosync_tasks.remote.integrate import follow
from autosync_tasks.remote.known import agreed
from autosync_tasks.remote.outgoing import outgoing
from autosync_tasks.remote.replay import header, move, raw_commit
from autosync_tasks.remote.secret_guard import in_history
from autosync_tasks.tree.content import content_id
from autosync_tasks.validation import hits
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.validation_context import context
from autosync_tasks.workspace.workspace import Site

_INSTEAD = b"(a secret stood here; it was taken out of the history)\n"
_OF_A_FILE = ""
_BY_NAME = ("SEC004", "SEC006", _OF_A_FILE)
"""Rules about a path's name, and a path that a person named: the path goes, not only its contents."""
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{16}\Z")

Version = tuple[Path, str]
"""A path and the id of the contents that it had."""


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """What is to be done. gone: versions whose path goes. cut: versions whose lines go. commits: made again, in order,
    each with its parents. pushed: whether a remote is known to hold some of them. elsewhere: refs that hold it too
    and stay."""

    tip: str
    gone: frozenset[Version]
    cut: frozenset[Version]
    commits: tuple[tuple[str, ...], ...]
    pushed: bool
    elsewhere: tuple[str, ...]


def forget(site: Site, fingerprint: str, request: Request, *, pushed: bool = False) -> Run:
    """Takes the finding's value out of the branch's history; given once more, lets the old history go.

    With `request.check` it only says what it would do. pushed: go on although a remote holds it. Raises UsageError
    for a fingerprint that names nothing, GuardError if the newest backup holds it still or a remote has it, LockedError
    while another run is at work.
    """
    if request.check:
        return _told(_plan(site, fingerprint, pushed), request)
    with site.state.lock():
        rewrite = _plan(site, fingerprint, pushed)
        told = _told(rewrite, request)
        if rewrite is None:
            for ref in _kept(site.repository):
                site.repository.gateway.run("update-ref", "-d", ref)
            return _run(request, "the old history was let go; git clears its objects away in its time")
        notes = _carry_out(site, rewrite, request)
    step = f"look at it (inv restore --list), then let the old history go: inv recover --forget {fingerprint}"
    if rewrite.pushed:
        step = f"delete the branch on the remote by hand, then: inv sync --push; {step}"
    reason = f"{count(len(rewrite.commits), 'commit')} made again without it; the newest backup is as it was"
    done = _run(request, reason, details=told.details, notes=(*told.notes, *notes), next_step=step)
    done = replace(done, commit=site.repository.ref())
    remember_act(site.state, "recover", done)
    return done


def _told(rewrite: _Rewrite | None, request: Request) -> Run:
    if rewrite is None:
        return _run(request, "the old history would be let go", exit_code=5)
    versions = sorted({path for path, _ in (*rewrite.gone, *rewrite.cut)})
    details = tuple(f"{display(path)}: taken out of every version that holds it" for path in versions)
    stays = "holds it too: it stays on this machine and is never pushed"
    notes = tuple(f"{display(ref)} {stays}" for ref in rewrite.elsewhere)
    where = "a remote holds some of them and keeps them" if rewrite.pushed else "no remote is known to hold any"
    reason = f"{count(len(rewrite.commits), 'commit')} would be made again without it ({where})"
    return _run(request, reason, exit_code=5, details=details, notes=notes)


def _plan(site: Site, fingerprint: str, pushed: bool) -> _Rewrite | None:
    """What is to be done; None if no version of the history has that finding any more, but an old history is kept."""
    repository, tip = site.repository, site.repository.ref()
    mark = fingerprint.strip()
    affected = _affected(site, tip, mark)
    if not affected:
        if _kept(repository):
            if still_there(repository, tip, agreed(site)):
                raise GuardError(
                    "the remote still held that history when it was last asked: it would come back from there",
                    hint=f"delete the branch {display(repository.branch)} there by hand, then: inv sync --push",
                )
            return None
        raise UsageError(
            f"no version in the backup's history is or has {display(mark)}",
            hint="`inv sync --push` names what it will not push; a file is named as it lay in the source",
        )
    tree = repository.listing(tip)
    if standing := sorted(path for path, content in affected if tree.get(path, ("", ""))[1] == content):
        raise GuardError(
            f"the newest backup still holds it, in {display(standing[0])}",
            hint="take it out of the file, run `inv sync`, then give this command again",
        )
    known = agreed(site)
    known = known if known and repository.contains(tip, known) else ""
    there = sorted(affected.keys() & outgoing(repository, known, ()).keys()) if known else []
    if there and not pushed:
        raise GuardError(
            f"it was pushed already, in {display(there[0][0])}: a rewrite here cannot take it back from there",
            hint="make that secret invalid where it is used; to make the history here again all the same: "
            f"inv recover --forget {typed(mark)} --pushed",
        )
    gone = frozenset(version for version, codes in affected.items() if any(code in _BY_NAME for code in codes))
    commits = _commits(repository, tip, "" if there else known, affected.keys())
    elsewhere = _elsewhere(repository, tip, commits, affected.keys())
    return _Rewrite(tip, gone, frozenset(affected.keys() - gone), commits, bool(there), elsewhere)


def _affected(site: Site, tip: str, what: str) -> dict[Version, list[str]]:
    """The versions of the finding with this fingerprint, or of the file at this path, with the codes of their rules."""
    if lost := [loss.id for loss in losses(site.repository) if loss.id == what.lower()]:
        return {version: [_OF_A_FILE] for version in outgoing(site.repository, tip, ()) if version[1] in lost}
    if not _FINGERPRINT.match(what):
        path = os.fsencode(what)
        return {version: [_OF_A_FILE] for version in outgoing(site.repository, tip, ()) if version[0] == path}
    codes = {
        version: [finding.code for finding in findings if finding.fingerprint == what.lower()]
        for version, findings in in_history(site, tip).items()
    }
    return {version: named for version, named in codes.items() if named}


def _commits(
    repository: Repository, tip: str, known: str, affected: Collection[Version]
) -> tuple[tuple[str, ...], ...]:
    """The commits to make again, parents first: those that bring one of these versions, and all after them."""
    stops = [f"^{known}"] if known else []
    listed = repository.gateway.run("rev-list", "--reverse", "--topo-order", "--parents", tip, *stops).decode("ascii")
    again: dict[str, tuple[str, ...]] = {}
    for line in listed.splitlines():
        commit, *parents = line.split(" ")
        if again.keys().isdisjoint(parents):
            new = delta(repository, parents[0] if parents else "", commit)
            if not any((path, entry[1]) in affected for path, entry in new.items() if entry is not None):
                continue
        again[commit] = (commit, *parents)
    return tuple(again.values())


def _elsewhere(
    repository: Repository, tip: str, commits: tuple[tuple[str, ...], ...], affected: Collection[Version]
) -> tuple[str, ...]:
    """Other refs of this machine that reach one of these versions (stash, snapshots, branches of a person)."""
    again = {commit for commit, *_ in commits}
    first = [f"--contains={commit}" for commit, *parents in commits if again.isdisjoint(parents)]
    options = ("for-each-ref", "--format=%(refname)")
    reaching = set(repository.gateway.run(*options, *first).decode("utf-8", "replace").splitlines())
    refs = repository.gateway.run(*options).decode("utf-8", "replace").splitlines()
    found = []
    for ref in refs:
        if ref == f"refs/heads/{repository.branch}" or ref.startswith((FORGOTTEN, INCOMING)):
            continue
        with suppress(BackupError):  # a ref that names no commit
            if ref in reaching or not outgoing(repository, ref, (tip,)).keys().isdisjoint(affected):
                found.append(ref)
    return tuple(found)


def _carry_out(site: Site, rewrite: _Rewrite, request: Request) -> list[str]:
    repository, run_id = site.repository, request.run_id
    site.state.begin()
    new = _made_again(site, rewrite, run_id)
    tree = repository.listing(rewrite.tip)
    health.moving(site.state, new)
    move(repository, rewrite.tip, new, tree, "autosync: a secret was taken out", run_id, f"{FORGOTTEN}/{run_id}")
    notes = follow(site, rewrite.tip, new, run_id)
    site.state.settle()
    return [*notes, f"the history as it was is kept as {FORGOTTEN}/{run_id}, on this machine only"]


def _made_again(site: Site, rewrite: _Rewrite, run_id: str) -> str:
    """Makes the commits again; returns the last one's id. The branch does not move yet."""
    repository, ref = site.repository, f"{INCOMING}/{run_id}"
    with Store(repository) as store, stream(repository, "--force", "--date-format=raw-permissive") as talk:
        instead: dict[Version, str] = {}
        for path, content in sorted(rewrite.cut):
            data = _redacted(site, path, repository.blob(content))
            talk.say(*blob(data))
            instead[path, content] = content_id(data)
        marks: dict[str, str] = {}
        for number, (commit, *parents) in enumerate(rewrite.commits, start=1):
            talk.say(header(ref, number, raw_commit(store, commit), [marks.get(parent, parent) for parent in parents]))
            talk.say(*_lines(repository, commit, parents, instead, rewrite.gone), b"\n")
            marks[commit] = f":{number}"
        return talk.ask(b"get-mark " + marks[rewrite.tip].encode() + b"\n").decode("ascii")


def _lines(
    repository: Repository, commit: str, parents: list[str], instead: Mapping[Version, str], gone: Collection[Version]
) -> list[bytes]:
    """The commit's change against its first parent, with what must go left out."""
    lines: list[bytes] = []
    changes = delta(repository, parents[0] if parents else "", commit)
    for path, entry in changes.items():
        if entry is None or (path, entry[1]) in gone:
            lines.append(without(path))
        elif path != PATH:
            lines.append(put(path, entry[0], instead.get((path, entry[1]), entry[1])))
    if changes.get(PATH) is not None:
        text = _manifest(repository, repository.listing(commit), instead, gone)
        lines.append(b"".join(put_inline(PATH, text)))
    return sorted(lines, key=lambda line: line[:1] != b"D")  # a file in place of a folder: the folder goes first


def _manifest(
    repository: Repository, tree: Listing, instead: Mapping[Version, str], gone: Collection[Version]
) -> bytes:
    """The manifest of a commit made again; as it was, if it is none or did not describe its tree."""
    text = repository.blob(tree[PATH][1])
    try:
        recorded = parse(text)
    except ManifestError:
        return text
    affected = instead.keys() | set(gone)
    if not belongs(recorded, tree) or affected.isdisjoint((path, content) for path, (_, content) in tree.items()):
        return text
    after = {
        path: (mode, instead.get((path, content), content))
        for path, (mode, content) in tree.items()
        if (path, content) not in gone
    }
    return format_manifest(recorded.source_id, entries(recorded, after))


def _redacted(site: Site, path: Path, data: bytes) -> bytes:
    """The bytes without the lines that hold a secret or a suspicion of one."""
    hidden = hits(path, data, context(site))
    lines = data.splitlines(keepends=True)
    kept = [_INSTEAD if number in hidden else line for number, line in enumerate(lines, start=1)]
    return b"".join(kept) if hidden else _INSTEAD


def _kept(repository: Repository) -> list[str]:
    output = repository.gateway.run("for-each-ref", "--format=%(refname)", FORGOTTEN)
    return output.decode("ascii", "replace").splitlines()


def _run(
    request: Request,
    reason: str,
    *,
    exit_code: int = 0,
    details: tuple[str, ...] = (),
    notes: tuple[str, ...] = (),
    next_step: str = "",
) -> Run:
    run = request.run(Outcome.CHANGED, reason, [Step("forget", Outcome.CHANGED, reason)], exit_code=exit_code)
    return replace(run, details=details, notes=notes, next_step=next_step)
