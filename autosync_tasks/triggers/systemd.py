"""Installs, removes and looks at the systemd user units: the effects around `units`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from autosync_tasks.config.load import xdg_folder
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.triggers import files, units
from autosync_tasks.triggers.command import environment, program, sync_command
from autosync_tasks.triggers.result import TaskResult, text_diff
from autosync_tasks.triggers.schedule import calendar

_MARK = units.MARK.encode()
_LINGER = "it runs only while you are logged in; `loginctl enable-linger` lets it run from the start of the machine"


def folder(environ: Mapping[str, str]) -> str:
    """Where a user's own units are (systemd.unit(5), "User Unit Search Path")."""
    return os.path.join(xdg_folder("config", environ), "systemd", "user")


def _systemctl(words: Sequence[str], environ: Mapping[str, str]) -> files.Ran:
    ran = files.run(["systemctl", "--user", "--no-pager", *words], environ, timeout=60)
    if ran is None:
        raise AutosyncError(
            "this machine has no systemd: there is no `systemctl` program",
            hint="use install-cron, or let the OpenCode plugin do it (install-hook)",
        )
    return ran


def _must(words: Sequence[str], environ: Mapping[str, str]) -> files.Ran:
    ran = _systemctl(words, environ)
    if ran.code:
        raise AutosyncError(
            f"`systemctl --user {' '.join(words)}` failed: {ran.said}",
            hint="mend what it says and run this again; uninstall-timer takes back what was written",
        )
    return ran


def need_manager(environ: Mapping[str, str]) -> None:
    """Raises AutosyncError where no systemd of this user can be talked to. Writes nothing."""
    ran = _systemctl(["show", "--property=Version"], environ)
    if ran.code:
        raise AutosyncError(
            f"systemd is here, but no manager of this user answers: {ran.said}",
            hint="log in by console or ssh (not by su or sudo) and run this again, or use install-cron",
        )


def verify(texts: Mapping[str, str], environ: Mapping[str, str]) -> str:
    """What `systemd-analyze verify` says of the units ("" if all is well, or there is no such program)."""
    import tempfile  # only here

    os.makedirs(home := files.state_folder(environ), mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="units-", dir=home) as scratch:
        paths = [os.path.join(scratch, name) for name in texts]
        for path, text in zip(paths, texts.values(), strict=True):
            files.write(path, text.encode())
        # Without a runtime folder it ends before it has looked at anything, and says nothing.
        clean = {**environ, "XDG_RUNTIME_DIR": scratch}
        ran = files.run(["systemd-analyze", "--user", "verify", "--man=no", *paths], clean, timeout=60)
        said = "" if ran is None else ran.err.decode("utf-8", "backslashreplace")
        # It also speaks of other units of the machine; only lines about ours count.
        ours = [line for line in said.splitlines() if any(name in line for name in texts)]
        return "\n".join(line.replace(scratch + "/", "") for line in ours)


def linger(environ: Mapping[str, str]) -> bool | None:
    """Whether the user's manager runs without a login; None where that cannot be known."""
    ran = files.run(["loginctl", "show-user", str(os.getuid()), "--property=Linger", "--value"], environ)
    return None if ran is None or ran.code else ran.out.strip() == b"yes"


def _put(task: str, texts: Mapping[str, str], start: str, environ: Mapping[str, str], check: bool) -> TaskResult:
    """Writes the units, enables and starts one of them, and looks whether it is."""
    need_manager(environ)
    paths = {name: os.path.join(folder(environ), name) for name in texts}
    held = {name: files.read_own(path, _MARK) for name, path in paths.items()}
    stale = [name for name, text in texts.items() if held[name] != text.encode()]
    enabled = _systemctl(["is-enabled", start], environ).code == 0
    active = _systemctl(["is-active", start], environ).code == 0
    data = {"units": list(paths.values()), "linger": linger(environ)}
    notes = () if data["linger"] else (_LINGER,)
    if not stale and enabled and active:
        return TaskResult(task, Outcome.OK, f"{start} is installed and runs", details=notes, data=data)
    diff = "\n".join(text_diff(held[name] or b"", texts[name].encode(), name) for name in stale)
    if check:
        return TaskResult(task, Outcome.CHANGED, f"{start} would be installed", notes, diff, check=True, data=data)
    fault = verify(texts, environ)
    if fault:
        raise AutosyncError("systemd finds fault with the units; nothing was written", details=fault.splitlines())
    with files.locked(environ, "systemd"):
        for name in stale:
            files.write(paths[name], texts[name].encode())
        _must(["daemon-reload"], environ)
        _must(["enable", start], environ)
        _must(["restart" if stale else "start", start], environ)
    for word in ("is-enabled", "is-active"):
        _must([word, start], environ)
    return TaskResult(task, Outcome.CHANGED, f"{start} is installed and runs", notes, diff, data=data)


def _take(task: str, names: Sequence[str], start: str, environ: Mapping[str, str], check: bool) -> TaskResult:
    """Stops, disables and removes. Works without a manager too: then only files are removed."""
    paths = [os.path.join(folder(environ), name) for name in names]
    present = [path for path in paths if files.read_own(path, _MARK) is not None]
    if not present:
        return TaskResult(task, Outcome.OK, f"{start} is not installed", check=check)
    diff = "\n".join(text_diff(files.read(path) or b"", b"", os.path.basename(path)) for path in present)
    if check:
        return TaskResult(task, Outcome.CHANGED, f"{start} would be removed", diff=diff, check=True)
    stopped = files.run(["systemctl", "--user", "disable", "--now", start], environ, timeout=60)
    for path in present:
        files.remove(path)
    for wants in ("timers.target.wants", "default.target.wants"):
        files.remove(os.path.join(folder(environ), wants, start))
    files.run(["systemctl", "--user", "daemon-reload"], environ, timeout=60)
    reached = stopped is not None and stopped.code == 0
    notes = () if reached else ("systemd did not answer; the files are gone and it will see so at its next start",)
    return TaskResult(task, Outcome.CHANGED, f"{start} is removed", notes, diff)


def install_timer(
    environ: Mapping[str, str],
    *,
    every: str | None = None,
    check: bool = False,
    command: Sequence[str] | None = None,
) -> TaskResult:
    """Installs, enables and starts the user timer. every: `15m`, `1h` (default), `1d`.

    Raises UsageError for a wrong span and AutosyncError where systemd is missing or refuses.
    """
    when, period = calendar(every or "1h")
    words = command or sync_command(Trigger.SCHEDULE)
    texts = {units.SERVICE: units.service(words, environment(environ)), units.TIMER: units.timer(when, period)}
    return _put("install-timer", texts, units.TIMER, environ, check)


def uninstall_timer(environ: Mapping[str, str], *, check: bool = False) -> TaskResult:
    """Stops and removes the user timer."""
    return _take("uninstall-timer", (units.TIMER, units.SERVICE), units.TIMER, environ, check)


def install_watch(environ: Mapping[str, str], *, check: bool = False) -> TaskResult:
    """Installs, enables and starts the watcher as a user service. Raises as `install_timer` does."""
    texts = {units.WATCH: units.watch((program(), "watch"), environment(environ))}
    return _put("watch --install", texts, units.WATCH, environ, check)


def uninstall_watch(environ: Mapping[str, str], *, check: bool = False) -> TaskResult:
    """Stops and removes the watcher's user service."""
    return _take("watch --uninstall", (units.WATCH,), units.WATCH, environ, check)
