"""What the system says of itself below /proc and in /etc/machine-id: its limits, this process's file mode mask."""

from __future__ import annotations


def machine_id() -> str:
    """The installation's own name (machine-id(5)); "" where it has none."""
    return _read("/etc/machine-id")


def sysctl(name: str) -> str:
    """A setting, such as `fs.inotify.max_user_watches`; "" where there is none."""
    return _read("/proc/sys/" + name.replace(".", "/"))


def umask() -> int:
    """The file mode mask, read without changing it (proc(5), Linux 4.7). Raises OSError."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        return next((int(line.split()[1], 8) for line in file if line.startswith("Umask:")), 0o077)


def _read(path: str) -> str:
    try:
        with open(path, encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""
