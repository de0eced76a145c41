"""Installs the triggers that the old machine had, with this machine's own paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.errors import AutosyncError
from autosync_tasks.humanize import span
from autosync_tasks.model import Outcome
from autosync_tasks.profiles import USUAL
from autosync_tasks.restore.own_plugin import ENDS
from autosync_tasks.triggers import agent_hook, crontab, hook, systemd
from autosync_tasks.triggers.result import TaskResult


def had(offer: Offer) -> tuple[str, ...]:
    """What the old machine had, as its commits say; and the plugin if the backup holds it (older ones do not say)."""
    plugin = offer.agent == USUAL and any((b"/" + path).endswith(ENDS) for path in offer.head.tree)
    found = offer.said.triggers
    return found if "hook" in found or not plugin else ("hook", *found)


def words(wanted: Sequence[str]) -> list[str]:
    """The same for a person, each with the task that installs it."""
    return [_words(*one.partition(" ")[::2]) for one in wanted]


def _words(kind: str, rhythm: str) -> str:
    said = {"hook": "the plugin", "watch": "the watcher", "cron": f"cron ({rhythm})"}
    return f"{said.get(kind) or f'a timer (every {span(float(rhythm))})'}: `autosync {_way(kind)}`"


def _way(kind: str) -> str:
    return {"watch": "watch --install"}.get(kind, f"install-{kind}")


def install(wanted: Sequence[str], environ: Mapping[str, str]) -> list[TaskResult]:
    """Installs each; one that cannot be installed here is a result that failed, with the way on."""
    return [_install(one, environ) for one in wanted]


def _install(one: str, environ: Mapping[str, str]) -> TaskResult:
    kind, _, rhythm = one.partition(" ")
    try:
        if kind == "cron":
            return crontab.install(environ, schedule=rhythm)
        if kind == "timer":
            return systemd.install_timer(environ, every=f"{max(int(rhythm) // 60, 1)}m")
        if kind == "watch":
            return systemd.install_watch(environ)
        if own := agent_hook.of_profile(environ):
            return agent_hook.install(environ, *own)
        return hook.install(environ)
    except (AutosyncError, OSError) as error:
        told = error.message if isinstance(error, AutosyncError) else (error.strerror or str(error))
        way, hint = _way(kind), getattr(error, "hint", "")
        return TaskResult(way, Outcome.FAILED, told, next_step=hint or f"autosync {way}")
