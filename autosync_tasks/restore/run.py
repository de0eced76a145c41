"""One restore, step by step: look, plan, snapshot, write, look again."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from datetime import datetime

from autosync_tasks.backup.commit import Author
from autosync_tasks.backup.manifest import entries
from autosync_tasks.backup.objects import Store, absent
from autosync_tasks.backup.repository import Head
from autosync_tasks.errors import BackupError, UsageError
from autosync_tasks.humanize import count
from autosync_tasks.model import Entry, Outcome, Path, Run, Step, Trigger
from autosync_tasks.names import display
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.restore import undo as undoing
from autosync_tasks.restore.own_plugin import without_own_plugin
from autosync_tasks.restore.plan import (
    RestorePlan,
    UnknownPathError,
    changes_of,
    plan_restore,
    select,
    set_aside,
    without_contents,
)
from autosync_tasks.restore.request import Announce, Wish, commit_at, local_zone
from autosync_tasks.restore.snapshot import name_of, snapshots, take, undo_of
from autosync_tasks.restore.write import bytes_of, carry_out, differing, standings
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.walk import open_root
from autosync_tasks.tree.write import sweep
from autosync_tasks.validation import secret_findings
from autosync_tasks.validation.findings import Context
from autosync_tasks.workspace.workspace import Site

_AGAIN = "mend what each line names, then run the same restore again: what is in place stays"


class Passage:
    """One restore, with what it collects on the way."""

    def __init__(
        self, site: Site, wish: Wish, target: str, announce: Announce | None, progress: Progress | None
    ) -> None:
        self.site, self.wish, self.target = site, wish, target
        self.announce, self.progress = announce, progress
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.details: list[str] = []
        self.classifier = Classifier(site.settings)

    def run(self) -> tuple[Run, RestorePlan]:
        if not self.wish.check and os.path.isdir(self.target):
            sweep(self.target)
        commit, undo = self._commit()
        head = self.site.repository.head(commit)
        if head.recorded is None:
            raise BackupError(
                f"the commit {commit[:7]} holds no backup of a source", hint="choose another one with --at"
            )
        self.notes += [head.note] if head.note else []
        recorded = entries(head.recorded, head.tree)
        selected = self._without_followed(self._select(recorded, commit))
        plan = self._plan(selected, recorded, undo)
        reason = f"{count(len(plan.puts) + len(plan.removals), 'path')} from {self._name(commit)}"
        if plan.refused:
            return self.refused(plan), plan
        plan = self._with_contents(plan)
        if plan.empty:
            words = f"{count(plan.same, 'path')} as in {self._name(commit)} already"
            return self._end(self._outcome(Outcome.OK), words, commit), plan
        return self.carry(plan, head, reason)

    def carry(self, plan: RestorePlan, head: Head, reason: str) -> tuple[Run, RestorePlan]:
        """Shows a plan that is not empty and, unless this is a check, carries it out. head: where contents are from."""
        plan = self._with_secrets_aside(plan, head)
        self._tell(plan)
        self._step("plan", Outcome.CHANGED, reason)
        preview = replace(self._end(Outcome.CHANGED, reason, head.commit, plan), exit_code=5, check=True)
        if self.announce is not None:
            self.announce(preview, plan)
        if self.wish.check:
            return preview, plan
        return self._act(plan, head), plan

    def _commit(self) -> tuple[str, undoing.Undo | None]:
        if not self.wish.undo:
            return commit_at(self.site, self.wish.at, self.wish.now, self.wish.zone), None
        found = snapshots(self.site.repository)
        if not found:
            raise UsageError("there is no restore to take back", hint="a restore into the source makes a snapshot")
        return found[0][1], undo_of(self.site.repository, found[0][1])

    def _select(self, recorded: dict[Path, Entry], commit: str) -> dict[Path, Entry]:
        try:
            selected = select(recorded, map(self._relative, self.wish.paths))
        except UnknownPathError as error:
            error.hint = self._where(error.paths[0]) or "name a path as it lies in the source, or a folder, or nothing"
            raise
        if self.wish.paths and all(self._protected(path, entry) for path, entry in selected.items()):
            path = min(selected)
            raise UsageError(
                f"{display(path)} is protected: it is never written",
                hint="`git show` in the backup can show what an old commit holds of it",
            )
        words = f"{count(len(selected), 'path')} of {count(len(recorded), 'recorded path')} at {commit[:7]}"
        self._step("look", Outcome.OK, words)
        return selected

    def _without_followed(self, selected: dict[Path, Entry]) -> dict[Path, Entry]:
        """The selected paths less those behind a link that is followed: nothing outside the source is written."""
        following = self.site.following
        if following is None or self.wish.to:
            return selected
        links = {path: following.above(path) for path in selected}
        behind = sorted({link for link in links.values() if link is not None})
        kept = {path: entry for path, entry in selected.items() if links[path] is None}
        hint = "restore it with --to FOLDER, and copy it from there"
        if not kept and behind:
            raise UsageError(f"{display(behind[0])} is a link out of the source: nothing is written there", hint=hint)
        self.notes += [f"{display(link)} leads out of the source and is left alone: {hint}" for link in behind]
        return kept

    def _protected(self, path: Path, entry: Entry) -> bool:
        return self.classifier.rule_for(path, entry.kind).priority == "never"

    def _relative(self, path: bytes) -> bytes:
        """A whole path inside the source is taken as one in it."""
        if not path.startswith(b"/"):
            return path
        for root in (self.site.places.source, self.site.places.real_source):
            front = os.fsencode(root).rstrip(b"/")
            if path == front or path.startswith(front + b"/"):
                return path[len(front) + 1 :]
        return path

    def _where(self, path: Path) -> str:
        """Which backup held a path that this one does not hold."""
        repository = self.site.repository
        if not path or self.wish.undo or not (newest := repository.ref()):
            return ""
        options = ("--max-count=1", "--first-parent", newest, "--", os.fsdecode(path))
        gone = repository.gateway.run("rev-list", *options).decode().strip()
        if not gone:
            return ""
        return f"it left the backup with {self._name(gone)}: add --at {gone[:7]}~1 for the version before"

    def _name(self, commit: str) -> str:
        """`1a2b3c4 of 2026-01-05 14:02`."""
        seconds = self.site.repository.gateway.run("show", "-s", "--format=%ct", "--end-of-options", commit)
        moment = datetime.fromtimestamp(int(seconds), self.wish.zone or local_zone(self.wish.now))
        return f"{commit[:7]} of {moment:%Y-%m-%d %H:%M}"

    def _plan(self, selected: dict[Path, Entry], recorded: dict[Path, Entry], undo: undoing.Undo | None) -> RestorePlan:
        looked = set(selected) | (undoing.paths_of(undo) if undo else set())
        try:
            root = open_root(self.target) if os.path.isdir(self.target) else None
            try:
                standing = standings(root, looked, self.site.settings.max_file_size) if root is not None else {}
            finally:
                if root is not None:
                    os.close(root)
        except OSError as error:
            raise UsageError(f"{display(self.target)} cannot be read: {error.strerror}") from None
        rule_for, run_id = self.classifier.rule_for, self.wish.run_id
        plan = plan_restore(selected, recorded, standing, rule_for, run_id=run_id, overwrite=not self.wish.to)
        if undo is not None:
            plan, notes = undoing.plan_undo(plan, undo, standing)
            self.notes += notes
        return plan

    def _with_contents(self, plan: RestorePlan) -> RestorePlan:
        """The plan less what the store cannot give; that is told, and the rest goes on."""
        contents = [put.want.id for put in plan.puts if put.want.id and not put.only_mode]
        missing = absent(self.site.repository, contents)
        self.details += [
            f"{display(put.path)}: its contents are missing in the backup's store; `inv recover --check` looks for them"
            for put in plan.puts
            if put.want.id in missing and not put.only_mode
        ]
        plan, notes = without_own_plugin(
            without_contents(plan, missing), self.site.repository, self.target, self.site.environ, live=not self.wish.to
        )
        self.notes += notes
        return plan

    def _with_secrets_aside(self, plan: RestorePlan, head: Head) -> RestorePlan:
        """What holds a secret must not enter the store, not even as a snapshot: it is set aside in the source."""
        if self.wish.to:
            return plan
        known = self._known(head)
        unknown = {p: have for p, have in plan.saves.items() if have.id and have.id not in known}
        if not unknown:
            return plan
        context = self._context()
        root = open_root(self.target)
        try:
            bad = {
                path
                for path, data in bytes_of(root, unknown)
                if any(finding.blocks for finding in secret_findings(path, data, context))
            }
        finally:
            os.close(root)
        return set_aside(plan, bad, self.wish.run_id)

    def _context(self) -> Context:
        """What the secret rules need. In check mode nothing may be written, not even the scanner's cache."""
        cache = os.path.join(self.site.state.home, "engine")
        return Context(key=b"", engine_cache="" if self.wish.check and not os.path.isdir(cache) else cache)

    def _known(self, head: Head) -> set[str]:
        """Content ids that the store has been given by a sync, so that they have been judged."""
        newest = self.site.repository.ref()
        tree = self.site.repository.listing(newest) if newest and newest != head.commit else {}
        return {content for listing in (head.tree, tree) for _, content in listing.values()}

    def _tell(self, plan: RestorePlan) -> None:
        self.notes += [
            f"what stands at {display(put.path)} is set aside as {display(put.aside)}" for put in plan.puts if put.aside
        ]
        self.notes += [f"{display(path)} is protected; it is never written" for path in plan.withheld]

    def _act(self, plan: RestorePlan, head: Head) -> Run:
        os.makedirs(self.target, mode=0o700, exist_ok=True)
        root = open_root(self.target)
        try:
            if not self.wish.to:
                self.site.state.begin()
                self._snapshot(root, plan, head)
            with Store(self.site.repository) as stored:
                faults = carry_out(root, self.target, plan, stored.read, self.wish.run_id, self.progress)
            wanted = {put.path: put.want for put in plan.puts if put.path not in faults}
            differ = differing(root, wanted)
            with Below(root) as below:
                differ += tuple(
                    r.path for r in plan.removals if r.path not in faults and self._stays(below, plan, r.path)
                )
        finally:
            os.close(root)
        written = len(wanted) + sum(removal.path not in faults for removal in plan.removals)
        self._step("write", Outcome.CHANGED, count(written, "path"))
        self.details += [f"{display(path)}: {why}" for path, why in sorted(faults.items())]
        self.details += [f"{display(path)}: does not stand as it was restored" for path in differ]
        good = "read back: bytes, modes and links as recorded"
        self._step("verify", Outcome.FAILED if differ else Outcome.OK, "read back: differs" if differ else good)
        verb = "taken back to" if self.wish.undo else "restored from"
        reason = f"{count(written - len(differ), 'path')} {verb} {self._name(head.commit)}"
        if not self.wish.to:
            self.notes.append("`inv restore --undo` takes this back")
        run = self._end(self._outcome(Outcome.CHANGED), reason, head.commit, plan)
        return replace(run, next_step=_AGAIN) if self.details else run

    @staticmethod
    def _stays(below: Below, plan: RestorePlan, path: Path) -> bool:
        again = {put.path for put in plan.puts} | {back for _, back in plan.returns}
        facts = below.look(path)
        return path not in again and facts is not None and not stat.S_ISDIR(facts.st_mode)

    def _snapshot(self, root: int, plan: RestorePlan, head: Head) -> None:
        saves, known = plan.saves, self._known(head)
        unknown = {path: have for path, have in saves.items() if have.id and have.id not in known}
        name = name_of(self.wish.now, self.wish.run_id)
        commit = take(
            self.site.repository,
            name,
            {path: have.entry for path, have in saves.items()},
            bytes_of(root, unknown),
            source_id=head.recorded.source_id if head.recorded else "",
            record=undoing.record_of(plan, self.wish.run_id, head.commit),
            message=f"snapshot before restoring {head.commit[:7]}\n\nAutosync-Run: {self.wish.run_id}\n",
            author=Author("autosync", f"autosync@{display(os.uname().nodename)}", self.wish.now),
        )
        self._step("snapshot", Outcome.CHANGED, f"{count(len(saves), 'path')} saved as {commit[:7]}")

    def refused(self, plan: RestorePlan) -> Run:
        if self.wish.to:
            reason, way = "the folder has other files at these paths", "name an empty or a new folder"
        else:
            reason = "something stands in the way in the source"
            way = "move it away, name other paths, or restore to another folder with --to"
        self._step("plan", Outcome.BLOCKED, reason)
        run = self._end(Outcome.BLOCKED, f"{reason}; nothing was written")
        return replace(run, exit_code=3, details=plan.refused, next_step=way)

    def _outcome(self, good: Outcome) -> Outcome:
        return Outcome.INCOMPLETE if self.details else good

    def _step(self, name: str, outcome: Outcome, reason: str) -> None:
        self.steps.append(Step(name, outcome, reason))

    def _end(self, outcome: Outcome, reason: str, commit: str = "", plan: RestorePlan | None = None) -> Run:
        return Run(
            id=self.wish.run_id,
            trigger=Trigger.MANUAL,
            started=self.wish.now,
            ended=time.time(),
            outcome=outcome,
            reason=reason,
            exit_code=int(outcome is Outcome.INCOMPLETE),
            steps=tuple(self.steps),
            commit=commit,
            changes=changes_of(plan, self.classifier.rule_for) if plan else (),
            notes=tuple(self.notes),
            details=tuple(self.details),
            check=self.wish.check,
        )
