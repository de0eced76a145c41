"""What only Linux has stands in small files that are named here, each with its reason; the rest can do without."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

from tests.support.forks import CHECKOUT

PACKAGE = CHECKOUT / "autosync_tasks"

ONLY_LINUX = {
    "linux/disk.py": "syncfs: a commit is durable by one call",
    "linux/kernel.py": "/proc/sys, /proc/self/status, /etc/machine-id: its name, limits, umask",
    "linux/limits.py": "prlimit: what git may write and hold while it reads a stranger's repository",
    "linux/memory.py": "memfd_create: rules, scripts and answers that are on no disk; /proc, cgroups: how much memory there is",
    "linux/modes.py": "O_PATH: modes of exactly what was looked at",
    "linux/processes.py": "/proc/PID: whether a git is at work before what a killed one left is removed",
    "linux/second.py": "prctl, sched_getaffinity, /proc/self/task: a copy of this process on the second core",
    "cli/ahead.py": "ctypes: loaded for practice, where it can be had",
    "sync/still.py": "boot_id: what was proven before a start of the machine is looked at anew",
    "state/state.py": "boot_id: since when the work tree is known; here, for a run with nothing to do loads no file more",
    "triggers/notifier.py": "inotify: the watcher's events",
    "triggers/systemd.py": "systemctl, loginctl: the timer and the watcher's service",
    "doctor/facts.py": "whether systemd-cron does cron's work: a folder that is asked for",
    "doctor/checks.py": "the remedies that a person types are Linux's",
}
"""File to what in it is Linux's, and why it is used."""

NAMES = re.compile(
    r"memfd_create|MFD_|O_PATH|O_TMPFILE|O_NOATIME|prlimit|ctypes|syncfs|renameat2|epoll|eventfd|pidfd|getrandom|"
    r"copy_file_range|sched_|CLOCK_BOOTTIME|inotify_simple|getxattr|setxattr|posix_fadvise"
)
ANYWHERE = re.compile(r"/proc\b|/sys/|/run/|machine-id|systemctl|loginctl|systemd-analyze|\bip\b|\bss\b")
TEXTS = re.compile(r"/proc\b|/sys/|/run/|machine-id|^(?:systemctl|loginctl|systemd-analyze|ip|ss)$|^systemctl ")

GONE = """
import os, resource, select, sys
for name in [name for name in dir(os) if name.startswith(("memfd", "MFD_", "pidfd", "eventfd", "EFD_", "O_PATH", "O_TMPFILE",
             "O_NOATIME", "getxattr", "setxattr", "listxattr", "sched_", "copy_file_range", "splice", "SPLICE_", "getrandom"))]:
    delattr(os, name)
del resource.prlimit, select.epoll
sys.modules["inotify_simple"] = sys.modules["ctypes"] = sys.modules["_ctypes"] = None
sys.platform = "darwin"
import importlib
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules() -> list[str]:
    return sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def of_linux(module: str) -> set[str]:
    """What in a module's code, docstrings aside, is Linux's."""
    text, found = (PACKAGE / module).read_text("utf-8"), set[str]()
    if not (NAMES.search(text) or ANYWHERE.search(text)):
        return found  # most modules: taking one apart takes longer
    tree = ast.parse(text)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found |= set(NAMES.findall(node.attr))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= set(NAMES.findall(ast.unparse(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            found |= set(TEXTS.findall(node.value))
    return found


def test_only_the_files_named_here_know_linux() -> None:
    assert {name: what for name in modules() if name not in ONLY_LINUX and (what := of_linux(name))} == {}


def test_each_of_them_has_something_of_linux_and_is_small() -> None:
    assert [name for name in ONLY_LINUX if not of_linux(name)] == []
    assert [
        name for name in ONLY_LINUX if name.startswith("linux/") and len((PACKAGE / name).read_text().splitlines()) > 70
    ] == []


def test_everything_can_be_loaded_where_all_of_that_is_missing() -> None:
    """That proves no other system to work: nothing was ever run on one."""
    names = [
        "autosync_tasks." + name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for name in modules()
        if name not in ("__main__.py", "__init__.py")
    ]
    done = subprocess.run(
        [sys.executable, "-c", GONE, *names], capture_output=True, text=True, check=False, cwd=CHECKOUT
    )
    assert done.returncode == 0, done.stderr
