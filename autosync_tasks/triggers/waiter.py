"""The one waiter: asks again at `retry_at` when a sync after an agent's turn was deferred.

The watcher and the schedule come back by themselves; a session may have ended for good, and its last edit must
not wait for the next one. The waiter is a shell that sleeps (2 MB, where a Python would be 20), then becomes the
sync. Its lock is its standard input, so the kernel takes the lock back however it ends.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

from autosync_tasks.errors import AutosyncError
from autosync_tasks.files import lock, write_whole
from autosync_tasks.triggers import files

LONGEST = 6 * 3600.0
"""Seconds: the default cap of the backoff. What waits longer waits for the next trigger."""

LOCKED_RETRY = 5.0
"""Seconds until another look where another run held the lock."""

# $1: the file with the time; then the command. It looks at the file again now and then: an earlier time may have
# been written since, and a machine that slept must not sleep on.
_SHELL = """
file=$1; shift
while read -r at < "$file" && left=$((at - $(date +%s))) && [ "$left" -gt 0 ]; do
    [ "$left" -gt 20 ] && left=20
    sleep "$left"
done
exec "$@" < /dev/null
"""


def leave(
    folder: str, at: int, retry_at: float, now: float, command: Sequence[str], environ: Mapping[str, str]
) -> subprocess.Popen[bytes] | None:
    """Leaves the waiter, or tells the one that waits already of an earlier time.

    folder: the state folder of this source and backup; at: a descriptor of it. retry_at, now: seconds since the epoch.
    Returns the new waiter, None if there is one already or the wait is too long. A fault is no reason to fail.
    """
    if retry_at - now > LONGEST:
        return None
    until = int(retry_at) + 1  # `date` gives whole seconds; never a moment too early
    path = os.path.join(folder, "waiter")
    try:
        handle = os.open("waiter.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600, dir_fd=at)
    except OSError:
        return None
    try:
        if not lock(handle):
            if until < _waits_until(path):
                write_whole("waiter", b"%d\n" % until, at=at)
            return None
        write_whole("waiter", b"%d\n" % until, at=at)
        return subprocess.Popen(
            ["/bin/sh", "-c", _SHELL, "waiter", path, *command],
            stdin=handle,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
            cwd="/",
            start_new_session=True,
        )
    except (AutosyncError, OSError):
        return None
    finally:
        os.close(handle)


def _waits_until(path: str) -> float:
    try:
        return float(files.read(path) or b"")
    except ValueError:
        return float("inf")
