"""What other agents' own files must be, by the facts of each: who reads comments, which keys are closed, what stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from autosync_tasks.profiles import Source
from autosync_tasks.validation import validate
from tests.validation.support import context, file, link, of


@dataclass(frozen=True)
class Says:
    """One validation, as a profile says it."""

    check: str
    files: tuple[str, ...]
    required: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    stops: bool = False
    takes: tuple[str, ...] = ()
    schema: dict[str, Any] = field(default_factory=dict)


CLAUDE = Says("json", ("/settings.json",), stops=True, takes=("bom",))
GEMINI = Says("json", ("/settings.json",), stops=True, takes=("comments",))
HOOKS = Says("json", ("/hooks.json",), known=("description", "hooks"))
TOML = Says("toml", ("/config.toml",), stops=True)
COMMAND = Says("toml", ("/commands/**/*.toml",), required=("prompt",))
AGENT = Says("front-matter", ("/agents/**/*.md",), required=("name", "description"))
CLOSED = Says("front-matter", ("/agents/*.md",), required=("name",), known=("name", "tools[]"))
RULES = Says("policy-rules", ("/rules/*.rules",), stops=True)
FRONT = "---\nname: a\ndescription: d\n{}\n---\nhi\n"


@pytest.mark.parametrize(
    ("says", "path", "text", "wanted"),
    [
        (CLAUDE, "settings.json", '{"a": 1}', []),
        (CLAUDE, "settings.json", '\ufeff{"a": 1}', []),
        (CLAUDE, "settings.json", '{"a": 1} // x', ["AGT001"]),
        (CLAUDE, "settings.json", '{"a": 1,}', ["AGT001"]),
        (CLAUDE, "settings.json", "[]", ["AGT001"]),
        (CLAUDE, "settings.json", '{"a": 1', ["AGT001", "JSN002"]),
        (CLAUDE, "deep/settings.json", '{"a": 1,}', []),
        (GEMINI, "settings.json", '{"a": 1} // x', []),
        (GEMINI, "settings.json", '{"a": 1, /* x */}', ["AGT001"]),
        (GEMINI, "settings.json", "\ufeff{}", ["AGT001"]),
        (HOOKS, "hooks.json", '{"hooks": {}, "description": "d"}', []),
        (HOOKS, "hooks.json", '{"hooks": {}, "mine": 1}', ["AGT004"]),
        (HOOKS, "hooks.json", '{"hooks": {},}', ["AGT002"]),
        (TOML, "config.toml", 'a = 1\n[b]\nc = "d"\n', []),
        (TOML, "config.toml", "a = \n", ["AGT001"]),
        (TOML, "config.toml", b"a = '\xff'\n", ["AGT001"]),
        (COMMAND, "commands/x/a.toml", 'prompt = "p"', []),
        (COMMAND, "commands/a.toml", 'description = "p"', ["AGT003"]),
        (COMMAND, "commands/a.toml", "prompt", ["AGT002"]),
        (AGENT, "agents/a.md", FRONT.format("odd: 1"), []),
        (AGENT, "agents/a.md", "hi\n", ["AGT003"]),
        (Says("front-matter", ("/agents/*.md",), known=("name",)), "agents/a.md", "hi\n", []),
        (AGENT, "agents/a.md", "---\nname: a\n---\n", ["AGT003"]),
        (AGENT, "agents/a.md", "---\nname: a:b\ndescription: d\n---\n", ["AGT003"]),
        (AGENT, "agents/a.md", '---\nname: "a\n---\n', ["AGT002"]),
        (CLOSED, "agents/a.md", "---\nname: a\ntools: [read]\n---\n", []),
        (CLOSED, "agents/a.md", "---\nname: a\ntools: Read, Grep\n---\n", ["AGT004"]),
        (CLOSED, "agents/a.md", FRONT.format("color: red"), ["AGT004", "AGT004"]),
        (RULES, "rules/default.rules", 'prefix_rule(pattern = ["git"], decision = "allow")\n', []),
        (RULES, "rules/default.rules", "prefix_rule(\n", ["AGT001"]),
        (RULES, "rules/default.rules", b"\xff\x00", ["AGT001"]),
        (AGENT, "agents/a.md", "---\nmode: nope\nname: a\ndescription: d\n---\n", []),  # OpenCode's rules do not apply
        (AGENT, "opencode.json", '{"theme": 5', ["JSN002"]),
        (AGENT, "config.json", "[]", []),
    ],
)
def test_what_the_agent_makes_of_it(says: Says, path: str, text: str | bytes, wanted: list[str]) -> None:
    found = of(file(path.encode(), text), context(path.encode(), checks=(says,), opencode=False))
    assert sorted(found) == wanted


@pytest.mark.parametrize(
    ("agent", "path", "text", "wanted"),
    [
        ("codex", "config.toml", "model = 5", "At model: the value should be of type string"),
        ("codex", "config.toml", "[mcp_servers.x]\nargs = 'a'", "At mcp_servers.x.args: the value should be of type array"),
        ("codex", "config.toml", "[mcp_servers.x.env]\nPORT = 80", "At mcp_servers.x.env.PORT: the value should be"),
        ("codex", "config.toml", "project_doc_max_bytes = 1.5", "At project_doc_max_bytes: the value should be of type integer"),
        ("codex", "work.config.toml", "[features]\nhooks = 'yes'", "At features.hooks: the value has none of the forms"),
        ("codex", "config.toml", "zq = 5\n[tui]\nzq = 5\n[features]\nnew = {a = 1}", ""),
        ("codex", "config.toml", "[mcp_servers.x]\nstartup_timeout_sec = 3", ""),
        ("codex", "deep/config.toml", "model = 5", ""),
        ("claude", "settings.json", '{"permissions": {"allow": "a"}}', "At permissions.allow: the value should be of type array"),
        ("claude", "settings.json", '{"model": null}', "At model: the value should be of type string"),
        ("claude", "settings.json", '{"hooks": {"PreToolUse": {}}}', "At hooks.PreToolUse: the value has none of the forms"),
        ("claude", "settings.json", '{"env": {"A": 5}, "permissions": {"deny": [5]}, "hooks": {"Stop": 5}, "mine": 5}', ""),
    ],
)  # fmt: skip
def test_a_value_with_which_nothing_is_read_blocks(agent: str, path: str, text: str, wanted: str) -> None:
    checks = Source(agent).read().validations
    ctx = context(path.encode(), checks=checks, opencode=False)
    found = [one for one in validate([file(path.encode(), text)], ctx) if one.code.startswith("AGT")]
    assert [one.code for one in found] == (["AGT001"] if wanted else []), found
    assert all(one.blocks and one.message.startswith(wanted) for one in found), found


def test_an_agents_tree_may_be_written_by_a_variable_of_its_own() -> None:
    says = Says("hooks", ("/settings.json",), known=("$ACME_HOME/tree",))
    for command, codes in (
        ("$ACME_HOME/tree/gone.sh", ["AGT005"]),
        ("~/tree/gone.sh", []),
        ("$OTHER/tree/gone.sh", []),
    ):
        subject = file(b"settings.json", f'{{"statusLine": {{"command": "{command}"}}}}')
        assert of(subject, context(b"settings.json", checks=(says,), opencode=False)) == codes


PATHS = (b"settings.json", b"hooks/there.sh", b"plugins", b"status.sh", b"bin")


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("~/.claude/hooks/there.sh", False),
        ("~/.claude/hooks/gone.sh", True),
        ('"$HOME"/.claude/hooks/gone.sh --x', True),
        ("node ${HOME}/.claude/hooks/gone.js", True),
        ("bash /home/ann/.claude/gone.sh", True),
        ("/root/.claude/hooks/../status.sh", False),
        ("/home/ann/work/.claude/hooks/gone.sh", False),  # a project's
        ("say done > ~/.claude/log/said.txt", False),
        ("~/.claude/plugins/cache/x/run.sh", False),  # never walked
        ("python3 -m $X/.claude/hooks/gone.py", False),
        ("~/.claude/../other.sh", False),
        ("prettier --write", False),
        ("FILE=~/.claude/hooks/gone.sh run", True),
    ],
)
@pytest.mark.parametrize("shape", ['{"hooks": {"Stop": [{"hooks": [%s]}]}}', '{"statusLine": %s}'])
def test_a_hook_whose_program_is_missing(shape: str, command: str, missing: bool) -> None:
    import json

    says = Says("hooks", ("/settings.json",), known=("~/.claude",))
    text = shape % json.dumps({"type": "command", "command": command})
    found = of(file(b"settings.json", text), context(*PATHS, checks=(says,), opencode=False))
    assert found == (["AGT005"] if missing else [])


def test_a_hook_whose_program_is_missing_is_told_though_the_file_is_no_utf_8() -> None:
    says = Says("hooks", ("/settings.json",), known=("~/.claude",))
    text = b'{"x": "\xff", "statusLine": {"command": "~/.claude/gone.sh"}}'
    assert "AGT005" in of(file(b"settings.json", text), context(*PATHS, checks=(says,), opencode=False))


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"hooks": 1}', '{"hooks": {"Stop": [1, {"hooks": 2}]}, "statusLine": []}']
)
def test_hooks_of_any_shape_are_no_crash(text: str) -> None:
    says = Says("hooks", ("/settings.json",), known=("~/.claude",))
    assert "INT001" not in of(file(b"settings.json", text), context(*PATHS, checks=(says,), opencode=False))


def test_what_a_link_says_is_no_file_of_an_agent() -> None:
    says = Says("hooks", ("/settings.json",), known=("~/.claude",))
    target = b'{"statusLine": {"command": "~/.claude/gone.sh"}}'
    checked = context(*PATHS, checks=(says,), opencode=False)
    assert "AGT005" in of(file(b"settings.json", target), checked)
    assert "AGT005" not in of(link(b"settings.json", target), checked)


def test_a_message_on_json_is_a_sentence() -> None:
    says = Says("json", ("/settings.json",))
    found = validate([file(b"settings.json", b'{"a" 1}')], context(b"settings.json", checks=(says,), opencode=False))
    assert [one.message for one in found if one.code.startswith("AGT")] == ["A colon is missing here."]
    found = validate(
        [file(b"settings.json", b"\xef\xbb\xbf{}")], context(b"settings.json", checks=(says,), opencode=False)
    )
    assert [one.line for one in found if one.code.startswith("AGT")] == [1]


def test_a_hook_whose_program_is_missing_is_told_behind_a_byte_order_mark() -> None:
    says = Says("hooks", ("/settings.json",), known=("~/.claude",))
    text = b'\xef\xbb\xbf{"statusLine": {"command": "~/.claude/gone.sh"}}'
    assert "AGT005" in of(file(b"settings.json", text), context(*PATHS, checks=(says,), opencode=False))


def test_a_pattern_about_folders_means_no_file_of_that_name() -> None:
    applies = Says("json", ("conf/",), stops=True)
    for path, codes_ in ((b"conf", []), (b"conf/a", ["AGT001"]), (b"x/conf", [])):
        assert of(file(path, "[]"), context(path, checks=(applies,), opencode=False)) == codes_
