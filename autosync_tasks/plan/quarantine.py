"""What does not go along: files that findings hold, what stays pending for them, and the way on from there (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autosync_tasks.humanize import count
from autosync_tasks.model import Change, Finding, LeftOut, Path, Pending, Plan
from autosync_tasks.names import OUTSIDE, display, shown, typed


def way_on(findings: Sequence[Finding], *, rest: bool) -> str:
    """What a person does about findings that hold: mend, accept, or, if `rest`, let the rest go by quarantine."""
    from autosync_tasks.validation.families import RULES  # loaded already, where there are findings

    blocking = [finding for finding in findings if finding.blocks]
    first, files = blocking[0], {finding.path for finding in blocking}
    where = display(first.path)
    if first.path.startswith(OUTSIDE + b"/") and first.path.count(b"/") == 1:
        where = f"{where} where it comes from (`inv why {typed(first.path)}` says where)"
    ways = [f"mend {where}" + (f" and {count(len(files) - 1, 'other file')}" if len(files) > 1 else "")]
    if first.fingerprint and RULES[first.code].acceptable:
        ways.append(f"`inv accept {first.fingerprint} --reason '…'` if it is no fault")
    if rest:
        ways.append("`inv set-config QUARANTINE=true` to back up the rest meanwhile")
    return ", or ".join(ways)


def way_in(left: LeftOut) -> str:
    """What a person does so that this path is not left out any more; "" if it is left out by rule."""
    if left.expected:
        return ""
    from autosync_tasks.validation.names_and_modes import TO_DO  # only where something is left out

    words = TO_DO[left.why]
    return f"{display(left.path) or 'the folder itself'}: {words[0].lower()}{words[1:].removesuffix('.')}"


def named(finding: Finding) -> str:
    """Which rule, and where: `SEC001 in context/a.md, line 3`."""
    return f"{finding.code} in {display(finding.path)}" + (f", line {finding.line}" if finding.line else "")


def blocked_reason(findings: Sequence[Finding]) -> str:
    """The reason of a run that validation blocked."""
    number = sum(finding.blocks for finding in findings)
    return f"validation: {count(number, 'finding')} must be mended first"


def offending(plan: Plan, findings: Sequence[Finding]) -> dict[Path, str]:
    """The planned paths that findings hold, with the rule of each; none if a finding concerns no path alone.

    A rule that failed, a scanner that is missing and a path that is not planned say nothing good of the rest.
    """
    blocking = {finding.path: finding.code for finding in findings if finding.blocks}
    paths = plan.puts.keys() | {path for change in plan.changes for path in change.paths}
    # A name that holds a secret stands in its finding without it.
    bad = {path: blocking[named] for path in paths for named in (path, shown(path)) if named in blocking}
    matched = {named for path in bad for named in (path, shown(path))}
    whole = any(code in ("INT001", "INT002", "SEC000") for code in blocking.values())
    return {} if whole or not blocking.keys() <= matched else bad


def in_quarantine(changes: Sequence[Change], kept: Sequence[Change], bad: Mapping[Path, str]) -> list[Pending]:
    """What stays pending under `quarantine = true`: the offending files, and what cannot go without them."""
    held = [(c, next((bad[path] for path in c.paths if path in bad), "a companion")) for c in changes if c not in kept]
    return [Pending(change, f"in quarantine ({code}): mend it") for change, code in held]
