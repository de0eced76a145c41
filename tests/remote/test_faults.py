"""Remotes that are away, hang, refuse, cut off or ask for a password: bounded, told, never in the way of a commit."""

from __future__ import annotations

import getpass
import json
import math
import time
from dataclasses import replace
from pathlib import Path

import pytest

from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.remote import known
from tests.remote.machines import QUICK, Machine, Person, bare, git
from tests.remote.servers import black_hole, free_port, hosted, http_server, ssh_server

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(3, of_file=True)]

SHORT = replace(QUICK, look=1.5, transfer=1.5, overall=4)


def machine_at(tmp_path: Path, remote: str) -> Machine:
    made = Machine(tmp_path / "one", remote)
    made.write("agent/build.md", "# build\n")
    assert made.sync().outcome is Outcome.CHANGED
    return made


def everything_in(folder: Path) -> str:
    """All that the program keeps of its own: state, history, config."""
    files = [path for part in (".local/state", ".config") for path in (folder / part).rglob("*") if path.is_file()]
    own = [path for path in files if "/engine/" not in str(path) and "/remote/" not in str(path)]
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in own)


@pytest.mark.parametrize("scheme", ["http", "ssh"])
def test_a_black_hole_is_given_up_in_time(tmp_path: Path, scheme: str) -> None:
    with black_hole() as port:
        machine = machine_at(tmp_path, f"{scheme}://127.0.0.1:{port}/backup.git")
        started = time.monotonic()
        result = machine.push(SHORT)
    assert time.monotonic() - started < SHORT.overall + 6
    assert (result.outcome, result.exit_code, result.failures) == (Outcome.FAILED, 1, 1)
    assert "no answer within" in result.reason
    assert result.retry_at is not None and result.retry_at > machine.now


def test_a_remote_that_hangs_in_the_middle_is_given_up_and_nothing_is_told_as_done(tmp_path: Path) -> None:
    there = bare(tmp_path / "srv" / "backup.git")
    git(there, "config", "http.receivepack", "true")
    with http_server(tmp_path / "srv", fault="hang in the middle") as server:
        machine = machine_at(tmp_path, f"http://127.0.0.1:{server.server_port}/backup.git")
        started = time.monotonic()
        result = machine.push(SHORT)
        assert time.monotonic() - started < SHORT.overall + 6
        assert result.outcome is Outcome.FAILED and known.ahead(machine.site)
        server.fault = ""
        assert machine.push().outcome is Outcome.CHANGED
    assert git(there, "rev-parse", "main") == machine.head


def test_a_local_commit_goes_on_while_the_remote_is_away(tmp_path: Path) -> None:
    machine = machine_at(tmp_path, f"http://127.0.0.1:{free_port()}/backup.git")
    first = machine.push(SHORT)
    machine.write("agent/plan.md", "# plan\n")
    assert machine.sync().outcome is Outcome.CHANGED
    second = machine.push(SHORT)
    assert (first.outcome, second.outcome) == (Outcome.FAILED, Outcome.FAILED)
    assert (first.failures, second.failures) == (1, 2)
    assert first.retry_at is not None and second.retry_at is not None
    assert second.retry_at - machine.now > 1.5 * (first.retry_at - machine.now)


def test_an_automatic_push_waits_out_the_backoff_and_a_person_does_not(tmp_path: Path) -> None:
    machine = machine_at(tmp_path, f"http://127.0.0.1:{free_port()}/backup.git")
    failed = machine.push(SHORT)
    held = machine.push(SHORT, Trigger.SCHEDULE)
    assert (held.outcome, held.exit_code, held.retry_at) == (Outcome.DEFERRED, 0, failed.retry_at)
    assert machine.push(SHORT).failures == 2
    machine.now += 3600
    assert machine.push(SHORT, Trigger.SCHEDULE).failures == 3


def test_a_passing_fault_is_tried_again_and_a_rejection_is_not(tmp_path: Path) -> None:
    bare(tmp_path / "srv" / "backup.git")
    with http_server(tmp_path / "srv", fault="503") as server:
        machine = machine_at(tmp_path, f"http://127.0.0.1:{server.server_port}/backup.git")
        result = machine.push(replace(QUICK, tries=3))
        assert result.outcome is Outcome.FAILED and len(server.asked) == 3
        server.asked.clear()
        server.fault = "403"
        assert machine.push(replace(QUICK, tries=3)).outcome is Outcome.FAILED
        assert len(server.asked) == 1


def test_http_by_gits_own_backend(tmp_path: Path) -> None:
    there = bare(tmp_path / "srv" / "backup.git")
    git(there, "config", "http.receivepack", "true")
    with http_server(tmp_path / "srv") as server:
        machine = machine_at(tmp_path, f"http://127.0.0.1:{server.server_port}/backup.git")
        assert machine.push().outcome is Outcome.CHANGED
        Person(tmp_path / "person", str(there)).edit("README.md", "hello\n")
        machine.write("agent/plan.md", "# plan\n")
        assert machine.round().outcome is Outcome.CHANGED
    assert git(there, "rev-parse", "main") == machine.head


def test_a_truncated_answer_changes_nothing_here_and_the_next_push_mends_it(tmp_path: Path) -> None:
    there = bare(tmp_path / "srv" / "backup.git")
    git(there, "config", "http.receivepack", "true")
    with http_server(tmp_path / "srv") as server:
        machine = machine_at(tmp_path, f"http://127.0.0.1:{server.server_port}/backup.git")
        machine.push()
        Person(tmp_path / "person", str(there)).edit("README.md", "hello\n" * 1000)
        before = machine.head
        server.fault = "truncate"
        assert machine.push(SHORT).outcome is Outcome.FAILED
        assert machine.head == before
        git(machine.backup, "fsck", "--strict")
        server.fault = ""
        assert machine.push().outcome is Outcome.CHANGED
    assert machine.head == git(there, "rev-parse", "main")


def test_a_wrong_password_is_told_and_shown_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    word = "hunter2-never-shown"
    bare(tmp_path / "srv" / "backup.git")
    with http_server(tmp_path / "srv", user="someone:another") as server:
        machine = machine_at(tmp_path, f"http://someone:{word}@127.0.0.1:{server.server_port}/backup.git")
        started = time.monotonic()
        result = machine.push()
        assert len(server.asked) <= 3
    assert time.monotonic() - started < 15
    assert result.outcome is Outcome.FAILED and "log in" in result.next_step
    captured = capfd.readouterr()
    for text in (repr(result), everything_in(machine.home), captured.out, captured.err):
        assert word not in text and "someone:" not in text


def test_a_password_in_the_address_works_and_is_not_pinned(tmp_path: Path) -> None:
    there = bare(tmp_path / "srv" / "backup.git")
    git(there, "config", "http.receivepack", "true")
    with http_server(tmp_path / "srv", user="someone:s3cret-word") as server:
        machine = machine_at(tmp_path, f"http://someone:s3cret-word@127.0.0.1:{server.server_port}/backup.git")
        result = machine.push()
        assert result.outcome is Outcome.CHANGED, result
        assert machine.site.settings.push_url == f"http://127.0.0.1:{server.server_port}/backup.git"
        git(machine.backup, "remote", "set-url", "origin", f"http://127.0.0.1:{server.server_port}/backup.git")
        (machine.home / ".git-credentials").write_text(f"http://someone:s3cret-word@127.0.0.1:{server.server_port}\n")
        (machine.home / ".gitconfig").write_text("[credential]\n\thelper = store\n")
        machine.write("agent/plan.md", "# plan\n")
        assert machine.round().outcome is Outcome.CHANGED
    assert "s3cret-word" not in repr(result) + everything_in(machine.home)


@pytest.mark.parametrize(
    ("words", "shown"),
    [("rules: no pushes on Sunday", "no pushes on Sunday"), ("\x1b[31mred\u202e", "\\x1b[31mred\\u202e")],
)
def test_a_hook_that_refuses_is_told_in_its_own_words_once(tmp_path: Path, words: str, shown: str) -> None:
    there = bare(tmp_path / "there.git")
    hook = there / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho x >> '{tmp_path}/calls'\nprintf '%s\\n' '{words}' >&2\nexit 1\n")
    hook.chmod(0o755)
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        result = machine.push(replace(QUICK, tries=3))
        assert (result.outcome, result.exit_code) == (Outcome.FAILED, 1)
        assert "pre-receive hook declined" in result.reason
        assert shown in result.reason
        assert "\x1b" not in result.reason and "\u202e" not in result.reason
        assert (tmp_path / "calls").read_text().count("x") == 1


def test_a_protected_branch_for_parking_still_tells_the_conflict(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        machine.push()
        Person(tmp_path / "person", str(there)).edit("agent/build.md", "# other\n")
        hook = there / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text('#!/bin/sh\ncase "$1" in refs/heads/autosync/*) exit 1;; esac\n')
        hook.chmod(0o755)
        result = machine.push()
        assert result.exit_code == 4 and "could not be parked" in result.reason and result.parked == ""
        assert result.retry_at is not None


def test_a_lock_that_a_killed_git_left_there_does_not_pass_by_itself(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    machine = machine_at(tmp_path, str(there))
    (there / "refs/heads/main.lock").touch()
    result = machine.push()
    assert result.outcome is Outcome.FAILED
    assert "main.lock is in the way" in result.reason and "remove it" in result.next_step


def test_two_addresses_are_refused_with_a_command_that_keeps_one(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    machine = machine_at(tmp_path, str(there))
    for name in ("a", "b"):
        git(machine.backup, "remote", "set-url", "--add", "--push", "origin", str(tmp_path / name))
    result = machine.push()
    assert result.exit_code == 2 and "2 addresses" in result.reason
    command = result.next_step.partition("git -C ")[2].replace("ADDRESS", str(there)).split()
    git(Path(command[0]), *command[1:])
    assert machine.push().outcome is Outcome.CHANGED


@pytest.mark.parametrize("where", ["gone.git", "empty"])
def test_a_repository_that_is_not_there(tmp_path: Path, where: str) -> None:
    (tmp_path / "empty").mkdir()
    machine = machine_at(tmp_path, str(tmp_path / where))
    result = machine.push()
    assert result.outcome is Outcome.FAILED and "git remote set-url" in result.next_step


def test_a_remote_moved_by_someone_else_at_the_same_moment(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        machine.push()
        person = Person(tmp_path / "person", str(there))
        person.change("README.md", "hello\n")
        git(person.folder, "push", "-q", "origin", "HEAD:other")
        # The first push finds the branch moved by the server between its look and its update.
        hook = there / "hooks" / "update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(
            f"#!/bin/sh\n[ -e '{tmp_path}/done' ] && exit 0\ntouch '{tmp_path}/done'\n"
            "unset GIT_QUARANTINE_PATH\ngit update-ref refs/heads/main refs/heads/other\n"
        )
        hook.chmod(0o755)
        machine.write("agent/plan.md", "# plan\n")
        result = machine.round()
        assert result.outcome is Outcome.CHANGED, result
        held = git(there, "ls-tree", "-r", "--name-only", "main").split()
        assert {"README.md", "agent/plan.md", "agent/build.md"} <= set(held)


@pytest.mark.sweep
def test_ssh(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with ssh_server(tmp_path / "ssh") as command:
        machine = machine_at(tmp_path, f"ssh://{getpass.getuser()}@127.0.0.1{there}")
        unknown = machine.push()
        assert unknown.outcome is Outcome.FAILED
        (machine.home / ".gitconfig").write_text(f'[core]\n\tsshCommand = "{command}"\n')
        git(there, "config", "safe.directory", "*")
        result = machine.push()
        assert result.outcome is Outcome.CHANGED, result
        (tmp_path / "ssh" / "known").write_text("")
        machine.write("agent/plan.md", "# plan\n")
        stranger = machine.round()
        assert stranger.outcome is Outcome.FAILED and "by hand" in stranger.next_step, stranger
        (tmp_path / "ssh" / "authorized").write_text("")
        (tmp_path / "ssh" / "known").write_text(_known(tmp_path, command))
        refused = machine.push()
        assert refused.outcome is Outcome.FAILED and "log in" in refused.next_step, refused
    assert git(there, "rev-list", "--count", "main") == "1"


def _known(tmp_path: Path, command: str) -> str:
    port = command.split("-p ")[1].split(maxsplit=1)[0]
    return f"[127.0.0.1]:{port} {(tmp_path / 'ssh' / 'host.pub').read_text()}"


def test_the_record_of_pushes_may_be_damaged(tmp_path: Path) -> None:
    machine = machine_at(tmp_path, f"http://127.0.0.1:{free_port()}/backup.git")
    machine.push(SHORT)
    whole = json.loads(machine.site.state.read("push.json") or b"")
    assert whole["failures"] == 1
    odd = ({"failures": -(10**400)}, {"since": 10**400}, {"pushed_at": math.nan}, {"judged": [None]}, {"reason": 5})
    spoiled = ({"version": "0", "failures": 3}, *(whole | {"failures": 7} | one for one in odd))
    for text in ("", "{", "[]", *map(json.dumps, spoiled)):
        machine.site.state.write("push.json", text.encode())
        assert machine.push(SHORT, Trigger.SCHEDULE).failures == 1


ADD = (
    "blob=$(echo hello | git hash-object -w --stdin)\n"
    "tree=$( (git ls-tree main; printf '100644 blob %s\\tHELLO.txt\\n' $blob) | git mktree)\n"
    "new=$(git -c user.name=x -c user.email=x@y commit-tree $tree -p main -m added)\n"
    "git update-ref refs/heads/main $new"
)
"""What a hook of the remote runs to add a commit of its own."""


def after_a_push(there: Path, script: str) -> None:
    hook = there / "hooks" / "post-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def test_a_remote_that_says_yes_and_does_not_keep_it_is_found_out(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        after_a_push(there, "git update-ref -d refs/heads/main")
        result = machine.push()
        assert (result.outcome, result.exit_code) == (Outcome.FAILED, 1), result
        assert "took the push but holds nothing" in result.reason
        assert known.ahead(machine.site)


def test_what_someone_adds_right_after_the_push_is_taken_in_too(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        after_a_push(there, f"[ -e '{tmp_path}/done' ] || {{ touch '{tmp_path}/done'; {ADD}; }}")
        result = machine.push()
        assert result.outcome is Outcome.CHANGED, result
        assert machine.holds()["HELLO.txt"] == "hello"
        assert machine.head == git(there, "rev-parse", "main")


@pytest.mark.sweep
def test_a_remote_that_moves_after_every_push_is_left_after_some_rounds(tmp_path: Path) -> None:
    there = bare(tmp_path / "there.git")
    with hosted(there) as url:
        machine = machine_at(tmp_path, url)
        after_a_push(there, ADD.replace("HELLO.txt", "HELLO-%s.txt").replace("$blob)", "$blob $(date +%s%N))"))
        for _ in range(6):
            machine.write("agent/plan.md", f"# plan {time.monotonic()}\n")
            result = machine.round()
            assert result.outcome in (Outcome.CHANGED, Outcome.FAILED)
        assert {"agent/build.md", "agent/plan.md"} <= machine.holds().keys()
