"""Decide: placeholder until the policy lands."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autosync_tasks.model import (
    Change,
    ChangeKind,
    Decision,
    Manifest,
    Path,
    Pending,
    Priority,
    Trigger,
    Verb,
)

NOTHING_TO_DO = "nothing to do"


@dataclass(frozen=True)
class Past:
    last_sync_at: float | None = None
    failures: int = 0
    retry_at: float | None = None
    first_seen: Mapping[Path, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ask:
    force: bool = False
    include_low: bool = False
    context_only: bool = False
    tools_only: bool = False
    include: tuple[str, ...] = ()
    adopt: bool = False
    allow_mass_delete: str = ""


@dataclass(frozen=True)
class Facts:
    source_entries: int
    owned: int
    gone: tuple[Path, ...]
    truncated: tuple[Path, ...]
    other_source: str
    collisions: tuple[Path, ...]
    first: bool


def losses(changes: Sequence[Change], observed: Manifest) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    ids = {e.id for e in observed.values()}
    gone = tuple(
        c.path
        for c in changes
        if c.kind is ChangeKind.DELETED
        and c.old
        and c.old.git_mode
        and c.old.id not in ids
        and c.priority is not Priority.NEVER
    )
    return gone, ()


def decide(
    changes: Sequence[Change], settings: Any, trigger: Trigger, past: Past, now: float, ask: Ask, facts: Facts
) -> Decision:
    if facts.other_source and not ask.adopt:
        return Decision(Verb.BLOCK, f"other source {facts.other_source}")
    if facts.collisions and not ask.adopt:
        return Decision(Verb.BLOCK, "collisions", details=tuple(map(repr, facts.collisions)))
    digest = hashlib.sha256(b"\0".join(sorted(facts.gone))).hexdigest()[:12]
    if (facts.source_entries == 0 and facts.owned) or (len(facts.gone) > 10 and len(facts.gone) * 2 > facts.owned):
        if ask.allow_mass_delete != digest:
            return Decision(Verb.BLOCK, "mass delete", digest=digest)
    admitted = tuple(c for c in changes if c.priority is not Priority.LOW or ask.include_low)
    waiting = tuple(Pending(c, "low") for c in changes if c not in admitted)
    return Decision(Verb.GO if admitted else Verb.SKIP, "x" if admitted else NOTHING_TO_DO, admitted, waiting)
