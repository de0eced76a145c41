"""Secrets to the letter: what is told of one text, which lines are withheld, what else an acceptance lets pass."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pytest_bdd import then

from autosync_tasks.model import Finding
from autosync_tasks.names import WITHHELD
from autosync_tasks.validation import hits, secret_findings, validate
from autosync_tasks.validation.families import finish
from autosync_tasks.validation.secrets import in_names
from tests.features.judged import chance, made_up
from tests.features.words import rows_of
from tests.validation.support import context, file, link, real_context, real_engine

_BEGINS = {
    "SEC006": "The name holds a secret",
    **dict.fromkeys(("SEC101", "SEC102", "SEC103"), "The line may hold a secret"),
}


def _drawn(text: str) -> str:
    return made_up(text.replace("ESC", "\x1b"), chance())


def _told_secrets(row: dict[str, str]) -> list[Finding]:
    path, how = _drawn(row.get("file") or "notes/a.md").encode(), row.get("written in", "utf-8")
    data = _drawn(row["holds"]).encode(how.removesuffix(", torn"))
    if data.startswith("→ ".encode()):
        subject = link(path, data.removeprefix("→ ".encode()))
    else:
        subject = file(path, data[:-1] if how.endswith(", torn") else data)
    return [one for one in validate([subject], real_context(path)) if one.code.startswith("SEC")]


def _in_words(found: Sequence[Finding], like: str) -> str:
    """`SEC001 jwt`; where `like` names places, with line and column; where it has no words, the codes alone."""
    placed, said = ":" in like, re.search(" [a-z]", like)
    words = []
    for one in found:
        whose, _, what = one.message.partition(": ")
        begins = _BEGINS.get(one.code, "The line holds a secret")
        assert one.code == "SEC004" or whose == begins, one.message
        parts = [one.code, f"{one.line}:{one.column}" if placed else "", what.removesuffix(".") if said else ""]
        words.append(" ".join(filter(None, parts)))
    return "; ".join(words) or "nothing"


@then("of each of these files alone is told:")
def of_each_alone(datatable: list[list[str]]) -> None:
    """Columns: file (left out: a note), written in (`torn`: the last byte is missing), holds (`→ target`: a link), told."""
    wrong = []
    for row in rows_of(datatable):
        if (found := _in_words(_told_secrets(row), row["told"])) != row["told"]:
            wrong.append(f"{row}: {found}")
    assert not wrong, "\n".join(wrong)


@then("these lines of each are never shown:")
def never_shown(datatable: list[list[str]]) -> None:
    wrong = []
    for holds, wanted in datatable[1:]:
        lines = ", ".join(map(str, sorted(hits(b"notes/a.md", _drawn(holds).encode(), real_context())))) or "none"
        if lines != wanted:
            wrong.append(f"{holds}: {lines}, not {wanted}")
    assert not wrong, "\n".join(wrong)


@then("who accepts the first accepts the second too, or not:")
def accepts_too(datatable: list[list[str]]) -> None:
    """Columns: the first, the second (each in a file of its own; what is drawn is the same in both), accepted."""
    wrong = []
    for first, second, wanted in datatable[1:]:
        accepted = [one.fingerprint for one in secret_findings(b"notes/a.md", _drawn(first).encode(), real_context())]
        found = secret_findings(b"b.json", _drawn(second).encode(), real_context(accepted=accepted))
        assert accepted and found, first
        if (said := "no" if any(one.blocks for one in found) else "yes") != wanted:
            wrong.append(f"{first}, {second}: {said}")
    assert not wrong, "\n".join(wrong)


@then("of 2,500 names, among which are these, this is told:")
def among_names(datatable: list[list[str]]) -> None:
    """Columns: at (the number of the name), name, told, shown (the name as it is listed)."""
    names = [b"notes/%d.md" % number for number in range(2500)]
    wanted = []
    for at, name, told, shown in datatable[1:]:
        names[int(at)] = _drawn(name).encode()
        wanted += [(int(at), told, shown)] if told != "nothing" else []
    found, marks = [], set()
    for path, raw in in_names(names, real_engine()):
        told = f"{raw.code} {raw.message.partition(': ')[2].removesuffix('.')}"
        found.append((names.index(path), told, path.replace(raw.token, WITHHELD.encode()).decode()))
        marks.add(finish(raw, path, context()).fingerprint)
    assert found == wanted
    assert len(marks) == len({told for _, told, _ in wanted})  # what was accepted is accepted in another name
