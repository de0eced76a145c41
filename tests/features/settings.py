"""Settings: in the config file, in the environment."""

from __future__ import annotations

from pytest_bdd import given, parsers, step, then

from autosync_tasks.config.file import set_values
from autosync_tasks.config.load import load
from autosync_tasks.model import Priority, Rule
from tests.features.words import seconds_of
from tests.support.machine import Machine


def put(machine: Machine, **values: object) -> None:
    """Writes settings into the config file, as `set-config` does."""
    set_values(load(machine.environ).path, values, machine.environ)


@given(parsers.re(r"a limit of one sync per (?P<span>\d+ \w+)"))
def limit(machine: Machine, span: str) -> None:
    put(machine, max_sync_frequency=seconds_of(span))


@given(parsers.re(r"syncs that need (?P<number>\d+) changes"))
def least(machine: Machine, number: str) -> None:
    put(machine, min_changes_for_sync=int(number))


@step("auto-sync is disabled")
def disabled(machine: Machine) -> None:
    put(machine, auto_sync_enabled=False)


@step("auto-sync is enabled again")
def enabled(machine: Machine) -> None:
    put(machine, auto_sync_enabled=True)


@given("validation is turned off")
def no_validation(machine: Machine) -> None:
    put(machine, auto_sync_validate=False)


@given(parsers.re(r'a rule that makes "(?P<pattern>[^"]+)" (?P<priority>high|medium|low|never)'))
def own_rule(machine: Machine, pattern: str, priority: str) -> None:
    put(machine, rules=(Rule(pattern, "notes", Priority(priority), "config.toml"),))


@given(parsers.re(r'an exclusion of "(?P<pattern>[^"]+)"'))
def exclusion(machine: Machine, pattern: str) -> None:
    put(machine, sync_exclusions=(pattern,))


@given(parsers.re(r'the environment says (?P<name>[A-Z_]+) is "(?P<value>[^"]*)"'))
def variable(machine: Machine, name: str, value: str) -> None:
    machine.environ[name] = value.replace("~", str(machine.home))


@given(parsers.re("a home folder whose name holds (?P<what>a line break|no UTF-8)"))
def odd_home(machine: Machine, what: str) -> None:
    machine.environ["HOME"] = str(machine.home / {"a line break": "ho\nme", "no UTF-8": "ho\udcffme"}[what])


@then("the settings name this config tree and this backup")
def recorded(machine: Machine) -> None:
    loaded = load(machine.environ)
    assert loaded.file["opencode_source"] == str(machine.source)
    assert loaded.file["opencode_backup"] == str(machine.backup)
    assert len(str(loaded.file["source_id"])) >= 8


@given("a config file that says:")
def config_file(machine: Machine, docstring: str) -> None:
    machine.config.mkdir(parents=True, exist_ok=True)
    (machine.config / "config.toml").write_text(docstring + "\n")
