"""The gate on two cores: the same findings in the same order as on one, whatever becomes of the second process."""

from __future__ import annotations

import base64
import os
import pickle
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from autosync_tasks.linux import second
from autosync_tasks.model import Entry, Finding, Kind, LeftOut
from autosync_tasks.plan import judge, shared
from autosync_tasks.plan.compare import look
from autosync_tasks.tree.content import Reader
from autosync_tasks.tree.observe import observe
from autosync_tasks.tree.walk import Facts
from autosync_tasks.workspace.workspace import open_site
from tests.support.machine import TOKEN
from tests.support.on_two_cores import counted_forks
from tests.support.place import Place

SECRET = base64.b64decode(TOKEN).decode()
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
"""The workers of the tests have threads, none of which the second process waits for."""


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def faulty(place: Place) -> None:
    """A tree with findings of most kinds, of both processes, and of several paths at once."""
    for number in range(40):
        folder = f"context/topic{number // 5}"
        place.write(f"{folder}/note{number:02}.md", f"Words of the file {number}.\n" * (number + 1))
        if number % 7 == 3:
            place.write(f"{folder}/key{number}.md", f"line\nkey: {SECRET} and words {number}\n")
        if number % 9 == 1:
            place.write(f"bin/tool{number}", f"#!/bin/sh\nif {number}\n", 0o755)
            place.write(f"{folder}/ALIKE{number}.md", "one\n")
            place.write(f"{folder}/alike{number}.md", "two\n")
    place.write("opencode.json", '{"model": }\n')
    place.write("agent/broken.md", "---\nmode: [\n---\nwords\n")
    place.write("zzz/empty.md", "")
    time.sleep(0.1)


Result = tuple[tuple[Finding, ...], list[tuple[bytes, LeftOut]]]


def judged(place: Place, spoil: tuple[str, ...] = ()) -> Result:
    """What is found in all files of the tree, and what is lost. spoil: files written to after they were hashed."""
    with look(open_site(place.environ)) as seen:
        puts = {path: entry for path, entry in seen.observation.manifest.items() if entry.kind is not Kind.FOLDER}
        for name in spoil:
            place.write(name, "something else\n")
        lost: dict[bytes, LeftOut] = {}
        found = judge.judge_puts(seen, puts, [b"context"], lost, check=False, by_hand=True)
    return found, list(lost.items())


SPOILT = ("context/topic1/note07.md", "context/topic7/note36.md")


@pytest.fixture
def of_one(place: Place) -> Result:
    faulty(place)
    found, lost = judged(place, SPOILT)
    codes = {finding.code for finding in found}
    assert {"SEC001", "JSN001"} <= codes, codes
    assert len(codes) > 3, codes
    assert [path for path, _ in lost] == [name.encode() for name in SPOILT]
    faulty(place)
    return found, lost


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Small trees are judged by two as well, however many cores there are; the processes that were started."""
    monkeypatch.setattr(judge, "FOR_TWO", 1)
    return counted_forks(monkeypatch)


def test_two_find_what_one_finds_in_the_same_order(place: Place, of_one: Result, two: list[int]) -> None:
    assert judged(place, SPOILT) == of_one
    assert len(two) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(two[0], os.WNOHANG)


@pytest.mark.parametrize(("compiled", "size", "many"), [(True, 250_000, 1), (True, 150_000, 0), (False, 250_000, 0)])
def test_two_sieve_what_takes_longer_than_a_second_takes_to_begin(
    place: Place, two: list[int], monkeypatch: pytest.MonkeyPatch, compiled: bool, size: int, many: int
) -> None:
    monkeypatch.setattr(judge, "FOR_TWO", 4_000_000)
    monkeypatch.setattr(judge, "compiled", lambda _: compiled)
    for number in range(10):
        place.write(f"context/{number}.md", "word " * (size // 50))
    found, lost = judged(place, ())
    assert (found, lost, len(two)) == ((), [], many)


def test_what_can_be_read_is_judged_where_the_rest_cannot(place: Place, two: list[int]) -> None:
    place.write("context/a.md", f"key: {SECRET}\n" + "words\n" * 99)
    place.write("context/b.md", "words\n" * 999)
    with look(open_site(place.environ)) as seen:
        puts = {path: entry for path, entry in seen.observation.manifest.items() if entry.kind is not Kind.FOLDER}
        place.write("context/b.md", "something else\n")
        lost: dict[bytes, LeftOut] = {}
        found = judge.judge_puts(seen, puts, [], lost, check=False, by_hand=True)
    assert ([finding.code for finding in found], [*lost]) == (["SEC001"], [b"context/b.md"])
    assert len(two) == 1


def _killed(*_: object) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _fails(*_: object) -> bytes:
    raise RuntimeError


@pytest.mark.parametrize("end", [_killed, _fails])
def test_what_a_second_process_that_ends_early_had_is_judged_here(
    end: Callable[..., bytes], place: Place, of_one: Result, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pickle, "dumps", end)
    assert judged(place, SPOILT) == of_one
    assert len(two) == 1


def _not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "possible", lambda: False)


def _no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refuse)


@pytest.mark.parametrize("hinder", [_not_possible, _no_room])
def test_without_a_second_process_one_judges(
    hinder: Callable[[pytest.MonkeyPatch], None],
    place: Place,
    of_one: Result,
    two: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hinder(monkeypatch)
    assert judged(place, SPOILT) == of_one
    assert two == []


@pytest.mark.parametrize(("cores", "threads", "may"), [(2, 1, True), (1, 1, False), (2, 2, False)])
def test_where_there_may_be_a_second_process(
    cores: int, threads: int, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    monkeypatch.setattr(os, "listdir", lambda where: ["1"] * threads if where == "/proc/self/task" else [])
    assert second.possible() is may


def _waits(tell: int = -1) -> bytes:
    if tell >= 0:
        os.write(tell, b"%d\n" % os.getpid())
    time.sleep(60)
    return b""


def test_a_block_that_is_left_ends_the_second_process(two: list[int]) -> None:
    with pytest.raises(KeyboardInterrupt), second.second(_waits):
        raise KeyboardInterrupt
    assert len(two) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(two[0], os.WNOHANG)


def test_a_signal_at_the_fork_leads_no_copy_out_of_its_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Ctrl-C goes to both: a copy that went on with what this process was about would end it twice."""
    fork, out, copies = os.fork, tmp_path / "out", list[int]()

    def hit() -> int:
        copies.append(fork())
        signal.raise_signal(signal.SIGINT)  # to this thread: another of the test's workers would take it at any time
        return copies[-1]

    monkeypatch.setattr(os, "fork", hit)
    here = os.getpid()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a test before this one may have set another
    try:
        with second.second(lambda: b"done"):
            pytest.fail("the signal is for this process too")
    except KeyboardInterrupt:
        with out.open("a") as file:
            file.write("out\n")
        if os.getpid() != here:
            os._exit(0)
    finally:
        signal.signal(signal.SIGINT, before)
    with suppress(ChildProcessError):
        os.waitpid(copies[0], 0)
    assert out.read_text() == "out\n"
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


def test_a_second_process_ends_with_the_first() -> None:
    """It holds the lock too: the next run would wait for it."""
    ready, tell = os.pipe()
    first = os.fork()
    if not first:
        with second.second(lambda: _waits(tell)):
            signal.pause()
    try:
        pid = int(os.read(ready, 99))
        os.kill(first, signal.SIGKILL)
        os.waitpid(first, 0)
        until = time.monotonic() + 5
        while _runs(pid) and time.monotonic() < until:
            time.sleep(0.01)
        assert not _runs(pid)
    finally:
        os.close(ready)
        os.close(tell)


def _runs(pid: int) -> bool:
    """Whether a process is there, and not only to be waited for by whoever inherited it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ((), []),
        ((9_999_999,), [1]),
        ((1000,) * 10, [1] * 10),
        ((0,) * 640, [10] * 64),
        ((9_999_999, *(0,) * 99), [22, 78]),
        ((*(0,) * 99, 9_999_999), [77, 22, 1]),
    ],
)
def test_the_parts_are_of_about_the_same_work_and_leave_nothing_out(sizes: tuple[int, ...], lengths: list[int]) -> None:
    puts = [(b"%03d" % number, Entry(Kind.FILE, 0o644, size, "")) for number, size in enumerate(sizes)]
    parts = shared.parts(puts)
    assert [one for part in parts for one in part] == puts
    assert [len(part) for part in parts] == lengths


def test_of_two_processes_each_gets_what_the_other_has_not() -> None:
    """However fast each of them is; and one alone gets all."""
    with ExitStack() as stack:
        numbers = shared.turns(stack, 200)
        first = [next(numbers) for _ in range(3)]
        with second.second(lambda: bytes(next(numbers) for _ in range(90))) as wait:
            others = [*(wait() or b"")]
        assert len(others) == 90
        assert sorted([*first, *others, *numbers]) == [*range(200)]


def test_a_file_that_nobody_judged_blocks(place: Place, two: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever loses one on the way: this is asked of the result, not of how it came about."""
    faulty(place)
    first = "agent/broken.md"
    monkeypatch.setattr(shared.Shared, "_mine", lambda _: iter(()))
    monkeypatch.setattr(shared, "judged_apart", lambda subjects, known: ([one.path for one in subjects][1:], []))
    found, _ = judged(place)
    assert [one.path.decode() for one in found if one.code == "INT001"] == [first]
    monkeypatch.setattr(judge, "FOR_TWO", 1 << 40)
    monkeypatch.setattr(judge, "read_again", lambda *_: iter(()))
    found, _ = judged(place)
    assert len([one for one in found if one.code == "INT001"]) > 40, "all of them"


def test_another_process_reads_the_tree_while_the_scanner_is_loaded(
    place: Place, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty(place)
    place.write("context/fresh.md", "its next change might not show\n")
    fresh = (place.source / "context/fresh.md").stat().st_ino
    monkeypatch.setattr(Facts, "settled", lambda self, _: self.inode != fresh)  # however slow this machine is
    monkeypatch.setattr(judge, "sieves", lambda *_: False)
    with look(open_site(place.environ)) as seen:
        alone = observe(seen.root, seen.scan, {})
        assert b"context/fresh.md" in alone.unsettled
        judge.load_ahead(seen)
        real = Reader.read
        opened = list[bytes]()

        def read(self: Reader, path: bytes, known: bytes) -> tuple[bytes, int]:
            opened.append(path)
            return real(self, path, known)

        monkeypatch.setattr(Reader, "read", read)
        assert seen.observation.manifest == alone.manifest
        assert seen.observation.left_out == alone.left_out
    assert set(opened) == set(alone.unsettled)
    assert len(two) == 1


@pytest.mark.parametrize("end", [_killed, _fails])
def test_what_another_process_did_not_read_is_read_here(
    end: Callable[..., bytes], place: Place, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty(place)
    monkeypatch.setattr(judge, "sieves", lambda *_: False)
    monkeypatch.setattr(judge, "ids_of", end)
    with look(open_site(place.environ)) as seen:
        judge.load_ahead(seen)
        assert seen.read == {}
        assert seen.observation.manifest == observe(seen.root, seen.scan, {}).manifest
    assert len(two) == 1
