"""JSN: what is JSON, above all what OpenCode reads when it starts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from itertools import islice
from typing import Any

from autosync_tasks.names import OUTSIDE
from autosync_tasks.records import pattern
from autosync_tasks.validation import jsonc, schema
from autosync_tasks.validation.findings import Context, Lines, Raw, Subject, printable, surely_missing
from autosync_tasks.validation.opencode import is_config, place
from autosync_tasks.validation.rule import Family, rules
from autosync_tasks.validation.schema import is_version_2

RULES = rules("""
JSN001 error: OpenCode cannot read this config file
  The file is not JSON with comments and trailing commas holding one object, the form that OpenCode reads. OpenCode
  stops with an error when it starts.
  → Mend the line that is named.

JSN002 warning: Not valid JSON
  The file is named .json or .jsonc and cannot be read as such. OpenCode starts without it; what reads it may not.
  → Mend the line that is named.

JSN003 warning: A key stands twice
  Only the last of the two counts; the first has no effect.
  → Delete one of them.

JSN004 warning: Not as OpenCode's schema says
  opencode.json holds something that OpenCode's own schema does not allow, such as a key that it does not know, and
  that OpenCode starts with all the same.
  → Compare with https://opencode.ai/docs/config

JSN009 error: A value for which OpenCode does not start
  Under a key that OpenCode 1 knows stands a value of the wrong kind, and OpenCode ends with "Configuration is
  invalid". A config that is written for OpenCode 2 (`agents`, `plugins`, `providers`, `permissions`, `mcp.servers`, a
  model as an object) is not judged so: that version skips what it cannot use.
  → Mend the value that is named, or take it out; https://opencode.ai/docs/config says what may stand there.

JSN005 error: A file named in {file:…} is missing
  OpenCode replaces `{file:path}` by the file's text before it reads the config, and stops with an error if there is
  no such file. Only paths inside the tree are judged. A line that begins with // is left out, other comments are not.
  → Create the file, or take the reference out.

JSN006 warning: A variable named in {env:…} is not set
  OpenCode puts nothing in its place, so a key may be empty without a message.
  → Set the variable where OpenCode is started.

JSN007 warning: package.json is not an object
  OpenCode installs what package.json names for tools and plugins. It starts without, but they may fail.
  → Mend the file, or delete it: OpenCode writes a new one.

JSN010 warning: A file that OpenCode 2 does not read
  OpenCode 2 is in use, as opencode.json or cli.json beside it tell, and of config.json only version 1 takes notice.
  → Move what config.json says into opencode.json, if it is to hold in OpenCode 2.

JSN008 warning: Too deep or too long to be checked
  The reader stops at 200 levels of nesting and at 16 million characters.
  → Check the file by hand.
""")

_REFERENCE = pattern(rb"\{(file|env):([^}\r\n]{1,400})\}")
_MOST_VIOLATIONS = 20


def json_faults(subject: Subject, context: Context) -> Iterator[Raw]:
    """Syntax and duplicate keys of every .json and .jsonc file; more for OpenCode's own files."""
    if not subject.is_file or not subject.path.endswith((b".json", b".jsonc")):
        return
    config = context.opencode and is_config(subject.path)
    empty = {name for one in context.checks if "empty" in one.takes for name in one.files}
    if not subject.data and (config or "/" + subject.path.decode("utf-8", "replace") in empty):
        return  # OpenCode and Claude Code take an empty file for `{}`
    if config:
        yield from _references(subject, context)
    syntax = "JSN001" if config else "JSN002"
    # OpenCode itself reads bytes that are not UTF-8 as U+FFFD.
    text = subject.data.decode("utf-8", "replace").removeprefix("\ufeff")
    try:
        value = jsonc.loads(text)
    except jsonc.TooDeepError as error:
        yield Raw("JSN008", f"{_sentence(error.what)}.", error.line, error.column)
        return
    except jsonc.JsoncError as error:
        yield Raw(syntax, f"{_sentence(error.what)}.", error.line, error.column, token=error.what.encode())
        return
    for key, line, column in jsonc.duplicates(text):
        token = key.encode("utf-8", "surrogatepass")
        yield Raw("JSN003", f'The key "{printable(key, 60)}" stands twice.', line, column, token=token)
    root, name = place(subject.path)[:2]
    if config and _new_beside_old(root, name, value, context):
        yield Raw("JSN010", "config.json is read by OpenCode 1 alone; version 2 is in use here.", token=b"config.json")
    if config and not isinstance(value, dict):
        yield Raw("JSN001", "OpenCode wants one object `{…}` here.", 1, 1, token=b"not an object")
    elif config and name != b"config.json":
        yield from _schema(value)
    elif context.opencode and name == b"package.json" and not isinstance(value, dict):
        yield Raw("JSN007", "package.json does not hold one object.", 1, 1)


def _new_beside_old(root: bytes, name: bytes, value: Any, context: Context) -> bool:
    """Whether there is a config.json in a tree of OpenCode 2, as its own settings file or a config's form tells."""
    if name == b"config.json":
        return root + b"cli.json" in context.paths
    return root + b"config.json" in context.paths and root + b"cli.json" not in context.paths and is_version_2(value)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _references(subject: Subject, context: Context) -> Iterator[Raw]:
    """`{file:}` and `{env:}`: OpenCode replaces them in the text, before it reads the JSON."""
    lines = Lines(subject.data)
    for match in _REFERENCE.finditer(subject.data):
        line, column = lines.position(match.start())
        name = match[2].strip()
        if match[1] == b"env":
            if context.environ is not None and name.decode("utf-8", "replace") not in context.environ:
                yield Raw("JSN006", f"{printable(name, 60)} is not set here.", line, column, token=name)
        elif not lines.text(line).lstrip().startswith(b"//") and _is_missing(subject.path, name, context):
            yield Raw("JSN005", f"{printable(name, 80)} does not exist.", line, column, token=name)


def _is_missing(config: bytes, name: bytes, context: Context) -> bool:
    """Whether a file that a config names is surely missing."""
    if name.startswith((b"/", b"~")) or config.startswith(OUTSIDE):
        return False
    target = posixpath.normpath(posixpath.join(posixpath.dirname(config), name))
    return b"node_modules" not in target.split(b"/") and surely_missing(target, context)


def _schema(config: Any) -> Iterator[Raw]:
    """Where the config does not fit OpenCode's schema: what stops it, then what only does not fit."""
    stopping = schema.stops(config)[:_MOST_VIOLATIONS]
    told = {one.where for one in stopping}
    yield from (_of_violation("JSN009", one) for one in stopping)
    for one in islice(schema.violations(config), _MOST_VIOLATIONS):
        # Of OpenCode 2's keys version 1's schema knows nothing.
        if one.where not in told and not is_version_2(config):
            yield _of_violation("JSN004", one)


def _of_violation(code: str, violation: schema.Violation) -> Raw:
    spot = violation.spot
    return Raw(code, f"At {spot}: {violation.what}.", token=f"{spot}:{violation.keyword}".encode())


FAMILY = Family("JSON", RULES, json_faults)
