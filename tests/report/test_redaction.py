"""What one run may not show: kept for that run, and held back at the last door too."""

from __future__ import annotations

import json
from contextvars import Context

import pytest

from autosync_tasks.names import display, one_run, redaction
from autosync_tasks.report import as_json, screen
from autosync_tasks.report.words import Part

VALUE = "q7RkW2mZx9TbL4vN"
"""Looks like a token and is none."""


def test_what_leaves_the_program_is_looked_at_once_more(capsys: pytest.CaptureFixture[str]) -> None:
    """A line that was made without `display` must not show it either."""
    with one_run():
        redaction().add([VALUE.encode()])
        screen.show([(Part(f"context/{VALUE}.md is new"),)])
        as_json.show("anything", {"reason": f"{VALUE} is new", "paths": [f"a/{VALUE}"]})
    said = capsys.readouterr().out
    assert VALUE not in said
    assert said.startswith("context/[withheld].md is new\n")
    assert json.loads(said.partition("\n")[2])["paths"] == ["a/[withheld]"]


def test_a_run_inside_another_shares_it_and_the_next_one_knows_nothing() -> None:
    def runs() -> None:
        with one_run():
            with one_run():
                redaction().add([VALUE.encode()])
            assert display(VALUE) == "[withheld]"
        with one_run():
            assert display(VALUE) == VALUE

    Context().run(runs)


def test_outside_of_any_run_nothing_is_lost() -> None:
    def alone() -> None:
        redaction().add([VALUE.encode(), b""])
        assert display(f"a/{VALUE}") == "a/[withheld]"
        assert display("plain") == "plain"

    Context().run(alone)
