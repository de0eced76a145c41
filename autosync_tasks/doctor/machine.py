"""What the doctor knows of a machine: plain values, gathered by `facts`, judged by `checks`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autosync_tasks.config.around import Concern
from autosync_tasks.model import Trigger
from autosync_tasks.records import dataclass, field
from autosync_tasks.triggers.installed import Installed


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a config tree needs and that is not on this machine. kind: file, login, variable, program, plugin,
    link or interpreter. wanted_by: what asks for it."""

    kind: str
    name: str
    remedy: str
    wanted_by: str = ""

    @property
    def words(self) -> str:
        """One line for a person."""
        by = f" ({self.wanted_by})" if self.wanted_by else ""
        return f"{self.kind} {self.name}{by}: {self.remedy}"

    @property
    def as_json(self) -> dict[str, str]:
        """The same for programs."""
        return {"kind": self.kind, "name": self.name, "wanted_by": self.wanted_by, "remedy": self.remedy}


@dataclass(frozen=True, slots=True)
class Space:
    """Free room on one file system. name: what lies there; path: where. inodes: None where they do not count."""

    name: str
    path: str
    free: int
    inodes: int | None


@dataclass(frozen=True, slots=True)
class Access:
    """Whether a folder can be used. name: what it is; fault: why not ("" if it can); remedy: what mends that."""

    name: str
    path: str
    fault: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class SshWay:
    """The way to a remote by ssh. agentless: a key that needs no agent; known: the host key is known."""

    host: str
    agentless: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Trial:
    """What a sync would do there: its exit code in check mode, its reason and what to do next."""

    code: int
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """All that the checks look at. Times are seconds since the epoch; see `facts.gather`.

    here, cron: what `probe` finds in this environment and in the one that cron gives. recorded: the newest time
    that any record carries. only_here: settings that come from this shell's variables alone. trial: a sync as cron
    would run it, in check mode (None: there was no use in trying). outside: what OpenCode reads besides the tree.
    missing: what the tree needs and is not here. owners: what of this program's belongs to somebody else.
    """

    now: float
    version: str
    program: str
    here: Mapping[str, object]
    cron: Mapping[str, object]
    spaces: Sequence[Space] = ()
    accesses: Sequence[Access] = ()
    identity: str = ""
    ssh: SshWay | None = None
    recorded: float = 0.0
    folders: int = 0
    watches: int | None = None
    instances: int | None = None
    installed: Sequence[Installed] = ()
    seen: Mapping[Trigger, float] = field(default_factory=dict)
    crontab_fault: str = ""
    cron_runs: bool | None = None
    linger: bool | None = None
    only_here: Sequence[str] = ()
    trial: Trial | None = None
    outside: Sequence[Concern] = ()
    missing: Sequence[Missing] = ()
    owners: Sequence[Concern] = ()
