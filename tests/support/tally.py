"""The end of a run's output: how many tests ran and were skipped, and in which folders the time went.

The seconds are those that pytest measured for each test (its fixtures too), added up over all workers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import pytest


@dataclass
class _Sum:
    """tests: how many were run. skipped: how many were not. seconds: of both."""

    tests: int = 0
    skipped: int = 0
    seconds: float = 0.0


class Tally:
    """Adds up reports by folder; `pytest_terminal_summary` shows the sums."""

    def __init__(self) -> None:
        self._folders: defaultdict[str, _Sum] = defaultdict(_Sum)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has one report of its setup, one of itself and one of its teardown; a skip ends it at either of two."""
        found = self._folders[_folder(report.nodeid)]
        found.seconds += report.duration
        if report.skipped:
            found.skipped += 1
        elif report.when == "call" or (report.when == "setup" and report.failed):
            found.tests += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table."""
        if not self._folders:
            return
        sums = sorted(self._folders.items(), key=lambda item: -item[1].seconds)
        ran, skipped = (sum(getattr(one, what) for _, one in sums) for what in ("tests", "skipped"))
        terminalreporter.section(f"{ran} tests ran, {skipped} were skipped")
        for folder, one in sums:
            some = f", {one.skipped} skipped" if one.skipped else ""
            terminalreporter.write_line(f"{one.seconds:7.1f} s  {one.tests:5} tests  {folder}{some}")


def _folder(nodeid: str) -> str:
    """`tests/cli` of `tests/cli/test_programs.py::…`; a file that lies beside the folders stands for itself."""
    return "/".join(nodeid.partition("::")[0].split("/")[:2])


def pytest_configure(config: pytest.Config) -> None:
    """Only where the output is: a worker's reports come to the process that shows them."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(), "tally")
