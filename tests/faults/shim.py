"""Faults for one run of the program: compiles faulty.c, starts the worker, arms the n-th call."""

from __future__ import annotations

import errno
import mmap
import struct
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.forks import ForkServer
from tests.support.place import Result

SOURCE = Path(__file__).with_name("faulty.c")
_HEAD = struct.Struct("=QQIIIIIIII")
_LOGGED, _WORDS = 8192, 240
_SIZE = _HEAD.size + _LOGGED * _WORDS

_ALL = 24
"""Calls of a row that are all played."""

KILL, FAIL_ONCE, FAIL_ON = 1, 2, 3


@dataclass(frozen=True)
class Fault:
    """What happens at a call.

    error: errno of a failing one. half: a write is done by half first. alone: only the calling process is killed.
    """

    name: str
    act: int
    error: int = 0
    half: bool = False
    alone: bool = False

    @property
    def kills(self) -> bool:
        return self.act == KILL

    def points(self, calls: Sequence[str]) -> list[int]:
        """The numbers of those calls at which this fault makes a difference of its own.

        Of a long row of the same call in the same folder (git removes 150 old packs), every eighth will do.
        """
        found, row = [], 0
        for number, call in enumerate(calls, start=1):
            kind = call.split(" ")[1]
            same = number > 1 and _front(call) == _front(calls[number - 2])
            row = row + 1 if same else 0
            last = number == len(calls) or _front(call) != _front(calls[number])
            wanted = kind.endswith("+") if self.half else self.error != errno.ENOSPC or not kind.endswith("-")
            if wanted and (row < _ALL or row % 8 == 0 or last):
                found.append(number)
        return found


KILLED = Fault("killed", KILL)
TORN = Fault("killed halfway through a write", KILL, half=True)
ALONE = Fault("one process killed", KILL, alone=True)
FULL = Fault("disk full from then on", FAIL_ON, errno.ENOSPC)
FULL_TORN = Fault("disk full halfway through a write", FAIL_ON, errno.ENOSPC, half=True)
FULL_ONCE = Fault("disk full once", FAIL_ONCE, errno.ENOSPC)
BROKEN = Fault("I/O errors from then on", FAIL_ON, errno.EIO)
BROKEN_ONCE = Fault("one I/O error", FAIL_ONCE, errno.EIO)
FAULTS = (KILLED, TORN, ALONE, FULL, FULL_TORN, FULL_ONCE, BROKEN, BROKEN_ONCE)


@dataclass(frozen=True)
class Faulty:
    """What a run with a fault did. calls: how many, each as `program call path`. fired: whether the fault was met."""

    result: Result
    calls: tuple[str, ...]
    fired: bool
    seconds: float


def _front(call: str) -> str:
    """Program, call and folder."""
    return call.rpartition("/")[0]


def compiled(folder: Path) -> Path:
    """The library, compiled by gcc into this folder."""
    library = folder / "faulty.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(library), str(SOURCE), "-ldl"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return library


class Worker:
    """The process below which faulty runs happen, with faulty.c preloaded."""

    def __init__(self, library: Path, scanner_cache: Path, folder: Path) -> None:
        self.scanner_cache = scanner_cache
        self._folder, self._preload = folder, {"LD_PRELOAD": str(library)}
        self._server = ForkServer(scanner_cache, folder, reap=True, preload=self._preload)

    def run(
        self,
        words: list[str],
        environ: Mapping[str, str],
        folder: Path,
        *,
        fault: Fault | None = None,
        at: int = 0,
        spare: bool = False,
        much: bool = False,
        seconds: float = 60,
    ) -> Faulty:
        """Runs `autosync` with these words. at: the call at which the fault happens (0: never).

        spare: what serves as the remote is another machine: its calls do not count, and it does not die.
        much: little is dealt with as much is, on both cores.
        """
        control = self._folder / "control"
        armed = fault or KILLED
        head = _HEAD.pack(0, at if fault else 0, armed.act, armed.error, armed.half, spare, 0, 0, 0, armed.alone)
        with control.open("wb") as file:
            file.write(head)
            file.truncate(_SIZE)
        more = {**environ, **self._preload, "AUTOSYNC_FAULTS": str(control)}
        words = ["autosync", *words]
        code, out, err, took = self._server.run(
            words, more, folder, control=str(control), spare=spare, seconds=seconds, much=much
        )
        return Faulty(Result(code, out, err), *_read(control), took)

    def close(self) -> None:
        """Ends it."""
        self._server.close()


def _read(control: Path) -> tuple[tuple[str, ...], bool]:
    with control.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        count, _, _, _, _, _, _, fired, _, _ = _HEAD.unpack_from(data)
        calls = []
        for number in range(min(count, _LOGGED)):
            start = _HEAD.size + number * _WORDS
            calls.append(data[start : start + _WORDS].split(b"\0", 1)[0].decode("utf-8", "replace"))
        return tuple(calls), bool(fired)
