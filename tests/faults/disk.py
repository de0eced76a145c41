"""A disk with a write cache that a power cut empties, made of loop devices in a private mount namespace.

The file system under test lies in an image, the image in a second file system (ext4), and that one in a file. What
the inner file system writes stays in the page cache of the image, as in a drive's own cache, until the inner one
flushes (the loop device makes an fsync of a flush); only then does the outer file change. A copy of the outer file is
what the platters hold at that moment.

Run as root inside `unshare --mount`: whatever ends the process takes every mount with it, and with it the devices.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

SYSTEMS = {"ext4": 64, "xfs": 320, "btrfs": 128}
"""File systems, with the size of an image in MB (XFS takes none under 300, btrfs none under 109)."""
_MKFS = {
    "ext4": ["mkfs.ext4", "-q", "-F"],
    "xfs": ["mkfs.xfs", "-q"],
    "btrfs": ["mkfs.btrfs", "-q"],
}
_OPTIONS = {"ext4": ",commit=1", "btrfs": ",commit=1"}
"""They write out names after a second, not after five or thirty, so that a test need not wait as long."""
_BOOT = "/proc/sys/kernel/random/boot_id"
_CHUNK = 1 << 20


def need(system: str) -> None:
    """Skips, with the reason, where such an image cannot be made and mounted."""
    if os.getuid() != 0:
        pytest.skip("mounting an image needs root")
    for program in (_MKFS[system][0], "unshare", "mount"):
        if not shutil.which(program):
            pytest.skip(f"there is no `{program}` on this machine (tools/install-system-packages.sh installs it)")
    known = Path("/proc/filesystems").read_text().split()
    if system not in known and subprocess.run(["modprobe", "-q", system], capture_output=True, check=False).returncode:
        pytest.skip(f"this kernel does not know {system}")
    if not Path("/dev/loop-control").exists():
        pytest.skip("this machine has no loop devices")
    tried = subprocess.run(["unshare", "--mount", "losetup", "--find"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no private mounts or no free loop device here: {tried.stderr.strip()}")


class Disk:
    """One disk, mounted at `folder / "disk"`."""

    def __init__(self, folder: Path, system: str) -> None:
        """folder: an empty one, in memory where that can be had."""
        self.mounted, self._outer = folder / "disk", folder / "outer"
        self._system, self._number, self._folder = system, 0, folder
        for path in (self.mounted, self._outer):
            path.mkdir()
        _sparse(self._file, SYSTEMS[system] + 64)
        _run("mkfs.ext4", "-q", "-F", str(self._file))
        _run("mount", "-o", "loop,nodev", str(self._file), str(self._outer))
        with open(self._image, "wb") as image:
            os.posix_fallocate(image.fileno(), 0, SYSTEMS[system] << 20)
        _run(*_MKFS[system], str(self._image))
        self.settle(self._outer)
        self._start()

    def _start(self) -> None:
        """The machine starts: the disk is mounted, and the kernel has a new name for the time from now on."""
        _run("mount", "-o", "loop,nodev" + _OPTIONS.get(self._system, ""), str(self._image), str(self.mounted))
        boot = self._folder / f"boot{self._number}"
        boot.write_text(f"{uuid.uuid4()}\n")
        _run("mount", "--bind", str(boot), _BOOT)

    @property
    def _file(self) -> Path:
        """What the platters hold."""
        return self._folder / f"platters{self._number}"

    @property
    def _image(self) -> Path:
        return self._outer / "image"

    def settle(self, folder: Path | None = None) -> None:
        """Makes all that was written so far last, as if it had been there for months."""
        for path in [folder] if folder else [self.mounted, self._outer]:
            _run("sync", "--file-system", str(path))

    def copy(self) -> Path:
        """What the platters hold now, in a file of its own; taken again until two in a row are the same."""
        target = self._folder / f"platters{self._number + 1}"
        before = ""
        for _ in range(20):
            now = _copy(self._file, target)
            if now == before:
                return target
            before = now
        raise AssertionError("the disk does not come to rest")

    def cut(self, copy: Path | None = None) -> None:
        """The power goes and comes back: mounted again (the journal replayed) is what the platters held."""
        copy = copy or self.copy()
        for path in (_BOOT, self.mounted, self._outer):
            _run("umount", str(path))
        self._file.unlink()
        self._number += 1
        assert copy == self._file
        _run("mount", "-o", "loop,nodev", str(self._file), str(self._outer))
        self._start()


def _run(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(words)}: {done.stderr.strip()}")


def _sparse(path: Path, megabytes: int) -> None:
    with open(path, "wb") as file:
        file.truncate(megabytes << 20)


def _copy(source: Path, target: Path) -> str:
    """Copies what is no hole; returns a digest of the contents."""
    seen = hashlib.sha256()
    with open(source, "rb") as old, open(target, "wb") as new:
        new.truncate(os.fstat(old.fileno()).st_size)
        for start, end in _extents(old.fileno()):
            for place in range(start, end, _CHUNK):
                data = os.pread(old.fileno(), min(_CHUNK, end - place), place)
                seen.update(b"%d " % place + data)
                os.pwrite(new.fileno(), data, place)
    return seen.hexdigest()


def _extents(fd: int) -> Iterator[tuple[int, int]]:
    place = 0
    while True:
        try:
            start = os.lseek(fd, place, os.SEEK_DATA)
        except OSError:
            return
        place = os.lseek(fd, start, os.SEEK_HOLE)
        yield start, place
