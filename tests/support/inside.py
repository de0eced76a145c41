"""The pipeline inside the test's own process: the same path, without the start of a program each time."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest

from autosync_tasks import gate, pipeline
from autosync_tasks.model import Run
from autosync_tasks.site import open_site
from autosync_tasks.steps.validate import Context
from autosync_tasks.steps.validate.engine import load
from tests.support.place import Place

_load = functools.cache(load)


def keep_the_scanner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads the secret scanner once for all runs in this process instead of once a run."""
    original = gate.context

    def context(*args: object, **kwargs: object) -> Context:
        return replace(original(*args, **kwargs), load_engine=_load)  # type: ignore[arg-type]

    monkeypatch.setattr(gate, "context", context)


def sync(place: Place) -> Run:
    """One manual sync of the place."""
    return pipeline.sync(open_site(place.environ), pipeline.new_request())
