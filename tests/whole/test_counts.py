"""Counts, which are free of noise: processes, system calls, modules, what is on the disk when, and peak memory."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.plan.compare import look
from autosync_tasks.workspace.workspace import open_site
from tests.support.forks import CHECKOUT
from tests.support.place import Place, program
from tests.support.trace import traced

HEAVY = {
    "git",
    "kingfisher_sdk",
    "rich",
    "jsonschema",
    "yaml",
    "inotify_simple",
    "pathspec",
    "tomlkit",
    "platformdirs",
} | {
    *("invoke", "dataclasses", "inspect", "subprocess", "tempfile", "tomllib", "logging", "datetime", "ctypes"),
}
FIRST_SYNC_KB, IDLE_KB = 150_000, 60_000


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def many(place: Place, count: int, size: int = 200) -> None:
    """A tree of so many small files of about `size` bytes, twenty to a folder."""
    line = b"A sentence of no meaning, number %d, in a file of the config tree.\n"
    for number in range(count):
        text = b"".join(line % (number * 1000 + row) for row in range(max(1, size // 66)))
        place.write(f"context/topic{number // 20:03}/note{number:05}.md", text)
    time.sleep(0.1)  # what was read within 50 ms of its last change is read again, rightly


def _commands(calls: list[str]) -> list[str]:
    """The programs that were started, git with the name of its command."""
    found = []
    for call in calls:
        match = re.match(r'execve\("([^"]*)", \[(.*?)\], .*= 0$', call)
        if match:
            words = re.findall(r'"((?:[^"\\]|\\.)*)"', match[2])
            name = os.path.basename(match[1])
            if name == "git":
                name = "git " + next(word for word in words[1:] if not word.startswith("-"))
            found.append(name)
    return found


def test_nothing_to_do_starts_no_process_and_looks_once_at_each_path(place: Place) -> None:
    many(place, 400)
    assert place.inside().code == 0
    assert place.inside().outcome == "ok"
    run, calls = traced(place, "execve,fork,vfork,clone,clone3,newfstatat,statx,lstat,openat", "sync")
    assert (run.code, "nothing to do" in run.words) == (0, True), run
    assert len(_commands(calls)) == 1, "only the program itself"
    assert [call for call in calls if call.startswith(("fork", "vfork", "clone"))] == []
    source = f"<{place.source}"
    looks = [call for call in calls if source in call and call.startswith(("newfstatat", "statx", "lstat"))]
    files = [call for call in calls if call.startswith("openat") and source in call and "O_DIRECTORY" not in call]
    assert 400 <= len(looks) <= 400 * 1.2, len(looks)
    assert files == [], "no file is opened when no file has changed"


def test_validation_opens_each_file_once_and_starts_one_bash_for_all_scripts(place: Place) -> None:
    many(place, 60)
    for number in range(30):
        place.write(f"bin/tool{number}", f"#!/bin/sh\necho {number}\n", 0o755)
    run, calls = traced(place, "execve,openat", "validate")
    assert run.code == 0, run
    source = f"<{place.source}"
    opened = [call for call in calls if call.startswith("openat") and source in call and "O_DIRECTORY" not in call]
    assert len(opened) == 90, len(opened)
    assert _commands(calls)[1:] == ["bash"]


class _Counted:
    """A folder's entry that counts each look at it."""

    def __init__(self, entry: os.DirEntry[str], looks: list[str]) -> None:
        self.name, self._entry, self._looks = entry.name, entry, looks

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        self._looks.append(self.name)
        return self._entry.stat(follow_symlinks=follow_symlinks)


def test_one_look_at_each_path_counted_inside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many(place, 1000)
    looks, scandir = list[str](), os.scandir

    @contextlib.contextmanager
    def counting(where: int) -> Iterator[Iterator[_Counted]]:
        with scandir(where) as found:
            yield (_Counted(entry, looks) for entry in found)

    with monkeypatch.context() as counted:
        counted.setattr("autosync_tasks.tree.walk.os.scandir", counting)
        with look(open_site(place.environ)) as seen:
            paths = seen.scan.records
    assert len(looks) == len(paths) == 1051, "1,000 files, 50 folders and the one above them"


MOST_OWN, MOST_MODULES = 9, 50
"""Modules of a sync with nothing to do: of the package (its 5 `__init__` too), and in all, Python's start included."""
MOST_OWN_WITHOUT_A_NOTE, MOST_MODULES_WITHOUT_A_NOTE = 73, 158
"""The same where no note answers it."""


_AHEAD = "from autosync_tasks.cli.ahead import practise\npractise()\nbefore = {*sys.modules}\n"


def _loaded_by_a_sync(place: Place, words: str, first: str = "before = ()\n") -> list[str]:
    """The modules of a process that synced, without those `before`. words: what it must say. first: what it does then."""
    code = (
        f"import sys\nfrom autosync_tasks.cli.program import autosync\n{first}"
        "try:\n    autosync(['autosync', 'sync'])\nexcept SystemExit as end:\n    assert not end.code\n"
        "print(*(name for name in sys.modules if name not in before), sep='\\n', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=place.environ, cwd=place.base, capture_output=True, text=True, check=True
    )
    assert words in done.stdout, done.stdout
    return done.stderr.split()


def test_nothing_to_do_loads_nothing_heavy(place: Place) -> None:
    many(place, 20)
    assert place.inside().code == 0
    assert place.inside().outcome == "ok"
    for own_modules, modules in (
        (MOST_OWN, MOST_MODULES),
        (MOST_OWN_WITHOUT_A_NOTE, MOST_MODULES_WITHOUT_A_NOTE),
    ):
        names = _loaded_by_a_sync(place, "nothing to do")
        assert {name.partition(".")[0] for name in names} & HEAVY == set()
        own = [name for name in names if name.startswith("autosync_tasks")]
        assert len(own) <= own_modules, sorted(own)
        assert len(names) <= modules, sorted(names)
        (place.home / ".local/state/autosync-tasks/still").unlink(missing_ok=True)


def test_one_changed_file_is_read_alone_and_loads_no_scanner(place: Place) -> None:
    """Three readings of it: hashed, judged, stored. Plain words need none of the scanner's rules."""
    many(place, 400)
    assert place.inside().code == 0
    place.write("context/topic000/note00000.md", "Plain words and nothing else.\n")
    time.sleep(0.1)
    run, calls = traced(place, "openat,newfstatat,statx,lstat", "sync")
    assert run.code == 0, run
    source = f"<{place.source}"
    opened = [call for call in calls if call.startswith("openat") and source in call and "O_DIRECTORY" not in call]
    assert len(opened) == 3, opened
    assert all("note00000.md" in call for call in opened)
    looks = [call for call in calls if source in call and call.startswith(("newfstatat", "statx", "lstat"))]
    assert len(looks) <= 400 * 1.2, len(looks)
    assert [call for call in calls if "kingfisher_sdk/_native" in call and call.startswith("openat")] == []


NOT_FOR_ONE_FILE = {"ast", "git.cmd", "platform", "importlib.resources", "random", "rich", "secrets", "tempfile"} | {
    *("datetime", "mmap", "string", "tomllib", "autosync_tasks.validation.rule_facts"),
}
MOST_FOR_ONE_FILE = 244
"""Modules of a sync of one changed file, Python's own among them."""


def test_one_changed_file_loads_only_what_it_needs(place: Place) -> None:
    many(place, 20)
    assert place.inside().code == 0
    place.write("context/topic000/note00000.md", "Plain words and nothing else.\n")
    names = _loaded_by_a_sync(place, "1 change")
    assert set(names) & NOT_FOR_ONE_FILE == set()
    assert len(names) <= MOST_FOR_ONE_FILE, len(names)


@pytest.mark.sweep
def test_a_process_that_was_started_ahead_has_loaded_all_of_that(place: Place) -> None:
    many(place, 20)
    assert place.inside().code == 0
    place.write("context/topic000/note00000.md", "Plain words and nothing else.\n")
    assert set(_loaded_by_a_sync(place, "1 change", _AHEAD)) <= {"encodings.ascii"}


MOST_BLOCKS = 2.5
"""Objects a path, while a look that found nothing is held: its name, its record, and a share of two dictionaries."""


@pytest.mark.sweep
def test_an_unchanged_path_costs_its_name_and_its_record(place: Place) -> None:
    many(place, 2000)
    assert place.inside().code == 0
    assert place.inside().outcome == "ok"
    site = open_site(place.environ)
    with look(site) as seen:
        assert seen.idle is not None, "everything is loaded"
    gc.collect()
    blocks, tracked = sys.getallocatedblocks(), len(gc.get_objects())
    with look(open_site(place.environ)) as seen:
        assert seen.idle is not None
        gc.collect()
        made = sys.getallocatedblocks() - blocks
        assert made <= len(seen.scan.records) * MOST_BLOCKS, made / len(seen.scan.records)
        assert len(gc.get_objects()) - tracked < 400, "no object of a class for each path"


def test_a_commit_is_one_git_process_and_one_more_lists_a_commit_of_many_files(place: Place) -> None:
    many(place, 20)
    assert place.inside().code == 0
    place.write("context/topic000/note00000.md", "one\n")
    place.write("context/topic000/new.md", "new\n")
    (place.source / "context/topic000/note00001.md").unlink()
    run, calls = traced(place, "execve", "sync")
    assert run.code == 0, run
    assert [name for name in _commands(calls) if name.startswith("git ")] == ["git fast-import"]
    many(place, 300, size=300)
    run, calls = traced(place, "execve", "sync")
    assert run.code == 0, run
    assert [name for name in _commands(calls) if name.startswith("git ")] == ["git fast-import", "git ls-tree"]


def test_a_commit_without_strace_counted_inside(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many(place, 10)
    assert place.inside().code == 0
    counts, original = list[int](), subprocess.Popen.__init__

    def counted(self: subprocess.Popen[bytes], *args: Any, **kwargs: Any) -> None:
        counts[-1] += 1
        original(self, *args, **kwargs)

    monkeypatch.setattr(subprocess.Popen, "__init__", counted)
    for size in (70, 140):
        many(place, 10 if size == 70 else 250, size)
        place.write("AGENTS.md", f"{size}\n")
        counts.append(0)
        assert place.inside().outcome == "changed"
    acts: tuple[Callable[[], None], ...] = (
        partial(place.write, "AGENTS.md", "3\n"),
        (place.source / "AGENTS.md").unlink,
    )
    for act in acts:
        act()
        counts.append(0)
        assert place.inside().outcome == "changed"
    counts.append(0)
    assert place.inside().outcome == "ok"
    assert counts == [1, 2, 1, 1, 0]


def test_everything_is_on_the_disk_before_the_branch_moves(place: Place) -> None:
    """Objects, then the whole file system, then the ref, then the file system again, then the state."""
    many(place, 5)
    assert place.inside().code == 0
    place.write("context/new.md", "new\n")
    run, calls = traced(place, "fsync,fdatasync,syncfs,sync_file_range,rename,renameat,renameat2,link,linkat", "sync")
    assert run.code == 0, run

    def places(pattern: str) -> list[int]:
        return [number for number, call in enumerate(calls) if re.search(pattern, call)]

    ref = places(r'^rename.*refs/heads/main\.lock"?.*refs/heads/main"')
    packs, idx = places(r"^fsync\(.*objects/pack/"), places(r"^(rename|link).*pack-[0-9a-f]{40}\.idx")
    whole, state = places(r"^syncfs\("), places(r"^rename.*scan\.cache")
    assert len(ref) == 1, calls
    assert packs, calls
    assert min(idx) > min(packs), "the pack is durable before it gets its name"
    assert any(max(idx) < number < ref[0] for number in whole), (idx, whole, ref)
    assert any(ref[0] < number < min(state) for number in whole), (ref, whole, state)


def peak(place: Place, *words: str) -> int:
    """Peak memory in kB of the largest process of a run, git's included."""
    said = place.base / "peak"
    command = [sys.executable, "-S", "-E", str(CHECKOUT / "tests/support/peak.py"), str(said), *program(), *words]
    done = subprocess.run(command, env=place.environ, cwd=place.base, capture_output=True, check=False)
    assert done.returncode == 0, done
    return int(said.read_text())


@pytest.mark.sweep
def test_peak_memory_of_a_first_sync_of_ten_thousand_files_and_of_nothing_to_do(
    place: Place, record_property: Callable[[str, object], None]
) -> None:
    many(place, 10_000, size=3000)
    total = sum(path.stat().st_size for path in place.source.rglob("*.md"))
    assert 28_000_000 < total < 36_000_000
    first = peak(place, "sync")
    assert place.head
    second = peak(place, "sync")
    idle = peak(place, "sync")
    record_property("peak memory in kB: first sync, second, third", (first, second, idle))
    assert first < FIRST_SYNC_KB, f"{first:,} kB"
    assert max(second, idle) < IDLE_KB, f"{second:,} kB, {idle:,} kB"
