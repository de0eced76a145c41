"""Two machines, each with its branch on one remote, and people who edit there: many random rounds.

CI runs a seeded sample; `-m full` runs 200 rounds.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from autosync_tasks.model import Outcome
from autosync_tasks.recovery.take_side import take
from autosync_tasks.remote.known import host
from autosync_tasks.workspace.request import new_request
from tests.remote.machines import QUICK, Machine, Person, bare, contents, git

pytestmark = pytest.mark.usefixtures("one_scanner")

OWNED = ["agent/a.md", "agent/b.md", "context/c.md", "bin/run", "AGENTS.md"]
FOREIGN = ["README.md", "docs-of-the-host/x.txt", "LICENSE", ".github/ci.yml"]


class World:
    """Two machines, one remote, a person on each branch, and what must be there."""

    def __init__(self, root: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.there = bare(root / "there.git")
        self.machines = [Machine(root / name, str(self.there), branch=name) for name in ("desk", "laptop")]
        self.people: list[Person] = []
        self.want: list[dict[str, str]] = [{}, {}]
        self.foreign: list[dict[str, str]] = [{}, {}]
        self.ever: list[set[str]] = [set(), set()]
        for number, machine in enumerate(self.machines):
            self.write(number, "AGENTS.md", "# all\n")
            assert machine.round().outcome is Outcome.CHANGED
            self.people.append(Person(root / f"person-{machine.branch}", str(self.there), machine.branch))

    def write(self, number: int, path: str, text: str) -> None:
        self.machines[number].write(path, text)
        self.want[number][path] = text.strip()

    def edit_source(self, number: int, step: int) -> None:
        path = self.random.choice(OWNED)
        if path in self.want[number] and len(self.want[number]) > 1 and self.random.random() < 0.2:
            (self.machines[number].source / path).unlink()
            del self.want[number][path]
        else:
            self.write(number, path, f"# {path} at {step}\n")

    def edit_foreign(self, number: int, step: int) -> None:
        path = self.random.choice(FOREIGN)
        here = self.foreign[number]
        if path in here and self.random.random() < 0.2:
            self.people[number].edit(path, None)
            del here[path]
        else:
            here[path] = f"{path} at {step}, {self.random.random()}"
            self.people[number].edit(path, here[path] + "\n")

    def check(self, number: int) -> None:
        """Nothing lost, nothing reverted, nothing parked; history only grows."""
        machine = self.machines[number]
        assert contents(self.there, machine.branch) == {**self.want[number], **self.foreign[number]}
        assert git(self.there, "for-each-ref", "refs/heads/autosync") == ""
        assert machine.head == git(self.there, "rev-parse", machine.branch)
        now = set(git(self.there, "rev-list", machine.branch).split())
        assert self.ever[number] <= now
        self.ever[number] = now


def play(root: Path, seed: int, rounds: int) -> None:
    world = World(root, seed)
    for step in range(rounds):
        number = world.random.randrange(2)
        for _ in range(world.random.randint(0, 2)):
            world.edit_foreign(number, step)
        for _ in range(world.random.randint(0, 2)):
            world.edit_source(number, step)
            if world.random.random() < 0.5:
                world.machines[number].sync()
        result = world.machines[number].round()
        if result.outcome not in (Outcome.OK, Outcome.CHANGED):
            raise AssertionError(f"round {step}: {result}")
        world.check(number)
        assert git(world.machines[number].backup, "status", "--porcelain") == ""


def play_conflicts(root: Path, seed: int, rounds: int) -> None:
    """Somebody rewrites owned paths of one machine or the other: each time it is parked once and told.

    Local commits go on, the other machine's rounds are not disturbed, nothing is lost, and either choice ends it.
    """
    world = World(root, seed)
    told: list[str] = []
    for step in range(rounds):
        number = world.random.randrange(2)
        told += one_conflict(world, number, step)
        other = 1 - number
        world.edit_foreign(other, step)
        world.edit_source(other, step)
        assert world.machines[other].round().outcome is Outcome.CHANGED
        assert contents(world.there, world.machines[other].branch) == {**world.want[other], **world.foreign[other]}
    assert len(told) >= rounds
    parked = {f"autosync/parked/{host()}/{machine.branch}" for machine in world.machines}
    assert set(git(world.there, "for-each-ref", "--format=%(refname:short)", "refs/heads/autosync").split()) <= parked


def one_conflict(world: World, number: int, step: int) -> list[str]:
    """A path of the tree is rewritten there; some syncs later a person chooses. Returns what each of them told."""
    machine, person, want = world.machines[number], world.people[number], world.want[number]
    path, told = world.random.choice(sorted(want)), []
    before = git(world.there, "rev-parse", machine.branch)
    person.edit(path, f"# rewritten by somebody at {step}\n")
    theirs = git(world.there, "rev-parse", machine.branch)
    parked = f"refs/heads/autosync/parked/{host()}/{machine.branch}"
    for turn in range(world.random.randint(1, 3)):
        world.edit_source(number, step * 10 + turn)
        assert machine.sync().outcome in (Outcome.CHANGED, Outcome.OK)
        result = machine.push()
        assert result.exit_code == 4, result
        told.append(result.reason)
        assert path in result.reason
        assert git(world.there, "rev-parse", machine.branch) == theirs
        assert git(world.there, "rev-parse", parked) == machine.head, "what is here is not there as well"
        assert contents(machine.backup, machine.head) == {**want, **world.foreign[number]}
    side = world.random.choice(("source", "remote"))
    run = take(machine.site, side, new_request(), limits=QUICK)
    assert run.exit_code == 0, run
    if side == "remote":
        world.want[number] = read(machine.source)
        assert world.want[number].get(path) == f"# rewritten by somebody at {step}"
    assert contents(world.there, machine.branch) == {**world.want[number], **world.foreign[number]}
    now = set(git(world.there, "rev-list", machine.branch).split())
    assert {before, theirs} <= now and world.ever[number] <= now
    world.ever[number] = now
    return told


def read(source: Path) -> dict[str, str]:
    return {str(path.relative_to(source)): path.read_text().strip() for path in source.rglob("*") if path.is_file()}


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [1])
def test_foreign_edits_and_two_machines(tmp_path: Path, seed: int) -> None:
    play(tmp_path, seed, 8)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", [1])
def test_rewritten_owned_paths(tmp_path: Path, seed: int) -> None:
    play_conflicts(tmp_path, seed, 2)


@pytest.mark.full
def test_foreign_edits_and_two_machines_for_200_rounds(tmp_path: Path) -> None:
    play(tmp_path, 20_261_122, 200)


@pytest.mark.full
def test_rewritten_owned_paths_for_200_rounds(tmp_path: Path) -> None:
    play_conflicts(tmp_path, 20_261_122, 200)
