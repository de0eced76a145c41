"""Installs the triggers that the old machine had, with this machine's own paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autosync_tasks.bootstrap.offers import Offer
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome
from autosync_tasks.triggers import crontab, hook, systemd
from autosync_tasks.triggers.result import TaskResult

_ENDS = tuple(f"/{folder}/{hook.NAME}".encode() for folder in ("plugin", "plugins"))


def had(offer: Offer) -> tuple[str, ...]:
    """What the old machine had, as its commits say; and the plugin if the backup holds it (older ones do not say)."""
    plugin = any((b"/" + path).endswith(_ENDS) for path in offer.head.tree)
    found = offer.said.triggers
    return found if "hook" in found or not plugin else ("hook", *found)


def install(wanted: Sequence[str], environ: Mapping[str, str], *, check: bool) -> list[TaskResult]:
    """Installs each; one that cannot be installed here is a result that failed, with the way on."""
    return [_install(one, environ, check=check) for one in wanted]


def _install(one: str, environ: Mapping[str, str], *, check: bool) -> TaskResult:
    kind, _, rhythm = one.partition(" ")
    try:
        if kind == "cron":
            return crontab.install(environ, schedule=rhythm, check=check)
        if kind == "timer":
            return systemd.install_timer(environ, every=f"{max(int(rhythm) // 60, 1)}m", check=check)
        if kind == "watch":
            return systemd.install_watch(environ, check=check)
        return hook.install(environ, check=check)
    except (AutosyncError, OSError) as error:
        told = error.message if isinstance(error, AutosyncError) else (error.strerror or str(error))
        way = {"watch": "watch --install"}.get(kind, f"install-{kind}")
        return TaskResult(way, Outcome.FAILED, told, next_step=f"autosync {way}")
