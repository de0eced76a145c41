"""What the program knows of each agent, as files of data: those that are shipped, then a person's own in the config
folder. Here they are found and read."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from autosync_tasks.errors import ConfigError, UsageError
from autosync_tasks.files import opened
from autosync_tasks.names import display
from autosync_tasks.records import dataclass

if TYPE_CHECKING:
    from autosync_tasks.profiles.profile import Profile

SHIPPED = os.path.dirname(os.path.abspath(__file__))
USUAL = "opencode"
"""Whose places stand at the top of the config file, and which needs no setting."""
MAX_FILE = 262_144
"""Bytes. A profile is a page."""


@dataclass(frozen=True, slots=True)
class Source:
    """A profile's file, which is read when something is asked of it. config_home: the config folder of this program."""

    name: str = USUAL
    config_home: str = ""

    @property
    def unusual(self) -> str:
        """The name, "" for the usual one."""
        return "" if self.name == USUAL else self.name

    @property
    def path(self) -> str:
        """The file. A shipped one cannot be replaced: its rules keep secrets out."""
        shipped = os.path.join(SHIPPED, f"{self.name}.toml")
        return shipped if os.path.exists(shipped) else os.path.join(self.config_home, "profiles", f"{self.name}.toml")

    def exists_or_raise(self) -> None:
        """Raises UsageError where there is no such profile."""
        if "/" in self.name or not os.path.exists(self.path):
            from autosync_tasks.profiles.check import NAME

            own = f"; one of your own is {display(self.path)}" if re.fullmatch(NAME, self.name) else ""
            once = "one at a time: " if "," in self.name or " " in self.name.strip() else ""
            raise UsageError(
                f"there is no profile {display(self.name)}",
                hint=f"{once}known are {', '.join(names(self.config_home))}{own}",
            )

    def read(self) -> Profile:
        """The profile. Raises ConfigError with a line for each thing that is wrong, UsageError where there is none."""
        self.exists_or_raise()
        status = os.stat(self.path)
        return _read(self.name, self.path, (status.st_mtime_ns, status.st_size))

    def stamp(self) -> str:
        """What differs when the file does, without reading it."""
        try:
            status = os.stat(self.path)
        except OSError:
            return self.name
        return f"{self.name} {status.st_mtime_ns} {status.st_size}"


def names(config_home: str) -> list[str]:
    """Every profile's name: the shipped ones with the usual one first, then a person's own."""
    shipped, own = (_in(folder) for folder in (SHIPPED, os.path.join(config_home, "profiles")))
    return [USUAL, *(name for name in shipped if name != USUAL), *(name for name in own if name not in shipped)]


def hidden(config_home: str) -> list[tuple[str, str]]:
    """A person's own that are not read, for a shipped one has their name: each with its file."""
    folder = os.path.join(config_home, "profiles")
    return [(name, os.path.join(folder, f"{name}.toml")) for name in _in(folder) if name in _in(SHIPPED)]


def _in(folder: str) -> list[str]:
    try:
        return sorted(name.removesuffix(".toml") for name in os.listdir(folder) if name.endswith(".toml"))
    except OSError:
        return []


@lru_cache(maxsize=32)
def _read(name: str, path: str, _stamp: tuple[int, int]) -> Profile:
    from autosync_tasks.profiles.check import check
    from autosync_tasks.profiles.plain import plain

    shipped = os.path.dirname(path) == SHIPPED
    wrong: list[str] = []
    where = f"{path if path.isprintable() else repr(path)}: "
    table: dict[str, object] = {}
    text = ""
    try:
        with opened(path) as file:
            raw = file.read(MAX_FILE + 1)
        text = raw.decode() if len(raw) <= MAX_FILE else ""
        if (known := plain(text)) is None:
            import tomllib

            known = tomllib.loads(text)
        table = known
        if not table:
            wrong.append(f"{where}is empty or larger than {MAX_FILE:,} bytes; allowed: a profile")
    except (ValueError, RecursionError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        wrong.append(f"{where}is not valid TOML in UTF-8: {str(error)[:200]}")
    except OSError as error:
        wrong.append(f"{where}cannot be read: {(error.strerror or str(error)).lower()}")
    profile = None if wrong else check(name, table, where, "built in" if shipped else f"profile {name}", wrong.append)
    if wrong or profile is None:
        from autosync_tasks.profiles.located import located

        count = len(wrong)
        raise ConfigError(
            f"the profile {display(name)} is wrong" + (f" in {count} places" if count > 1 else ""),
            hint="correct it and run again",
            details=located(wrong[:40], where[:-2], text),
        )
    return profile
