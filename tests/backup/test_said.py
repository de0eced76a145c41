"""What a commit says of its machine comes back as it was said, and a forged message says little."""

from __future__ import annotations

import pytest

from autosync_tasks.backup.said import MOST, Said, read, trailers
from autosync_tasks.names import display


@pytest.mark.parametrize(
    "said",
    [
        Said("anas-laptop"),
        Said("anas-laptop", ("hook", "timer 3600", "cron 0 * * * *"), ("auth.json", "a: b"), "0.1.0", "claude"),
    ],
)
def test_it_comes_back(said: Said) -> None:
    assert read("2 changes\n\n" + "\n".join(trailers(said))) == said


@pytest.mark.parametrize("trigger", ["watch\nAutosync-Host: evil", "cron 0 * * * *\nx", "timer", "", "cron \x1b[31m"])
def test_what_is_no_trigger_is_not_said(trigger: str) -> None:
    """It comes from a crontab, which anyone may have written."""
    said = Said("anas-laptop", (trigger, "hook"))
    assert "\n".join(trailers(said)) == "Autosync-Host: anas-laptop\nAutosync-Trigger-Installed: hook"


@pytest.mark.parametrize("value", ["\x1b[31mred", "1" * 41, "0.1 evil", "`id`", "Ä", ""])
@pytest.mark.parametrize("name", ["Version", "Profile"])
def test_a_version_or_profile_that_nobody_has_is_passed_over(name: str, value: str) -> None:
    """A forged message is shown on a terminal."""
    said = read(f"x\n\nAutosync-{name}: {value}")
    assert (said.version, said.profile) == ("", "")


def test_a_name_of_the_longest_kind_comes_back() -> None:
    for letter in ("a", "ä", "\U0001f600"):
        message = "x\n\n" + "\n".join(trailers(Said("h", absent=(display(letter * 500),))))
        assert read(message).absent == (letter * 199 + "…",)


@pytest.mark.parametrize("value", ["5", '""', "null", '["a"]', "no JSON", '{"a": 1}', "[" * 4000])
def test_what_is_no_name_is_passed_over(value: str) -> None:
    assert read(f'x\n\nAutosync-Not-Here: {value}\nAutosync-Not-Here: "auth.json"').absent == ("auth.json",)


def test_what_is_far_too_long_is_passed_over() -> None:
    assert read(f"x\n\nAutosync-Host: {'h' * 5001}").host == ""
    assert all(read(f"x\n\nAutosync-Host: {'h' * size}").host == "h" * 199 + "…" for size in (300, 5000))


def test_of_very_many_names_only_so_many_are_read() -> None:
    lines = [f'Autosync-Not-Here: "{number}"' for number in range(2 * MOST)]
    assert len(read("\n".join(["x", "", *lines])).absent) == MOST
    assert len(trailers(Said("h", absent=tuple(map(str, range(MOST + 1)))))) == 1 + MOST


def test_of_a_long_message_the_end_is_read() -> None:
    for more, host in ((398, "desk"), (399, "desk"), (400, "")):
        assert read("Autosync-Host: desk\n" + "x\n" * more).host == host


def test_of_very_many_triggers_only_so_many_are_read() -> None:
    for number in (19, 20, 21):
        lines = [f"Autosync-Trigger-Installed: cron {one}" for one in range(number)]
        assert len(read("\n".join(["x", "", *lines])).triggers) == min(number, 20)
