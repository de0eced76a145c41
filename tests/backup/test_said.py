"""What a commit says of its machine comes back as it was said, and a forged message says little."""

from __future__ import annotations

import pytest

from autosync_tasks.backup.said import MOST, Said, read, trailers


@pytest.mark.parametrize(
    "said",
    [
        Said("anas-laptop"),
        Said("anas-laptop", ("hook", "timer 3600", "cron 0 * * * *"), ("auth.json", "a: b"), "0.1.0", "claude"),
    ],
)
def test_it_comes_back(said: Said) -> None:
    assert read("2 changes\n\n" + "\n".join(trailers(said))) == said


@pytest.mark.parametrize("value", ["5", '""', "null", '["a"]', "no JSON", '{"a": 1}'])
def test_what_is_no_name_is_passed_over(value: str) -> None:
    assert read(f'x\n\nAutosync-Not-Here: {value}\nAutosync-Not-Here: "auth.json"').absent == ("auth.json",)


def test_what_is_far_too_long_is_passed_over() -> None:
    assert read(f"x\n\nAutosync-Host: {'h' * 2000}").host == ""
    assert all(read(f"x\n\nAutosync-Host: {'h' * size}").host == "h" * 199 + "…" for size in (300, 1200))


def test_of_very_many_names_only_so_many_are_read() -> None:
    lines = [f'Autosync-Not-Here: "{number}"' for number in range(2 * MOST)]
    assert len(read("\n".join(["x", "", *lines])).absent) == MOST
