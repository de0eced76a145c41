"""What this machine has already, and which branch and id it gets; decided before anything is written."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence

from autosync_tasks.backup.repository import Repository
from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.errors import BackupError, GuardError, UsageError
from autosync_tasks.model import Change, Path
from autosync_tasks.names import display
from autosync_tasks.profiles.profile import Stub
from autosync_tasks.records import dataclass, replace
from autosync_tasks.remote.relation import suggested
from autosync_tasks.validation.jsonc import loads
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Part:
    """What this machine becomes. branch, source_id: its own from now on. settled: it is that already."""

    branch: str
    source_id: str
    settled: bool = False


def own(site: Site, offers: Sequence[Offer]) -> Offer | None:
    """The backup there that this machine goes on with already; None if none is."""
    mine = [one for one in offers if one.source_id == site.loaded.file.get("source_id")]
    branch = site.settings.backup_branch
    return next((one for one in mine if one.branch == branch), mine[0] if len(mine) == 1 else None)


def choose(offers: Sequence[Offer], address: str, profile: str = "", agents: Collection[str] = ()) -> Offer:
    """The one there is. profile: whose is wanted ("": the usual one's). agents: all that have one there.

    Raises BackupError if there is none, GuardError if there are several.
    """
    if not offers:
        whose = f"of {profile}" if profile else "of a config tree"
        others = f"it holds that of {' and '.join(sorted(agents))}; " if agents else ""
        raise BackupError(
            f"{address} holds no backup {whose}",
            hint=f"{others}look whether this is the right address; "
            "`inv sync` makes the first backup of a tree that is here",
        )
    if len(offers) > 1:
        raise GuardError(
            f"{address} holds {len(offers)} backups; nothing was written",
            hint=f"name one: {f'--profile={profile} ' * bool(profile)}--branch={display(offers[0].branch)}",
            details=[f"{display(one.branch)}: {one.said.host or 'unknown machine'}" for one in offers],
        )
    return offers[0]


def part_for(site: Site, chosen: Offer, *, another: bool, taken: Collection[str], host: str) -> Part:
    """Which branch and id this machine gets. taken: branches that the remote has.

    Raises GuardError if this machine has a backup of its own, which nothing may take the place of.
    """
    recorded = str(site.loaded.file.get("source_id", ""))
    if recorded and recorded == chosen.source_id and site.repository.exists and site.repository.ref():
        return Part(site.settings.backup_branch, recorded, settled=True)
    if recorded and recorded != chosen.source_id:
        raise GuardError(
            f"this machine has a backup of its own already ({display(site.places.backup)}, source {recorded})",
            hint="`inv restore` brings that back; for this one: name other places in OPENCODE_SOURCE, OPENCODE_BACKUP "
            "and AUTOSYNC_CONFIG",
        )
    if not another:
        return Part(chosen.branch, chosen.source_id)
    branch, number = suggested(chosen.branch, host), 2
    while branch in taken:
        branch, number = f"{suggested(chosen.branch, host)}-{number}", number + 1
    return Part(branch, secrets.token_hex(8))


def standing(repository: Repository, stage: Repository, commit: str) -> tuple[str, str]:
    """The commit that the branch has already here ("" if there is none), and the one that it is to have.

    stage: where `commit` is. Raises GuardError if a repository with another history stands there.
    """
    if not repository.exists:
        return "", commit
    here = repository.ref()
    if not here or here == commit or stage.contains(commit, here):
        return here, commit
    if repository.has(commit) and repository.contains(here, commit):
        return here, here
    raise GuardError(
        f"the backup folder {display(repository.folder)} holds another backup already (its branch "
        f"{display(repository.branch)} is at {here[:7]})",
        hint="move it away, or name another folder in OPENCODE_BACKUP",
    )


def planned(site: Site, part: Part) -> Site:
    """The site as it will be: nothing of this is in the config file before the tree stands there whole."""
    settings = replace(site.settings, backup_branch=part.branch, source_id=part.source_id)
    repository = Repository(site.places.backup, part.branch)
    return replace(site, loaded=replace(site.loaded, settings=settings), repository=repository)


def check_environment(site: Site, part: Part) -> None:
    """Raises UsageError if a variable names another branch than the one that is about to be recorded."""
    if site.settings.backup_branch != part.branch and site.loaded.origins["backup_branch"].startswith("environment"):
        raise UsageError(
            f"BACKUP_BRANCH={display(site.settings.backup_branch)} is set in this shell, and the backup is "
            f"{display(part.branch)}",
            hint="unset it and run this again",
        )


def made_by_agent(stubs: Sequence[Stub], path: Path, data: bytes) -> bool:
    """Whether the agent itself wrote it at its first start, and nobody put anything into it."""
    one = next((one for one in stubs if path.decode("utf-8", "replace") in one.files), None)
    if one is None:
        return False
    if one.lines:
        return all(not line or line in one.lines for line in data.decode("utf-8", "replace").split("\n"))
    try:
        return not one.keys or set(_leaves(loads(data.decode("utf-8")))) <= set(one.keys)
    except (ValueError, RecursionError):
        return False


def _leaves(value: object, above: str = "") -> Iterator[str]:
    """The keys of an object's values, those of objects in it too, joined by `/`."""
    if not isinstance(value, dict):
        yield above
        return
    for key, inner in value.items():
        yield from _leaves(inner, f"{above}/{key}" if above else str(key))


def in_the_way(over: Sequence[Change], stubs: Collection[Path]) -> list[Change]:
    """What of these a person may have made."""
    return [change for change in over if change.path not in stubs]
