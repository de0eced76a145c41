"""Who may import whom, and how large a module may be: the table of ARCHITECTURE.md, read from the code."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PACKAGE = CHECKOUT / "autosync_tasks"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

GROUND = frozenset({"model", "errors", "names", "humanize", "files", "records", "linux"})
"""Imported by all, importing nothing above."""

FLOORS: dict[str, tuple[int, str]] = {
    "policy": (1, ""),
    "state": (1, ""),
    "profiles": (2, "policy"),
    "config": (3, "policy profiles"),
    "tree": (2, ""),
    "validation": (2, "policy"),
    "triggers": (4, "config profiles"),
    "backup": (3, "state tree"),
    "workspace": (4, "backup config policy profiles state tree validation"),
    "machines": (5, "backup state triggers workspace"),
    "plan": (5, "backup policy state tree validation workspace"),
    "restore": (6, "backup config plan policy tree triggers validation workspace"),
    "remote": (6, "backup config machines policy state tree validation workspace"),
    "verify": (7, "backup plan policy remote restore state tree workspace"),
    "recovery": (7, "backup plan policy remote restore tree validation workspace"),
    "status": (7, "backup config machines plan policy remote state tree triggers workspace"),
    "doctor": (7, "backup config policy profiles tree triggers validation workspace"),
    "sync": (8, "backup config plan policy remote state status tree verify workspace"),
    "bootstrap": (
        9,
        "backup config plan policy profiles remote restore state sync tree triggers validation verify workspace",
    ),
    "report": (8, "config remote status triggers validation workspace"),
}
"""Room to its floor and to the rooms that it may import, beside the ground. `cli` may import all."""

TOP = "cli"

LARGEST = 300
"""Lines: beyond this a module has more than one subject."""

MOST_LINES = 36_293
"""Of the package, so that one person can hold it in the head."""

HEAVY = (
    *("rich", "git", "pathspec", "tomlkit", "jsonschema", "yaml", "kingfisher_sdk", "inotify_simple", "platformdirs"),
    "isal",
)
"""Loaded only inside the function that needs them (20 to 350 ms each), so that a run with nothing to do stays quick."""

EFFECTS = (
    "subprocess", "socket", "shutil", "tempfile", "time", "datetime", "random", "secrets", "threading", "fcntl",
    "signal", "sys", "pathlib", "glob", "urllib", "http", "logging", "asyncio", "io",
)  # fmt: skip
"""What a pure module has no use for. (`os` is judged by what is used of it.)"""

PURE = (
    "model.py", "errors.py", "names.py", "humanize.py", "records.py",
    "config/shadowed.py", "config/user_rules.py", "config/wording.py",
    "profiles/profile.py", "profiles/check.py", "profiles/plain.py", "profiles/located.py",
    "policy/*", "validation/*",
    "backup/manifest.py", "backup/listing.py", "backup/said.py", "state/cache.py", "state/shapes.py",
    "triggers/cron.py", "triggers/hook_text.py", "triggers/loading.py", "triggers/quiet.py", "triggers/schedule.py",
    "triggers/splice.py", "triggers/units.py", "machines/record.py",
    "plan/detect.py", "plan/delta.py", "plan/proposal.py", "plan/quarantine.py",
    "restore/plan.py", "restore/undo.py", "restore/moments.py",
    "remote/relation.py", "remote/address.py", "remote/faults.py",
    "recovery/plan.py",
    "status/verdict.py", "status/explain.py", "status/notices.py",
    "sync/message.py",
)  # fmt: skip
IMPURE = ("validation/scanner.py", "validation/bash.py", "validation/catalogue.py", "validation/built_in.py")
"""What has effects among them: the secret scanner, loaded behind an interface where it is first needed, what is kept
of its rules, and bash."""

PURE_LIBRARIES = ("yaml", "datetime", "urllib.parse")
"""They compute: front matter, calendar days, the parts of an address."""

ONLY_IN = {
    "git": ("backup/*",),
    "rich": ("report/*",),
    "invoke": ("cli/*",),
    "kingfisher_sdk": ("validation/scanner.py",),
    "inotify_simple": ("triggers/watch.py", "triggers/notifier.py"),
    "isal": ("backup/packs.py",),
}
"""Library to the modules that may import it, anywhere in them."""

PRINTS = {
    "doctor/probe.py": "run as a child by the doctor: its output is its answer",
}
"""Modules that may print outside the report, and why."""


@cache
def tree_of(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_bytes())


@cache
def imports(name: str, *, top_only: bool = False) -> tuple[tuple[str, int], ...]:
    """Every module that a module imports when it runs, with the line; those for types alone do not count."""
    return tuple(_imports(name, top_only=top_only))


def _imports(name: str, *, top_only: bool) -> Iterator[tuple[str, int]]:
    left: list[ast.AST] = [tree_of(name)]
    while left:
        node = left.pop()
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: a relative import"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            left += node.orelse
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case | ast.Module) and not (
            top_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        ):
            left += ast.iter_child_nodes(node)


def fits(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def pure() -> list[str]:
    return [name for name in MODULES if fits(name, PURE) and not fits(name, IMPURE)]


def room_of(module: str) -> str:
    """The room of a module's file, or of its dotted name without the package's."""
    return re.split(r"[/.]", module)[0]


def own_imports(name: str) -> Iterator[tuple[str, int]]:
    """The modules of the package that a module imports, wherever in it, by their names below the package."""
    for imported, line in imports(name):
        if imported.startswith("autosync_tasks.") and room_of(below := imported.partition(".")[2]) not in (
            "__version__",
            "__file__",
        ):
            yield below, line


def test_the_page_has_the_same_table() -> None:
    page = (CHECKOUT / "ARCHITECTURE.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| (.+?) \| .* \| (.*?) ?\|$", page, re.MULTILINE)
    told = {room.strip("`"): (int(floor), " ".join(may.split(", "))) for floor, room, may in rows[1:-1]}
    assert told == FLOORS
    assert rows[0][1].split() == [
        f"`{name}`" for name in ("model", "errors", "names", "humanize", "files", "records", "linux")
    ]
    assert set(rows[0][1].replace("`", "").split()) == GROUND
    assert rows[-1] == ("10", f"`{TOP}`", "all")


def test_every_module_stands_in_a_room() -> None:
    assert {room_of(name.removesuffix(".py")) for name in MODULES} == {"__init__", "__main__", TOP, *GROUND, *FLOORS}


def test_the_table_has_no_arrow_up_and_so_no_circle() -> None:
    strays = [
        f"{room} (floor {floor}) -> {other}"
        for room, (floor, may) in FLOORS.items()
        for other in may.split()
        if FLOORS[other][0] >= floor
    ]
    assert strays == []


@pytest.mark.parametrize("room", [*sorted(GROUND), *FLOORS])
def test_a_room_imports_only_what_lies_below_it(room: str) -> None:
    """Those inside functions count too: they make a run quick, not a circle right."""
    may = GROUND | {room} | set(FLOORS[room][1].split() if room in FLOORS else ())
    strays = [
        f"{name}:{line} imports {imported}"
        for name in MODULES
        if room_of(name.removesuffix(".py")) == room
        for imported, line in own_imports(name)
        if room_of(imported) not in may
    ]
    assert strays == []


def test_an_arrow_of_the_table_that_nobody_goes_is_not_in_it() -> None:
    gone = {
        (room_of(name.removesuffix(".py")), room_of(imported)) for name in MODULES for imported, _ in own_imports(name)
    }
    assert [
        f"{room} -> {other}" for room, (_, may) in FLOORS.items() for other in may.split() if (room, other) not in gone
    ] == []


def modules_imported(name: str, *, top_only: bool) -> set[str]:
    """The files of the package that a file imports."""
    files = set()
    for imported, _ in imports(name, top_only=top_only):
        if not imported.startswith("autosync_tasks."):
            continue
        path = imported.partition(".")[2].replace(".", "/")
        for candidate in (f"{path}.py", f"{path.rpartition('/')[0]}.py", f"{path}/__init__.py"):
            if candidate in MODULES:
                files.add(candidate)
                break
        else:
            files.add(f"{path.rpartition('/')[0] or '.'}/__init__.py".removeprefix("./"))
    return files & set(MODULES) - {name}


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph = {name: modules_imported(name, top_only=False) for name in MODULES}
    seen: dict[str, int] = {}
    path: list[str] = []
    circles: list[list[str]] = []

    def visit(name: str) -> None:
        seen[name] = 1
        path.append(name)
        for other in sorted(graph[name]):
            if seen.get(other) == 1:
                circles.append(path[path.index(other) :])
            elif other not in seen:
                visit(other)
        path.pop()
        seen[name] = 2

    for name in MODULES:
        if name not in seen:
            visit(name)
    assert circles == []


LAZY = {
    name: reason
    for reason, names in {
        "only after a git that failed": "backup/way_on.py",
        "only where a commit has very many paths": "backup/trees.py",
        "only where much is judged at once": "plan/shared.py backup/packs.py",
        "only where something half-done was left, or a stranger's repository is read": """
            linux/limits.py linux/memory.py linux/processes.py
        """,
        "only where that task or program is called": """
            cli/accept.py cli/ahead.py cli/collection.py cli/command_line.py cli/demo.py cli/help_page.py
            cli/complete.py cli/positional.py cli/removal.py cli/stamp.py cli/sync_config.py doctor/checks.py doctor/facts.py
            recovery/forget.py recovery/loss.py
            remote/secret_guard.py triggers/agent_hook.py triggers/command.py triggers/crew.py triggers/pace.py
            triggers/waiter.py triggers/watch.py
            tree/dirfd.py workspace/workspace.py
        """,
        "a run with nothing to do ends before it": """
            backup/soundness.py plan/diff.py plan/near.py plan/past.py remote/known.py state/scratch.py
            status/heartbeat.py status/notices.py status/status.py sync/record.py sync/run.py
            sync/note.py verify/unattended.py verify/verify.py
        """,
        "what a sync with nothing to do does not get to": """
            cli/lazy_invoke.py names.py report/stream.py
        """,
        "after the current folder is forgotten, and before all else": """
            report/idle.py sync/still.py
        """,
        "only where something outside the tree counts": """
            config/around.py
        """,
        "the rules, where there is something to judge": """
            plan/judge.py validation/families.py validation/names_and_modes.py validation/scanner.py
            workspace/validation_context.py
        """,
        "only where a look at much met a difference": "sync/rest.py",
        "only where the scanner's rules are taken apart, once": """
            validation/built_in.py validation/rule_facts.py validation/rule_syntax.py
        """,
        "only where something is pushed": """
            remote/push.py remote/roll.py
        """,
        "a commit says of a machine without triggers that it has none": "triggers/installed.py",
        "only where another agent than the usual one is switched on": """
            cli/each.py
        """,
        "only where something is classified": """
            profiles/check.py profiles/plain.py
        """,
        "only where the file has rules of the user, or is written": """
            config/file.py config/settings.py config/shadowed.py config/user_rules.py
            config/values.py policy/classify.py policy/patterns.py policy/rules.py
        """,
        "only where there is something to say": """
            cli/boundary.py errors.py profiles/located.py report/as_json.py report/lines.py
            report/log.py report/screen.py
        """,
    }.items()
    for name in names.split()
}
"""Modules of the package that are imported inside functions, and why they are not at the top."""


def test_what_is_loaded_late_is_named_with_its_reason() -> None:
    late = {
        imported
        for name in MODULES
        for imported in modules_imported(name, top_only=False) - modules_imported(name, top_only=True)
    }
    assert late == set(LAZY)


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


def test_what_is_pure_knows_no_clock_no_files_and_no_processes() -> None:
    strays = [
        f"{name}:{line} imports {imported}"
        for name in pure()
        for imported, line in imports(name)
        if imported.split(".")[0] in (*EFFECTS, *HEAVY, "os") and not imported.startswith(PURE_LIBRARIES)
    ]
    assert strays == []


def test_what_is_pure_imports_only_what_is_pure() -> None:
    strays = [
        f"{name} imports {imported}"
        for name in pure()
        for imported in modules_imported(name, top_only=False)
        if not fits(imported, PURE) and not imported.endswith("__init__.py")
    ]
    assert strays == []


def test_what_is_listed_as_pure_is_there_and_what_says_so_is_listed() -> None:
    assert [pattern for pattern in PURE if not any(fnmatch(name, pattern) for name in MODULES)] == []
    say_so = [name for name in MODULES if "(pure" in (ast.get_docstring(tree_of(name)) or "")]
    assert [name for name in say_so if name not in pure()] == []


def test_nothing_pure_asks_what_time_it_is() -> None:
    strays = [
        f"{name}:{node.lineno}"
        for name in pure()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "today", "utcnow")
        and ast.unparse(node.value) in ("datetime", "date", "datetime.datetime", "datetime.date")
    ]
    assert strays == []


def test_nothing_pure_prints_or_opens_a_file() -> None:
    strays = [
        f"{name}:{node.lineno} calls {node.func.id}"
        for name in pure()
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("print", "open", "input")
    ]
    assert strays == []


def test_only_the_report_prints() -> None:
    strays = [
        f"{name}:{node.lineno}"
        for name in MODULES
        if not name.startswith("report/") and name not in PRINTS
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.stdout.write", "sys.stderr.write")
    ]
    assert strays == []


def test_no_module_loads_a_heavy_library_at_its_top() -> None:
    strays = [
        f"{name}:{line} imports {imported}"
        for name in MODULES
        for imported, line in imports(name, top_only=True)
        if imported.split(".")[0] in HEAVY
    ]
    assert strays == []


def test_no_module_and_not_the_package_is_too_large() -> None:
    sizes = {name: len((PACKAGE / name).read_bytes().splitlines()) for name in MODULES}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) <= MOST_LINES


def test_every_module_says_what_it_is_for() -> None:
    empty = [name for name in MODULES if (PACKAGE / name).read_bytes().strip() and not ast.get_docstring(tree_of(name))]
    assert empty == []


def test_every_public_function_and_class_says_what_it_does() -> None:
    silent = []
    for name in MODULES:
        for node in tree_of(name).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                silent += [] if ast.get_docstring(node) else [f"{name}: {node.name}"]
    assert silent == []


def test_every_setting_is_read_somewhere() -> None:
    """A setting that is declared, documented and accepted, and that nothing reads, is a lie."""
    from autosync_tasks.config.settings import TABLE

    read = set()
    for name in set(MODULES) - {"config/settings.py"}:
        for node in ast.walk(tree_of(name)):
            read |= {node.attr} if isinstance(node, ast.Attribute) else set()
    assert set(TABLE) - read == set()


def test_features_and_tests_lie_under_the_names_of_the_rooms() -> None:
    rooms = {TOP, *GROUND, *FLOORS}
    features = {path.parent.name for path in (CHECKOUT / "features").rglob("*.feature")}
    assert features <= rooms, features - rooms
    beside = {"features", "support", "whole", "faults", "opencode", "agents", "__pycache__"}
    folders = {path.name for path in (CHECKOUT / "tests").iterdir() if path.is_dir()}
    assert folders - beside <= rooms, folders - beside - rooms


TOP_LEVEL = {
    *(".ci", ".editorconfig", ".github", ".gitignore", ".pre-commit-config.yaml", "ARCHITECTURE.md", "CHANGELOG.md"),
    *("CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md", "ansible", "autosync_tasks", "benchmarks"),
    *("constraints.txt", "crontab.example", "docs", "features", "pyproject.toml", "tasks.py", "tests", "tools"),
}


def test_nothing_lies_at_the_top_that_does_not_belong_there() -> None:
    """What a try of the program left behind was once committed with the rest."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, check=True).stdout
    assert {name.split("/")[0] for name in tracked.decode().split("\0") if name} == TOP_LEVEL
