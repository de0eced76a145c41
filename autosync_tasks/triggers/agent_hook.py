"""Installs and removes our hooks in an agent's own settings file: the effects around `hook_text`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from autosync_tasks.config.load import VARIABLE, load
from autosync_tasks.config.places import found
from autosync_tasks.errors import AutosyncError, UsageError
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.names import display
from autosync_tasks.profiles import USUAL
from autosync_tasks.triggers import files
from autosync_tasks.triggers.command import environment, passwd_home, sync_command
from autosync_tasks.triggers.hook_text import (
    MARK,
    HookFile,
    fault,
    hook_file,
    new_file,
    ours,
    shell_command,
    strange,
    switched_off,
    trusted,
    with_hooks,
    without_hooks,
)
from autosync_tasks.triggers.result import TaskResult, text_diff
from autosync_tasks.triggers.splice import SpliceError, value_of

_BOM = b"\xef\xbb\xbf"
_MARK = MARK.encode()


def hook_command(words: Sequence[str], environ: Mapping[str, str]) -> str:
    """The text of the hook. words: the command that syncs. Nothing of the environment in which the hook runs gets in:
    what is needed stands in the text, as in a crontab.
    """
    env = {"HOME": environ.get("HOME") or passwd_home(), **environment(environ)}
    return shell_command(words, env)


def _text(path: str, held: bytes, file: HookFile) -> str:
    """What the file says, without a byte order mark. Raises UsageError where the agent could not read it either."""
    if held.startswith(_BOM) and not file.bom:
        raise _refusal(path, file, "it begins with a byte order mark")
    try:
        return held.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise _refusal(path, file, "it is not UTF-8") from None


def _refusal(path: str, file: HookFile, why: str) -> UsageError:
    return UsageError(
        f"{display(path)} cannot be edited: {why}",
        hint=f"mend it ({file.agent} does not read it as it is), then run this again; nothing was changed",
    )


_WAS_EMPTY = b"\n\n"
"""How a file ends that was there without a word in it; one that we make ends in one line break."""


def _edited(path: str, held: bytes | None, file: HookFile, command: str | None) -> bytes | None:
    """The file's bytes with our hooks (command: None takes them out); None where there should be no file."""
    if not held or (command is None and _MARK not in held):  # an empty file says nothing, and Claude Code takes it so
        if command is None:
            return held
        return new_file(file, command).encode() + (b"" if held is None else _WAS_EMPTY[1:])
    text = _text(path, held, file)
    try:
        new = without_hooks(text, file) if command is None else with_hooks(text, file, command)
    except SpliceError as error:
        raise _refusal(path, file, str(error)) from None
    if new is None:
        return b"" if held.endswith(_WAS_EMPTY) else None
    return held[: len(held) - len(held.removeprefix(_BOM))] + new.encode()


def _change(
    environ: Mapping[str, str], path: str, file: HookFile, command: str | None, *, check: bool
) -> tuple[bytes | None, bytes | None]:
    """Brings the file to what it should be; its bytes before and after. check: writes nothing."""

    def make(before: bytes | None) -> bytes | None:
        after = _edited(path, before, file, command)
        # a link is somebody's arrangement
        return b"{}\n" if after is None and before is not None and os.path.islink(path) else after

    if check:
        return (before := files.read(path)), make(before)
    with files.locked(environ, "hooks"):
        return files.rewrite(path, make, file.agent)


def _ours(path: str, held: bytes | None, file: HookFile) -> bytes:
    """Our hooks alone, a line each: what stands beside them may be secret and is not shown."""
    value = {} if not held else value_of(_text(path, held, file), comments=file.comments)
    return "".join(f"{event}: {command}\n" for event, _, _, command in ours(value)).encode()


def install(
    environ: Mapping[str, str], file: HookFile, home: str, words: Sequence[str], *, check: bool = False
) -> TaskResult:
    """Puts our hooks into the agent's file, or brings them up to date.

    home: the agent's folder. words: the command that syncs. Raises UsageError for a file that cannot be read.
    """
    path = os.path.join(home, file.file)
    if not os.path.isdir(home):
        raise UsageError(
            f"there is no {display(home) or f'config tree of {file.agent}'}",
            hint=f"start {file.agent} once, then run this again",
        )
    command = hook_command(words, environ)
    before, after = _change(environ, path, file, command, check=check)
    value = value_of(_text(path, after or b"{}", file), comments=file.comments)
    off = switched_off(value, file)
    details = (f"{file.agent} runs no hooks now: {off}",) if off else ()
    data = {"path": path, "events": list(file.events), "command": command}
    if before == after:
        reason = f"the hooks are up to date: {display(path)}"
        return TaskResult("install-hook", Outcome.OK, reason, details, check=check, data=data)
    verb, held = "would be" if check else "are", _ours(path, before, file)
    reason = f"the hooks {verb} {'brought up to date' if held else 'installed'}: {display(path)}"
    diff = text_diff(held, _ours(path, after, file), path)
    next_step = "" if check else file.after
    return TaskResult("install-hook", Outcome.CHANGED, reason, details, diff, next_step, check, data)


def uninstall(environ: Mapping[str, str], file: HookFile, home: str, *, check: bool = False) -> TaskResult:
    """Takes our hooks out; every other byte stays. Raises as `install` does."""
    if not home:
        reason = f"there are no hooks of ours, for there is no config tree of {file.agent}"
        return TaskResult("uninstall-hook", Outcome.OK, reason, check=check)
    path = os.path.join(home, file.file)
    before, after = _change(environ, path, file, None, check=check)
    data: dict[str, object] = {"path": path}
    if before == after:
        reason = f"there are no hooks of ours: {display(path)}"
        return TaskResult("uninstall-hook", Outcome.OK, reason, check=check, data=data)
    reason = f"the hooks {'would be' if check else 'are'} removed: {display(path)}"
    diff = text_diff(_ours(path, before, file), b"", path)
    return TaskResult("uninstall-hook", Outcome.CHANGED, reason, (), diff, "", check, data)


def state_of(environ: Mapping[str, str], file: HookFile, home: str, words: Sequence[str]) -> str | None:
    """None: no hooks of ours there; "": they are up to date; else what is wrong. Reads only."""
    path = os.path.join(home, file.file)
    try:
        held = files.read(path) if home else None
        if held is None:
            return None
        value = value_of(_text(path, held, file), comments=file.comments)
    except SpliceError as error:
        return f"{file.agent} cannot read it: {error}" if _MARK in (held or b"") else None
    except AutosyncError as error:
        return error.message
    wrong = fault(value, file, hook_command(words, environ))
    return trusted(value, _toml(os.path.join(home, file.trust)), file) if wrong == "" and file.trust else wrong


def of_others(environ: Mapping[str, str], file: HookFile, held: bytes, words: Sequence[str]) -> bool:
    """Whether bytes of the agent's file hold hooks of ours that another machine, or installation, wrote."""
    try:
        value = value_of(_text(file.file, held, file), comments=file.comments)
        return strange(value, hook_command(words, environ))
    except (AutosyncError, SpliceError):
        return False


def _toml(path: str) -> object:
    import tomllib

    try:
        return tomllib.loads((files.read(path) or b"").decode())
    except (AutosyncError, ValueError, RecursionError):
        return {}


def of_profile(environ: Mapping[str, str]) -> tuple[HookFile, str, tuple[str, ...]] | None:
    """What the hooks of the profile in question are: the file, the agent's folder ("" if there is none), the words.

    The command names no profile: one turn's end is the moment for all that are switched on, shared skills too. None
    where the agent takes no such hooks.
    """
    if environ.get(VARIABLE, USUAL) == USUAL:
        return None
    loaded = load(environ)
    profile = loaded.settings.profile.read()
    one = profile.trigger
    file = hook_file(profile.title, one.kind, one.file, one.events) if one else None
    home = loaded.settings.opencode_source or found(loaded.settings.profile, environ, loaded.home)
    return None if file is None else (file, home, sync_command(Trigger.WORKFLOW))
