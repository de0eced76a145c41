"""The one error boundary: every task runs inside it, and every foreseeable fault leaves through it."""

from __future__ import annotations

import errno
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, ParamSpec

from autosync_tasks.errors import NO_MEMORY, AutosyncError, LockedError, OutputError
from autosync_tasks.names import one_run

P = ParamSpec("P")

_LIMITS = {
    errno.EMFILE: "let it have more open files (`ulimit -n`), then run it again",
    errno.EFBIG: "let it write larger files (`ulimit -f`), then run it again",
    errno.EAGAIN: "let it have more processes (`ulimit -u`) or more memory, then run it again",
    errno.ENOMEM: "let it have more memory (`ulimit -v`, a container's limit), then run it again",
}
"""What a person does about a limit that was met."""


def bounded(task: Callable[P, int]) -> Callable[P, None]:
    """Turns a task's exit code, and any foreseeable error, into Invoke's way of ending with a code."""

    @functools.wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        if code := code_of(task, *args, **kwargs):
            from invoke import Exit

            raise Exit(code=code)

    return run


def code_of(task: Callable[P, int], *args: P.args, **kwargs: P.kwargs) -> int:
    """Runs a task; its exit code, or that of a foreseeable error, which is told.

    With `json=True` an error is a JSON document; else words on standard error.
    """
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # by who started this: no child's end would be heard
    # And the mask that it gave: it must neither shut this user out of what is made here nor let everybody write there.
    os.umask(os.umask(0o077) & 0o077 | 0o002)
    with one_run():
        try:
            return task(*args, **kwargs)
        except AutosyncError as error:
            fault: AutosyncError = error
        except MemoryError:
            fault = AutosyncError(NO_MEMORY, hint=_LIMITS[errno.ENOMEM])
        except OSError as error:
            fault = _of_system(error)
        except KeyboardInterrupt:
            from autosync_tasks.report.screen import interrupted

            interrupted()
            return 130
        return told(fault, as_json=bool(kwargs.get("json")), scheduled=kwargs.get("trigger") == "schedule")


def told(error: AutosyncError, *, as_json: bool, stream: bool = False, scheduled: bool = False) -> int:
    """Tells an error to a person or a program; returns its exit code. stream: documents came before it, a line each.

    scheduled: it goes to the system's log too.
    """
    from autosync_tasks.report import as_json as json_report
    from autosync_tasks.report import lines, log, screen

    if as_json and not isinstance(error, OutputError):
        json_report.show("error", json_report.of_error(error), stream=stream)
    else:
        urgency = log.NOTICE if isinstance(error, LockedError) else log.ERROR
        screen.show(lines.of_error(error), error=True, urgency=urgency)
        if scheduled:
            log.to_syslog(error.message, urgency, sys.stderr)
    return error.exit_code


def _of_system(error: OSError) -> AutosyncError:
    where: Any = error.filename
    if isinstance(where, bytes):
        where = where.decode("utf-8", "surrogateescape")
    what = (error.strerror or str(error)).lower()
    way = _LIMITS.get(error.errno or 0, "look at free space and permissions there, then run it again")
    return AutosyncError(f"{where}: {what}" if where else what, hint=f"{way}; nothing half-done is visible")
