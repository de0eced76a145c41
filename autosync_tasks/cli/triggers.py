"""The tasks that install, remove and run the unattended triggers: parse, call, report, exit code."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress

from autosync_tasks.cli.boundary import told
from autosync_tasks.cli.task import CHECK, JSON, VERBOSE, Context, Scope, is_dry, task
from autosync_tasks.config.load import VARIABLE, switched_on
from autosync_tasks.errors import AutosyncError, SourceError, UsageError
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import replace
from autosync_tasks.report import screen
from autosync_tasks.report.task_result import show, show_line
from autosync_tasks.triggers import agent_hook, completion, crontab, hook, systemd
from autosync_tasks.triggers.command import need_recorded, sync_command
from autosync_tasks.triggers.hook_text import HookFile
from autosync_tasks.triggers.result import TaskResult

_FLAGS = {"check": CHECK, "diff": "show what is (or would be) written", "json": JSON}
_SCOPE = "global (every OpenCode session) or project (the one of this folder)"


def _own_hooks(task: str, *, on: bool = True) -> tuple[HookFile, str, tuple[str, ...]] | TaskResult | None:
    """What a profile's own hooks are, None for OpenCode, the answer where it has none. on: it must be backed up.

    Raises UsageError.
    """
    name = os.environ.get(VARIABLE, USUAL)
    if name == USUAL:
        return None
    found = agent_hook.of_profile(os.environ)
    if on and name not in switched_on(os.environ):
        raise UsageError(f"{name} is not backed up yet", hint=f"autosync profiles --on={name}, then run this again")
    if found is None:
        way = "the hooks of the other agents serve it too, and install-cron, install-timer and watch --install do"
        return TaskResult(task, Outcome.SKIPPED, f"{name} has no hooks of its own: {way}")
    return found


def _may_install() -> None:
    """Raises UsageError while the places come from variables alone, or root is in another user's home."""
    from autosync_tasks.workspace.workspace import check_owner

    check_owner(need_recorded(os.environ))


def _awaited(found: TaskResult) -> TaskResult:
    """The same, with a word that its runs will find no config tree yet."""
    from autosync_tasks.workspace.workspace import open_site

    try:
        if switched_on(os.environ) == (USUAL,):
            open_site(os.environ)
    except SourceError as error:
        return replace(found, next_step=f"its runs would fail today: {error.message}; {error.hint}")
    except AutosyncError:
        pass  # `doctor` says it
    return found


def _ready(found: TaskResult) -> TaskResult:
    """The same, once the rules that find secrets are compiled (5 to 16 s, once): no unattended run has to do it."""
    from autosync_tasks.plan.judge import compile_rules
    from autosync_tasks.workspace.workspace import open_site

    if not found.check and not found.exit_code:
        with suppress(AutosyncError, OSError), screen.Progress() as progress:  # its runs say what is wrong
            compile_rules(open_site(os.environ), progress)
    return found


@task(
    profiles=Scope.NONE,
    help={
        **_FLAGS,
        "schedule": 'five crontab fields or a nickname, such as "0 * * * *" or @daily (default: hourly)',
        "every": "instead of --schedule: 15m, 30m, 1h, 2h, 1d, …",
    },
)
def install_cron(
    context: Context, schedule: str = "", every: str = "", check: bool = False, diff: bool = False, json: bool = False
) -> int:
    """Lets cron run the sync: writes one marked block into your crontab and leaves every other byte as it is.

    Unattended runs are quiet unless a person must act. `--check --diff` shows what it writes.
    """
    _may_install()
    found = crontab.install(os.environ, schedule=schedule, every=every, check=is_dry(context, check))
    return show(_awaited(_ready(found)), as_json=json, diff=diff)


@task(profiles=Scope.NONE, help=_FLAGS)
def uninstall_cron(context: Context, check: bool = False, diff: bool = False, json: bool = False) -> int:
    """Takes the block of install-cron out of your crontab; every other byte stays."""
    return show(crontab.uninstall(os.environ, check=is_dry(context, check)), as_json=json, diff=diff)


@task(profiles=Scope.NONE, help={**_FLAGS, "every": "15m, 30m, 1h (default), 2h, 1d, …"})
def install_timer(
    context: Context, every: str = "", check: bool = False, diff: bool = False, json: bool = False
) -> int:
    """Lets systemd run the sync: a service and a timer of your user. Runs that were missed are made up for."""
    _may_install()
    found = systemd.install_timer(os.environ, every=every, check=is_dry(context, check))
    return show(_awaited(_ready(found)), as_json=json, diff=diff)


@task(profiles=Scope.NONE, help=_FLAGS)
def uninstall_timer(context: Context, check: bool = False, diff: bool = False, json: bool = False) -> int:
    """Stops and removes the service and timer of install-timer."""
    return show(systemd.uninstall_timer(os.environ, check=is_dry(context, check)), as_json=json, diff=diff)


@task(help={**_FLAGS, "scope": _SCOPE})
def install_hook(
    context: Context, scope: str = "global", check: bool = False, diff: bool = False, json: bool = False
) -> int:
    """Lets each agent run the sync after each turn (recommended): one plugin file for OpenCode.

    For another agent it is two hooks in its own settings, where every other byte stays. --profile names one agent.
    """
    if isinstance(found := _own_hooks("install-hook"), TaskResult):
        return show(found, as_json=json)
    if found is not None:
        done = _ready(agent_hook.install(os.environ, *found, check=is_dry(context, check)))
        return show(done, as_json=json, diff=diff)
    _may_install()
    done = _ready(hook.install(os.environ, scope=scope, check=is_dry(context, check)))
    return show(done, as_json=json, diff=diff)


@task(help={**_FLAGS, "scope": _SCOPE})
def uninstall_hook(
    context: Context, scope: str = "global", check: bool = False, diff: bool = False, json: bool = False
) -> int:
    """Removes what install-hook wrote: the plugin file, the hooks. --profile names one agent."""
    if isinstance(found := _own_hooks("uninstall-hook", on=False), TaskResult):
        return show(found, as_json=json)
    if found is not None:
        return show(agent_hook.uninstall(os.environ, *found[:2], check=is_dry(context, check)), as_json=json, diff=diff)
    return show(hook.uninstall(os.environ, scope=scope, check=is_dry(context, check)), as_json=json, diff=diff)


@task(
    profiles=Scope.FILE,
    help={
        **_FLAGS,
        "install": "make it a systemd service of your user, and start that",
        "uninstall": "stop and remove that service",
    },
)
def watch(
    context: Context,
    install: bool = False,
    uninstall: bool = False,
    check: bool = False,
    diff: bool = False,
    json: bool = False,
) -> int:
    """Watches each agent's tree and syncs once it has been quiet for a moment. In the foreground; Ctrl-C ends it."""
    if install and uninstall:
        raise UsageError("--install and --uninstall contradict each other", hint="give only one of them")
    dry = is_dry(context, check)
    if uninstall:
        return show(systemd.uninstall_watch(os.environ, check=dry), as_json=json, diff=diff)
    if install:
        _may_install()
        return show(_ready(systemd.install_watch(os.environ, check=dry)), as_json=json, diff=diff)
    if dry or diff:
        raise UsageError("--check and --diff mean something only with --install or --uninstall")
    try:
        return _watch(as_json=json)
    except AutosyncError as error:
        return told(error, as_json=json, stream=True)


def _watch(*, as_json: bool) -> int:
    import threading

    from autosync_tasks.policy.classify import protected_matcher
    from autosync_tasks.triggers.crew import watch_each
    from autosync_tasks.triggers.pace import Meant, PaceOfSettings
    from autosync_tasks.triggers.watch import watch as run
    from autosync_tasks.workspace.workspace import open_site

    named, printing, opening = os.environ.get(VARIABLE), threading.Lock(), threading.Lock()

    def say(outcome: str, words: str) -> None:
        with printing:
            show_line(outcome, words, as_json=as_json)

    def start(name: str, say: Callable[[str, str], None], halt: threading.Event) -> TaskResult:
        with opening:  # Python's own `sysconfig`, for one, does not bear two threads at its first use
            environ = dict(os.environ) if meant() == (USUAL,) else {**os.environ, VARIABLE: name}
            site = open_site(environ)
            site.state.prepare()
            pace = PaceOfSettings(site.loaded, site.places.real_source, environ)
            command = [*sync_command(Trigger.WATCH), "--json"]
            protected = protected_matcher(site.settings)
        where = site.places.source, command, environ
        return run(*where, protected=protected, say=say, pace=pace, stop=halt, ahead=True)

    meant = Meant(os.environ) if not named else lambda: (named,)
    return show(watch_each(meant, start, say, threading.Event()), as_json=as_json, stream=True)


@task(help={"verbose": VERBOSE, "json": JSON})
def doctor(context: Context, verbose: bool = False, json: bool = False) -> int:
    """Looks at this machine as an unattended run would find it, and says what would fail there and what to do.

    Exit code 1 if a check fails.
    """
    from autosync_tasks.doctor.checks import check_all, result
    from autosync_tasks.doctor.facts import gather

    with screen.Progress("looking at this machine"):
        found = result(check_all(gather(os.environ, time.time())))
    return show(found, as_json=json, fold=not verbose)


_SHELL = "bash, zsh or fish"


@task(profiles=Scope.NONE, help={**_FLAGS, "shell": f"{_SHELL} (default: yours)"})
def install_completion(
    context: Context, shell: str = "", check: bool = False, diff: bool = False, json: bool = False
) -> int:
    """Lets your shell complete tasks, flags, settings and the backup's paths: writes one file where it looks."""
    return show(completion.install(os.environ, shell=shell, check=is_dry(context, check)), as_json=json, diff=diff)


@task(profiles=Scope.NONE, help={"check": CHECK, "json": JSON, "shell": f"{_SHELL} (default: each)"})
def uninstall_completion(context: Context, shell: str = "", check: bool = False, json: bool = False) -> int:
    """Removes the files of install-completion; another's stay."""
    return show(completion.uninstall(os.environ, shell=shell, check=is_dry(context, check)), as_json=json)
