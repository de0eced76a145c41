"""Store: carries out a plan in the backup and proves it; finishes what an interrupted run left undone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from autosync_tasks.backup.commit import Author, commit, commit_holds, drop, left_behind
from autosync_tasks.backup.listing import Listing, changed, folders_of, folders_text, tree_cache
from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.backup.manifest import PATH, source_id_of
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.tidy import tidy
from autosync_tasks.backup.worktree import bring, stands, unedited
from autosync_tasks.errors import AutosyncError, BackupError
from autosync_tasks.humanize import count, volume
from autosync_tasks.model import Cache, Entry, Kind, LeftOut, Path, Plan, TreeCache, Trigger
from autosync_tasks.names import display, redaction
from autosync_tasks.plan import delta as planning
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.near import same
from autosync_tasks.records import dataclass, field, replace
from autosync_tasks.status.said import said_here
from autosync_tasks.sync import message as messages
from autosync_tasks.tree.content import AtHand, Reader, content_id
from autosync_tasks.tree.observe import Progress, ids_of, moved_since, read_again
from autosync_tasks.workspace.workspace import Site


class SourceMovedError(AutosyncError):
    """Files changed between validation and commit; nothing was committed. `lost` says which."""

    def __init__(self, lost: Mapping[Path, LeftOut]) -> None:
        super().__init__("files changed while they were being stored")
        self.lost = dict(lost)


@dataclass(frozen=True, slots=True)
class Stored:
    """A commit that is durable and read back: its id, what is to be remembered of it, how many files it owns.

    since: planned paths whose source changed after it was observed. notes: for a person. brought: whether the
    backup's work tree stands at the commit too.
    """

    commit: str
    cached: TreeCache
    owned: int
    since: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    brought: bool = True
    recorded: Mapping[Path, Entry] = field(default_factory=dict)
    """What the manifest says."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a commit says of its run. when: seconds since the epoch."""

    run_id: str
    trigger: Trigger
    when: float
    validated: str
    source_id: str


def store(
    site: Site, seen: Look, plan: Plan, label: Label, progress: Progress | None = None, *, anew: bool = False
) -> Stored:
    """Commits the plan, brings the work tree along, reads the plan's paths once more.

    anew: looks at every owned path of the work tree, not only at those of the plan.
    Raises SourceMovedError if a file is not any more what was judged, BranchMovedError if someone else moved
    the branch, BackupError for all else; in each case the branch stands where it stood.
    """
    repository = site.repository
    site.state.begin()
    if not repository.exists:
        repository.create()
    # Before the commit: a run that is killed right after it must find its own source id. After the repository: a place
    # that cannot hold one must not be noted for all later runs.
    _record_places(site, label.source_id)
    cleared = clear_stale_locks(repository)
    said = said_here(site, seen)
    message = messages.message(plan, label.run_id, label.trigger, said, label.validated)

    few, manifest_id = seen.near, content_id(plan.manifest)
    moved = {path: (entry.git_mode, entry.id) for path, entry in plan.puts.items()} | dict.fromkeys(plan.deletes)
    listing = few.listing(moved, manifest_id) if few else b""
    folders: dict[Path, bytes] = {}

    def check(manifest_id: str, held: bytes) -> None:
        folders.clear()  # what was foreseen is not what git made: they are worked out anew
        if few and held.removesuffix(b"\0") == listing:
            return
        failures = commit_holds(planning.tree_after(plan, seen.head.tree, manifest_id), held)
        if failures:
            site.state.save_tree(TreeCache("", b"", b""))  # the listing that was remembered may be what is wrong
            raise BackupError(
                "git stored something else than what was planned; the branch was not moved",
                details=failures,
                hint="run it again; if it says so again, `inv verify --deep` tells what is wrong",
            )

    read_at_ns, reader = time.time_ns(), Reader(seen.root, seen.scan.followed)
    at_hand = AtHand(reader, seen.scan.records, {entry.id: path for path, entry in plan.puts.items()})
    at_hand[manifest_id] = plan.manifest
    ready = None
    if seen.packs:
        from autosync_tasks.backup.packs import storing

        if ready := storing(repository, seen.packs, plan.puts, progress):
            read_at_ns = seen.packs[0].begun_ns
    new = commit(
        *(repository, plan, _contents(seen, plan, at_hand, progress)),
        run_id=label.run_id,
        message=message,
        author=Author("autosync", f"autosync@{display(said.host)}", label.when),
        check=check,
        whole=lambda: planning.tree_after(plan, seen.head.tree, manifest_id),
        tree=partial(few.foreseen, listing, moved, folders) if few else None,
        store=ready,
    )
    stands_at = "" if anew or site.state.worktree() != seen.ref else seen.ref
    was = {**few.tree, PATH: few.manifest_entry} if few and stands_at else seen.head.tree
    tree = planning.tree_after(plan, was, manifest_id)
    owned = listing.count(b"\0") if few else sum(map(_is_file, plan.after.values()))
    with reader:
        brought, notes = _bring(
            *(site, stands_at, new),
            lambda: {path for path, entry in plan.after.items() if _is_file(entry)},
            lambda: {path for path, entry in seen.recorded.items() if _is_file(entry)} | plan.deletes,
            label.run_id,
            max(map(len, seen.scan.records if few else plan.after), default=0),
            (was, tree),
            at_hand,
        )
    since = moved_since(seen.root, seen.scan, plan.puts.items(), read_at_ns)
    notes = [*cleared, *notes, *tidy(repository, site.state), *_cleared(repository)]
    notes += [f"{display(path)} changed since it was observed; the next sync takes it" for path in since]
    quick = few and TreeCache(new, listing, plan.manifest, folders_text(folders or folders_of(listing)))
    cached = quick or _cached(new, tree, plan.manifest)
    return Stored(new, cached, owned, tuple(since), tuple(notes), brought, plan.after)


def _record_places(site: Site, source_id: str) -> None:
    """Writes source, backup and source id into the config file, where they are not yet in it."""
    places = {"opencode_source": site.places.source, "opencode_backup": site.places.backup, "source_id": source_id}
    missing = {key: value for key, value in places.items() if not site.loaded.file.get(key)}
    if missing:
        from autosync_tasks.config.file import set_values  # loads tomlkit, which most runs do not need

        set_values(site.loaded.path, missing, site.environ)


def _contents(
    seen: Look, plan: Plan, at_hand: dict[str, bytes], progress: Progress | None
) -> Iterator[tuple[Path, bytes]]:
    """The bytes to commit: read once more, and only if they still are those that were judged.

    at_hand: gets them by their content id, as many as may be kept.
    """
    lost, puts, read = dict[Path, LeftOut](), plan.puts.items(), 0
    for done, (path, data) in enumerate(read_again(seen.root, seen.scan, puts, lost)):
        if progress is not None and done % 64 == 0:
            progress(f"storing {volume(read)}", done, len(puts))
        read += len(data)
        if read <= AtHand.KEPT:
            at_hand[plan.puts[path].id] = data
        yield path, data
    if lost:
        raise SourceMovedError(lost)


def _cleared(repository: Repository) -> list[str]:
    """Clears away what git left: locks, temporary files, refs of commits in the making. Returns notes."""
    notes = clear_stale_locks(repository)
    if refs := left_behind(repository):
        with suppress(BackupError):  # they do no harm, and the next run tries again
            drop(repository, refs)
    return notes


def catch_up(site: Site, seen: Look, run_id: str, *, anew: bool = False) -> tuple[bool, list[str]]:
    """Clears away what an interrupted run left, and brings the work tree to the branch if that could not.

    anew: looks whether it stands there, whatever is noted. Returns whether it was brought, and notes for a person.
    """
    marked = site.state.worktree()
    if not seen.ref:
        return False, []
    cleared = _cleared(site.repository)
    if site.repository.bare or (marked == seen.ref and not anew):
        site.state.settle()
        return False, cleared
    owned = [path for path, entry in seen.recorded.items() if entry.kind is not Kind.FOLDER]
    if (anew or not marked) and stands(site.repository, seen.head.tree, owned, foreign_too=not marked):
        if marked != seen.ref:
            site.state.mark_worktree(seen.ref)  # only the state was lost, or the machine was started anew
        site.state.settle()
        return False, cleared
    site.state.begin()
    stands_at, longest = "" if anew else marked, max(map(len, owned), default=0)
    brought, notes = _bring(site, stands_at, seen.ref, set(owned).copy, set[Path], run_id, longest)
    return brought, [*cleared, *notes]


def _bring(
    site: Site,
    stands_at: str,
    new: str,
    owned: Callable[[], set[Path]],
    before: Callable[[], set[Path]],
    run_id: str,
    longest: int,
    trees: tuple[Listing, Listing] | None = None,
    at_hand: Mapping[str, bytes] | None = None,
) -> tuple[bool, list[str]]:
    """Takes the work tree from commit `stands_at` ("" if that is unknown) to `new`. trees: what they hold, if known.

    at_hand: bytes by their content id.
    """
    interrupted = site.state.interrupted
    if interrupted:
        here, were = owned(), before()
        taken = _taken(site.repository, site.state.last_worktree, new, here | were)
        owned, before = (here | taken).copy, (were | taken).copy  # each is there at `new`, or is gone
    brought = bring(
        *(site.repository, stands_at, new, owned, run_id, before),
        longest=longest,
        interrupted=interrupted,
        trees=trees,
        at_hand=at_hand,
    )
    notes = [brought.note] if brought.note else []
    if brought.too_long:
        words = count(brought.too_long, "path")
        notes.append(f"{words} too long for the backup's work tree, which leaves them out; the branch holds them")
    if brought.stash:
        notes.append(f"edits in the backup's own work tree were saved first: `git stash list` there shows run {run_id}")
    if brought.note:
        if brought.halfway:
            site.state.settle(done=False)
        return False, notes
    site.state.mark_worktree(new)
    site.state.settle()
    return True, notes


def _taken(repository: Repository, marked: str, new: str, owned: set[Path]) -> set[Path]:
    """Foreign paths that a run took in from the remote and was interrupted before the work tree had them."""
    if not marked:
        return set()
    try:
        before = repository.listing(marked)
    except BackupError:
        return set()  # the repository was replaced since
    moved = changed(before, repository.listing(new))
    foreign = {path: entry for path, entry in moved.items() if path not in owned}
    return unedited(repository, foreign, before, interrupted=True)


def standing(seen: Look) -> Stored:
    """What the branch held when the look saw it."""
    cached = seen.near.cached if seen.near else _cached(seen.ref, seen.head.tree, seen.head.manifest)
    return Stored(seen.ref, cached, seen.owned, recorded=seen.recorded)


def _cached(commit: str, tree: Listing, manifest: bytes) -> TreeCache:
    """What is to be remembered of a commit."""
    cached = tree_cache(commit, tree, manifest)
    return replace(cached, folders=folders_text(folders_of(cached.listing)))


def _is_file(entry: Entry) -> bool:
    return entry[0] is not Kind.FOLDER


def remember(seen: Look, stored: Stored, idle: str) -> None:
    """Saves what was seen, so that the next run reads only what changed.

    idle: what to say if nothing changes until then; "" if something is still to be done.
    """
    state, scan, observation, manifest = seen.site.state, seen.scan, seen.observation, stored.cached.manifest
    state.save_tree(stored.cached)
    if redaction().within(seen.blob):
        return  # the cache names every path, and a blocked secret stands in none of our files
    exact = content_id(manifest) if idle and same(stored.recorded, observation.manifest) else ""
    state.save_cache(
        Cache(
            stored.commit,
            seen.site.shape(source_id_of(manifest)),
            seen.blob,
            seen.near.ids if seen.near else ids_of(scan, observation.manifest),
            observation.unsettled,
            {"reason": idle, "exact": exact} if idle else None,
        )
    )
