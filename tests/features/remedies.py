"""Remedies: what is wrong with a backup, in words, and what mends it.

A cell holds what was seen, `name: value`, parted by semicolons; A to F stand for ids of forty signs.
"""

from __future__ import annotations

import re
from typing import Any

from pytest_bdd import then

from autosync_tasks.recovery.plan import BadRef, Damaged, Diagnosis, repairs

_LISTS = ("locks", "operations", "incoming", "derived", "stops")


def _id(text: str) -> str:
    return text.lower() * 40 if re.fullmatch("[A-F]", text) else text


def _seen(cell: str) -> Diagnosis:
    found: dict[str, Any] = {"branch": "main"}
    for one in filter(None, cell.split("; ")):
        name, value = one.split(": ", 1)
        name = name.replace(" ", "_")
        words = [_id(word) for word in value.split()]
        if name in _LISTS:
            found[name] = tuple(words)
        elif name == "damaged":
            kind, item, path, commit, *whose = words
            one_ = Damaged(item, kind, b"" if path == "-" else path.encode(), commit, *whose)
            found[name] = (*found.get(name, ()), one_)
        elif name in ("heals", "packs"):
            key, _, rest = value.partition(" ")
            found[name] = {**found.get(name, {}), _id(key): rest}
        elif name == "refs":
            ref, why, *last = value.split(", ")
            found[name] = (*found.get(name, ()), BadRef(ref, why, *map(_id, last)))
        elif name in ("head_kept", "back"):
            found[name] = value == "yes"
        else:
            found[name] = _id(value)
    return Diagnosis(**found)


def told(cell: str) -> str:
    """Each problem with its remedy, in the order in which they are mended."""
    return "; ".join(f"{one.problem} → {one.remedy}" for one in repairs(_seen(cell))) or "nothing"


@then("what was seen of a backup is told and mended so:")
def told_and_mended(datatable: list[list[str]]) -> None:
    wrong = [f"{cell}: {told(cell)}" for cell, words in datatable[1:] if told(cell) != words]
    assert not wrong, "\n".join(wrong)
