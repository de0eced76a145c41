"""The text of the systemd user units. Nothing here runs a program or reads a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from autosync_tasks.errors import UsageError

MARK = "# Written by autosync-tasks"
"""The first words of every unit of ours; a file without them is another's and stays as it is."""

SERVICE, TIMER, WATCH = "autosync.service", "autosync.timer", "autosync-watch.service"
LONGEST_RUN = 3600
"""Seconds: `run_deadline` ends an automatic run much earlier; this is for one that hangs beyond that."""

# What a user manager can grant without privileges (systemd.exec(5)). ProtectSystem= and its kind need a user
# namespace there, which many machines do not allow: such a service would not start at all.
_HARDENING = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
"""
_GENTLE = """\
Nice=10
IOSchedulingClass=idle
"""


def quote(word: str) -> str:
    """A word of ExecStart= or Environment= (systemd.service(5), "Command lines"; `%` is a specifier, doubled)."""
    text = word.replace("%", "%%")
    if re.fullmatch(r"[\w@%+=:,./~-]+", text, re.ASCII):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _command(words: Sequence[str]) -> str:
    # systemd 252 refuses quotes and backslashes in the program's path, and expands `$` in the words after it.
    if any(char in words[0] for char in "\"'\\"):
        raise UsageError(
            f"systemd takes no program whose path has a quote or a backslash: {words[0]}",
            hint="install into a folder with a plain name, or use install-cron",
        )
    return " ".join([quote(words[0]), *(quote(word).replace("$", "$$") for word in words[1:])])


def _environment(env: Mapping[str, str]) -> str:
    return "".join(f"Environment={quote(f'{name}={value}')}\n" for name, value in env.items())


def service(command: Sequence[str], env: Mapping[str, str]) -> str:
    """The service that the timer starts: one sync. A lock held by another run (75) is no failure."""
    return f"""{MARK} (install-timer); uninstall-timer removes it. Edits are replaced.
[Unit]
Description=Back up the agents' config trees

[Service]
Type=oneshot
ExecStart={_command(command)}
{_environment(env)}SuccessExitStatus=75
TimeoutStartSec={LONGEST_RUN}
{_GENTLE}{_HARDENING}"""


def timer(on_calendar: str, period: int) -> str:
    """The timer. period: seconds between two runs; a tenth of it, at most five minutes, is left to chance.

    Persistent=true: a run that was missed while the machine was off is made up for at the next start.
    """
    return f"""{MARK} (install-timer); uninstall-timer removes it. Edits are replaced.
[Unit]
Description=Back up the agents' config trees regularly

[Timer]
OnCalendar={on_calendar}
Persistent=true
RandomizedDelaySec={min(300, period // 10)}
X-AutosyncPeriod={period}
Unit={SERVICE}

[Install]
WantedBy=timers.target
"""


def watch(command: Sequence[str], env: Mapping[str, str]) -> str:
    """The watcher as a service. KillMode=mixed: a sync under way gets time to end by itself."""
    return f"""{MARK} (watch --install); watch --uninstall removes it. Edits are replaced.
[Unit]
Description=Back up the agents' config trees when they change

[Service]
Type=exec
ExecStart={_command(command)}
{_environment(env)}Restart=on-failure
RestartSec=60
KillMode=mixed
TimeoutStopSec=30
{_GENTLE}{_HARDENING}
[Install]
WantedBy=default.target
"""
