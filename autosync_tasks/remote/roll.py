"""The roll of machines on the remote: each writes its own ref, all read them all. Never a reason for a sync to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.config.load import VARIABLE
from autosync_tasks.errors import AutosyncError, BackupError, UsageError
from autosync_tasks.machines.own import MOST, commit_record, known, own_name, own_record
from autosync_tasks.machines.record import REFS, Record, valid_name
from autosync_tasks.names import display
from autosync_tasks.records import dataclass
from autosync_tasks.remote.heads import connect
from autosync_tasks.remote.known import ANNOUNCED
from autosync_tasks.remote.transport import Limits, Remote
from autosync_tasks.workspace.workspace import Site, open_site


def announce(site: Site, remote: Remote, now: float, conflict: str = "") -> str:
    """Writes this machine's record beside the branch; returns a note if that place takes none, else "".

    Only forward: what this machine wrote before is the record's parent, so nobody's is overwritten.
    """
    site.state.begin()
    try:
        name = own_name(site)
        there = bring(site, remote)
        commit = commit_record(site, own_record(site, now, conflict), there.get(name, ""))
        remote.push_ref(commit, REFS + name)
        site.repository.gateway.run("update-ref", "--no-deref", REFS + name, commit)
    except (AutosyncError, OSError):
        return "this machine could not be entered on the remote (`inv machines`)"
    finally:
        clear_stale_locks(site.repository)  # a git that met a fault may leave one
        _noted(site, now)
    return ""


def _noted(site: Site, now: float) -> None:
    """A place that refuses it is not asked at every run."""
    with suppress(AutosyncError):
        site.state.write(ANNOUNCED, f"{now:.0f}\n".encode())


def announce_alone(site: Site, now: float) -> None:
    """The same when there is nothing to push."""
    try:
        announce(site, connect(site, Limits(look=15, transfer=30, overall=45, tries=1)), now)
    except AutosyncError:
        _noted(site, now)


def bring(site: Site, remote: Remote) -> dict[str, str]:
    """Brings every machine's record here, and forgets those that are gone there; returns name to commit."""
    there = remote.fetch_below(REFS, MOST, own_name(site))
    found = {name: commit for name, commit in there.items() if valid_name(name)}
    old = {record.name for record in known(site)}
    lines = [f"update {REFS}{name} {commit}\n" for name, commit in found.items()]
    lines += [f"delete {REFS}{name}\n" for name in old - found.keys()]
    if lines:
        site.repository.gateway.run("update-ref", "--no-deref", "--stdin", stdin="".join(lines).encode())
    return found


def machines(site: Site, limits: Limits | None = None) -> list[Record]:
    """All of them, as the remote has them now. Raises AutosyncError if it cannot be asked."""
    if not site.repository.exists:
        raise BackupError(
            "there is no backup here yet", hint="`inv sync` makes one, `inv bootstrap ADDRESS` brings one"
        )
    with site.state.lock():
        bring(site, connect(site, limits))
    return known(site)


@dataclass(frozen=True, slots=True)
class Roll:
    """The machines of every remote that agents of this machine push to.

    records: each, with a site that reaches it. mine: names of this machine's own. faults: of what could not be asked.
    """

    records: list[tuple[Record, Site]]
    mine: set[str]
    faults: list[AutosyncError]


def of_agents(environ: Mapping[str, str], agents: Sequence[str]) -> Roll:
    """What `machines` says for these agents, each remote asked once; one that pushes nowhere is passed over.

    Raises AutosyncError if nothing can be asked.
    """
    found, asked = Roll([], set(), []), set()
    for agent in agents:
        try:
            site = open_site({**environ, VARIABLE: agent})
            if len(agents) > 1 and not (site.settings.auto_sync_push or site.settings.push_url):
                continue
            found.mine.add(own_name(site))
            address = connect(site).address.shown
            if address not in asked:
                found.records.extend((one, site) for one in machines(site))
                asked.add(address)
        except AutosyncError as error:
            found.faults.append(error)
    if not asked and found.faults:
        raise found.faults[0]
    return found


def forget(roll: Roll, named: str, *, check: bool) -> list[Record]:
    """Takes the records of a machine that is gone, one for each of its agents, off the remote; its branches stay.

    named: host or name. Raises UsageError if there is no such machine, or more than one, or it is this one.
    """
    others = [(r, site) for r, site in roll.records if named in (r.name, r.host) and r.name not in roll.mine]
    if not others or len({record.agent for record, _ in others}) < len(others):
        many = ", ".join(display(record.name) for record, _ in others)
        why = (
            f"more than one machine is called {display(named)}"
            if others
            else f"there is no other machine {display(named)}"
        )
        raise UsageError(why, hint=f"name one of: {many}" if others else "`inv machines` names them")
    for record, site in others if not check else ():
        with site.state.lock():
            connect(site).delete_ref(REFS + record.name)
            site.repository.gateway.run("update-ref", "-d", REFS + record.name)
    return [record for record, _ in others]
