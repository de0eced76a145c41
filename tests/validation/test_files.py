"""The families that judge config, front matter, scripts, names and structure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.model import Left, LeftOut, Severity
from autosync_tasks.validation import front_matter, of_left_out, validate
from autosync_tasks.validation.bash import check_shell
from autosync_tasks.validation.families import RULES
from autosync_tasks.validation.findings import Subject
from tests.validation.support import codes, context, file, grows_linearly, link, of


def front(*lines: str) -> bytes:
    return "\n".join(("---", *lines, "---", "hi", "")).encode()


MODEL_2 = ("model:", "  providerID: anthropic", "  model: claude-sonnet-4-5")

# Path, bytes, codes expected, whether OpenCode 1.18.33 starts with it beside an opencode.json.
FRONT: dict[str, tuple[bytes, bytes, list[str], bool]] = {
    "agent": (b"agent/a.md", front("description: d", "mode: subagent"), [], True),
    "no front matter": (b"agent/a.md", b"hi\n", ["MDF003"], True),
    "empty file": (b"agent/a.md", b"", ["MDF003"], True),
    "quote without end": (b"agent/a.md", front('description: "d', "mode: all"), ["MDF001"], True),
    "colon in a value": (b"agent/a.md", front("description: use: this", "mode: all"), [], True),
    "bracket without end": (b"agent/a.md", front("description: [a", "mode: all"), ["MDF001"], True),
    "no end": (b"agent/a.md", b"---\ndescription: d\nmode: all\nhi\n", ["MDF001"], True),
    "unknown mode": (b"agent/a.md", front("description: d", "mode: nope"), ["MDF002"], False),
    "text as number": (b"agent/a.md", front("description: d", "temperature: hot"), ["MDF002"], False),
    "number in quotes": (b"agent/a.md", front("description: d", 'temperature: "0.5"'), ["MDF002"], False),
    "number": (b"agent/a.md", front("description: d", "temperature: 1e-1", "top_p: 1"), [], True),
    "not a number": (b"agent/a.md", front("description: d", "temperature: .nan"), ["MDF002"], False),
    "tools as text": (b"agent/a.md", front("description: d", "tools: bash"), ["MDF002"], False),
    "tools as list": (b"agent/a.md", front("description: d", "tools: [bash]"), ["MDF002"], False),
    "tools with text": (b"agent/a.md", front("description: d", "tools:", "  bash: nope"), ["MDF002"], False),
    "tools empty": (b"agent/a.md", front("description: d", "tools:"), ["MDF002"], False),
    "tools": (b"agent/a.md", front("description: d", "tools:", "  bash: false"), [], True),
    "number as description": (b"agent/a.md", front("description: 5"), ["MDF002"], False),
    "nothing as description": (b"agent/a.md", front("description:"), ["MDF002"], False),
    "date as description": (b"agent/a.md", front("description: 2024-01-01"), ["MDF002"], False),
    "yes as description": (b"agent/a.md", front("description: yes"), [], True),
    "true as description": (b"agent/a.md", front("description: true"), ["MDF002"], False),
    "base 60": (b"agent/a.md", front("description: 1:30"), ["MDF002"], False),
    "no description": (b"agent/a.md", front("mode: all"), ["MDF003"], True),
    "unknown key": (b"agent/a.md", front("description: d", "zzz: 1"), [], True),
    "a list": (b"agent/a.md", front("- a", "- b"), ["MDF003"], True),
    "key twice": (b"agent/a.md", front("description: d", "description: e"), ["MDF007"], True),
    "key twice, and a mode": (
        b"agent/a.md",
        front("description: d", "description: e", "mode: nope"),
        ["MDF007"],
        True,
    ),
    "key twice in tools": (
        b"agent/a.md",
        front("description: d", "tools:", "  a: true", "  a: false", "mode: nope"),
        ["MDF007"],
        True,
    ),
    "no steps": (b"agent/a.md", front("description: d", "steps: 0"), ["MDF002"], False),
    "steps from 1 on": (b"agent/a.md", front("description: d", "steps: 3", "maxSteps: 0x10"), [], True),
    "steps below zero": (b"agent/a.md", front("description: d", "maxSteps: -1"), ["MDF002"], False),
    "half a step": (b"agent/a.md", front("description: d", "steps: 1.5"), ["MDF002"], False),
    "options as text": (b"agent/a.md", front("description: d", "options: fast"), ["MDF002"], False),
    "options true": (b"agent/a.md", front("description: d", "options: true"), ["MDF002"], False),
    "options": (b"agent/a.md", front("description: d", "options:", "  a: 1"), [], True),
    "patterns where none are": (
        b"agent/a.md",
        front("description: d", "permission:", "  webfetch:", "    x: allow"),
        ["MDF002"],
        False,
    ),
    "unknown alias": (b"agent/a.md", front("description: *x"), ["MDF001"], True),
    "byte order mark": (b"agent/a.md", b"\xef\xbb\xbf" + front("mode: nope"), ["MDF003", "MDF002"], False),
    "CRLF": (b"agent/a.md", front("description: d", "mode: all").replace(b"\n", b"\r\n"), [], True),
    "permission": (b"agent/a.md", front("description: d", "permission:", "  bash: nope"), ["MDF002"], False),
    "permission as text": (b"agent/a.md", front("description: d", "permission: nope"), ["MDF002"], False),
    "permission true": (
        b"agent/a.md",
        front("description: d", "permission:", "  bash: true"),
        ["MDF002"],
        False,
    ),
    "permission by pattern": (
        b"agent/a.md",
        front("description: d", "permission:", "  bash:", '    "git *": allow', '    "*": ask', "  foo: deny"),
        [],
        True,
    ),
    # A list as a key is its parts with commas between, an object is `[object Object]`.
    "a list for a permission's name": (
        b"agent/a.md",
        front("description: d", "permission:", "  ? [a, b]", "  : ask"),
        [],
        True,
    ),
    "an object for its name": (
        b"agent/a.md",
        front("description: d", "permission:", "  ? {a: b}", "  : ask"),
        [],
        True,
    ),
    "a list of its name": (
        b"agent/a.md",
        front("description: d", "permission:", "  ? [webfetch]", "  : {a: ask}"),
        ["MDF002"],
        False,
    ),
    "a list in a model": (b"agent/a.md", front("description: d", "model:", "  ? [a]", "  : b"), ["MDF002"], False),
    "a list of a key": (b"agent/a.md", front("description: d", "? [mode]", ": nope"), ["MDF002"], False),
    "a list twice": (
        b"agent/a.md",
        front("description: d", "mode: nope", "? [a, b]", ": 1", '"a,b": 2'),
        ["MDF007"],
        True,
    ),
    "a list twice inside": (
        b"agent/a.md",
        front("description: d", "mode: nope", "x:", "  ? [a]", "  : 1", "  a: 2"),
        ["MDF007"],
        True,
    ),
    "an object twice inside": (
        b"agent/a.md",
        front("description: d", "mode: nope", "x:", "  ? {a: b}", "  : 1", "  ? {}", "  : 2"),
        ["MDF007"],
        True,
    ),
    "color": (b"agent/a.md", front("description: d", "color: nope"), ["MDF002"], False),
    "good color": (b"agent/a.md", front("description: d", 'color: "#00aaFF"'), [], True),
    "steps": (b"agent/a.md", front("description: d", "steps: 0.5"), ["MDF002"], False),
    "yes is text": (b"agent/a.md", front("description: d", "disable: yes"), ["MDF002"], False),
    "capital TRUE": (b"agent/a.md", front("description: d", "disable: TRUE"), [], True),
    # A model as version 2 has it, in a file that version 2 reads in the form of version 1, or not at all.
    "and a key of 1": (b"agent/a.md", front("description: d", *MODEL_2, "temperature: 1"), ["MDF002"], False),
    "model in part": (b"agent/a.md", front("description: d", *MODEL_2[:2]), ["MDF002"], False),
    "model with a number": (b"agent/a.md", front("description: d", *MODEL_2, "  variant: 1"), ["MDF002"], False),
    "in a folder": (b"agents/x/a.md", front("description: d", "mode: nope"), ["MDF002"], False),
    "blank line first": (b"agent/a.md", b"\n" + front("mode: nope"), ["MDF003"], True),
    "four dashes": (b"agent/a.md", b"-" + front("mode: nope"), ["MDF003"], True),
    "language": (b"agent/a.md", b"---yaml\nmode: nope\n---\n", ["MDF003", "MDF002"], False),
    "empty front matter": (b"agent/a.md", b"---\n---\nhi\n", ["MDF003"], True),
    "command": (b"command/a.md", front("description: d"), [], True),
    "command without": (b"command/a.md", b"hi\n", [], True),
    "command's subtask": (b"command/a.md", front('subtask: "x"'), ["MDF002"], False),
    "command's agent": (b"command/a.md", front("agent: 5"), ["MDF002"], False),
    "command's own key": (b"command/a.md", front("tools: [a]"), [], True),
    "mode": (b"mode/m.md", front("temperature: hot"), ["MDF008"], True),
    "skill": (b"skill/a/SKILL.md", front("name: a", "description: d"), [], True),
    "skill without name": (b"skill/a/SKILL.md", front("description: d"), ["MDF004"], True),
    "skill without front matter": (b"skill/a/SKILL.md", b"x\n", ["MDF004"], True),
    "skill's number": (b"skill/a/SKILL.md", front("name: a", "description: 5"), ["MDF004"], True),
    "skill's other name": (b"skill/a/SKILL.md", front("name: b", "description: d"), ["MDF005"], True),
    "skill's form": (b"skill/A_B/SKILL.md", front("name: A_B", "description: d"), ["MDF005", "STR004"], True),
    "elsewhere": (b"docs/a.md", front("mode: nope"), [], True),
}


@pytest.mark.parametrize("name", FRONT)
def test_front_matter(name: str) -> None:
    path, data, expected, starts = FRONT[name]
    found = validate([file(path, data)], context(path))
    assert sorted(codes(found)) == sorted(expected)
    assert any(f.severity is Severity.ERROR for f in found) is not starts


@pytest.mark.parametrize("more", [(), ("  variant: high",), ("mode: subagent", "permissions: []", "disabled: true")])
def test_front_matter_that_only_version_2_reads_is_no_error(more: tuple[str, ...]) -> None:
    """Version 1 does not start with it; what either version loads is no error."""
    for path in (b"agent/a.md", b"agents/x/a.md"):
        assert codes(validate([file(path, front("description: d", *MODEL_2, *more))], context(path))) == []


VERSION_2 = {
    "model as object": front("description: d", "model:", "  providerID: a", "  model: b", "steps: 0"),
    "permissions": front("description: d", "permissions:", "  - {action: x, resource: y, effect: maybe}", "mode: nope"),
    "disabled": front("description: d", "disabled: perhaps", "color: teal"),
}
"""Version 2 skips what it cannot use, and stops for nothing."""


@pytest.mark.parametrize("name", VERSION_2)
def test_front_matter_of_version_2_blocks_nothing(name: str) -> None:
    assert codes(validate([file(b"agent/a.md", VERSION_2[name])], context(b"agent/a.md"))) == []


CONFIGS: dict[str, tuple[str, list[str], bool]] = {
    "a command as text": ('{"mcp": {"a": {"type": "local", "command": "npx"}}}', ["JSN009"], False),
    "an unknown type": ('{"mcp": {"a": {"type": "stdio", "command": ["npx"]}}}', ["JSN009"], False),
    "an unknown color": ('{"agent": {"a": {"color": "teal"}}}', ["JSN009"], False),
    "tools as list": ('{"agent": {"a": {"tools": ["read"]}}}', ["JSN009"], False),
    "instructions as text": ('{"instructions": "AGENTS.md"}', ["JSN009"], False),
    "permission true": ('{"permission": {"bash": true}}', ["JSN009"], False),
    "half a limit": ('{"provider": {"a": {"models": {"m": {"limit": {"context": 1000}}}}}}', ["JSN009"], False),
    "no template": ('{"command": {"a": {"description": "d"}}}', ["JSN009"], False),
    "an unknown share": ('{"share": "maybe"}', ["JSN009"], False),
    "an unknown key": ('{"unheard": 1}', ["JSN004"], True),
    "an old key": ('{"theme": "x", "keybinds": {}}', ["JSN004"], True),
    "an unknown key of a server": (
        '{"mcp": {"a": {"type": "local", "command": ["npx"], "enabled": true, "env": {}}}}',
        ["JSN004"],
        True,
    ),
    "an unknown key of a formatter": ('{"formatter": {"a": {"mine": 1}}}', ["JSN004"], True),
    "a server switched off": ('{"mcp": {"a": {"enabled": false}}}', [], True),
}
"""opencode.json of version 1, what is found, whether OpenCode 1.18.33 starts."""


def test_what_is_put_in_at_the_start_is_not_judged() -> None:
    """What OpenCode does depends on the variable: unset, it does not start."""
    assert codes(validate([file(b"opencode.json", '{"share": "{env:SHARE}"}')], context())) == ["JSN004"]


@pytest.mark.parametrize("name", CONFIGS)
def test_a_config_of_version_1(name: str) -> None:
    text, expected, starts = CONFIGS[name]
    found = validate([file(b"opencode.json", text)], context())
    assert codes(found) == expected
    assert any(one.severity is Severity.ERROR for one in found) is not starts


@pytest.mark.parametrize(
    "text",
    [
        '{"agents": {"a": {"model": {"providerID": "a", "model": "b"}, "mode": "nope"}}}',
        '{"plugins": [{"package": "x", "options": {}}], "instructions": "AGENTS.md"}',
        '{"permissions": [{"action": "bash", "resource": "*", "effect": "ask"}], "share": "maybe"}',
        '{"providers": {"a": {"settings": {}}}, "mcp": {"servers": {"a": {"type": "local", "command": "npx"}}}}',
        '{"mcp": {"servers": {"a": {"type": "remote", "url": "https://x.net"}}, "timeout": {"startup": 1}}}',
        '{"model": {"providerID": "a", "model": "b"}}',
        '{"skills": ["a", "https://x.net/skills"]}',
        '{"agent": {"a": {"permissions": []}}, "agents": {}}',
        '{"$schema": "https://opencode.ai/v2/config.json", "permission": {"bash": true}}',
    ],
)
def test_a_config_of_version_2_blocks_nothing(text: str) -> None:
    """It skips an entry that it cannot use. Both forms at once, as in a tree on its way, are version 2's too."""
    assert codes(validate([file(b"opencode.json", text)], context())) == []


@pytest.mark.parametrize(
    ("paths", "missing"),
    [
        ([b"prompts", b"prompts/other.md"], True),
        ([], True),
        ([b"prompts"], False),  # a link, or a folder that is not read
        ([b"prompts", b"prompts/build.md"], False),
    ],
)
def test_a_file_below_a_link_is_not_called_missing(paths: list[bytes], missing: bool) -> None:
    config = file(b"opencode.json", '{"agent": {"build": {"prompt": "{file:./prompts/build.md}"}}}')
    found = validate([config], context(b"opencode.json", *paths))
    assert codes(found) == (["JSN005"] if missing else [])


def test_a_file_that_is_never_walked_is_not_called_missing() -> None:
    for name in ("keys/x.key", ".env", "node_modules/a/prompt.md"):
        config = file(b"opencode.json", f'{{"username": "{{file:./{name}}}"}}')
        assert codes(validate([config], context(b"opencode.json", b"keys", b"keys/other.md"))) == [], name


BOMBS = {
    "aliases": "a: &a [x]\n"
    + "\n".join(f"{k}: &{k} [*{p}, *{p}]" for p, k in zip("abcdefgh", "bcdefghi", strict=True)),
    "merges": "a: &a {x: 1}\n"
    + "\n".join(
        f"{k}: &{k} {{<<: [*{p}, *{p}, *{p}, *{p}, *{p}, *{p}]}}" for p, k in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "brackets": "a: " + "[" * 60_000,
    "braces": "a: " + "{" * 60_000,
    "items": "- " * 30_000,
    "questions": "? " * 30_000,
    "indents": "\n".join(" " * n + "a:" for n in range(340)),
    "quotes": "a: " + '"' * 60_000,
    "anchors": "".join(f"&a{n} " for n in range(9_000)),
    "keys": "\n".join(f"k{n}: v" for n in range(6_000)),
    "flow keys": "{" + ",".join(f"k{n}" for n in range(9_000)) + "}",
    "tags": "a: " + "!" * 60_000,
    "colons": "a: " + ": " * 30_000,
    "comments": "#\n" * 30_000,
    "folded": "a: >\n" + " x\n\n" * 14_000,
    "too long": "a: " + "x" * 70_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_front_matter_takes_time_that_grows_faster_than_it(name: str) -> None:
    def judge(text: str) -> None:
        assert "INT001" not in codes(validate([file(b"agent/a.md", f"---\n{text}\n---\n")], context()))

    text = BOMBS[name]
    assert grows_linearly(lambda: judge(text[: len(text) // 4]), lambda: judge(text))


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`?, \n\t\\~<=1.", max_size=80))
def test_any_front_matter_is_read_or_warned_of(text: str) -> None:
    found = list(front_matter.front_matter_faults(file(b"agent/a.md", f"---\n{text}\n---\n"), context()))
    assert all(raw.code.startswith("MDF") for raw in found)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([b"opencode.json", b"agent/a.md", b"bin/x", b"bin/x.py", b"skill/a/SKILL.md", b"x.sh"]),
    st.binary(max_size=120),
)
def test_no_bytes_crash_a_rule(path: bytes, data: bytes) -> None:
    found = validate([file(path, data, 0o755)], context(path, environ=()))
    assert "INT001" not in codes(found)
    assert all(f.code in RULES and f.message and f.hint for f in found)


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"config.json": "{}", "opencode.json": "{}"}, 0),
        ({"config.json": "{}", "opencode.json": '{"plugins": []}'}, 1),
        ({"config.json": "{}", "cli.json": "{}", "opencode.jsonc": '{"plugins": []}'}, 1),
        ({"config.json": "{}", "cli.json": "{}"}, 1),
        ({"opencode.json": '{"plugins": []}', "cli.json": "{}", "docs/config.json": "{}"}, 0),
    ],
)
def test_a_file_that_only_version_1_reads_is_named_once_where_version_2_is_in_use(
    tree: dict[str, str], told: int
) -> None:
    paths = [name.encode() for name in tree]
    found = validate([file(name.encode(), text) for name, text in tree.items()], context(*paths))
    assert codes(found).count("JSN010") == told


def test_references_in_the_config() -> None:
    text = b"""{
      // {file:./left-out.txt}
      "a": "{file:./there.txt}{file:prompts/gone.md}{file:~/x}{file:/etc/x}{file:../x}",
      "b": "{env:SET}{env:UNSET}"
    }"""
    ctx = context(b"opencode.json", b"there.txt", environ={"SET"})
    found = [f for f in validate([file(b"opencode.json", text)], ctx) if f.code != "JSN004"]
    assert [(f.code, f.line) for f in found] == [("JSN005", 3), ("JSN006", 4)]
    assert "prompts/gone.md" in found[0].message
    assert "UNSET" in found[1].message


def test_a_reference_is_not_judged_when_the_tree_is_not_known() -> None:
    assert of(file(b"opencode.json", b'{"username":"{file:./x}"}'), context()) == []


@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        (b"opencode.json", b'{"model": 5}', ["JSN009"]),
        (b"opencode.json", b'{"nope": 1}', ["JSN004"]),
        (b"opencode.json", b'{"share": "xx"}', ["JSN009"]),
        (b"opencode.json", b'{"model": "a/b", "model": "c/d"}', ["JSN003"]),
        (b".opencode/opencode.json", b"{", ["JSN001"]),
        (b"a/.opencode/opencode.jsonc", b"{", ["JSN001"]),
        (b"config.json", b"{", ["JSN001"]),
        (b"docs/opencode.json", b"{", ["JSN002"]),
        (b"tui.json", b"{", ["JSN002"]),
        (b"package.json", b"[]", ["JSN007"]),
        (b"package.json", b"{", ["JSN002"]),
        (b"x.json", b"[" * 300 + b"]" * 300, ["JSN008"]),
        (b"x.json", b"[]", []),
    ],
)
def test_json_files(path: bytes, data: bytes, expected: list[str]) -> None:
    assert of(file(path, data)) == expected


def test_a_violation_of_the_schema_does_not_quote_the_value() -> None:
    found = validate([file(b"opencode.json", b'{"model": ["hunter2"], "share": "hunter2"}')], context())
    assert codes(found) == ["JSN009", "JSN009"]
    assert "hunter2" not in repr([f.message for f in found])


MARKERS = b"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"


@pytest.mark.parametrize(
    ("path", "data", "found"),
    [
        (b"x.sh", b"#!/bin/sh\n" + MARKERS, True),
        (b"bin/tool", b"#!/usr/bin/env python3\n" + MARKERS, True),
        (b"plugin/p.ts", MARKERS, True),
        (b"opencode.json", MARKERS, True),
        (b"opencode.json", MARKERS.replace(b"\n", b"\r\n"), True),
        (b"agent/a.md", b"---\n" + MARKERS + b"---\nhi\n", True),
        (b"docs/git.md", b"# Conflicts\n\n" + MARKERS, False),
        (b"docs/git.md", b"---\ntitle: x\n---\n" + MARKERS, False),
        (b"x.py", b"# <<<<<<< HEAD\n# =======\n# >>>>>>> x\n", False),
        (b"x.py", b"a = 1\n=======\n", False),
        (b"notes.txt", MARKERS, False),
        (b"x.py", b"<<<<<<< a\n>>>>>>> b\n", False),
    ],
)
def test_merge_markers(path: bytes, data: bytes, found: bool) -> None:
    assert ("MRG001" in of(file(path, data))) is found


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        (file(b"bin/a", "#!/bin/sh\ntrue\n", 0o755), []),
        (file(b"bin/a", "#!/bin/sh\ntrue\n", 0o644), ["EXE003"]),
        (file(b"bin/a", "true\n", 0o755), ["EXE004"]),
        (file(b"bin/a", b"\x7fELF\0\0", 0o755), []),
        (file(b"bin/a", "#!/bin/sh\r\ntrue\r\n", 0o755), ["EXE005"]),
        (file(b"bin/a", "#!/usr/bin/env python3\nprint(\n", 0o755), ["EXE002"]),
        (file(b"bin/a.py", "#!/usr/bin/env python3\nprint('\\d')\n", 0o755), []),
        (file(b"bin/a.py", "#!/usr/bin/env python3\n" + "(" * 5000, 0o755), ["EXE002"]),
        (file(b"bin/a.py", "#!/usr/bin/env python3\n" + "-" * 50_000 + "1", 0o755), ["EXE002"]),
        (file(b"lib/a.py", "print(\n"), []),
        (file(b"context/a.md", "x", 0o755), ["STR001"]),
        (file(b"bin/guide.md", "x"), ["STR002"]),
        (file(b"bin/README.md", "x"), []),
        (file(b"docs/a b.md", "x"), ["STR003"]),
        (file(b"command/DoIt.md", "x"), ["STR004"]),
        (file(b"command/do-it.md", "x"), []),
        (file(b"a", "x", foreign=True), ["FS002"]),
        (file(b"a", "x", mode=0o4755), ["FS001"]),
        (file(b"a", "x", 0o666), ["FS005"]),
        (file("a\u202eb".encode(), "x"), ["FS003"]),
        (file(b"a\x1b[31m", "x"), ["FS003"]),
        (file(b"a\xff", "x"), ["FS009"]),
        (file(b"a", b"x" * (10 * 1024 * 1024 + 1)), ["FS004"]),
        (link(b"a", b"/etc/passwd"), ["FS006"]),
        (link(b"d/a", b"../../x"), ["FS006"]),
        (link(b"d/a", b"../d/gone"), ["FS007"]),
        (link(b"d/a", b"b"), []),
        (link(b"a", b"/tree/d/b"), []),
        (link(b"a", b"/tree"), []),
        (link(b"a", b"/tree/gone"), ["FS007"]),
        (link(b"a", b"/tree/../x"), ["FS006"]),
        (link(b"a", b"/trees/d/b"), ["FS006"]),
    ],
)
def test_names_modes_and_scripts(subject: Subject, expected: list[str]) -> None:
    assert of(subject, context(subject.path, b"d/b", root=b"/tree")) == expected


ODD_PYTHON = {
    "imported name": lambda n: "import " + "a." * n + "a",
    "imported name on many lines": lambda n: "import " + "a.\\\n" * n + "a",
    "imported name of other letters": lambda n: "from " + "\u00e4." * n + "a import a",
    "attributes": lambda n: "a" + ".a" * n,
    "calls": lambda n: "a" + "()" * n,
    "sums": lambda n: "1" + "+1" * n,
    "brackets": lambda n: "[" * n,
    "branches": lambda n: "if 0:\n 1\n" + "elif 0:\n 1\n" * n,
    "strings": lambda n: "'a' " * n,
    "format": lambda n: "f'" + "{" * n,
    "prose": lambda n: '"""' + "from here on the text says nothing more. " * n + '"""',
}


@pytest.mark.parametrize("name", ODD_PYTHON)
def test_no_python_script_takes_time_that_grows_faster_than_it(name: str) -> None:
    def judge(count: int) -> None:
        script = "#!/usr/bin/env python3\n" + ODD_PYTHON[name](count) + "\n"
        assert set(of(file(b"bin/a", script, 0o755))) <= {"EXE002"}

    assert grows_linearly(lambda: judge(7_500), lambda: judge(30_000))


def test_collisions_and_same_names_concern_only_what_was_judged() -> None:
    paths = (b"docs/A.md", b"docs/a.md", "docs/\u00e9".encode(), "docs/e\u0301".encode(), b"agent/x.md")
    ctx = context(*paths, b"agents/x.md", b"skill/s/SKILL.md", b"skills/t/s/SKILL.md")
    assert of(file(b"docs/a.md", "x"), ctx) == ["FS008"]
    assert of(file("docs/\u00e9".encode(), "x"), ctx) == ["FS008"]
    assert of(file(b"agent/x.md", front("description: d")), ctx) == ["MDF006"]
    assert of(file(b"skill/s/SKILL.md", front("name: s", "description: d")), ctx) == ["MDF006"]
    assert of(file(b"docs/other.md", "x"), ctx) == []


def test_what_was_left_out_is_told_unless_it_is_the_rule() -> None:
    left = [LeftOut(b"a", Left.SPECIAL, "a pipe"), LeftOut(b".env", Left.PROTECTED)]
    found = of_left_out(left, context())
    assert [(f.code, f.path, f.blocks) for f in found] == [("FS010", b"a", False)]
    assert "a pipe" in found[0].message


def test_a_fault_in_a_shell_script_warns_with_its_line() -> None:
    found = validate([file(b"x.sh", "if true\n")], context(check_shell=check_shell))
    assert [(f.code, f.line, f.blocks) for f in found] == [("EXE001", 2, False)]
