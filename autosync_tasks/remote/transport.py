"""The remote: every call of git that opens a connection goes through here.

None of them runs in the backup. Its config may be poisoned (`core.sshCommand` by an include, `credential.helper`,
`remote.*.receivepack`, `http.proxy`), and there is no end to the keys one would have to override. They run in a
scratch repository of the state folder whose config is written anew each time: one remote, one address, the user's
and the machine's own git config (credential helpers, proxies, certificates), nothing of the backup's but its objects.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TypeVar

from autosync_tasks.backup.gateway import Gateway, TooMuchError, TooSlowError
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import ConfigError
from autosync_tasks.names import display, typed
from autosync_tasks.records import dataclass
from autosync_tasks.remote.address import Address, AddressError, parse, redact
from autosync_tasks.remote.faults import RemoteError, another_hash, fault, rejection, too_much, too_slow
from autosync_tasks.remote.scratch_config import BARE, FORCED, of_remote, of_user, quiet_ssh
from autosync_tasks.state.state import State

T = TypeVar("T")
_FOLDER = "remote"
_NAME = "backup"
_FETCH = ("--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--refmap=")
_PAST_A_LIMIT = (b"died of signal 25", b"Out of memory")
"""What git says of a child that wrote more than it may (SIGXFSZ, signal(7)), or that may not have so much memory."""
_WHOLE = 64_000_000
"""Bytes of a file up to which git takes it into memory as a whole when a stranger's objects are fetched."""
_MOST_HEADS = 4_000_000
"""Bytes of a remote's list of heads."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for one look, one transfer, and everything a push does; tries of each call and the first pause.

    size: bytes of what is fetched from a place that nobody knows yet, as it comes. memory: bytes that git may need for
    it.
    """

    look: float = 30.0
    transfer: float = 300.0
    overall: float = 450.0
    tries: int = 3
    pause: float = 1.0
    size: int = 2_000_000_000
    memory: int = 1_500_000_000


class Remote:
    """One remote of the backup. Nothing is contacted until it is asked for.

    name: of the remote in the backup's config. environ: says where the user's own git config is. jitter: 0 to 1,
    spreads the pauses between tries.
    """

    def __init__(
        self,
        repository: Repository,
        state: State,
        name: str,
        environ: Mapping[str, str],
        limits: Limits,
        jitter: float = 0.0,
    ) -> None:
        self._repository, self._state, self._name, self._environ = repository, state, name, environ
        self._limits, self._jitter = limits, jitter
        self._until = time.monotonic() + limits.overall
        self._folder = state.path(_FOLDER)
        self._gateway = Gateway(self._folder)
        self._ssh = ""
        self.address = self._open()

    def heads(self, *branches: str) -> dict[str, str]:
        """Each of these branches that the remote has, with its commit id. Raises RemoteError."""
        found = self._patiently(lambda: self._listed(*(f"refs/heads/{branch}" for branch in branches)))
        return {ref.removeprefix("refs/heads/"): commit for ref, commit in found.items()}

    def branches(self) -> tuple[dict[str, str], str]:
        """Every branch that the remote has, with its commit id; and the one that its HEAD names ("" if unknown).

        Raises RemoteError.
        """
        words = ("ls-remote", "--symref", _NAME, "HEAD", "refs/heads/*")
        output = self._patiently(lambda: self._call(self._limits.look, *words, most=_MOST_HEADS))
        found, head = {}, ""
        for line in output.decode("utf-8", "replace").splitlines():
            value, _, name = line.partition("\t")
            if name == "HEAD" and value.startswith("ref: refs/heads/"):
                head = value.removeprefix("ref: refs/heads/")
            elif name.startswith("refs/heads/") and len(value) == 40:
                found[name.removeprefix("refs/heads/")] = value
            self._one_hash((value,))
        return found, head

    def _one_hash(self, ids: Iterable[str]) -> None:
        if any(len(one) == 64 and not one.startswith("ref: ") for one in ids):
            raise RemoteError(another_hash(), self.address)

    def fetch(self, commits: Collection[str], have: Collection[str] = (), *, stranger: bool = False) -> None:
        """Brings commits, as `heads` or `branches` told them, into the backup's object store.

        By id and without a ref to move here: git would write that by path, where a link may come to stand.
        have: commits that the backup has. stranger: a place that nobody knows yet, which may send `Limits.size`.
        Raises RemoteError.
        """
        for number, commit in enumerate(have):
            self._write(f"refs/heads/have{number}", commit)
        largest = self._limits.size if stranger else 0
        self._patiently(lambda: self._fetch(commits, self._limits.transfer, largest))

    def fetch_below(self, folder: str, most: int, first: str) -> dict[str, str]:
        """Brings what the refs below `folder` there name into the backup's object store: name to commit.

        most: so many of them; anybody may have put more there. first: the name that is always among them. Raises
        RemoteError.
        """
        found = self._patiently(lambda: self._listed(f"{folder}*"))
        found = dict(sorted(found.items(), key=lambda one: (one[0] != folder + first, one[0]))[:most])
        if found:
            self._patiently(lambda: self._fetch(found.values(), self._limits.look, _MOST_HEADS))
        return {name.removeprefix(folder): commit for name, commit in found.items()}

    def _fetch(self, commits: Collection[str], limit: float, largest: int) -> None:
        self._call(limit, "fetch", "--quiet", *_FETCH, _NAME, *sorted(set(commits)), largest=largest)

    def _listed(self, *names: str) -> dict[str, str]:
        """Those of these refs that are there; git itself takes the ends of names for them too."""
        output = self._call(self._limits.look, "ls-remote", "--refs", _NAME, *names, most=_MOST_HEADS)
        pairs = [line.partition("\t")[::2] for line in output.decode("utf-8", "replace").splitlines()]
        self._one_hash(commit for commit, _ in pairs)
        return {ref: commit for commit, ref in pairs if len(commit) == 40 and _named(ref, names)}

    def push(self, commit: str, branch: str) -> None:
        """Pushes one commit to one branch there, never by force. Raises RemoteError."""
        self._patiently(lambda: self._push(f"{commit}:refs/heads/{branch}"))

    def push_ref(self, commit: str, ref: str) -> None:
        """Pushes one commit to a ref that is no branch, never by force. Raises RemoteError."""
        self._push(f"{commit}:{ref}")

    def delete_ref(self, ref: str) -> None:
        """Removes a ref that is no branch. Raises RemoteError."""
        self._push(f":{ref}")

    def _push(self, spec: str) -> None:
        options = ("--porcelain", "--no-follow-tags", "--no-signed", "--no-verify", "--recurse-submodules=no")
        code, output, complaint = self._attempt(self._limits.transfer, "push", *options, _NAME, spec)
        if code == 0:
            return
        said = self._clean(complaint)
        raise RemoteError(rejection(self._clean(output), said) or fault(said), self.address)

    def _call(self, limit: float, *arguments: str, most: int = 0, largest: int = 0) -> bytes:
        code, output, complaint = self._attempt(limit, *arguments, most=most, largest=largest)
        if code != 0 and largest and any(words in complaint for words in _PAST_A_LIMIT):
            raise RemoteError(too_much(largest), self.address)
        if code != 0:
            raise RemoteError(fault(self._clean(complaint)), self.address)
        return output

    def _attempt(self, limit: float, *arguments: str, most: int = 0, largest: int = 0) -> tuple[int, bytes, bytes]:
        seconds = min(limit, self._until - time.monotonic())
        if seconds <= 0:
            raise RemoteError(too_slow(self._limits.overall), self.address)
        strange = {"fetch.unpackLimit": "1", "core.bigFileThreshold": str(_WHOLE)}
        try:
            return self._gateway.attempt(
                *arguments,
                timeout=seconds,
                environment=self._environment,
                config={**self._config, **(strange if largest == self._limits.size else {})},
                most=most,
                largest=largest,
                memory=self._limits.memory if largest else 0,
            )
        except TooSlowError:
            raise RemoteError(too_slow(seconds), self.address) from None
        except TooMuchError:
            raise RemoteError(too_much(most), self.address) from None

    def _patiently(self, call: Callable[[], T]) -> T:
        """The call, again after a pause (doubling, spread) while its fault may pass by itself and time is left."""
        from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_fixed

        pause = self._limits.pause

        def may_pass(error: BaseException) -> bool:
            left = self._until - time.monotonic() > pause
            return left and isinstance(error, RemoteError) and error.fault.passing

        tries = Retrying(
            retry=retry_if_exception(may_pass),
            stop=stop_after_attempt(self._limits.tries),
            wait=wait_exponential(multiplier=pause) + wait_fixed(pause * self._jitter),
            reraise=True,
        )
        return tries(call)

    def _clean(self, words: bytes) -> str:
        """Git's words without credentials and without anything that could steer a terminal."""
        text = redact(words.decode("utf-8", "replace"), self.address)
        return "\n".join("\t".join(map(display, line.split("\t"))) for line in text.splitlines()[-40:])

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **self._user_config,
            "GIT_OBJECT_DIRECTORY": os.path.join(self._repository.git_dir, "objects"),
            "GIT_ALLOW_PROTOCOL": self.address.scheme,
            "GIT_SSH_COMMAND": self._ssh,
            "GCM_INTERACTIVE": "never",
            "SSH_ASKPASS_REQUIRE": "never",
        }

    @property
    def _user_config(self) -> dict[str, str]:
        """The user's and the machine's git config count here, and only here: they hold credential helpers."""
        home = {name: self._environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in self._environ}
        return {**home, "GIT_CONFIG_GLOBAL": os.path.join(self._folder, "user"), "GIT_CONFIG_NOSYSTEM": "0"}

    @property
    def _config(self) -> dict[str, str]:
        url = self.address.url
        # The address is final: no insteadOf may rewrite it once more (the longest match wins).
        return {**FORCED, f"url.{url}.insteadOf": url, f"url.{url}.pushInsteadOf": url}

    def _open(self) -> Address:
        """Makes the scratch repository and finds where a push would go. Raises ConfigError."""
        self._state.prepare()
        for part in ("refs/heads", "objects"):
            self._state.make_folder(f"{_FOLDER}/{part}")
        self._write("user", of_user(self._environ))
        self._write("config", BARE)
        self._write("HEAD", "ref: refs/heads/none\n")
        self._copy_shallow()
        address = self._find()
        self._write("config", BARE + of_remote(_NAME, address))
        self._ssh = self._ssh_command()
        return address

    def _find(self) -> Address:
        arguments = ("remote", "get-url", "--push", "--all", self._name)
        code, output, complaint = self._repository.gateway.attempt(*arguments, environment=self._user_config)
        if code == 128:
            said = self._repository.gateway.failure("remote", code, complaint).message.rpartition(": fatal: ")[2]
            raise ConfigError(
                f"git cannot read its settings: {said}",
                hint="mend that file: git config --list --show-origin reads them",
            )
        urls = output.decode("utf-8", "surrogateescape").splitlines() if code == 0 else []
        where, typed_where = display(self._repository.folder), typed(self._repository.folder)
        if not urls:
            raise ConfigError(
                f"the backup {where} has no remote {display(self._name)}",
                hint=f"add it: git -C {typed_where} remote add {typed(self._name)} ADDRESS, or name "
                "another: `inv set-config REMOTE=NAME`; no pushes: `inv set-config AUTO_SYNC_PUSH=false`",
            )
        if len(urls) > 1:
            raise ConfigError(
                f"the remote {display(self._name)} of the backup pushes to {len(urls)} addresses; one is supported",
                hint=f"keep one: git -C {typed_where} config --replace-all remote.{typed(self._name)}.pushurl ADDRESS",
            )
        try:
            return parse(urls[0])
        except AddressError as error:
            raise ConfigError(
                f"the address of the remote {display(self._name)} cannot be used: {error}",
                hint=f"correct it: git -C {typed_where} remote set-url {typed(self._name)} ADDRESS",
            ) from None

    def _ssh_command(self) -> str:
        """The user's own ssh command (never the backup's) with options that keep it from asking or hanging."""
        code, output, _ = self._gateway.attempt("config", "--get", "core.sshCommand", environment=self._user_config)
        own = output.decode("utf-8", "surrogateescape").strip() if code == 0 else ""
        return quiet_ssh(own or "ssh")

    def _copy_shallow(self) -> None:
        """A backup that is a shallow clone stays one: the scratch repository must know where history ends."""
        try:
            with open(os.path.join(self._repository.git_dir, "shallow"), "rb") as file:
                self._state.write(f"{_FOLDER}/shallow", file.read())
        except FileNotFoundError:
            with suppress(FileNotFoundError), self._state.within(f"{_FOLDER}/shallow") as (folder, name):
                os.unlink(name, dir_fd=folder)

    def _write(self, name: str, text: str) -> None:
        self._state.write(f"{_FOLDER}/{name}", text.encode("utf-8", "surrogateescape"))


def _named(ref: str, names: Sequence[str]) -> bool:
    return any(ref.startswith(name[:-1]) if name[-1] == "*" else ref == name for name in names)
