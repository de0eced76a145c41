"""Looks at one environment from inside, as JSON on standard output: `python -m autosync_tasks.doctor.probe`.

The doctor starts it with the environment that cron gives, to see what an unattended run would see.
"""

from __future__ import annotations

import json
import locale
import os
import shutil
import subprocess
import sys


def look() -> dict[str, object]:
    """What this process finds: programs, locale, the two trees or why they cannot be found."""
    from autosync_tasks.errors import AutosyncError, BackupError
    from autosync_tasks.workspace.validation_context import acceptances
    from autosync_tasks.workspace.workspace import open_site

    found: dict[str, object] = {
        "python": ".".join(map(str, sys.version_info[:3])),
        "encoding": locale.getpreferredencoding(False),
        "git": _git_version(),
        "ssh": shutil.which("ssh") or "",
        "agent": bool(os.environ.get("SSH_AUTH_SOCK")),
        "source": "",
        "backup": "",
        "config": "",
        "error": "",
        "hint": "",
    }
    try:
        site = open_site(os.environ)
        found.update(
            source=site.places.real_source,
            backup=site.places.real_backup,
            config=site.loaded.path,
            state=site.state.folder,
            push=site.settings.auto_sync_push,
            remote=site.settings.remote,
            wrong=site.wrong_source,
            outside=[(one.what, one.remedy) for one in site.outside],
        )
        found["commit"] = site.repository.ref() if site.repository.exists else ""
        accepted = acceptances(site)  # without them nothing is judged; a sync that is held back does not come so far
        accepted.all()
        accepted.peek_key()
    except BackupError:
        pass  # a sync in check mode says it
    except AutosyncError as error:
        found["error"] = "; ".join([error.message, *error.details])
        found["hint"] = error.hint
    return found


def _git_version() -> str:
    """`2.39.5`; "" if git cannot be started."""
    try:
        ended = subprocess.run(["git", "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    words = ended.stdout.split()
    return words[2] if ended.returncode == 0 and len(words) > 2 else ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look(), ensure_ascii=True) + "\n")
