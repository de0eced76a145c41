"""Push: brings what the branch has to the remote, and what others added there to the branch; proves both.

Nothing is ever forced. A remote that is away, refuses or conflicts never stops a local commit: whatever happens
here is a `PushResult`, with an outcome and a backoff of its own. The caller holds the lock.
"""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Mapping
from dataclasses import replace

from autosync_tasks.backup.listing import applied
from autosync_tasks.backup.locks import clear_stale_locks
from autosync_tasks.config.places import is_within
from autosync_tasks.errors import AutosyncError, BranchMovedError, ConfigError
from autosync_tasks.humanize import count
from autosync_tasks.model import Entry, Finding, Outcome, Path, Trigger
from autosync_tasks.names import display
from autosync_tasks.policy.decide import backoff_retry_at
from autosync_tasks.remote import relation
from autosync_tasks.remote.address import Address
from autosync_tasks.remote.faults import Kind as FaultKind
from autosync_tasks.remote.faults import moved
from autosync_tasks.remote.integrate import follow
from autosync_tasks.remote.known import agreed_ref, host, parked_at, trees_of
from autosync_tasks.remote.outgoing import common, contains, has, outgoing
from autosync_tasks.remote.push_record import PushRecord, PushResult, load, mark, save, with_judged
from autosync_tasks.remote.relation import Action, Heads, Verdict
from autosync_tasks.remote.replay import move, replay
from autosync_tasks.remote.secret_guard import judge_blobs
from autosync_tasks.remote.transport import Limits, Remote, RemoteError
from autosync_tasks.workspace.workspace import Site

__all__ = ["PushResult", "push"]

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
    old = load(site.state)
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
    except ConfigError as error:
        result = PushResult(Outcome.FAILED, error.message, error.exit_code, next_step=error.hint)
    except RemoteError as error:
        result = work.failed(error.message, error.hint)
    except AutosyncError as error:
        result = work.failed(error.message, error.hint)
    except OSError as error:
        where = f"{display(str(error.filename))}: " if error.filename else ""
        reason = f"the push could not be made: {where}{(error.strerror or str(error)).lower()}"
        result = work.failed(reason, "look at free space and permissions there, then sync again")
    clear_stale_locks(site.repository)  # a git that met a fault may leave one
    save(site.state, old, _record(work.record, result, now))
    return result


def _record(record: PushRecord, result: PushResult, now: float) -> PushRecord:
    """What is kept of it for the next run and for status."""
    good = result.outcome in (Outcome.OK, Outcome.CHANGED)
    conflict = result.reason if result.exit_code == 4 else ""
    judged = () if good else record.judged
    since = None if good else record.since if record.since is not None and record.reason == result.reason else now
    reason = "" if good else result.reason
    return PushRecord(result.failures, result.retry_at, reason, conflict, result.parked, since, judged)


class _Push:
    """One push: the places, what it learned so far, and the record to keep."""

    def __init__(self, site: Site, now: float, record: PushRecord, jitter: float) -> None:
        self.site, self.now, self.record, self.jitter = site, now, record, jitter
        self.repository, self.settings = site.repository, site.settings
        self.host = host()
        self.run_id = random.token_hex(6)
        self.notes: list[str] = []
        self.parked_at = parked_at(site)

    def run(self, limits: Limits) -> PushResult:
        """Looks and acts; looks again if someone else was faster."""
        remote = Remote(self.repository, self.site.state, self.settings.remote, self.site.environ, limits, self.jitter)
        if stop := self._address(remote.address):
            return stop
        for attempt in range(_ROUNDS):
            try:
                return self._round(remote)
            except RemoteError as error:
                if error.fault.kind is not FaultKind.MOVED or attempt == _ROUNDS - 1:
                    raise
            except BranchMovedError:
                if attempt == _ROUNDS - 1:
                    raise
        raise AssertionError("unreachable")

    def failed(self, reason: str, next_step: str) -> PushResult:
        """A failure, with the wait that it brings."""
        failures = self.record.failures + 1
        retry_at = backoff_retry_at(failures, self.settings, self.now, self.jitter)
        return PushResult(
            Outcome.FAILED,
            reason,
            1,
            "",
            self.record.parked,
            retry_at,
            tuple(self.notes),
            (),
            next_step,
            self.head,
            failures,
        )

    @property
    def head(self) -> str:
        """The local branch as it is now."""
        return self.repository.ref()

    def _address(self, address: Address) -> PushResult | None:
        """What speaks against this address; None if it is the pinned one, or none is pinned yet."""
        source = self.site.places.real_source
        real = os.path.realpath(address.path) if address.path else ""
        if real and (is_within(real, source) or real == self.repository.folder):
            raise ConfigError(
                f"the remote {self.settings.remote} lies inside the source or is the backup itself",
                hint="name another place with `git remote set-url`",
            )
        pinned = self.settings.push_url
        if not pinned or pinned == address.shown:
            return None
        return PushResult(
            Outcome.BLOCKED,
            f"pushes would go to {display(address.shown)} and no longer to {display(pinned)}",
            3,
            next_step=f"if that is right: inv set-config PUSH_URL={display(address.shown)}; else look at "
            f"{display(os.path.join(self.repository.git_dir, 'config'))} and your own git config",
        )

    def _pin(self, address: Address) -> None:
        """Records where pushes go, once the place answered and before anything leaves."""
        if self.settings.push_url or self.site.loaded.file.get("push_url"):
            return
        from autosync_tasks.config.file import set_values

        if set_values(self.site.loaded.path, {"push_url": address.shown}, self.site.environ):
            self.notes.append(f"pushes go to {display(address.shown)} from now on (PUSH_URL)")

    def _round(self, remote: Remote) -> PushResult:
        branch = self.settings.backup_branch
        there = remote.heads(branch, self.parked_at)
        self._pin(remote.address)
        heads = self._heads(remote, there.get(branch, ""))
        verdict = relation.relation(heads) or self._judge(heads)
        if verdict.action is Action.STOP:
            return self._result(Outcome.BLOCKED, verdict.reason, 3, heads.remote, next_step=verdict.next_step)
        if verdict.action is Action.PARK:
            return self._park(remote, heads, there.get(self.parked_at, ""), verdict)
        if verdict.action is Action.NOTHING:
            self._agree(heads.remote)
            return self._result(Outcome.OK, verdict.reason, 0, heads.remote)
        if findings := self._secrets(heads.local, (heads.remote,)):
            return self._withheld(findings, heads)
        if verdict.action in (Action.FAST_FORWARD, Action.REBASE):
            heads = self._take_in(heads, verdict)
        if heads.local == heads.remote:
            self._agree(heads.remote)
            return self._result(Outcome.CHANGED, f"taken in: {verdict.reason}", 0, heads.remote)
        remote.push(heads.local, branch)
        return self._read_back(remote, heads, verdict)

    def _heads(self, remote: Remote, theirs: str) -> Heads:
        """The heads and how they are related; fetches what is not here yet."""
        local = self.head
        try:
            known = self.repository.ref(agreed_ref(self.site))
        except AutosyncError:
            known = ""  # damaged: it is only a memory
        known = known if known and has(self.repository, known) else ""
        if not theirs:
            return Heads(local, "", known=known)
        if theirs not in (local, known) and not has(self.repository, theirs):
            theirs = remote.fetch(self.settings.backup_branch, tuple(filter(None, (local, known))))
        kept = not known or contains(self.repository, theirs, known)
        return Heads(local, theirs, common(self.repository, local, theirs), known, kept)

    def _judge(self, heads: Heads) -> Verdict:
        trees = trees_of(self.site, heads)
        return relation.judge(heads, trees, self.settings.backup_branch, self.host)

    def _take_in(self, heads: Heads, verdict: Verdict) -> Heads:
        local, theirs, taken = heads.local, heads.remote, verdict.taken or {}
        expected = applied(self.repository.listing(local), taken)
        new, run_id = theirs, ""
        if verdict.action is Action.REBASE:
            run_id = self.run_id = random.token_hex(6)
            new = replay(self.repository, heads.base, local, theirs, taken, run_id, self.now)
        move(self.repository, local, new, expected, f"autosync: {verdict.reason}", run_id)
        self.notes.append(f"taken in from the remote: {relation.named(verdict.paths) or 'commits without changes'}")
        self.notes += follow(self.site, local, new, self.run_id)
        self._agree(theirs)
        return replace(heads, local=new)

    def _read_back(self, remote: Remote, heads: Heads, verdict: Verdict) -> PushResult:
        """What the remote says it holds is the proof. If it holds more already, the next round judges that."""
        branch = self.settings.backup_branch
        found = remote.heads(branch).get(branch, "")
        if found == heads.local:
            self._agree(found)
            where = f"{display(self.settings.remote)}/{display(branch)}"
            return self._result(Outcome.CHANGED, f"{where} is at {found[:7]}, read back ({verdict.reason})", 0, found)
        if found and found != heads.remote:
            raise RemoteError(moved("the branch moved right after the push"), remote.address)
        return self.failed(
            f"{remote.address.shown} took the push but holds {found[:7] or 'nothing'}, not {heads.local[:7]}",
            "look at that repository; the next sync tries again",
        )

    def _park(self, remote: Remote, heads: Heads, parked: str, verdict: Verdict) -> PushResult:
        """A conflict: the branch goes to the one parked branch, so that nothing exists on one machine only."""
        branch = display(self.settings.backup_branch)
        reason = f"conflict with {display(self.settings.remote)}/{branch}: {verdict.reason}"
        if findings := self._secrets(heads.local, (heads.remote, parked)):
            return replace(self._withheld(findings, heads), exit_code=4)
        try:
            if parked != heads.local:
                self._send_parked(remote, heads.local, parked)
        except RemoteError as error:
            failed = self.failed(f"{reason}; it could not be parked there ({error.message})", verdict.next_step)
            return replace(failed, outcome=Outcome.BLOCKED, exit_code=4, remote_head=heads.remote)
        result = self._result(Outcome.BLOCKED, reason, 4, heads.remote, next_step=verdict.next_step)
        return replace(result, parked=self.parked_at)

    def _send_parked(self, remote: Remote, local: str, parked: str) -> None:
        if parked and not has(self.repository, parked):
            parked = remote.fetch(self.parked_at, (local,))
        remote.push(local, self.parked_at)
        if remote.heads(self.parked_at).get(self.parked_at) != local:
            self.notes.append(f"{self.parked_at} was moved by someone else right after it was pushed")
        self.notes.append(f"the branch is kept there as {self.parked_at}")

    def _secrets(self, tip: str, there: tuple[str, ...]) -> list[Finding]:
        """Judges every blob that would leave and that nobody judged; remembers those that passed."""
        stops = [commit for commit in there if commit and has(self.repository, commit)]
        known = set(self.record.judged)
        new = {key: mode for key, mode in outgoing(self.repository, tip, stops).items() if mark(*key) not in known}
        if not new:
            return []
        findings, passed = judge_blobs(self.site, new)
        self.record = replace(self.record, judged=with_judged(self.record.judged, passed))
        return findings

    def _withheld(self, findings: list[Finding], heads: Heads) -> PushResult:
        first = findings[0]
        reason = (
            f"not pushed: {count(len(findings), 'secret')} in commits that are not on the remote yet "
            f"({first.code} in {display(first.path)}" + (f", line {first.line})" if first.line else ")")
        )
        result = self._result(
            Outcome.BLOCKED,
            reason,
            3,
            heads.remote,
            next_step="take it out of the backup's history (it must not leave this machine), or accept the finding: "
            f"inv accept {first.fingerprint}",
        )
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

    def _result(
        self, outcome: Outcome, reason: str, exit_code: int, remote_head: str, *, next_step: str = ""
    ) -> PushResult:
        return PushResult(
            outcome, reason, exit_code, remote_head, notes=tuple(self.notes), next_step=next_step, head=self.head
        )
