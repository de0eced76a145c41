"""Validation: judges the exact bytes that would be committed. Pure, but for the scanner it loads when needed.

`validate` takes subjects as a stream and keeps none of them; `hits` says which lines a diff must withhold;
`secrets` judges one blob by the secret rules alone (before a push); `explain` and `RULES` describe the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from autosync_tasks.model import Finding, LeftOut, Path, Severity
from autosync_tasks.names import WITHHELD, suspicious, withhold
from autosync_tasks.steps.validate import exe, fs, jsn, mdf, merge, sec, structure
from autosync_tasks.steps.validate.engine import Engine, EngineUnavailableError
from autosync_tasks.steps.validate.findings import (
    Context,
    Lines,
    Raw,
    Subject,
    fingerprint,
    finish,
    printable,
)
from autosync_tasks.steps.validate.rules import RULES, Rule, explain, selected

__all__ = [
    "RULES",
    "Context",
    "Rule",
    "Subject",
    "blocking",
    "explain",
    "fingerprint",
    "hits",
    "is_protected",
    "of_left_out",
    "secret_names",
    "secrets",
    "validate",
]

Check = Callable[[Subject, Context], Iterator[Raw]]

is_protected = sec.protected

_APART = bytes.maketrans(b"./", b"  ")
"""In a name, an ending or a folder follows a token at once; many of the scanner's rules want a space there."""

CHECKS: tuple[tuple[str, Check], ...] = (
    ("merge markers", merge.check),
    ("JSON", jsn.check),
    ("front matter", mdf.check),
    ("scripts", exe.check),
    ("names and modes", fs.check),
    ("structure", structure.check),
)
"""Checks of one file each, by the name that a crash is reported under."""

MOST = 200
"""Findings of one code in one file; more say nothing new, and each costs a line of the report."""


def validate(files: Iterable[Subject], context: Context) -> list[Finding]:
    """Every finding in the files, sorted by path and place. Keeps no file's bytes.

    Never raises for what is in a file: a check that crashes is itself a finding (INT001) and blocks.
    """
    run = _Run(context)
    out: list[Finding] = []
    for subject in files:
        out.extend(run.judge(subject))
    out.extend(run.tree())
    return sorted(out, key=lambda f: (f.path, f.line, f.column, f.code))


def secrets(path: Path, data: bytes, context: Context) -> list[Finding]:
    """What the secret rules alone say of one blob, for a push of commits that no run has judged."""
    return _Run(context).secrets(path, data)[0]


def of_left_out(left: Iterable[LeftOut], context: Context) -> list[Finding]:
    """A warning for each path that the walk left out against expectation, for the reports."""
    run = _Run(context)
    return [f for one in left if not one.expected for f in run.finished([fs.left_out(one)], one.path)]


def hits(path: Path, data: bytes, context: Context) -> list[tuple[int, int]]:
    """Lines (from 1, both ends included) that a diff must withhold: every secret and every suspicion.

    If the scanner fails, all of them: nothing is shown that nobody judged.
    """
    if not data:
        return []
    lines = Lines(sec.as_utf8(data))
    try:
        found = sec.regions(path, sec.as_utf8(data), context.load_engine(context.engine_cache))
    except Exception:  # noqa: BLE001  whatever went wrong, the lines stay hidden
        return [(1, data.count(b"\n") + 1)]
    return [(lines.line(region.start), lines.line(max(region.start, region.end - 1))) for region in found]


def secret_names(paths: Sequence[Path], context: Context) -> list[bytes]:
    """The secrets in these names, less accepted ones: no list of names may show them.

    If the scanner fails, every long run of letters and digits: nothing is shown that nobody judged.
    """
    try:
        found = list(_in_names(paths, context.load_engine(context.engine_cache)))
    except Exception:  # noqa: BLE001  whatever went wrong, the names stay hidden
        return [run for path in paths for run in suspicious(path)]
    return [raw.token for _, raw in found if fingerprint(context.key, raw, b"") not in context.accepted]


def _in_names(paths: Sequence[Path], engine: Engine) -> Iterator[tuple[Path, Raw]]:
    """SEC006 for each secret in a name. All names are scanned at once."""
    blob = b"\n".join(path.replace(b"\n", b" ") for path in paths)
    lines = Lines(blob)
    for region in sec.regions(b"", blob, engine, names=True):
        if RULES[region.code].severity is Severity.ERROR and region.code != "SEC002":
            words = f"The name holds a secret: {region.what}."
            yield paths[lines.line(region.start) - 1], Raw("SEC006", words, token=region.value, shared=True)


class _Run:
    """One validation: the engine once it was needed, and what tree-wide rules collect."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._engine: Engine | None = None
        self._missing = ""
        self._seen: list[Path] = []

    def judge(self, subject: Subject) -> Iterator[Finding]:
        """Every finding in one file, in the order of its checks."""
        self._seen.append(subject.path)
        found, withheld = self.secrets(subject.path, subject.data)
        yield from found
        raws = self._guard("protected names", subject, self._protected)
        if raws:
            yield from self._finish(subject, raws, withheld)
        if not self._context.auto_sync_validate:
            return
        for name, check in CHECKS:
            raws = self._guard(name, subject, check)
            if raws:
                yield from self._finish(subject, raws, withheld)

    def tree(self) -> Iterator[Finding]:
        """What concerns several paths at once, and secrets in the names of those that were judged."""
        if not self._seen:
            return
        yield from self._names()
        context = self._context
        if not context.auto_sync_validate:
            return
        for name, rule in (("collisions", fs.collisions), ("same names", structure.same_names)):
            try:
                found = list(rule(self._seen, context.paths))
            except Exception as error:  # noqa: BLE001  any fault of a rule must block, none may escape
                found = [(self._seen[0], _crash(name, error))]
            for path, raw in found:
                yield from self.finished([raw], path)

    def finished(self, raws: Iterable[Raw], path: Path) -> list[Finding]:
        """Findings of those whose rule is on."""
        return [finish(raw, path, self._context) for raw in self._on(raws)]

    def _names(self) -> Iterator[Finding]:
        """SEC006; the finding's path withholds the secret's part, and so does every other list from now on."""
        engine = self._scanner()
        if engine is None:
            if all(not path for path in self._seen):
                return
            yield finish(Raw("SEC000", f"No name was judged: {self._missing}."), self._seen[0], self._context)
            return
        try:
            found = list(_in_names(self._seen, engine))
        except Exception as error:  # noqa: BLE001  as above
            yield finish(_crash("secrets in names", error), self._seen[0], self._context)
            return
        for path, raw in found:
            finding = finish(raw, path.replace(raw.token, WITHHELD.encode()), self._context)
            if finding.blocks:
                withhold([raw.token])
            yield finding

    def _scanner(self) -> Engine | None:
        """The engine, loaded when first needed; None if it cannot be (then `_missing` says why)."""
        if self._engine is None and not self._missing:
            try:
                self._engine = self._context.load_engine(self._context.engine_cache)
            except EngineUnavailableError as error:
                self._missing = str(error)
            except Exception as error:  # noqa: BLE001  as above
                self._missing = type(error).__name__
        return self._engine

    @staticmethod
    def _protected(subject: Subject, context: Context) -> Iterator[Raw]:
        del context
        yield from sec.check_path(subject)

    def _guard(self, name: str, subject: Subject, check: Check) -> list[Raw]:
        """What a check says. A crash becomes INT001; the exception's text may quote the file and is
        not shown."""
        try:
            raws = list(check(subject, self._context))
        except Exception as error:  # noqa: BLE001  any fault of a rule must block, none may escape
            return [_crash(name, error)]
        return raws

    def secrets(self, path: Path, data: bytes) -> tuple[list[Finding], _Withheld]:
        """Findings of the secret rules, and what the other rules may not show of this file."""
        if not data:
            return [], _Withheld(Lines(b""), ())
        engine = self._scanner()
        data = sec.as_utf8(data)
        lines = Lines(data)
        if engine is None:
            raw = Raw("SEC000", f"The file was not judged: {self._missing}.")
            return [finish(raw, path, self._context)], _Withheld(lines, None)
        try:
            found = sec.regions(path, data, engine)
            raws = list(sec.report(found, lines))
        except Exception as error:  # noqa: BLE001  as above
            return [finish(_crash("secrets", error), path, self._context)], _Withheld(lines, None)
        return [finish(raw, path, self._context) for raw in self._on(raws)], _Withheld(lines, found)

    def _on(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """Those whose rule is switched on, at most MOST of each code (an error is never dropped for
        warnings)."""
        count: dict[str, int] = {}
        context = self._context
        for raw in raws:
            if not selected(raw.code, context.validate_select, context.validate_ignore, context.auto_sync_validate):
                continue
            count[raw.code] = count.get(raw.code, 0) + 1
            if count[raw.code] <= MOST:
                yield raw

    def _finish(self, subject: Subject, raws: list[Raw], withheld: _Withheld) -> Iterator[Finding]:
        for raw in self._on(raws):
            yield withheld.clean(finish(raw, subject.path, self._context, withheld.excerpt(raw.line)))


class _Withheld:
    """What may be shown of one file: no line with a secret in it, no secret in a message."""

    def __init__(self, lines: Lines, found: Iterable[sec.Region] | None) -> None:
        self._lines = lines
        self._judged = found is not None
        regions = list(found or ())
        self._hidden = [range(lines.line(r.start), lines.line(max(r.start, r.end - 1)) + 1) for r in regions]
        self._values = {printable(r.value, 4096) for r in regions if len(r.value) >= 4}

    def excerpt(self, line: int) -> str:
        if not self._judged or line < 1 or any(line in hidden for hidden in self._hidden):
            return ""
        return printable(self._lines.text(line))

    def clean(self, finding: Finding) -> Finding:
        """The finding without any known secret in its words."""
        from dataclasses import replace

        message, hint = finding.message, finding.hint
        for value in self._values:
            message, hint = message.replace(value, WITHHELD), hint.replace(value, WITHHELD)
        if message is finding.message and hint is finding.hint:
            return finding
        return replace(finding, message=message, hint=hint)


def _crash(name: str, error: Exception) -> Raw:
    return Raw("INT001", f"The rule for {name} failed with {type(error).__name__}.", token=name.encode())


def blocking(findings: Iterable[Finding]) -> list[Finding]:
    """Those that block a sync: errors that nobody accepted."""
    return [f for f in findings if f.severity is Severity.ERROR and f.blocks]
