"""The agent: the real OpenCode on this machine, with the plugin, whose model follows a script."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytest_bdd import given, parsers, step, then, when

from autosync_tasks import __version__
from autosync_tasks.triggers import hook
from tests.features.outcome import heard
from tests.features.settings import put
from tests.features.words import NUMBER
from tests.opencode.bed import DONE, Bed, Run, Server, Terminal
from tests.opencode.client import Home, program
from tests.opencode.model_server import ModelServer
from tests.support.machine import Machine

MINE = "export const Mine = async () => ({})\n"


class Session:
    """What a scenario saw of OpenCode: messages of the plugin, and how `opencode run` ended."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.run: Run | None = None
        self.answered_before = False
        """Whether the backup did not hold the turn yet when the answer was there."""

    def ended(self) -> str:
        """Waits for the end of `opencode run`; what it wrote to standard error."""
        assert self.run
        code, errors = self.run.end()
        self.run = None
        assert code == 0, errors
        return errors


@pytest.fixture
def bed(machine: Machine) -> Iterator[Bed]:
    """OpenCode on this machine; its config tree is backed up."""
    machine.make_tree()
    with ModelServer([]) as model:
        home = Home(machine.home, model.url)
        made = Bed(home, machine.backup, model)
        machine.environ |= home.environ
        machine.must_sync()
        machine.prepare_scanner()
        put(machine, max_sync_frequency=0)
        yield made


@pytest.fixture
def session() -> Session:
    return Session()


def plugin(machine: Machine) -> Path:
    return machine.source / "plugins" / "autosync.js"


@given("OpenCode with the plugin installed")
def with_plugin(machine: Machine, bed: Bed) -> None:
    told = machine.command("autosync", "install-hook")
    assert told.exit_code == 0, told.stderr
    assert plugin(machine).exists()


@given("a sync takes 10 seconds")
def slow(bed: Bed) -> None:
    bed.install(slow=10)


@given("the program that syncs is gone")
def gone(machine: Machine, bed: Bed) -> None:
    hook.install(machine.environ, command=[f"{machine.home}/gone/autosync", "sync", "--trigger=workflow"])


@given(parsers.re('the plugin is of version "(?P<version>[^"]+)"'))
def of_version(machine: Machine, version: str) -> None:
    text = plugin(machine).read_text()
    plugin(machine).write_text(text.replace(f'"version": "{__version__}"', f'"version": "{version}"'))
    assert plugin(machine).read_text() != text


@given("a plugin of someone else has that name")
def of_someone_else(machine: Machine) -> None:
    plugin(machine).write_text(MINE)


@when(parsers.re("the agent writes, edits and uses its shell in (?P<way>.+)"))
def turn(bed: Bed, session: Session, way: str) -> None:
    program()
    if way == "a single run":
        session.run = Run(bed)
        errors = session.ended()
        session.messages = [line.removeprefix("autosync: ") for line in errors.splitlines() if "autosync:" in line]
    elif way == "a session of a server":
        server = Server(bed)
        try:
            server.listen()
            server.turn()
            ends = time.monotonic() + 60
            while not server.toasts:
                assert time.monotonic() < ends
                time.sleep(0.1)
            session.messages = server.toasts
        finally:
            server.end()
    else:
        terminal = Terminal(bed)
        try:
            terminal.ask("Do it")
            terminal.until(DONE, 120)
            screen = terminal.until("Backed up", 60)
            assert "autosync:" not in screen  # nothing is printed over the screen
            session.messages = [line.strip() for line in screen.splitlines() if "Backed up" in line]
        finally:
            terminal.end()


@when("the agent ends a turn")
def one_turn(bed: Bed, session: Session) -> None:
    program()
    session.run = Run(bed)
    session.answered_before = not bed.holds_the_turn()


@when("the agent writes a secret into a context file")
def writes_secret(machine: Machine, bed: Bed, session: Session) -> None:
    program()
    bed.model.steps = [bed.write("context/leak.md", f"token: {machine.secret}\n"), {"text": DONE}]
    session.run = Run(bed)


@when("the person leaves OpenCode right after the agent's last edit")
def leaves(bed: Bed) -> None:
    """With a sync that takes 3 seconds, so that it is under way when OpenCode ends, and then its terminal."""
    program()
    bed.install(slow=3)
    terminal = Terminal(bed)
    try:
        terminal.ask("Do it")
        terminal.until(DONE, 120)
        terminal.tmux("send-keys", "C-c")
    finally:
        time.sleep(0.3)
        terminal.end()


@when(parsers.re("the person asks how the backup stands by (?P<way>asking|/backup)"))
def asks(bed: Bed, way: str) -> None:
    program()
    asked = {"tool": "config_backup", "args": {"action": "status"}}
    bed.model.steps = [asked, {"text": DONE}] if way == "asking" else [{"text": DONE}]
    words = ["run", "Is my config safe?"] if way == "asking" else ["run", "--command", "backup"]
    ended = bed.home.opencode(*words)
    assert ended.returncode == 0, ended.stderr
    assert DONE in ended.stdout


@then("the model is told that it is protected")
def told(bed: Bed) -> None:
    messages = [str(request["messages"][-1]["content"]) for request in bed.model.requests if request.get("tools")]
    assert "protected: " in messages[-1], messages
    offered = [tool["function"] for tool in bed.model.requests[-1]["tools"]]
    (mine,) = [tool for tool in offered if tool["name"] == "config_backup"]
    assert mine["parameters"]["properties"]["action"]["enum"] == ["status", "sync", "why", "restore"]


@given(parsers.re("(?P<others>no trigger|cron) beside it"))
def beside(machine: Machine, others: str) -> None:
    machine.fake_crontab()
    if others == "cron":
        assert machine.command("autosync", "install-cron").exit_code == 0


@when(parsers.re(f"OpenCode runs {NUMBER} times without loading the plugin"))
def runs_without(machine: Machine, number: str) -> None:
    """Its log says so, as version 1.18 writes it. The plugin was installed an hour before."""
    machine.now = time.time()
    os.utime(plugin(machine), (machine.now - 3600,) * 2)
    log = machine.home / ".local" / "share" / "opencode" / "log" / "opencode.log"
    log.parent.mkdir(parents=True)
    for run in range(int(number)):
        when = datetime.fromtimestamp(machine.now - 600 - run, UTC).isoformat()
        with log.open("a") as file:
            file.write(f'timestamp={when} level=INFO run=r{run} message="creating instance" directory=/p\n')


@when("OpenCode loads the plugin")
def loads(machine: Machine) -> None:
    """As the plugin leaves word of it."""
    word = machine.state / "hook-loaded.json"
    word.write_text(json.dumps({"at": machine.now - 60, "api": 1, "opencode": "1.18.33"}))


@step("the plugin is installed")
def installed(machine: Machine) -> None:
    machine.command("autosync", "install-hook")


@when("the plugin is removed")
def removed(machine: Machine) -> None:
    machine.command("autosync", "uninstall-hook")


@then("these changes are in the backup a little later")
def later(bed: Bed, session: Session) -> None:
    bed.wait_for_the_turn(60)
    assert bed.trigger_of_the_commit() == "workflow"
    if session.run:
        session.ended()


@then("one short message says so")
def one_message(machine: Machine, session: Session) -> None:
    (message,) = session.messages
    assert message.startswith("Backed up: ") or "Backed up: " in message
    assert len(message) < 200
    leftovers = machine.state / "hook"
    assert list(leftovers.iterdir()) == []


@then("the answer is there before the sync has done its work")
def at_once(session: Session) -> None:
    assert session.answered_before


@then("the answer is there")
def answered(session: Session) -> None:
    assert session.run
    assert DONE in session.run.answer


@then("it is told how to install it again")
def told_how(session: Session) -> None:
    assert "autosync install-hook" in session.ended()


@then("the message says that the backup is blocked")
def says_blocked(bed: Bed, session: Session) -> None:
    errors = session.ended()
    assert "autosync: The backup is blocked" in errors
    assert not bed.holds("context/leak.md")


@then("the plugin is up to date")
def up_to_date(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    assert hook.state_of(str(plugin(machine)), machine.environ) == ""


@then("nothing of the plugin is left")
def nothing_left(machine: Machine) -> None:
    assert machine.last.exit_code == 0, machine.last.stderr
    assert not plugin(machine).parent.exists()


@then("the installation is refused")
def refused(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code == 2
    assert "not ours" in told.stderr
    assert plugin(machine).read_text() == MINE
