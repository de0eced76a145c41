"""The last guard before anything leaves this machine: the secret rules over blobs of the backup."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping

from autosync_tasks.backup.losses import losses
from autosync_tasks.backup.manifest import PATH, ManifestError, parse
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.errors import BackupError
from autosync_tasks.model import Finding, Kind, Path
from autosync_tasks.names import display
from autosync_tasks.records import replace
from autosync_tasks.remote.known import mark
from autosync_tasks.remote.outgoing import NO_FILE, outgoing
from autosync_tasks.validation import secret_findings
from autosync_tasks.validation.catalogue import Catalogue, installed
from autosync_tasks.validation.families import SIEVE_HOLE, finish
from autosync_tasks.validation.findings import Context, Subject
from autosync_tasks.validation.scanner import load
from autosync_tasks.validation.secrets import protected_name
from autosync_tasks.workspace import validation_context
from autosync_tasks.workspace.workspace import Site

Blobs = Mapping[tuple[Path, str], str]
"""(path, content id) to git mode."""

_WHERE = "It stands in a version that the backup's history holds, whatever the file says now."


def judge_blobs(site: Site, new: Blobs) -> tuple[list[Finding], list[str]]:
    """Judges each blob under each of its names: the findings that block, and the marks of those that passed.

    Raises BackupError if one cannot be read.
    """
    blocking: list[Finding] = []
    passed: list[str] = []
    for path, content, findings in _judged(site, new):
        errors = [finding for finding in findings if finding.blocks]
        blocking += errors
        if not errors:
            passed.append(mark(path, content))
    return sorted(blocking, key=lambda finding: (finding.path, finding.line)), passed


def in_history(site: Site, tip: str) -> dict[tuple[Path, str], list[Finding]]:
    """The secrets in every version that the commit's history holds, by (path, content id); accepted ones too.

    Raises BackupError if a version cannot be read.
    """
    versions = outgoing(site.repository, tip, ()) if tip else {}
    return {(path, content): findings for path, content, findings in _judged(site, versions) if findings}


def let_pass(site: Site, commit: str) -> str:
    """A path of a backup and what the whole scanner finds there though the sieve lets it pass, in words; "" for none.

    commit: the backup. Raises BackupError if a version cannot be read.
    """
    context = validation_context.context(site, check=True)
    if not context.engine_cache or Catalogue(context.engine_cache, installed()).sieve is None:
        return ""  # no file was passed by it
    tree = site.repository.listing(commit).items()
    blobs = {(path, content): mode for path, (mode, content) in tree if mode not in NO_FILE}
    for path, _, findings in _judged(site, blobs):
        for finding in findings:
            if finding.code == SIEVE_HOLE.code:
                return f"{display(path)}: {finding.message}"
    return ""


def _judged(site: Site, new: Blobs) -> Iterator[tuple[Path, str, list[Finding]]]:
    site.state.prepare()
    # One scanner for all of them: it takes half a second to load.
    context = replace(validation_context.context(site), load_engine=functools.cache(load))
    for path, content, data in _contents(site, new):
        kind = Kind.LINK if new[path, content] == "120000" else Kind.FILE
        findings = _judge(Subject(path, kind, data), context)
        yield path, content, [replace(finding, hint=_WHERE) for finding in findings]


def _judge(subject: Subject, context: Context) -> Iterator[Finding]:
    """Its name and its bytes. A manifest is not scanned if it is one: it holds names and digests only."""
    for raw in protected_name(subject):
        yield finish(raw, subject.path, context)
    if not (subject.path == PATH and _is_manifest(subject.data)):
        yield from secret_findings(subject.path, subject.data, context)


def _is_manifest(data: bytes) -> bool:
    try:
        parse(data)
    except ManifestError:
        return False
    return True


def _contents(site: Site, new: Blobs) -> Iterator[tuple[Path, str, bytes]]:
    names: dict[str, list[Path]] = {}
    for path, content in new:
        names.setdefault(content, []).append(path)
    with Store(site.repository) as store:
        for content in sorted(names):
            try:
                data = store.read(content)
            except AbsentError as error:
                where = f"of {display(names[content][0])} in an older backup"
                hint = "run `inv recover`"
                if content in {loss.id for loss in losses(site.repository)}:
                    hint = (
                        f"`inv recover --forget {content}` takes that version out of the history: then the rest can go"
                    )
                raise BackupError(f"the contents {content[:10]} {where} are {error}", hint=hint) from None
            for path in names[content]:
                yield path, content, data
