"""Verify the whole backup: every owned path hashed anew, manifest, work tree, and git's own check of its store."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from autosync_tasks.backup import health
from autosync_tasks.backup.able import check_able, check_works
from autosync_tasks.backup.manifest import belongs
from autosync_tasks.backup.orphans import orphans
from autosync_tasks.backup.soundness import shallow_commits
from autosync_tasks.backup.worktree import strays
from autosync_tasks.errors import AutosyncError, BackupError, GitMissingError
from autosync_tasks.humanize import count
from autosync_tasks.model import Change, Kind, LeftOut, Outcome, Path, Priority, Run, Step
from autosync_tasks.names import display
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.quarantine import named
from autosync_tasks.records import dataclass, replace
from autosync_tasks.tree.content import Reader
from autosync_tasks.tree.observe import Progress, known_ids
from autosync_tasks.verify.drill import drill
from autosync_tasks.verify.store import damaged_blobs, read_through
from autosync_tasks.verify.unattended import gone
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class _Check:
    """One question and its answer. faults: what is wrong, a line each. attention: what a person may want to know. way:
    what mends the faults, where it is not what mends a damaged backup.
    """

    name: str
    good: str
    faults: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    way: str = ""


def verify(
    site: Site, request: Request, *, deep: bool = False, contents: bool = False, progress: Progress | None = None
) -> Run:
    """Whether the commit holds what it should and the source equals it, the whole tree; writes nothing but scratch.

    contents: also every blob read back and compared with the source byte for byte. deep: that, git's full check, and
    a restore into a scratch folder compared with the commit. Raises AutosyncError if source or backup cannot be
    looked at.
    """
    check_works()
    with look(site, progress=progress) as seen:
        if not seen.ref:
            reason = "there is no backup yet"
            run = _run(request, [Step("verify", Outcome.FAILED, reason)], Outcome.FAILED, reason)
            return replace(run, next_step="run `inv sync` to make the first one")
        fresh = replace(seen, cache=None)
        questions: dict[str, Callable[[], _Check]] = {
            "source": lambda: _source(fresh, seen),
            "manifest": lambda: _manifest(fresh),
            "work tree": lambda: _work_tree(fresh),
            "store": lambda: _store(fresh, deep=deep),
        }
        if deep or contents:
            questions["contents"] = lambda: _contents(fresh, progress)
        if deep:
            questions["restore"] = lambda: _restored(site, request, progress)
        checks = [_answered(name, question) for name, question in questions.items()]
        changes = () if checks[0].faults else fresh.difference.changes
        pending = [c for c in changes if c.priority in (Priority.HIGH, Priority.MEDIUM)]
    steps = [
        Step(c.name, Outcome.FAILED if c.faults else Outcome.OK, c.faults[0] if c.faults else c.good) for c in checks
    ]
    faults = [fault for check in checks for fault in check.faults]
    notes = [note for check in checks for note in check.attention]
    if faults:
        check_able(site.repository.gateway)
        run = _run(request, steps, Outcome.FAILED, f"{count(len(faults), 'fault')} in the backup")
        way = "run `inv recover --check` to see what mends it"
        if len(faults) == len(checks[0].faults):  # of the source alone: its times do not tell what changes there
            way = "`inv sync --force` reads and stores every file anew"
        way = next((c.way for c in checks if c.faults), "") or way  # of the first that is wrong
        run = replace(run, exit_code=1, details=tuple(faults), next_step=way)
    else:
        run = _run(request, steps, Outcome.OK, _good_words(pending, _faulty(fresh.left_out)))
    return replace(run, commit=fresh.ref, notes=tuple(notes), left_out=_faulty(fresh.left_out))


def _good_words(pending: Sequence[Change], left_out: Sequence[LeftOut]) -> str:
    if pending:
        return f"the backup is whole; {count(len(pending), 'change')} since the last sync"
    but = f", but for {count(len(left_out), 'path')} left out" if left_out else ""
    return f"the backup holds the source, byte for byte{but}"


def prove(site: Site, request: Request, progress: Progress | None = None) -> Step:
    """What a forced sync adds: every owned path hashed anew and read back from the store, whether it wrote it or not.

    Raises BackupError, with all faults, if the backup does not hold what it says.
    """
    proof = verify(site, request, contents=True, progress=progress)
    if proof.outcome is Outcome.FAILED:
        raise BackupError(f"forced, and {proof.reason}", details=proof.details, hint=proof.next_step)
    return Step("proof", Outcome.OK, proof.reason)


def _answered(name: str, question: Callable[[], _Check]) -> _Check:
    """The check; a backup so damaged that git cannot answer is a fault, not the end of all checks."""
    try:
        return question()
    except GitMissingError:
        raise  # nothing was asked: that is no fault of the backup
    except AutosyncError as error:
        return _Check(name, "", (error.message,))


def _faulty(left_out: tuple[LeftOut, ...]) -> tuple[LeftOut, ...]:
    return tuple(left for left in left_out if not left.expected)


def _run(request: Request, steps: list[Step], outcome: Outcome, reason: str) -> Run:
    return replace(request.run(outcome, reason, steps, exit_code=int(outcome is Outcome.FAILED)), check=False)


def _source(fresh: Look, seen: Look) -> _Check:
    """Does the source equal the commit? What changed since the last sync is pending and no fault; a path whose facts
    say that nothing happened, but whose bytes differ, is one.
    """
    known = known_ids(seen.cache)
    records = fresh.scan.records
    head = seen.cache.head if seen.cache else ""

    def unexplained(change: Change) -> bool:
        cached = known.get(change.path)
        return head == fresh.ref and cached is not None and cached[0] == records.get(change.path)

    counting = (c for c in fresh.difference.changes if c.priority not in (Priority.LOW, Priority.NEVER))
    faults = [
        f"{display(change.path)}: {change.kind} in the source, not in the backup, and nothing says why"
        for change in counting
        if unexplained(change)
    ]
    files = sum(entry.kind is not Kind.FOLDER for entry in fresh.recorded.values())
    return _Check("source", f"{count(files, 'file')} hashed anew against the branch", tuple(faults))


def _manifest(fresh: Look) -> _Check:
    recorded, head = fresh.head.recorded, fresh.head
    if recorded is None:
        return _Check("manifest", "", ("the branch carries no manifest of this program",))
    attention = [head.note] if head.note else []
    if not belongs(recorded, head.tree):
        attention.append("owned paths were changed in the backup itself; the next sync puts the source's version back")
    return _Check("manifest", f"fits its tree, source id {recorded.source_id}", (), tuple(attention))


def _work_tree(fresh: Look) -> _Check:
    repository = fresh.site.repository
    if repository.bare:
        return _Check("work tree", "none: the repository is bare")
    if not repository.standing_on_branch():
        return _Check("work tree", "left alone", (), (f"it does not stand on {repository.branch}",))
    owned = [path for path, entry in fresh.recorded.items() if entry.kind is not Kind.FOLDER]
    differ = strays(repository, fresh.head.tree, owned)
    attention = tuple(
        f"{display(path)} differs in the backup's work tree (the branch is whole)" for path in differ[:10]
    )
    return _Check("work tree", "stands as the branch says" if not differ else "has other contents", (), attention)


def _store(fresh: Look, *, deep: bool) -> _Check:
    """Every ref, snapshots, stash entries, the index; all contents too if that is asked, or something looks strange."""
    site = fresh.site
    repository, noted = site.repository, health.load(site.state)
    strange = health.strange(noted, health.stored_files(repository)) if noted else ()
    faults = (*gone(noted, repository), *read_through(repository, full=deep or bool(strange)))
    attention = health.oddities(site.state, repository, fresh.ref)
    if left := orphans(repository, thorough=True):
        words = f"a killed git left {count(len(left), 'file')} in the store ({display(os.path.basename(left[0]))})"
        attention.append(f"{words}; they do no harm, and `inv recover` clears them away")
    if shallow_commits(repository):
        attention.append("the backup is a shallow clone: older backups are only where it was cloned from")
    return _Check("store", "git fsck found nothing wrong" + (" (full)" if deep else ""), faults, tuple(attention))


def _restored(site: Site, request: Request, progress: Progress | None) -> _Check:
    """The backup restored into a scratch folder: bytes, modes, links and folders as the commit says."""
    run = drill(site, request, None, progress)
    if run.outcome is not Outcome.FAILED:
        return _Check("restore", "restored into a scratch folder, compared and judged")
    wrong = run.details or tuple(f"{named(one)}: {one.message}" for one in run.findings if one.blocks)
    way = "" if run.details else run.next_step
    return _Check("restore", "", wrong or (run.reason,), way=way)


def _contents(fresh: Look, progress: Progress | None) -> _Check:
    """Every blob read back from the store and compared with the source's bytes."""
    differing = {path for change in fresh.difference.changes for path in change.paths}
    wanted: dict[Path, str] = {
        path: entry.id for path, entry in fresh.recorded.items() if entry.id and path not in differing
    }
    faults = damaged_blobs(fresh.site.repository, wanted, Reader(fresh.root, fresh.scan.followed), progress)
    return _Check("contents", f"{count(len(wanted), 'file')} read back and compared byte for byte", faults)
