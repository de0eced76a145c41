"""Random histories of a config tree, its backup and a remote; the model keeps every byte that was ever synced.

The program is the real one (its command line, in this process), git is real, and so is the kill: a fork of this
process runs the sync and kills itself, with or without the git that works for it, at its n-th act on the system.
At the end whatever was told to be in the backup is restored from it and compared with the model.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.restore.support import Tree, read_tree
from tests.support.histories import History
from tests.support.place import Place, Result

OWNED = ["AGENTS.md", "context/a.md", "context/b.md", "context/deep/c.md", "bin/run", "misc/data", "docs/d.md"]
FOREIGN = ["README.md", "LICENSE", ".github/ci.yml"]
TEXTS = st.one_of(st.integers(0, 9999).map(lambda number: b"text %d\n" % number), st.binary(max_size=60))
"""Contents: some often the same, some any bytes at all."""

_ACTS = frozenset(
    {
        "open",
        "os.rename",
        "os.remove",
        "os.mkdir",
        "os.rmdir",
        "os.symlink",
        "os.chmod",
        "subprocess.Popen",
        "ctypes.dlsym",
    }
)
"""What the interpreter tells of (sys.addaudithook) that changes something or starts something."""
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Survival(History):
    """What people, agents and the machine do to a backup; what was synced is never lost."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Place.make(self.root, self.scanner)
        self.there = self.root / "there.git"
        self.synced: dict[str, Tree] = {}
        """Id of a run to the tree that it was told to have backed up."""
        self.by_hand: dict[str, set[bytes]] = {}
        """What people wrote over files of the tree in the backup's own folder."""
        self.committed: set[str] = set()
        """Content ids that people committed, here or on the remote."""
        self.notes: dict[str, bytes] = {}
        self.conflict = False
        self.before_restore: Tree | None = None

    # ---- what happens

    @initialize()
    def begin(self) -> None:
        for name in OWNED[:4]:
            self.place.write(name, f"first {name}\n")
        self.sync(push=False)
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", str(self.there)], check=True)
        self.place.git("remote", "add", "origin", str(self.there))

    @rule(name=st.sampled_from(OWNED), data=TEXTS, mode=st.sampled_from([0o644, 0o644, 0o600, 0o755]))
    def edited(self, name: str, data: bytes, mode: int) -> None:
        path = self.place.source / name
        for parent in [*path.parents][:-1]:
            if parent.is_symlink() or parent.is_file():
                parent.unlink()
                break
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)
        self.place.write(name, data, mode)
        self.before_restore = None

    @rule(name=st.sampled_from(["context", *OWNED[1:]]))
    def deleted(self, name: str) -> None:
        path = self.place.source / name
        with contextlib.suppress(OSError):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        self.before_restore = None

    @rule(name=st.sampled_from(["context/a.md", "context/deep", "misc/data"]))
    def becomes_a_link(self, name: str) -> None:
        self.deleted(name)
        path = self.place.source / name
        if path.parent.is_dir():
            path.symlink_to("../AGENTS.md")

    @rule(push=st.booleans())
    def sync(self, push: bool) -> None:
        before = read_tree(self.place.source)
        run = self.place.inside("sync", *(["--push"] if push and self.there.exists() else []))
        self._judged(run, before)

    @rule(acts=st.integers(1, 70), git_too=st.booleans(), push=st.booleans())
    def killed_sync(self, acts: int, git_too: bool, push: bool) -> None:
        """The run after a kill needs no person, whatever the kill left."""
        self._killed(acts, git_too, ["sync", *(["--push"] if push else [])])
        if not push:
            self.sync(push=False)

    @precondition(lambda self: self.synced)
    @rule(number=st.integers(0, 50), acts=st.integers(0, 90), what=st.sampled_from(["", "context", "AGENTS.md"]))
    def restored(self, number: int, acts: int, what: str) -> None:
        """Any earlier backup, or one path of it, into the source; killed on the way now and then."""
        run_id = sorted(self.synced)[number % len(self.synced)]
        wanted = self.synced[run_id]
        if what and not any(path == what.encode() or path.startswith(what.encode() + b"/") for path in wanted):
            return
        self._whole_ref()
        words = ["restore", "--yes", *([what] if what else []), "--at", self._commits()[run_id]]
        before = read_tree(self.place.source)
        if acts > 60:
            self._killed(acts - 60, True, words)
        run = self.place.inside(*words)
        if run.code == 3:
            assert "link" in run.words, run
            self.before_restore = None
            return
        assert run.code == 0, run
        now = read_tree(self.place.source)
        for path, thing in wanted.items():
            if not what or path == what.encode() or path.startswith(what.encode() + b"/"):
                assert now.get(path) == thing, (path, run_id)
        self.before_restore = before if run.outcome == "changed" and acts <= 60 else None

    @precondition(lambda self: self.before_restore is not None)
    @rule()
    def taken_back(self) -> None:
        run = self.place.inside("restore", "--undo")
        assert run.code == 0, run
        assert read_tree(self.place.source) == self.before_restore
        self.before_restore = None

    @rule(name=st.sampled_from(OWNED), data=TEXTS)
    def edited_in_the_backup(self, name: str, data: bytes) -> None:
        """A person edits a file of the tree in the wrong place."""
        path = self.place.backup / name
        if (
            not path.parent.is_dir()
            or path.is_dir()
            or path.is_symlink()
            or not path.parent.resolve().is_relative_to(self.place.backup)
        ):
            return
        if not path.exists() and not self._owned(name):
            return  # beside the tree it is a foreign file, which stays: not what this rule is about
        if path.exists():
            self.by_hand.get(name, set()).discard(path.read_bytes())  # the person's own choice
        path.write_bytes(data)
        self.by_hand.setdefault(name, set()).add(data)

    def _owned(self, name: str) -> bool:
        return bool(self.place.git("ls-tree", "main", "--", name, accept=(0, 128)))

    @rule(data=TEXTS)
    def note_in_the_backup(self, data: bytes) -> None:
        (self.place.backup / "notes.txt").write_bytes(data)
        self.notes["notes.txt"] = data

    @rule(name=st.sampled_from(["by-hand.txt", *OWNED[:3]]), data=TEXTS)
    def committed_in_the_backup(self, name: str, data: bytes) -> None:
        """A person commits there; git itself may refuse, after a kill."""
        path = self.place.backup / name
        if not path.parent.is_dir() or path.is_symlink() or path.is_dir():
            return
        if path.exists() and name in OWNED:
            self.by_hand.get(name, set()).discard(path.read_bytes())
        path.write_bytes(data)
        if name in OWNED:
            self.by_hand.setdefault(name, set()).add(data)
        blob = self.place.git("hash-object", "--no-filters", str(path)).decode().strip()
        add = self.place.git("add", "-f", "--", name, accept=(0, 128))
        del add
        before = self.place.head
        self.place.git("commit", "-q", "-m", "by hand", accept=(0, 1, 128))
        if self.place.head != before and blob in self.place.git("ls-tree", "-r", "HEAD").decode():
            self.committed.add(blob)

    @rule(name=st.sampled_from([*FOREIGN, *FOREIGN, *OWNED[:2]]), data=TEXTS)
    def pushed_by_others(self, name: str, data: bytes) -> None:
        """Somebody else commits on the remote."""
        old = self._there("rev-parse", "--verify", "--quiet", "main", accept=(0, 1))
        if not old:
            return
        blob = self._there("hash-object", "-w", "--stdin", stdin=data)
        index = {"GIT_INDEX_FILE": str(self.root / "index")}
        self._there("read-tree", old, environ=index)
        self._there("update-index", "--add", "--replace", "--cacheinfo", f"100644,{blob},{name}", environ=index)
        tree = self._there("write-tree", environ=index)
        self._there("update-ref", "refs/heads/main", self._there("commit-tree", tree, "-p", old, "-m", "theirs"))
        self.committed.add(blob)

    @precondition(lambda self: self.conflict)
    @rule(side=st.sampled_from(["source", "remote"]))
    def chosen(self, side: str) -> None:
        """A person ends a conflict; the source follows if theirs is taken."""
        self._whole_ref()
        run = self.place.inside("recover", "--take", side)
        if run.code == 4 and "no conflict" in run.words:
            self.conflict = False  # it ended by itself: the others took it back
            return
        assert run.code == 0 or (side == "remote" and run.code == 3 and "link" in run.words), run
        self.conflict = run.code != 0
        self.before_restore = None

    @rule()
    def mended(self) -> None:
        run = self.place.inside("recover")
        assert run.code == 0, run

    # ---- what must hold

    def _judged(self, run: Result, before: Tree) -> None:
        """A sync's answer, and what the model keeps of it."""
        assert run.code in (0, 4), run
        self.conflict = run.code == 4
        if commit := run.json.get("commit"):
            run_id = self.place.git("log", "-1", "--format=%(trailers:key=Autosync-Run,valueonly)", commit).decode()
            if run.json["outcome"] in ("changed", "incomplete") and (run_id := run_id.strip()):
                self.synced.setdefault(run_id, before)

    def _whole_ref(self) -> None:
        """A kill may have left something to finish, which the next sync does: as the next trigger would."""
        self.sync(push=False)

    def _killed(self, acts: int, git_too: bool, words: list[str]) -> None:
        child = os.fork()
        if child == 0:
            os.setsid()
            left = acts

            def count(event: str, arguments: tuple[object, ...]) -> None:
                nonlocal left
                if event not in _ACTS or (
                    event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITES)
                ):
                    return
                left -= 1
                if left == 0:
                    for pid in _below(os.getpid()) if git_too else []:
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(count)
            with contextlib.suppress(BaseException):
                self.place.inside(*words)
            os._exit(0)
        os.waitpid(child, 0)
        _wait_until_idle(self.place)

    def teardown(self) -> None:
        try:
            if self.synced:
                self._ends_well()
        finally:
            shutil.rmtree(self.root, ignore_errors=True)

    def _ends_well(self) -> None:
        self.sync(push=True)
        if self.conflict:
            self.chosen("source")
            self.sync(push=True)
        assert not self.conflict
        self.place.git("fsck", "--full", "--strict")
        self._there("fsck", "--full", "--strict")
        assert not list((self.place.backup / ".git").rglob("*.lock"))
        commits = self._commits()
        for number, (run_id, wanted) in enumerate(self.synced.items()):
            assert run_id in commits, f"what run {run_id} had backed up is on no branch"
            out = self.root / f"out{number}"
            run = self.place.inside("restore", "--at", commits[run_id], "--to", str(out))
            assert run.code == 0, run
            assert read_tree(out) == wanted, run_id
            shutil.rmtree(out)
        self._all_found()

    def _all_found(self) -> None:
        """What people wrote: in a stash entry, in the history, or still where they wrote it."""
        kept = set(self.place.git("rev-list", "--objects", "--all", "--reflog").decode().split())
        theirs = set(self._there("rev-list", "--objects", "--all").split())
        assert self.committed <= kept | theirs, "what somebody committed is on no branch"
        stashed = set(
            self.place.git("rev-list", "--objects", "--walk-reflogs", "refs/stash", accept=(0, 128)).decode().split()
        )
        for name, texts in self.by_hand.items():
            for data in texts:
                blob = self.place.git("hash-object", "--no-filters", "--stdin", stdin=data).decode().strip()
                standing = self.place.backup / name
                assert blob in stashed | kept or (standing.is_file() and standing.read_bytes() == data), (name, data)
        for name, data in self.notes.items():
            assert (self.place.backup / name).read_bytes() == data, "a foreign file was touched"

    def _commits(self) -> dict[str, str]:
        """Id of a run to a commit that holds what it backed up: rebased over others' changes it has another name."""
        output = self.place.git("log", "--all", "--format=%H %(trailers:key=Autosync-Run,valueonly,separator=%x20)")
        found: dict[str, str] = {}
        for line in output.decode().splitlines():
            commit, _, run_id = line.partition(" ")
            if run_id:
                found.setdefault(run_id, commit)
        return found

    def _there(
        self, *words: str, stdin: bytes = b"", accept: tuple[int, ...] = (0,), environ: dict[str, str] | None = None
    ) -> str:
        who = {f"GIT_{who}_{what}": "them@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        done = subprocess.run(
            ["git", "--git-dir", str(self.there), *words],
            input=stdin, capture_output=True, check=False, env={"PATH": os.environ["PATH"], **who, **(environ or {})},
        )  # fmt: skip
        assert done.returncode in accept, (words, done.stderr)
        return done.stdout.decode().strip()


def _below(pid: int) -> list[int]:
    """Every process below this one."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
    return found[1:]


def _wait_until_idle(place: Place) -> None:
    """A git whose program was killed ends by itself."""
    mark = os.fsencode(place.backup)
    for _ in range(200):
        for number in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{number}/cmdline").read_bytes()
                if words.startswith(b"git\0") and mark in words:
                    break
        else:
            return
        time.sleep(0.02)
    raise AssertionError("a git of a killed run is still at work after 4 seconds")
