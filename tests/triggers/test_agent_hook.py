"""Our hooks in an agent's settings file: every foreign byte stays, and taking them out gives back what was there."""

from __future__ import annotations

import json
import os
import random
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.errors import AutosyncError, UsageError
from autosync_tasks.files import write_whole
from autosync_tasks.profiles import Source
from autosync_tasks.triggers import agent_hook, files
from autosync_tasks.triggers.hook_text import (
    MARK,
    HookFile,
    hook_file,
    ours,
    shell_command,
    trusted,
    with_hooks,
    without_hooks,
)
from autosync_tasks.triggers.splice import SpliceError, value_of


def shipped(name: str) -> HookFile:
    profile = Source(name).read()
    assert profile.trigger is not None
    found = hook_file(profile.title, profile.trigger.kind, profile.trigger.file, profile.trigger.events)
    assert found is not None
    return found


CLAUDE, CODEX, GEMINI = map(shipped, ("claude", "codex", "gemini"))
COMMAND = shell_command(("/opt/autosync", "sync", "--trigger=workflow"), {"HOME": "/home/u"})
OTHER = {"hooks": [{"type": "command", "command": "say done"}]}

NASTY = [
    "{}",
    "{ }\n",
    "{\n}\n",
    '{"a":1}',
    '{"a": 1, "b": [1, 2]}\n',
    '{\n  "model": "x",\n  "env": {"A": "b"}\n}\n',
    '{\n    "model": "x"\n}',
    '{\r\n\t"a": 1,\r\n\t"b": {}\r\n}\r\n',
    '{"hooks": {}}',
    '{"hooks": {"Stop": []}}',
    '{"a": 1,\r\n\t"hooks" : null }',
    '{"hooks": {"Stop": null, "AfterAgent": null, "SessionEnd": null}}',
    '{"hooks": {  "SessionEnd":null}, "z": {}}',
    '{"hooks": {"Stop": [ ], "AfterAgent": [\n]}}',
    '{\n  "hooks": {\n    "Stop": [\n      {"hooks": []}\n    ]\n  }\n}\n',
    json.dumps({"hooks": {"Stop": [OTHER, OTHER], "SessionEnd": [OTHER], "AfterAgent": [OTHER]}}, indent=2),
    json.dumps({"hooks": {"Stop": [OTHER]}, "z": "\u2028\ud83d\ude00"}, indent="\t", ensure_ascii=False),
    '{"a": 1, "a": 2, "ho\\u006fks": {"Stop": []}}',
    '{"hooks": 1, "hooks": {}}',
    '  {"a" : "// no comment, \\" /* neither */"  }  \n\n',
    '{"a": -1.5e+10, "b": null, "c": [[], {}, [{}]]}',
]
COMMENTED = [
    "// mine\n{}\n",
    '{"a": 1 // c\n}',
    '{"a": 1 /* c */ }',
    '{\n  // first\n  "a": 1, // one  \n  "b": 2 // two  \n  // last\n}\n// end',
    "{ /* x */ }",
    '{"hooks": { // mine\n } /* y */ }',
    '{"hooks": /* a */ null // b\n}',
    '{\r\n  "hooks": {"AfterAgent": [ /* a */ {"hooks": []} /* b */ // c\r\n ]}\r\n}',
]


@pytest.mark.parametrize("file", [CLAUDE, CODEX, GEMINI], ids=lambda file: file.agent)
@pytest.mark.parametrize("text", NASTY + COMMENTED)
def test_in_and_out_gives_back_every_byte(text: str, file: HookFile) -> None:
    if text in COMMENTED and not file.comments:
        with pytest.raises(SpliceError, match="not JSON"):
            with_hooks(text, file, COMMAND)
        return
    into_and_out(text, file)


def into_and_out(text: str, file: HookFile) -> None:
    once = with_hooks(text, file, COMMAND)
    assert [(event, said) for event, _, _, said in ours(value_of(once, comments=file.comments))] == [
        (event, COMMAND)
        for event in sorted(file.events, key=list(value_of(once, comments=file.comments)["hooks"]).index)
    ]
    assert with_hooks(once, file, COMMAND) == once
    assert without_hooks(once, file) == text
    renewed = with_hooks(with_hooks(text, file, f"old {COMMAND}"), file, COMMAND)
    assert renewed == once


GAPS = ["", "", " ", "  ", "\n", "\n  ", "\r\n\t", "\n\n    "]
COMMENTS = ["", "", "", "// note  \n", "/* a\n * b */", "/**/ "]
KEYS = ['"a"', '"b\\n"', '"hooks"', '"Stop"', '"AfterAgent"', '"SessionEnd"', '"ho\\u006fks"']
PLAIN = ["1", "-0.5e3", "null", "true", '""', '"\\"// x"', '"/* y */"', '"é\\ud800"']


def document(dice: random.Random, comments: bool, depth: int = 0) -> str:
    """Some JSON text, as untidy as a person makes it; often with something where hooks belong."""

    def gap() -> str:
        return dice.choice(GAPS) + (dice.choice(COMMENTS) + dice.choice(GAPS) if comments else "")

    if depth and (depth > 4 or dice.random() < 0.3):
        return dice.choice(PLAIN)
    keyed = depth < 2 or dice.random() < 0.5  # `hooks` and its event are often of the kind that is wanted
    inside = [document(dice, comments, depth + 1) for _ in range(dice.choice((0, 1, 1, 2, 3)))]
    if keyed:
        names = [dice.choice(KEYS[2:] if depth < 2 else KEYS) for _ in inside]
        inside = [f"{name}{gap()}:{gap()}{one}" for name, one in zip(names, inside, strict=True)]
    body = ",".join(f"{gap()}{one}{gap()}" for one in inside) or gap()
    made = "{" + body + "}" if keyed else f"[{body}]"
    return made if depth else gap() + made + gap()


def in_and_out_of_any(seed: int) -> bool:
    """Whether the text of this seed could be edited."""
    dice = random.Random(seed)
    comments = dice.random() < 0.5
    text, edited = document(dice, comments), False
    for file in (GEMINI,) if comments else (CLAUDE, CODEX, GEMINI):
        try:
            with_hooks(text, file, COMMAND)
        except SpliceError:
            value = value_of(text, comments=comments)  # what is no object, or holds none where hooks belong
            hooks = value.get("hooks", {}) if isinstance(value, dict) else None
            assert not isinstance(hooks, dict) or any(not isinstance(hooks.get(e, []), list) for e in file.events)
            continue
        into_and_out(text, file)
        edited = True
    return edited


@settings(max_examples=120, deadline=None)
@given(st.integers(0, 2**40))
def test_any_text_comes_back_or_is_refused_and_left(seed: int) -> None:
    in_and_out_of_any(seed)


@pytest.mark.full
def test_many_texts_come_back() -> None:
    assert sum(in_and_out_of_any(seed) for seed in range(3_000)) > 800


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40), st.text("{}[]\",:/*\\ \n'a1", max_size=6), st.integers(0, 200))
def test_a_spoilt_text_is_refused_or_keeps_its_bytes(seed: int, noise: str, at: int) -> None:
    text = document(random.Random(seed), comments=True)
    spoilt = text[: at % (len(text) + 1)] + noise + text[at % (len(text) + 1) :]
    try:
        once = with_hooks(spoilt, GEMINI, COMMAND)
    except SpliceError:
        return
    assert without_hooks(once, GEMINI) == spoilt


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[]",
        "1",
        "{,}",
        '{"a": 1,}',
        '{"a": NaN}',
        '{"a": 1}}',
        '{"hooks": []}',
        '{"hooks": {"Stop": {}}}',
        "{'a': 1}",
        "\ufeff{}",
    ],
)
def test_what_the_agent_could_not_read_is_not_edited(text: str) -> None:
    with pytest.raises(SpliceError):
        with_hooks(text, CLAUDE, COMMAND)


def test_codex_trusts_by_place_so_nothing_of_the_persons_moves() -> None:
    text = with_hooks(json.dumps({"hooks": {"Stop": [OTHER]}}, indent=2), CODEX, COMMAND)
    value = json.loads(text)
    assert value["hooks"]["Stop"][0] == OTHER
    value["hooks"]["Stop"].append(OTHER)
    left = json.loads(without_hooks(json.dumps(value, indent=2), CODEX) or "")
    assert left["hooks"]["Stop"] == [OTHER, {"hooks": []}, OTHER]
    assert json.loads(without_hooks(json.dumps(value), CLAUDE) or "")["hooks"]["Stop"] == [OTHER, OTHER]


def test_a_client_that_wrote_the_file_anew_does_not_keep_our_hooks_from_going() -> None:
    """Claude Code orders keys, indents by two and leaves the last newline out."""
    value = json.loads(with_hooks('{"z":1}', CLAUDE, COMMAND))
    rewritten = json.dumps({"hooks": value["hooks"], "z": 1}, indent=2)
    assert json.loads(without_hooks(rewritten, CLAUDE) or "") == {"z": 1}


def test_two_of_ours_become_one() -> None:
    value = json.loads(with_hooks("{}", CLAUDE, COMMAND))
    value["hooks"]["Stop"] = [*value["hooks"]["Stop"], OTHER, *value["hooks"]["Stop"]]
    made = json.loads(with_hooks(json.dumps(value), CLAUDE, COMMAND))
    assert [one["hooks"][0]["command"] for one in made["hooks"]["Stop"]] == [COMMAND, "say done"]


@pytest.mark.parametrize("path", ["/a'b/autosync", "/a\\b", "/a\nb", "/a=b/autosync"])
def test_paths_without_a_safe_form_are_refused(path: str) -> None:
    with pytest.raises(UsageError):
        shell_command((path, "sync"), {})


# --- the file


WORDS = ("/opt/autosync", "sync", "--trigger=workflow")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "home").mkdir()
    return {"HOME": str(tmp_path / "home"), "PATH": os.environ["PATH"], "API_KEY": "not for the hook"}


def test_check_and_run_first_and_second_then_remove(environ: dict[str, str]) -> None:
    home, path = environ["HOME"], Path(environ["HOME"], "settings.json")

    def call(act: str, *, check: bool = False) -> tuple[str, int]:
        run = agent_hook.install if act == "install" else agent_hook.uninstall
        words = {"words": WORDS} if act == "install" else {}
        found = run(environ, CLAUDE, home, check=check, **words)
        return found.outcome, found.exit_code

    assert call("install", check=True) == ("changed", 5)
    assert os.listdir(home) == []
    assert call("install") == ("changed", 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "not for the hook" not in path.read_text()
    assert agent_hook.state_of(environ, CLAUDE, home, WORDS) == ""
    assert "not those" in str(agent_hook.state_of(environ, CLAUDE, home, ("/new", *WORDS[1:])))
    assert call("install", check=True) == ("ok", 0)
    assert call("install") == ("ok", 0)
    assert call("uninstall", check=True) == ("changed", 5)
    assert call("uninstall") == ("changed", 0)
    assert not path.exists()
    assert call("uninstall") == ("ok", 0)
    assert agent_hook.state_of(environ, CLAUDE, home, WORDS) is None


def test_a_link_stays_a_link_and_the_mode_stays(environ: dict[str, str], tmp_path: Path) -> None:
    home, real = Path(environ["HOME"]), tmp_path / "dotfiles"
    real.mkdir()
    (real / "claude.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    (real / "claude.json").chmod(0o640)
    (home / "settings.json").symlink_to("../dotfiles/claude.json")
    agent_hook.install(environ, CLAUDE, str(home), WORDS)
    assert (home / "settings.json").is_symlink()
    assert (real / "claude.json").read_bytes().startswith(b"\xef\xbb\xbf{")
    assert stat.S_IMODE((real / "claude.json").stat().st_mode) == 0o640
    agent_hook.uninstall(environ, CLAUDE, str(home))
    assert (home / "settings.json").is_symlink()
    assert (real / "claude.json").read_bytes() == b'\xef\xbb\xbf{"a": 1}'
    assert sorted(os.listdir(real)) == ["claude.json"]


def test_what_the_agent_writes_meanwhile_is_kept(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(environ["HOME"], "settings.json")
    path.write_text('{"a": 1}')

    def late(*words: Any, **named: Any) -> bool:
        if '"b"' not in path.read_text():
            path.write_text('{"a": 1, "b": 2}')
        return write_whole(*words, **named)

    monkeypatch.setattr(files, "write_whole", late)
    agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)
    assert {"a": 1, "b": 2}.items() <= json.loads(path.read_text()).items()
    assert agent_hook.state_of(environ, CLAUDE, environ["HOME"], WORDS) == ""


def test_an_agent_that_never_rests_is_told_of(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = Path(environ["HOME"], "settings.json"), files.read
    path.write_text("{}")
    count = iter(range(1000))

    def other(name: str) -> bytes | None:
        return read(name) if not name.endswith("settings.json") else b'{"n": %d}' % next(count)

    monkeypatch.setattr(files, "read", other)
    with pytest.raises(AutosyncError, match="at the same time"):
        agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)


@pytest.mark.parametrize(
    ("file", "held", "why"),
    [
        (CODEX, b"\xef\xbb\xbf{}", "byte order mark"),
        (CLAUDE, b'{"a": "\xff"}', "not UTF-8"),
        (CLAUDE, b'{"a": 1, // c\n}', "not JSON"),
        (CLAUDE, b"\n", "not JSON"),
        (GEMINI, b'{"hooks": 1}', "not an object"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_left(
    environ: dict[str, str], file: HookFile, held: bytes, why: str
) -> None:
    path = Path(environ["HOME"], file.file)
    path.write_bytes(held)
    with pytest.raises(UsageError, match=why):
        agent_hook.install(environ, file, environ["HOME"], WORDS)
    assert path.read_bytes() == held
    assert agent_hook.uninstall(environ, file, environ["HOME"]).outcome == "ok"
    assert not agent_hook.of_others(environ, file, held, WORDS)  # as a restore asks of a backup's version


def test_a_folder_in_its_place_is_told(environ: dict[str, str]) -> None:
    Path(environ["HOME"], CLAUDE.file).mkdir()
    with pytest.raises(AutosyncError, match="cannot be read: is a directory") as told:
        agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)
    assert told.value.hint == "look at what stands there"


def test_the_difference_shows_nothing_of_the_persons(environ: dict[str, str]) -> None:
    path = Path(environ["HOME"], "settings.json")
    path.write_text('{"env": {"TOKEN": "mine"}}')
    found = agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS, check=True)
    assert "nohup" in found.diff
    assert "mine" not in found.diff


@pytest.mark.parametrize(
    ("file", "off"),
    [
        (CLAUDE, {"disableAllHooks": True}),
        (CLAUDE, {"allowManagedHooksOnly": True}),
        (GEMINI, {"hooksConfig": {"enabled": False}}),
        (GEMINI, {"hooksConfig": {"disabled": ["autosync"]}}),
    ],
)
def test_each_way_to_switch_hooks_off_is_told(environ: dict[str, str], file: HookFile, off: dict[str, object]) -> None:
    path = Path(environ["HOME"], file.file)
    path.write_text(json.dumps(off))
    agent_hook.install(environ, file, environ["HOME"], WORDS)
    assert "runs no hooks" in str(agent_hook.state_of(environ, file, environ["HOME"], WORDS))


NOTED = {
    "/h/.codex/hooks.json:session_end:0:0": "7cd11a27ab7dfc81c06b1ebc8531556d8a4d800c3f3b9c4a2a326f493cf328d9",
    "/h/.codex/hooks.json:stop:0:0": "632b2f40f106edd1e2f959198c9dc59d9ab00e49bfcc3eb0430d2680aec0f904",
}
"""What Codex 0.171.0 itself wrote of a hook whose command is `true & # autosync-tasks`."""


def noted(**changes: str) -> dict[str, object]:
    return {
        "hooks": {"state": {key: {"trusted_hash": f"sha256:{changes.get('hash', one)}"} for key, one in NOTED.items()}}
    }


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (noted(), ""),
        (noted(hash="0" * 64), "not as it was when somebody reviewed it"),
        ({}, "nobody has reviewed it"),
        ({"hooks": {"state": 1}}, "nobody has reviewed it"),
        ({**noted(), "features": {"hooks": False}}, "runs no hooks"),
    ],
)
def test_what_codex_was_told_of_our_hooks(config: dict[str, object], said: str) -> None:
    value = json.loads(with_hooks("{}", CODEX, f"true & {MARK}"))
    found = trusted(value, config, CODEX)
    assert said in found if said else found == ""


def test_codex_is_asked_for_a_review_and_doctor_sees_that_it_lacks(environ: dict[str, str]) -> None:
    found = agent_hook.install(environ, CODEX, environ["HOME"], WORDS)
    assert "review" in found.next_step
    assert "nobody has reviewed it" in str(agent_hook.state_of(environ, CODEX, environ["HOME"], WORDS))
    assert sorted(os.listdir(environ["HOME"])) == ["hooks.json"] or ".local" in os.listdir(environ["HOME"])


def test_a_shell_with_another_path_finds_the_same_hooks(environ: dict[str, str], tmp_path: Path) -> None:
    agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)
    path = Path(environ["HOME"], "settings.json")
    path.write_text(path.read_text().replace(" PATH=", " PATH=/opt/git/bin:"))
    assert agent_hook.state_of(environ, CLAUDE, environ["HOME"], WORDS) == ""


def test_hooks_that_are_switched_off_are_told(environ: dict[str, str]) -> None:
    path = Path(environ["HOME"], "settings.json")
    path.write_text('{"disableAllHooks": true}')
    found = agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)
    assert "disableAllHooks" in found.details[0]
    assert "disableAllHooks" in str(agent_hook.state_of(environ, CLAUDE, environ["HOME"], WORDS))


def test_the_hook_itself_gives_0_whatever_happens_and_sees_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    import subprocess
    import time

    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nenv > {tmp_path}/seen\ncat >> {tmp_path}/seen\nexit 2\n")
    program.chmod(0o755)
    for words in ((str(program), "sync"), (str(tmp_path / "gone"), "sync")):
        command = agent_hook.hook_command(words, environ)
        ended = subprocess.run(
            ["/bin/sh", "-c", command],
            input=b'{"transcript_path": "x"}',
            env={**environ, "KEY": "k"},
            capture_output=True,
            check=False,
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
    ends = time.monotonic() + 30
    while not (tmp_path / "seen").exists() or "PATH" not in (tmp_path / "seen").read_text():
        assert time.monotonic() < ends
        time.sleep(0.02)
    seen = (tmp_path / "seen").read_text()
    assert "KEY" not in seen
    assert "transcript" not in seen
    assert f"HOME={environ['HOME']}" in seen


def test_an_empty_file_says_nothing_and_a_home_that_is_not_here_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.json").touch()
    environ = {"HOME": str(tmp_path), "PATH": "/usr/bin"}
    assert agent_hook.install(environ, CLAUDE, str(tmp_path), ["/opt/autosync", "sync"]).exit_code == 0
    assert len(list(ours(json.loads((tmp_path / "settings.json").read_text())))) == 2
    with pytest.raises(UsageError, match="there is no config tree of Claude Code"):
        agent_hook.install(environ, CLAUDE, "", ["/opt/autosync", "sync"])


@pytest.mark.parametrize("file", [CLAUDE, CODEX, GEMINI], ids=lambda file: file.agent)
def test_a_file_without_a_word_is_there_again_afterwards(environ: dict[str, str], file: HookFile) -> None:
    path = Path(environ["HOME"], file.file)
    path.touch(mode=0o640)
    path.chmod(0o640)
    agent_hook.install(environ, file, environ["HOME"], WORDS)
    assert agent_hook.install(environ, file, environ["HOME"], WORDS).outcome == "ok"
    agent_hook.install(environ, file, environ["HOME"], ("/new", *WORDS[1:]))
    agent_hook.uninstall(environ, file, environ["HOME"])
    assert path.read_bytes() == b""
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_an_agent_that_is_not_here_is_looked_for_nowhere(
    environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    agent_hook.install(environ, CLAUDE, environ["HOME"], WORDS)
    monkeypatch.chdir(environ["HOME"])  # a settings.json lies in the folder that a person stands in
    before = Path("settings.json").read_bytes()
    assert "no config tree of Claude Code" in agent_hook.uninstall(environ, CLAUDE, "").reason
    assert agent_hook.state_of(environ, CLAUDE, "", WORDS) is None
    assert Path("settings.json").read_bytes() == before


@pytest.mark.parametrize(
    "put",
    [lambda path: files.write(path, b"new"), lambda path: files.rewrite(path, lambda _: b"new")],
    ids=["a file of our own", "an agent's file"],
)
def test_half_of_a_file_that_a_killed_writer_left_goes(put: Callable[[str], object], tmp_path: Path) -> None:
    """It would stay in the config tree for good, and go into the backup."""
    half = tmp_path / ".new-hooks.json.4194999.0123abcd"
    half.write_bytes(b"ne")
    put(str(tmp_path / "hooks.json"))
    assert [path.name for path in tmp_path.iterdir()] == ["hooks.json"]
