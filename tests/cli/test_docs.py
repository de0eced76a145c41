"""What the documentation says of commands, rules and codes is what the program has."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autosync_tasks.cli.collection import collection
from autosync_tasks.errors import EXIT_CODES
from tests.support.forks import CHECKOUT

PAGES = [*sorted(CHECKOUT.joinpath("docs").glob("*.md")), CHECKOUT / "README.md"]
TASK = re.compile(r"(?:inv|autosync) ((?!sync-config|demo in)[a-z][a-z-]*)((?: --?[a-z][a-z-]*(?:[= ][^`\s|-]+)?)*)")


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table below a heading."""
    text = CHECKOUT.joinpath("docs", page).read_text("utf-8").partition(heading)[2]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_of_categories_is_the_rules() -> None:
    from tools.policy_table import PAGE, page

    assert PAGE.read_text("utf-8") == page(), "run `python tools/policy_table.py`"


def test_the_exit_codes_are_told_once_and_all() -> None:
    assert [int(row[0]) for row in rows("exit-codes.md", "# Exit codes")] == list(EXIT_CODES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_on_a_page_exists_with_its_flags(page: Path) -> None:
    tasks, text = collection(), page.read_text("utf-8")
    known = {name: tasks[name] for name in tasks.task_names}
    for quoted in re.findall(r"`([^`\n]+)`", text) + [
        line for line in text.splitlines() if line.startswith("    inv ")
    ]:
        for name, flags in TASK.findall(quoted):
            assert name in known, quoted
            has = {flag for argument in known[name].get_arguments(ignore_unknown_help=True) for flag in argument.names}
            wanted = {flag.replace("_", "-") for flag in re.findall(r"--([a-z][a-z-]*)", flags)}
            assert wanted <= {flag.replace("_", "-") for flag in has} | {"help"}, quoted


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_nothing_refers_to_a_document_that_is_not_here() -> None:
    words = re.compile(
        "|".join([r"\bDESI" + r"GN\b", "[Tt]he se" + "ed\\b", r"\bSTY" + r"LE\.md", r"\bHOU" + r"SE\.md"])
    )
    strays = [
        f"{path.relative_to(CHECKOUT)}: {found[0]}"
        for room in ("autosync_tasks", "tests", "docs", "features")
        for path in CHECKOUT.joinpath(room).rglob("*")
        if path.suffix in (".py", ".md", ".feature") and (found := words.search(path.read_text("utf-8", "replace")))
    ]
    assert strays == []


def test_each_file_of_the_checkout_that_is_named_is_there() -> None:
    named = re.compile(r"\b(?:tests|features|benchmarks|tools)/[A-Za-z0-9_/.-]+\.(?:py|feature|sh|md)\b")
    pages = [*CHECKOUT.glob("*.md"), *(path for room in ("autosync_tasks", "tests", "docs", "features", "benchmarks")
             for path in CHECKOUT.joinpath(room).rglob("*"))]  # fmt: skip
    lost = {
        f"{path.relative_to(CHECKOUT)}: {name}"
        for path in pages
        if path.suffix in (".py", ".md", ".feature")
        for name in named.findall(path.read_text("utf-8", "replace"))
        if not (CHECKOUT / name).exists()
    }
    assert lost == set()


def test_the_workflow_runs_the_line_of_the_readme() -> None:
    readme = (CHECKOUT / "README.md").read_text("utf-8").partition("what .ci/run runs")[2]
    line = next(line for line in readme.splitlines() if line.startswith("python3 "))
    assert f"- run: {line}\n" in (CHECKOUT / ".github/workflows/tests.yml").read_text("utf-8")


def test_the_man_page_is_made_from_the_help_texts_and_can_be_read() -> None:
    from tools.man_page import PAGE, page

    assert PAGE.read_text("utf-8") == page(), "run `python tools/man_page.py`"
    if not shutil.which("man"):
        pytest.skip("man is not installed (tools/install-system-packages.sh installs it)")
    words = ["man", "--warnings", "-l", str(PAGE)]
    environ = {"PATH": os.environ["PATH"], "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, env=environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    shown = re.sub(".\b", "", done.stdout)
    assert all(re.search(rf"^ +{name}\b", shown, re.MULTILINE) for name in collection().task_names)
    assert all(len(line) <= 80 for line in shown.splitlines())
