"""Moments as people name them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from pytest_bdd import then

from autosync_tasks.errors import UsageError
from autosync_tasks.restore.moments import FORMS, Moment, Revision, parse_at
from tests.features.judged import meant

_ZONE = timezone(timedelta(hours=2))
_NOW = datetime(2026, 3, 10, 12, 0, tzinfo=_ZONE).timestamp()


def _cell(text: str) -> str:
    return meant(text).decode()


def _read(words: str) -> Moment | Revision | str:
    try:
        return parse_at(_cell(words), _NOW, _ZONE)
    except UsageError as error:
        return f"{error.message} ({error.hint})"


@then("these words mean these moments:")
def moments(datatable: list[list[str]]) -> None:
    wrong = []
    for words, moment in datatable[1:]:
        form = "%Y-%m-%d %H:%M:%S" + (".%f" if "." in moment else "") + " %z"
        if (found := _read(words)) != Moment(datetime.strptime(moment, form).timestamp()):
            wrong.append(f"{words}: {found}")
    assert not wrong, "\n".join(wrong)


@then("these words mean these commits:")
def commits(datatable: list[list[str]]) -> None:
    found = {words: _read(words) for words, _ in datatable[1:]}
    assert found == {words: Revision(_cell(commit)) for words, commit in datatable[1:]}


@then("these words are refused, with the forms that are taken:")
def refused(datatable: list[list[str]]) -> None:
    wrong = []
    for words, because in datatable[1:]:
        found = str(_read(words))
        if not (found.startswith(because) and found.endswith(f"(write it as {FORMS})")):
            wrong.append(f"{words}: {found}")
    assert not wrong, "\n".join(wrong)
