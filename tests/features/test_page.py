"""The table of contents of the features is made from them."""

from __future__ import annotations

from tools.features_page import FEATURES, PAGE, first_lines, page


def test_the_page_is_what_the_features_say() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python tools/features_page.py`"


def test_each_feature_says_in_its_first_lines_why() -> None:
    for file in FEATURES.rglob("*.feature"):
        title, why = first_lines(file)
        assert title, file
        assert why.endswith("."), f"{file.name}: no sentence below its name"
