"""What stands around the tree and is no part of it: what else the agent reads, and who owns the program's files."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable, Iterator, Mapping

from autosync_tasks.config.places import is_within
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import UsageError
from autosync_tasks.files import names_in, whose
from autosync_tasks.humanize import count
from autosync_tasks.names import OUTSIDE, display, typed
from autosync_tasks.records import dataclass

SKILLS = os.path.join(".agents", "skills")
"""Where `npx skills add -g` keeps the only copy; OpenCode reads it there, and other agents do too."""
CONFIG_NAME = "opencode.json"
"""Under which the file of `follow_config` is kept, whatever its own name."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that a person should know. what: a sentence about it; remedy: what to do."""

    what: str
    remedy: str


def outside(environ: Mapping[str, str], home: str, source: str, settings: Settings) -> tuple[Concern, ...]:
    """What the agent reads besides the tree, and is in no backup though nobody said that it need not be.

    home: the user's; source: the config tree.
    """
    left = {os.path.realpath(path) for path in settings.leave_outside}
    skills = () if settings.profile.unusual else _skills(home, source, settings)
    concerns = (*_named(environ, home, source, settings), *skills)
    return tuple(concern for real, concern in concerns if real not in left)


def attached(home: str, source: str, settings: Settings) -> dict[str, tuple[str, str]]:
    """What lies outside the tree and goes into the backup all the same: the name that it has there, below a folder of
    OpenCode's, to a folder (a real path) and the path in it.

    That is the file of `follow_config`, and once links into the shared skills are followed also those skills that no
    link leads to. A folder that cannot be listed stands for all that may lie in it.
    """
    kept: dict[str, tuple[str, str]] = {}
    if file := settings.follow_config:
        folder, name = os.path.realpath(os.path.dirname(file)), os.path.basename(file)
        if not is_within(os.path.join(folder, name), os.path.realpath(source)):
            kept[CONFIG_NAME + ("c" if name.endswith(".jsonc") else "")] = folder, name
    shared = os.path.realpath(os.path.join(home, SKILLS))
    above = next((folder for folder in settings.follow_links_into if _holds(folder, shared)), "")
    if not above or is_within(shared, os.path.realpath(source)):
        return kept
    if not os.access(shared if os.path.lexists(shared) else above, os.R_OK | os.X_OK):
        return kept | {"skills": (shared, "")}
    return kept | {f"skills/{name}": (shared, name) for name in _lone(source, shared) if _stays(shared, name)}


def places(home: str, settings: Settings) -> dict[bytes, bytes]:
    """Where on this machine that lies: the path in the backup of each folder or file, to its real place."""
    kept = OUTSIDE + b"/.opencode/"
    found = {kept + b"skills": os.fsencode(os.path.realpath(os.path.join(home, SKILLS)))}
    if file := settings.follow_config:
        real = os.fsencode(os.path.join(os.path.realpath(os.path.dirname(file)), os.path.basename(file)))
        found |= {kept + CONFIG_NAME.encode(): real, kept + CONFIG_NAME.encode() + b"c": real}
    return found


def not_attached(home: str, settings: Settings) -> list[str]:
    """The names of `attached` for which no setting says that it is followed."""
    shared = os.path.realpath(os.path.join(home, SKILLS))
    skills = any(_holds(folder, shared) for folder in settings.follow_links_into)
    config = [] if settings.follow_config else [CONFIG_NAME, CONFIG_NAME + "c"]
    return config if skills else [*config, "skills"]


def _named(environ: Mapping[str, str], home: str, source: str, settings: Settings) -> Iterator[tuple[str, Concern]]:
    """What the agent's variables name: a tree, or OpenCode's one file more."""
    profile, followed = settings.profile.read(), settings.follow_config
    more = () if settings.profile.unusual else ("OPENCODE_CONFIG",)
    for one in (*more, *profile.tree.variables):
        variable, _, below = one.partition("/")
        path = os.path.join(environ[variable], below).rstrip("/") if environ.get(variable) else ""
        if path.startswith("~/"):
            path = home + path[1:]
        real = os.path.realpath(path)
        known = is_within(real, os.path.realpath(source)) or (followed and real == os.path.realpath(followed))
        if path and os.path.exists(path) and not known:
            remedy = f"move it into {display(source)}, or keep a copy of it yourself"
            if variable == "OPENCODE_CONFIG" and os.path.isfile(real):
                remedy = f"autosync set-config FOLLOW_CONFIG={typed(real)}"
            elif settings.profile.unusual:
                remedy = f"autosync set-config --profile={profile.name} SOURCE={typed(real)}"
            reads = f"{profile.title} reads it {'instead' if settings.profile.unusual else 'too'}"
            what = f"{variable} names {display(path)}: {reads}, and it is outside the tree, in no backup"
            yield real, Concern(what, remedy)


def _skills(home: str, source: str, settings: Settings) -> Iterator[tuple[str, Concern]]:
    """The shared skills: safe once links into their folder are followed; those without a link are taken too."""
    shared = os.path.join(home, SKILLS)
    real, followed = os.path.realpath(shared), settings.follow_links_into
    names = _skills_in(shared)
    if not home or not names or is_within(real, os.path.realpath(source)):
        return
    if not any(_holds(folder, real) for folder in followed):
        value = ", ".join(f'"{folder}"' for folder in (*followed, "~/.agents/skills"))
        yield (
            real,
            Concern(
                f"{count(len(names), 'skill')} in ~/.agents/skills: OpenCode reads them, and they are in no backup",
                f"autosync set-config FOLLOW_LINKS_INTO={typed(f'[{value}]')}",
            ),
        )
        return
    elsewhere = [name for name in _lone(source, real) if not _stays(real, name)]
    if elsewhere:
        what = (
            f"{count(len(elsewhere), 'skill')} in ~/.agents/skills that lead elsewhere, such as {display(elsewhere[0])}"
        )
        yield real, Concern(f"{what}: in no backup", f"move them there, or link each into {display(source)}/skills/")


def _lone(source: str, shared: str) -> list[str]:
    """The shared skills that no link in the tree leads to."""
    folders = [os.path.join(source, folder) for folder in ("skill", "skills")]
    if shared in map(os.path.realpath, folders):
        return []
    linked = {os.path.realpath(os.path.join(folder, name)) for folder in folders for name in names_in(folder)}
    return [name for name in _skills_in(shared) if os.path.realpath(os.path.join(shared, name)) not in linked]


def _holds(folder: str, real: str) -> bool:
    return is_within(real, os.path.realpath(folder))


def _stays(shared: str, name: str) -> bool:
    """Whether a skill lies in the shared folder itself."""
    return os.path.realpath(os.path.join(shared, name)) == os.path.join(shared, name)


def _skills_in(folder: str) -> list[str]:
    return [name for name in names_in(folder) if os.path.isfile(os.path.join(folder, name, "SKILL.md"))]


def name_of(uid: int) -> str:
    """The user's name, or the number of one who has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def check_owner(*paths: str) -> None:
    """Raises UsageError where root is about to write in another user's home (`sudo`).

    What root leaves there the user's own runs could not use any more.
    """
    for path in paths:
        if owner := whose(os.path.realpath(path)):
            name = display(name_of(owner))
            name = f"#{name}" if name.isdigit() else name  # as sudo takes it
            raise UsageError(
                f"this is run as root, but {display(path)} is in the home of {name}",
                hint=f"run it as that user: `sudo -u {name} autosync …`; or give root folders of its own with "
                "XDG_CONFIG_HOME, XDG_STATE_HOME and XDG_DATA_HOME",
            )


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
            f"sudo chown -R {name_of(me)}: {typed(os.path.dirname(path))}",
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
        yield from (os.path.join(folder, name) for name in names_in(folder))
