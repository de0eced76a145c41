"""Who finds the lock held is never forgotten: the holder looks again for them, whenever they came."""

from __future__ import annotations

import fcntl
import os
from dataclasses import replace
from pathlib import Path

import pytest

from autosync_tasks.errors import LockedError
from autosync_tasks.model import Outcome, Run, Trigger
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.sync.rerun import in_turn
from autosync_tasks.workspace.request import Request, new_request
from autosync_tasks.workspace.workspace import Site, open_site
from tests.support.place import Place

RUN = Run(id="1", trigger=Trigger.MANUAL, started=0.0, ended=0.0, outcome=Outcome.CHANGED, reason="r", exit_code=0)


@pytest.fixture
def site(workshop: Path, scanner_cache: Path) -> Site:
    return open_site(Place.make(workshop, scanner_cache).environ)


def ask(site: Site, trigger: Trigger) -> bool:
    """Another run asks; returns whether it found the lock held."""
    try:
        in_turn(site, new_request(trigger), lambda request: RUN)
    except LockedError:
        return True
    return False


@pytest.mark.parametrize("trigger", Trigger)
def test_whoever_asks_while_it_works_is_looked_for(site: Site, trigger: Trigger) -> None:
    seen: list[Request] = []

    def passage(request: Request) -> Run:
        seen.append(request)
        if len(seen) <= 2:  # one while it works, one more while it looks for the first
            assert ask(site, trigger)
        return replace(RUN, trigger=request.trigger)

    own = new_request(Trigger.SCHEDULE, ask=Ask(force=True, context_only=True, allow_mass_delete="ab"))
    run = in_turn(site, own, passage)
    assert len(seen) == 3
    assert [request.trigger for request in seen[1:]] == [trigger if trigger is Trigger.MANUAL else Trigger.SCHEDULE] * 2
    assert all(request.ask == Ask() for request in seen[1:]), "what one person allowed holds for that one alone"
    assert len({request.run_id for request in seen}) == 3
    assert run.trigger is Trigger.SCHEDULE
    assert not site.state.registered


def test_who_asks_between_the_last_look_and_the_end_is_not_lost(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder has looked for the last time and is about to let go: the other one says so just then."""
    looks = 0

    def passage(request: Request) -> Run:
        nonlocal looks
        looks += 1
        return RUN

    real_close, late = os.close, list[bool]()

    def close(fd: int) -> None:
        if not late and os.readlink(f"/proc/self/fd/{fd}").endswith("/lock"):
            late.append(True)
            monkeypatch.setattr(os, "close", real_close)
            assert ask(site, Trigger.MANUAL)
        real_close(fd)

    monkeypatch.setattr(os, "close", close)
    in_turn(site, new_request(), passage)
    assert (late, looks) == ([True], 2)


def test_who_finds_the_lock_free_the_second_time_works_itself(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = []
    real = fcntl.flock

    def flock(fd: int, how: int) -> None:
        tries.append(how)
        if len(tries) == 1:
            raise BlockingIOError
        real(fd, how)

    monkeypatch.setattr(fcntl, "flock", flock)
    assert not ask(site, Trigger.WATCH)
    assert not site.state.registered
