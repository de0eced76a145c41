"""bash reads many scripts at once, runs none of them, and comes to an end whatever they hold."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.validation import bash
from autosync_tasks.validation.bash import check_shell

TRAPS = {
    "plain": "touch TRAP\n$(touch TRAP)\n`touch TRAP`\n",
    "reading is switched off again": "set +n\ntouch TRAP\nset +o noexec; touch TRAP\neval 'set +n'\ntouch TRAP\n",
    "a continued first line": "\\\nset +n\ntouch TRAP\n",
    "zero bytes first": "\0\0\nset +n\ntouch TRAP\n",
    "a carriage return": "\rset +n\r\ntouch TRAP\r\n",
    "traps": "trap 'touch TRAP' EXIT DEBUG ERR RETURN\ntrue\nexit\n",
    "exec": "exec touch TRAP\n",
    "here-document": "cat <<X\n$(touch TRAP)\nX\n",
    "here-document without end": "cat <<X\n$(touch TRAP)\n",
    "arithmetic": "a[$(touch TRAP)]=1\n((a[$(touch TRAP)]++))\n[[ -v a[$(touch TRAP)] ]]\n",
    "redirection": ">TRAP\nexec 3>TRAP\ncat <(touch TRAP)\n",
    "coprocess": "coproc touch TRAP\n",
    "alias": "shopt -s expand_aliases\nalias x='touch TRAP'\nx\n",
    "functions": "set() { touch TRAP; }\ncommand_not_found_handle() { touch TRAP; }\nset\nnope\n",
    "prompts": "PS4='$(touch TRAP)'\nset -x\ntrue\n",
    "extended patterns": "shopt -s extglob\nset +n\ntouch TRAP !($(touch TRAP))\n",
    "a fault after it": "touch TRAP\nif\n",
}


def test_nothing_in_a_script_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap, start = tmp_path / "trap", tmp_path / "start.sh"
    start.write_text(f"touch {trap}\n")
    monkeypatch.setenv("BASH_ENV", str(start))
    monkeypatch.setenv("ENV", str(start))
    check_shell([text.replace("TRAP", str(trap)).encode() for text in TRAPS.values()])
    assert not trap.exists()
    assert subprocess.run(["bash", "-c", f"touch {trap}"], check=True) and trap.exists()  # the trap itself works


def test_each_script_has_its_own_answer_with_its_own_line() -> None:
    scripts = [
        b"true\n",
        b"true\nif true; then\nfi\n",
        b"exit 3\n",
        b"true\ntrue\nfor\n",
        b"",
        b"return 1\n",
        b"case\n",
    ]
    said = check_shell(scripts)
    assert [bool(words) for words in said] == [False, True, False, True, False, False, True]
    assert "line 3:" in said[1]
    assert "line 3:" in said[3]
    assert "line 1:" in said[6]


@pytest.mark.parametrize(
    "script", ["if\n", "true\n\n)\n", 'echo "a\n', "a() {\n", "[[ a b c ]]\n", "echo $((1\n", "true\n"]
)
def test_bash_itself_says_the_same(script: str) -> None:
    alone = subprocess.run(
        ["bash", "-n"], input=script, capture_output=True, text=True, env={"LC_ALL": "C"}, check=False
    )
    said = check_shell([script.encode()])[0]
    assert bool(said) is bool(alone.stderr)
    if said:
        assert said.split(": ", 1)[1].split(":")[0] == alone.stderr.split(": ", 1)[1].split(":")[0], "the same line"


def test_an_answer_cannot_be_forged() -> None:
    """What bash quotes of one script is not taken for the answer of another."""
    forged = b"true\n)' 0 \\0 0 \\0\n"
    assert [bool(words) for words in check_shell([b"true\n", forged, b"true\n"])] == [False, True, False]


def test_patterns_that_the_script_itself_switches_on_are_known() -> None:
    assert check_shell([b"shopt -s extglob\nrm -r !(keep|this)\n", b"rm -r !(keep|this)\n"])[0] == ""


HUGE = {
    "brackets": b"(" * 1_000_000,
    "substitutions": b"$(" * 500_000,
    "expansions": b"x=${" * 200_000,
    "quotes": b"`" * 999_999,
    "here-documents": b"cat <<X\n" * 120_000,
    "functions": b"a() {\n" * 150_000,
    "zero bytes": b"true\n" + b"\0" * 1_000_000,
    "sequences": b"echo {1..99999999}\n" * 10,
}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.binary(max_size=60) | st.text("()[]{}$`'\"\\<>|&;!#=*? \nifthencaseac", max_size=40).map(str.encode),
        max_size=6,
    )
)
def test_any_scripts_get_an_answer_each(scripts: list[bytes]) -> None:
    said = check_shell(scripts)
    assert len(said) == len(scripts)
    again = check_shell(scripts[::-1])[::-1]
    assert [bool(words) for words in again] == [bool(words) for words in said], "whatever stands beside it"


def test_huge_scripts_come_to_an_end_and_do_not_harm_the_others() -> None:
    begin = time.monotonic()
    said = check_shell([b"true\n", *HUGE.values(), b"if\n"])
    assert len(said) == len(HUGE) + 2
    assert said[0] == ""
    assert "line 2:" in said[-1]
    assert time.monotonic() - begin < bash.LONGEST


def test_a_bash_that_hangs_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marks = tmp_path / "pids"
    fake = tmp_path / "bash"
    fake.write_text(f"#!/bin/sh\nprintf '0 \\000'\necho $$ >{marks}\nsleep 300 & echo $! >>{marks}\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(bash, "LONGEST", 1.0)
    assert check_shell([b"one", b"two", b"three"]) == ["", bash._TOO_LONG, bash._TOO_LONG]
    time.sleep(0.1)
    for pid in marks.read_text().split():
        state = Path(f"/proc/{pid}/stat")
        assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_where_there_is_no_bash_nothing_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check_shell([b"if\n", b"true\n"]) == ["", ""]


def test_bash_sees_nothing_of_the_users_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, fake = tmp_path / "environ", tmp_path / "bash"
    fake.write_text(f"#!/bin/sh\n/usr/bin/env >{out}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("BASH_FUNC_echo%%", "() { :; }")
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    check_shell([b"true\n"])
    assert {line.partition("=")[0] for line in out.read_text().splitlines()} <= {"PATH", "LC_ALL", "PWD", "_", "SHLVL"}


def test_scripts_are_read_by_one_bash_and_lie_in_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    real = subprocess.Popen

    def count(command: list[str], **given: Any) -> subprocess.Popen[str]:
        begun.append(command)
        return real(command, **given)

    monkeypatch.setattr(subprocess, "Popen", count)
    assert check_shell([b"true\n"] * 50) == [""] * 50
    assert len(begun) == 1
    assert all(word.startswith("/proc/self/fd/") for word in begun[0][6:])
