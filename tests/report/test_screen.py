"""What a terminal shows: widths, columns, the line of progress, questions, Ctrl-C; and what is there without one."""

from __future__ import annotations

import io
import shutil
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from rich.cells import cell_len

from autosync_tasks.cli.boundary import code_of
from autosync_tasks.cli.collection import help_lines
from autosync_tasks.report import screen
from autosync_tasks.report.changes import of_changes
from autosync_tasks.report.words import Line, Part, line, of_next
from autosync_tasks.verify.drill import drill
from autosync_tasks.workspace.request import Request
from tests.policy.make import change
from tests.support.machine import Machine


class Terminal(io.StringIO):
    """A stream that says it is a person's terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class Slow:
    """A person who thinks for half a second."""

    def readline(self) -> str:
        time.sleep(0.5)
        return "y\n"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Both streams are one terminal of 80 columns."""
    stream = Terminal()
    seen = SimpleNamespace(stdout=stream, stderr=stream, stdin=Slow(), exception=sys.exception)
    monkeypatch.setattr(screen, "sys", seen)  # pytest itself puts other streams into the true one
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("HOME", "/home/ana")
    return stream


def rows(terminal: Terminal, width: int, lines: list[Line], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines as that terminal shows them, without colours."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("NO_COLOR", "1")
    terminal.truncate(0)
    terminal.seek(0)
    screen.show(lines)
    return terminal.getvalue().splitlines()


LONG = "/home/ana/.local/share/autosync-tasks/backup"
SAID = [
    line("  backup     ", f"{LONG} at 0123456, 298 files"),
    of_next(
        "`autosync restore` brings them back; `autosync sync --allow-mass-delete=506809beb320` lets exactly these go"
    ),
    line(Part("  + ", "green"), "context/a-name-that-is-rather-long-for-a-note.md  ", Part("context, high", "dim")),
    line(
        "  observe    ", Part("ok          ", "green"), "49 paths in the source, and some more words that go on and on"
    ),
    line("  next: ", "\u5bb6" * 30, " and ", "\u5bb6" * 10),
]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_nothing_is_wider_than_the_terminal(terminal: Terminal, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for shown in rows(terminal, width, [*SAID, *help_lines(codes=True), *help_lines("sync")], monkeypatch):
        assert cell_len(shown) <= width, shown


def test_at_40_columns_words_and_commands_are_whole(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = rows(terminal, 40, SAID, monkeypatch)
    assert "~/…/autosync-tasks/backup" in shown[0]
    assert any(row.strip() == "--allow-mass-delete=506809beb320`" for row in shown)
    assert "  observe    ok  49 paths in the source," in shown
    told = " ".join(" ".join(rows(terminal, 40, list(help_lines()), monkeypatch)).split())
    assert "get back bootstrap from a remote to a working tree, on a new machine recover mend" in told


def test_what_goes_on_stands_below_its_own_beginning(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    words = line(Part("  --diff  ", "cyan"), "word " * 20)
    first, *rest = rows(terminal, 60, [words], monkeypatch)
    assert first.startswith("  --diff  word")
    assert all(row.startswith(" " * 10 + "word") for row in rest)


def test_single_changes_are_aligned_and_many_are_grouped() -> None:
    few = [change(f"context/{'a' * number}.md") for number in (1, 9)]
    assert len({"".join(part.text for part in row).index("context, high") for row in list(of_changes(few))[:-1]}) == 1
    many = [change(f"context/{number}.md") for number in range(30)]
    assert ["".join(part.text for part in row) for row in of_changes(many)] == ["  ~ 30 context", ""]


def test_for_programs_no_column_is_filled_up(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show(of_changes([change("context/a.md"), change("context/much longer   than.md")]))
    assert (
        "  ~ context/a.md  context, high\n  ~ context/much longer   than.md  context, high\n" in capsys.readouterr().out
    )


def test_colours_and_their_absence(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    screen.show([line(Part("ok", "green"), ": done")])
    assert "\x1b[32mok" in terminal.getvalue()
    assert rows(terminal, 80, [line(Part("ok", "green"), ": done")], monkeypatch) == ["ok: done"]
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    terminal.truncate(0)
    terminal.seek(0)
    with screen.Progress() as progress:
        progress("reading", 1, 2)
        screen.show([line(Part("ok", "green"), ": done")])
    assert terminal.getvalue() == "ok: done\n"


def test_the_phase_is_named_within_a_moment_and_wiped_before_anything_else(terminal: Terminal) -> None:
    with screen.Progress() as progress:
        _until(terminal, "looking at the tree")
        progress("storing 3 MB", 64, 128)
        _until(terminal, "storing 3 MB ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌ 64 of 128")
        screen.show([line("found")])
        before, _, after = terminal.getvalue().rpartition("found\n")
        assert before.endswith("\r\x1b[K")
        assert "found" not in after
    assert terminal.getvalue().endswith(("\r\x1b[K", "found\n"))


def test_paused_it_has_no_thread_and_goes_on_afterwards(terminal: Terminal) -> None:
    before = threading.active_count()
    with screen.Progress() as progress:
        _until(terminal, "looking")
        with progress.paused():
            assert threading.active_count() == before
        progress("judging", 0, 0)
        _until(terminal, "judging")
    assert threading.active_count() == before
    with screen.Progress() as ended:
        ended.clear()
        with ended.paused():
            pass
        assert threading.active_count() == before


def _until(terminal: Terminal, words: str) -> None:
    end = time.monotonic() + 20
    while words not in terminal.getvalue():
        assert time.monotonic() < end, terminal.getvalue()
        time.sleep(0.02)


def test_a_question_is_not_wiped_away(terminal: Terminal) -> None:
    with screen.Progress():
        _until(terminal, "looking")
        asked = screen.ask("Overwrite? [y/N] ")
        told = terminal.getvalue()
    assert asked == "y\n"
    assert told.endswith("\r\x1b[KOverwrite? [y/N] ")


@pytest.mark.parametrize(
    ("doing", "said"),
    [
        ("looking at the tree", "nothing was written"),
        ("reading 12 MB", "nothing was written"),
        ("storing 3 MB", "a commit shows whole or not at all"),
        ("pushing", "the next one pushes it"),
        ("restoring", "each file is whole, old or new"),
    ],
)
def test_ctrl_c_says_what_was_done(capsys: pytest.CaptureFixture[str], doing: str, said: str) -> None:
    def task() -> int:
        with screen.Progress() as progress:
            progress(doing, 0, 0)
            raise KeyboardInterrupt

    assert code_of(task) == 130
    assert (told := capsys.readouterr().err).startswith(f"interrupted while {doing}: ")
    assert said in told


@pytest.mark.parametrize("doing", ["fetching", "reading 12 MB", "restoring", "storing 3 MB"])
def test_what_a_task_says_of_ctrl_c_holds_in_each_step(capsys: pytest.CaptureFixture[str], doing: str) -> None:
    """In a bootstrap a restore may go to scratch, and a sync follow."""

    def task() -> int:
        with screen.Progress("fetching", "run it again") as progress:
            progress(doing, 0, 0)
            raise KeyboardInterrupt

    assert code_of(task) == 130
    assert capsys.readouterr().err == f"interrupted while {doing}: run it again\n"


def test_ctrl_c_in_a_drill_says_nothing_of_the_config_tree(machine: Machine) -> None:
    machine.make_tree()
    machine.must_sync()
    steps: list[str] = []
    drill(machine.site, Request(check=True, now=machine.now), None, lambda what, *_: steps.append(what))
    assert [what for what in steps if what.startswith("trying")]
    assert [what for what in steps if what.startswith("restoring")] == []


def test_after_a_step_ctrl_c_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    def task() -> int:
        with screen.Progress():
            pass
        raise KeyboardInterrupt

    assert code_of(task) == 130
    assert capsys.readouterr().err == ""


def test_half_of_the_tree_gone_is_told_in_five_lines(machine: Machine) -> None:
    for number in range(300):
        machine.write(f"{('context', 'skills')[number % 3 == 0]}/n{number}.md", f"{number}\n")
    machine.write("agent/one.md", "---\ndescription: stays\nmode: subagent\n---\n")
    machine.sync()
    for folder in ("context", "skills"):
        shutil.rmtree(machine.path(folder))
    run = machine.program(["autosync", "sync"])
    assert run.exit_code == 3
    *told, recap = run.text.splitlines()
    assert recap.startswith("source=")
    assert len(told) <= 5
    assert [" ".join(row.split()) for row in told[:3]] == [
        "blocked: 300 of the 301 files in the backup are gone from the source",
        "gone: 200 files of context/",
        "gone: 100 files of skills/",
    ]
    assert "`autosync restore` brings them back" in told[3]
    assert "--allow-mass-delete=" in told[3]


def test_settings_are_shown_as_they_may_be_set(machine: Machine) -> None:
    machine.make_tree()
    machine.sync()
    words = ["autosync", "set-config", "MAX_SYNC_FREQUENCY=600", "DEEP_VERIFY_EVERY=2w", "--check"]
    assert "max_sync_frequency: not set → 10m" in machine.program(words).text
    machine.program(words[:-1])
    shown = machine.program(["autosync", "show-config"]).text
    own, _, usual = shown.partition("\n\n")
    assert "max_sync_frequency    10m  config file" in own
    assert "deep_verify_every     14d  config file" in own
    assert "default" not in own
    assert "max_age               26h  default" in usual
    assert " seconds" not in shown
