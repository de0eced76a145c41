"""Much is stored as packs that were made while it was judged: the same commit as ever, or none."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.backup import checkout, packs
from autosync_tasks.backup import commit as commits
from autosync_tasks.backup.objects import object_id
from autosync_tasks.backup.packs import Pack, taken
from autosync_tasks.backup.repository import Repository
from autosync_tasks.errors import BackupError
from autosync_tasks.linux import second
from autosync_tasks.plan import judge, shared
from tests.support.machine import TOKEN
from tests.support.on_two_cores import alternating
from tests.support.place import Place, Result

pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
"""The workers of the tests have threads, none of which the second process waits for."""


def tree(place: Place) -> None:
    for number in range(30):
        place.write(f"context/topic{number // 7}/note{number}.md", f"words {number}\n" * (number * 7 % 31))
    place.write("context/same/a.md", "the same\n")
    place.write("context/zzz/b.md", "the same\n")
    place.write("bin/run", "#!/bin/sh\n", 0o755)
    (place.source / "link").symlink_to("context")


def stored(place: Place) -> int:
    return len(list((place.backup / ".git/objects/pack").glob("*.pack")))


def listed(place: Place) -> list[bytes]:
    return place.git("ls-tree", "-r", "HEAD", "--", "context", "bin", "link").splitlines()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small trees are stored so as well, and judged by two processes, however many cores there are."""
    monkeypatch.setattr(judge, "FOR_TWO", 1)
    monkeypatch.setattr(second, "possible", lambda: True)
    monkeypatch.setattr(shared, "turns", alternating)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    made = Place.make(workshop, scanner_cache)
    tree(made)
    return made


@pytest.fixture
def plain(workshop: Path, scanner_cache: Path, one_scanner: None) -> list[bytes]:
    """What a backup of the same tree lists that was made without packs of ours."""
    other = Place.make(workshop / "other", scanner_cache)
    tree(other)
    assert other.inside().code == 0
    assert stored(other) == 1
    return listed(other)


def test_the_commit_holds_what_it_holds_without_them(place: Place, plain: list[bytes], small: None) -> None:
    assert place.inside().code == 0
    assert stored(place) == 3, "one for each half, and one for folders, manifest and commit"
    assert listed(place) == plain
    assert len(plain) >= 33
    place.git("fsck", "--strict", "--full")
    counted = dict(line.split(b": ") for line in place.git("count-objects", "-v").splitlines())
    objects = place.git("rev-list", "--all", "--objects").splitlines()
    assert int(counted[b"in-pack"]) == len(objects), "what two files have alike, one in each half, is stored once"
    place.write("context/topic0/note0.md", "new words\n")
    (place.source / "context/topic1/note8.md").unlink()
    assert place.inside().outcome == "changed"
    assert place.inside().outcome == "ok"
    place.git("fsck", "--strict", "--full")


def _without_isal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "isal", None)
    monkeypatch.setitem(sys.modules, "isal.isal_zlib", None)
    packs._compress.cache_clear()


def _without_a_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "possible", lambda: False)


def _where_one_is_too_quick_for_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    here = os.getpid()
    monkeypatch.setattr(shared, "turns", lambda _, number: (n for n in range(number) if os.getpid() == here))


def _whose_second_process_ends_early(monkeypatch: pytest.MonkeyPatch) -> None:
    here, told = os.getpid(), shared._told

    def ends(*answer: Any) -> bytes:
        if os.getpid() != here:
            os._exit(1)
        return told(*answer)

    monkeypatch.setattr(shared, "_told", ends)


def _that_has_no_memory_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> int:
        raise OSError(38, f"Function not implemented: {name}")

    monkeypatch.setattr(shared, "memory_file", refuse)


def _whose_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Pack, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Pack, "add", full)


def _that_keeps_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_KEPT", 100)


def _with_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "available", lambda: 400)


def _whose_compression_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(data: bytes, level: int) -> bytes:
        raise MemoryError(len(data), level)

    monkeypatch.setattr(packs, "_compress", lambda: fails)


@pytest.mark.parametrize(
    ("how", "stores"),
    [
        *((one, 3) for one in (_without_isal, _without_a_second_process, _whose_second_process_ends_early)),
        (_where_one_is_too_quick_for_the_other, 2),
        *((one, 1) for one in (_that_has_no_memory_file, _whose_memory_is_full, _that_keeps_no_more)),
        *((one, 1) for one in (_with_little_memory, _whose_compression_fails)),
    ],
)
def test_the_same_on_a_machine(
    how: Callable[[pytest.MonkeyPatch], None],
    stores: int,
    place: Place,
    plain: list[bytes],
    small: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """stores: packs; one where the files are read once more."""
    with monkeypatch.context() as machine:
        how(machine)
        assert place.inside().code == 0
    packs._compress.cache_clear()
    assert stored(place) == stores
    assert listed(place) == plain
    place.git("fsck", "--strict", "--full")


def nothing_moved_and_the_next_mends(place: Place, run: Result, words: str) -> None:
    assert run.code == 1, run
    assert words in run.words
    assert not place.head
    assert place.inside().code == 0
    place.git("fsck", "--strict", "--full")


def test_a_pack_with_a_flipped_bit_is_in_no_commit(place: Place, small: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = Pack.pieces

    def spoilt(self: Pack) -> Iterator[bytes]:
        for number, piece in enumerate(pieces(self)):
            yield piece if number or not self.whole else piece[:300] + bytes([piece[300] ^ 1]) + piece[301:]

    with monkeypatch.context() as spoiling:
        spoiling.setattr(Pack, "pieces", spoilt)
        run = place.inside()
    nothing_moved_and_the_next_mends(place, run, "git index-pack failed")


def test_what_was_judged_is_stored_and_not_what_was_written_since(
    place: Place, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    storing = packs.storing

    def late(*known: Any) -> Callable[[], packs.Stored] | None:
        place.write("context/topic1/note9.md", "written after it was judged\n")
        return storing(*known)

    with monkeypatch.context() as writing:
        writing.setattr(packs, "storing", late)
        run = place.inside()
    assert run.code == 0, run
    assert "context/topic1/note9.md changed since it was observed" in run.words
    assert place.git("show", "HEAD:context/topic1/note9.md") == b"words 9\n"
    assert place.inside().outcome == "changed"
    assert place.git("show", "HEAD:context/topic1/note9.md") == b"written after it was judged\n"


def test_nothing_of_a_file_that_blocks_is_in_the_store(place: Place, small: None) -> None:
    secret = f"key: {base64.b64decode(TOKEN).decode()}\n"
    place.write("context/key.md", secret)
    run = place.inside()
    assert run.code == 3, run
    assert not (place.backup / ".git").exists()
    place.more["QUARANTINE"] = "true"
    run = place.inside()
    assert "1 change in quarantine" in run.words
    assert len(listed(place)) >= 33
    blob = object_id("blob", secret.encode())
    known = subprocess.run(["git", "-C", str(place.backup), "cat-file", "-e", blob], check=False, capture_output=True)
    assert known.returncode != 0


@pytest.mark.parametrize("two", [True, False])
def test_where_a_disk_takes_no_links_the_other_files_of_the_work_tree_are_there(
    two: bool, place: Place, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place.source / "a-link").symlink_to("context")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as fat:
        fat.setattr(os, "symlink", refuse)
        fat.setattr(checkout, "FOR_TWO", 2 if two else 1000)
        run = place.inside()
    assert "a-link: operation not permitted" in run.words
    assert {path.name for path in place.backup.rglob("*.md")} == {path.name for path in place.source.rglob("*.md")}
    run = place.inside()
    assert run.code == 0, run
    assert os.readlink(place.backup / "a-link") == "context"


def test_a_gc_of_somebody_takes_nothing_that_no_commit_names_yet(
    place: Place, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_trees = commits._own_trees

    def meanwhile(*known: Any) -> object:
        place.git("gc", "--prune=now", "--quiet")
        return own_trees(*known)

    with monkeypatch.context() as tidying:
        tidying.setattr(commits, "_own_trees", meanwhile)
        run = place.inside()
    assert run.code == 0, run
    assert not list((place.backup / ".git/objects/pack").glob("*.keep"))
    place.git("gc", "--prune=now", "--quiet")
    assert stored(place) == 1
    place.git("fsck", "--strict", "--full")


def test_what_goes_from_the_store_before_the_branch_moves_is_missed(
    place: Place, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_by_git = commits._listed

    def meanwhile(repository: Repository, new: str) -> bytes:
        found = listed_by_git(repository, new)
        for file in (place.backup / ".git/objects/pack").glob("*.pack"):
            if file.with_suffix(".keep").read_text() == "autosync\n":
                file.unlink()
                break
        return found

    with monkeypatch.context() as taking:
        taking.setattr(commits, "_listed", meanwhile)
        run = place.inside()
    nothing_moved_and_the_next_mends(place, run, "git did not store every file of the plan")


def test_what_moves_is_not_stored_once_more(place: Place, small: None) -> None:
    place.write("context/large/a.bin", random.Random(1).randbytes(300_000))
    place.write("context/large/b.bin", random.Random(2).randbytes(300_000))
    assert place.inside().code == 0
    (place.source / "context/moved").mkdir()
    (place.source / "context/large/b.bin").rename(place.source / "context/moved/b.bin")
    assert place.inside().outcome == "changed"
    store = place.backup / ".git/objects/pack"
    assert sum(file.stat().st_size for file in store.iterdir()) < 700_000
    place.git("fsck", "--strict", "--full")


def test_a_work_tree_is_written_where_no_second_process_can_be_started(
    place: Place, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(checkout, "FOR_TWO", 2)
    with monkeypatch.context() as full:
        full.setattr(os, "fork", refuse)
        run = place.inside()
    assert run.code == 0, run
    assert "could not be brought" not in run.words
    assert place.git("status", "--porcelain") == b""


def test_git_finds_in_a_pack_what_was_put_into_it(workshop: Path) -> None:
    repository = Repository(str(workshop / "backup"), "main")
    repository.create()
    dice = random.Random(7)
    sizes = (0, 1, 15, 16, 17, 2047, 2048, 2049, 70_000, 300_000)
    datas = [dice.randbytes(size // 2) + b"a" * (size - size // 2) for size in sizes]
    pack = Pack(io.BytesIO())
    for data in [*datas, datas[3]]:
        pack.add("blob", object_id("blob", data), data)
    pack.seal()
    with taken(repository, [pack, Pack(io.BytesIO())]) as files:
        assert all(map(os.path.getsize, files))
    assert [repository.blob(object_id("blob", data)) for data in datas] == datas
    assert len(pack.ids) == len(sizes)


def test_a_pack_that_is_not_whole_is_refused(workshop: Path) -> None:
    repository = Repository(str(workshop / "backup"), "main")
    repository.create()
    pack = Pack(io.BytesIO())
    pack.add("blob", hashlib.sha1(b"blob 1\0x").hexdigest(), b"x")
    with pytest.raises(BackupError, match="index-pack failed"), taken(repository, [pack]):
        pass
    pack.clear()
    pack.add("blob", hashlib.sha1(b"blob 1\0y").hexdigest(), b"y")
    pack.seal()
    with taken(repository, [pack]):
        pass
    assert repository.blob(hashlib.sha1(b"blob 1\0y").hexdigest()) == b"y"
