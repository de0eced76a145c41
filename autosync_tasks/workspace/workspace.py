"""The site of a run: settings, the two places, the backup repository and the state folder, opened once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from autosync_tasks.backup.repository import Repository
from autosync_tasks.config.load import Loaded, load, need_named
from autosync_tasks.config.places import Places, is_within, locate, nothing_of, wrong_tree
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import UsageError
from autosync_tasks.files import whose
from autosync_tasks.names import display
from autosync_tasks.profiles import USUAL
from autosync_tasks.records import dataclass
from autosync_tasks.state.state import State
from autosync_tasks.tree.derived import Part
from autosync_tasks.tree.followed_links import Following

if TYPE_CHECKING:
    from autosync_tasks.config.around import Concern


@dataclass(frozen=True, slots=True)
class Site:
    """Everything that stays the same during a run. Nothing has been written to make it."""

    loaded: Loaded
    places: Places
    repository: Repository
    state: State
    environ: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    @property
    def other_source(self) -> str:
        """Says so if the recorded source id was given to another folder than this one; else "".

        An environment variable may name another tree for one run; that must not go over the recorded one's backup.
        """
        if self._elsewhere or not self._other("opencode_source", self.places.real_source):
            return ""
        return f"{self.loaded.file['source_id']}, recorded for {display(str(self.loaded.file['opencode_source']))}"

    @property
    def source_id(self) -> str:
        """What the backup's branch carries for this source; "" before the first sync.

        Where the environment names another tree and another backup for a run, the recorded id stands for neither: then
        it follows from the tree's path, the same in each such run.
        """
        if self._elsewhere:
            return hashlib.sha256(os.fsencode(self.places.real_source)).hexdigest()[:16]
        return self.settings.source_id

    @property
    def _elsewhere(self) -> bool:
        source, backup = self.places.real_source, self.places.real_backup
        return self._other("opencode_source", source) and self._other("opencode_backup", backup)

    def _other(self, name: str, here: str) -> bool:
        """Whether another folder than this one was recorded beside the source id."""
        file = self.loaded.file
        return bool(file.get("source_id") and file.get(name)) and os.path.realpath(str(file[name])) != here

    @property
    def following(self) -> Following | None:
        """Which links stand for what they lead to (None: none does).

        Raises UsageError for a folder that holds what this program writes.
        """
        folders, source = self.settings.follow_links_into, self.places.real_source
        parts = self.parts if self.settings.profile.name != USUAL else {}
        if not folders and not self.settings.follow_config and not parts:
            return None
        ours = {"the backup": self.places.real_backup, "the state folder": os.path.realpath(self.state.home)}
        real = [os.path.realpath(folder) for folder in folders]
        for named, folder in zip(folders, real, strict=True):
            for what, path in ours.items():
                if is_within(path, folder) or is_within(folder, path):
                    raise UsageError(
                        f"follow_links_into = {display(named)}: {what} {display(path)} is not apart from it",
                        hint="name the folders that the links lead into, such as ~/dotfiles",
                    )
        from autosync_tasks.config.around import attached

        kept = attached(self.loaded.home, source, self.settings) if self.settings.profile.name == USUAL else {}
        for folder, name in kept.values():
            for what, path in ours.items():
                if is_within(os.path.join(folder, name), path):
                    raise UsageError(
                        f"follow_config = {display(self.settings.follow_config)} lies in {what}",
                        hint="name the file that OPENCODE_CONFIG names",
                    )
        return Following(source, real, kept, {path: part for path, part in parts.items() if _holds_something(part)})

    @property
    def parts(self) -> dict[str, Part]:
        """The parts of bigger files that the agent's profile names: path in the backup to where it comes from.

        The file lies in the tree where that is not in its usual place: whatever put the tree there took the file along.
        """
        profile, home = self.settings.profile.read(), self.loaded.home
        usual = [os.path.realpath(home + one[1:]) for one in profile.tree.folders if one.startswith("~/")]
        moved = self.places.real_source not in usual
        found: dict[str, Part] = {}
        for one in profile.derived:
            below = moved or not one.file.startswith("~/")
            name = os.path.basename(one.file) if one.file.startswith("~/") else one.file
            path = os.path.join(self.places.real_source, name) if below else home + one.file[1:]
            found[one.kept_as] = Part(path, one.keys)
        return found

    @property
    def no_scanner(self) -> str:
        """Why no secret scanner can be had on this machine, "" where it can."""
        from autosync_tasks.validation.scanner import no_wheel

        return no_wheel()

    @property
    def not_attached(self) -> list[str]:
        """The names of what could be taken in from outside the tree, and which no setting takes in."""
        if self.settings.profile.name != USUAL:
            return []
        from autosync_tasks.config.around import not_attached

        return not_attached(self.loaded.home, self.settings)

    @property
    def outside(self) -> tuple[Concern, ...]:
        """What the agent reads besides the tree, and is in no backup though nobody said that it need not be."""
        from autosync_tasks.config.around import outside

        return outside(self.environ, self.loaded.home, self.places.real_source, self.settings)

    @property
    def wrong_source(self) -> tuple[str, str]:
        """Why the source cannot be the config tree, and what to do; ("", "") if it can."""
        return wrong_tree(self.places.source, self.environ, self.loaded.home, self.settings.profile)

    @property
    def nothing_there(self) -> tuple[str, str]:
        """What to say of a source of which nothing goes into a backup by itself, and what to do."""
        return nothing_of(self.places.source, self.settings.profile)

    def of_places(self, *, first: bool) -> list[str]:
        """What a sync that does something tells of the places: that the source is the wrong one, and, if it is the
        first, what else OpenCode reads, each with the way on."""
        wrong = ["; ".join(self.wrong_source)] if self.wrong_source[0] else []
        return wrong + ([f"{one.what}: `{one.remedy}`" for one in self.outside] if first else [])

    def shape(self, source_id: str) -> str:
        """A digest of what shapes an observation: another value means that the cache says nothing.

        source_id: the id that the backup carries for this source.
        """
        settings = self.settings
        parts = (
            settings.rules,
            settings.sync_exclusions,
            settings.sync_triggers,
            settings.profile.stamp(),
            settings.max_file_size,
            settings.follow_links_into,
            settings.follow_config,
            settings.backup_branch,
            source_id,
        )
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _holds_something(part: Part) -> bool:
    """Whether there is anything to take, or it cannot be told: then the walk says why."""
    try:
        return part.read() is not None
    except OSError:
        return True


def open_site(environ: Mapping[str, str], *, new_machine: bool = False) -> Site:
    """Reads the settings and finds the places.

    environ: the environment. new_machine: the config tree may be missing, for it is to be brought back. Raises
    ConfigError, UsageError, SourceError or BackupError.
    """
    loaded = load(environ)
    check_owner(loaded)
    if not new_machine:
        need_named(loaded, environ)
    settings = loaded.settings
    places = locate(
        *(settings.opencode_source, settings.opencode_backup, environ, loaded.home, loaded.data_home),
        new_machine=new_machine,
        profile=settings.profile,
    )
    state = State(loaded.state_home, places.real_source, places.real_backup)
    for name, folder in (("the state folder", loaded.state_home), ("the config file", loaded.path)):
        if is_within(os.path.realpath(folder), places.real_source):
            raise UsageError(
                f"{name} {display(folder)} lies inside the source {display(places.source)}",
                hint="keep them apart: set XDG_STATE_HOME, XDG_CONFIG_HOME or AUTOSYNC_CONFIG",
            )
    repository = Repository(places.backup, settings.backup_branch)
    return Site(loaded, places, repository, state, environ)


def check_owner(loaded: Loaded) -> None:
    """Raises UsageError where root is at work in another user's home (`sudo`)."""
    paths = (loaded.state_home, loaded.path)
    if any(whose(os.path.realpath(path)) for path in paths):
        from autosync_tasks.config import around  # only then: it costs a run that may go on

        around.check_owner(*paths)
