"""Every default of the policy can be changed in config.toml: each row shows the default, then the change, at work."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from autosync_tasks.model import Trigger
from tests.support.machine import Machine

HOUR = 3600
Outcome = object
EACH: list[tuple[str, str, Callable[[Machine], Outcome], Outcome, Outcome]] = []
"""The setting, the line of config.toml, what is done, and what comes of it by default and with that line."""


def row(line: str, default: Outcome, changed: Outcome) -> Callable[[Callable[[Machine], Outcome]], None]:
    def add(act: Callable[[Machine], Outcome]) -> None:
        name = "rules" if "[[rules]]" in line else line.split(" ", maxsplit=1)[0]
        EACH.append((name, line, act, default, changed))

    return add


def asked(machine: Machine, trigger: Trigger = Trigger.SCHEDULE) -> str:
    told = machine.sync(trigger)
    told.spoken = True
    return told.outcome


@row("auto_sync_enabled = false", "changed", "skipped")
def _enabled(machine: Machine) -> Outcome:
    machine.edit("context/stack.md")
    return asked(machine)


@row("min_changes_for_sync = 2", "changed", "skipped")
def _least(machine: Machine) -> Outcome:
    machine.edit("context/stack.md")
    return asked(machine)


@row("max_sync_frequency = 7200", "changed", "deferred")
def _limit(machine: Machine) -> Outcome:
    machine.edit("context/stack.md")
    return asked(machine)


@row("medium_threshold = 1", "skipped", "changed")
def _threshold(machine: Machine) -> Outcome:
    machine.edit("docs/one.md")
    machine.edit("docs/two.md")
    return asked(machine)


@row("medium_max_age = 7200", "skipped", "changed")
def _medium_age(machine: Machine) -> Outcome:
    machine.edit("docs/one.md")
    asked(machine)
    machine.now += 3 * HOUR
    return asked(machine)


@row("max_age = 7200", "protected", "not protected")
def _age(machine: Machine) -> Outcome:
    machine.edit("docs/one.md")
    asked(machine)
    machine.now += 3 * HOUR
    return machine.look_status().outcome


@row("backoff_cap = 60", "deferred", "changed")
def _cap(machine: Machine) -> Outcome:
    machine.edit("context/stack.md")
    ref = machine.backup / ".git/refs/heads/main"
    kept = ref.read_bytes()
    ref.write_bytes(b"not a commit\n")
    assert asked(machine) == "refused"
    ref.write_bytes(kept)
    machine.now += 120
    return asked(machine)


def _delete(machine: Machine, number: int) -> str:
    for name in range(number):
        machine.path(f"context/{name}.md").unlink()
    return asked(machine)


@row("mass_delete_share = 90", "blocked", "changed")
def _share(machine: Machine) -> Outcome:
    return _delete(machine, 20)


@row("mass_delete_count = 30", "blocked", "changed")
def _count(machine: Machine) -> Outcome:
    return _delete(machine, 20)


@row('sync_triggers = ["bin/*"]', "changed", "skipped")
def _triggers(machine: Machine) -> Outcome:
    machine.edit("context/stack.md")
    return asked(machine)


@row('sync_exclusions = ["stack.md"]', "changed", "ok")
def _exclusions(machine: Machine) -> Outcome:
    machine.edit("context/new/stack.md")
    return asked(machine)


@row('[[rules]]\npattern = "notes/"\ncategory = "notes"\npriority = "high"', "skipped", "changed")
def _rules(machine: Machine) -> Outcome:
    machine.edit("notes/today.txt")
    return asked(machine)


@row("max_file_size = 10000", "changed", "incomplete")
def _size(machine: Machine) -> Outcome:
    machine.write("context/large.md", "word " * 4000)
    return asked(machine)


@row("quarantine = true", "blocked", "incomplete")
def _quarantine(machine: Machine) -> Outcome:
    machine.write("context/token.md", f"sourcegraph_token = {machine.secret}\n")
    machine.edit("AGENTS.md")
    return asked(machine)


@row("auto_sync_validate = false", "blocked", "changed")
def _validate(machine: Machine) -> Outcome:
    machine.write("opencode.json", '{\n  "model": \n')
    return asked(machine)


@pytest.mark.parametrize(("name", "line", "act", "default", "changed"), EACH, ids=[row[0] for row in EACH])
def test_a_default_can_be_changed(
    machine: Machine, name: str, line: str, act: Callable[[Machine], Outcome], default: Outcome, changed: Outcome
) -> None:
    """An hour after a sync of 30 files, once with the file as the first sync left it, once with the line."""
    found = []
    for extra in ("", line):
        machine.start_anew()
        machine.make_tree()
        for number in range(24):
            machine.write(f"context/{number}.md", f"Note {number}.\n")
        machine.must_sync()
        file = machine.config / "config.toml"
        text = "\n".join(old for old in file.read_text().splitlines() if not old.startswith(f"{name} "))
        file.write_text(f"{extra}\n{text}\n" if "[[" not in extra else f"{text}\n{extra}\n")
        machine.now += HOUR
        found.append(act(machine))
    assert found == [default, changed]


def test_no_setting_of_the_policy_is_forgotten() -> None:
    policy = """
    auto_sync_enabled min_changes_for_sync max_sync_frequency sync_triggers sync_exclusions medium_threshold
    medium_max_age max_age backoff_cap mass_delete_share mass_delete_count rules
    """
    assert set(policy.split()) <= {name for name, *_ in EACH}
