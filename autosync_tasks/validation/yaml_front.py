"""The YAML between the `---` lines of a Markdown file, cut and read as OpenCode does it (gray-matter, js-yaml)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from autosync_tasks.records import pattern

MAX_FRONT = 64 * 1024
"""Bytes of front matter that are read; the longest in the three real trees has 3 KB."""

MAX_NESTING = 100
"""Levels; libyaml's own limit is 1,000 and its Python side may end the stack before."""

TAG = "tag:yaml.org,2002:"
_FLOAT = pattern(
    r"(?:(?:[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9_]*)?|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))(?<!_)$"
)
_TAGS = {
    "scalar": ("null", "bool", "int", "float", "timestamp", "merge", "binary", "str"),
    "sequence": ("seq", "omap", "pairs"),
    "mapping": ("map", "set"),
}
_ITEM = pattern(rb"(?:^|(?<=[ \t]))[-?](?=[ \t])")


class FrontError(Exception):
    """The front matter is not YAML: line in the file (0: unknown) and what is wrong, without the text."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        self.what = what


def cut_front(data: bytes) -> tuple[bytes | None, int]:
    """The text between the `---` lines as gray-matter (which OpenCode uses) cuts it, and its first line's number."""
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text.startswith(b"---"):
        return None, 0
    language, _, rest = text[3 : MAX_FRONT + 64].partition(b"\n")
    if language.strip() not in (b"", b"yaml", b"yml"):
        return None, 0
    if rest.startswith(b"---"):
        return b"", 2
    end = rest.find(b"\n---")
    return (rest if end < 0 else rest[: end + 1]), 2


@cache
def _loader() -> Any:
    """libyaml's parser with the plain values of YAML as js-yaml 3 knows them: `yes` and `on` are text."""
    import yaml

    class Loader(yaml.CSafeLoader):
        yaml_implicit_resolvers = {  # noqa: RUF012
            first: [(tag, pattern) for tag, pattern in pairs if tag.endswith((":int", ":null", ":timestamp"))]
            for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
        }

    Loader.add_implicit_resolver(TAG + "bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
    Loader.add_implicit_resolver(TAG + "float", _FLOAT, list("-+.0123456789"))
    return Loader


def top_level(front: bytes, first_line: int) -> list[tuple[str, Any]]:
    """Keys and nodes of the top level. Nodes, not values: an alias is shared, so no bomb of aliases unfolds.

    Like OpenCode, tries again with every value that holds a colon taken as text. Raises FrontError.
    """
    try:
        return _compose(front, first_line)
    except FrontError as error:
        mended = _mend(front)
        if mended == front:
            raise
        try:
            return _compose(mended, first_line)
        except FrontError:
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
        raise FrontError(first_line, f"it is longer than {MAX_FRONT // 1024} KB or has no end")
    if _nesting(front) > MAX_NESTING:
        raise FrontError(first_line, "it is nested too deeply")
    try:
        root = yaml.compose(front.decode("utf-8", "replace"), Loader=_loader())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise FrontError(mark.line + first_line if mark else 0, _plain(error)) from None
    except (RecursionError, ValueError, AttributeError):
        raise FrontError(first_line, "it cannot be read") from None
    if b"!" in front and root and (unknown := _unknown_tag(root)):
        raise FrontError(unknown.start_mark.line + first_line, "a tag (`!…`) is not known, or not for such a value")
    return [(name_of(k), v) for k, v in root.value] if isinstance(root, yaml.MappingNode) else []


def name_of(key: Any) -> str:
    """What js-yaml makes of a key: of a list its parts with commas between."""
    parts = key.value if key.id == "sequence" else [key]
    return ",".join(str(one.value) if one.id == "scalar" else "[object Object]" for one in parts)


def _unknown_tag(root: Any) -> Any:
    """The first value with a tag that js-yaml does not know, or not of such a value; None if there is none."""
    todo, seen = [root], set[int]()  # an alias is shared
    while todo:
        node = todo.pop()
        if node.tag.removeprefix(TAG) not in _TAGS[node.id]:
            return node
        if id(node) not in seen and isinstance(node.value, list):
            todo += [one for item in node.value for one in (item if isinstance(item, tuple) else (item,))]
        seen.add(id(node))
    return None


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
