"""Who may import what (ARCHITECTURE.md), and how large a module may be: read from the code, not from good intentions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "autosync_tasks"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

LARGEST = 350
"""Lines. The aim is 300; beyond this a module has more than one subject."""

HEAVY = ("rich", "git", "pathspec", "tomlkit", "jsonschema", "yaml", "kingfisher_sdk", "inotify_simple", "platformdirs")
"""Loaded only inside the function that needs them (20 to 350 ms each), so that a run with nothing to do stays quick."""

EFFECTS = (
    "subprocess", "socket", "shutil", "tempfile", "time", "datetime", "random", "secrets", "threading", "fcntl",
    "signal", "sys", "pathlib", "glob", "urllib", "http", "logging", "asyncio", "io",
)  # fmt: skip
"""What a pure module has no use for. (`os` is judged by what is used of it.)"""

PURE = (
    "model.py", "errors.py", "names.py", "humanize.py", "config/settings.py", "config/shadowed.py", "policy/*",
    "plan/detect.py", "plan/delta.py", "plan/quarantine.py", "sync/message.py", "validation/*", "backup/manifest.py",
    "backup/listing.py",
    "restore/plan.py", "restore/undo.py", "restore/moments.py", "recovery/plan.py", "state/cache.py",
    "remote/relation.py", "remote/address.py", "remote/faults.py",
    "status/verdict.py", "status/explain.py", "status/notices.py",
)  # fmt: skip
IMPURE = ("validation/scanner.py", "validation/bash.py")
"""What has effects among them: the secret scanner, loaded behind an interface where it is first needed, and bash."""

ONLY_IN = {
    "git": ("backup/*",),
    "rich": ("report/*",),
    "invoke": ("cli/*",),
    "kingfisher_sdk": ("validation/scanner.py",),
    "inotify_simple": ("triggers/watch.py", "triggers/notifier.py"),
}
"""Library to the modules that may import it, anywhere in them."""

ROOMS = {
    "policy/*": (
        "cli",
        "report",
        "triggers",
        "sync",
        "status",
        "verify",
        "workspace",
        "plan",
        "backup",
        "tree",
        "state",
    ),
    "model.py": ("cli", "report", "triggers", "sync", "status", "policy", "workspace", "plan", "backup", "tree"),
    "backup/*": ("cli", "report", "triggers", "sync", "status", "workspace", "plan"),
    "tree/*": ("cli", "report", "triggers", "sync", "status", "workspace", "plan", "backup"),
    "report/*": ("cli", "triggers", "backup", "tree", "plan"),
}
"""Modules to the rooms that they may not import from."""


PLAIN_DATA = ("autosync_tasks.triggers.result.",)
"""What a room hands to the report: data, nothing that acts."""


def imports(name: str, *, top_only: bool = False) -> Iterator[tuple[str, int]]:
    """Every module that a module imports when it runs, with the line; those for types alone do not count."""
    tree = ast.parse((PACKAGE / name).read_bytes())
    for_types = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    inside = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in for_types or (top_only and node in inside):
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: a relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_is_used_in_its_own_room_alone(library: str) -> None:
    strays = [
        f"{name}:{line}"
        for name in MODULES
        if not fits(name, ONLY_IN[library])
        for imported, line in imports(name)
        if imported.split(".")[0] == library
    ]
    assert strays == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_does_not_reach_into_another(room: str) -> None:
    strays = [
        f"{name}:{line} imports {imported}"
        for name in MODULES
        if fits(name, (room,))
        for imported, line in imports(name)
        if not imported.startswith(PLAIN_DATA)
        and imported.startswith("autosync_tasks.")
        and imported.split(".")[1].split("_")[0] in ROOMS[room]
    ]
    assert strays == []


def test_what_is_pure_knows_no_clock_no_files_and_no_processes() -> None:
    strays = [
        f"{name}:{line} imports {imported}"
        for name in MODULES
        if fits(name, PURE) and not fits(name, IMPURE)
        for imported, line in imports(name)
        if imported.split(".")[0] in (*EFFECTS, *HEAVY, "os") and not imported.startswith(PURE_LIBRARIES)
    ]
    assert strays == []


PURE_LIBRARIES = ("pathspec", "yaml", "jsonschema", "datetime", "urllib.parse")
"""They compute: patterns, front matter, a schema, calendar days, the parts of an address."""


def test_nothing_pure_asks_what_time_it_is() -> None:
    strays = [
        f"{name}:{node.lineno}"
        for name in MODULES
        if fits(name, PURE) and not fits(name, IMPURE)
        for node in ast.walk(ast.parse((PACKAGE / name).read_bytes()))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "today", "utcnow")
        and ast.unparse(node.value) in ("datetime", "date", "datetime.datetime", "datetime.date")
    ]
    assert strays == []


def test_nothing_pure_prints_or_opens_a_file() -> None:
    strays = [
        f"{name}:{node.lineno} calls {node.func.id}"
        for name in MODULES
        if fits(name, PURE) and not fits(name, IMPURE)
        for node in ast.walk(ast.parse((PACKAGE / name).read_bytes()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "open", "input")
    ]
    assert strays == []


PRINTS = {
    "config/docs.py": "a developer's tool: makes docs/settings.md",
    "doctor/probe.py": "run as a child by the doctor: its output is its answer",
}
"""Modules that may print outside the report, and why."""


def test_only_the_report_prints() -> None:
    strays = []
    for name in MODULES:
        if name.startswith("report/") or name in PRINTS:
            continue
        for node in ast.walk(ast.parse((PACKAGE / name).read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "print",
                "sys.stdout.write",
                "sys.stderr.write",
            ):
                strays.append(f"{name}:{node.lineno}")
    assert strays == []


def test_no_module_loads_a_heavy_library_at_its_top() -> None:
    strays = [
        f"{name}:{line} imports {imported}"
        for name in MODULES
        for imported, line in imports(name, top_only=True)
        if imported.split(".")[0] in HEAVY
    ]
    assert strays == []


def test_a_run_with_nothing_to_do_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    words = "import sys, autosync_tasks.cli.lazy_invoke as l; l.load_invoke(); import autosync_tasks.cli.sync; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)
    assert "unittest" not in loaded


def test_no_module_is_too_large() -> None:
    sizes = {name: len((PACKAGE / name).read_bytes().splitlines()) for name in MODULES}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_every_module_says_what_it_is_for() -> None:
    empty = [
        name
        for name in MODULES
        if (PACKAGE / name).read_bytes().strip() and not ast.get_docstring(ast.parse((PACKAGE / name).read_bytes()))
    ]
    assert empty == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    silent = []
    for name in MODULES:
        for node in ast.parse((PACKAGE / name).read_bytes()).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):
                silent.append(f"{name}: {node.name}")
    assert silent == []


def test_every_setting_is_read_somewhere() -> None:
    """A setting that is declared, documented and accepted, and that nothing reads, is a lie."""
    from autosync_tasks.config.settings import TABLE

    read = set()
    for name in set(MODULES) - {"config/settings.py"}:
        for node in ast.walk(ast.parse((PACKAGE / name).read_bytes())):
            read |= {node.attr} if isinstance(node, ast.Attribute) else set()
    assert set(TABLE) - read == set()
