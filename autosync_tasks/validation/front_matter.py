"""MDF: the front matter of agents, commands, modes and skills.

Which fault stops OpenCode was found out with OpenCode 1.18.33 (`opencode debug config`): a value of the wrong kind in
an agent or a command does; YAML that cannot be read, a missing description or name does not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import isfinite
from typing import Any

from autosync_tasks.model import Path
from autosync_tasks.names import shown
from autosync_tasks.records import pattern
from autosync_tasks.validation.findings import Context, Raw, Subject, printable
from autosync_tasks.validation.opencode import OpenCodePath, place
from autosync_tasks.validation.rule import Family, rules
from autosync_tasks.validation.yaml_front import TAG, FrontError, cut_front, name_of, top_level

RULES = rules("""
MDF001 warning: The front matter cannot be read
  The text between the `---` lines is not YAML. OpenCode does not stop: it takes all of it as the prompt, and
  description, mode, model and permissions have no effect. A skill is not offered at all.
  → Quote values that hold `: ` or begin with a special character.

MDF002 error: OpenCode refuses this front matter
  A key of an agent or command has a value of the wrong kind, and OpenCode stops with an error when it starts:
  description, model and prompt want text, tools an object of true and false, mode one of subagent, primary and all,
  permission one of allow, ask and deny.
  → Mend the key that is named.

MDF003 warning: An agent without a description
  Other agents choose a subagent by its description.
  → Add `description:` to the front matter.

MDF004 warning: A skill that OpenCode does not load
  A skill wants `name` and `description` as text in its front matter; without them it is not offered.
  → Add the key that is named.

MDF005 warning: A skill's name does not fit
  The name should be that of its folder: lower-case letters, digits and single hyphens, 64 at most. OpenCode loads the
  skill under the name of its front matter; others refuse it.
  → Give folder and `name:` the same name.

MDF006 warning: Two of the same name
  OpenCode takes one of the two, and which one is not said.
  → Rename one of them.

MDF007 warning: A key stands twice in the front matter
  OpenCode cannot read YAML with a key twice: it takes all of the front matter as the prompt.
  → Delete one of them.

MDF008 warning: A mode with a value that does not fit
  OpenCode drops a mode whose front matter does not fit, without a message.
  → Mend the key that is named.
""")

_SKILL_NAME = pattern(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_COLOR = pattern(r"#[0-9a-fA-F]{6}")
_COLORS = frozenset(("primary", "secondary", "accent", "success", "warning", "error", "info"))
_MODES = frozenset(("subagent", "primary", "all"))
_ACTIONS = frozenset(("allow", "ask", "deny"))
_WANTED = {
    "agent": {
        **dict.fromkeys(("description", "model", "variant"), "text"),
        **dict.fromkeys(("temperature", "top_p"), "a number"),
        **dict.fromkeys(("steps", "maxSteps"), "a whole number from 1 on"),
        **dict.fromkeys(("disable", "hidden"), "true or false"),
        **{name: name for name in ("mode", "color", "tools", "permission")},
        "options": "object",
    },
    "command": {**dict.fromkeys(("description", "agent", "model", "variant"), "text"), "subtask": "true or false"},
}
_NATIVE_2 = {
    "agent": {
        *("model", "variant", "request", "system", "description", "mode", "hidden", "color", "steps", "disabled"),
        "permissions",
    },
    "command": {"description", "agent", "model", "subagent", "subtask", "arguments"},
}
"""The keys of OpenCode 2's own form. It reads a file with any other key in the form of version 1."""

_VERSION_2 = frozenset(("permissions", "system", "request", "disabled", "subagent"))
"""Keys that only OpenCode 2 knows."""
_ACTION_ONLY = frozenset(("todowrite", "question", "webfetch", "websearch", "doom_loop"))
"""Permissions that take no patterns."""
_WANTED["mode"] = {key: kind for key, kind in _WANTED["agent"].items() if key != "mode"}
_SAY = {
    "mode": "one of subagent, primary and all",
    "color": "a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info",
    "tools": "tools by name, each true or false",
    "permission": "permissions, each one of allow, ask and deny",
}


def front_matter_faults(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one file."""
    where = place(subject.path)
    if not context.opencode or not subject.is_file or not where.kind:
        return
    front, first_line = cut_front(subject.data)
    if front is None:
        yield from _absent(where)
        return
    try:
        entries = top_level(front, first_line)
    except FrontError as error:
        yield Raw("MDF001", f"The front matter is not YAML: {error.what}.", error.line, token=b"yaml")
        return
    twice = list(_twice(entries))
    for key, node in twice:
        line = node.start_mark.line + first_line
        yield Raw("MDF007", f'The key "{printable(key, 40)}" stands twice.', line, token=key.encode())
    keys = dict(entries)
    # With a key twice it is no YAML for OpenCode, which starts and takes it all as the prompt.
    if not twice and not _is_version_2(where, keys):
        yield from _kinds(where, keys, first_line)
    yield from _presence(where, keys, first_line)


def _twice(entries: Sequence[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Keys that stand twice in one object, at any level. Each node is looked at once: an alias is shared."""
    todo: list[Sequence[tuple[str, Any]]] = [entries]
    seen: set[int] = set()
    while todo:
        names: set[str] = set()
        for key, node in todo.pop():
            if key in names:
                yield key, node
            names.add(key)
            inner = [node]
            while inner:
                one = inner.pop()
                if id(one) in seen or not isinstance(one.value, list):
                    continue
                seen.add(id(one))
                pairs = [item for item in one.value if isinstance(item, tuple)]
                if pairs:
                    todo.append([(name_of(name), value) for name, value in pairs])
                else:
                    inner += one.value


def _is_version_2(where: OpenCodePath, keys: dict[str, Any]) -> bool:
    """Whether the front matter has the form of OpenCode 2, which stops for nothing: it skips what does not fit."""
    if not set(keys) <= _NATIVE_2.get(where.kind, set()):
        return False
    model = keys.get("model")
    parts = {name_of(k): v.tag for k, v in model.value} if model is not None and model.tag == TAG + "map" else {}
    named = {"providerID", "model"} <= set(parts) and all(tag == TAG + "str" for tag in parts.values())
    return named or not _VERSION_2.isdisjoint(keys)


def _absent(where: OpenCodePath) -> Iterator[Raw]:
    if where.kind == "skill":
        yield Raw("MDF004", "The skill has no front matter with `name` and `description`.", 1)
    elif where.kind == "agent":
        yield Raw("MDF003", "The agent has no front matter with a `description`.", 1)


def _kinds(where: OpenCodePath, keys: dict[str, Any], first_line: int) -> Iterator[Raw]:
    for key, wanted in _WANTED.get(where.kind, {}).items():
        node = keys.get(key)
        if node is not None and not _fits(node, wanted):
            code = "MDF008" if where.kind == "mode" else "MDF002"
            line = node.start_mark.line + first_line
            yield Raw(code, f"`{key}` should be {_SAY.get(wanted, wanted)}.", line, token=key.encode())


def _fits(node: Any, wanted: str) -> bool:
    """Whether a node is what OpenCode wants. Only a value that is surely wrong does not fit."""
    tag: str = node.tag.removeprefix(TAG)
    match wanted:
        case "mode":
            return str(node.value) in _MODES
        case "color":
            return tag == "str" and (node.value in _COLORS or _COLOR.fullmatch(node.value) is not None)
        case "tools":
            return tag == "map" and all(v.tag == TAG + "bool" for _, v in node.value)
        case "object":
            return tag == "map"
        case "permission":
            return _permits(node, 2)
        case "text" | "true or false":
            return tag == ("str" if wanted == "text" else "bool")
    return _is_number(node, positive="whole" in wanted)


def _is_number(node: Any, *, positive: bool) -> bool:
    """A number that is one in JSON too; or a whole one from 1 on."""
    if node.tag not in (TAG + "int", TAG + "float"):
        return False
    try:
        number = float(node.value)
    except ValueError:  # 0x1f, 0b1, 1_ and base 60 are numbers, .inf and .nan are none
        return "n" not in node.value.lower()
    return isfinite(number) and (not positive or (number.is_integer() and number > 0))


def _permits(node: Any, levels: int) -> bool:
    tag: str = node.tag.removeprefix(TAG)
    if tag == "str":
        return str(node.value) in _ACTIONS
    if tag != "map" or levels == 0:
        return False
    return all(_permits(v, 0 if name_of(k) in _ACTION_ONLY else levels - 1) for k, v in node.value)


def _presence(where: OpenCodePath, keys: dict[str, Any], first_line: int) -> Iterator[Raw]:
    if where.kind == "agent" and "description" not in keys:
        yield Raw("MDF003", "The agent has no description.", 1)
    if where.kind != "skill":
        return
    for key in ("name", "description"):
        if key not in keys or keys[key].tag != TAG + "str":
            yield Raw("MDF004", f"The skill has no `{key}` as text.", 1, token=key.encode())
            return
    name = keys["name"].value
    if len(name) > 64 or not _SKILL_NAME.fullmatch(name) or name.encode() != where.name:
        line = keys["name"].start_mark.line + first_line
        yield Raw("MDF005", "The skill's name is not its folder's, or not in the usual form.", line)


def same_names(seen: Collection[Path], paths: Collection[Path]) -> Iterator[tuple[Path, Raw]]:
    """MDF006 for each path in `seen` whose agent, command, mode or skill has the name of another in `paths`."""
    # One changed file is to cost little in a tree of 10,000: most paths are ruled out by their last part.
    files = {path.rpartition(b"/")[2] for path in seen if place(path).kind}
    named: dict[tuple[bytes, str, bytes], set[Path]] = {}
    for path in {*paths, *seen} if files else ():
        if path.rpartition(b"/")[2] in files and (where := place(path)).kind:
            named.setdefault((where.root, where.kind, where.name), set()).add(path)
    for path in seen:
        where = place(path)
        others = named.get((where.root, where.kind, where.name), set()) - {path}
        if others:
            yield path, Raw("MDF006", f"{printable(shown(min(others)), 80)} has the same name.")


FAMILY = Family("front matter", RULES, front_matter_faults, same_names, opencode=True)
