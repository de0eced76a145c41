"""Changes a tree at random, as agents and people do; the same seed makes the same changes in the same tree."""

from __future__ import annotations

import os
import random
import shutil
import stat
from collections.abc import Callable

_MODES = (0o644, 0o600, 0o755, 0o700, 0o664, 0o444)
_FOLDER_MODES = (0o755, 0o700, 0o775, 0o711)
_NAMES = (b"plain", b"two words", b"na\xc3\xafve", b"not-utf8-\xff", b"new\nline", b'quo"te', b"a:b", b"-rf", b"UPPER")
_KEPT = (b"opencode.json", b"opencode.jsonc", b"tui.json", b"package.json", b"AGENTS.md")
"""What OpenCode would not start without; edited, never broken."""
_SMALL = 8
"""Most files in a folder that is removed or moved at once: more would be a matter for the guard."""


class Mutator:
    """Makes random changes below one root. `done` says what was changed in the last round."""

    def __init__(self, root: str | os.PathLike[str], seed: int) -> None:
        self.root = os.fsencode(root)
        self.random = random.Random(seed)
        self.done: list[str] = []
        self._number = 0
        self._changes: tuple[Callable[[], object], ...] = (
            *(self.edit,) * 4, *(self.create,) * 3, *(self.delete,) * 2, *(self.rename,) * 2, self.rename_folder,
            self.delete_folder, *(self.chmod,) * 2, self.chmod_folder, *(self.swap,) * 2, self.empty_folder, self.quiet,
        )  # fmt: skip

    def round(self) -> list[str]:
        """One to six changes; at least one of them does something."""
        self.done = []
        wanted = self.random.randint(1, 6)
        while len(self.done) < wanted:
            self.random.choice(self._changes)()
        return self.done

    def files(self) -> list[bytes]:
        """Every file and link but those that are kept, in order."""
        found = []
        for folder, folders, files in os.walk(self.root):
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            found += [os.path.join(folder, name) for name in [*files, *links] if name not in _KEPT]
        return sorted(found)

    def folders(self) -> list[bytes]:
        """Every folder, in order."""
        found = [self.root]
        for folder, names, _ in os.walk(self.root):
            found += [os.path.join(folder, n) for n in names if not os.path.islink(os.path.join(folder, n))]
        return sorted(found)

    def edit(self) -> None:
        """Appends a line to a file (JSON files get an empty one)."""
        path = self._file()
        if path is not None:
            line = b"\n" if path.endswith((b".json", b".jsonc")) else b"line %d\n" % self._next()
            with _writable(path), open(path, "ab") as file:
                file.write(line)
            self._say("edit", path)

    def quiet(self) -> None:
        """Changes one byte of a file of ours without a new size or mtime."""
        path = os.path.join(self.root, b"quiet.txt")
        before = os.lstat(path) if os.path.isfile(path) else None
        with open(path, "wb") as file:
            file.write(b"%012d\n" % self._next())
        if before is not None:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        self._say("quiet edit", path)

    def create(self) -> None:
        """A new file, sometimes in new folders, sometimes empty, sometimes with a name that is hard to bear."""
        folder = self.random.choice(self.folders())
        for _ in range(self.random.choice((0, 0, 1, 3))):
            folder = os.path.join(folder, b"d%d" % self._next())
        os.makedirs(folder, exist_ok=True)
        name = b"%s-%d.txt" % (self.random.choice(_NAMES), self._next())
        path = os.path.join(folder, name)
        size = self.random.choice((0, 1, 100, 5000))
        with open(path, "wb") as file:
            file.write((b"%d\r\n" % self._next() * size)[:size])
        os.chmod(path, self.random.choice(_MODES))
        self._say("create", path)

    def delete(self) -> None:
        path = self._file(plain=False)
        if path is not None:
            os.unlink(path)
            self._say("delete", path)

    def rename(self) -> None:
        """Moves a file into another folder, or gives it a new name."""
        path = self._file(plain=False)
        if path is not None:
            name = os.path.basename(path)
            new = os.path.join(self.random.choice((os.path.dirname(path), self.root)), b"r%d-%s" % (self._next(), name))
            os.rename(path, new[: len(os.path.dirname(new)) + 200])
            self._say("rename", path, new)

    def delete_folder(self) -> None:
        folder = self._folder()
        if folder is not None:
            shutil.rmtree(folder)
            self._say("delete folder", folder)

    def rename_folder(self) -> None:
        folder = self._folder()
        if folder is not None:
            new = os.path.join(os.path.dirname(folder), b"moved%d" % self._next())
            os.rename(folder, new)
            self._say("rename folder", folder, new)

    def chmod(self) -> None:
        path = self._file()
        if path is not None:
            os.chmod(path, self.random.choice(_MODES))
            self._say("chmod", path)

    def chmod_folder(self) -> None:
        folder = self._folder()
        if folder is not None:
            os.chmod(folder, self.random.choice(_FOLDER_MODES))
            self._say("chmod folder", folder)

    def swap(self) -> None:
        """A file becomes a folder with files, a folder becomes a file, a file becomes a link, or a link a file."""
        folder = self._folder()
        if self.random.random() < 0.3 and folder is not None:
            shutil.rmtree(folder)
            _write(folder, b"was a folder %d\n" % self._next())
            self._say("folder to file", folder)
            return
        path = self._file(plain=False)
        if path is None:
            return
        was_link = os.path.islink(path)
        os.unlink(path)
        if was_link:
            _write(path, b"was a link %d\n" % self._next())
        elif self.random.random() < 0.5:
            os.symlink(b"target %d" % self._next(), path)
        else:
            os.mkdir(path)
            _write(os.path.join(path, b"inside.txt"), b"was a file %d\n" % self._next())
        self._say("swap", path)

    def empty_folder(self) -> None:
        path = os.path.join(self.random.choice(self.folders()), b"empty%d" % self._next())
        os.mkdir(path)
        os.chmod(path, self.random.choice(_FOLDER_MODES))
        self._say("empty folder", path)

    def _file(self, *, plain: bool = True) -> bytes | None:
        found = [p for p in self.files() if not plain or stat.S_ISREG(os.lstat(p).st_mode)]
        return self.random.choice(found) if found else None

    def _folder(self) -> bytes | None:
        """A small folder without anything that is kept."""
        found = []
        for path in self.folders():
            files = [name for _, _, names in os.walk(path) for name in names]
            if path != self.root and len(files) <= _SMALL and not set(files) & set(_KEPT):
                found.append(path)
        return self.random.choice(found) if found else None

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _say(self, what: str, *paths: bytes) -> None:
        self.done.append(f"{what} " + " ".join(repr(path[len(self.root) + 1 :]) for path in paths))


def _write(path: bytes, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


class _writable:  # noqa: N801  reads like `open`
    """Lets an owner who is not root write to a file that forbids it."""

    def __init__(self, path: bytes) -> None:
        self._path, self._mode = path, stat.S_IMODE(os.lstat(path).st_mode)

    def __enter__(self) -> None:
        if not self._mode & 0o200:
            os.chmod(self._path, self._mode | 0o200)

    def __exit__(self, *_: object) -> None:
        if not self._mode & 0o200:
            os.chmod(self._path, self._mode)
