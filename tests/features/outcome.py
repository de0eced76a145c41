"""Outcomes: what a person sees after a run."""

from __future__ import annotations

import json
import os
import re

from pytest_bdd import parsers, step, then

from autosync_tasks.model import Outcome, Pending, Trigger
from autosync_tasks.plan.compare import look
from autosync_tasks.plan.decision import decision_of
from autosync_tasks.plan.past import past_of
from autosync_tasks.policy.inputs import Ask
from tests.features.pictures import changed
from tests.features.words import ASKERS, NUMBER, TIME, WHAT, WHO, path_of, time_of
from tests.support.machine import EXIT_CODE, Machine, Told

OUTCOMES = {
    "done": Outcome.CHANGED,
    "skipped": Outcome.SKIPPED,
    "deferred": Outcome.DEFERRED,
    "blocked": Outcome.BLOCKED,
    "incomplete": Outcome.INCOMPLETE,
    "failed": Outcome.FAILED,
}


def heard(machine: Machine) -> Told:
    """The last run, now spoken of."""
    machine.last.spoken = True
    return machine.last


def _ended(machine: Machine, outcome: Outcome) -> Told:
    told = heard(machine)
    assert told.outcome == outcome, told.text
    assert told.exit_code == EXIT_CODE[outcome], told.text
    return told


@step(parsers.re("the (?:sync|verification) is (?P<outcome>" + "|".join(OUTCOMES) + ")"))
def is_so(machine: Machine, outcome: str) -> None:
    _ended(machine, OUTCOMES[outcome])


@step("there is nothing to do")
def nothing_to_do(machine: Machine) -> None:
    told = _ended(machine, Outcome.OK)
    assert "nothing to do" in told.text


@step("the backup is proven")
def proven(machine: Machine) -> None:
    _ended(machine, Outcome.OK)


@step(parsers.re("the backup is not proven"))
def not_proven(machine: Machine) -> None:
    _ended(machine, Outcome.FAILED)


@step("the sync would be done")
def would_be_done(machine: Machine) -> None:
    told = heard(machine)
    assert (told.outcome, told.exit_code) == (Outcome.CHANGED, 5), told.text


@step(parsers.re("the sync is refused(?: with exit code (?P<code>\\d+))?"))
def refused(machine: Machine, code: str | None) -> None:
    told = heard(machine)
    assert told.outcome == "refused", told.text
    assert told.exit_code == int(code or 1), told.text


@step(parsers.re(f"the sync is deferred until (?P<about>about )?{TIME}"))
def deferred(machine: Machine, about: str | None, time: str) -> None:
    told = _ended(machine, Outcome.DEFERRED)
    assert told.run is not None
    until, wanted = told.run.retry_at, time_of(time)
    assert until is not None
    if about:  # up to a tenth of the wait is added, so that machines do not all come back together
        assert wanted <= until <= wanted + 0.1 * (wanted - time_of("09:00"))
    else:
        assert until == wanted


@step("the sync is deferred until the same time as before")
def same_time(machine: Machine) -> None:
    told = _ended(machine, Outcome.DEFERRED)
    before = machine.told[-2]
    assert told.run is not None
    assert before.run is not None
    assert told.run.retry_at is not None
    assert told.run.retry_at == before.run.retry_at


@step(parsers.re('the reason is "(?P<words>[^"]*)"'))
def reason(machine: Machine, words: str) -> None:
    run = machine.last.run
    assert run is not None
    assert run.reason == words


@step(parsers.re('it says "(?P<words>(?:(?!" or "|", but not ").)*)"'))
def says(machine: Machine, words: str) -> None:
    """Somewhere in what a person sees; `~` is the home folder, space at line ends does not count."""
    told = machine.last
    shown = " ".join((told.text + "\n" + told.stderr).replace(str(machine.home), "~").split())
    assert " ".join(words.split()) in shown, shown


@step("it says:")
def says_each(machine: Machine, datatable: list[list[str]]) -> None:
    for (words,) in datatable:
        says(machine, words)


@step(parsers.re('it does not say "(?P<words>[^"]*)"'))
def says_not(machine: Machine, words: str) -> None:
    assert words not in machine.last.text + machine.last.stderr


@step(parsers.re('it says "(?P<words>[^"]*)", but not "(?P<other>[^"]*)"'))
def says_but_not(machine: Machine, words: str, other: str) -> None:
    says(machine, words)
    says_not(machine, other)


@step(parsers.re('it says, but not "(?P<other>[^"]*)":'))
def says_each_but_not(machine: Machine, other: str, datatable: list[list[str]]) -> None:
    says_not(machine, other)
    says_each(machine, datatable)


@step("it says what to do next")
def says_next(machine: Machine) -> None:
    assert re.search(r"^\s*next: \S", machine.last.text + machine.last.stderr, re.MULTILINE), machine.last.text


@step(
    parsers.re(
        "the sync is (?P<outcome>"
        + "|".join(OUTCOMES)
        + '|refused), and it (?P<does>says|does not say) "(?P<words>[^"]*)"'
    )
)
def ended_and_says(machine: Machine, outcome: str, does: str, words: str) -> None:
    refused(machine, None) if outcome == "refused" else is_so(machine, outcome)
    says(machine, words) if does == "says" else says_not(machine, words)


@step(parsers.re('it says "(?P<words>[^"]*)", and what to do next'))
def says_and_next(machine: Machine, words: str) -> None:
    says(machine, words)
    says_next(machine)


@step("nothing was written")
def nothing_written(machine: Machine) -> None:
    """No file or folder of state, config and backup has other contents, another mode or another mtime."""
    told = machine.last
    assert not changed(told.before, told.after)


@step("the sync would be done, and nothing was written")
def would_and_nothing_written(machine: Machine) -> None:
    would_be_done(machine)
    nothing_written(machine)


@step(parsers.re("the sync is (?P<outcome>" + "|".join(OUTCOMES) + "), and nothing was written"))
def so_and_nothing_written(machine: Machine, outcome: str) -> None:
    is_so(machine, outcome)
    nothing_written(machine)


@step("no file was written")
def no_file_written(machine: Machine) -> None:
    """Like "nothing was written", but scratch may have come and gone: folders may have another mtime."""
    told = machine.last
    differ = changed(told.before, told.after)
    assert not [path for path in differ if not os.path.isdir(path)]
    assert told.before.keys() == told.after.keys()


@step("nothing has changed")
def nothing_changed(machine: Machine) -> None:
    """No file of the home folder has other contents, another mode or another mtime; locks may have come, and rules that
    the scanner compiled (a cache is no act)."""
    told = machine.last
    assert told.before, told.what
    differ = [path for path in changed(told.before, told.after) if not os.path.isdir(path)]
    assert [path for path in differ if not path.endswith(".lock") and "/autosync-tasks/engine/" not in path] == []


@step("nothing was written but a lock")
def only_a_lock(machine: Machine) -> None:
    files = [path for path in machine.last.after if os.path.isfile(path)]
    assert [os.path.basename(path) for path in files] in ([], [b"lock"])


@step(parsers.re(f"only a sign of {WHO} was written"))
def only_a_sign(machine: Machine, who: str) -> None:
    told = machine.last
    new = {
        os.path.relpath(path, os.fsencode(machine.state)) for path in map(os.fsencode, changed(told.before, told.after))
    }
    pair = {path.split(b"/")[0] for path in new}
    assert len(pair) == 1
    folder = pair.pop()
    assert new <= {folder, folder + b"/seen", folder + b"/seen/" + ASKERS[who].encode()}
    assert folder + b"/seen/" + ASKERS[who].encode() in new


@step("it says nothing at all")
def silent(machine: Machine) -> None:
    assert machine.last.text + machine.last.stderr == ""


@step(parsers.re(f"the exit code is {NUMBER}, and nothing that hung is left running"))
def nothing_left(machine: Machine, number: str) -> None:
    exit_code(machine, number)
    hung = [int(line) for line in (machine.home / "hanging").read_text().split()]
    assert hung
    assert not [process for process in hung if os.path.exists(f"/proc/{process}")]


@step("no control character is shown")
def no_control(machine: Machine) -> None:
    shown = machine.last.text + machine.last.stderr
    assert [char for char in shown if not char.isprintable() and char != "\n"] == []


@step(parsers.re(f"(?P<ended>the sync is incomplete, and )?{WHAT} is left out: (?P<why>.+)"))
def left_out(machine: Machine, ended: str | None, what: str, why: str) -> None:
    if ended:
        is_so(machine, "incomplete")
    run = machine.last.run
    assert run is not None
    found = {os.fsdecode(left.path): f"{left.why}, {left.detail}" for left in run.left_out}
    assert why in found.get(path_of(what), ""), found


@step(parsers.re(f"the change to {WHAT} is (?P<fate>taken|pending)"))
def taken_or_pending(machine: Machine, what: str, fate: str) -> None:
    run = machine.last.run
    assert run is not None
    changes = run.changes if fate == "taken" else [item.change for item in run.pending]
    assert path_of(what).encode() in [change.path for change in changes]


@step(parsers.re(f'the change to {WHAT} waits for "(?P<words>[^"]+)"'))
def waits_for(machine: Machine, what: str, words: str) -> None:
    """The whole of it, or its beginning up to what is said in brackets or behind a comma or colon."""
    path = path_of(what).encode()
    waiting = [item.waits_for for item in waits(machine) if item.change.path == path]
    rests = [text.removeprefix(words) for text in waiting if text.startswith(words)]
    assert [rest for rest in rests if not rest or rest.startswith((" (", ",", ":"))], waiting


def waits(machine: Machine) -> list[Pending]:
    """What the last run left waiting, and what the next look of the schedule would (as `why` says it)."""
    run = machine.last.run
    with look(machine.site) as seen:
        past = past_of(seen, machine.now)
        decision = decision_of(seen, Trigger.SCHEDULE, past, machine.now, Ask())
    return [*(run.pending if run else ()), *decision.waiting]


@step(parsers.re('the verdict is "(?P<level>protected|attention|not protected)"'))
def verdict(machine: Machine, level: str) -> None:
    told = heard(machine)
    assert told.outcome == level, told.text
    assert told.exit_code == (1 if level == "not protected" else 0)


@step(parsers.re(f"the history says that {WHO} asked"))
def history_says(machine: Machine, who: str) -> None:
    assert [*machine.site.state.history()][-1]["trigger"] == ASKERS[who]


@step(parsers.re(f"the exit code is {NUMBER}"))
def exit_code(machine: Machine, number: str) -> None:
    told = heard(machine)
    assert told.exit_code == int(number), f"{told.what}: {told.exit_code}\n{told.text}\n{told.stderr}"


@step(parsers.re(f'the exit code is {NUMBER}, and it says "(?P<words>[^"]*)"'))
def exit_code_and_says(machine: Machine, number: str, words: str) -> None:
    exit_code(machine, number)
    says(machine, words)


@step(parsers.re(f"the exit code is {NUMBER}, and it says:"))
def exit_code_and_says_each(machine: Machine, number: str, datatable: list[list[str]]) -> None:
    exit_code(machine, number)
    says_each(machine, datatable)


@step(parsers.re(f"the exit code is {NUMBER}, and no file was written"))
def exit_code_and_no_file(machine: Machine, number: str) -> None:
    exit_code(machine, number)
    no_file_written(machine)


@step("its output is one JSON document")
def one_document(machine: Machine) -> None:
    document = json.loads(machine.last.text)
    assert document["version"] == 1
    assert machine.last.stderr == ""


@then(parsers.re('it says either "(?P<one>[^"]+)" or "(?P<other>[^"]+)"'))
def says_either(machine: Machine, one: str, other: str) -> None:
    assert one in machine.last.text or other in machine.last.text, machine.last.text
