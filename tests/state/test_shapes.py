"""The state folder may hold anything: only what has its shape is read."""

from __future__ import annotations

import pytest

from autosync_tasks.state.shapes import json_object, moment, record

GOOD = b'{"trigger":"manual","started":1.0,"outcome":"ok"}'


def test_a_record_of_a_run_is_read() -> None:
    assert record(GOOD) == {"trigger": "manual", "started": 1.0, "outcome": "ok"}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"[]",
        b"nonsense",
        b"[" * 100_000,
        b'{"outcome":[1]}',
        b'{"trigger":{},"started":1,"outcome":"ok"}',
        b'{"trigger":"manual","started":1e400,"outcome":"ok"}',
        b'{"trigger":"manual","started":NaN,"outcome":"ok"}',
        b'{"trigger":"manual","started":true,"outcome":"ok"}',
        b'{"trigger":"manual","started":1,"outcome":"ok","ended":"x"}',
        b'{"trigger":"manual","started":1,"outcome":"ok","commit":"../x"}',
        b'{"trigger":"manual","started":1,"outcome":"ok","changes":{"a":"b"}}',
    ],
)
def test_what_is_none_is_passed_over(line: bytes) -> None:
    assert record(line) is None


@pytest.mark.parametrize("text", [None, b"", b"{", b"3", b"[" * 100_000, b"\xff"])
def test_no_object_is_an_empty_one(text: bytes | None) -> None:
    assert json_object(text) == {}


@pytest.mark.parametrize("value", [float("inf"), float("nan"), -1, 1e18, 10**400, -(10**400), "1", None, True])
def test_a_time_that_no_calendar_knows_is_none(value: object) -> None:
    assert moment(value) is None
