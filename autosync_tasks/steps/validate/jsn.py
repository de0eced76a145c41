"""JSN: what OpenCode reads as JSON with comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autosync_tasks.steps.validate import jsonc
from autosync_tasks.steps.validate.findings import Context, Raw, Subject

_CONFIG = re.compile(rb"(?:(?:^|.*/)\.opencode/)?(?:opencode|tui)\.jsonc?$", re.DOTALL)


def is_config(path: bytes) -> bool:
    """Whether OpenCode itself reads the file when it starts: at the tree's root or in a `.opencode` folder."""
    return _CONFIG.fullmatch(path) is not None


def check(subject: Subject, context: Context) -> Iterator[Raw]:
    """Syntax and duplicate keys of every .json and .jsonc file."""
    if not subject.is_file or not subject.path.endswith((b".json", b".jsonc")):
        return
    syntax = "JSN001" if is_config(subject.path) else "JSN002"
    twice: list[str] = []
    try:
        text = subject.data.decode("utf-8-sig")
        jsonc.loads(text, twice.append)
    except UnicodeDecodeError:
        yield Raw(syntax, "The file is not UTF-8 text.")
    except jsonc.TooDeepError as error:
        yield Raw("JSN008", error.what.capitalize() + ".", error.line, error.column)
    except jsonc.JsoncError as error:
        yield Raw(syntax, error.what.capitalize() + ".", error.line, error.column, token=error.what.encode())
    for key in twice:
        yield Raw("JSN003", "A key stands twice in the same object.", token=key.encode("utf-8", "replace"))
