"""The programs, run as programs: bare environments, hostile folders and names, usage, help, pipes that close."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autosync_tasks.cli.collection import collection
from tests.features.pictures import picture
from tests.support.forks import CHECKOUT
from tests.support.machine import BIN, Machine

pytestmark = pytest.mark.sample(16, of_file=True)

RECAP = "source={source} ok={ok} changed={changed} skipped={skipped} blocked=0 failed=0"


def bare(machine: Machine, **more: str) -> dict[str, str]:
    """What `env -i` leaves, and a home."""
    return {"HOME": str(machine.home), "PATH": "/usr/local/bin:/usr/bin:/bin", **more}


@pytest.mark.parametrize("program", ["autosync", "sync-config", "inv"])
def test_first_and_second_run_in_an_empty_home(machine: Machine, program: str) -> None:
    machine.make_tree()
    words = [program] if program == "sync-config" else [program, "sync"]
    first = machine.program(words, environ=bare(machine), real=True)
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.text.splitlines()[-1] == RECAP.format(source=machine.source, ok=5, changed=1, skipped=1)
    second = machine.program(words, environ=bare(machine), real=True)
    assert (second.exit_code, second.stderr) == (0, "")
    assert second.text.splitlines()[-1] == RECAP.format(source=machine.source, ok=1, changed=0, skipped=0)
    assert second.before == second.after


def test_in_an_empty_home_without_a_tree_it_says_what_to_do(machine: Machine) -> None:
    told = machine.program(["autosync", "sync"], environ=bare(machine), prepared=False)
    assert told.exit_code == 1
    assert "no config tree found" in told.stderr
    assert "OPENCODE_SOURCE" in told.stderr
    assert f"`{BIN / 'autosync'} demo`" in told.stderr, "advice must work from where it is read"
    told = machine.program(["inv", "sync"], environ=bare(machine), prepared=False)
    assert "`inv demo`" in told.stderr


def test_without_any_environment_at_all(machine: Machine) -> None:
    """cron gives HOME; a broken caller may not. It ends in words, never in a traceback."""
    told = machine.program(["autosync", "status", "--short"], environ={}, prepared=False)
    assert "Traceback" not in told.text + told.stderr
    assert told.exit_code in (0, 1, 2)


@pytest.mark.parametrize(
    "words",
    [
        ["autosync", "--help"],
        ["autosync", "--list"],
        ["autosync", "--help", "sync"],
        ["autosync", "--help", "status"],
        ["autosync", "--version"],
        ["sync-config", "--help"],
        ["sync-config", "--version"],
        ["autosync"],
    ],
)
def test_help_suffices_alone(machine: Machine, words: list[str]) -> None:
    told = machine.program(words, environ=bare(machine), prepared=False)
    assert told.exit_code == 0, told.stderr
    assert told.text.strip()
    assert told.stderr == ""


def test_every_task_and_every_flag_has_a_help_text() -> None:
    """In a process of its own: Invoke hands each help text out only once."""
    words = (
        "from autosync_tasks.cli.collection import collection as c; found = c(); tasks = [found[name] for name in found.task_names]\n"
        "print(*[t.name for t in tasks if not (t.__doc__ or '').strip()])\n"
        "print(*[f'{t.name}--{a.name}' for t in tasks for a in t.get_arguments() if not a.help and 'word-' not in a.name])"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["autosync", "snyc"], 2),
        (["autosync", "sync", "--no-such-flag"], 2),
        (["autosync", "sync", "--trigger=moon"], 2),
        (["autosync", "set-config", "NO_SUCH_KEY=1"], 2),
        (["autosync", "set-config", "MAX_SYNC_FREQUENCY=soon"], 2),
        (["autosync", "auto-sync-if-needed", "--changes", "many"], 2),
        (["inv", "auto-sync-if-needed", "--changes=many"], 2),
        (["sync-config", "--no-such-flag"], 2),
        (["inv", "snyc"], 1),
        (["autosync", "-T", "5x", "status"], 2),
        (["autosync", "-D", "x"], 2),
        (["autosync", "-f", "", "status"], 2),
        (["autosync", "-f", "/etc", "status"], 2),
        (["autosync", "--print-completion-script=tcl"], 2),
        (["autosync", "sync", "--check=5"], 2),
        (["autosync", "sync", "--trigger"], 2),
    ],
)
def test_wrong_usage(machine: Machine, words: list[str], code: int) -> None:
    machine.make_tree()
    told = machine.program(words, environ=bare(machine), prepared=False)
    assert told.exit_code == code
    assert told.text == ""
    assert told.stderr.strip()
    assert "Traceback" not in told.stderr


TRAPS = {
    "git.py": "raise SystemExit('git.py of the current folder was run')",
    "rich.py": "raise SystemExit('rich.py of the current folder was run')",
    "invoke.py": "raise SystemExit('invoke.py of the current folder was run')",
    "tasks.py": "raise SystemExit('tasks.py of the current folder was run')",
    "invoke.yaml": "run: {dry: true}\ntasks: {collection_name: evil}\n",
    "invoke.json": '{"run": {"dry": true}}',
    "sitecustomize.py": "raise SystemExit('sitecustomize.py of the current folder was run')",
    "autosync_tasks/__init__.py": "raise SystemExit('a package of the current folder was run')",
    ".env": "OPENCODE_SOURCE=/etc\n",
}


@pytest.mark.parametrize("program", ["autosync", "sync-config"])
def test_nothing_in_the_current_folder_is_run_or_read(machine: Machine, program: str) -> None:
    machine.make_tree()
    machine.folder = machine.root / "hostile"
    for name, text in TRAPS.items():
        path = machine.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (machine.home / ".invoke.yaml").write_text("run: {dry: true}\n")
    before = picture(machine.folder)
    words = [program] if program == "sync-config" else [program, "sync"]
    told = machine.program(words, environ=bare(machine), real=True)
    assert told.exit_code == 0, told.text + told.stderr
    assert "changed=1" in told.text
    assert picture(machine.folder) == before


@pytest.mark.parametrize(
    ("end", "text"), [("yaml", "{a: ["), ("json", "{"), ("py", "raise SystemExit('it was run')"), ("yml", None)]
)
def test_no_settings_of_invoke_at_home_are_read(machine: Machine, end: str, text: str | None) -> None:
    """Not even those that bear this program's name. None: a folder stands there."""
    machine.make_tree()
    path = machine.home / f".autosync-invoke.{end}"
    path.mkdir() if text is None else path.write_text(text)
    told = machine.command("autosync", "set-config", "AUTO_SYNC_PUSH=true")
    assert (told.exit_code, told.stderr) == (0, "")


def test_nothing_in_the_config_tree_is_run(machine: Machine) -> None:
    """The config tree is the current folder when an agent calls."""
    machine.make_tree()
    for name in ("git.py", "rich.py", "tasks.py", "invoke.py"):
        machine.write(name, TRAPS[name])
    machine.folder = machine.source
    told = machine.program(["autosync", "sync"], environ=bare(machine), real=True)
    assert told.exit_code == 0, told.text + told.stderr


@pytest.mark.parametrize(
    "variables",
    [
        {"INVOKE_RUN_DRY": "1", "INVOKE_TASKS_COLLECTION_NAME": "evil"},
        {"GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_WORK_TREE": "/"},
        {"GIT_PYTHON_REFRESH": "raise", "GIT_PYTHON_GIT_EXECUTABLE": "/nonexistent/git", "PYTHONWARNINGS": "error"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": "/tmp", "LC_ALL": "C"},
        {"LANG": "tr_TR.UTF-8", "TERM": "dumb", "COLUMNS": "1", "PYTHONIOENCODING": "ascii"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_no_variable_of_others_changes_a_sync(machine: Machine, variables: dict[str, str]) -> None:
    machine.make_tree()
    told = machine.program(["autosync", "sync"], environ=bare(machine, **variables))
    assert told.exit_code == 0, told.text + told.stderr
    assert "changed=1" in told.text


HOSTILE = [
    b"context/\x1b]0;title\x07.md",
    b"context/[/bold][link=mailto:x]x[/link].md",
    b"context/\xe2\x80\xaeright-to-left.md",
    b"context/new\nline source=x ok=9.md",
    b"context/\xff\xfe.md",
    b"context/\xed\xa0\x80.md",
]


def write_hostile(machine: Machine) -> None:
    for raw in HOSTILE:
        path = os.path.join(os.fsencode(machine.source), raw)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(b"Contents [/red] \x1b[31m.\n")


@pytest.mark.parametrize("task", ["detect", "validate", "sync", "status", "diff"])
def test_hostile_names_print_safely(machine: Machine, task: str) -> None:
    machine.make_tree()
    write_hostile(machine)
    told = machine.program(["autosync", task], environ=bare(machine, LC_ALL="C"))
    shown = told.text + told.stderr
    assert "Traceback" not in shown
    assert [char for char in shown if ord(char) < 32 and char != "\n"] == []
    assert "\u202e" not in shown
    assert not any(line.startswith("line source=x") for line in shown.splitlines())


@pytest.mark.parametrize("task", ["detect", "sync", "status", "diff"])
def test_on_a_terminal_markup_in_names_is_only_text(machine: Machine, task: str) -> None:
    """rich is used there: through a pseudo-terminal, as a person has one."""
    machine.make_tree()
    machine.write("context/[/bold][blink]x[/blink].md", "[/red] text\n")
    machine.prepare_scanner()
    shown, code = on_a_terminal([str(BIN / "autosync"), task], bare(machine, TERM="xterm-256color"), machine.folder)
    assert "Traceback" not in shown, shown
    assert "\x1b[" in shown, "no colour: this was not a terminal"
    assert "\x1b[5m" not in shown
    assert code in (0, 1)


def on_a_terminal(argv: list[str], environ: dict[str, str], folder: Path) -> tuple[str, int]:
    import pty

    leader, follower = pty.openpty()
    with subprocess.Popen(argv, env=environ, cwd=folder, stdin=follower, stdout=follower, stderr=follower) as child:
        os.close(follower)
        parts = []
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # EIO: the other side is closed
                break
            if not part:
                break
            parts.append(part)
        code = child.wait(timeout=60)
    os.close(leader)
    return b"".join(parts).decode("utf-8", "replace"), code


def in_a_shell(machine: Machine, words: str) -> subprocess.CompletedProcess[str]:
    """`autosync` with these words of bash after it."""
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"'{BIN / 'autosync'}' {words}"],
        env=bare(machine),
        cwd=machine.folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("flags", ["", "--json"])
def test_a_reader_that_goes_away_is_no_fault(machine: Machine, flags: str) -> None:
    machine.make_tree()
    for number in range(400):
        machine.write(f"context/{number}.md", "text\n")
    done = in_a_shell(machine, f"detect {flags} | head -n 1")
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize("words", ["--help", "--list", "sync --help", "--version", "--print-completion-script=bash"])
def test_help_is_a_program_like_any_other(machine: Machine, words: str) -> None:
    done = in_a_shell(machine, f"{words} | true")
    assert (done.returncode, done.stderr) == (0, "")
    done = in_a_shell(machine, f"{words} > /dev/full")
    assert (done.returncode, done.stderr) == (1, "error: the output could not be written: no space left on device\n")


def test_the_list_of_inv_can_be_cut_short(machine: Machine) -> None:
    """Invoke's own listing, by Invoke's own program: no traceback, whatever its exit code."""
    shell = ["bash", "-c", f"cd '{CHECKOUT}' && '{BIN / 'inv'}' --list | true"]
    done = subprocess.run(shell, env=bare(machine), capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("words", ["--help", "--version"])
def test_sync_config_says_so_too(machine: Machine, words: str) -> None:
    """argparse itself keeps quiet about an output that cannot be written."""
    for where, code in (("| true", 0), ("> /dev/full", 1)):
        shell = ["bash", "-o", "pipefail", "-c", f"'{BIN / 'sync-config'}' {words} {where}"]
        done = subprocess.run(shell, env=bare(machine), capture_output=True, text=True, check=False)
        assert (done.returncode, "no space left" in done.stderr) == (code, bool(code))


@pytest.mark.parametrize("words", ["sync --verbose", "help restore"])
def test_a_locale_without_our_signs_gets_others(machine: Machine, words: str) -> None:
    machine.make_tree()
    done = machine.program(["autosync", *words.split()], environ=bare(machine, PYTHONIOENCODING="latin-1"))
    assert done.exit_code == 0
    assert "\\u2" not in done.text
    assert ("->" if words.startswith("sync") else "[PATH ...]") in done.text


@pytest.mark.parametrize("flags", ["", "--json"])
def test_an_output_that_cannot_be_written_is_told_once(machine: Machine, flags: str) -> None:
    machine.make_tree()
    done = in_a_shell(machine, f"detect {flags} > /dev/full")
    assert done.stderr == "error: the output could not be written: no space left on device\n"
    assert done.returncode == 1


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-", "<&-"])
def test_streams_that_the_caller_closed_harm_nothing(machine: Machine, closed: str) -> None:
    """A daemon may close them: no file that git or we open may get number 1 or 2 and be written into."""
    machine.make_tree()
    machine.prepare_scanner()
    for words in ("sync --json", "verify --deep"):
        done = in_a_shell(machine, f"{words} {closed}")
        assert (done.returncode, done.stderr) == (0, "")
    assert machine.sync().outcome == "ok"


def test_python_m_is_the_same_program(machine: Machine) -> None:
    words = [sys.executable, "-m", "autosync_tasks"]
    done = subprocess.run([*words, "--version"], env=bare(machine), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout[:9], done.stderr) == (0, "autosync ", "")


def test_python_m_is_not_needed_but_inv_works_from_a_subfolder(machine: Machine) -> None:
    machine.make_tree()
    done = subprocess.run(
        [str(BIN / "inv"), "status", "--short"],
        env=bare(machine),
        cwd=CHECKOUT / "features",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "not protected: there is no backup yet\n")


def test_json_of_a_hostile_tree_is_one_document_in_ascii(machine: Machine) -> None:
    machine.make_tree()
    write_hostile(machine)
    told = machine.program(["autosync", "sync", "--json"], environ=bare(machine))
    assert told.text.isascii()
    document = json.loads(told.text)
    assert {bytes.fromhex(change["path_hex"]) for change in document["changes"]} >= set(HOSTILE)
    assert document["exit_code"] == told.exit_code == 0


READERS = [name for name, task in collection().tasks.items() if "json" in inspect.signature(task.body).parameters]
NEED_NO_SETTINGS = {
    "doctor",
    "install-completion",
    "uninstall-completion",
    "set-config",
    "uninstall-cron",
    "uninstall-hook",
    "uninstall-timer",
}
"""Doctor tells a wrong setting as one of its findings, set-config mends it; what was installed can be taken away whatever they say."""
WORDS = {"why": ["AGENTS.md"], "bootstrap": ["/nowhere"], "accept": ["0123456789abcdef", "--reason=x"]}


@pytest.mark.parametrize("task", sorted({*READERS} - NEED_NO_SETTINGS))
def test_json_of_an_error_is_one_document_too(machine: Machine, task: str) -> None:
    machine.config.mkdir(parents=True)
    (machine.config / "config.toml").write_text("max_sync_frequency = -1\nauto_sync_push = 3\n")
    words = ["autosync", task, *WORDS.get(task, []), "--json"]
    told = machine.program(words, environ=bare(machine), prepared=False)
    document = json.loads(told.text)
    assert told.stderr == ""
    assert document["exit_code"] == told.exit_code == 2
    assert len(document["details"]) == 2


def test_what_a_rule_is_for_as_one_document(machine: Machine) -> None:
    told = machine.program(["autosync", "validate", "--explain=SEC001", "--json"], prepared=False)
    assert "provider" in json.loads(told.text)["explanation"]


def test_a_signal_ends_it_without_a_traceback(machine: Machine) -> None:
    import signal
    import time

    machine.make_tree()
    for number in range(3000):
        machine.write(f"context/{number}.md", "text\n" * 50)
    machine.prepare_scanner()
    child = subprocess.Popen(
        [str(BIN / "autosync"), "sync"], env=bare(machine), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    end = time.monotonic() + 60
    while not any(machine.state.glob("*/lock")) and child.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err, err
    assert child.returncode in (0, 130, 1)
    if child.returncode == 130:
        assert re.match(rb"interrupted while [a-z]+.*: .*(as they were|says which)\n\Z", err), err
        assert machine.program(["autosync", "sync"], environ=bare(machine)).exit_code == 0


CUT = """
import os, signal, sys
wanted = sys.argv.pop(1)
class Cut:
    def find_spec(self, name, path=None, target=None):
        if name == wanted:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Cut())
from autosync_tasks.cli.program import autosync
autosync()
raise SystemExit("not interrupted")
"""


@pytest.mark.parametrize("name", ["sync.still", "report.stream", "cli.collection", "config.load", "status.status"])
def test_ctrl_c_while_it_starts(machine: Machine, name: str) -> None:
    """Whatever is being loaded then: nobody sees what Python was about."""
    command = [sys.executable, "-c", CUT, f"autosync_tasks.{name}", "status"]
    done = subprocess.run(command, env=bare(machine), capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (130, False), done.stderr


@pytest.mark.parametrize(
    "words", [["-F", "zzz", "--list"], ["-f", "x.foo", "status"], ["-c", "x", "status"], ["-h", "x"]]
)
def test_foolish_values_of_options_of_invoke(machine: Machine, words: list[str]) -> None:
    told = machine.program(["inv", *words], environ=bare(machine), prepared=False, real=True)
    assert (told.exit_code, "Traceback" in told.stderr) == (1, False)
    assert told.stderr.strip()


@pytest.mark.parametrize(
    "words", [["-T", "abc", "status"], ["-D", "x"], ["--command-timeout=", "status"], ["-F", "zzz"]]
)
def test_only_inv_has_them(machine: Machine, words: list[str]) -> None:
    told = machine.program(["autosync", *words], environ=bare(machine), prepared=False)
    assert told.exit_code == 2
    assert "error: No idea what" in told.stderr
