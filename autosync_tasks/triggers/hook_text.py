"""Our hooks in an agent's own settings file, as a change of text: pure.

Claude Code, Codex and Gemini CLI read the same shape, `hooks.EVENT = [{"hooks": [{"type": "command", …}]}]`. The
clients drop keys that they do not know when they write the file, so a handler is ours if its command ends in MARK.
"""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autosync_tasks.errors import UsageError
from autosync_tasks.records import dataclass
from autosync_tasks.triggers.splice import SpliceError, put, replaced, take, value_of

MARK = "# autosync-tasks"

REVIEW = 'start `codex` in a terminal and look at the hook when it says "Hooks need review" (later: /hooks)'
_DETAILS: dict[str, dict[str, Any]] = {
    "claude-hooks": {"bom": True, "off": ((("disableAllHooks",), True), (("allowManagedHooksOnly",), True))},
    "codex-hooks": {
        "by_position": True,
        "trust": "config.toml",
        "after": f"Codex runs no hook that you have not reviewed, and nobody else may do that: {REVIEW}",
    },
    "gemini-hooks": {
        "comments": True,
        "label": "autosync",
        "off": ((("hooksConfig", "enabled"), False), (("hooksConfig", "disabled"), "autosync")),
        "after": "start Gemini CLI anew: it reads its hooks when it starts",
    },
}
"""What the programs were seen to do (Claude Code 2.1.332, Codex 0.171.0, Gemini CLI 0.61.0)."""


@dataclass(frozen=True, slots=True)
class HookFile:
    """What has to be known of an agent to put hooks into its file.

    agent: its name for people. file: in its home. events: after which it runs us. comments, bom: whether it takes them.
    by_position: a person's trust hangs on a hook's place in the list, so no other may move. label: the handler's
    `name`, where the agent shows one. off: keys, from the top, and the value with which hooks are switched off.
    trust: the TOML file in which a person's trust in a hook stands, where the agent asks for one. after: what a person
    must do for it to work.
    """

    agent: str
    file: str
    events: tuple[str, ...]
    comments: bool = False
    bom: bool = False
    by_position: bool = False
    label: str = ""
    off: tuple[tuple[tuple[str, ...], object], ...] = ()
    trust: str = ""
    after: str = ""


def hook_file(title: str, kind: str, file: str, events: tuple[str, ...]) -> HookFile | None:
    """What a profile's trigger of that kind is, None if it is no hook in a settings file."""
    return HookFile(title, file, events, **_DETAILS[kind]) if kind in _DETAILS else None


def trusted(value: Any, config: Any, file: HookFile) -> str:
    """What keeps the agent from running our hooks though they are there, "" if nothing does.

    config: what its TOML file says. Codex notes a person's trust under `PATH:event:group:handler`, with a hash of the
    hook as it was reviewed (seen with 0.171.0; a default time limit is written out in what is hashed).
    """
    tables = config if isinstance(config, dict) else {}
    if isinstance(features := tables.get("features"), dict) and features.get("hooks") is False:
        return f"{file.agent} runs no hooks: `features.hooks` is false"
    state = tables["hooks"].get("state") if isinstance(tables.get("hooks"), dict) else None
    state = state if isinstance(state, dict) else {}
    noted = {key: one.get("trusted_hash") for key, one in state.items() if isinstance(one, dict)}
    for event, group, handler, command in ours(value):
        name = "".join(f"_{c.lower()}" if c.isupper() else c for c in event).lstrip("_")
        held = [one for key, one in noted.items() if key.endswith(f"{file.file}:{name}:{group}:{handler}")]
        if not any(held):
            return f"{file.agent} does not run the hook for {event}: nobody has reviewed it"
        limit = value["hooks"][event][group]["hooks"][handler].get("timeout", 1 if event == "SessionEnd" else 600)
        known = {"type": "command", "command": command, "timeout": limit, "async": False}
        whole = {"event_name": name, "hooks": [known]}
        text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        if f"sha256:{hashlib.sha256(text.encode()).hexdigest()}" not in held:
            return f"{file.agent} does not run the hook for {event}: it is not as it was when somebody reviewed it"
    return ""


def shell_command(words: Sequence[str], env: Mapping[str, str]) -> str:
    """The hook: it returns at once and always with 0, outlives the agent, holds none of its streams and sees nothing of
    its environment, which holds keys.

    An exit code of 2 or more makes two of the agents go on for ever; `&` gives none away, not even if the program is
    gone. Codex asks the shell of the passwd entry: the quoting is what sh and fish have in common. Raises UsageError.
    """
    carried = ["nohup", "/usr/bin/env", "-i", *(f"{name}={value}" for name, value in env.items()), *words]
    bad = [word for word in carried if any(c in word for c in "'\\\n\r\0")]
    if bad or "=" in words[0]:
        raise UsageError(
            "a path with a quote, a backslash, a line break or `=` has no safe form in a hook",
            hint="install into a folder with a plain name, or use install-cron",
            details=bad or [words[0]],
        )
    return f"{shlex.join(carried)} </dev/null >/dev/null 2>&1 & {MARK}"


_PATH = re.compile(r" PATH=(?:'[^']*'|\S+)")


def ours(value: Any) -> Iterator[tuple[str, int, int, str]]:
    """Event, group, handler and command of each hook of ours in a file's value."""
    hooks = value.get("hooks") if isinstance(value, dict) else None
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for number, group in enumerate(groups if isinstance(groups, list) else ()):
            handlers = group.get("hooks") if isinstance(group, dict) else None
            for place, handler in enumerate(handlers if isinstance(handlers, list) else ()):
                command = handler.get("command") if isinstance(handler, dict) else None
                if isinstance(command, str) and command.rstrip().endswith(MARK):
                    yield event, number, place, command


def with_hooks(text: str, file: HookFile, command: str) -> str:
    """The text with one hook of ours for each event, at the end of its list or where one of ours stands already.

    Raises SpliceError where the text cannot be edited; then the agent may not read it either.
    """
    before = value_of(text, comments=file.comments)
    if not isinstance(before, dict):
        raise SpliceError("it does not hold one object")
    handler = {**({"name": file.label} if file.label else {}), "type": "command", "command": command}
    for event in file.events:
        found = [one for one in ours(value_of(text, comments=file.comments)) if one[0] == event]
        for one in reversed(found[1:]):
            text = _taken(text, file, one) or "{}"
        if not found:
            text = put(text, ("hooks", event), {"hooks": [handler]})
        elif found[0][3] != command:
            text = replaced(text, ("hooks", event, found[0][1], "hooks", found[0][2], "command"), command)
    return _proved(before, text, file)


def new_file(file: HookFile, command: str) -> str:
    """A file that holds our hooks alone."""
    return json.dumps(value_of(with_hooks("{}", file, command), comments=False), indent=2, ensure_ascii=False) + "\n"


def without_hooks(text: str, file: HookFile) -> str | None:
    """The text without our hooks; None if all of it was ours. Raises SpliceError."""
    before, left = value_of(text, comments=file.comments), text
    while found := list(ours(value_of(left, comments=file.comments))):
        taken = _taken(left, file, found[-1])
        if taken is None:
            return None
        left = taken
    return _proved(before, left, file)


def _taken(text: str, file: HookFile, found: tuple[str, int, int, str]) -> str | None:
    event, group, handler, _ = found
    groups = value_of(text, comments=file.comments)["hooks"][event]
    if len(groups[group]["hooks"]) > 1:
        return take(text, ("hooks", event, group, "hooks", handler))
    if file.by_position and group < len(groups) - 1:
        return take(text, ("hooks", event, group, "hooks", handler), up=False)
    return take(text, ("hooks", event, group))


def _proved(before: Any, text: str, file: HookFile) -> str:
    """The text, if it says of all that is not ours what it said before. Raises SpliceError."""
    if _rest(value_of(text, comments=file.comments)) != _rest(before):
        raise SpliceError("the edit would change something else in it; please report this")
    return text


def _rest(value: Any) -> Any:
    """A file's value without our hooks, and without what may be empty in their places."""
    hooks = {} if value.get("hooks") is None else value["hooks"]
    if not isinstance(hooks, dict):
        return value
    mine = {one[:3] for one in ours(value)}
    kept: dict[str, Any] = {}
    for event, groups in hooks.items():
        rest = groups
        if isinstance(groups, list):
            rest = [_group(event, n, group, mine) for n, group in enumerate(groups)]
            rest = [group for group in rest if group not in (None, {"hooks": []})]
        if rest not in ([], None):
            kept[event] = rest
    return {**{key: one for key, one in value.items() if key != "hooks"}, **({"hooks": kept} if kept else {})}


def _group(event: str, number: int, group: Any, mine: set[tuple[str, int, int]]) -> Any:
    if not any(one[:2] == (event, number) for one in mine):
        return group
    kept = [handler for n, handler in enumerate(group["hooks"]) if (event, number, n) not in mine]
    return {**group, "hooks": kept} if kept else None


def fault(value: Any, file: HookFile, command: str) -> str | None:
    """What is wrong with our hooks in a file's value: None if there are none, "" if nothing is."""
    found = {event: said for event, _, _, said in ours(value)}
    if not found:
        return None
    if off := switched_off(value, file):
        return f"{file.agent} runs no hooks: {off}"
    if missing := [event for event in file.events if event not in found]:
        return f"the hook for {', '.join(missing)} is gone"
    return "the hooks are not those that install-hook would write now" if strange(value, command) else ""


def strange(value: Any, command: str) -> bool:
    """Whether a hook of ours in a file's value is not this command: another installation, or machine, wrote it."""
    same = _PATH.sub("", command)  # another shell may find git elsewhere
    return any(_PATH.sub("", said) != same for *_, said in ours(value))


def switched_off(value: Any, file: HookFile) -> str:
    """The setting that keeps every hook from running, "" if none does."""
    for keys, off in file.off:
        here = value
        for key in keys:
            here = here.get(key) if isinstance(here, dict) else None
        if here == off or (isinstance(here, list) and off in here):
            return f"`{'.'.join(keys)}` is {str(off).lower() if isinstance(off, bool) else 'set so'}"
    return ""
