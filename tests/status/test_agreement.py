"""What status and why say is what the next sync does: over random states, with an oracle that reads git alone."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.plan.proposal import GOES
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level
from autosync_tasks.status.why import why_path
from tests.features.settings import put
from tests.support.machine import Machine
from tests.support.rights import as_a_person

BEGIN = 1_577_869_200.0
"""2020: long before any file of the test was made, so that a file's ctime never dates a change."""

HIGH = ["agent/one.md", "bin/run", *(f"context/{name}.md" for name in "abcdefghijkl")]
MEDIUM = [f"docs/{number}.md" for number in range(1, 6)]
RIDES = ["misc/one.txt"]
LOW = ["a.log", "tmp/x"]
NEVER = [".env", "private/diary.md"]
"""Protected by the program, and by a rule of the user's own."""


@pytest.fixture(autouse=True)
def _alone(workshop: Path, one_scanner: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "AUTOSYNC_CONFIG", "OPENCODE_CONFIG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(workshop))


@pytest.mark.parametrize("seeds", [range(5), pytest.param(range(5, 12), marks=pytest.mark.sweep)], ids=["few", "more"])
def test_a_seeded_sample_of_states(workshop: Path, scanner_cache: Path, seeds: range) -> None:
    for seed in seeds:
        State(workshop / f"state{seed}", scanner_cache, seed).compare()


@pytest.mark.full
def test_many_states(workshop: Path, scanner_cache: Path) -> None:
    for seed in range(1000, 1400):
        State(workshop / f"state{seed}", scanner_cache, seed).compare()


class State:
    """One machine in a state drawn from its seed."""

    def __init__(self, root: Path, scanner: Path, seed: int) -> None:
        self.root, self.draw, self.seed = root, random.Random(seed), seed
        self.machine = machine = Machine(root, scanner)
        machine.now = BEGIN
        machine.make_tree()
        for name in [*HIGH, *MEDIUM, *RIDES]:
            machine.edit(name)
        machine.must_sync()
        rule = {"pattern": "private/", "category": "private", "priority": "never"}
        self.enabled, self.quarantine = self._one_in(5, False), self._one_in(3, True)
        put(
            machine,
            rules=[rule],
            auto_sync_enabled=self.enabled,
            quarantine=self.quarantine,
            min_changes_for_sync=self.draw.choice([1, 1, 3]),
        )
        self._remote()
        self._change()
        machine.now += self.draw.choice([60.0, 60.0, 3600.0, 27 * 3600.0])

    def _one_in(self, number: int, value: bool) -> bool:
        return value if self.draw.randrange(number) == 0 else not value

    def _remote(self) -> None:
        self.push = self._one_in(3, True)
        if not self.push:
            return
        there, home = self.root / "remote.git", self.machine.backup
        if self._one_in(3, False):
            subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(there)], check=True)
        subprocess.run(["git", "-C", str(home), "remote", "add", "origin", f"file://{there}"], check=True)
        put(self.machine, auto_sync_push=True)

    def _change(self) -> None:
        machine, draw = self.machine, self.draw
        for name in draw.sample([*HIGH, *MEDIUM, *RIDES, *LOW, *NEVER], draw.randrange(6)):
            machine.edit(name)
        for name in draw.sample(HIGH + MEDIUM, draw.choice([0, 0, 1, 2, 17])):
            machine.path(name).unlink(missing_ok=True)
        if draw.randrange(2) == 0:
            name = draw.choice(["context/a.md", "docs/1.md", "context/new.md"])
            machine.write(name, f"# Notes\nsourcegraph_token = {machine.secret}\n")
        if draw.randrange(4) == 0:
            os.mkfifo(machine.path("context/pipe"))
        if draw.randrange(3) == 0:
            machine.now += 1200.0
            machine.sync(draw.choice([Trigger.SCHEDULE, Trigger.MANUAL])).spoken = True
            machine.edit(draw.choice(HIGH + MEDIUM))

    def compare(self) -> None:
        """Asks status and why, lets the schedule come at the same moment, and compares; then a person."""
        machine = self.machine
        try:
            before = self._differing()
            machine.look_status()
            said = machine.status
            assert said is not None
            why = self._why(before)
            run = machine.sync(Trigger.SCHEDULE).run
            assert run is not None, self._told()
            after = self._differing()
            self._each_path(said, why, run, before, after)
            self._verdict(said, run, after)
            by_hand = machine.sync().run
            assert by_hand is not None
            assert ("blocked" in said.verdict.why) == (by_hand.outcome is Outcome.BLOCKED), self._told()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def _each_path(
        self, said: Status, why: dict[str, str], run: Run, before: dict[str, str], after: dict[str, str]
    ) -> None:
        waits = {item.change.path.decode(): item.waits_for for item in said.pending}
        assert set(waits) == set(before), f"status does not name what differs; {self._told()}"
        assert why == {path: waits[path] for path in why}, f"why and status disagree; {self._told()}"
        reasons = {item.change.path.decode(): item.waits_for for item in run.pending}
        findings = {finding.path.decode(): finding.code for finding in run.findings if finding.blocks}
        for path, words in waits.items():
            if words == GOES:
                assert path not in after, f"nothing holds {path}, and the sync leaves it; {self._told()}"
                continue
            assert after.get(path) == before[path], f"{path} waits for {words}, and the sync takes it; {self._told()}"
            if path in reasons:
                assert words.split("; then ")[0] == reasons[path], self._told()
            elif path in findings:
                assert words.startswith(findings[path]), self._told()
            else:
                assert words == run.reason, self._told()

    def _verdict(self, said: Status, run: Run, after: dict[str, str]) -> None:
        level, told = said.verdict.level, self._told()
        held = run.outcome in (Outcome.BLOCKED, Outcome.INCOMPLETE, Outcome.SKIPPED) and bool(after)
        if level is Level.PROTECTED:
            assert run.outcome not in (Outcome.BLOCKED, Outcome.INCOMPLETE) or self.push, told
            assert said.comes or not said.pending, told
            assert self.enabled, told
        if held and not self.enabled:
            assert "disabled" in said.verdict.why or level is not Level.PROTECTED, told

    def _why(self, before: dict[str, str]) -> dict[str, str]:
        with as_a_person():
            site = self.machine.site
            asked = {path: why_path(site, path, self.machine.now).why for path in sorted(before)[:4]}
        return {path: why.gate for path, why in asked.items()}

    def _told(self) -> str:
        return f"seed {self.seed}: " + " | ".join(f"{told.what}: {told.text}" for told in self.machine.told[-3:])

    def _differing(self) -> dict[str, str]:
        """What belongs in the backup and is not there as it is in the tree: path to what stands there ("": nothing)."""
        source = self.machine.source
        there = [path for path in source.rglob("*") if path.is_file()]
        hashed = subprocess.run(
            ["git", "hash-object", "--no-filters", "--stdin-paths"],
            input="".join(f"{path}\n" for path in there),
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        tree = {str(path.relative_to(source)): content for path, content in zip(there, hashed, strict=True)}
        listing = ["git", "-C", str(self.machine.backup), "ls-tree", "-r", "main"]
        listed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout.splitlines()
        backup = {line.split("\t")[1]: line.split()[2] for line in listed}
        backup.pop(".autosync/manifest")
        wanted = (tree.keys() | backup.keys()) - set(LOW) - set(NEVER)
        return {path: backup.get(path, "") for path in wanted if tree.get(path) != backup.get(path)}
