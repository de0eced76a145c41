"""Verify: does the commit hold what was planned, and does the source equal the commit? (pure)"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from autosync_tasks.backup.manifest import PATH
from autosync_tasks.model import Change, Path
from autosync_tasks.names import display

Delta = Mapping[Path, tuple[str, str] | None]
"""Path to (git mode, content id), or None for a path that is gone."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found wrong (a failure each), and what differs for a known reason."""

    failures: tuple[str, ...] = ()
    explained: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


def commit_holds(wanted: Delta, manifest_id: str, actual: Delta) -> Verdict:
    """Question (a): the commit's delta against its base must be the plan's, to the last path."""
    whole = {**wanted, PATH: ("100644", manifest_id)}
    failures = []
    for path in sorted(whole.keys() | actual.keys()):
        if path == PATH and path not in actual:
            continue  # the manifest did not change
        if path not in whole:
            failures.append(f"{display(path)}: changed in the commit though it was not planned")
        elif path not in actual or actual[path] != whole[path]:
            failures.append(f"{display(path)}: the commit does not hold what was planned")
    return Verdict(tuple(failures))


def source_equals(
    changes: Iterable[Change],
    pending: Mapping[Path, str],
    kept: Collection[Path],
    changed_since: Collection[Path] = (),
) -> Verdict:
    """Question (b): each difference between source and commit needs a reason.

    changes: what still differs. pending: path to what it waits for. kept: owned paths that stay though the
    source does not offer them now. changed_since: paths whose facts are newer than the last observation.
    """
    failures, explained = [], []
    for change in changes:
        name = display(change.path)
        if change.path in pending:
            explained.append(f"{name}: pending, {pending[change.path]}")
        elif change.path in changed_since:
            explained.append(f"{name}: changed since it was observed")
        else:
            failures.append(f"{name}: {change.kind} in the source, not in the backup, and nothing says why")
    explained += [f"{display(path)}: kept as it was last backed up" for path in sorted(kept)]
    return Verdict(tuple(failures), tuple(explained))
