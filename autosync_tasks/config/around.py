"""What stands around the tree and is no part of it: what else OpenCode reads, and who owns the program's files."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from autosync_tasks.config.places import is_within
from autosync_tasks.humanize import count
from autosync_tasks.names import display

_SKILLS = os.path.join(".agents", "skills")
"""Where `npx skills add -g` keeps the only copy; OpenCode reads it there, and other agents do too."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that a person should know. what: a sentence about it; remedy: what to do."""

    what: str
    remedy: str


def outside(environ: Mapping[str, str], home: str, source: str, followed: Sequence[str]) -> tuple[Concern, ...]:
    """What OpenCode reads besides the tree, and is in no backup.

    home: the user's; source: the config tree;
    followed: the setting `follow_links_into`.
    """
    return (*_named(environ, home, source), *_skills(home, source, followed))


def _named(environ: Mapping[str, str], home: str, source: str) -> Iterator[Concern]:
    for variable in ("OPENCODE_CONFIG", "OPENCODE_CONFIG_DIR"):
        path = environ.get(variable, "")
        if path.startswith("~/"):
            path = home + path[1:]
        real = os.path.realpath(path)
        if path and os.path.exists(path) and not is_within(real, os.path.realpath(source)):
            yield Concern(
                f"{variable} names {display(path)}: OpenCode reads it too, and it is outside the tree, in no backup",
                f"move it into {display(source)}, or keep a copy of it yourself",
            )


def _skills(home: str, source: str, followed: Sequence[str]) -> Iterator[Concern]:
    """The shared skills: safe only where a link in the tree leads to each and links into their folder are followed."""
    shared = os.path.join(home, _SKILLS)
    real = os.path.realpath(shared)
    names = _skills_in(shared)
    if not home or not names or is_within(real, os.path.realpath(source)):
        return
    if not any(is_within(real, os.path.realpath(folder)) for folder in followed):
        value = ", ".join(f'"{folder}"' for folder in (*followed, "~/.agents/skills"))
        yield Concern(
            f"{count(len(names), 'skill')} in ~/.agents/skills: OpenCode reads them, and they are in no backup",
            f"autosync set-config FOLLOW_LINKS_INTO='[{value}]': then what links of the tree lead to there is kept",
        )
    linked = {
        os.path.realpath(os.path.join(source, folder, name))
        for folder in ("skill", "skills")
        for name in _entries(os.path.join(source, folder))
    }
    lone = [name for name in names if os.path.realpath(os.path.join(shared, name)) not in linked]
    if lone and real not in {os.path.realpath(os.path.join(source, folder)) for folder in ("skill", "skills")}:
        yield Concern(
            f"{count(len(lone), 'skill')} in ~/.agents/skills without a link in the tree, such as {display(lone[0])}: "
            "in no backup",
            f"ln -s ~/.agents/skills/{display(lone[0])} {display(source)}/skills/ (and so each of them)",
        )


def _skills_in(folder: str) -> list[str]:
    return [name for name in _entries(folder) if os.path.isfile(os.path.join(folder, name, "SKILL.md"))]


def _entries(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def name_of(uid: int) -> str:
    """The user's name, or the number of one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def ownership(home: str, paths: Iterable[str]) -> tuple[Concern, ...]:
    """Whether this user may own what this program writes: root in a person's home (`sudo`) leaves files there that the
    person's own runs cannot use.

    home: the user's; paths: files and folders of this program. What is missing is left to others to tell.
    """
    me = os.geteuid()
    if me == 0:
        owner = _owner(home) if home else 0
        if not owner:
            return ()
        what = f"root runs this in the home of {name_of(owner)}: what it writes there is root's"
        return (Concern(what, f"run it as {name_of(owner)}, without sudo"),)
    strange = [next((one for one in _at(path) if _owner(one) not in (me, None)), "") for path in paths]
    return tuple(
        Concern(
            f"{display(path)} belongs to {name_of(_owner(path) or 0)}, not to {name_of(me)}",
            f"sudo chown -R {name_of(me)}: {shlex.quote(os.path.dirname(path))}",
        )
        for path in strange
        if path
    )


def _owner(path: str) -> int | None:
    try:
        return os.lstat(path).st_uid
    except OSError:
        return None


def _at(path: str) -> Iterator[str]:
    """The path, and what lies right in it; of a repository also what lies right in that."""
    yield path
    for folder in (path, os.path.join(path, ".git")):
        yield from (os.path.join(folder, name) for name in _entries(folder))
