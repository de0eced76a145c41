"""One restore, step by step: look, plan, snapshot, write, look again."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from functools import cached_property

from autosync_tasks.backup.commit import Author
from autosync_tasks.backup.health import note_snapshot
from autosync_tasks.backup.manifest import entries
from autosync_tasks.backup.objects import Store, absent
from autosync_tasks.backup.repository import Head
from autosync_tasks.errors import AutosyncError, BackupError, UsageError
from autosync_tasks.humanize import count
from autosync_tasks.model import Change, Entry, Outcome, Path, Run, Step
from autosync_tasks.names import display
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.records import dataclass, field, replace
from autosync_tasks.restore import undo as undoing
from autosync_tasks.restore.own_plugin import without_own_plugin
from autosync_tasks.restore.paths import chosen, is_all, where_allowed
from autosync_tasks.restore.plan import (
    RestorePlan,
    RuleFor,
    changes_of,
    overwrites,
    plan_restore,
    set_aside,
    without_contents,
)
from autosync_tasks.restore.request import Agree, Announce, Wish, commit_at, name_of_commit, newest_backup
from autosync_tasks.restore.snapshot import mark_taken_back, name_of, snapshots, take, undo_of
from autosync_tasks.restore.write import bytes_of, carry_out, read_back, standings
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.tree.observe import Progress
from autosync_tasks.tree.walk import open_root
from autosync_tasks.tree.write import sweep
from autosync_tasks.validation import secret_findings
from autosync_tasks.validation.findings import Context
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site

_AGAIN = "mend what each line names, then run the same restore again: what is in place stays"


@dataclass
class Restore:
    """One restore, with what it collects on the way. target: the real path of the folder to write below."""

    site: Site
    wish: Wish
    target: str
    announce: Announce | None = None
    progress: Progress | None = None
    agree: Agree | None = None
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    saved: str = ""

    @cached_property
    def _request(self) -> Request:
        return Request(check=self.wish.check, now=self.wish.now, run_id=self.wish.run_id)

    @cached_property
    def _rule_for(self) -> RuleFor:
        return Classifier(self.site.settings).rule_for

    def run(self) -> tuple[Run, RestorePlan]:
        if not (self.wish.check or self.wish.outside) and os.path.isdir(self.target):
            sweep(self.target)
        commit, undo = self._commit()
        head = self.site.repository.head(commit)
        if head.recorded is None:
            raise BackupError(
                f"the commit {commit[:7]} holds no backup of a source", hint="choose another one with --at"
            )
        self.notes += [head.note] if head.note else []
        if not (self.wish.at or self.wish.undo):
            self.notes += filter(None, [newest_backup(self.site)[1]])
        if not self.wish.to and not os.path.isdir(self.target):
            self.notes.append(f"there was no config tree: it is made anew at {display(self.target)}")
        recorded = entries(head.recorded, head.tree)
        selected = chosen(self.site, self.wish, recorded, commit)
        words = f"{count(len(selected), 'path')} of {count(len(recorded), 'recorded path')} at {commit[:7]}"
        self._step("look", Outcome.OK, words)
        selected, notes = where_allowed(self.site, self.wish, selected, self.target)
        self.notes += notes
        plan = self._plan(selected, recorded, undo)
        reason = f"{count(len(plan.puts) + len(plan.removals), 'path')} from {self._name(commit)}"
        if plan.refused:
            return self.refused(plan), plan
        plan = self._with_contents(plan)
        if plan.empty:
            words = f"{count(plan.same, 'path')} as in {self._name(commit)} already"
            self._is_back(commit)
            return self._end(self._outcome(Outcome.OK), words, commit), plan
        asks = not (self.wish.to or self.wish.undo or self.wish.yes) and is_all(self.wish, self.site.places, recorded)
        return self.carry(plan, head, reason, asks=asks)

    def carry(self, plan: RestorePlan, head: Head, reason: str, *, asks: bool = False) -> tuple[Run, RestorePlan]:
        """Shows a plan that is not empty and, unless this is a check, carries it out.

        head: where contents are from. asks: nothing that stands there may be overwritten before a person agreed.
        """
        plan = self._with_secrets_aside(plan, head)
        told = [*self.notes]
        self._tell(plan, "stands", "would be")
        self._step("plan", Outcome.CHANGED, reason)
        preview = replace(self._end(Outcome.CHANGED, reason, head.commit, plan), exit_code=5, check=True)
        if self.announce is not None:
            self.announce(preview, plan)
        if self.wish.check:
            return preview, plan
        over = tuple(change for change in preview.changes if overwrites(change)) if asks else ()
        if over and (self.agree is None or not self.agree(over)):
            return self._not_agreed(over), plan
        self.notes = told
        self._tell(plan, "stood", "was")
        return self._act(plan, head), plan

    def _not_agreed(self, over: tuple[Change, ...]) -> Run:
        """Ends it before anything is written: nobody could be asked, or a person said no."""
        what = f"{count(len(over), 'path')} would be overwritten"
        if self.agree is not None:
            return replace(self._end(Outcome.SKIPPED, f"{what}; you did not agree, nothing was written"), exit_code=1)
        run = self._end(Outcome.BLOCKED, f"{what}, and there is no terminal to ask on; nothing was written")
        way = "add --yes to overwrite them (`--undo` takes that back), name the paths that you want, or use --to FOLDER"
        return replace(run, exit_code=3, details=tuple(display(change.path) for change in over), next_step=way)

    def _commit(self) -> tuple[str, undoing.Undo | None]:
        if not self.wish.undo:
            return commit_at(self.site, self.wish.at, self.wish.now, self.wish.zone), None
        snapshot = undoing.to_take_back(snapshots(self.site.repository), self.wish.undo)
        return snapshot.commit, undo_of(self.site.repository, snapshot.commit)

    def _name(self, commit: str) -> str:
        return name_of_commit(self.site, commit, self.wish.zone)

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
        run_id, overwrite = self.wish.run_id, not self.wish.to
        plan = plan_restore(selected, recorded, standing, self._rule_for, run_id=run_id, overwrite=overwrite)
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

    def _tell(self, plan: RestorePlan, stands: str, is_: str) -> None:
        aside = ((display(put.path), display(put.aside)) for put in plan.puts if put.aside)
        self.notes += [f"what {stands} at {path} {is_} set aside as {name}" for path, name in aside]
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
            differ, lacking = read_back(root, {put.path: put.want for put in plan.puts}, faults)
            with Below(root) as below:
                gone = (removal.path for removal in plan.removals if removal.path not in faults)
                differ += tuple(path for path in gone if self._stays(below, plan, path))
        finally:
            os.close(root)
        self.notes += [lacking] if lacking else []
        acted = [*(put.path for put in plan.puts), *(removal.path for removal in plan.removals)]
        written = sum(path not in faults for path in acted)
        self._step("write", Outcome.CHANGED, count(written, "path"))
        self.details += [f"{display(path)}: {why}" for path, why in sorted(faults.items())]
        self.details += [f"{display(path)}: does not stand as it was restored" for path in differ]
        good = "read back: bytes, modes and links as recorded"
        self._step("verify", Outcome.FAILED if differ else Outcome.OK, "read back: differs" if differ else good)
        verb = f"{'taken back to' if self.wish.undo else 'restored from'} {self._name(head.commit)}"
        reason = f"{count(written - len(differ), 'path')} {verb}"
        if not self.wish.to:
            self.notes.append("`inv restore --undo" + f" {self.saved:.12}" * bool(self.wish.undo) + "` takes this back")
        run = self._end(self._outcome(Outcome.CHANGED), reason, head.commit, plan)
        self._is_back(head.commit)
        return replace(run, next_step=_AGAIN) if self.details else run

    def _is_back(self, commit: str) -> None:
        """Notes, of an undo that came to its end, that the next one goes on with the restore before."""
        if self.wish.undo and not self.wish.check and not self.details:
            mark_taken_back(self.site.repository, commit)

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
        with suppress(AutosyncError):  # only a memory: git keeps no log of these refs
            note_snapshot(self.site.state, name, commit)
        self.saved = commit
        self._step("snapshot", Outcome.CHANGED, f"{count(len(saves), 'path')} saved as {commit[:7]}")

    def refused(self, plan: RestorePlan) -> Run:
        reason, way = "something is in the way in the source", "move it away, name other paths, or restore to another"
        if self.wish.to:
            reason, way = "other files stand at these paths", "move them away, or name an empty or a new"
        way += " folder with --to"
        self._step("plan", Outcome.BLOCKED, reason)
        run = self._end(Outcome.BLOCKED, f"{reason}; nothing was written")
        return replace(run, exit_code=3, details=plan.refused, next_step=way)

    def _outcome(self, good: Outcome) -> Outcome:
        return Outcome.INCOMPLETE if self.details else good

    def _step(self, name: str, outcome: Outcome, reason: str) -> None:
        self.steps.append(Step(name, outcome, reason))

    def _end(self, outcome: Outcome, reason: str, commit: str = "", plan: RestorePlan | None = None) -> Run:
        return replace(
            self._request.run(outcome, reason, self.steps, exit_code=int(outcome is Outcome.INCOMPLETE)),
            commit=commit,
            changes=changes_of(plan, self._rule_for) if plan else (),
            notes=tuple(self.notes),
            details=tuple(self.details),
        )
