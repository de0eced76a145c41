"""A stand-in for `systemctl --user`: the machine that tests run on must not get a unit, and may have no user manager.

The units themselves are real, and judged by the real `systemd-analyze`.
"""

from __future__ import annotations

from pathlib import Path

_PROGRAM = r"""#!/bin/sh
# keeps what a user manager would: which unit is enabled and started; reads the unit files like one, on reload
shift
[ "$1" = --no-pager ] && shift
dir="${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user"
case "$1" in
show) echo Version=252 ;;
daemon-reload) echo reload >> "$FAKE_LOG" ;;
enable) [ -e "$dir/$2" ] && touch "$FAKE_STATE/enabled-$2"; echo "enable $2" >> "$FAKE_LOG" ;;
start|restart) touch "$FAKE_STATE/active-$2"; echo "$1 $2" >> "$FAKE_LOG" ;;
is-enabled) [ -e "$FAKE_STATE/enabled-$2" ] ;;
is-active) [ -e "$FAKE_STATE/active-$2" ] ;;
disable) rm -f "$FAKE_STATE"/*-"$3" ;;
esac
"""


def stand_in(root: Path, path: str) -> dict[str, str]:
    """Puts it below this folder. Returns the variables it needs; its own folder comes first on `path`."""
    programs, state = root / "bin", root / "state"
    programs.mkdir(exist_ok=True)
    state.mkdir()
    (programs / "systemctl").write_text(_PROGRAM)
    (programs / "systemctl").chmod(0o755)
    return {"PATH": f"{programs}:{path}", "FAKE_STATE": str(state), "FAKE_LOG": str(root / "log")}
