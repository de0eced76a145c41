"""Look: observe and detect, the half of the pipeline that every task shares and that never writes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from autosync_tasks.backup.listing import parse_listing, sound_listing
from autosync_tasks.backup.manifest import ManifestError, Recorded, entries, parse
from autosync_tasks.backup.repository import Head, Repository
from autosync_tasks.errors import AutosyncError, BackupError, SourceError
from autosync_tasks.model import Cache, Entry, Kind, Left, LeftOut, Path, TreeCache
from autosync_tasks.names import OUTSIDE, display, suspicious, typed
from autosync_tasks.plan.detect import Difference, detect
from autosync_tasks.policy.classify import Classifier, closed_folders, protected_matcher
from autosync_tasks.records import dataclass
from autosync_tasks.tree.facts import Listed, not_seen
from autosync_tasks.tree.observe import Observation, Progress, known_ids, observe, unchanged
from autosync_tasks.tree.walk import Scan, open_root, walk
from autosync_tasks.workspace.workspace import Site

if TYPE_CHECKING:
    from autosync_tasks.backup.packs import Pack
    from autosync_tasks.plan.near import Near


@dataclass
class Look:
    """One look at source and branch. What costs something is worked out when it is first asked for."""

    site: Site
    root: int
    ref: str
    scan: Scan
    cache: Cache | None
    include_low: bool = False
    progress: Progress | None = None
    read: Mapping[Path, tuple[bytes, str]] = MappingProxyType({})
    """Record and content id of what another process has read already."""
    packs: Sequence[Pack] = ()
    """What was judged of a large plan, ready to be stored."""

    @cached_property
    def blob(self) -> bytes:
        """The walk as one string."""
        return self.scan.blob

    @property
    def remembered(self) -> bool:
        """Whether the cache is of this commit and these settings, and says that everything was in the backup."""
        cache = self.cache
        return cache is not None and cache.idle is not None and (cache.head, cache.settings) == (self.ref, self._shape)

    @cached_property
    def _shape(self) -> str:
        return self.site.shape(self.site.source_id)

    @property
    def idle(self) -> Mapping[str, Any] | None:
        """What to report if nothing at all has changed since everything was in the backup; else None."""
        cache = self.cache
        if cache is None or not self.remembered:
            return None
        if not self.site.repository.bare and self.site.state.worktree() != self.ref:
            return None
        return cache.idle if unchanged(self.root, self.scan, cache, self.blob) else None

    @cached_property
    def near(self) -> Near | None:
        """What has changed, if everything was in the backup when the cache was made and that is little."""
        cache = self.cache
        if not self.remembered or cache is None or cache.idle is None:
            return None
        if not cache.idle.get("exact") or (cached := self._listed) is None:
            return None
        from autosync_tasks.plan.near import near

        return near(self.root, self.scan, self.blob, cache, cached, self.progress)

    @cached_property
    def observation(self) -> Observation:
        """The source's manifest; reads what the cache does not know."""
        cache = self.cache if self.cache and self.cache.settings == self._shape else None
        if (few := self.near) is None:
            return observe(self.root, self.scan, self.read or known_ids(cache), self.progress)
        from autosync_tasks.plan.near import Lazily

        here = {path: (self.scan.records[path], entry.id) for path, entry in few.observed.items() if entry.id}

        def whole() -> Mapping[Path, Entry]:
            return observe(self.root, self.scan, known_ids(cache) | here).manifest

        manifest = Lazily(few.observed, len(self.scan.records), whole)
        return Observation(manifest, tuple(self.scan.left_out), self.scan, few.unsettled)

    @cached_property
    def _listed(self) -> TreeCache | None:
        """What is remembered of the branch's newest commit."""
        return self.site.state.load_tree(self.ref)

    @cached_property
    def head(self) -> Head:
        """The branch's newest commit; from the cache if that is of the same commit."""
        if not self.ref:
            return Head("", {}, None)
        if (few := self.near) is not None:
            from autosync_tasks.plan.near import Lazily

            text, listing = few.cached.manifest, few.cached.listing
            paths = Lazily(dict[Path, tuple[Kind, int]](), few.size, lambda: parse(text).paths)
            tree = Lazily(few.tree, few.files + 1, lambda: parse_listing(listing))
            return Head(self.ref, tree, Recorded(few.source_id, few.content, paths), text)
        if (cached := self._listed) is not None and sound_listing(cached.listing):
            with suppress(ManifestError):
                return Head(self.ref, parse_listing(cached.listing), parse(cached.manifest), cached.manifest)
        return self.site.repository.head(self.ref)

    @cached_property
    def recorded(self) -> Mapping[Path, Entry]:
        """What the backup holds of the source."""
        recorded, tree = self.head.recorded, self.head.tree
        if recorded is None:
            return {}
        if self.near is not None:
            from autosync_tasks.plan.near import Lazily

            return Lazily(self.near.recorded, self.near.size, lambda: entries(recorded, tree))
        return entries(recorded, tree)

    @cached_property
    def classifier(self) -> Classifier:
        """Finds the rule of a path."""
        return Classifier(self.site.settings)

    @cached_property
    def difference(self) -> Difference:
        """What differs, and which foreign paths are in the way."""
        few = self.near
        difference = detect(
            few.observed if few else self.observation.manifest,
            few.recorded if few else self.recorded,
            few.tree if few else self.head.tree,
            (*self.observation.left_out, *self._let_go()),
            self.classifier.rule_for,
            self.classifier.starts,
            include_low=self.include_low,
        )
        names = {path for change in difference.changes for path in change.paths} | {left.path for left in self.left_out}
        if suspects := sorted(path for path in names if suspicious(path)):
            from autosync_tasks.workspace.validation_context import withhold_names

            withhold_names(self.site, suspects)  # before anybody lists them
        return difference

    def _let_go(self) -> Iterator[LeftOut]:
        """What was taken in from outside the tree and is not followed here (any more): kept as it was, like what is of
        low priority. A new machine must not take it out of the backup before somebody said where it lies there."""
        if self.near is None and any(path.startswith(OUTSIDE) for path in self.recorded):
            for name in self.site.not_attached:
                yield LeftOut(OUTSIDE + b"/.opencode/" + name.encode(), Left.RESERVED)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What is not taken from the source, and why."""
        return self.observation.left_out

    @property
    def owned(self) -> int:
        """How many files and links the backup holds of the source."""
        if self.near is not None:
            return self.near.files
        return sum(entry.kind is not Kind.FOLDER for entry in self.recorded.values())

    @property
    def branch_source_id(self) -> str:
        """The source id that the branch carries ("" if none)."""
        return self.head.recorded.source_id if self.head.recorded else ""


def _branch(site: Site) -> str:
    """The branch's commit. A branch that was there and is gone must not look like a backup that is yet to begin."""
    repository, marked = site.repository, site.state.last_worktree
    if not repository.exists:
        if marked:
            _refuse_in_its_place(site.places.backup, marked, site.loaded.data_home)
        return ""
    ref = repository.ref()
    if not ref and marked and repository.has_objects():
        if other := _stands_on(repository):
            raise BackupError(
                f"there is no branch {repository.branch} in {display(repository.folder)} yet; the backups so far are "
                f"on {display(other)}",
                hint=f"`inv recover` lets {display(repository.branch)} begin with them",
            )
        raise BackupError(
            f"the branch {repository.branch} of {display(repository.folder)} is gone; its last commit was {marked[:7]}",
            hint="`inv recover --check` says how it comes back",
        )
    return ref


def _refuse_in_its_place(folder: str, marked: str, own: str) -> None:
    """Raises BackupError if the place of a backup that was there looks like that of a drive which is not connected.

    own: the program's folder of data, which holds nothing else and so is empty where somebody deleted the backup.
    """
    parent = os.path.dirname(folder)
    if not os.path.isdir(parent):
        away = f"{display(parent)} is not there either"
    elif _is_empty(folder):
        away = "its folder is empty, like a place where nothing is mounted"
    elif parent != own and _is_empty(parent):
        away = f"{display(parent)} is empty, like a place where nothing is mounted"
    else:
        return  # somebody deleted it: the next one begins
    raise BackupError(
        f"the backup {display(folder)} is away ({away}); its last commit was {marked[:7]}",
        hint="connect the drive or share that it lies on; or, to begin a new backup there: "
        f"`git init {typed(folder)}`, then `inv sync`",
    )


def _is_empty(folder: str) -> bool:
    return os.access(folder, os.R_OK) and os.path.isdir(folder) and not os.listdir(folder)


def _root(site: Site) -> int:
    """The source's root; where it is gone and the backup is there, the way back is told."""
    try:
        return open_root(site.places.source)
    except SourceError as error:
        if os.path.lexists(site.places.source) or not _has_backup(site):
            raise
        moved = "if it was moved, `inv set-config OPENCODE_SOURCE=FOLDER` names its new place"
        raise SourceError(error.message, hint=f"`inv restore` brings it back from the backup; {moved}") from None


def _has_backup(site: Site) -> bool:
    try:
        return site.repository.exists and bool(site.repository.ref())
    except AutosyncError:
        return False


def _stands_on(repository: Repository) -> str:
    """The other branch on which the repository stands, if it has commits: BACKUP_BRANCH was changed ("" if none)."""
    try:
        with open(os.path.join(repository.git_dir, "HEAD"), "rb") as file:
            name = file.read(4096).decode("utf-8", "replace").strip().removeprefix("ref: ")
        there = name.startswith("refs/heads/") and bool(repository.ref(name))
    except (OSError, BackupError):
        return ""
    return name.removeprefix("refs/heads/") if there else ""


@contextmanager
def look(
    site: Site,
    *,
    include_low: bool = False,
    anew: bool = False,
    progress: Progress | None = None,
    glanced: Callable[[bytes], Listed | None] = not_seen,
) -> Iterator[Look]:
    """Walks the source once and reads the branch's ref; the rest follows as it is asked for.

    anew: reads every file, whatever is remembered of it. glanced: as for `walk`.

    Raises SourceError if there is no source to read, BackupError if the backup cannot be used.
    """
    root, seen = _root(site), None
    try:
        ref = _branch(site)
        settings = site.settings
        closed = closed_folders(settings) if settings.profile.unusual else None
        protected, cache = protected_matcher(settings), None if anew else site.state.load_cache()
        scan = walk(root, protected, settings.max_file_size, site.following, closed, glanced)
        seen = Look(site, root, ref, scan, cache, include_low, progress)
        yield seen
    finally:
        for pack in seen.packs if seen else ():
            pack.close()
        os.close(root)
