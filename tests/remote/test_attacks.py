"""A hostile backup or remote: a canary file stays unwritten, nothing goes elsewhere, no secret leaves."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Finding, Outcome
from autosync_tasks.remote import secret_guard
from autosync_tasks.remote.address import AddressError, parse, redact
from autosync_tasks.workspace.workspace import Site
from tests.remote.machines import QUICK, Machine, Person, bare, contents, git
from tests.remote.servers import free_port, hosted, http_server

pytestmark = [pytest.mark.usefixtures("one_scanner"), pytest.mark.sample(10, of_file=True)]

TOKEN = base64.b64decode("Z2hwXzlmS2oyTHE3WHcxWm00UnQ4VmI2TnA1SHMzRGMwWWFRZTd1").decode()
"""A made-up token in the form of a real provider's, kept encoded."""


def config(machine: Machine, *pairs: tuple[str, str]) -> None:
    for key, value in pairs:
        git(machine.backup, "config", "--add", key, value)


def include_ssh(machine: Machine, bad: str) -> None:
    (machine.backup / ".git" / "more").write_text(f'[core]\n\tsshCommand = "{bad}"\n')
    config(machine, ("include.path", "more"))
    git(machine.backup, "remote", "set-url", "origin", f"ssh://git@127.0.0.1:{free_port()}/x.git")


def ext(machine: Machine, bad: str) -> None:
    git(machine.backup, "remote", "set-url", "origin", f"ext::{bad}")
    config(machine, ("protocol.ext.allow", "always"))


def push_instead(machine: Machine, bad: str) -> None:
    url = git(machine.backup, "remote", "get-url", "origin")
    config(machine, (f"url.ext::{bad} .pushInsteadOf", url), ("protocol.ext.allow", "always"))


def push_url(machine: Machine, bad: str) -> None:
    config(machine, ("remote.origin.pushurl", f"ext::{bad}"), ("protocol.allow", "always"))


def programs(machine: Machine, bad: str) -> None:
    config(machine, ("remote.origin.receivepack", bad), ("remote.origin.uploadpack", bad))


def helpers(machine: Machine, bad: str) -> None:
    git(machine.backup, "remote", "set-url", "origin", f"http://127.0.0.1:{machine.environ['PORT']}/x.git")
    config(machine, ("credential.helper", f"!{bad}"), ("core.askPass", bad), ("core.gitProxy", bad))


def hooks(machine: Machine, bad: str) -> None:
    for name in ("pre-push", "reference-transaction", "post-checkout", "post-merge"):
        hook = machine.backup / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{bad}\n")
        hook.chmod(0o755)
    config(machine, ("core.fsmonitor", bad), ("gpg.program", bad), ("push.gpgSign", "true"), ("commit.gpgSign", "true"))


@pytest.mark.parametrize("attack", [include_ssh, ext, push_instead, push_url, programs, helpers, hooks])
@pytest.mark.parametrize("first", [True, False])
def test_a_poisoned_config_runs_nothing(
    machine: Machine, tmp_path: Path, attack: Callable[[Machine, str], None], first: bool
) -> None:
    if not first:
        machine.push()
    canary, script = tmp_path / "canary", tmp_path / "bad"
    script.write_text(f"#!/bin/sh\necho ran >> '{canary}'\nexit 1\n")
    script.chmod(0o755)
    machine.write("agent/plan.md", "# plan\n")
    machine.sync()
    with http_server(tmp_path / "srv", user="someone:word") as server:
        machine.named["PORT"] = str(server.server_port)
        attack(machine, str(script))
        machine.push(replace(QUICK, tries=1))
        assert not canary.exists()
        # The attack is a real one: plain git runs the command.
        git(machine.backup, "push", "origin", "main", check=False, GIT_TERMINAL_PROMPT="0")
        assert canary.exists()


def test_a_backup_whose_push_goes_elsewhere_is_stopped_until_confirmed(machine: Machine, tmp_path: Path) -> None:
    machine.push()
    other = bare(tmp_path / "elsewhere.git")
    config(machine, (f"url.{other}.pushInsteadOf", str(tmp_path / "there.git")))
    machine.write("agent/plan.md", "# plan\n")
    result = machine.round()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3), result
    assert str(other) in result.reason and f"PUSH_URL={other}" in result.next_step
    assert git(other, "for-each-ref") == ""
    machine.named["PUSH_URL"] = str(other)
    assert machine.push().outcome is Outcome.CHANGED
    assert contents(other, "main")["agent/plan.md"] == "# plan"


HOOKS = (
    *("pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive"),
    *("push-to-checkout", "pre-auto-gc", "post-checkout", "post-index-change", "fsmonitor-watchman"),
)


def bait(folder: Path, bad: str) -> None:
    """Hooks, and every key of a repository's config through which git runs a program when it serves or is pushed to."""
    inside = folder / ".git" if (folder / ".git").is_dir() else folder
    for name in HOOKS:
        (inside / "hooks").mkdir(exist_ok=True)
        (inside / "hooks" / name).write_text(f"#!/bin/sh\n{bad} hook-{name}\ncat >/dev/null\n")
        (inside / "hooks" / name).chmod(0o755)
    for key, value in (
        ("core.hooksPath", str(inside / "hooks")),
        ("core.fsmonitor", f"{bad} fsmonitor"),
        ("core.alternateRefsCommand", f"{bad} alternates; true"),
        ("core.sshCommand", f"{bad} ssh"),
        ("core.gitProxy", f"{bad} proxy"),
        ("core.editor", f"{bad} editor"),
        ("core.pager", f"{bad} pager"),
        ("uploadpack.packObjectsHook", f"{bad} pack-objects"),
        ("receive.denyCurrentBranch", "updateInstead"),
        ("receive.autogc", "true"),
        ("gc.auto", "1"),
        ("gc.autoDetach", "false"),
        ("gc.recentObjectsHook", f"{bad} recent"),
        ("gpg.program", f"{bad} gpg"),
        ("filter.evil.smudge", f"{bad} smudge; cat"),
        ("filter.evil.clean", f"{bad} clean; cat"),
        ("diff.external", f"{bad} diff"),
        ("credential.helper", f"!{bad} credential"),
        ("protocol.allow", "always"),
    ):
        git(folder, "config", "--add", key, value)
    (inside / "info").mkdir(exist_ok=True)
    (inside / "info" / "attributes").write_text("* filter=evil\n")


@pytest.mark.parametrize("bare_one", [True, False])
def test_a_remote_that_is_a_folder_runs_nothing_here(machine: Machine, tmp_path: Path, bare_one: bool) -> None:
    """A stick or a share is somebody else's; whoever can write there must not be able to run a command here."""
    there, canary, script = tmp_path / "there.git", tmp_path / "canary", tmp_path / "bad"
    script.write_text(f"#!/bin/sh\necho ran $1 >> '{canary}'\n")
    script.chmod(0o755)
    machine.push()
    if not bare_one:
        there.rename(tmp_path / "was.git")
        git(tmp_path, "clone", "-q", str(tmp_path / "was.git"), str(there))
    other = bare(tmp_path / "alternate.git")
    git(machine.backup, "push", "-q", str(other), "main")
    inside = there if bare_one else there / ".git"
    (inside / "objects" / "info" / "alternates").write_text(f"{other}/objects\n")
    bait(there, str(script))
    for number in range(3):
        machine.write(f"agent/more{number}.md", f"# {number}\n")
        result = machine.round()
        assert result.exit_code == (0 if bare_one else 1), result
    assert not canary.exists(), canary.read_text()
    Person(tmp_path / "person", str(other)).edit("README.md", "hello\n")
    if bare_one:  # a fetch from there
        git(tmp_path / "person", "-c", "core.hooksPath=/dev/null", "pull", "-q", "--rebase", str(there), "main")
        git(there, "-c", "core.hooksPath=/dev/null", "fetch", "-q", str(tmp_path / "person"), "HEAD")
        git(there, "-c", "core.hooksPath=/dev/null", "update-ref", "refs/heads/main", "FETCH_HEAD")
        canary.unlink(missing_ok=True)
        assert machine.round().outcome is Outcome.CHANGED
        assert machine.holds()["README.md"] == "hello"
    assert not canary.exists(), canary.read_text()
    # The bait is real: plain git runs it.
    machine.write("agent/last.md", "# last\n")
    machine.sync()
    git(machine.backup, "push", "origin", "main", check=False)
    assert {"hook-reference-transaction", "alternates"} <= {line.split()[1] for line in canary.read_text().splitlines()}


def test_a_partial_clone_as_a_remote_fetches_nothing_by_a_program_of_its_config(
    machine: Machine, there: Path, tmp_path: Path
) -> None:
    machine.push()
    Person(tmp_path / "person", str(there)).edit("README.md", "hello\n")
    canary, script = tmp_path / "canary", tmp_path / "bad"
    script.write_text(f"#!/bin/sh\necho ran >> '{canary}'\nexit 1\n")
    script.chmod(0o755)
    lost = git(there, "rev-parse", "main:README.md")
    (there / "objects" / lost[:2] / lost[2:]).unlink()
    for key, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", str(tmp_path)),
        ("remote.origin.uploadpack", str(script)),
    ):
        git(there, "config", key, value)
    result = machine.push()
    assert result.outcome is Outcome.FAILED and not canary.exists(), result
    git(there, "cat-file", "-e", lost, check=False)
    assert canary.exists()


def test_a_merge_driver_in_the_config_is_not_run(machine: Machine, there: Path, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    machine.push()
    person = Person(tmp_path / "person", str(there))
    person.edit(".gitattributes", "* merge=evil filter=evil\n")
    person.edit("README.md", "one\n")
    machine.push()
    for key in ("merge.evil.driver", "filter.evil.smudge", "filter.evil.clean", "filter.evil.process"):
        config(machine, (key, f"touch '{canary}'; cat"))
    person.edit("README.md", "two\n")
    machine.write("agent/plan.md", "# plan\n")
    assert machine.round().outcome is Outcome.CHANGED
    assert not canary.exists()


@pytest.mark.parametrize("setting", ["BACKUP_BRANCH", "REMOTE"])
@pytest.mark.parametrize("value", ["--receive-pack=touch canary", "-f", "main:other", "../../x", "a b"])
def test_names_that_are_options_or_more_are_refused(machine: Machine, setting: str, value: str) -> None:
    machine.named[setting] = value
    with pytest.raises(AutosyncError) as caught:
        machine.push()
    assert caught.value.exit_code in (1, 2)


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c 'touch canary'",
        "foo::bar",
        "git://example.org/x.git",
        "http://example.org/x.git",
        "ftp://example.org/x",
        "ssh://-oProxyCommand=touch/x",
        "-oProxyCommand=touch:x",
        "ssh://-l@host/x",
        "--receive-pack=touch",
        "../there.git",
        "there.git",
        "file://elsewhere/x",
        "https:///x",
        "https://host/x?token=abc",
        "host:",
        "",
        "https://host/\nx",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse(url)
    assert "token=abc" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "scheme", "shown"),
    [
        ("https://user:pa%40ss@host:8443/x.git", "https", "https://host:8443/x.git"),
        ("https://tokentoken@host/x.git", "https", "https://host/x.git"),
        ("git@github.com:me/backup.git", "ssh", "git@github.com:me/backup.git"),
        ("ssh://git:word@host:22/x.git", "ssh", "ssh://git@host:22/x.git"),
        ("[::1]:x.git", "ssh", "[::1]:x.git"),
        ("/srv/backup.git", "file", "/srv/backup.git"),
        ("file:///srv/backup.git", "file", "file:///srv/backup.git"),
        ("http://localhost:8080/x.git", "http", "http://localhost:8080/x.git"),
    ],
)
def test_addresses_that_are_taken(url: str, scheme: str, shown: str) -> None:
    address = parse(url)
    assert (address.scheme, address.shown) == (scheme, shown)
    said = redact(f"fatal: unable to access '{url}': no", address)
    for secret in ("pa%40ss", "pa@ss", "tokentoken", ":word@"):
        assert secret not in said and secret not in repr(address)


def test_a_secret_that_a_person_committed_into_the_backup_does_not_leave(machine: Machine, there: Path) -> None:
    machine.push()
    before = git(there, "rev-parse", "main")
    (machine.backup / "notes.txt").write_text(f"token: {TOKEN}\n")
    git(machine.backup, "add", "notes.txt")
    git(machine.backup, "commit", "-qm", "notes")
    git(machine.backup, "rm", "-q", "notes.txt")
    git(machine.backup, "commit", "-qm", "gone again, but not from the history")
    machine.write("agent/plan.md", "# plan\n")
    result = machine.round()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3), result
    assert "notes.txt" in result.reason and TOKEN not in repr(result)
    assert git(there, "rev-parse", "main") == before
    assert machine.push().exit_code == 3


def test_a_protected_name_does_not_leave_either_even_with_the_contents_of_another_file(machine: Machine) -> None:
    machine.push()
    for name in ("copy.txt", ".env"):
        (machine.backup / name).write_text("A=1\n")
    git(machine.backup, "add", "-A", "-f")
    git(machine.backup, "commit", "-qm", "both")
    result = machine.push()
    assert result.exit_code == 3 and "SEC004" in result.reason and ".env" in result.reason


def _judged(monkeypatch: pytest.MonkeyPatch) -> list[secret_guard.Blobs]:
    """What each push gives to be judged, from now on."""
    judged: list[secret_guard.Blobs] = []
    real = secret_guard.judge_blobs

    def judge(site: Site, new: secret_guard.Blobs) -> tuple[list[Finding], list[str]]:
        judged.append(new)
        return real(site, new)

    monkeypatch.setattr("autosync_tasks.remote.push.judge_blobs", judge)
    return judged


def test_blobs_that_passed_are_not_judged_again(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = _judged(monkeypatch)
    there = tmp_path / "there.git"
    (there / "hooks").mkdir(exist_ok=True)
    hook = there / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    with hosted(there) as url:
        git(machine.backup, "remote", "set-url", "origin", url)
        machine.push()
        machine.push()
        hook.unlink()
        assert machine.push().outcome is Outcome.CHANGED
    assert [len(blobs) for blobs in judged] == [3]  # two files and the manifest, once


def test_a_new_branch_is_judged_only_beyond_what_the_other_branches_there_hold(
    machine: Machine, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.push()
    judged = _judged(monkeypatch)
    git(machine.backup, "checkout", "-qb", "laptop")
    machine.named["BACKUP_BRANCH"] = machine.branch = "laptop"
    machine.write("AGENTS.md", "# of the laptop\n")
    machine.sync()
    result = machine.push()
    assert result.outcome is Outcome.CHANGED, result
    assert "the first push; the remote holds 1 of its commits already" in result.reason
    assert sorted(path for blobs in judged for path, _ in blobs) == [b".autosync/manifest", b"AGENTS.md"]
    assert git(there, "rev-parse", "laptop") == git(machine.backup, "rev-parse", "laptop")


def test_a_secret_in_a_new_branch_does_not_leave_whatever_the_remote_says_it_holds(machine: Machine) -> None:
    """Its heads are believed only as far as git believes them: what they do not reach is judged."""
    machine.push()
    git(machine.backup, "checkout", "-qb", "laptop")
    machine.named["BACKUP_BRANCH"] = machine.branch = "laptop"
    (machine.backup / "notes.txt").write_text(f"token = {TOKEN}\n")
    git(machine.backup, "add", "notes.txt")
    git(machine.backup, "commit", "-qm", "a note")
    result = machine.push()
    assert (result.outcome, result.exit_code) == (Outcome.BLOCKED, 3), result


def test_a_remote_inside_the_source_is_refused(machine: Machine) -> None:
    bare(machine.source / "there.git")
    git(machine.backup, "remote", "set-url", "origin", str(machine.source / "there.git"))
    result = machine.push()
    assert result.exit_code == 2 and "inside the source" in result.reason
    assert git(machine.source / "there.git", "for-each-ref") == ""


def test_a_scratch_folder_that_is_a_planted_link_is_refused(machine: Machine, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    folder = Path(machine.site.state.path("remote"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(target)
    result = machine.push()
    assert result.outcome is Outcome.FAILED and "remove it" in result.next_step
    assert list(target.iterdir()) == []
