"""One passage through the steps: detect, decide, plan, validate, commit, verify, push, record.

Each step takes values and gives values: the look, the proposal (plan/decision.py), what was stored, how the push ended.
Check mode takes the same way, every decision and every guard, and writes nothing at all.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from autosync_tasks.humanize import count
from autosync_tasks.model import Change, LeftOut, Outcome, Pending, Plan, Priority, Run, Step, Verb
from autosync_tasks.names import display
from autosync_tasks.plan import delta
from autosync_tasks.plan.compare import Look
from autosync_tasks.plan.decision import plan_for, propose
from autosync_tasks.plan.past import past_of
from autosync_tasks.plan.proposal import Proposal
from autosync_tasks.plan.quarantine import way_in, way_on
from autosync_tasks.policy.decide import NOTHING
from autosync_tasks.policy.inputs import Past
from autosync_tasks.records import dataclass, replace
from autosync_tasks.sync.message import subject
from autosync_tasks.sync.record import Recorder
from autosync_tasks.sync.store import Label, SourceMovedError, catch_up, remember, standing, store
from autosync_tasks.tree.observe import Progress
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

if TYPE_CHECKING:
    from autosync_tasks.remote.known import PushResult


@dataclass(frozen=True, slots=True)
class _Passage:
    """What is known once a passage has decided; the steps after it read this and make new values.

    source_id: the configured one, else a new one. Never the branch's own: after an adoption, the source that it had
    before must find itself locked out.
    """

    site: Site
    request: Request
    seen: Look
    past: Past
    source_id: str
    proposal: Proposal

    @property
    def held_by_validation(self) -> bool:
        return self.proposal.decision.verb is Verb.BLOCK and self.proposal.plan is not None

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What waits although it is wanted: not what stays out by rule, nor what the plan itself would take."""
        planned = self.proposal.plan.changes if self.held_by_validation and self.proposal.plan else ()
        waiting = self.proposal.decision.waiting
        return tuple(p for p in waiting if p.change.priority in _WANTED and p.change not in planned)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return (*self.seen.left_out, *self.proposal.lost.values())

    @property
    def faults(self) -> list[LeftOut]:
        """What is left out though it should not be: named, pending, attention."""
        return [left for left in self.left_out if not left.expected]

    @property
    def incomplete(self) -> str:
        """Why what this passage makes is not all that belongs in the backup; "" if it is."""
        faults, quarantined = self.faults, self.proposal.quarantined
        if not faults:
            return f"{count(quarantined, 'change')} in quarantine" if quarantined else ""
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return f"{display(faults[0].path)} left out: {faults[0].why}{more}"

    @property
    def way_on(self) -> str:
        """What a person does about what is left out, or in quarantine."""
        if self.faults:
            return way_in(self.faults[0])
        return way_on(self.proposal.findings, rest=False) if self.proposal.quarantined else ""

    def idle_words(self, owned: int, commit: str) -> str:
        """What to say of a backup that holds everything."""
        low = sum(p.change.priority is Priority.LOW for p in self.proposal.decision.waiting)
        if not commit and self.pending:  # --include and the like
            return "nothing that was asked for has changed, and there is no backup yet"
        if not commit:
            return f"{self.site.nothing_there[0]}, and there is no backup of it yet"
        words = f"{count(owned, 'file')} in the backup at {commit[:7]}"
        return words + (f"; {low:,} of low priority left out" if low else "")

    def finish(self, run: Run, *, acted: bool, digest: str = "") -> Run:
        """Records the run."""
        request = self.request
        recorder = Recorder(self.site, request.trigger, request.now, check=request.check, hint=request.hint)
        return recorder.finish(run, self.past.first_seen, acted=acted, digest=digest)


_WANTED = (Priority.HIGH, Priority.MEDIUM)


def passage(site: Site, request: Request, seen: Look, progress: Progress | None) -> Run:
    """Takes the steps in order; ends early where nothing is left to do or a guard holds."""
    past, source_id = past_of(seen, request.now), site.source_id or os.urandom(8).hex()
    proposal = propose(seen, request.trigger, past, request.now, request.ask, source_id, check=request.check)
    known = _Passage(site, request, seen, past, source_id, proposal)
    decision, plan = proposal.decision, proposal.plan
    if decision.verb is Verb.BLOCK or (plan is None and decision.reason != NOTHING):
        return _held(known)
    # Who insists gets the record renewed, but no backup that holds nothing.
    if plan is None or (plan.empty and (seen.head.recorded is None or plan.manifest == seen.head.manifest)):
        return _nothing(known)
    if request.check:
        step = Step("plan", Outcome.CHANGED, f"would commit {count(len(plan.changes), 'change')}")
        return _run(known, Outcome.CHANGED, subject(plan.changes), [step], changes=plan.changes, exit_code=5)
    return _commit(known, plan, progress)


def _held(known: _Passage) -> Run:
    """A guard, the policy or validation holds it."""
    decision, plan, findings = known.proposal.decision, known.proposal.plan, known.proposal.findings
    hidden = any(finding.blocks and finding.code == "SEC006" for finding in findings)  # a name may be the secret
    changes = plan.changes if plan is not None and not hidden else ()
    exit_code = 3 if decision.verb is Verb.BLOCK else 0
    run = _run(known, _HELD[decision.verb], decision.reason, changes=changes, exit_code=exit_code)
    run = replace(run, details=decision.details, next_step=decision.next_step, retry_at=decision.retry_at)
    return known.finish(run, acted=False, digest=decision.digest)


def _nothing(known: _Passage) -> Run:
    """Nothing to commit; finishes what an interrupted run left undone, and pushes what is not there yet."""
    site, seen, check, force = known.site, known.seen, known.request.check, known.request.ask.force
    acted, notes = (False, []) if check else catch_up(site, seen, known.request.run_id, anew=force)
    idle = known.idle_words(seen.owned, seen.ref)
    unfinished = bool(known.incomplete or known.pending)
    if not check and seen.ref and not unfinished and (acted or not (seen.remembered or force or notes)):
        remember(seen, standing(seen), f"{NOTHING}: {idle}")
    steps = []
    words = known.incomplete or f"{NOTHING}: {idle}"
    if acted:
        words = f"the backup's work tree was brought to {seen.ref[:7]}"
        steps.append(Step("commit", Outcome.CHANGED, words))
    outcome = Outcome.INCOMPLETE if known.incomplete else Outcome.CHANGED if acted else Outcome.OK
    pushed, pushes = None, site.settings.auto_sync_push or known.request.push
    if pushes:
        from autosync_tasks.remote.known import ahead, roll_due
    if pushes and seen.ref and ahead(site):
        step, pushed = _push(known, None)
        steps.append(step)
        if words.startswith(NOTHING) and (check or (pushed and pushed.outcome is not Outcome.OK)):
            words = f"{idle}; a sync would push it" if check else idle
    elif not check and site.settings.auto_sync_push and seen.ref and roll_due(site, known.request.now):
        from autosync_tasks.remote.roll import announce_alone

        announce_alone(site, known.request.now)
    run = _run(known, outcome, words, steps, notes, commit=seen.ref, exit_code=int(bool(known.incomplete)))
    run = with_push(run, pushed)
    return known.finish(run, acted=acted or run.outcome is Outcome.CHANGED)


def _commit(known: _Passage, plan: Plan, progress: Progress | None) -> Run:
    """Stores the plan, without what is written to meanwhile, and pushes it."""
    site, seen, stored = known.site, known.seen, None
    while stored is None:
        try:
            anew = known.request.ask.force
            stored = store(site, seen, plan, _label(known), progress, anew=anew)
        except SourceMovedError as moved:  # written to since it was judged: the rest goes without it
            lost = {**known.proposal.lost, **moved.lost}
            plan = plan_for(seen, delta.without(plan, frozenset(lost)), known.source_id)
            known = replace(known, proposal=replace(known.proposal, plan=plan, lost=lost))
            if plan.empty:
                return _nothing(known)
    unfinished = known.incomplete or known.pending or stored.since or not stored.brought
    idle = f"{NOTHING}: {known.idle_words(stored.owned, stored.commit)}"
    remember(seen, stored, "" if unfinished else idle)
    # After what was seen is saved: a push that takes foreign changes in moves the branch, and the caches follow.
    pushing, pushed = _push(known, plan)
    changes = count(len(plan.changes), "change")
    since = f"; {len(stored.since)} changed since" if stored.since else ""
    steps = [
        Step("commit", Outcome.CHANGED, f"{stored.commit[:7]}, {changes}"),
        Step("verify", Outcome.OK, f"the branch holds the plan, read back{since}"),
        pushing,
    ]
    reason = f"{changes} backed up as {stored.commit[:7]}" + (f"; {known.incomplete}" if known.incomplete else "")
    outcome = Outcome.INCOMPLETE if known.incomplete else Outcome.CHANGED
    code = int(bool(known.incomplete))
    run = _run(known, outcome, reason, steps, stored.notes, commit=stored.commit, changes=plan.changes, exit_code=code)
    return known.finish(with_push(run, pushed), acted=True)


def _push(known: _Passage, plan: Plan | None) -> tuple[Step, PushResult | None]:
    """Pushes what is ahead, whichever run made it; a remote that is away never undoes the commit."""
    site, request = known.site, known.request
    if not (site.settings.auto_sync_push or request.push):
        return Step("push", Outcome.SKIPPED, "auto_sync_push is false"), None
    from autosync_tasks.remote.known import ahead

    if request.check or not ahead(site):
        words = "the remote has everything" if not request.check else "not in check mode"
        return Step("push", Outcome.SKIPPED, words), None
    from autosync_tasks.remote.push import push

    if known.seen.progress is not None:
        known.seen.progress("pushing", 0, 0)
    jitter = int.from_bytes(os.urandom(4)) / 2**32  # `random` takes 5 ms to load
    pushed = push(site, now=request.now, jitter=jitter, trigger=request.trigger, judged=plan.puts if plan else None)
    return Step("push", pushed.outcome, pushed.reason), pushed


def with_push(run: Run, pushed: PushResult | None) -> Run:
    """The run with how its push ended: a commit that could not be pushed is incomplete, with the push's exit code."""
    if pushed is None:
        return run
    run = replace(run, notes=(*run.notes, *pushed.notes), findings=(*run.findings, *pushed.findings))
    if not pushed.exit_code:
        if pushed.outcome is not Outcome.CHANGED or run.changes:
            return run
        outcome = Outcome.CHANGED if run.outcome is Outcome.OK else run.outcome
        return replace(run, outcome=outcome, reason=f"{pushed.reason}; {run.reason}")
    code = pushed.exit_code if pushed.exit_code != 2 else 1
    reason = f"{run.reason}; not pushed: {pushed.reason}"
    step = pushed.next_step or run.next_step
    return replace(run, outcome=Outcome.INCOMPLETE, reason=reason, exit_code=code, next_step=step)


def _label(known: _Passage) -> Label:
    request, findings = known.request, known.proposal.findings
    accepted = sum(finding.status == "accepted" for finding in findings)
    words = f"yes, {count(len(findings) - accepted, 'warning')}" + (f", {accepted} accepted" if accepted else "")
    validated = words if known.site.settings.auto_sync_validate else "secrets only"
    return Label(request.run_id, request.trigger, request.now, validated, known.source_id)


def _run(
    known: _Passage,
    outcome: Outcome,
    reason: str,
    steps: Sequence[Step] = (),
    notes: Sequence[str] = (),
    *,
    commit: str = "",
    changes: tuple[Change, ...] = (),
    exit_code: int = 0,
) -> Run:
    """The run as it ends here: the steps up to the decision, and those after it."""
    head = known.seen.head
    notes = (*notes, *known.site.of_places(first=not known.seen.ref)) if changes else notes
    return replace(
        known.request.run(outcome, reason, [*_first_steps(known), *steps], exit_code=exit_code),
        commit=commit,
        changes=changes,
        pending=known.pending,
        left_out=known.left_out,
        findings=known.proposal.findings,
        notes=(*((head.note,) if head.note else ()), *notes),
        next_step=known.way_on if outcome is Outcome.INCOMPLETE else "",
    )


def _first_steps(known: _Passage) -> list[Step]:
    """What was observed, detected, decided and validated."""
    seen, proposal = known.seen, known.proposal
    decision, validated = proposal.decision, proposal.plan is not None
    held = Outcome.OK if validated or decision.reason == NOTHING else _HELD[decision.verb]
    steps = [
        Step("observe", Outcome.OK, f"{count(len(seen.observation.manifest), 'path')} in the source"),
        Step("detect", Outcome.OK, f"{count(len(seen.difference.changes), 'difference')} from the backup{_gap(known)}"),
        Step("decide", held, proposal.gate),
    ]
    if validated:
        words = f"{count(proposal.judged, 'file')} read and judged, {count(len(proposal.findings), 'finding')}"
        outcome = Outcome.BLOCKED if known.held_by_validation else Outcome.OK
        steps.append(Step("validate", outcome, words))
    return steps


def _gap(known: _Passage) -> str:
    """What of the differences this sync does not take, in words: else two numbers would not agree."""
    waiting = known.proposal.decision.waiting if known.proposal.plan is not None else ()
    low = sum(item.change.priority is Priority.LOW for item in waiting)
    never = sum(item.change.priority is Priority.NEVER for item in waiting)
    parts = [(low, "of low priority"), (never, "never copied"), (len(waiting) - low - never, "waiting")]
    words = ", ".join(f"{number:,} {what}" for number, what in parts if number)
    return f" ({words})" if words and not known.held_by_validation else ""


_HELD = {Verb.GO: Outcome.OK, Verb.SKIP: Outcome.SKIPPED, Verb.DEFER: Outcome.DEFERRED, Verb.BLOCK: Outcome.BLOCKED}
