"""Makes the plain values that the policy's tests speak of: settings, entries, changes."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import Any

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Change, ChangeKind, Entry, Kind, Rule
from autosync_tasks.policy.classify import Classifier

HOUR = 3600.0
DAY = 24 * HOUR
NINE = 1_767_603_600.0
"""09:00 on an ordinary day, in seconds since the epoch."""

SETTINGS = Settings()


def having(**values: Any) -> Settings:
    """The default settings but for these."""
    return replace(SETTINGS, **values)


def at(clock: str) -> float:
    """`09:04` on that day, in seconds since the epoch."""
    hours, minutes = clock.split(":")
    return NINE + (int(hours) - 9) * HOUR + int(minutes) * 60


def entry(text: str = "new", kind: Kind = Kind.FILE) -> Entry:
    """An entry of these contents, with git's own content id."""
    raw = text.encode()
    name = hashlib.sha1(b"blob %d\0%s" % (len(raw), raw)).hexdigest()
    return Entry(kind, 0o644, len(raw), "" if kind is Kind.FOLDER else name)


@cache
def classifier_of(settings: Settings) -> Classifier:
    """Compiling the rules takes 10 ms: once for each settings."""
    return Classifier(settings)


def change(
    path: str | bytes,
    kind: ChangeKind = ChangeKind.MODIFIED,
    *,
    settings: Settings = SETTINGS,
    old_path: str | None = None,
    starts: bool | None = None,
    rule: Rule | None = None,
) -> Change:
    """A change of a file, classified as the settings say."""
    raw = path.encode() if isinstance(path, str) else path
    classifier = classifier_of(settings)
    return Change(
        raw,
        kind,
        rule or classifier.rule_for(raw, Kind.FILE),
        None if kind is ChangeKind.DELETED else entry(f"new {path!r}"),
        None if kind is ChangeKind.CREATED else entry(f"old {path!r}"),
        None if old_path is None else old_path.encode(),
        classifier.starts(raw, Kind.FILE) if starts is None else starts,
    )


def changes(*paths: str) -> list[Change]:
    """A modified file at each path."""
    return [change(path) for path in paths]
