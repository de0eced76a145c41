"""Random bursts of changes to a config tree, as editors, agents, git and people make them."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path


class Tree:
    """A tree of folders with Markdown files (added to one that is there), and ways to change it. Every choice comes
    from `seed`."""

    def __init__(self, root: Path, seed: int, *, folders: int, files: int) -> None:
        self.root = root
        self.random = random.Random(seed)
        self.outside = root.parent / "outside"
        self.outside.mkdir(exist_ok=True)
        self.count = 0
        (root / "agent").mkdir(parents=True, exist_ok=True)
        if not (root / "opencode.json").exists():
            (root / "opencode.json").write_text("{}\n")
        for i in range(folders):
            (root / "context" / f"d{i % 40}" / f"e{i}").mkdir(parents=True)
        places = [p for p in sorted((root / "context").rglob("e*")) if p.is_dir()]
        for i in range(files):
            (places[i % len(places)] / f"f{i}.md").write_text(f"# {i}\n")

    def number(self) -> int:
        self.count += 1
        return self.count

    def some_file(self) -> Path:
        for _ in range(30):
            here = self.root / "context"
            while True:
                found = sorted(p for p in here.iterdir() if not p.is_symlink())
                if not found:
                    break
                here = self.random.choice(found)
                if here.is_file():
                    return here
        made = self.root / "context" / f"extra{self.number()}.md"
        made.write_text("extra\n")
        return made

    def atomic_save(self) -> None:
        """As editors save: write a neighbour, then rename it over the file."""
        target = self.some_file()
        neighbour = target.with_name(f".{target.name}.swp{self.number()}")
        neighbour.write_text(f"saved {self.number()}\n")
        os.replace(neighbour, target)

    def backup_save(self) -> None:
        """As vim can be told to: move the file away, write it anew, remove the old one."""
        target = self.some_file()
        away = target.with_name(target.name + "~")
        os.replace(target, away)
        target.write_text(f"written {self.number()}\n")
        away.unlink()

    def deep_folders(self) -> None:
        """`mkdir -p` with files, at once: the inner folders are not watched yet when their files come."""
        here = self.root / "context" / f"new{self.number()}"
        for name in "abcde":
            here = here / name
            here.mkdir(parents=True)
            (here / f"in{self.number()}.md").write_text(f"{self.number()}\n")

    def move_in(self) -> None:
        """A folder with files comes from outside by one rename."""
        made = self.outside / f"moved{self.number()}"
        for i in range(3):
            (made / f"s{i}").mkdir(parents=True)
            (made / f"s{i}" / "x.md").write_text(f"{self.number()}\n")
        os.replace(made, self.root / "context" / made.name)
        (self.root / "context" / made.name / "s1" / "late.md").write_text("late\n")

    def remove_tree(self) -> None:
        """`rm -rf` of one small folder."""
        found = [p for p in sorted((self.root / "context").iterdir()) if p.name.startswith(("new", "moved", "co"))]
        if found:
            shutil.rmtree(self.random.choice(found))
        else:
            self.some_file().unlink()

    def change_mode(self) -> None:
        target = self.some_file()
        target.chmod(target.stat().st_mode ^ 0o100)

    def rename_folder(self) -> None:
        found = [p for p in sorted((self.root / "context").iterdir()) if p.name.startswith(("new", "moved"))]
        if found:
            target = self.random.choice(found)
            os.replace(target, target.with_name(f"moved-again{self.number()}"))

    def git_checkout(self) -> None:
        """A repository inside the tree switches between two branches: many files at once, and its `.git`."""
        repo = self.root / "context" / f"co{self.number()}"
        git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=one"]

        def run(*words: str) -> None:
            subprocess.run([*git, *words], cwd=repo, check=True, capture_output=True)

        repo.mkdir()
        run("init", "-q")
        for branch in ("one", "two"):
            if branch == "two":
                run("checkout", "-q", "-b", "two")
            for i in range(8):
                (repo / f"{branch}{i}.md").write_text(f"{branch}\n")
                (repo / "both.md").write_text(f"{branch} {i}\n")
            run("add", "-A")
            run("commit", "-q", "-m", branch)
        run("checkout", "-q", "one")

    def link(self) -> None:
        (self.root / "context" / f"link{self.number()}").symlink_to("../opencode.json")

    def burst(self) -> list[str]:
        """One to six of them in a row."""
        acts: list[Callable[[], None]] = [
            self.atomic_save,
            self.backup_save,
            self.deep_folders,
            self.move_in,
            self.remove_tree,
            self.change_mode,
            self.rename_folder,
            self.link,
        ]
        if self.random.random() < 0.1:
            acts = [self.git_checkout]
        chosen = [self.random.choice(acts) for _ in range(self.random.randint(1, 6))]
        for act in chosen:
            act()
        return [act.__name__ for act in chosen]


def content_of(root: Path) -> dict[bytes, tuple[str, str]]:
    """Path to (git mode, git blob id) of every file and link, worked out here and not by the program."""
    found = {}
    base = os.fsencode(root)
    for folder, folders, files in os.walk(base):
        folders[:] = [name for name in folders if name != b".git"]
        for name in [*files, *(f for f in folders if os.path.islink(os.path.join(folder, f)))]:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                mode, data = "120000", os.readlink(path)
            else:
                mode = "100755" if os.stat(path).st_mode & 0o100 else "100644"
                with open(path, "rb") as file:
                    data = file.read()
            blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            found[os.path.relpath(path, base)] = (mode, blob)
    return found


def content_in(backup: Path) -> dict[bytes, tuple[str, str]]:
    """The same of the backup's branch; without the program's own manifest."""
    words = ["git", "-C", str(backup), "ls-tree", "-r", "-z", "main"]
    ended = subprocess.run(words, capture_output=True, check=False)
    found = {}
    for line in ended.stdout.split(b"\0"):
        if line:
            facts, path = line.split(b"\t", 1)
            mode, _, blob = facts.decode().split()
            if not path.startswith(b".autosync/"):
                found[path] = (mode, blob)
    return found
