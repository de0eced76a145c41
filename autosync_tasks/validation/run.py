"""One validation: takes subjects one by one, keeps the engine, the names, and the scripts that wait for bash."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autosync_tasks.model import Finding, Path
from autosync_tasks.names import WITHHELD, redaction
from autosync_tasks.validation.families import FAMILIES, finish, selected
from autosync_tasks.validation.findings import Context, Lines, Raw, Subject
from autosync_tasks.validation.scanner import SCAN_SECONDS, Engine, EngineUnavailableError, SieveHoleError
from autosync_tasks.validation.scripts import is_shell, of_shell
from autosync_tasks.validation.secret_regions import Region, as_utf8, regions
from autosync_tasks.validation.secrets import in_names, protected_name, secret_faults
from autosync_tasks.validation.withheld import Withheld

MOST = 200
"""Findings of one code in one file; more say nothing new, and each costs a line of the report."""

SCRIPTS = 50
"""Shell scripts that are given to bash at once."""
SCRIPT_BYTES = 4 * 1024 * 1024
"""Bytes of scripts that wait for bash at most."""


class OneRun:
    """Judges files with the engine once it is needed. No fault of a rule gets out: it becomes INT001 and blocks."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._engine: Engine | None = None
        self._missing = ""
        self.seen: list[Path] = []
        self._scripts: list[tuple[Path, bytes, Withheld]] = []

    def judge(self, subject: Subject) -> list[Finding]:
        """Every finding in one file, but for what bash says of it: that comes later, with other scripts'."""
        self.seen.append(subject.path)
        data = as_utf8(subject.data)
        secrets, raws = self._scan(subject.path, data)
        out = self.finished(raws, subject.path)
        if raws := self._checked(subject):
            out += self._finished(raws, subject.path, Withheld(data, secrets))
        context = self._context
        if context.auto_sync_validate and is_shell(subject):
            self._scripts.append((subject.path, subject.data, Withheld(data, secrets)))
            if len(self._scripts) >= SCRIPTS or sum(len(one[1]) for one in self._scripts) > SCRIPT_BYTES:
                out += self.shell()
        return out

    def secrets(self, path: Path, data: bytes) -> list[Finding]:
        """Findings of the secret rules alone."""
        return self.finished(self._scan(path, as_utf8(data))[1], path)

    def tree(self) -> Iterator[Finding]:
        """What concerns several paths at once: scripts that waited, secrets in names, collisions."""
        if not self.seen:
            return
        yield from self.shell()
        yield from self._names()
        context = self._context
        if not context.auto_sync_validate:
            return
        for family in FAMILIES:
            if family.of_tree is None or (family.opencode and not context.opencode):
                continue
            try:
                faults = list(family.of_tree(self.seen, context.paths))
            except Exception as error:  # noqa: BLE001  any fault of a rule must block, none may escape
                faults = [(self.seen[0], _crash(family.name, error))]
            for path, raw in faults:
                yield from self.finished([raw], path)

    def finished(self, raws: Iterable[Raw], path: Path) -> list[Finding]:
        """Findings of those whose rule is on."""
        return [finish(raw, path, self._context) for raw in self._on(raws)]

    def _finished(self, raws: Iterable[Raw], path: Path, withheld: Withheld) -> list[Finding]:
        """The same with the line that is meant, where it may be shown."""
        return [withheld.clean(finish(raw, path, self._context, withheld.excerpt(raw.line))) for raw in self._on(raws)]

    def _on(self, raws: Iterable[Raw]) -> Iterator[Raw]:
        """Those whose rule is on, at most MOST of each code (an error is never dropped for warnings)."""
        count: dict[str, int] = {}
        context = self._context
        for raw in raws:
            if not selected(raw.code, context.validate_select, context.validate_ignore, context.auto_sync_validate):
                continue
            count[raw.code] = count.get(raw.code, 0) + 1
            if count[raw.code] <= MOST:
                yield raw

    def _scan(self, path: Path, data: bytes) -> tuple[list[Region] | None, list[Raw]]:
        """The secrets in UTF-8 or binary data (None: nobody could look for them), and what is said of them."""
        if not data:
            return [], []
        try:
            secrets = regions(path, data, self._scanner())
            return secrets, list(secret_faults(secrets, Lines(data)))
        except EngineUnavailableError as error:
            return None, [Raw("SEC000", f"The file was not judged: {error}.")]
        except TimeoutError:
            return None, [Raw("SEC007", f"The file was not judged within {SCAN_SECONDS:.0f} seconds.")]
        except Exception as error:  # noqa: BLE001  as above
            return None, [_crash("secrets", error)]

    def _checked(self, subject: Subject) -> list[Raw]:
        """What the other checks say. A crash's text may quote the file and is not shown."""
        raws = list(protected_name(subject))
        if not self._context.auto_sync_validate:
            return raws
        for family in FAMILIES:
            try:
                raws += list(family.of_file(subject, self._context)) if family.of_file is not None else ()
            except Exception as error:  # noqa: BLE001  as above
                raws.append(_crash(family.name, error))
        return raws

    def shell(self) -> Iterator[Finding]:
        """What bash says of the scripts that wait; none waits afterwards."""
        waiting, self._scripts = self._scripts, []
        check = self._context.check_shell
        if not waiting or check is None:
            return
        try:
            said = [of_shell(complaint) for complaint in check([data for _, data, _ in waiting])]
        except Exception as error:  # noqa: BLE001  as above
            said = [[_crash("shell scripts", error)] for _ in waiting]
        for (path, _, withheld), raws in zip(waiting, said, strict=True):
            yield from self._finished(raws, path, withheld)

    def _names(self) -> Iterator[Finding]:
        """SEC006; the finding's path withholds the secret's part, and so does every other list from now on."""
        try:
            named = list(in_names(self.seen, self._scanner()))
        except EngineUnavailableError as error:
            yield finish(Raw("SEC000", f"No name was judged: {error}."), self.seen[0], self._context)
            return
        except Exception as error:  # noqa: BLE001  as above
            yield finish(_crash("secrets in names", error), self.seen[0], self._context)
            return
        for path, raw in named:
            finding = finish(raw, path.replace(raw.token, WITHHELD.encode()), self._context)
            if finding.blocks:
                redaction().add([raw.token])
            yield finding

    def _scanner(self) -> Engine:
        """The engine, loaded when first needed. Raises EngineUnavailableError if it cannot be, each time."""
        if self._engine is None and not self._missing:
            try:
                self._engine = self._context.load_engine(self._context.engine_cache)
            except EngineUnavailableError as error:
                self._missing = str(error)
            except Exception as error:  # noqa: BLE001  as above
                self._missing = type(error).__name__
        if self._engine is None:
            raise EngineUnavailableError(self._missing)
        return self._engine


def _crash(name: str, error: Exception) -> Raw:
    if isinstance(error, SieveHoleError):
        words = f"The quick look at changed files lets pass what the rule {error} finds; it is not used any more."
        return Raw("INT002", words, token=str(error).encode())
    return Raw("INT001", f"The rule for {name} failed with {type(error).__name__}.", token=name.encode())
