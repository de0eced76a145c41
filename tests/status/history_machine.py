"""A random history of one config tree, with a model that knows the policy from docs/policy.md alone.

The real pipeline runs on real files and real git; only the clock is given. The model is written from the promises, not
from the code: what must go, what must not go yet, and what nothing but a guard may hold.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.plan.proposal import GOES
from autosync_tasks.status.status import Status
from autosync_tasks.status.verdict import Level
from autosync_tasks.status.why import why_path
from tests.features.settings import put
from tests.support.histories import History
from tests.support.machine import Machine, Told
from tests.support.rights import as_a_person

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LIMIT, CAP, OLD = 5 * MINUTE, 6 * HOUR, DAY
BEGIN = 1_577_869_200.0
"""2020: long before any file of the test was made, so that a file's ctime never dates a change."""

HIGH = ["opencode.json", "agent/one.md", "bin/run", *(f"context/{name}.md" for name in "abcdefgh")]
MEDIUM = [f"docs/{number}.md" for number in range(1, 6)]
RIDES = ["misc/one.txt", "misc/two.txt"]
LOW = ["a.log", "tmp/x"]
NAMES = [*HIGH, *MEDIUM, *RIDES, *LOW]
AUTOMATIC = [Trigger.WORKFLOW, Trigger.WATCH, Trigger.SCHEDULE]


class PolicyHistory(History):
    """What agents, triggers and people do; what the policy says of it."""

    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine(self.root, self.scanner)
        self.machine.now = BEGIN
        self.enabled = True
        self.broken: bytes | None = None
        self.secret = ""
        self.since: dict[str, float] = {}
        self.failed_at, self.failures = 0.0, 0
        self.last_sync = self.last_automatic = -1.0
        self.blocked: tuple[object, ...] = ()

    def teardown(self) -> None:
        """The world is mended, the triggers keep asking: a day later nothing that starts a sync is left over."""
        try:
            if self.machine.backup.exists():
                self._all_is_well()
                for _ in range(2):
                    self.machine.now += OLD + CAP + MINUTE
                    self.ask(Trigger.SCHEDULE)
                assert not [path for path in self.differing() if path not in RIDES], "something waits for ever"
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def _all_is_well(self) -> None:
        if self.broken is not None:
            self.mended_backup()
        if self.secret:
            self.mended_secret()
        if not self.enabled:
            self.switch(True)
        for name in NAMES:
            if not self.machine.path(name).exists():
                self.machine.edit(name)

    # ---- what happens

    @initialize()
    def begin(self) -> None:
        self.machine.make_tree()
        for name in NAMES:
            self.machine.edit(name)
        told = self.machine.sync()
        assert told.outcome == Outcome.CHANGED, told.text
        self.last_sync = self.machine.now
        self.machine.now += HOUR

    @rule(name=st.sampled_from(NAMES))
    def edited(self, name: str) -> None:
        self.machine.edit(name)

    @rule(name=st.sampled_from([*HIGH[1:], *MEDIUM, *RIDES]))
    def deleted(self, name: str) -> None:
        if name != self.secret:
            self.machine.path(name).unlink(missing_ok=True)

    @rule()
    def most_deleted(self) -> None:
        for name in NAMES[1:]:
            if name != self.secret:
                self.machine.path(name).unlink(missing_ok=True)

    @rule()
    def brought_back(self) -> None:
        for name in NAMES:
            if not self.machine.path(name).exists():
                self.machine.edit(name)

    @rule(seconds=st.sampled_from([MINUTE, 4 * MINUTE, 6 * MINUTE, HOUR, 7 * HOUR, DAY, 3 * DAY, -MINUTE, -2 * HOUR]))
    def time_passes(self, seconds: float) -> None:
        self.machine.now += seconds

    @precondition(lambda self: not self.secret)
    @rule(name=st.sampled_from(["context/a.md", "docs/1.md"]))
    def secret_appears(self, name: str) -> None:
        self.machine.edit(name)
        path = self.machine.path(name)
        path.write_bytes(path.read_bytes() + f"\nsourcegraph_token = {self.machine.secret}\n".encode())
        self.secret = name

    @precondition(lambda self: self.secret)
    @rule()
    def mended_secret(self) -> None:
        path = self.machine.path(self.secret)
        path.write_bytes(path.read_bytes().replace(self.machine.secret.encode(), b"(elsewhere)"))
        self.secret = ""

    @rule(enabled=st.sampled_from([True, True, False]))
    def switch(self, enabled: bool) -> None:
        self.enabled = enabled
        put(self.machine, auto_sync_enabled=self.enabled)

    @property
    def _ref(self) -> Path:
        return self.machine.backup / ".git/refs/heads/main"

    @precondition(lambda self: self.broken is None)
    @rule()
    def broken_backup(self) -> None:
        self.broken = self._ref.read_bytes()
        self._ref.write_bytes(b"not a commit\n")

    @precondition(lambda self: self.broken is not None)
    @rule()
    def mended_backup(self) -> None:
        assert self.broken is not None
        self._ref.write_bytes(self.broken)
        self.broken = None

    # ---- who asks

    @rule(trigger=st.sampled_from(AUTOMATIC))
    def by_itself(self, trigger: Trigger) -> None:
        self.ask(trigger)

    @rule(trigger=st.sampled_from(AUTOMATIC), name=st.sampled_from(NAMES), seconds=st.sampled_from([0, MINUTE, HOUR]))
    def by_itself_after_an_edit(self, trigger: Trigger, name: str, seconds: float) -> None:
        self.edited(name)
        self.machine.now += seconds
        self.ask(trigger)

    @rule(trigger=st.sampled_from(AUTOMATIC), name=st.sampled_from(["context/a.md", "docs/1.md"]))
    def a_secret_is_met_twice(self, trigger: Trigger, name: str) -> None:
        if not self.secret:
            self.secret_appears(name)
        self.edited("bin/run")
        self.machine.now += HOUR
        self.ask(trigger)
        self.ask(trigger)

    @rule(times=st.integers(1, 4), wait=st.sampled_from([MINUTE, 6 * MINUTE, 12 * MINUTE, HOUR]))
    def the_backup_fails_for_a_while(self, times: int, wait: float) -> None:
        if self.broken is None:
            self.broken_backup()
        self.machine.now += 10 * MINUTE
        for _ in range(times):
            self.ask(Trigger.SCHEDULE)
        self.mended_backup()
        self.edited("bin/run")
        for _ in range(2):
            self.machine.now += wait
            self.ask(Trigger.WATCH)

    @rule(name=st.sampled_from(MEDIUM), trigger=st.sampled_from(AUTOMATIC))
    def a_document_waits(self, name: str, trigger: Trigger) -> None:
        self.edited(name)
        self.ask(trigger)
        for hours in (20, 5):
            self.machine.now += hours * HOUR
            self.ask(Trigger.SCHEDULE)

    @rule()
    def by_hand(self) -> None:
        self.ask(Trigger.MANUAL)

    def ask(self, trigger: Trigger) -> None:
        """One sync, after what `status`, `why` and the check mode have said, and what the model says of all of it."""
        self._agree(self.machine.sync(Trigger.SCHEDULE, check=True))
        before = self.differing() if self.broken is None else {}
        records = len(self._records())
        told = self.machine.sync(trigger)
        if self.broken is not None:
            assert told.outcome == "refused", told.text
            self.failures, self.failed_at, self.blocked = self.failures + 1, self.machine.now, ()
            return
        after = self.differing()
        held = self._is_lost(before) or self.secret in before
        if trigger is Trigger.MANUAL:
            expected = Outcome.OK if not before else Outcome.BLOCKED if held else Outcome.CHANGED
            assert told.outcome == expected, told.text
        else:
            self._keeps_the_policy(before, told, held)
        self._remember(trigger, told, before, after, records)

    def _keeps_the_policy(self, before: dict[str, str], told: Told, held: bool) -> None:
        """What an automatic sync must do, and what it must not do."""
        now, went = self.machine.now, told.outcome == Outcome.CHANGED
        if not self.enabled:
            assert told.outcome == Outcome.SKIPPED or (told.outcome == Outcome.OK and not before), told.text
            return
        limited = self.last_sync <= now < self.last_sync + LIMIT
        wait = LIMIT * 2 ** (self.failures - 1) if self.failures else 0.0
        backing_off = bool(wait) and self.failed_at <= now < self.failed_at + min(wait, CAP)
        free = not limited and (not wait or now >= self.failed_at + min(wait * 1.1, CAP))
        starters = [path for path in before if path not in RIDES]
        since = [self.since.get(path, now) for path in starters]
        enough = any(path in HIGH for path in starters) or len(starters) > 3
        old = any(when + OLD <= now for when in since)
        if went or told.outcome == Outcome.BLOCKED:
            assert not limited, f"within {LIMIT} s of the last sync: {told.text}"
            assert not backing_off, f"within the wait after {self.failures} failures: {told.text}"
            assert starters and (enough or old or any(when > now for when in since)), f"too early: {told.text}"
        if went:
            assert not self.last_automatic <= now < self.last_automatic + LIMIT, "two automatic syncs within the limit"
        if free and starters and (enough or old):
            expected = Outcome.BLOCKED if held else Outcome.CHANGED
            assert told.outcome == expected, f"the promise is not kept: {told.text}"

    def _remember(
        self, trigger: Trigger, told: Told, before: dict[str, str], after: dict[str, str], records: int
    ) -> None:
        now = self.machine.now
        if told.outcome == Outcome.CHANGED:
            assert not after, f"the sync went and left {sorted(after)} behind"
            self.last_sync = now
            self.last_automatic = now if trigger is not Trigger.MANUAL else self.last_automatic
        else:
            assert after == before, "a sync that did not go changed the backup"
        if told.outcome in (Outcome.CHANGED, Outcome.OK):
            self.failures = 0
        self.since = {path: self.since.get(path, now) for path in after}
        blocked = (told.text, sorted(before.items())) if told.outcome == Outcome.BLOCKED else ()
        if blocked and blocked == self.blocked:
            assert len(self._records()) == records, "the same blocked plan was recorded twice"
        self.blocked = blocked

    # ---- what must agree

    def _agree(self, check: Told) -> None:
        self.machine.look_status()
        found = self.machine.status
        assert found is not None
        if self.broken is not None:
            assert (check.outcome, found.verdict.level) == ("refused", Level.NOT_PROTECTED), check.text
            return
        run = check.run
        assert run is not None
        waits = {item.change.path.decode(): item.waits_for for item in run.pending}
        if check.outcome == Outcome.BLOCKED:
            waits |= {change.path.decode(): run.reason for change in run.changes}
            named = {
                f.path.decode(): f"{f.code}, line {f.line}: {f.message}" for f in reversed(run.findings) if f.blocks
            }
            waits |= {path: named[path] for path in waits.keys() & named.keys()}
        elif check.outcome == Outcome.CHANGED:
            waits |= {change.path.decode(): GOES for change in run.changes}
        said = {item.change.path.decode(): item.waits_for.split("; then ")[0] for item in found.pending}
        assert said == waits, "`status` and `sync --check` disagree"
        assert set(waits) == set(self.differing()), "`status` does not tell what differs"
        self._verdict_agrees(found, check)
        for path in [*sorted(waits)[:2], "AGENTS.md"]:
            with as_a_person():
                why = why_path(self.machine.site, path, self.machine.now).why
            assert (why.gate.split("; then ")[0] if why.pending else None) == waits.get(path), (
                f"`why {path}` and `sync --check` disagree"
            )
        if check.outcome == Outcome.DEFERRED:
            assert run.retry_at == found.retry_at

    def _verdict_agrees(self, found: Status, check: Told) -> None:
        if check.outcome == Outcome.BLOCKED:
            assert found.verdict.level != Level.PROTECTED, "a sync would be blocked, and `status` says protected"
        if found.verdict.level is Level.PROTECTED:
            assert self.enabled
            assert all(self.machine.now - when <= 26 * HOUR for when in self.since.values()), "it waits too long"

    # ---- what is so

    def differing(self) -> dict[str, str]:
        """What a sync would take that is not in the backup as it is: path to content id ("" if deleted)."""
        source = {
            str(path.relative_to(self.machine.source)): _blob(path.read_bytes())
            for path in self.machine.source.rglob("*")
            if path.is_file()
        }
        listed = subprocess.run(
            ["git", "-C", str(self.machine.backup), "ls-tree", "-r", "main"], capture_output=True, text=True, check=True
        ).stdout
        backup = {line.split("\t")[1]: line.split()[2] for line in listed.splitlines()}
        backup.pop(".autosync/manifest")
        wanted = {path for path in source.keys() | backup.keys() if path not in LOW}
        return {path: source.get(path, "") for path in wanted if source.get(path) != backup.get(path)}

    def _is_lost(self, before: dict[str, str]) -> bool:
        """Whether the deletions are a mass: over half and more than 10 of what the backup holds."""
        gone = sum(not content for content in before.values())
        there = [path for path in self.machine.source.rglob("*") if path.is_file()]
        kept = sum(str(path.relative_to(self.machine.source)) not in LOW for path in there)
        new = sum(bool(content) and not self._was(path) for path, content in before.items())
        return gone > 10 and gone * 2 > kept - new + gone

    def _was(self, path: str) -> bool:
        git = ["git", "-C", str(self.machine.backup), "cat-file", "-e", f"main:{path}"]
        return subprocess.run(git, capture_output=True, check=False).returncode == 0

    def _records(self) -> list[dict[str, object]]:
        try:
            return [*self.machine.site.state.history()]
        except AutosyncError:
            return []


def _blob(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
