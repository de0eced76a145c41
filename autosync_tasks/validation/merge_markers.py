"""MRG: a merge left unfinished in a file that a program reads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autosync_tasks.records import pattern
from autosync_tasks.validation.findings import Context, Lines, Raw, Subject
from autosync_tasks.validation.rule import Family, rules

RULES = rules("""
MRG001 error: Merge-conflict markers
  A merge was left unfinished: `<<<<<<<`, `=======` and `>>>>>>>` stand at the beginning of lines of JSON, a script or
  front matter. What reads the file cannot read it as it is.
  → Choose one of the two versions and delete the three marker lines.
""")

_READ = (b".json", b".jsonc", b".sh", b".bash", b".py", b".js", b".mjs", b".cjs", b".ts", b".mts", b".cts")
_MARK = pattern(rb"^(?:(<{7})(?: |\r?$)|(={7})\r?$|(>{7})(?: |\r?$))", re.MULTILINE)
_FRONT = pattern(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n")


def unfinished_merge(subject: Subject, context: Context) -> Iterator[Raw]:
    """MRG001: the three markers in order, in JSON, scripts, and the front matter of Markdown.

    Markdown's text may show such markers, so only its front matter counts; a line of `=======` alone is a heading.
    """
    data = subject.data
    if not subject.is_file or b"<<<<<<<" not in data:
        return
    low = subject.path.lower()
    if low.endswith((b".md", b".mdx")):
        if not _FRONT.match(data) and not data.startswith(b"<<<<<<<"):
            return
        end = re.search(rb"\n---[ \t]*\r?(?:\n|\Z)", data)
        data = data[: end.end()] if end else data
    elif not (low.endswith(_READ) or data.startswith(b"#!")):
        return
    begun, middle = -1, False
    for mark in _MARK.finditer(data):
        if mark[1]:
            begun, middle = mark.start(), False
        elif mark[2]:
            middle = begun >= 0
        elif middle:
            line, _ = Lines(data).position(begun)
            yield Raw("MRG001", "A merge conflict begins here and is not resolved.", line, 1, token=b"markers")
            return


FAMILY = Family("merge markers", RULES, unfinished_merge)
