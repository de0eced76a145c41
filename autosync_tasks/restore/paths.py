"""Which recorded paths a restore is about: what a person named and from where; what to say of one that is not there."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from autosync_tasks.config.around import places
from autosync_tasks.config.places import Places
from autosync_tasks.errors import BackupError, UsageError
from autosync_tasks.model import Entry, Kind, Path
from autosync_tasks.names import OUTSIDE, display, parents
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.restore.plan import UnknownPathError, held, is_pattern, normal, select
from autosync_tasks.restore.request import Wish, name_of_commit
from autosync_tasks.tree.followed_links import Following
from autosync_tasks.workspace.workspace import Site


def in_source(places: Places, path: bytes, cwd: str, recorded: Collection[Path]) -> Path:
    """A path as a person wrote it, as one in the source: a whole path, or one from the folder they stand in.

    From inside the tree `build.md` means the one beside them, if the backup has that; else the one at the root.
    Raises UsageError for one outside the source.
    """
    roots = [os.fsencode(root).rstrip(b"/") for root in (places.source, places.real_source)]
    if path.startswith(b"/"):
        return normal(next((inner for root in roots if (inner := _below(root, path)) is not None), path))
    for root in roots:
        inner = _below(root, os.path.normpath(os.path.join(os.fsencode(cwd), path))) if cwd else None
        if inner is not None and (_holds(recorded, inner) or not _holds(recorded, os.path.normpath(path))):
            return inner
    return normal(path)


def _below(root: bytes, path: bytes) -> bytes | None:
    """The path relative to the root; None if it is not below it."""
    if path == root or path.startswith(root + b"/"):
        return path[len(root) + 1 :]
    return None


def _holds(recorded: Collection[Path], path: Path) -> bool:
    return path in (b"", b".") or bool(held(recorded, path))


def commits_with(site: Site, command: str, *options: str, named: Iterable[Path]) -> bytes:
    """What git's `log` or `rev-list` tells of the commits that changed what these words mean."""
    specs = []
    for path in named:
        name = os.fsdecode(path)
        specs.append(f":(literal){name}")
        if is_pattern(path):
            form = name if "/" in name else f"**/{name}"
            specs += [f":(glob){form}", f":(glob){form}/**"]
    return site.repository.gateway.run(command, *options, "--", *specs, environment={"GIT_LITERAL_PATHSPECS": "0"})


def is_all(wish: Wish, places: Places, recorded: Mapping[Path, object]) -> bool:
    """Whether nothing was named, or the root of the tree."""
    return not wish.paths or any(not in_source(places, path, wish.cwd, recorded) for path in wish.paths)


def chosen(site: Site, wish: Wish, recorded: Mapping[Path, Entry], commit: str) -> dict[Path, Entry]:
    """The recorded paths that the wish is about. Raises UsageError for one that is unknown or protected."""
    try:
        selected = select(recorded, [in_source(site.places, path, wish.cwd, recorded) for path in wish.paths])
    except UnknownPathError as error:
        error.hint = _where(site, wish, error.paths[0], commit) or _why_none(site, error.paths[0]) or error.hint
        raise
    rule_for = Classifier(site.settings).rule_for
    if wish.paths and all(rule_for(path, entry.kind).priority == "never" for path, entry in selected.items()):
        raise UsageError(
            f"{display(min(selected))} is protected: it is never written",
            hint="`git show` in the backup can show what an old commit holds of it",
        )
    return selected


def where_allowed(
    site: Site, wish: Wish, selected: dict[Path, Entry], target: str
) -> tuple[dict[Path, Entry], list[str]]:
    """The selected paths less those that this wish may not write, with notes; by their places below `target`."""
    if wish.outside:
        return _at_their_places(site, selected, target)
    return (selected, []) if wish.to else _not_followed(site, selected)


def _not_followed(site: Site, selected: dict[Path, Entry]) -> tuple[dict[Path, Entry], list[str]]:
    """The selected paths less those behind a link that is followed, with a note for each such link.

    Nothing outside the source is written. Raises UsageError if nothing else is left.
    """
    following = site.following or Following(site.places.real_source, ())
    links = {path: following.above(path) for path in selected}
    behind = sorted({link for link in links.values() if link is not None})
    kept = {path: entry for path, entry in selected.items() if links[path] is None}
    hint = "restore it with --to FOLDER, and copy it from there"
    if not kept and behind == [OUTSIDE]:
        raise UsageError(
            f"what {display(OUTSIDE)} holds lies outside the tree: nothing is written there", hint=_OUTSIDE
        )
    if not kept and behind:
        raise UsageError(f"{display(behind[0])} is a link out of the source: nothing is written there", hint=hint)
    return kept, [
        f"{display(link)} leads out of the source and is left alone: {_OUTSIDE if link == OUTSIDE else hint}"
        for link in behind
    ]


_OUTSIDE = "`autosync restore --outside` brings it to its place, --to FOLDER elsewhere"


def _places(site: Site) -> dict[Path, Path]:
    return places(site.loaded.home, site.settings)


def places_folder(site: Site) -> str:
    """The nearest folder above all places outside the tree."""
    if parts := site.parts:
        return os.path.commonpath([os.path.dirname(part.file) for part in parts.values()])
    return os.fsdecode(os.path.commonpath([os.path.dirname(place) for place in _places(site).values()]))


def _at_their_places(site: Site, selected: Mapping[Path, Entry], target: str) -> tuple[dict[Path, Entry], list[str]]:
    """Those of the selected paths that lie outside the tree, by their places below `target`; notes for those without.

    Raises UsageError if none of them has a place on this machine, or if there are none.
    """
    placed, lost, known = {}, [], _places(site)
    for path, entry in selected.items():
        if path.startswith(OUTSIDE + b"/"):
            above = next((one for one in (path, *parents(path)) if one in known), None)
            if above is not None:
                place = known[above] + path[len(above) :]
                placed[os.path.relpath(place, os.fsencode(target))] = entry
            elif entry.kind is not Kind.FOLDER:
                lost.append(f"nothing says where {display(path)} lies on this machine")
    hint = "`autosync set-config FOLLOW_CONFIG=FILE` says it; --to FOLDER needs no place"
    if not placed and lost:
        raise UsageError(lost[0], hint=hint)
    if not placed:
        raise UsageError("none of it lies outside the tree", hint="leave out --outside")
    return placed, [f"{words}: {hint}" for words in lost]


def _where(site: Site, wish: Wish, path: Path, commit: str) -> str:
    """Which backup holds a path that this commit does not hold; "" if none does."""
    if not path or wish.undo:
        return ""
    name = os.fsdecode(path)
    try:
        if site.repository.gateway.attempt("cat-file", "-e", f"{commit}:{name}")[0] == 0:
            return f"it lies in the backup ({display(site.repository.folder)}), but is no file of the source"
        left = commits_with(site, "rev-list", "--max-count=1", "--first-parent", commit, named=[path]).decode().strip()
        if left:
            said = name_of_commit(site, left, wish.zone)
            return f"it left the backup with {said}: add --at {left[:7]}~1 for the version before"
        newest = site.repository.ref()
        if not newest or newest == commit:
            return ""
        since = ("--first-parent", "--reverse", newest, f"^{commit}")
        later = commits_with(site, "rev-list", *since, named=[path]).decode().split()
        if not later:
            return ""
        return f"it came into the backup with {name_of_commit(site, later[0], wish.zone)}: add --at {later[0][:7]}"
    except BackupError:
        return ""  # a hint is no reason to fail


def _why_none(site: Site, path: Path) -> str:
    """Why no backup holds a path, if that is by its rule; else ""."""
    rule = Classifier(site.settings).rule_for(path, Kind.FILE) if path else None
    if rule and rule.priority == "never":
        return f"files such as {display(rule.pattern)} are never copied into a backup: bring it from where you keep it"
    if rule and rule.priority == "low":
        return f"files such as {display(rule.pattern)} are of low priority: `inv sync --include-low` alone takes them"
    return ""
