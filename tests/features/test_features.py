"""Binds every feature file in features/. tests/features/specguard.py sees that none is left out and nothing is ambiguous."""

from __future__ import annotations

from pytest_bdd import scenarios

scenarios(".")
