"""Where the source and the backup are, so that `inv sync` needs no settings at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from autosync_tasks.errors import SourceError, UsageError
from autosync_tasks.files import names_in
from autosync_tasks.names import FIT, display, typed, unfit
from autosync_tasks.profiles import USUAL, Source
from autosync_tasks.records import dataclass

if TYPE_CHECKING:
    from autosync_tasks.profiles.profile import Tree

USUAL_PROFILE = Source()


@dataclass(frozen=True, slots=True)
class Places:
    """Absolute folders as they were named, and their real paths (links resolved)."""

    source: str
    backup: str
    real_source: str
    real_backup: str


def locate(
    source: str,
    backup: str,
    environ: Mapping[str, str],
    home: str,
    data_home: str,
    *,
    new_machine: bool = False,
    profile: Source = USUAL_PROFILE,
) -> Places:
    """Finds the two places.

    source, backup: the settings ("" if not set). home: the user's home folder. data_home: this program's XDG
    data folder. profile: says where the tree can be. Order for the source: the setting, the agent's own variables,
    whichever of its usual folders has content. new_machine: where none has, it is the last of them, as the agent itself
    would make it (a restore brings it back). Raises SourceError or UsageError.
    """
    name = profile.name
    target = _absolute(backup, home, setting_of("backup", name)) or os.path.join(data_home, "backup")
    named = _absolute(source, home, setting_of("source", name))
    if not named:
        tree = profile.read().tree
        named = _agents_own(tree, environ, home, name) or _search(
            profile, folders(tree, environ, home), target, new_machine=new_machine
        )
    for place, path in (("source", named), ("backup", target)):
        if why := unfit(path):
            raise UsageError(f"{setting_of(place, name)} = {display(path)}: {why}", hint=f"name {FIT}")
    places = Places(named, target, os.path.realpath(named), os.path.realpath(target))
    _keep_apart(places)
    return places


def setting_of(place: str, profile: str) -> str:
    """How the setting of a place ("source" or "backup") is called in messages."""
    return f"opencode_{place}" if profile == USUAL else f"{place} of profile {profile}"


def set_words(profile: str, value: str) -> str:
    """The words that say where the source is, for a person to type after the program's name."""
    return (
        f"set-config OPENCODE_SOURCE={value}" if profile == USUAL else f"set-config --profile={profile} SOURCE={value}"
    )


def _absolute(path: str, home: str, setting: str) -> str:
    if not path:
        return ""
    if path == "~" or path.startswith("~/"):
        path = home.rstrip("/") + path[1:] or "/"
    if not os.path.isabs(path):
        raise UsageError(
            f"{setting} = {display(path)!r} is a relative path; cron and a shell would read it differently",
            hint="write the whole path, from / or ~ on",
        )
    return os.path.normpath(path)


def _agents_own(tree: Tree, environ: Mapping[str, str], home: str, profile: str) -> str:
    """The folder that the agent itself is told to use ("" if it is told none)."""
    for one in tree.variables:
        variable, _, below = one.partition("/")
        if (named := environ.get(variable)) is None:
            continue
        if named == "":
            raise UsageError(
                f"environment variable {variable} is empty, and no {setting_of('source', profile)} is recorded",
                hint="unset it, or let it name the config tree",
            )
        return os.path.join(_absolute(named, home, variable), below).rstrip("/") or "/"
    return ""


def folders(tree: Tree, environ: Mapping[str, str], home: str) -> list[str]:
    """Where the config tree can lie without a setting."""
    config_home = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config_home):
        config_home = os.path.join(home, ".config")
    return [
        one.replace("~", home.rstrip("/"), 1)
        if one.startswith("~")
        else one.replace("$XDG_CONFIG_HOME", config_home, 1)
        for one in tree.folders
    ]


def found(profile: Source, environ: Mapping[str, str], home: str) -> str:
    """The agent's config tree on this machine, by its variables or where it usually is ("" if it is not here)."""
    tree = profile.read().tree
    named = next((v for one in tree.variables if (v := environ.get(one.partition("/")[0]))), "")
    with suppress(UsageError):
        places = [_agents_own(tree, environ, home, profile.name)] if named else folders(tree, environ, home)
        return next((path for path in places if set(tree.proofs) & set(names_in(path))), "")
    return ""


def _search(profile: Source, candidates: list[str], backup: str, *, new_machine: bool) -> str:
    program = profile.read().tree.program
    trees = [path for path in candidates if set(names_in(path)) - _NO_CONTENT and not _program_alone(path, program)]
    if len(trees) == 1:
        return trees[0]
    if trees:
        raise UsageError(
            f"both {display(trees[0])} and {display(trees[1])} have content: which one is your config tree?",
            hint=f"say it once: inv {set_words(profile.name, typed(trees[1]))}",
        )
    if new_machine:
        return candidates[-1]
    title = profile.read().title
    alone = (f"; {display(path)} {_program(title)}" for path in candidates if _program_alone(path, program))
    none = "neither " if len(candidates) > 1 else ""
    has = "has content" if len(candidates) > 1 else "has no content"
    raise SourceError(
        f"no config tree found: {none}{' nor '.join(map(display, candidates))} {has}{next(alone, '')}",
        hint=f"{_way_back(backup)}; does it lie elsewhere? `inv {set_words(profile.name, 'FOLDER')}`; "
        "`inv demo` shows what it would be like",
    )


def _way_back(backup: str) -> str:
    """What brings a tree that is gone: the backup that is here, or one that is elsewhere."""
    if names_in(backup):
        return f"was it lost? `inv restore` brings it back from {display(backup)}"
    return "was it lost with its machine? `inv bootstrap ADDRESS` brings it back from a remote"


def wrong_tree(source: str, environ: Mapping[str, str], home: str, profile: Source = USUAL_PROFILE) -> tuple[str, str]:
    """Why a source cannot be the config tree, and what to do; ("", "") if it can.

    It is none if the agent's installer alone put something there, nor, of its usual places, the one that holds nothing
    of the agent's while another one does.
    """
    said = profile.read()
    proofs, name = set(said.tree.proofs), profile.name
    others = [path for path in folders(said.tree, environ, home) if os.path.realpath(path) != os.path.realpath(source)]
    tree = next((path for path in others if proofs & set(names_in(path))), "")
    way = f"`inv {set_words(name, typed(tree))}` names the other place" if tree else ""
    if _program_alone(source, said.tree.program):
        way = way or f"name the config tree: `inv {set_words(name, 'FOLDER')}`"
        return f"{display(source)} {_program(said.title)}", way
    if tree and len(others) < len(said.tree.folders) and (names := names_in(source)) and proofs.isdisjoint(names):
        return f"{display(source)} holds nothing that {said.title} reads, and {display(tree)} is in no backup", way
    return "", ""


def nothing_of(source: str, profile: Source) -> tuple[str, str]:
    """What to say of a source of which nothing goes into a backup by itself, and what to do."""
    said, shown, names = profile.read(), display(source), set(names_in(source)) - _NO_CONTENT
    if not names:
        return f"the source {shown} is empty", f"is it the right one? `inv {set_words(profile.name, 'FOLDER')}`"
    if names & set(said.tree.proofs):
        return (
            f"nothing in {shown} goes into a backup by itself",
            "`inv detect` lists it, `inv why PATH` says the reason",
        )
    looks_for = ", ".join(said.tree.proofs[:6])
    way = f"is it {said.title}'s tree? `inv {set_words(profile.name, 'FOLDER')}` names another"
    return f"{shown} holds nothing that {said.title} keeps ({looks_for}, …)", f"{way}; `inv detect` lists what is there"


_NO_CONTENT = frozenset({".DS_Store"})


def _program(title: str) -> str:
    return f"holds only {title}'s own program"


def _program_alone(folder: str, program: str) -> bool:
    """Whether the agent's installer alone put something there, such as `bin/NAME`."""
    below, _, name = program.rpartition("/")
    if not program or set(names_in(folder)) - _NO_CONTENT != {below}:
        return False
    programs = names_in(os.path.join(folder, below))
    return bool(programs) and all(one.startswith(name) for one in programs)


def is_within(path: str, folder: str) -> bool:
    """Whether a real path is the folder or lies in it."""
    return (path + "/").startswith(folder.rstrip("/") + "/")


def _keep_apart(places: Places) -> None:
    source, backup = places.real_source, places.real_backup
    if source == backup:
        problem = "are the same folder"
    elif is_within(source, backup):
        problem = "cannot be used: the source lies inside the backup"
    elif is_within(backup, source):
        problem = "cannot be used: the backup lies inside the source"
    else:
        return
    raise UsageError(
        f"source {display(places.source)} and backup {display(places.backup)} {problem}",
        hint="set opencode_source and opencode_backup to two folders apart from each other",
    )
