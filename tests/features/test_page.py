"""The table of contents of the features is made from them, and they stay what a person reads gladly."""

from __future__ import annotations

from tools.features_page import FEATURES, PAGE, first_lines, page
from tools.features_report import report


def test_the_page_is_what_the_features_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python tools/features_page.py`"


def test_each_feature_says_in_its_first_lines_why() -> None:
    for file in FEATURES.rglob("*.feature"):
        title, why = first_lines(file)
        assert title, file
        assert why.endswith("."), f"{file.name}: no sentence below its name"


def test_no_sentence_and_no_step_is_left_over_and_no_scenario_is_long() -> None:
    found = report()
    assert found.undefined == []
    assert found.ambiguous == []
    assert found.orphans == []
    assert found.long == {}
