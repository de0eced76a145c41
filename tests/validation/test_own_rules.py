"""Where the scanner is not published for a machine, our own rules judge; nowhere else."""

from __future__ import annotations

import gzip
import importlib.util
import json
import platform
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.doctor.checks import Level, versions
from autosync_tasks.model import Severity
from autosync_tasks.status.status import status
from autosync_tasks.validation import scanner
from autosync_tasks.validation.families import RULES
from autosync_tasks.validation.secret_regions import as_utf8, regions
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine

CASES = CHECKOUT.parent / "shared/secret_cases.jsonl.gz"


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """No scanner is installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "kingfisher_sdk" else find(name, *a)
    )
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()
    yield monkeypatch
    scanner.load.cache_clear()
    scanner.load_quick.cache_clear()


def test_a_machine_that_could_have_it_is_judged_by_nothing_less(absent: pytest.MonkeyPatch) -> None:
    absent.setattr(platform, "machine", lambda: "x86_64")
    absent.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert scanner.no_wheel() == ""
    with pytest.raises(scanner.EngineUnavailableError):
        scanner.load_quick("")


@pytest.mark.parametrize(("machine", "libc"), [("armv7l", "glibc"), ("x86_64", ""), ("riscv64", "glibc")])
def test_our_own_rules_judge_elsewhere(absent: pytest.MonkeyPatch, machine: str, libc: str) -> None:
    absent.setattr(platform, "machine", lambda: machine)
    absent.setattr(platform, "libc_ver", lambda: (libc, ""))
    assert isinstance(scanner.load_quick(""), scanner.OwnRules)
    assert isinstance(scanner.load(""), scanner.OwnRules)


def test_status_and_doctor_say_so(absent: pytest.MonkeyPatch, machine: Machine) -> None:
    absent.setattr(platform, "machine", lambda: "armv7l")
    machine.make_tree()
    machine.must_sync()
    words = "there is no secret scanner for armv7l"
    assert any(words in note for note in status(machine.site, machine.now).notes)
    from tests.doctor.test_doctor import GOOD

    found = [check for check in versions(GOOD) if check.name == "secret scanner"]
    assert [(check.level, words in check.what) for check in found] == [(Level.WARN, True)]


@pytest.mark.sweep
@pytest.mark.skipif(not CASES.exists(), reason="the labelled cases are not here")
def test_how_much_weaker_they_are() -> None:
    """The numbers of docs/validation.md."""
    engine = scanner.OwnRules()
    blocked: Counter[tuple[str, str]] = Counter()
    all_: Counter[tuple[str, str]] = Counter()
    with gzip.open(CASES, "rt") as cases:
        for case in map(json.loads, cases):
            kind = (case["tier"], case["grade"])
            found = regions(case["file_name"].encode(), as_utf8(case["text"].encode()), engine)
            all_[kind] += 1
            blocked[kind] += any(RULES[one.code].severity is Severity.ERROR for one in found)
    assert blocked["opencode", "specific"] == all_["opencode", "specific"] == 42
    assert (blocked["core", "specific"], all_["core", "specific"]) == (204, 257)
    assert blocked["core", "clean"] == 0
    assert Path(CHECKOUT, "docs/validation.md").read_text("utf-8").count("| 204 of 257 |") == 1
