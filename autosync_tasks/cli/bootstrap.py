"""The tasks `bootstrap` and `machines`: parse, call, report, exit code. Nothing is decided here."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from functools import partial

from autosync_tasks.bootstrap.agents import fetched, without_usual
from autosync_tasks.bootstrap.bootstrap import bootstrap as carry_out
from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.bootstrap.request import Callbacks, Wish
from autosync_tasks.bootstrap.stage import Stage
from autosync_tasks.cli.each import one_by_one
from autosync_tasks.cli.task import CHECK, DIFF, JSON, Context, Scope, is_dry, task
from autosync_tasks.config.load import VARIABLE, switched_on
from autosync_tasks.doctor.missing import missing_after
from autosync_tasks.model import Change, Run
from autosync_tasks.plan.judge import compile_rules
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import asdict
from autosync_tasks.remote import roll
from autosync_tasks.report import as_json as report
from autosync_tasks.report import lines, screen
from autosync_tasks.report.changes import of_changes
from autosync_tasks.restore.diff import plan_differences
from autosync_tasks.restore.plan import RestorePlan
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import Site, open_site


@task(
    profiles=Scope.FILE,
    positional=["address"],
    help={
        "address": "where the backup is: git@host:me/backup.git, https://…, or the path of a folder or a bundle",
        "branch": "which of the backups there, where there are several",
        "another-machine": "the old machine goes on: give this one a branch and an id of its own",
        "no-triggers": "do not install what started syncs on the old machine",
        "check": CHECK,
        "diff": DIFF,
        "yes": "overwrite what stands in the config tree without a question (saved first)",
        "json": JSON,
    },
)
def bootstrap(
    context: Context,
    address: str,
    branch: str = "",
    another_machine: bool = False,
    no_triggers: bool = False,
    check: bool = False,
    diff: bool = False,
    yes: bool = False,
    json: bool = False,
) -> int:
    """
    From a remote to a working config tree, on a machine that has none: `inv bootstrap git@host:me/backup.git`.

    Fetches, proves the backup by restoring it into scratch, brings the tree to its place, goes on with the backup from
    here, and installs the triggers of before: of each agent whose backup is there, or of --profile. Run it again after
    whatever ended it. Exit codes: 0 done, or done before; 1 incomplete, or you did not agree; 3 something stands in the
    way, or the backup cannot be trusted; 5 with --check: it would be done; 75 another run is at work.
    """
    wish, dry = Wish(address, branch, another_machine, not no_triggers, yes), is_dry(context, check)
    left = "each file is whole; the same command again goes on from here"
    progress, asks = screen.Progress("fetching the backup", left), sys.stdin.isatty() and not json

    def found(offers: Sequence[Offer]) -> None:
        if not json:
            screen.show(lines.plain([*(one.words for one in offers), ""]))

    def choose(offers: Sequence[Offer]) -> str:
        return screen.ask(f"Which one? [{offers[0].branch}] ").strip() or offers[0].branch

    def before(site: Site, run: Run, plan: RestorePlan) -> None:
        if not json and not run.check:
            screen.show(of_changes(run.changes))
        if diff and not json:
            screen.show(lines.coloured(plan_differences(site, plan, site.places.real_source)))

    def agree(over: Sequence[Change]) -> bool:
        screen.show(lines.of_overwritten(over, "the config tree"))
        return screen.says_yes("Overwrite? [y/N] ")

    calls = Callbacks(found, choose if asks else None, before, agree if asks else None, progress)

    def one(stage: Stage | None = None, *, json: bool) -> int:
        run = carry_out(os.environ, wish, new_request(check=dry), calls, stage)
        site = open_site(os.environ, new_machine=True)
        if not (dry or run.exit_code):
            compile_rules(site, progress)  # else the first unattended run would have to
        progress.clear()
        source, lacks = site.places.source, missing_after(site, run)
        if json:
            report.show("bootstrap", {**report.of_run(run, source, address), "missing": [m.as_json for m in lacks]})
        else:
            screen.show(
                [*lines.of_restore(run, source, address, verbose=True), *lines.of_missing([m.words for m in lacks])]
            )
        return run.exit_code

    if os.environ.get(VARIABLE):
        code = one(json=json)
    else:
        with fetched(os.environ, wish, new_request(check=dry)) as (stage, agents):
            code = one_by_one(agents, partial(one, stage), as_json=json)
    if without_usual(os.environ, check=dry) and not (dry or json):
        screen.show(lines.plain([f"{USUAL} is switched off: it is not on this machine"]))
    return code


@task(
    profiles=Scope.FILE,
    help={
        "forget": "take a machine that is gone off the list, by its host or name (its branch stays)",
        "check": CHECK,
        "json": JSON,
    },
)
def machines(context: Context, forget: str = "", check: bool = False, json: bool = False) -> int:
    """
    Every machine that pushes to the remote: when it last looked and synced, its branch, conflicts that are parked.

    Each writes a small ref of its own beside the branches. Exit code 1 if one has been silent for longer than its
    `max_age`.
    """
    now, named = time.time(), os.environ.get(VARIABLE)
    found = roll.of_agents(os.environ, (named,) if named else switched_on(os.environ))
    if forget:
        gone = roll.forget(found, forget, check=is_dry(context, check))
        verb = "would be taken off the list" if is_dry(context, check) else "is off the list; its branch stays"
        if json:
            report.show("machines", {"forgotten": [one.name for one in gone]})
        else:
            screen.show(lines.plain([f"{one.host or one.name}, {one.agent}: {verb}" for one in gone]))
        return 0
    records = [one for one, _ in found.records]
    code = found.faults[0].exit_code if found.faults else int(any(one.silent(now) for one in records))
    if json:
        rows = [{**asdict(one), "verdict": one.verdict(now), "this": one.name in found.mine} for one in records]
        report.show("machines", {"machines": rows, "exit_code": code})
    else:
        told = [(one.verdict(now), one.words(now), one.name in found.mine) for one in records]
        screen.show([*lines.of_machines(told), *lines.plain([f"not asked: {one.message}" for one in found.faults])])
    return code
