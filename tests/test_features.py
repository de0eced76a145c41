"""Binds every feature file in features/. tests/specguard.py sees that none is left out and nothing is ambiguous."""

from __future__ import annotations

from pytest_bdd import scenarios

scenarios(".")

TO_BIND = {
    "acceptance",
    "broken_configuration",
    "cron",
    "doctor",
    "hook",
    "one_path",
    "quarantine",
    "secrets",
    "timer",
    "tree_hygiene",
    "validation_gate",
    "watcher",
}
"""Features whose steps are not written yet: shown as expected failures in every report, never silently."""
