"""What lies outside the tree: folders of a person's own, such as ~/dotfiles, and the links that lead there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from pytest_bdd import given, parsers, step, then

from tests.features import file
from tests.features.run import asks
from tests.features.settings import put
from tests.features.words import TIME, WHAT
from tests.support.machine import Machine

PLACE = r'"(?P<place>~(?:/[^"]*)?)" outside the tree'
SKILL = "---\nname: {0}\ndescription: Does {0}\n---\nDo it.\n"


def _written(machine: Machine, place: str, text: str) -> None:
    path = Path(machine.expanded(place))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")


@step(parsers.re(rf'{PLACE} says "(?P<text>[^"]*)"'))
def says(machine: Machine, place: str, text: str) -> None:
    _written(machine, place, text)


@step(parsers.re(rf"{PLACE} holds a secret"))
def holds_secret(machine: Machine, place: str) -> None:
    _written(machine, place, f"The token is {machine.secret}")


@given(parsers.re(rf'{PLACE} is a link to "(?P<target>[^"]+)"'))
def is_link(machine: Machine, place: str, target: str) -> None:
    Path(machine.expanded(place)).symlink_to(machine.expanded(target))


@step(parsers.re(r'links into "(?P<place>[^"]+)" are followed'))
def followed(machine: Machine, place: str) -> None:
    put(machine, follow_links_into=(machine.expanded(place),))


@given(parsers.re(rf'{WHAT} is a link to "(?P<target>[^"]+)", backed up at {TIME}'))
def link_backed_up(machine: Machine, what: str, target: str, time: str) -> None:
    file.is_link(machine, what, target)
    asks(machine, "a person", time, "done", None)


@step(parsers.re(r'the person takes in "(?P<place>[^"]+)"'))
def takes_in(machine: Machine, place: str) -> None:
    put(machine, follow_config=machine.expanded(place))


@given(parsers.re(rf'{PLACE} is backed up, saying "(?P<text>[^"]*)"'))
def backed_up(machine: Machine, place: str, text: str) -> None:
    says(machine, place, text)
    takes_in(machine, place)
    asks(machine, "a person", None, "done", None)


@given(parsers.re(rf'{PLACE} is backed up, saying "(?P<text>[^"]*)", and so are shared skills'))
def all_backed_up(machine: Machine, place: str, text: str) -> None:
    skill(machine, "changelog", "~/.agents/skills", "not linked")
    followed(machine, "~/.agents/skills")
    backed_up(machine, place, text)


def lets_go(machine: Machine) -> None:
    """Nothing outside the tree is followed any more."""
    put(machine, follow_config="", follow_links_into=())


@step(parsers.re('the machine is a new one, where "(?P<place>[^"]+)" is away and nothing is followed yet'))
def new_machine(machine: Machine, place: str) -> None:
    away(machine, place)
    lets_go(machine)


@step(parsers.re(r'the person says that "(?P<place>[^"]+)" need not be kept'))
def leaves(machine: Machine, place: str) -> None:
    put(machine, leave_outside=(machine.expanded(place),))


@step("the person types the command that it offers and asks for a sync")
def types_it(machine: Machine) -> None:
    (offer,) = re.findall(r"`autosync (set-config [^`]+)`", machine.last.text)
    machine.last.spoken = True
    assert machine.command("autosync", *shlex.split(offer)).exit_code == 0
    machine.last.spoken = True
    asks(machine, "a person", None, None, None)


@given(parsers.re(r'OpenCode is told of "(?P<place>[^"]+)", which says "(?P<text>[^"]*)"'))
def told_of(machine: Machine, place: str, text: str) -> None:
    _written(machine, place, text)
    machine.environ["OPENCODE_CONFIG"] = machine.expanded(place)


@step(parsers.re(r'the skill "(?P<name>[^"]+)" lies in "(?P<place>[^"]+)", (?P<linked>linked|not linked)'))
def skill(machine: Machine, name: str, place: str, linked: str) -> None:
    folder = Path(machine.expanded(place)) / name
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(SKILL.format(name))
    if linked == "linked":
        machine.path("skills").mkdir(exist_ok=True)
        machine.path(f"skills/{name}").symlink_to(folder)


@then("the shared skill is there as it was")
def skill_is_back(machine: Machine) -> None:
    assert Path(machine.expanded("~/.agents/skills/changelog/SKILL.md")).read_text() == SKILL.format("changelog")


@then(parsers.re(rf'{PLACE} still says "(?P<text>[^"]*)"'))
def still_says(machine: Machine, place: str, text: str) -> None:
    assert Path(machine.expanded(place)).read_text() == text + "\n"


@step(parsers.re(rf"{PLACE} is away"))
def away(machine: Machine, place: str) -> None:
    path = Path(machine.expanded(place))
    path.rename(path.with_name("away"))
