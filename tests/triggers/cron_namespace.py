"""Namespaces for a real Debian cron: private mounts, processes, /run, spool, /etc/cron.d and home.

Nothing of the machine's own crontabs can be seen or touched from inside.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_SETUP = r"""
set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool/cron
mkdir /var/spool/cron/crontabs
chgrp crontab /var/spool/cron/crontabs
chmod 1730 /var/spool/cron/crontabs
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
awk -F: -v OFS=: -v home="$HOME" '$3 == 0 { $6 = home } { print }' /etc/passwd > /run/passwd
mount --bind /run/passwd /etc/passwd
cd "$HOME"
"""


def need() -> None:
    """Skips, with the reason, where no cron can be started in private."""
    if os.getuid() != 0:
        pytest.skip("a private cron needs root, to make its own mounts")
    for program in ("cron", "crontab", "unshare"):
        if not shutil.which(program):
            pytest.skip(f"there is no `{program}` on this machine (tools/install-system-packages.sh installs it)")
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/run"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode:
        pytest.skip(f"no private namespaces here: {tried.stderr.strip()}")


def inside(script: str, home: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Runs a bash script in there. home: what the private passwd file gives as root's home folder.

    The real one stays where it is: an interpreter may live below it.
    """
    whole = _SETUP + script
    environ = {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "LANG": "C.UTF-8",
    }
    words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "bash", "-c", whole]
    return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=timeout, check=False)
