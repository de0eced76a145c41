"""One scene, played with a fault at a call, and everything that must be true afterwards."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.scenes import Scene, Tree, tree_of
from tests.faults.shim import Fault, Faulty, Worker
from tests.support import independent
from tests.support.place import Place, Result

_STAGED = re.compile(rb"(.*/)?\.autosync-restore-[0-9a-f]+-[0-9]+\.bak\Z")
_ASIDE = re.compile(rb"(.*\.before-restore-[0-9a-f]+\.bak)(/.*)?\Z")
_LEFT = re.compile(r"\.lock\Z|\.keep\Z|tmp_|\.tmp-|fast_import_crash|autosync-")
_FAULT = re.compile(
    # git says of some faults only which file it could not write
    r"no space|input/output error|out of diskspace|couldn't (write|set) '|unable to (create|write)|failed to write",
    re.IGNORECASE,
)


@dataclass
class Tally:
    """What a sweep did. codes: how often the faulty run ended with which exit code."""

    points: int = 0
    hit: int = 0
    codes: Counter[int] = field(default_factory=Counter)

    def __str__(self) -> str:
        codes = ", ".join(f"{code}: {number}" for code, number in sorted(self.codes.items()))
        return f"{self.points} points, {self.hit} met the fault, exit codes {codes}"


class Stage:
    """A place where one scene is played again and again, always from the same beginning."""

    def __init__(self, worker: Worker, base: Path, scene: Scene) -> None:
        self.worker, self.scene = worker, scene
        self.place = Place(base / "place")
        self._kept = base / "kept"
        self.place.home.mkdir(parents=True)
        self.place.source.mkdir()
        self.place.prepare_scanner(worker.scanner_cache)
        self.words = scene.prepare(self.place, self.run)
        self.base = self.place.head if self.place.backup.exists() else ""
        self.remote = self.place.base / "remote.git"
        self.remote_base = self._remote_head() if scene.remote else ""
        self.before = tree_of(self.place.source)
        self.place.base.rename(self._kept)
        self.again()
        good = self.play()
        assert good.result.code == 0, good.result
        self.calls = good.calls
        self.after = tree_of(self.place.source)
        self.converges("without a fault")

    def again(self) -> None:
        """Back to the beginning."""
        shutil.rmtree(self.place.base, ignore_errors=True)
        subprocess.run(["cp", "-a", self._kept, self.place.base], check=True)
        if self.base and self.scene.fresh:
            self.place.git("update-index", "-q", "--refresh", accept=(0, 1))

    def run(self, *words: str) -> Result:
        """The program without a fault."""
        return self.worker.run([*words, "--json"], self.place.environ, self.place.base).result

    def play(self, fault: Fault | None = None, at: int = 0) -> Faulty:
        """The scene's run, with a fault at a call."""
        words, scene = [*self.words, "--json"], self.scene
        where = (self.place.environ, self.place.base)
        return self.worker.run(words, *where, fault=fault, at=at, spare=scene.spare, much=scene.much)

    def point(self, fault: Fault, at: int, tally: Tally) -> None:
        """Plays one point and judges it. Raises AssertionError, naming the call."""
        self.again()
        played = self.play(fault, at)
        call = played.calls[at - 1] if at <= len(played.calls) else "after the last call"
        where = f"{self.scene.name}, {fault.name} at call {at} of {len(self.calls)} ({call})\n{played.result}"
        tally.points += 1
        tally.hit += played.fired
        tally.codes[played.result.code] += 1
        self.told(played, fault, where)
        if self.scene.again:
            self.resumed(where)
        elif self.scene.restores:
            self.restored(at, where)
        else:
            self.whole(where)
            if played.result.code == 0:
                assert independent.differences(self.place.source, self.place.backup, foreign=self.scene.foreign) == []
            self.converges(where)

    def told(self, played: Faulty, fault: Fault, where: str) -> None:
        """A killed run says nothing; one that met a fault says what failed and what to do, or did it all."""
        result = played.result
        if not played.fired:
            assert result.code == 0, where
            return
        if fault.kills and (result.code == -9 or not fault.alone):
            assert result.code == -9, where
            return
        assert result.code in (0, 1), where
        assert b"Traceback" not in result.err + result.out, where
        if result.code == 1:
            there = self.scene.remote and not self.scene.spare and "[remote rejected]" in result.words
            here = re.search(r"git [a-z-]+ failed in |not pushed" if fault.alone else _FAULT, result.words)
            assert here or there, f"it does not say what failed: {where}"
            assert result.json.get("hint") or result.json.get("next_step"), f"it does not say what to do: {where}"

    def whole(self, where: str) -> None:
        """Right after the fault: the source untouched, branch and HEAD complete, nothing of earlier syncs gone."""
        assert tree_of(self.place.source) == self.before, where
        if not (self.place.backup / ".git").exists():
            assert self.base == "", where
            return
        _fsck(self.place, self.place.backup, where)
        head = self.place.head
        assert head or not self.base, where
        if head:
            assert self.place.git("rev-parse", "HEAD").decode().strip() == head, where
            assert independent.tree(self.place.backup), where
        if self.base:
            self.place.git("merge-base", "--is-ancestor", self.base, "main")
        if self.scene.remote:
            _fsck(self.place, self.remote, where)
            there = self._remote_head()
            assert there or not self.remote_base, where
        self._precious(where)

    def converges(self, where: str) -> None:
        """One run later everything is as it should be; a second one has nothing to do."""
        sync = ["sync", "--push"] if self.scene.remote else ["sync"]
        run = self.run(*sync)
        if self.scene.remote and (locks := list(self.remote.rglob("*.lock"))):
            # It is not ours to remove a lock of a repository that others push to; a person must be told of it.
            named = run.code == 1 and any(lock.name in run.words for lock in locks)
            done = run.code == 0 and self._remote_head() == self.place.head  # nothing was left to push
            assert named or done, f"the next run\n{run}\nafter {where}"
            assert not self.scene.spare, where
            for lock in locks:
                lock.unlink()
            run = self.run(*sync)
        assert (run.code, run.outcome in ("changed", "ok")) == (0, True), f"the next run\n{run}\nafter {where}"
        place = self.place
        assert independent.differences(place.source, place.backup, foreign=self.scene.foreign) == [], where
        _fsck(place, place.backup, where)
        status = place.git("status", "--porcelain", "-z")
        assert self.scene.restores or status == self.scene.status, f"{status!r}\nafter {where}"
        refs = place.git("for-each-ref", "--format=%(refname)", "refs/autosync/incoming")
        assert refs == b"", where
        left = [path for path in (place.backup / ".git").rglob("*") if _LEFT.search(path.name)]
        assert left == [], f"{left}\nafter {where}"
        left = [p for p in place.home.rglob("*") if p.name.startswith((".new-", "scratch-")) or p.name.endswith(".new")]
        assert left == [], f"{left}\nafter {where}"
        if self.base:
            place.git("merge-base", "--is-ancestor", self.base, "main")
        if self.scene.remote:
            assert self._remote_head() == place.head, where
            _fsck(place, self.remote, where)
            assert not list(self.remote.rglob("*.lock")), where
        self._precious(where)
        if not self.scene.precious:
            assert place.git("stash", "list") == b"", where
        again = self.run(*sync)
        assert (again.code, again.outcome) == (0, "ok"), f"the run after the next\n{again}\nafter {where}"

    def resumed(self, where: str) -> None:
        """After a stopped bootstrap: every file whole; the same words end it, and nothing lies outside its places."""
        self._each_whole(tree_of(self.place.source), where)
        if (self.place.backup / ".git").exists():
            _fsck(self.place, self.place.backup, where)
        run = self.run(*self.words)
        assert run.code == 0, f"the next run\n{run}\nafter {where}"
        assert tree_of(self.place.source) == self.after, where
        assert {path.name for path in self.place.base.iterdir()} <= {"home", "source", "backup", "remote.git"}, where
        assert {path.name for path in self.place.home.iterdir()} <= {".config", ".local"}, where
        self.converges(where)

    def restored(self, at: int, where: str) -> None:
        """After a stopped restore: every file whole, nothing of the user's lost; a second restore, or an undo, ends it."""
        now = tree_of(self.place.source)
        self._each_whole(now, where)
        self._nothing_lost(now, where)
        _fsck(self.place, self.place.backup, where)
        assert self.place.head == self.base, where
        if at % 2 or self.words[-1] == "--undo" or now == self.before:
            run, wanted = self.run(*self.words), self.after
        else:
            run, wanted = self.run("restore", "--undo"), self.before
        if self.words[-1] == "--undo" and run.code == 2:  # the stopped one had come to its end
            assert _shown(now) == _shown(wanted), where
            assert "every restore has been taken back already" in run.words, f"the next run\n{run}\nafter {where}"
        else:
            assert run.code == 0, f"the next run\n{run}\nafter {where}"
        end = tree_of(self.place.source)
        assert _shown(end) == _shown(wanted), where
        self._nothing_lost(end, where)
        self.converges(where)

    def _each_whole(self, now: Tree, where: str) -> None:
        """Each path has what stood there or what was to stand there; never a part, never nothing."""
        for path in now.keys() | self.before.keys():
            if _STAGED.match(path) or _ASIDE.match(path):
                continue
            # A folder is made closed and opened at the end.
            allowed = [tree[path][::2] if path in tree else None for tree in (self.before, self.after)]
            thing = now[path][::2] if path in now else None
            aside = any(_ASIDE.match(other) and other.startswith(path) for other in now)
            assert thing in allowed or (thing is None and aside), f"{path!r} is {now.get(path)}\n{where}"

    def _nothing_lost(self, now: Tree, where: str) -> None:
        """All bytes that stood in the source before are in it still, or in a commit that a ref names."""
        here = {data for _, _, data in now.values()}
        gone = {data for kind, _, data in self.before.values() if kind != "d" and data not in here}
        if gone:
            listed = self.place.git("rev-list", "--all", "--objects").split(b"\n")
            kept = {line.split(b" ")[0].decode() for line in listed if line}
            assert {independent.blob_id(data) for data in gone} <= kept, f"bytes of the user's are gone\n{where}"

    def _precious(self, where: str) -> None:
        """What a person wrote in the backup's work tree stands there or in the stash (or still in git's index)."""
        for data in self.scene.precious:
            wanted = independent.blob_id(data)
            files = (path for path in self.place.backup.rglob("*") if path.is_file() and ".git" not in path.parts)
            if any(path.read_bytes() == data for path in files):
                continue
            index = self.place.git("ls-files", "--stage")
            stash = self.place.git("rev-list", "--objects", "--all", "--reflog").decode()
            assert wanted in stash or wanted.encode() in index, f"{data!r} is gone\n{where}"

    def _remote_head(self) -> str:
        words = ("rev-parse", "--verify", "--quiet", "refs/heads/main")
        return self.place.git(*words, accept=(0, 1), repository=self.remote).decode().strip()


def _shown(tree: Tree) -> Tree:
    """A tree without what restores set aside in it."""
    return {path: thing for path, thing in tree.items() if not _ASIDE.match(path)}


def _fsck(place: Place, repository: Path, where: str) -> None:
    try:
        place.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress", repository=repository)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{where}") from None
