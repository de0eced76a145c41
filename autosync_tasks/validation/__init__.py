"""Validation: judges the exact bytes that would be committed. Pure, but for the scanner it loads when needed.

`validate` takes subjects as a stream and keeps none of them; `hits` says which lines a diff must withhold;
`secret_findings` judges one blob by the secret rules alone (before a push); families.py has the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from autosync_tasks.model import Finding, LeftOut, Path
from autosync_tasks.names import suspicious
from autosync_tasks.validation.findings import Context, Lines, Raw, Subject, fingerprint
from autosync_tasks.validation.names_and_modes import left_out
from autosync_tasks.validation.run import OneRun
from autosync_tasks.validation.secret_regions import as_utf8, regions
from autosync_tasks.validation.secrets import in_names

Apart = tuple[list[Path], list[Finding]]
"""What was judged apart from the rest, and every finding in it."""


def validate(
    files: Iterable[Subject],
    context: Context,
    apart: Callable[[], Apart] | None = None,
    needed: Callable[[], Collection[Path]] = tuple,
) -> list[Finding]:
    """Every finding in the files, sorted by path and place. Keeps no file's bytes for long.

    apart: asked when these have been judged, what `judged_apart` said of others. needed: asked last, which
    had to be judged; whatever lost one of them on the way is a fault of ours, and blocks (INT001).
    Never raises for what is in a file: a check that crashes is itself a finding (INT001) and blocks.
    """
    run = OneRun(context)
    out: list[Finding] = []
    for subject in files:
        out += run.judge(subject)
    if apart is not None:
        paths, found = apart()
        run.seen += paths
        out += found
    run.seen.sort()  # whoever judged them: names are looked at together
    out += run.tree()
    for path in {*needed()}.difference(run.seen):
        out += run.finished([Raw("INT001", "The file was not judged: a fault of this program.")], path)
    return in_order(out)


def judged_apart(files: Iterable[Subject], context: Context) -> Apart:
    """A part of what `validate` is to judge: all but what concerns several paths at once."""
    run = OneRun(context)
    out = [finding for subject in files for finding in run.judge(subject)]
    return run.seen, [*out, *run.shell()]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by path and place."""
    return sorted(findings, key=lambda f: (f.path, f.line, f.column, f.code))


def secret_findings(path: Path, data: bytes, context: Context) -> list[Finding]:
    """What the secret rules alone say of one blob, for a push of commits that no run has judged."""
    return OneRun(context).secrets(path, data)


def of_left_out(left: Iterable[LeftOut], context: Context) -> list[Finding]:
    """A warning for each path that is left out, but for protected names: those are meant to be."""
    run = OneRun(context)
    return [f for one in left for f in run.finished(left_out(one), one.path)]


def hits(path: Path, data: bytes, context: Context) -> set[int]:
    """Numbers (from 1) of the lines that no diff may show: every secret and every suspicion.

    If the scanner fails, all of them: nothing is shown that nobody judged.
    """
    if not data:
        return set()
    lines = Lines(as_utf8(data))
    try:
        secrets = regions(path, as_utf8(data), context.load_engine(context.engine_cache))
    except Exception:  # noqa: BLE001  whatever went wrong, the lines stay hidden
        return set(range(1, data.count(b"\n") + 2))
    ends = [(one.start, max(one.start, one.end - 1)) for one in secrets]
    return {line for first, last in ends for line in range(lines.line(first), lines.line(last) + 1)}


def secret_names(paths: Sequence[Path], context: Context) -> list[bytes]:
    """The secrets in these names, less accepted ones: no list of names may show them.

    If the scanner fails, every long run of letters and digits: nothing is shown that nobody judged.
    """
    try:
        named = list(in_names(paths, context.load_engine(context.engine_cache)))
    except Exception:  # noqa: BLE001  whatever went wrong, the names stay hidden
        return [run for path in paths for run in suspicious(path)]
    return [raw.token for _, raw in named if fingerprint(context.key, raw, b"") not in context.accepted]
