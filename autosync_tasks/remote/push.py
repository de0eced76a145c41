"""Push: brings what the branch has to the remote, and what others added there to the branch; proves both.

Nothing is ever forced. A remote that is away, refuses or conflicts never stops a local commit: whatever happens
here is a `PushResult`, with an outcome and a backoff of its own. The caller holds the lock.
"""

from __future__ import annotations

from collections.abc import Mapping

from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.errors import AutosyncError, BranchMovedError, ConfigError, GuardError
from autosync_tasks.humanize import count
from autosync_tasks.model import Entry, Finding, Outcome, Path, Trigger
from autosync_tasks.names import display
from autosync_tasks.policy.decide import backoff_retry_at
from autosync_tasks.records import replace
from autosync_tasks.remote.address import Address
from autosync_tasks.remote.faults import Cause, RemoteError, moved
from autosync_tasks.remote.heads import Survey, connect, survey
from autosync_tasks.remote.integrate import integrate
from autosync_tasks.remote.known import (
    PushRecord,
    PushResult,
    about,
    agreed_ref,
    load,
    mark,
    parked_at,
    roll_due,
    save,
    with_judged,
)
from autosync_tasks.remote.outgoing import outgoing
from autosync_tasks.remote.relation import Action, Heads, Relation
from autosync_tasks.remote.roll import announce
from autosync_tasks.remote.secret_guard import judge_blobs
from autosync_tasks.remote.shared import take_over
from autosync_tasks.remote.transport import Limits, Remote
from autosync_tasks.validation.families import RULES
from autosync_tasks.workspace.workspace import Site

_NEXT_SYNC = "the next sync tries again by itself; local commits go on"
_ROUNDS = 4
"""How often a push looks again when someone else pushed at the same moment."""


def push(
    site: Site,
    *,
    now: float,
    jitter: float = 0.0,
    trigger: Trigger = Trigger.MANUAL,
    judged: Mapping[Path, Entry] | None = None,
    limits: Limits | None = None,
) -> PushResult:
    """Pushes the branch to the remote of the settings, once. Never raises for what a remote or a setting does.

    now: seconds since the epoch. jitter: 0 to 1, drawn by the caller. judged: the puts of a plan that validation
    passed in this run (they are not judged again). Automatic triggers wait out the backoff, a person does not.
    """
    old = load(site)
    if not site.repository.exists or not site.repository.ref():
        return PushResult(Outcome.SKIPPED, "there is no commit to push yet")
    if trigger is not Trigger.MANUAL and old.holds(now, site.settings.backoff_cap):
        reason = f"the wait after {count(old.failures, 'failure')} in a row to push"
        return PushResult(Outcome.DEFERRED, reason, retry_at=old.retry_at, failures=old.failures)
    site.state.begin()
    cleared = clear_stale_locks(site.repository)
    passed = [mark(path, entry.id) for path, entry in (judged or {}).items()]
    work = _Push(site, now, replace(old, judged=with_judged(old.judged, passed)), jitter)
    work.notes += cleared
    try:
        result = work.run(limits or Limits())
        news = result.outcome is Outcome.CHANGED or (result.exit_code == 4 and result.reason != old.conflict)
        if work.remote is not None and (news or (result.outcome is Outcome.OK and roll_due(site, now))):
            note = announce(site, work.remote, now, result.reason if result.exit_code == 4 else "")
            result = replace(result, notes=(*result.notes, note)) if note else result
    except ConfigError as error:
        result = PushResult(Outcome.FAILED, error.message, error.exit_code, next_step=error.hint)
    except RemoteError as error:
        by_itself = error.fault.kind in (Cause.AWAY, Cause.MOVED)
        result = work.failed(error.message, _NEXT_SYNC if by_itself else error.hint)
    except AutosyncError as error:
        result = work.failed(error.message, error.hint)
    except OSError as error:
        where = f"{display(str(error.filename))}: " if error.filename else ""
        reason = f"the push could not be made: {where}{(error.strerror or str(error)).lower()}"
        result = work.failed(reason, "look at free space and permissions there, then sync again")
    clear_stale_locks(site.repository)  # a git that met a fault may leave one
    save(site.state, old, replace(_record(work.record, result, now), about=about(site)))
    return result


def _record(record: PushRecord, result: PushResult, now: float) -> PushRecord:
    """What is kept of it for the next run and for status."""
    good = result.outcome in (Outcome.OK, Outcome.CHANGED)
    conflict = result.reason if result.exit_code == 4 else ""
    judged = () if good else record.judged
    since = None if good else record.since if record.since is not None and record.reason == result.reason else now
    reason = "" if good else result.reason
    at = now if good else record.pushed_at
    return PushRecord(result.failures, result.retry_at, reason, conflict, result.parked, since, judged, at)


class _Push:
    """One push: the places, what it learned so far, and the record to keep."""

    def __init__(self, site: Site, now: float, record: PushRecord, jitter: float) -> None:
        self.site, self.now, self.record, self.jitter = site, now, record, jitter
        self.repository, self.settings = site.repository, site.settings
        self.notes: list[str] = []
        self.parked_at = parked_at(site)
        self.remote: Remote | None = None

    def run(self, limits: Limits) -> PushResult:
        """Looks and acts; looks again if someone else was faster."""
        self.notes += [] if self.settings.push_url else take_over(self.site)
        try:
            self.remote = remote = connect(self.site, limits, self.jitter)
        except GuardError as error:
            return PushResult(Outcome.BLOCKED, error.message, error.exit_code, next_step=error.hint)
        for _ in range(_ROUNDS - 1):
            try:
                return self._round(remote)
            except RemoteError as error:
                if error.fault.kind is not Cause.MOVED:
                    raise
            except BranchMovedError:
                pass
        return self._round(remote)

    def failed(self, reason: str, next_step: str) -> PushResult:
        """A failure, with the wait that it brings."""
        failures = self.record.failures + 1
        retry_at = backoff_retry_at(failures, self.settings, self.now, self.jitter)
        failed = self._result(Outcome.FAILED, reason, 1, next_step)
        return replace(failed, parked=self.record.parked, retry_at=retry_at, failures=failures)

    def _pin(self, address: Address) -> None:
        """Records where pushes go, once the place answered and before anything leaves."""
        if self.settings.push_url or self.site.loaded.file.get("push_url"):
            return
        from autosync_tasks.config.file import set_values

        if set_values(self.site.loaded.path, {"push_url": address.shown}, self.site.environ):
            self.notes.append(f"pushes go to {display(address.shown)} from now on (PUSH_URL)")

    def _round(self, remote: Remote) -> PushResult:
        seen = survey(self.site, remote)
        self._pin(remote.address)
        heads, relation = seen.heads, seen.relation
        if relation.action is Action.STOP:
            return self._result(Outcome.BLOCKED, relation.reason, 3, next_step=relation.next_step)
        if relation.action is Action.PARK:
            return self._park(remote, seen)
        if relation.action is Action.NOTHING:
            self._agree(heads.remote)
            return self._result(Outcome.OK, relation.reason, 0)
        if findings := self._secrets(heads.local, (heads.remote, *seen.others)):
            return self._withheld(findings)
        if relation.action in (Action.FAST_FORWARD, Action.REBASE):
            new, notes = integrate(self.site, heads, relation, self.now)
            self.notes += notes
            self._agree(heads.remote)
            heads = replace(heads, local=new)
        if heads.local == heads.remote:
            return self._result(Outcome.CHANGED, f"taken in: {relation.reason}", 0)
        remote.push(heads.local, self.settings.backup_branch)
        return self._read_back(remote, heads, relation)

    def _read_back(self, remote: Remote, heads: Heads, relation: Relation) -> PushResult:
        """What the remote says it holds is the proof. If it holds more already, the next round judges that."""
        branch = self.settings.backup_branch
        held = remote.heads(branch).get(branch, "")
        if held == heads.local:
            self._agree(held)
            where = f"{display(self.settings.remote)}/{display(branch)}"
            return self._result(Outcome.CHANGED, f"{where} is at {held[:7]}, read back ({relation.reason})", 0)
        if held and held != heads.remote:
            raise RemoteError(moved("the branch moved right after the push"), remote.address)
        return self.failed(
            f"{remote.address.shown} took the push but holds {held[:7] or 'nothing'}, not {heads.local[:7]}",
            "look at that repository; the next sync tries again",
        )

    def _park(self, remote: Remote, seen: Survey) -> PushResult:
        """A conflict: the branch goes to the one parked branch, so that nothing exists on one machine only."""
        heads, way = seen.heads, seen.relation.next_step
        branch = display(self.settings.backup_branch)
        reason = f"conflict with {display(self.settings.remote)}/{branch}: {seen.relation.reason}"
        if findings := self._secrets(heads.local, (heads.remote, seen.parked)):
            return replace(self._withheld(findings), exit_code=4)
        try:
            if seen.parked != heads.local:
                self._send_parked(remote, heads.local, seen.parked)
        except RemoteError as error:
            failed = self.failed(f"{reason}; it could not be parked there ({error.message})", way)
            return replace(failed, outcome=Outcome.BLOCKED, exit_code=4)
        result = self._result(Outcome.BLOCKED, reason, 4, next_step=way)
        return replace(result, parked=self.parked_at)

    def _send_parked(self, remote: Remote, local: str, parked: str) -> None:
        if parked and not self.repository.has(parked):
            remote.fetch([parked], (local,))
        remote.push(local, self.parked_at)
        if remote.heads(self.parked_at).get(self.parked_at) != local:
            self.notes.append(f"{self.parked_at} was moved by someone else right after it was pushed")
        self.notes.append(f"the branch is kept there as {self.parked_at}")

    def _secrets(self, tip: str, there: tuple[str, ...]) -> list[Finding]:
        """Judges every blob that would leave and that nobody judged; remembers those that passed."""
        stops = [commit for commit in there if commit and self.repository.has(commit)]
        known = set(self.record.judged)
        new = {key: mode for key, mode in outgoing(self.repository, tip, stops).items() if mark(*key) not in known}
        if not new:
            return []
        findings, passed = judge_blobs(self.site, new)
        self.record = replace(self.record, judged=with_judged(self.record.judged, passed))
        return findings

    def _withheld(self, findings: list[Finding]) -> PushResult:
        first = findings[0]
        reason = (
            f"{count(len(findings), 'secret')} in commits that are not on the remote yet "
            f"({first.code} in {display(first.path)}" + (f", line {first.line})" if first.line else ")")
        )
        way = f"take it out of the history: inv recover --forget {first.fingerprint}"
        if RULES[first.code].acceptable:
            way += f"; or, if it is no secret: inv accept {first.fingerprint} --reason '…'"
        result = self._result(Outcome.BLOCKED, reason, 3, next_step=way)
        return replace(result, findings=tuple(findings))

    def _agree(self, head: str) -> None:
        """Remembers the remote's head: in our own ref, and for people in the usual one."""
        own = agreed_ref(self.site)
        refs = [own, f"refs/remotes/{self.settings.remote}/{self.settings.backup_branch}"]
        for ref in refs:
            try:
                if self.repository.ref(ref) == head:
                    continue
            except AutosyncError:
                pass  # damaged: written anew
            code, _, _ = self.repository.gateway.attempt("update-ref", "--no-deref", ref, head)
            if code != 0 and ref == own:
                self.notes.append(f"the memory of the remote's head could not be kept ({ref})")

    def _result(self, outcome: Outcome, reason: str, exit_code: int, next_step: str = "") -> PushResult:
        return PushResult(outcome, reason, exit_code, notes=tuple(self.notes), next_step=next_step)
