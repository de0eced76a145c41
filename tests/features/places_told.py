"""Findings to the letter: what is told of one file, with line, column and words."""

from __future__ import annotations

import random

from pytest_bdd import then

from autosync_tasks.profiles import Source
from autosync_tasks.validation import validate
from tests.features.judged import made_up
from tests.features.tree import unescaped
from tests.validation.support import context, file


def told(agent: str, path: str, holds: str, mode: str) -> str:
    """`CODE line:column words` of each finding, one after the other."""
    data = unescaped(made_up(holds, random.Random(3)))
    subject = file(path.encode(), data, int(mode or "644", 8))
    checks = Source(agent).read().validations
    seen = context(subject.path, environ={}, checks=checks, opencode=agent == "opencode")
    return "; ".join(f"{one.code} {one.line}:{one.column} {one.message}" for one in validate([subject], seen))


@then("of one file alone this is told, with line and column:")
def with_line_and_column(datatable: list[list[str]]) -> None:
    wrong = []
    for agent, path, mode, holds, words in datatable[1:]:
        if (found := told(agent, path, holds, mode)) != words:
            wrong.append(f"{path} {holds!r}: {found!r}")
    assert not wrong, "\n".join(wrong)
