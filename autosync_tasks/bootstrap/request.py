"""What is asked of a bootstrap, and who can be asked back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.model import Change, Run
from autosync_tasks.records import dataclass
from autosync_tasks.remote.transport import Limits
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.tree.observe import Progress
from autosync_tasks.workspace.workspace import Site


@dataclass(frozen=True, slots=True)
class Wish:
    """address: of a repository, or a folder or bundle by its path. branch: which backup, "" for the one there is.

    another: the old machine goes on with its branch, this one gets a branch and an id of its own. triggers: install
    what the old machine had. yes: what stands in the way may be overwritten, nobody need be asked.
    """

    address: str
    branch: str = ""
    another: bool = False
    triggers: bool = True
    yes: bool = False
    limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Callbacks:
    """Who is told and asked on the way; each may be nobody.

    found: the backups that were found. choose: which of them, by branch ("" for none). before: a restore that is about
    to be made, with the site it is made from. agree: whether these paths may be overwritten.
    """

    found: Callable[[Sequence[Offer]], None] | None = None
    choose: Callable[[Sequence[Offer]], str] | None = None
    before: Callable[[Site, Run, RestorePlan], None] | None = None
    agree: Callable[[Sequence[Change]], bool] | None = None
    progress: Progress | None = None
