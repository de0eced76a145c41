"""Tasks about findings: which of them a person has accepted."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence

from autosync_tasks.cli.task import CHECK, JSON, Context, Scope, is_dry, task
from autosync_tasks.errors import UsageError
from autosync_tasks.humanize import count
from autosync_tasks.model import Finding, Outcome
from autosync_tasks.names import display
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import look
from autosync_tasks.records import asdict
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report.changes import of_findings
from autosync_tasks.triggers.result import TaskResult
from autosync_tasks.validation.families import RULES
from autosync_tasks.workspace.validation_context import acceptances
from autosync_tasks.workspace.workspace import Site, open_site


@task(
    profiles=Scope.ONE,
    words="fingerprint",
    help={
        "fingerprint": "a finding, as `inv validate` names it (several times, or as plain words)",
        "reason": "why it is no fault; kept with it and shown in the list",
        "yes": "do not ask (for scripts)",
        "list": "show what is accepted",
        "prune": "forget acceptances whose finding is gone",
        "check": CHECK,
        "json": JSON,
    },
)
def accept(
    context: Context,
    fingerprint: Iterable[str],
    reason: str = "",
    yes: bool = False,
    list: bool = False,
    prune: bool = False,
    check: bool = False,
    json: bool = False,
) -> int:
    """Accepts one finding, so that it does not block any more: `inv accept 0123456789abcdef --reason '…'`.

    Kept in your config folder, never in the tree. It holds for this very value, wherever it moves; another secret
    blocks again. Asks on a terminal.
    """
    site, dry = open_site(os.environ), is_dry(context, check)
    store = acceptances(site)
    if list:
        every = store.all()
        if json:
            report.show("acceptances", {"accepted": [asdict(one) for one in every]})
        else:
            rows = [f"  {one.fingerprint}  {one.code:<7} {display(one.path)}  {display(one.reason)}" for one in every]
            screen.show(lines.plain([*rows, f"accepted={len(every)}"]))
        return 0
    findings = _findings(site)
    if prune:  # what only the history holds is kept: the next push would stop at it
        current = {finding.fingerprint for finding in (*findings, *_in_history(site))}
        gone = [one for one in store.all() if one.fingerprint not in current] if dry else store.prune(current)
        words = f"{'would forget' if dry else 'forgot'} {count(len(gone), 'acceptance')}"
        return _told(Outcome.CHANGED if gone else Outcome.OK, words, (), check=dry, as_json=json)
    wanted = [mark.strip().lower() for mark in fingerprint]
    by_mark = {finding.fingerprint: finding for finding in findings}
    if any(mark not in by_mark for mark in wanted):
        by_mark |= {finding.fingerprint: finding for finding in _in_history(site)}
    unknown = [display(mark) for mark in wanted if mark not in by_mark]
    if unknown or not wanted:
        raise UsageError(
            f"no finding has the fingerprint {', '.join(unknown)}" if unknown else "no fingerprint is given",
            hint="`inv validate` names each finding's, `inv sync --push` those in the backup's history",
        )
    chosen = [by_mark[mark] for mark in wanted]
    if firm := [found for found in chosen if not RULES[found.code].acceptable]:
        rule = RULES[firm[0].code]
        raise UsageError(
            f"{rule.code} in {display(firm[0].path)} cannot be accepted: {rule.explanation}", hint=rule.hint
        )
    if not reason.strip():
        raise UsageError("an acceptance needs a reason", hint="say it with --reason 'why this is no fault'")
    named = [f"{found.code} in {display(found.path)}" for found in chosen]
    if not json:
        screen.show(of_findings(chosen))
    if not dry:
        if not yes and not agreed("Accept? [y/N] ", no_person=json):
            return 1
        for found in chosen:
            store.add(found.fingerprint, reason, at=time.time(), code=found.code, path=display(found.path))
    words = f"{'would accept' if dry else 'accepted'}: {', '.join(named)}"
    return _told(Outcome.CHANGED, words, named, check=dry, as_json=json)


def _told(outcome: Outcome, reason: str, details: Iterable[str], *, check: bool, as_json: bool) -> int:
    result = TaskResult("accept", outcome, reason, tuple(details), check=check)
    if as_json:
        report.show("task", result.as_json())
    else:
        screen.show(lines.plain([reason]))
    return result.exit_code


def _findings(site: Site) -> Sequence[Finding]:
    with look(site) as seen:
        return judge.judge_tree(site, seen, only_changed=False).findings


def _in_history(site: Site) -> Sequence[Finding]:
    """The secrets in earlier versions that the backup holds: the guard of pushes stops at them."""
    from autosync_tasks.remote.secret_guard import in_history

    tip = site.repository.ref() if site.repository.exists else ""
    return [finding for findings in in_history(site, tip).values() for finding in findings]


def agreed(question: str, *, no_person: bool = False) -> bool:
    """Whether the person at the terminal says yes. Raises UsageError if there is none. no_person: a program asks."""
    if no_person or not sys.stdin.isatty():
        raise UsageError("this asks a person, and there is no terminal", hint="add --yes in a script")
    return screen.says_yes(question)
