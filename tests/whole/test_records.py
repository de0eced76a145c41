"""Records are data classes as any, only made late."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
import re
from collections.abc import Mapping

import pytest

import autosync_tasks
from autosync_tasks import records
from autosync_tasks.records import asdict, dataclass, field, fields, replace


@dataclass(frozen=True, slots=True)
class Leaf:
    """Two values, one of them secret."""

    name: str
    value: bytes = field(default=b"", repr=False)

    @property
    def twice(self) -> str:
        """The name twice."""
        return self.name * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """Values by name only."""

    leaves: tuple[Leaf, ...] = ()
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Open:
    """One that may be changed."""

    number: int
    words: list[str] = field(default_factory=list)


def test_they_are_made_compared_and_shown_like_data_classes() -> None:
    one = Leaf("a", b"x")
    assert (one, hash(one)) == (Leaf(name="a", value=b"x"), hash(Leaf("a", b"x")))
    assert one != Leaf("a")
    other: object = ("a", b"x")
    assert one != other
    assert (one.twice, repr(one)) == ("aa", "Leaf(name='a')")
    assert Branch().more is not Branch().more
    match one:
        case Leaf(name, value):
            assert (name, value) == ("a", b"x")


def test_what_is_frozen_stays_as_it_is_and_has_no_place_for_more() -> None:
    one = Leaf("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.name
    assert not hasattr(one, "__dict__")
    changed = Open(1)
    changed.number = 2
    assert changed == Open(2, [])
    with pytest.raises(TypeError):
        hash(changed)


@pytest.mark.parametrize("arguments", [(), ("a", b"", 1)])
def test_wrong_arguments_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(TypeError):
        Leaf(*arguments)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        Branch((Leaf("a"),))  # type: ignore[call-arg]  # what a person gets who writes it


def test_the_standard_library_takes_them() -> None:
    tree = Branch(leaves=(Leaf("a"),), more={"n": [Leaf("b")]})
    assert dataclasses.is_dataclass(tree)
    assert dataclasses.replace(Leaf("a"), name="b") == replace(Leaf("a"), name="b") == Leaf("b")
    assert (
        dataclasses.asdict(tree)
        == asdict(tree)
        == {
            "leaves": ({"name": "a", "value": b""},),
            "more": {"n": [{"name": "b", "value": b""}]},
        }
    )
    assert [one.name for one in dataclasses.fields(Leaf)] == [one.name for one in fields(Leaf)] == ["name", "value"]


def test_every_pattern_that_is_made_late_can_be_made() -> None:
    made = 0
    for found in pkgutil.walk_packages(autosync_tasks.__path__, "autosync_tasks."):
        if found.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            if type(value).__name__ == "_Pattern":
                assert value.pattern, f"{found.name}.{name}"  # compiles it
                made += 1
    assert made > 60


def test_a_late_pattern_is_a_pattern() -> None:
    late = records.pattern(r"(a)|B", re.IGNORECASE)
    assert late.flags & re.IGNORECASE and late.groups == 1 and late.sub("-", "xAb") == "x--"
    with pytest.raises(re.error):
        records.pattern("(").match("")
    with pytest.raises(AttributeError):
        late.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_the_first_objects_and_later_ones_are_made_alike() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Made:
        """Fields of each kind."""

        name: str
        many: list[int] = field(default_factory=list)
        size: int = 3

    for _ in range(40):
        one = Made(name="a")
        assert (one, one.many, one.size) == (Made(name="a", many=[], size=3), [], 3)
        assert one.many is not Made(name="b").many
        for wrong in ({}, {"name": "a", "other": 1}):
            with pytest.raises(TypeError):
                Made(**wrong)  # type: ignore[arg-type]
        assert Leaf("n", value=b"v") == Leaf("n", b"v")
        with pytest.raises(TypeError):
            Leaf("n", b"v", value=b"w")  # type: ignore[misc]
