"""Findings to the letter: what is told of one file, with line, column and words."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pytest_bdd import then

from autosync_tasks.model import Finding, Left, LeftOut, Severity
from autosync_tasks.profiles import Source
from autosync_tasks.validation import of_left_out, validate
from autosync_tasks.validation.schema import is_version_2, misfits, stops
from tests.features.judged import chance, made_up, meant
from tests.features.tree import unescaped
from tests.features.words import rows_of
from tests.validation.support import context, file, link


def findings(row: dict[str, str], **besides: object) -> list[Finding]:
    """Columns: agent (OpenCode where it is left out), file, mode (644), beside (other paths of the tree), variables (those
    that are set; `?`: it is not known), owner (`another`: another user's), the tree is in, holds (`→ target`: a link).
    """
    agent, path = row.get("agent", "opencode"), meant(row["file"])
    data = meant(row["holds"])
    foreign = row.get("owner") == "another"
    subject = file(path, data, int(row.get("mode") or "644", 8), foreign=foreign)
    if row["holds"].startswith("→ "):
        subject = link(path, data.removeprefix("→ ".encode()))
    others = [one.encode() for one in filter(None, row.get("beside", "").split(", "))]
    variables = row.get("variables", "")
    environ = None if variables == "?" else set(variables.split())
    checks = Source(agent).read().validations
    paths = others[1:] if others[:1] == [b"nothing"] else [path, *others]
    root = row.get("the tree is in", "").encode()
    seen = context(*paths, environ=environ, checks=checks, root=root, opencode=agent == "opencode", **besides)
    return validate([subject], seen)


def told(row: dict[str, str], **besides: object) -> str:
    """`CODE line:column words` of each finding, one after the other."""
    found = findings(row, **besides)
    return "; ".join(f"{one.code} {one.line}:{one.column} {one.message}" for one in found)


@then("of one file alone this is told, with line and column:")
def with_line_and_column(datatable: list[list[str]]) -> None:
    wrong = []
    for row in rows_of(datatable):
        if (found := told(row)) != made_up(row["told"], chance()):
            wrong.append(f"{row['file']} {row['holds']!r}: {found!r}")
    assert not wrong, "\n".join(wrong)


@then("of these files with an unfinished merge from line 2 on it is told, or not:")
def unfinished(datatable: list[list[str]]) -> None:
    """A first line that is itself the beginning is where it begins."""
    wrong = []
    for row in rows_of(datatable):
        begins = row["first line"].startswith("<<<<<<<")
        rest = "=======\n>>>>>>> b\n" if begins else "<<<<<<< a\n=======\n>>>>>>> b\n"
        found = findings({**row, "holds": f"{row['first line']}\n{rest}"})
        lines = [one.line for one in found if one.code == "MRG001"]
        if lines != ([1 if begins else 2] if row["told"] == "yes" else []):
            wrong.append(f"{row['file']} {row['first line']}: {lines}")
    assert not wrong, "\n".join(wrong)


@then("of what is left out this is told:")
def left_out(datatable: list[list[str]]) -> None:
    """As a warning, which nobody can accept."""
    found = []
    for because, more, *_ in datatable[1:]:
        left = LeftOut(b"docs/a", Left(because), unescaped(more).decode())
        said = of_left_out([left], context(b"docs/a"))
        assert {(one.code, one.path, one.severity, one.status) for one in said} <= {
            ("FS010", b"docs/a", Severity.WARNING, "new")
        }
        found.append([because, more, *([said[0].message, said[0].hint] if said else ["", ""])])
    assert found == datatable[1:]


@then("bash is asked of these files, and of what it says this is told:")
def bash_asked(datatable: list[list[str]]) -> None:
    """Columns as above, and: bash says (`not asked`: nothing, for it is not)."""
    wrong = []
    for row in rows_of(datatable):
        asked: list[bytes] = []
        says = "" if row["bash says"] == "not asked" else row["bash says"]

        def check(texts: Sequence[bytes], asked: list[bytes] = asked, says: str = says) -> list[str]:
            asked += texts
            return [says] * len(texts)

        found = told(row, check_shell=check)
        if (found, not asked) != (row["told"], row["bash says"] == "not asked"):
            wrong.append(f"{row['file']} {row['holds']!r}: {found!r}, {len(asked)} asked")
    assert not wrong, "\n".join(wrong)


@then("of these files and what becomes of them a finding is the same or another:")
def same_or_another(datatable: list[list[str]]) -> None:
    """By its fingerprint, which is what a person accepts. Columns as above, and: then holds, it is."""
    wrong = []
    for row in rows_of(datatable):
        [before], [after] = findings(row), findings({**row, "holds": row["then holds"]})
        said = "the same" if before.fingerprint == after.fingerprint else "another"
        if said != row["it is"] or before.code != after.code:
            wrong.append(f"{row['file']} {row['holds']!r}: {said}, {before}, {after}")
    assert not wrong, "\n".join(wrong)


@then("what a person accepted by these fingerprints with an earlier version is accepted still:")
def accepted_still(datatable: list[list[str]]) -> None:
    wrong = []
    for row in rows_of(datatable):
        found = {f"{one.code} {one.fingerprint}" for one in findings(row)}
        if found != set(row["accepted"].split(", ")):
            wrong.append(f"{row['file']} {row['holds']!r}: {sorted(found)}")
    assert not wrong, "\n".join(wrong)


@then("of these values and what is wanted of them this is told:")
def fits(datatable: list[list[str]]) -> None:
    """Columns: wanted (a schema), value, told (place: words (keyword) of each)."""
    wrong = []
    for cells in datatable[1:]:
        wanted, value, words = (made_up(cell, chance()) for cell in cells)
        found = misfits(json.loads(value), json.loads(wanted))
        said = "; ".join(f"{one.spot}: {one.what} ({one.keyword})" for one in found)
        if said != words:
            wrong.append(f"{wanted}, {value}: {said}")
    assert not wrong, "\n".join(wrong)


@then("these configs are written for:")
def version_of(datatable: list[list[str]]) -> None:
    """And nothing stops the second version."""
    wrong = [row for row in datatable[1:] if is_version_2(json.loads(row[0])) is not (row[1] == "2")]
    assert not wrong
    assert not [row for row in datatable[1:] if row[1] == "2" and stops({**json.loads(row[0]), "share": 5})]
