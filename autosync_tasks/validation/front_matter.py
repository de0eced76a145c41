"""MDF: the front matter of agents, commands, modes and skills.

Which fault stops OpenCode was found out with OpenCode 1.18.33 (`opencode debug config`): a value of
the wrong kind in
an agent or a command does; YAML that cannot be read, a missing description or name does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from math import isfinite
from typing import Any

from autosync_tasks.validation.findings import Context, Raw, Subject, printable
from autosync_tasks.validation.opencode import Place, place

MAX_FRONT = 64 * 1024
"""Bytes of front matter that are read; the longest in the three real trees has 3 KB."""

MAX_NESTING = 100
"""Levels; libyaml's own limit is 1,000 and its Python side may end the stack before."""

_TAG = "tag:yaml.org,2002:"
_SKILL_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_COLORS = frozenset(("primary", "secondary", "accent", "success", "warning", "error", "info"))
_ITEM = re.compile(rb"(?:^|(?<=[ \t]))[-?](?=[ \t])")
_MODES = frozenset(("subagent", "primary", "all"))
_ACTIONS = frozenset(("allow", "ask", "deny"))
_WANTED = {
    "agent": {
        "description": "text",
        "model": "text",
        "variant": "text",
        "temperature": "number",
        "top_p": "number",
        "steps": "whole number",
        "maxSteps": "whole number",
        "disable": "true or false",
        "hidden": "true or false",
        "mode": "mode",
        "color": "color",
        "tools": "tools",
        "permission": "permission",
    },
    "command": {
        "description": "text",
        "agent": "text",
        "model": "text",
        "variant": "text",
        "subtask": "true or false",
    },
}
_WANTED["mode"] = {key: kind for key, kind in _WANTED["agent"].items() if key != "mode"}
_SAY = {
    "mode": "one of subagent, primary and all",
    "color": "a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info",
    "tools": "tools by name, each true or false",
    "permission": "permissions, each one of allow, ask and deny",
}


class _FrontError(Exception):
    """The front matter is not YAML: line in the file (0: unknown) and what is wrong, without the text."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


def check(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one file."""
    del context
    if not subject.is_file or not subject.path.endswith(b".md"):
        return
    where = place(subject.path)
    if not where.kind:
        return
    front, first_line = _front(subject.data)
    if front is None:
        yield from _absent(where)
        return
    try:
        entries = _entries(front, first_line)
    except _FrontError as error:
        yield Raw("MDF001", f"The front matter is not YAML: {error.what}.", error.line, token=b"yaml")
        return
    keys: dict[str, Any] = {}
    for key, node in entries:
        if key in keys:
            line = node.start_mark.line + first_line
            yield Raw("MDF007", f'The key "{printable(key, 40)}" stands twice.', line, token=key.encode())
        keys[key] = node
    yield from _kinds(where, keys, first_line)
    yield from _presence(where, keys, first_line)


def _front(data: bytes) -> tuple[bytes | None, int]:
    """The text between the `---` lines as gray-matter (which OpenCode uses) cuts it, and its first
    line's number."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text.startswith(b"---") or text[3:4] == b"-":
        return None, 0
    language, _, rest = text[3 : MAX_FRONT + 64].partition(b"\n")
    if language.strip() not in (b"", b"yaml", b"yml"):
        return None, 0
    if rest.startswith(b"---"):
        return b"", 2
    end = rest.find(b"\n---")
    return (rest if end < 0 else rest[: end + 1]), 2


def _absent(where: Place) -> Iterator[Raw]:
    if where.kind == "skill":
        yield Raw("MDF004", "The skill has no front matter with `name` and `description`.", 1)
    elif where.kind == "agent":
        yield Raw("MDF003", "The agent has no front matter with a `description`.", 1)


@cache
def _loader() -> Any:
    """libyaml's parser with the plain values of YAML as js-yaml 3 knows them: `yes` and `on` are text."""
    import yaml

    class Loader(yaml.CSafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [
                (tag, pattern) for tag, pattern in pairs if tag not in (_TAG + "bool", _TAG + "value", _TAG + "merge")
            ]
            for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    Loader.add_implicit_resolver(_TAG + "bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
    return Loader


def _entries(front: bytes, first_line: int) -> list[tuple[str, Any]]:
    """Keys and nodes of the top level. Nodes, not values: an alias is shared, so no bomb of aliases unfolds.

    Like OpenCode, tries again with every value that holds a colon taken as text. Raises _FrontError.
    """
    try:
        return _compose(front, first_line)
    except _FrontError as error:
        mended = _mend(front)
        if mended == front:
            raise
        try:
            return _compose(mended, 0)
        except _FrontError:
            raise error from None


def _mend(front: bytes) -> bytes:
    out = []
    for line in front.split(b"\n"):
        match = re.match(rb"([A-Za-z_][A-Za-z0-9_]*)[ \t]*:[ \t]*(.*?)\r?$", line)
        if match and b":" in match[2] and not match[2].startswith((b">", b"|", b'"', b"'")):
            line = match[1] + b": '" + match[2].replace(b"'", b"''") + b"'"  # noqa: PLW2901
        out.append(line)
    return b"\n".join(out)


def _compose(front: bytes, first_line: int) -> list[tuple[str, Any]]:
    import yaml

    if len(front) >= MAX_FRONT:
        raise _FrontError(first_line, f"it is longer than {MAX_FRONT // 1024} KB or has no end")
    if _nesting(front) > MAX_NESTING:
        raise _FrontError(first_line, "it is nested too deeply")
    try:
        root = yaml.compose(front.decode("utf-8", "replace"), Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _FrontError(mark.line + first_line if mark and first_line else 0, _plain(error)) from None
    except (RecursionError, ValueError, AttributeError):
        raise _FrontError(first_line, "it cannot be read") from None
    if root is None or not isinstance(root, yaml.MappingNode):
        return []
    return [(k.value, v) for k, v in root.value if isinstance(k, yaml.ScalarNode)]


def _nesting(front: bytes) -> int:
    """An upper bound of the depth: open brackets, nested items on one line, steps of indentation."""
    brackets = front.count(b"[") + front.count(b"{")
    lines = front.split(b"\n")
    on_line = max(len(_ITEM.findall(line)) for line in lines)
    indents = len({len(line) - len(line.lstrip(b" ")) for line in lines})
    return max(on_line, indents) + (brackets if brackets > MAX_NESTING * 2 else 0)


_PROBLEMS = (
    ("found character that cannot start", "a value begins with a character that needs quotes"),
    ("mapping values are not allowed", "a value holds `: ` and needs quotes"),
    ("could not find expected", "a colon is missing"),
    ("found unexpected end of stream", "a quote has no end"),
    ("found undefined alias", "`*` needs quotes"),
    ("did not find expected key", "an indentation or a quote does not fit"),
    ("did not find expected ',' or", "a bracket has no end"),
    ("did not find expected", "an indentation or a quote does not fit"),
    ("found a tab", "a tab stands where only spaces may"),
)


def _plain(error: Exception) -> str:
    """libyaml's complaint in plain words; its own may quote the text."""
    problem = str(getattr(error, "problem", ""))
    return next((words for begin, words in _PROBLEMS if problem.startswith(begin)), "it cannot be read")


def _kinds(where: Place, keys: dict[str, Any], first_line: int) -> Iterator[Raw]:
    for key, wanted in _WANTED.get(where.kind, {}).items():
        node = keys.get(key)
        if node is not None and not _fits(node, wanted):
            code = "MDF008" if where.kind == "mode" else "MDF002"
            line = node.start_mark.line + first_line
            yield Raw(code, f"`{key}` should be {_SAY.get(wanted, wanted)}.", line, token=key.encode())


def _fits(node: Any, wanted: str) -> bool:
    """Whether a node is what OpenCode wants. Only a value that is surely wrong does not fit."""
    tag: str = node.tag.removeprefix(_TAG)
    if tag.startswith("!"):
        return True
    match wanted:
        case "mode":
            return tag == "str" and str(node.value) in _MODES
        case "color":
            return tag == "str" and (node.value in _COLORS or _COLOR.fullmatch(node.value) is not None)
        case "tools":
            return tag == "map" and all(v.tag == _TAG + "bool" or v.tag.startswith("!") for _, v in node.value)
        case "permission":
            return _permits(node, 2)
        case "text" | "true or false":
            return tag == ("str" if wanted == "text" else "bool")
    return _is_number(node, whole=wanted == "whole number")


def _is_number(node: Any, *, whole: bool) -> bool:
    """A plain number, also in forms that YAML 1.1 takes for text and js-yaml does not (`1e-1`)."""
    if node.tag == _TAG + "int":
        return True
    if node.style or node.tag not in (_TAG + "float", _TAG + "str"):
        return False
    try:
        number = float(node.value.replace("_", ""))
    except ValueError:
        return node.tag == _TAG + "float" and ":" in node.value  # base 60
    return isfinite(number) and (number.is_integer() or not whole)


def _permits(node: Any, levels: int) -> bool:
    tag: str = node.tag.removeprefix(_TAG)
    if tag == "str":
        return str(node.value) in _ACTIONS
    return tag == "map" and levels > 0 and all(_permits(value, levels - 1) for _, value in node.value)


def _presence(where: Place, keys: dict[str, Any], first_line: int) -> Iterator[Raw]:
    if where.kind == "agent" and "description" not in keys:
        yield Raw("MDF003", "The agent has no description.", 1)
    if where.kind != "skill":
        return
    for key in ("name", "description"):
        if key not in keys or keys[key].tag != _TAG + "str":
            yield Raw("MDF004", f"The skill has no `{key}` as text.", 1, token=key.encode())
            return
    name = keys["name"].value
    if len(name) > 64 or not _SKILL_NAME.fullmatch(name) or name.encode() != where.name:
        line = keys["name"].start_mark.line + first_line
        yield Raw("MDF005", "The skill's name is not its folder's, or not in the usual form.", line)
