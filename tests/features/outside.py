"""What lies outside the tree: folders of a person's own, such as ~/dotfiles, and the links that lead there."""

from __future__ import annotations

from pathlib import Path

from pytest_bdd import given, parsers, step, then

from tests.features.settings import put
from tests.support.machine import Machine

PLACE = r'"(?P<place>~(?:/[^"]*)?)" outside the tree'


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


@given(parsers.re(r'links into "(?P<place>[^"]+)" are followed'))
def followed(machine: Machine, place: str) -> None:
    put(machine, follow_links_into=(machine.expanded(place),))


@then(parsers.re(rf'{PLACE} still says "(?P<text>[^"]*)"'))
def still_says(machine: Machine, place: str, text: str) -> None:
    assert Path(machine.expanded(place)).read_text() == text + "\n"


@step(parsers.re(rf"{PLACE} is away"))
def away(machine: Machine, place: str) -> None:
    path = Path(machine.expanded(place))
    path.rename(path.with_name("away"))
