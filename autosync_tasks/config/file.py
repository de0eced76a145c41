"""Changes the config file: comments and order kept, atomic, nothing written when nothing differs."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from autosync_tasks.config import edit
from autosync_tasks.config.load import VARIABLE, config_error, home_folder, read_bytes
from autosync_tasks.config.settings import OWN, TABLE
from autosync_tasks.config.text import SWITCH, check_text, key_name, parse_text, setting_name, typed_where
from autosync_tasks.config.values import from_text, from_toml
from autosync_tasks.config.wording import nearest, plain, show_key, show_path
from autosync_tasks.errors import AutosyncError, LockedError
from autosync_tasks.files import lock, whose, write_whole
from autosync_tasks.profiles import USUAL

EMPTY = "# Settings of autosync-tasks. `autosync show-config` names them all.\n\n"
"""What a new file begins with, after the line that names its schema for editors."""

SCHEMA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "config.schema.json")
"""A JSON Schema of the file, made from the table of settings by `python tools/schemas.py`."""

_LOCK_WAIT = 10.0
"""Seconds. A holder only rewrites one small file."""

_TRIES = 5

Changed = list[tuple[str, object, object]]
"""Setting, the file's value before (None: it was not there) and after. Rules and lists are tuples."""


def set_values(path: str, changes: Mapping[str, object], environ: Mapping[str, str]) -> Changed:
    """Sets several settings in the config file at once, or none; returns what differs now.

    path: the file, which may be missing (made 0600, its folder 0700) or a link (its target is changed).
    changes: name, in small or capital letters -> text as a person typed it (a relative folder is taken from
    the current one), or a value of the setting's own type. environ: says what `~/` stands for.
    With the same values in it already the file is not touched. Raises ConfigError, with a line for each thing
    that is wrong, also with what the file would hold then; LockedError when another process keeps it locked.
    """
    wanted = _checked(changes, environ)
    return _write(path, wanted, environ, _place(environ, wanted))


def _write(path: str, wanted: Mapping[str, Any], environ: Mapping[str, str], profile: str) -> Changed:
    """Writes checked values into the table of a profile ("": the top); what differs now. See `set_values`."""
    target = os.path.realpath(path)
    if not os.path.exists(target) and (owner := whose(target)):
        raise AutosyncError(
            f"root runs this, and {show_path(path)} would lie in a folder of user {owner}; nothing was changed",
            hint="run it as that user, without sudo; or name another file in AUTOSYNC_CONFIG",
        )
    try:
        _make_folder(os.path.dirname(target))
        with _locked(target):
            return _apply(path, target, wanted, home_folder(environ), profile)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise AutosyncError(  # no wrong value: the disk
            f"the config file {show_path(path)} cannot be written: {reason}; nothing was changed",
            hint="check its folder's permissions and free space, or name another file in AUTOSYNC_CONFIG",
        ) from None


def switch(path: str, profile: str, on: bool, environ: Mapping[str, str], *, check: bool = False) -> bool:
    """Switches an agent's backup on or off in the config file; whether that was (or, with `check`, would be) a change.

    Raises what `set_values` raises.
    """
    if check:
        return bool(_edited(path, read_bytes(os.path.realpath(path)), {SWITCH: on}, home_folder(environ), profile)[0])
    return bool(_write(path, {SWITCH: on}, environ, profile))


def preview(path: str, changes: Mapping[str, object], environ: Mapping[str, str]) -> Changed:
    """What `set_values` would change, by the same path but for the write; raises what it raises for wrong values."""
    wanted = _checked(changes, environ)
    home, raw = home_folder(environ), read_bytes(os.path.realpath(path))
    return _edited(path, raw, wanted, home, _place(environ, wanted))[0]


def _place(environ: Mapping[str, str], wanted: Mapping[str, Any]) -> str:
    """The profile in whose table the values go, "" for the top. The usual one's places stand at the top."""
    name = environ.get(VARIABLE, "")
    return "" if name == USUAL and any(one in OWN for one in wanted) else name


def _checked(changes: Mapping[str, object], environ: Mapping[str, str]) -> dict[str, Any]:
    problems: list[str] = []
    where = typed_where(home_folder(environ), problems.append)
    wanted: dict[str, Any] = {}
    for key, value in changes.items():
        setting = TABLE.get(setting_name(key) if environ.get(VARIABLE, USUAL) != USUAL else key.lower())
        if setting is None:
            problems.append(f"{show_key(key)}: is no setting{nearest(key, TABLE)}")
            continue
        if setting.name in wanted:
            problems.append(f"{setting.variable}: is given twice; allowed: once")
            continue
        checked = from_text(setting, value, where) if isinstance(value, str) else from_toml(setting, value, where)
        if checked is not None:
            wanted[setting.name] = checked
            if not _is_unicode(checked):
                problems.append(f"{setting.variable}: is not valid UTF-8, so TOML cannot hold it; allowed: UTF-8")
    if problems:
        raise config_error(problems)
    return wanted


def _is_unicode(value: object) -> bool:
    items = value if isinstance(value, tuple) else (value,)
    return not any("\ud800" <= char <= "\udfff" for item in items if isinstance(item, str) for char in item)


def _make_folder(folder: str) -> None:
    # XDG Base Directory Specification: a folder that is missing is made with mode 0700.
    missing = []
    while not os.path.isdir(folder):
        missing.append(folder)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    for one in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(one, 0o700)


@contextmanager
def _locked(target: str) -> Iterator[None]:
    """Locks the file's folder: the file itself is replaced, so a lock on it would be on the old one."""
    fd = os.open(os.path.dirname(target), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            held = lock(fd, _LOCK_WAIT)
        except OSError as error:
            if error.errno not in (errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP):
                raise
            # NFS locks only what is open for writing (flock(2)), which a folder never is.
            spare = os.open(target + ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.dup2(spare, fd, inheritable=False)
            os.close(spare)
            held = lock(fd, _LOCK_WAIT)
        if not held:
            raise LockedError(
                f"another process keeps the config file {show_path(target)} locked",
                hint="run the command again when it has ended",
            )
        yield
    finally:
        os.close(fd)


def _apply(path: str, target: str, wanted: Mapping[str, Any], home: str, profile: str) -> Changed:
    for _ in range(_TRIES):
        raw = read_bytes(target)
        changed, edited = _edited(path, raw, wanted, home, profile)
        # One fixed name, under the lock: what a killed run left is taken over. An editor takes no lock, so the file is
        # looked at once more at the last moment.
        if not changed or write_whole(
            target,
            edited.encode(),
            scratch=os.path.basename(target) + ".new",
            like_old=True,
            unless=lambda raw=raw: read_bytes(target) != raw,  # type: ignore[misc]
        ):
            return changed
    raise LockedError(
        f"the config file {show_path(path)} is being changed by another program",
        hint="close it there and run the command again",
    )


def _edited(path: str, raw: bytes | None, wanted: Mapping[str, Any], home: str, profile: str) -> tuple[Changed, str]:
    """What differs, and the file's text with it. Only a text that is right as a whole is given out."""
    text = _new() if raw is None else _text(path, raw)
    problems: list[str] = []
    parse_text(text, path, problems)
    _raise_any(problems)
    # A wrong value that this very call replaces is no obstacle; any other is.
    problems, tables = check_text(text, path, home)
    before = tables.get(profile, {})
    changed: Changed = [
        (name, before.get(name), value)
        for name, value in wanted.items()
        if name not in before or not _same(before[name], value)
    ]
    if not changed:
        _raise_any(problems)
        return [], text
    named = {key_name(name) if profile else name: plain(value) for name, _, value in changed}
    edited = edit.edit(text, named, path, profile)
    problems, tables = check_text(edited, path, home, text)
    after = tables.get(profile, {})
    _raise_any(problems)
    expected = {**before, **wanted}
    if after.keys() != expected.keys() or not all(_same(after[name], expected[name]) for name in expected):
        raise edit.cannot_edit(path)
    return changed, edited


def _new() -> str:
    from urllib.parse import quote

    return f"#:schema file://{quote(SCHEMA)}\n{EMPTY}"


def _raise_any(problems: list[str]) -> None:
    if problems:
        raise config_error(problems)


def _text(path: str, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise config_error([f"{show_path(path)}: is not UTF-8; allowed: TOML in UTF-8"]) from None


def _same(one: object, other: object) -> bool:
    """Whether two values mean the same; a rule's origin does not count."""
    return plain(one) == plain(other)
