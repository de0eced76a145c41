"""Which folder is the config tree: OpenCode's own program alone makes none."""

from __future__ import annotations

from pathlib import Path

import pytest

from autosync_tasks.config.places import locate, wrong_tree
from autosync_tasks.errors import SourceError, UsageError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


def made(home: Path, *names: str) -> None:
    for name in names:
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("x")


def found(home: Path) -> str:
    return locate("", "", {}, str(home), str(home / "data")).source.removeprefix(f"{home}/")


def test_the_program_beside_a_tree_is_no_question(home: Path) -> None:
    made(home, ".opencode/bin/opencode", ".opencode/.DS_Store", ".config/opencode/AGENTS.md")
    assert found(home) == ".config/opencode"


def test_the_program_alone_is_no_tree(home: Path) -> None:
    made(home, ".opencode/bin/opencode")
    with pytest.raises(SourceError, match="holds only OpenCode's own program"):
        found(home)


@pytest.mark.parametrize("more", ["bin/deploy", "agent/a.md", "opencode.json"])
def test_the_program_beside_something_is_a_tree(home: Path, more: str) -> None:
    made(home, ".opencode/bin/opencode", f".opencode/{more}")
    assert found(home) == ".opencode"
    made(home, ".config/opencode/AGENTS.md")
    with pytest.raises(UsageError, match="which one is your config tree"):
        found(home)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ((".opencode/bin/opencode",), "holds only OpenCode's own program"),
        ((".opencode/bin/opencode", ".config/opencode/AGENTS.md"), "holds only OpenCode's own program"),
        ((".opencode/notes.txt", ".config/opencode/AGENTS.md"), "holds nothing that OpenCode reads"),
        ((".opencode/AGENTS.md", ".config/opencode/AGENTS.md"), ""),  # a person was asked, and chose
        ((".opencode/notes.txt",), ""),
        ((".config/opencode/AGENTS.md",), ""),
    ],
)
def test_a_recorded_source_that_is_the_wrong_one_is_noticed(home: Path, names: tuple[str, ...], why: str) -> None:
    made(home, *names)
    told, way = wrong_tree(str(home / ".opencode"), {}, str(home))
    assert why in told and bool(told) == bool(why) == bool(way)
    if why and ".config/opencode/AGENTS.md" in names:
        assert f"OPENCODE_SOURCE={home}/.config/opencode" in way
