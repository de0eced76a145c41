"""AGT: what an agent's own files must be for it to read them, as its profile says of each.

What each agent does with a broken file was seen with Claude Code 2.1.332, Codex 0.171.0 and Gemini CLI 0.61.0.
"""

from __future__ import annotations

import posixpath
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from autosync_tasks.policy.matching import Matcher
from autosync_tasks.validation import jsonc
from autosync_tasks.validation.findings import Applies, Context, Raw, Subject, printable, surely_missing
from autosync_tasks.validation.rule import Family, rules
from autosync_tasks.validation.schema import misfits
from autosync_tasks.validation.yaml_front import TAG, FrontError, cut_front, top_level

RULES = rules("""
AGT001 error: The agent stops at this file, or reads nothing of it
  A settings file that is not what its reader takes: Gemini CLI and Codex do not start, Claude Code leaves all of it
  out, what it forbids included. Not every reader takes comments, and none a comma before a closing bracket; and for
  Claude Code and Codex one value of another kind (a text where a list belongs) is enough.
  → Mend the line or the value that is named.

AGT002 warning: A file that the agent does not read
  The agent starts without it, and what the file says has no effect.
  → Mend the line that is named.

AGT003 warning: Something that the agent wants is missing
  Without these keys the agent leaves the agent, skill or command out, most often without a word.
  → Add the key that is named.

AGT004 warning: A key that the agent does not take
  The agent refuses a file with a key that it does not know, or with one of another kind.
  → Take the key out, or give it the kind that is named.

AGT005 warning: A hook whose program is missing
  A hook or the status line names a program in this tree that is not there: it fails at each turn.
  → Create the program, or take the hook out.
""")


_MOST_MISFITS = 20


def agent_faults(subject: Subject, context: Context) -> Iterator[Raw]:
    """Every rule of the family for one file."""
    if not subject.is_file:
        return
    for applies in context.checks:
        if applies.check in _CHECKS and _matcher(applies.files).first(subject.path, is_folder=False) is not None:
            yield from _CHECKS[applies.check](subject, applies, context)


@lru_cache(maxsize=64)
def _matcher(files: tuple[str, ...]) -> Matcher:
    return Matcher([(pattern, ()) for pattern in files])


def _broken(applies: Applies, what: str, line: int = 0, column: int = 0) -> Raw:
    return Raw("AGT001" if applies.stops else "AGT002", what, line, column, token=what.encode())


def _json(subject: Subject, applies: Applies, context: Context) -> Iterator[Raw]:
    text = subject.data.decode("utf-8", "replace")
    if text.startswith("\ufeff") and "bom" not in applies.takes:
        yield _broken(applies, "It begins with a byte order mark, which its reader does not take.", 1)
    text = text.removeprefix("\ufeff")
    if not text.strip() and "empty" in applies.takes:
        return
    try:
        value = jsonc.loads(text)
    except jsonc.JsoncError as error:
        yield _broken(applies, f"{error.what[:1].upper()}{error.what[1:]}.", error.line, error.column)
        return
    plain = jsonc.blank_comments(text)
    for what, before, after in (("Comments", text, plain), ("A trailing comma", plain, jsonc.blank(plain))):
        if before != after and not (what == "Comments" and "comments" in applies.takes):
            at = next(n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new)
            yield _broken(applies, f"{what} its reader does not take.", text.count("\n", 0, at) + 1)
    if not isinstance(value, dict):
        yield _broken(applies, "Its reader wants one object `{…}` here.", 1)
    else:
        yield from _keys(applies, value)


def _toml(subject: Subject, applies: Applies, context: Context) -> Iterator[Raw]:
    import tomllib

    try:
        value = tomllib.loads(subject.data.decode())
    except (ValueError, RecursionError) as error:  # the text of the error may quote the file
        at = re.search(r"\(at line ([0-9]+), column ([0-9]+)\)$", str(error))
        yield _broken(applies, "It is not TOML.", *(int(number) for number in (at.groups() if at else ())))
        return
    yield from _keys(applies, value)


def _keys(applies: Applies, value: dict[str, Any]) -> Iterator[Raw]:
    """AGT003 and AGT004, what stands under a key that wants a list, and values with which nothing is read."""
    for one in islice(misfits(value, applies.schema), _MOST_MISFITS):
        yield _broken(applies, f"At {one.spot}: {one.what}; with that its reader takes nothing of the file.")
    for key in applies.required:
        if key not in value:
            yield Raw("AGT003", f"`{key}` is missing.", 1, token=key.encode())
    lists = {key.removesuffix("[]") for key in applies.known if key.endswith("[]")}
    for key, inner in value.items():
        if applies.known and key not in applies.known and key not in lists:
            token = key.encode("utf-8", "surrogatepass")
            yield Raw("AGT004", f"`{printable(key, 60)}` is no key that its reader takes.", 1, token=token)
        elif key in lists and not isinstance(inner, list):
            yield Raw("AGT004", f"`{key}` should be a list.", 1, token=key.encode())


def _front_matter(subject: Subject, applies: Applies, context: Context) -> Iterator[Raw]:
    front, first_line = cut_front(subject.data)
    if front is None:
        if applies.required:
            yield Raw("AGT003", f"There is no front matter with {' and '.join(applies.required)}.", 1)
        return
    try:
        entries = dict(top_level(front, first_line))
    except FrontError as error:
        yield Raw("AGT002", f"The front matter is not YAML: {error.what}.", error.line, token=b"yaml")
        return
    kinds: dict[str, Any] = {key: [] if node.tag == TAG + "seq" else "" for key, node in entries.items()}
    yield from _keys(applies, kinds)
    name = entries.get("name")
    if name is not None and ":" in str(name.value):
        line = name.start_mark.line + first_line
        yield Raw("AGT003", "A name with a colon is not taken.", line, token=b"colon")


def _policy_rules(subject: Subject, applies: Applies, context: Context) -> Iterator[Raw]:
    """Codex' rules are Starlark, which Python's grammar holds."""
    import ast  # takes 6 ms to load

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(subject.data)
    except SyntaxError as error:
        yield _broken(applies, "The rules cannot be read.", error.lineno or 0)
    except (ValueError, RecursionError, MemoryError):
        yield _broken(applies, "The rules cannot be read.")


def _hooks(subject: Subject, applies: Applies, context: Context) -> Iterator[Raw]:
    try:
        value = jsonc.loads(subject.data.decode("utf-8", "replace").removeprefix("\ufeff"))
    except jsonc.JsoncError:
        return
    for command in dict.fromkeys(_commands(value)):
        target = _in_tree(command, applies.known)
        if target and surely_missing(target, context):
            yield Raw("AGT005", f"{printable(target, 80)} is not there.", token=target)


def _commands(value: Any) -> Iterator[str]:
    """The commands of the hooks and of the status line."""
    hooks = value.get("hooks") if isinstance(value, dict) else None
    lists = [groups for groups in hooks.values() if isinstance(groups, list)] if isinstance(hooks, dict) else []
    groups = [group for one in lists for group in one if isinstance(group, dict)]
    handlers = [one for group in groups if isinstance(group.get("hooks"), list) for one in group["hooks"]]
    handlers += [value.get("statusLine")] if isinstance(value, dict) else []
    for handler in handlers:
        if isinstance(handler, dict) and isinstance(handler.get("command"), str):
            yield handler["command"]


def _in_tree(command: str, spelled: Sequence[str]) -> bytes:
    """The first path of this tree that a command names before it pipes or redirects, b"" if it names none."""
    for tree in spelled:
        home, _, folder = tree.partition("/")
        homes = r"(?:~|\$HOME|\$\{HOME\}|/root|/(?:home|Users)/[^/\s\"']+)" if home == "~" else re.escape(home)
        before = re.split(r"[;|&<>\n]", command)[0]
        if match := re.search(rf"(?<![^\s\"'=]){homes}\"?/{re.escape(folder)}\"?/([^\s\"'$`*?(){{}}]+)", before):
            return posixpath.normpath(match[1]).encode("utf-8", "surrogatepass")
    return b""


_CHECKS = {"json": _json, "toml": _toml, "front-matter": _front_matter, "policy-rules": _policy_rules, "hooks": _hooks}

FAMILY = Family("an agent's own files", RULES, agent_faults)
