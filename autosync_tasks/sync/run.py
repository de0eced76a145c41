"""One passage through the steps: detect, decide, plan, validate, commit, verify, push, record.

Check mode takes the same way, every decision and every guard, and writes nothing at all.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from autosync_tasks.humanize import count
from autosync_tasks.model import (
    Change,
    Decision,
    Finding,
    Kind,
    LeftOut,
    Outcome,
    Path,
    Pending,
    Plan,
    Priority,
    Run,
    Step,
    Trigger,
    Verb,
)
from autosync_tasks.names import display
from autosync_tasks.plan import delta as planning
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.decision import decision_of
from autosync_tasks.plan.past import past_of
from autosync_tasks.plan.quarantine import MEND, blocked_reason, in_quarantine, offending
from autosync_tasks.policy.decide import NOTHING
from autosync_tasks.remote.known import ahead
from autosync_tasks.sync.message import subject
from autosync_tasks.sync.record import Recorder
from autosync_tasks.sync.store import Label, SourceMovedError, Stored, catch_up, remember, store
from autosync_tasks.tree.observe import Progress, read_again
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

if TYPE_CHECKING:
    from autosync_tasks.remote.push import PushResult


class Passage:
    """One passage through the steps, with what it collects on the way."""

    def __init__(self, site: Site, request: Request, seen: Look, progress: Progress | None) -> None:
        self.site, self.request, self.seen, self.progress = site, request, seen, progress
        self.recorder = Recorder(site, request.trigger, request.now, check=request.check, hint=request.hint)
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.findings: tuple[Finding, ...] = ()
        self.lost: dict[Path, LeftOut] = {}
        self.past = past_of(seen, request.now)
        self.decision = Decision(Verb.SKIP, NOTHING)
        self._new_id = secrets.token_hex(8)
        self.quarantined = 0

    def run(self) -> Run:
        """Takes the steps in order; ends early where nothing is left to do or a guard holds."""
        seen, force = self.seen, self.request.ask.force
        self._step("observe", Outcome.OK, f"{count(len(seen.observation.manifest), 'path')} in the source")
        changes = seen.difference.changes
        self._step("detect", Outcome.OK, f"{count(len(changes), 'difference')} from the backup")
        self.notes += [note for note in (seen.head.note,) if note]
        self.decision = decision_of(seen, self.request.trigger, self.past, self.request.now, self.request.ask)
        if self.decision.verb is not Verb.GO and not ((force or self._adopts) and self.decision.verb is Verb.SKIP):
            return self._hold()
        self._step("decide", Outcome.OK, self.decision.reason)
        plan = self._validated(self._plan(self.decision.admitted))
        blocking = [finding for finding in self.findings if finding.blocks]
        if blocking and not self.quarantined:
            return self._blocked(plan, blocking)
        if plan.empty and plan.manifest == seen.head.manifest:
            return self._nothing()
        if self.request.check:
            self._step("plan", Outcome.CHANGED, f"would commit {count(len(plan.changes), 'change')}")
            return self._end(Outcome.CHANGED, subject(plan.changes), plan=plan, exit_code=5)
        return self._commit(plan)

    def _plan(self, admitted: Iterable[Change]) -> Plan:
        seen = self.seen
        manifest = seen.observation.manifest
        return planning.plan(admitted, manifest, seen.recorded, seen.head.tree, seen.ref, self._source_id())

    def _source_id(self) -> str:
        """The source's id: the configured one, else a new one.

        Never the branch's own: after an adoption, the source that it had before must find itself locked out.
        """
        return self.site.settings.source_id or self._new_id

    @property
    def _adopts(self) -> bool:
        """Whether this run takes the branch over from another source."""
        had = self.seen.branch_source_id
        return self.request.ask.adopt and had not in ("", self.site.settings.source_id)

    def _validated(self, plan: Plan) -> Plan:
        """Judges the bytes of every put; what cannot be read twice the same leaves the plan."""
        subjects = read_again(self.seen.root, self.seen.scan, plan.puts.items(), self.lost)
        from autosync_tasks.plan import judge  # the rules are loaded only when there is something to judge

        by_hand = self.request.trigger is Trigger.MANUAL
        # A new folder has no contents, but its name goes into the manifest.
        folders = [(c.path, b"") for c in plan.changes if c.new is not None and c.new.kind is Kind.FOLDER]
        self.findings = judge.judge(
            self.site, self.seen, chain(subjects, folders), check=self.request.check, by_hand=by_hand
        )
        if self.lost:
            plan = self._plan(planning.without(plan, frozenset(self.lost)))
        errors = sum(finding.blocks for finding in self.findings)
        if errors and self.site.settings.quarantine and (bad := offending(plan, self.findings)):
            plan = self._quarantine(plan, bad)
            errors = 0
        words = f"{count(len(plan.puts), 'file')} read and judged, {count(len(self.findings), 'finding')}"
        self._step("validate", Outcome.BLOCKED if errors else Outcome.OK, words)
        return plan

    def _quarantine(self, plan: Plan, bad: Mapping[Path, str]) -> Plan:
        """Leaves the offending files pending and lets the rest go (`quarantine = true`)."""
        kept = planning.without(plan, frozenset(bad))
        waiting = in_quarantine(plan.changes, kept, bad)
        self.decision = replace(self.decision, waiting=(*self.decision.waiting, *waiting))
        self.quarantined = len(waiting)
        return self._plan(kept)

    def _hold(self) -> Run:
        decision = self.decision
        if decision.verb is Verb.SKIP and decision.reason == NOTHING:
            self._step("decide", Outcome.OK, decision.reason)
            return self._nothing()
        outcome = _HELD[decision.verb]
        self._step("decide", outcome, decision.reason)
        run = self._end(outcome, decision.reason, exit_code=3 if decision.verb is Verb.BLOCK else 0)
        run = replace(run, details=decision.details, next_step=decision.next_step, retry_at=decision.retry_at)
        return self.recorder.finish(run, self.past.first_seen, acted=False, digest=decision.digest)

    def _blocked(self, plan: Plan, blocking: list[Finding]) -> Run:
        shown = None if any(finding.code == "SEC006" for finding in blocking) else plan  # a name may be the secret
        run = self._end(Outcome.BLOCKED, blocked_reason(blocking), exit_code=3, plan=shown)
        run = replace(run, next_step=MEND)
        return self.recorder.finish(run, self.past.first_seen, acted=False, digest=plan.digest)

    def _nothing(self) -> Run:
        """Nothing to commit; finishes what an interrupted run left undone."""
        seen, check, force = self.seen, self.request.check, self.request.ask.force
        acted, notes = (False, []) if check else catch_up(self.site, seen, self.request.run_id, anew=force)
        self.notes += notes
        if self._faults or self.quarantined:
            run = self._end(Outcome.INCOMPLETE, self._left_words(), commit=seen.ref, exit_code=1)
            return self.recorder.finish(run, self.past.first_seen, acted=acted)
        words = self._idle_words(seen.owned, seen.ref)
        if not check and seen.ref and not self._waiting and (acted or not (seen.remembered or force or notes)):
            remember(seen, Stored(seen.ref, seen.head.tree, seen.head.manifest, seen.owned), words)
        if acted:
            words = f"the backup's work tree was brought to {seen.ref[:7]}"
            self._step("commit", Outcome.CHANGED, words)
        pushed = self._push(None) if self._must_push else None
        outcome = Outcome.CHANGED if acted or (pushed and pushed.outcome is Outcome.CHANGED) else Outcome.OK
        run = with_push(self._end(outcome, words, commit=seen.ref), pushed)
        return self.recorder.finish(run, self.past.first_seen, acted=outcome is Outcome.CHANGED)

    @property
    def _must_push(self) -> bool:
        """Whether an earlier run left something to push."""
        wanted = self.site.settings.auto_sync_push or self.request.push
        return wanted and bool(self.seen.ref) and ahead(self.site)

    def _commit(self, plan: Plan) -> Run:
        stored, seen, anew = None, self.seen, self.request.ask.force
        while stored is None:
            try:
                stored = store(self.site, seen, plan, self._label(), self.progress, anew=anew)
            except SourceMovedError as moved:  # written to since it was judged: the rest goes without it
                self.lost |= moved.lost
                plan = self._plan(planning.without(plan, frozenset(self.lost)))
                if plan.empty:
                    return self._nothing()
        self.notes += stored.notes
        self._step("commit", Outcome.CHANGED, f"{stored.commit[:7]}, {count(len(plan.changes), 'change')}")
        since = f"; {len(stored.since)} changed since" if stored.since else ""
        self._step("verify", Outcome.OK, f"the branch holds the plan, read back{since}")
        incomplete = bool(self._faults or self.quarantined)
        unfinished = incomplete or self._waiting or stored.since or not stored.brought
        remember(seen, stored, "" if unfinished else self._idle_words(stored.owned, stored.commit))
        # After what was seen is saved: a push that takes foreign changes in moves the branch, and the caches follow.
        pushed = self._push(plan)
        reason = f"{count(len(plan.changes), 'change')} backed up as {stored.commit[:7]}"
        reason += f"; {self._left_words()}" if incomplete else ""
        outcome = Outcome.INCOMPLETE if incomplete else Outcome.CHANGED
        run = self._end(outcome, reason, commit=stored.commit, plan=plan, exit_code=int(incomplete))
        return self.recorder.finish(with_push(run, pushed), self.past.first_seen, acted=True)

    def _push(self, plan: Plan | None) -> PushResult | None:
        """Pushes what is ahead, whichever run made it; a remote that is away never undoes the commit."""
        if not (self.site.settings.auto_sync_push or self.request.push):
            self._step("push", Outcome.SKIPPED, "auto_sync_push is false")
            return None
        if self.request.check or not ahead(self.site):
            words = "the remote has everything" if not self.request.check else "not in check mode"
            self._step("push", Outcome.SKIPPED, words)
            return None
        judged = plan.puts if plan is not None else None
        request, jitter = self.request, random.random()  # noqa: S311  no secret
        from autosync_tasks.remote.push import push

        pushed = push(self.site, now=request.now, jitter=jitter, trigger=request.trigger, judged=judged)
        self._step("push", pushed.outcome, pushed.reason)
        self.notes += pushed.notes
        self.findings += pushed.findings
        return pushed

    @property
    def _waiting(self) -> list[Pending]:
        """What waits although it is wanted: not what is of low priority and stays out by rule."""
        wanted = (Priority.HIGH, Priority.MEDIUM)
        return [pending for pending in self.decision.waiting if pending.change.priority in wanted]

    def _idle_words(self, owned: int, commit: str) -> str:
        low = len(self.decision.waiting) - len(self._waiting)
        if not commit:
            return "nothing to do: the source is empty, and there is no backup of it yet"
        words = f"nothing to do: {count(owned, 'file')} in the backup at {commit[:7]}"
        return words + (f"; {low:,} of low priority left out" if low else "")

    @property
    def _faults(self) -> list[LeftOut]:
        """What is left out though it should not be: named, pending, attention."""
        return [left for left in (*self.seen.left_out, *self.lost.values()) if not left.expected]

    def _left_words(self) -> str:
        faults = self._faults
        if not faults:
            return f"{count(self.quarantined, 'change')} in quarantine"
        words = f"{display(faults[0].path)} left out: {faults[0].why}"
        return words + (f" (and {len(faults) - 1} more)" if len(faults) > 1 else "")

    def _label(self) -> Label:
        request = self.request
        accepted = sum(finding.status == "accepted" for finding in self.findings)
        words = f"yes, {count(len(self.findings) - accepted, 'warning')}" + (
            f", {accepted} accepted" if accepted else ""
        )
        validated = words if self.site.settings.auto_sync_validate else "secrets only"
        return Label(request.run_id, request.trigger, request.now, validated, self._source_id())

    def _step(self, name: str, outcome: Outcome, reason: str) -> None:
        self.steps.append(Step(name, outcome, reason))

    def _end(
        self,
        outcome: Outcome,
        reason: str,
        *,
        commit: str = "",
        plan: Plan | None = None,
        exit_code: int = 0,
    ) -> Run:
        return Run(
            id=self.request.run_id,
            trigger=self.request.trigger,
            started=self.request.now,
            ended=self.request.ended,
            outcome=outcome,
            reason=reason,
            exit_code=exit_code,
            steps=tuple(self.steps),
            commit=commit,
            changes=plan.changes if plan else (),
            pending=tuple(self._waiting),
            left_out=(*self.seen.left_out, *self.lost.values()),
            findings=self.findings,
            notes=tuple(self.notes),
            check=self.request.check,
            retry_at=self.decision.retry_at if outcome is Outcome.DEFERRED else None,
        )


def with_push(run: Run, pushed: PushResult | None) -> Run:
    """The run with how its push ended: a commit that could not be pushed is incomplete, with the push's exit code."""
    if pushed is None or not pushed.exit_code:
        return run
    reason = f"{run.reason}; not pushed: {pushed.reason}"
    code = pushed.exit_code if pushed.exit_code != 2 else 1
    return replace(run, outcome=Outcome.INCOMPLETE, reason=reason, exit_code=code, next_step=pushed.next_step)


_HELD = {Verb.SKIP: Outcome.SKIPPED, Verb.DEFER: Outcome.DEFERRED, Verb.BLOCK: Outcome.BLOCKED}
