"""Loads the settings: defaults < file < environment, strictly, with all errors at once.

No pydantic-settings: it was measured at 230 ms of start for every run; this takes about 5 ms beside tomllib.
No platformdirs: it takes 36 ms to import and reads `os.environ`, not the environment that is passed in (a
test compares the folders with its answers). Not Invoke's configuration: it casts "false" to true.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping
from typing import Any

from autosync_tasks.config.settings import OWN, TABLE, Settings
from autosync_tasks.config.text import SWITCH, check_text, here, tables
from autosync_tasks.config.wording import show, show_path
from autosync_tasks.errors import ConfigError
from autosync_tasks.names import FIT, display, unfit
from autosync_tasks.profiles import USUAL, Source
from autosync_tasks.records import dataclass, field

APP = "autosync-tasks"
VARIABLE = "AUTOSYNC_PROFILE"
"""Names the profile that a run is about; `--profile` sets it, for the run and for what it starts."""
MAX_FILE = 262_144
"""Bytes: over a hundred times a file with every setting in it. What is larger is not a config file."""

_MAX_DETAILS = 40


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings and where each comes from.

    origins: setting -> "default", "config file" or "environment variable X". path: the config
    file, absolute; exists: whether it is there. The folders are this program's own (autosync-tasks), in the
    XDG ones: config_home (acceptances), data_home (the backup that `sync` makes by itself), state_home; they
    need not exist. home: the user's home folder, "" if unknown.
    """

    settings: Settings
    origins: Mapping[str, str]
    path: str
    exists: bool
    config_home: str
    data_home: str
    state_home: str
    home: str
    file: Mapping[str, object] = field(default_factory=dict)
    """What the config file itself says, whatever overrides it."""
    text: str = ""
    """The file."""

    @property
    def backup(self) -> str:
        """The folder of the backup: the setting, else the usual one."""
        return self.settings.opencode_backup or os.path.join(self.data_home, "backup")


def load(environ: Mapping[str, str]) -> Loaded:
    """Reads the settings. environ: the environment.

    A missing file is no error. Raises ConfigError, with a line in `details` for each thing that is wrong.
    """
    problems: list[str] = []
    home = home_folder(environ)
    if not environ.get("HOME", "/").startswith("/"):
        problems.append(f"environment variable HOME = {show(environ['HOME'])}: is no full path; allowed: one, or unset")
    elif why := unfit(home):
        problems.append(_unfit("HOME", home, why))
    folders = [_own_folder(kind, environ, problems) for kind in ("config", "data", "state")]
    path = _config_path(environ, folders[0], problems)
    values: dict[str, Any] = {}
    origins = dict.fromkeys(TABLE, "default")
    text = _read(path, problems) if path else None
    name = environ.get(VARIABLE) or USUAL
    profile = Source(name, "" if name == USUAL else folders[0])
    if text is not None:
        wrong, tables_of = check_text(text, path, home)
        problems += wrong
        of_all = tables_of[""].items()
        values = {key: value for key, value in of_all if profile.name == USUAL or key not in OWN}
        values |= tables_of.get(profile.name, {})
        values.pop(SWITCH, None)
        origins |= dict.fromkeys(values, "config file")
    in_file = dict(values)
    _take_environment(environ, home, values, origins, problems, () if profile.name == USUAL else OWN)
    if problems:
        raise config_error(problems)
    if profile.name != USUAL:
        profile.exists_or_raise()
        values.setdefault("backup_branch", profile.name)
        folders[1] = os.path.join(folders[1], "profiles", profile.name)
    settings = Settings(**values, profile=profile)
    own = (folders[0], folders[1], folders[2], home)
    return Loaded(settings, origins, path, text is not None, *own, file=in_file, text=text or "")


def need_named(loaded: Loaded, environ: Mapping[str, str]) -> None:
    """Raises ConfigError where AUTOSYNC_CONFIG names a file that is not there: by that nobody means all defaults."""
    if "AUTOSYNC_CONFIG" in environ and not loaded.exists:
        raise ConfigError(
            f"AUTOSYNC_CONFIG names {show_path(loaded.path)}, and there is no such file",
            hint="correct or unset it; or make that file: `inv set-config OPENCODE_SOURCE=FOLDER`",
        )


def switched_on(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The profiles that are backed up: each that has a table in the config file, unless that says `on = false`; the
    usual one also without. Where nothing can be read it is the usual one, and who runs it will tell what is wrong."""
    problems: list[str] = []
    path = _config_path(environ, _own_folder("config", environ, problems), problems)
    try:
        text = _read(path, problems) if path else None
    except ConfigError:
        text = None
    found = {USUAL: {}, **tables(text, path)} if text and "profiles" in text else {USUAL: {}}
    on = tuple(name for name, table in found.items() if table.get(SWITCH) is not False)
    return on or (USUAL,)


def config_error(problems: list[str]) -> ConfigError:
    """One error for all problems."""
    count = len(problems)
    shown = problems[:_MAX_DETAILS] + ([f"and {count - _MAX_DETAILS} more"] if count > _MAX_DETAILS else [])
    return ConfigError(
        "a setting is wrong" if count == 1 else f"{count} settings are wrong",
        hint="correct them and run again; then `inv show-config` names every setting",
        details=shown,
    )


def home_folder(environ: Mapping[str, str]) -> str:
    """HOME if it is a full path, else the user database's home folder (where HOME comes from), else ""."""
    home = environ.get("HOME", "")
    if not home.startswith("/"):
        import pwd

        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:  # a container with a user number that has no entry
            return ""
    return home.rstrip("/") or "/" if home.startswith("/") else ""


_XDG = {"config": ".config", "data": ".local/share", "state": ".local/state"}


def xdg_folder(kind: str, environ: Mapping[str, str]) -> str:
    """The XDG base folder for "config", "data" or "state"; "" if it cannot be known.

    A relative path in the variable is ignored, as the XDG Base Directory Specification 0.8 asks.
    """
    folder = environ.get(f"XDG_{kind.upper()}_HOME", "")
    if folder.startswith("/"):
        return os.path.normpath(folder)
    home = home_folder(environ)
    return os.path.join(home, _XDG[kind]) if home else ""


def _own_folder(kind: str, environ: Mapping[str, str], problems: list[str]) -> str:
    base = xdg_folder(kind, environ)
    if not base:
        problems.append(
            f"there is no home folder: HOME is not set to a full path and the user has no entry in the user "
            f"database; allowed: a full path in HOME (or in XDG_{kind.upper()}_HOME)"
        )
    elif (why := unfit(base)) and not unfit(home_folder(environ)):
        problems.append(_unfit(f"XDG_{kind.upper()}_HOME", base, why))
    return os.path.join(base, APP) if base else ""


def _unfit(variable: str, path: str, why: str) -> str:
    return f'environment variable {variable} = "{display(path)}": {why}; allowed: {FIT}'


def _config_path(environ: Mapping[str, str], config_home: str, problems: list[str]) -> str:
    named = environ.get("AUTOSYNC_CONFIG")
    if named is None:
        return os.path.join(config_home, "config.toml") if config_home else ""
    if not named.strip() or "\0" in named:
        problems.append('environment variable AUTOSYNC_CONFIG = "": is empty; allowed: the path of a file, or unset')
        return ""
    if named.startswith("~/"):
        named = (home_folder(environ) or "~") + named[1:]
    if not named.startswith("/"):
        folder = here()
        if not folder or named.startswith("~/"):
            problems.append(
                f"environment variable AUTOSYNC_CONFIG = {show(named)}: nothing says what it is relative to; "
                "allowed: a full path"
            )
            return ""
        named = os.path.join(folder, named)
    if why := unfit(named):
        problems.append(_unfit("AUTOSYNC_CONFIG", named, why))
    return os.path.normpath(named)


def _read(path: str, problems: list[str]) -> str | None:
    """The file's text; None if there is no file, or after reporting why it cannot be read."""
    try:
        raw = read_bytes(path)
        return None if raw is None else raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        problems.append(f"{show_path(path)}, line {line}: is not UTF-8; allowed: TOML in UTF-8")
    except ConfigError as error:
        if error.details:
            raise
        problems.append(error.message)
    return None


def read_bytes(path: str) -> bytes | None:
    """The config file's bytes, None if it is missing. Raises ConfigError if it cannot be read."""
    try:
        # O_NONBLOCK: opening a FIFO must not wait for a writer that never comes.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        mode = os.fstat(fd).st_mode
        if not stat.S_ISREG(mode):
            what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise ConfigError(f"{show_path(path)}: is {what}; allowed: a TOML file")
        with open(fd, "rb", closefd=False) as file:
            raw = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(fd)
    if len(raw) > MAX_FILE:
        raise ConfigError(f"{show_path(path)}: is larger than {MAX_FILE:,} bytes; allowed: a TOML file of settings")
    return raw


def _unreadable(path: str, error: OSError) -> ConfigError:
    why = (error.strerror or str(error)).lower()
    try:
        owner = os.stat(path).st_uid
    except OSError:
        owner = os.geteuid()
    whose = "" if owner == os.geteuid() else f" (it belongs to user {owner}, and this runs as {os.geteuid()})"
    return ConfigError(
        "the config file cannot be read",
        hint="mend its permissions, or name another file in AUTOSYNC_CONFIG",
        details=[f"{show_path(path)}: cannot be read: {why}{whose}"],
    )


def _take_environment(
    environ: Mapping[str, str],
    home: str,
    values: dict[str, Any],
    origins: dict[str, str],
    problems: list[str],
    but: Collection[str],
) -> None:
    given = [setting for setting in TABLE.values() if setting.variable in environ and setting.name not in but]
    if not given:
        return
    from autosync_tasks.config.values import Where, from_text

    where = Where("environment variable ", lambda s: s.variable, "RULES rule", home=home, report=problems.append)
    for setting in given:
        text = environ[setting.variable]
        value = from_text(setting, text, where)
        if value is not None:
            values[setting.name], origins[setting.name] = value, f"environment variable {setting.variable}"
