"""The gateway: every call of git goes through here, with the same scrubbed environment and forced config.

Neither the user's global config nor a poisoned config inside the backup may change, drop or delay a byte,
run a command or open a connection. GitPython is used as a thin runner of processes only: its index, its
remotes and its option passing lose data or run commands (measured; see ARCHITECTURE.md).
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from signal import SIGKILL
from typing import TYPE_CHECKING, cast

from autosync_tasks.backup.conversation import Conversation, beginning, close_pipes, kill
from autosync_tasks.backup.runner import gitpython
from autosync_tasks.errors import BackupError, GitMissingError
from autosync_tasks.names import display
from autosync_tasks.records import pattern

if TYPE_CHECKING:
    import subprocess

NOT_GIT = "what is called git here is another program"
GIT_ANEW = "look which git `type git` names, mend it or install git 2.38 or newer, then run it again"
"""What to say of, and do about, a git that does not do its work."""
LOCAL_TIMEOUT = 300.0
"""Seconds after which one local git call is given up (a first sync of 10,000 files takes about 1 s)."""

_CONFIG: Mapping[str, str] = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.splitIndex": "false",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.symlinks": "true",
    "core.ignoreCase": "false",  # `git init` sets it on FAT: names that differ in case alone become one
    "core.fileMode": "true",
    "core.fsync": "all",
    "core.fsyncMethod": "fsync",
    "core.compression": "1",
    "core.multiPackIndex": "false",  # git believes in the packs it names, even if they are gone
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "fastimport.unpackLimit": "0",
    "protocol.allow": "never",
    "submodule.recurse": "false",
    "advice.detachedHead": "false",
    # Programs that a config may name (`false` does nothing and fails), and files: a FIFO there would be waited for.
    "log.showSignature": "false",
    "gpg.program": "false",
    "gpg.openpgp.program": "false",
    "gpg.x509.program": "false",
    "gpg.ssh.program": "false",
    "gpg.ssh.defaultKeyCommand": "false",
    "diff.external": "false",
    "diff.orderFile": "/dev/null",
    "mailmap.file": "/dev/null",
    # What would change the words that are read back.
    "i18n.logOutputEncoding": "UTF-8",
    "i18n.commitEncoding": "UTF-8",
    "log.mailmap": "false",
    "log.decorate": "false",
    "log.follow": "false",
    "log.showRoot": "true",
    "format.notes": "false",
    "color.ui": "false",
    "color.diff": "false",
}
"""Forced on every call (GIT_CONFIG_COUNT beats every file). Compression 1: level 6 took 2.5 times as long
for 6 % less; packs stay whole so that one fsync covers all objects of a commit. A test plants every other key
that git knows (`git help --config`) with a program of its own, and sees that no command runs it."""

_EVENTS = (
    *("applypatch-msg", "commit-msg", "post-applypatch", "post-checkout", "post-commit", "post-index-change"),
    *("post-merge", "post-receive", "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc", "pre-commit"),
    *("pre-merge-commit", "pre-push", "pre-rebase", "pre-receive", "prepare-commit-msg", "proc-receive"),
    *("push-to-checkout", "reference-transaction", "sendemail-validate", "update"),
)
"""What a hook can be for (githooks(5)). Git 2.54 takes hooks from its config too (`hook.<name>.command`), whatever
core.hooksPath says; `hook.<event>.enabled` stops those of an event, from 2.55 on, `hook.<name>.enabled` one of them."""
_HOOK = pattern(rb"^[ \t]*\[[ \t]*hook[ \t]+\"((?:[^\"\\\n]|\\.)*)\"", re.IGNORECASE | re.MULTILINE)

_ENVIRONMENT: Mapping[str, str] = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null/none",  # grafts hide older backups, and what is hidden is tidied away; none is there
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_PAGER": "cat",
    "GIT_EDITOR": ":",
    "GIT_SEQUENCE_EDITOR": ":",
    "GIT_SSH_COMMAND": "false",
    "GIT_MERGE_AUTOEDIT": "no",
}


def scrub_environment() -> None:
    """Removes every inherited GIT_* variable from this process (a git hook that calls us sets many)."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]


class TooSlowError(BackupError):
    """A git command was ended because it took too long."""


class TooMuchError(BackupError):
    """A git command was ended because it had more to tell than was asked for."""


class Gateway:
    """Runs git on one repository. git_dir: its `.git` (or the bare repository). work_tree: None if bare."""

    def __init__(self, git_dir: str, work_tree: str | None = None) -> None:
        self.git_dir = git_dir
        self.work_tree = work_tree
        self.killed = ""
        """The last command that somebody killed, as a kernel without memory does."""

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        accept: Sequence[int] = (0,),
        timeout: float = LOCAL_TIMEOUT,
        environment: Mapping[str, str] | None = None,
        config: Mapping[str, str] | None = None,
        most: int = 0,
    ) -> bytes:
        """Runs one git command and returns its output.

        stdin: bytes for its input. accept: exit codes that are no fault. timeout: seconds. most: bytes of output, as
        for `attempt`.
        Raises BackupError with git's own words if it fails or takes too long.
        """
        code, output, complaint = self.attempt(
            *arguments, stdin=stdin, timeout=timeout, environment=environment, config=config, most=most
        )
        if code not in accept:
            raise self.failure(arguments[0], code, complaint)
        return output

    def attempt(
        self,
        *arguments: str,
        stdin: bytes = b"",
        timeout: float = LOCAL_TIMEOUT,
        environment: Mapping[str, str] | None = None,
        config: Mapping[str, str] | None = None,
        most: int = 0,
        largest: int = 0,
        memory: int = 0,
    ) -> tuple[int, bytes, bytes]:
        """Runs one git command, whatever comes of it: exit code, output, complaint.

        most: bytes of output after which it is ended, for what a stranger made (a small tree may unfold without end);
        such a command gets no input. largest, memory: bytes of a file that it may write, and of what it and each
        process that it starts may hold in memory; 0 is no limit.

        Raises TooSlowError if it takes longer than `timeout` seconds, BackupError for too much output; it and all it
        started are ended then.
        """
        import subprocess

        process = self._start(arguments, environment, config)
        try:
            if largest or memory:
                from autosync_tasks.linux.limits import limit

                limit(process.pid, file=largest, memory=memory)
            until = time.monotonic() + timeout
            begun = beginning(process.stdout, most + 1, until) if most and process.stdout is not None else b""
            if most and len(begun) > most:
                raise TooMuchError(
                    f"git {arguments[0]} in {display(self.git_dir)} has more to tell than a backup holds"
                )
            output, complaint = process.communicate(stdin, timeout=max(0.0, until - time.monotonic()))
            output = begun + output
        except subprocess.TimeoutExpired:
            kill(process)
            close_pipes(process)
            raise self.too_slow(arguments[0], timeout) from None
        except BaseException:  # the run's deadline, or Ctrl-C: its child must not outlive it
            kill(process)
            close_pipes(process)
            raise
        self._note(arguments[0], process.returncode)
        return process.returncode, output, complaint

    def conversation(self, *arguments: str, timeout: float = LOCAL_TIMEOUT) -> Conversation:
        """Starts a git command to talk with, ended after `timeout` seconds of silence; use it as a context manager.

        As GitPython would start it, and without it: loading that takes longer than git takes for a commit.
        """
        import subprocess

        command, environment, folder = self._command(arguments, {})
        try:
            process = subprocess.Popen(
                *(command, -1, None, subprocess.PIPE, subprocess.PIPE, subprocess.PIPE),
                cwd=folder if os.access(folder, os.X_OK) else None,
                env={**os.environ, "LANGUAGE": "C", **environment},
                start_new_session=True,
            )
        except FileNotFoundError:
            raise _missing() from None
        return Conversation(self, arguments, process, timeout)

    def too_slow(self, command: str, timeout: float, what: str = "finish") -> TooSlowError:
        """The error for a git command that was ended after so many seconds. what: it did not do."""
        return TooSlowError(
            f"git {command} did not {what} within {timeout:.0f} seconds in {display(self.git_dir)}",
            hint="look for a hanging disk or another git process, then run it again",
        )

    def _note(self, command: str, code: int) -> None:
        self.killed = command if code == -SIGKILL else self.killed

    def failure(self, command: str, code: int, complaint: bytes) -> BackupError:
        """The error for a git command that failed, with git's last words."""
        self._note(command, code)
        from autosync_tasks.backup.way_on import way_on

        words = [line for line in complaint.decode("utf-8", "replace").splitlines() if line.strip()]
        if any("dubious ownership" in line for line in words):
            return BackupError(
                f"the backup {display(self.work_tree or self.git_dir)} belongs to another user",
                hint="run autosync as the user who owns it, or give it to this user with chown",
            )
        told = [line for line in words if line.startswith(("fatal:", "error:", "warning:"))]  # advice follows it
        end = f"it was killed (signal {-code})" if code < 0 else f"exit code {code}"
        said = display("; ".join((told or words)[-3:]) or end)
        where = self.work_tree or self.git_dir
        return BackupError(f"git {command} failed in {display(where)}: {said}", hint=way_on(said, self.git_dir, where))

    @property
    def _forced(self) -> dict[str, str]:
        """What is forced, and each hook that the repository's own config names by its name: off."""
        text = b""
        for name in ("config", "config.worktree"):
            with suppress(OSError), open(os.path.join(self.git_dir, name), "rb") as file:
                text += file.read(1 << 20) + b"\n"
        names = (re.sub(r"\\(.)", r"\1", name.decode("utf-8", "surrogateescape")) for name in _HOOK.findall(text))
        events = {f"hook.{event}.enabled": "false" for event in _EVENTS}
        return {**_CONFIG, **events, **{f"hook.{name}.enabled": "false" for name in names}}

    def _start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None,
        config: Mapping[str, str] | None,
    ) -> subprocess.Popen[bytes]:
        import subprocess

        command, forced, folder = self._command(arguments, config or {})
        runner, env = gitpython(), {**forced, **(environment or {})}
        try:
            started = runner.Git(folder).execute(
                command, istream=subprocess.PIPE, as_process=True, env=env, start_new_session=True
            )
        except runner.GitCommandNotFound:
            raise _missing() from None
        process = cast("subprocess.Popen[bytes]", started.proc)
        started.proc = None  # GitPython would otherwise end it when its wrapper goes out of scope
        return process

    def _command(self, arguments: Sequence[str], config: Mapping[str, str]) -> tuple[list[str], dict[str, str], str]:
        """The words of a git command, what is forced in its environment, and the folder that it works in."""
        scrub_environment()
        work_tree = [] if self.work_tree is None else [f"--work-tree={self.work_tree}"]
        environment = {**_ENVIRONMENT, **_as_variables({**self._forced, **config})}
        return ["git", f"--git-dir={self.git_dir}", *work_tree, *arguments], environment, self.work_tree or self.git_dir


def _missing() -> GitMissingError:
    return GitMissingError("there is no git on PATH", hint="install git 2.38 or newer")


def _as_variables(config: Mapping[str, str]) -> dict[str, str]:
    variables = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (key, value) in enumerate(config.items()):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables
