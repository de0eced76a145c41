"""Bootstrap: from the address of a remote to a proven tree, a backup that goes on there, and the triggers of before.

Look, fetch into scratch, choose, drill; only then the first byte: backup, tree, settings, triggers, and a sync at the
end. The source id is recorded after the tree stands there whole: until then a sync cannot take half of it for all.
Each step looks first and does what is missing, so a run that was killed is made again by the same words.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from autosync_tasks.backup.repository import Repository
from autosync_tasks.bootstrap import old_triggers
from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.bootstrap.place import place
from autosync_tasks.bootstrap.request import Callbacks, Wish
from autosync_tasks.bootstrap.settle import (
    Part,
    check_environment,
    choose,
    in_the_way,
    made_by_agent,
    own,
    part_for,
    planned,
    standing,
)
from autosync_tasks.bootstrap.stage import Stage, address_of, check_sizes, fetch, is_bundle, no_trace, offers
from autosync_tasks.config.file import preview, set_values, switch
from autosync_tasks.config.load import switched_on
from autosync_tasks.errors import GuardError
from autosync_tasks.humanize import age, count
from autosync_tasks.model import Change, Finding, Outcome, Path, Run, Step
from autosync_tasks.names import display, typed
from autosync_tasks.plan.past import remember_act
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.records import replace
from autosync_tasks.remote.address import Address
from autosync_tasks.remote.known import host_of
from autosync_tasks.remote.transport import Limits
from autosync_tasks.restore import own_plugin
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.restore.request import Wish as RestoreWish
from autosync_tasks.restore.run import Restore
from autosync_tasks.state.scratch import scratch
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.tree.dirfd import Below
from autosync_tasks.verify.drill import drill
from autosync_tasks.workspace.request import Request
from autosync_tasks.workspace.workspace import Site, open_site


def bootstrap(
    environ: Mapping[str, str], wish: Wish, request: Request, calls: Callbacks | None = None, stage: Stage | None = None
) -> Run:
    """Brings the backup at that address to this machine; returns the run, of which the last step is a sync.

    environ: the environment; it names the agent. stage: what was fetched from there already. In check mode nothing is
    written (but scratch, which is gone afterwards). Raises AutosyncError for what stops it: nothing outside scratch was
    written then, unless it says so.
    """
    site = open_site(environ, new_machine=True)
    work = _Work(site, address_of(wish.address, site), wish, request, calls or Callbacks(), stage)
    if request.check:
        with no_trace(site.state.home):
            return work.look()
    with site.state.lock():
        run = work.look()
    return work.at_last(run) if run.exit_code in (0, 1) and work.goes_on else run


class _Work:
    """One bootstrap, with what it collects on the way."""

    def __init__(
        self, site: Site, address: Address, wish: Wish, request: Request, calls: Callbacks, stage: Stage | None
    ) -> None:
        self.stage = stage
        self.site, self.address, self.wish, self.request, self.calls = site, address, wish, request, calls
        self.bundle = is_bundle(address)
        self.steps: list[Step] = []
        self.notes: list[str] = []
        self.details: list[str] = []
        self.findings: tuple[Finding, ...] = ()
        self.changes: tuple[Change, ...] = ()
        self.commit = ""
        self.wanted: tuple[str, ...] = ()
        self.unwanted: tuple[str, ...] = ()
        self.goes_on = False
        self.adopts = False

    def look(self) -> Run:
        """Everything up to the settings, under the lock; in check mode all of it."""
        with scratch(self.site.state, f"{self.request.run_id}-fetched") as held:
            folder = os.path.realpath(held)  # git is another process, which knows it by its name
            limits = self.wish.limits or Limits()
            stage = self.stage or fetch(folder, self.address, self._names(), self.site.environ, limits)
            chosen = self._choose(stage)
            part = part_for(self.site, chosen, another=self.wish.another, taken=stage.taken, host=host_of(self.site))
            check_environment(self.site, part)
            had = old_triggers.had(chosen)
            self.wanted = had if self.wish.triggers else ()
            self.unwanted = () if self.wish.triggers else had
            target = planned(self.site, part)
            here, commit = standing(target.repository, stage.repository, chosen.commit)
            self.commit = commit
            self.adopts = part.source_id != chosen.source_id
            since = self.request.now - chosen.when
            if not (self.adopts or part.settled) and 0 <= since < self.site.settings.max_age:
                who = chosen.said.host or "the old machine"
                words = "if that machine is still in use, --another-machine gives this one a branch of its own"
                self.notes.append(f"{who} synced to this branch {age(since)} ago: {words}")
            if part.settled and os.path.isdir(self.site.places.real_source):
                self._step("restore", Outcome.OK, "this machine has this backup and its tree already")
                self.goes_on = True
                return self._settings(part, chosen)
            self._drill(target, stage, chosen, folder)
            if self.request.check:
                return self._preview(replace(target, repository=Repository(stage.repository.folder, chosen.branch)))
            address = None if self.bundle else self.address
            self.steps.append(place(target, stage, chosen, (here, commit), address))
            run, _ = self._restore(target)
            if run.exit_code:
                return run
            self.goes_on = True
            return self._settings(part, chosen)

    def _names(self) -> tuple[str, ...]:
        """The branch that was named; and this machine's own, which began with it and has an id of its own by now."""
        mine = self.site.settings.backup_branch if self.wish.another and self.site.loaded.file.get("source_id") else ""
        return tuple(name for name in (self.wish.branch, mine) if name) if self.wish.branch else ()

    def _choose(self, stage: Stage) -> Offer:
        agent, there = self.site.settings.profile, offers(stage)
        found = [one for one in there if one.agent == agent.name]
        mine = own(self.site, found)
        found = [one for one in found if one.branch == self.wish.branch] if self.wish.branch and not mine else found
        if self.calls.found is not None:
            self.calls.found(found)
        if mine is None and len(found) > 1 and self.calls.choose is not None:
            named = self.calls.choose(found)
            found = [one for one in found if one.branch == named] or found
        chosen = mine or choose(found, self.address.shown, agent.unusual, {one.agent for one in there})
        check_sizes(stage, chosen, self.site.settings.max_file_size, (self.wish.limits or Limits()).size)
        who = f"{display(chosen.branch)} of {chosen.said.host or 'an unknown machine'}"
        self._step("look", Outcome.OK, f"{self.address.shown}: {who}, {count(chosen.files, 'file')}")
        self.notes += [chosen.note] if chosen.note else []
        return chosen

    def _drill(self, target: Site, stage: Stage, chosen: Offer, folder: str) -> None:
        """Restored into scratch and compared first: what does not come out whole stays where it is."""
        staged = Repository(stage.repository.folder, chosen.branch)
        # The key of findings is not made before there is something of this machine's own to find.
        site = replace(target, loaded=replace(target.loaded, config_home=os.path.join(folder, "config")))
        run = drill(site, self.request, lambda _: staged, self.calls.progress)
        if run.details:
            raise GuardError(
                f"{self.address.shown}: {run.reason}; nothing was written",
                hint="look at room and rights of the state folder (XDG_STATE_HOME names another); `--branch` names "
                "another backup there; the machine that made this one can say more: inv verify --drill",
                details=run.details,
            )
        self.notes += run.notes
        self.findings = tuple(one for one in run.findings if one.blocks)
        if self.findings:
            words = f"{count(len(self.findings), 'error')} in what the remote holds; a sync of these files is blocked"
            self.notes.append(f"{words}; a secret there is known to whoever can read it: change it where it is used")
        self._step("drill", Outcome.OK, "restored into scratch: bytes, modes and links are as recorded")

    def _preview(self, staged: Site) -> Run:
        """What would be done with the tree, told from the stage."""
        run, _ = self._passage(staged, check=True)
        self._step("restore", run.outcome, run.reason)
        for words in old_triggers.words(self.wanted):
            self._step("trigger", Outcome.CHANGED, f"would be installed: {words}")
        self._left_out()
        self.changes = run.changes
        done = self._end(
            Outcome.CHANGED, f"{self.commit[:7]} of {self.address.shown} to {display(self.site.places.source)}"
        )
        return replace(done, exit_code=5, check=True, notes=(*done.notes, *run.notes))

    def _restore(self, target: Site) -> tuple[Run, RestorePlan]:
        run, plan = self._passage(target, check=False)
        remember_act(target.state, "bootstrap", run)
        self._step("restore", run.outcome, run.reason)
        installs = "hook" in self.wanted  # then this machine's own plugin, or hooks, are written next
        ours = (own_plugin.WORDS, own_plugin.HOOKS)
        told = [note for note in run.notes if not (installs and any(words in note for words in ours))]
        self.notes += [note for note in told if note not in self.notes]
        self.details += run.details
        self.changes = run.changes
        if run.exit_code:
            done = self._end(run.outcome, run.reason)
            done = replace(done, exit_code=run.exit_code, next_step=run.next_step or "run the same again")
            return done, plan
        return run, plan

    def _passage(self, site: Site, *, check: bool) -> tuple[Run, RestorePlan]:
        wish = RestoreWish(check=check, now=self.request.now, run_id=self.request.run_id)

        def before(run: Run, plan: RestorePlan) -> None:
            if self.calls.before is not None:
                self.calls.before(site, run, plan)

        return Restore(site, wish, site.places.real_source, before, self.calls.progress, self._agree).run()

    def _agree(self, over: Sequence[Change]) -> bool:
        """Whether what stands in the way may go (each is in the snapshot): the agent's own stubs may, unasked."""
        rest = in_the_way(over, self._stubs(over))
        if not rest or self.wish.yes:
            return True
        if self.calls.agree is None:
            raise GuardError(
                f"{count(len(rest), 'path')} in {display(self.site.places.source)} would be overwritten, and there is "
                "no terminal to ask on; the tree is as it was",
                hint="add --yes (what is overwritten is saved first, `inv restore --undo` takes it back)",
                details=[display(change.path) for change in rest],
            )
        return self.calls.agree(rest)

    def _stubs(self, over: Sequence[Change]) -> set[Path]:
        found: set[Path] = set()
        stubs = self.site.settings.profile.read().stubs
        with Below(self.site.places.real_source) as below:
            for change in over:
                held = below.contents(change.path)
                if held is not None and made_by_agent(stubs, change.path, held[1]):
                    found.add(change.path)
        return found

    def _settings(self, part: Part, chosen: Offer) -> Run:
        """Source, backup, id, branch and where pushes go; only what is not in the file yet."""
        places, file = self.site.places, self.site.loaded.file
        values: dict[str, object] = {"opencode_source": places.source, "opencode_backup": places.backup}
        values |= {"source_id": part.source_id, "backup_branch": part.branch}
        if not self.bundle:
            values |= {"auto_sync_push": file.get("auto_sync_push", True), "push_url": self.address.shown}
        else:
            way = f"git -C {typed(places.backup)} remote add origin ADDRESS, then `inv set-config AUTO_SYNC_PUSH=true`"
            self.notes.append(f"nothing is pushed to a bundle; name a place for pushes: {way}")
        if part.settled:
            values = {key: value for key, value in values.items() if not file.get(key)}
        act = preview if self.request.check else set_values
        changed = act(self.site.loaded.path, values, self.site.environ)
        words = ", ".join(name for name, _, _ in changed) or "as they are to be"
        self._step("settings", Outcome.CHANGED if changed else Outcome.OK, words)
        self._switch(part)
        return self._end(Outcome.CHANGED if changed or self.changes else Outcome.OK, chosen.commit[:7])

    def _switch(self, part: Part) -> None:
        """An agent that comes back is backed up from here on; one that stood here already stays as a person left it."""
        name, path = self.site.settings.profile.name, self.site.loaded.path
        if name in switched_on(self.site.environ):
            return
        if part.settled:
            self.notes.append(f"{name} is switched off here, as it was: `inv profiles --on={name}`")
        elif switch(path, name, True, self.site.environ, check=self.request.check):
            self.notes.append(f"{name} was switched off here, and is switched on: it goes on with this backup")

    def at_last(self, run: Run) -> Run:
        """Triggers and the sync, as every later run will do it: with the settings that are recorded now."""
        environ, way = self.site.environ, ""
        for result in old_triggers.install(self.wanted, environ):
            self._step("trigger", result.outcome, result.reason)
            if result.outcome is Outcome.CHANGED and result.next_step:
                self.notes.append(result.next_step)
            if result.outcome is Outcome.FAILED:
                self.details.append(f"{result.task}: {result.reason}")
                way = way or result.next_step
        self._left_out()
        site = open_site(environ)
        ask = Ask(adopt=self.adopts)
        last = sync(site, replace(self.request, ask=ask, run_id=f"{self.request.run_id[:10]}ff"), self.calls.progress)
        self._step("sync", last.outcome, last.reason)
        self.notes += [note for note in last.notes if note not in self.notes]
        bad = bool(self.details) or last.exit_code
        outcome = Outcome.INCOMPLETE if bad else run.outcome
        if outcome is Outcome.OK and last.outcome is Outcome.CHANGED:
            outcome = Outcome.CHANGED
        verb = "is as it was at" if run.outcome is Outcome.OK else "stands here again, from"
        done = self._end(outcome, f"{display(site.places.source)} {verb} {self.commit[:7]} of {self.address.shown}")
        step = last.next_step or way or ("`inv doctor` says what is wrong with it" if self.details else "")
        return replace(done, exit_code=last.exit_code or int(bool(self.details)), next_step=step)

    def _left_out(self) -> None:
        for words in old_triggers.words(self.unwanted):
            self.notes.append(f"not installed, as you asked: {words}")

    def _step(self, name: str, outcome: Outcome, reason: str) -> None:
        self.steps.append(Step(name, outcome, reason))

    def _end(self, outcome: Outcome, reason: str) -> Run:
        run = self.request.run(outcome, reason, self.steps)
        run = replace(run, notes=tuple(self.notes), details=tuple(self.details))
        return replace(run, commit=self.commit, changes=self.changes, findings=self.findings)
