"""A sync with nothing to do is answered from a note only while not a byte of what it depends on has changed."""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.cli.program import _FLAGS
from autosync_tasks.cli.sync_config import translate
from autosync_tasks.model import Outcome, Trigger
from autosync_tasks.report import idle, lines
from autosync_tasks.report.words import Line
from autosync_tasks.state.folder import LARGEST
from autosync_tasks.state.state import State
from autosync_tasks.sync import note, pipeline, still
from autosync_tasks.tree.facts import not_seen
from autosync_tasks.tree.walk import open_root, walk
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    """One whose last sync left a note."""
    place = Place.make(workshop, scanner_cache)
    for name in ("agent/a.md", "agent/b.md", "context/c.md", "AGENTS.md"):
        place.write(name, "Plain words.\n")
    place.write(".env", "A=1\n")
    (place.source / "node_modules/x").mkdir(parents=True)
    time.sleep(0.1)
    assert place.inside().outcome == "changed"
    assert answer(place) is not None
    return place


def answer(place: Place, *words: str, **more: str) -> tuple[str, str] | None:
    return still.answer(["sync", *words], {**place.environ, **more})


def state(place: Place) -> Path:
    return next(path for path in note_of(place).parent.iterdir() if (path / "lock").exists())


def note_of(place: Place) -> Path:
    return place.home / ".local/state/autosync-tasks/still"


def said(words: Iterable[Line]) -> str:
    return "".join("".join(part.text for part in line) + "\n" for line in words)


def test_it_says_what_the_whole_way_says(place: Place) -> None:
    site = open_site(place.environ)
    run = pipeline.sync(site, new_request())
    assert run.outcome is Outcome.OK
    told = io.StringIO()
    found = answer(place)
    assert found is not None
    with contextlib.redirect_stdout(told):
        idle.show(*found)
    assert told.getvalue() == said(list(lines.of_run(run, site.places.source, site.places.backup)))
    assert place.run("sync", real=True).out.decode() == told.getvalue()


def test_flags_that_are_known_beforehand_mean_the_same(place: Place) -> None:
    assert {flags: translate(list(flags)) for flags in _FLAGS} == {f: words.split() for f, words in _FLAGS.items()}
    for words in ("--json", "--force", "--check", "--trigger=else", "--push", "--trigger="):
        assert answer(place, words) is None


def test_an_automatic_one_says_nothing_and_leaves_that_it_was_here(place: Place) -> None:
    assert answer(place, "--trigger=watch") is None, "the first one makes the folder"
    assert place.inside("sync", "--trigger=watch").outcome == "ok"
    seen = state(place) / "seen/watch"
    seen.write_text("0\n")
    began = time.time()
    assert answer(place, "--trigger=watch") == ("", "")
    there = open_site(place.environ).state.seen(Trigger.WATCH)
    assert there is not None
    assert began - 0.01 <= there <= time.time() + 0.01
    assert os.listdir(seen.parent) == ["watch"]
    fields = still.opened(note_of(place).read_bytes())
    fields[5] = b"%f" % (time.time() - 1)
    note_of(place).write_bytes(still.sealed(*fields))
    assert answer(place, "--trigger=watch") is None, "the store must be read through"
    assert answer(place) is not None, "not by hand"


def edit(name: str) -> Callable[[Place], object]:
    return lambda place: place.write(name, "plain words.\n")


def of_backup(act: Callable[[Path], object]) -> Callable[[Place], object]:
    return lambda place: act(Path(open_site(place.environ).repository.git_dir))


def of_state(act: Callable[[Path], object]) -> Callable[[Place], object]:
    return lambda place: act(state(place))


def touched(path: Path) -> None:
    os.utime(path, (1, 1))


def into_a_file(place: Place) -> None:
    (place.source / "node_modules/x").rmdir()
    (place.source / "node_modules").rmdir()
    place.write("node_modules", "Plain words.\n")


def behind_a_link(place: Place) -> None:
    place.source.rename(place.base / "elsewhere")
    place.source.symlink_to(place.base / "elsewhere")


def appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\n")


CHANGES: Mapping[str, Callable[[Place], object]] = {
    "a file's contents": edit("agent/a.md"),
    "a file that came": edit("agent/0.md"),
    "a file that came last": edit("zzz.md"),
    "a file that went": lambda place: (place.source / "context/c.md").unlink(),
    "a folder that came": lambda place: (place.source / "new").mkdir(),
    "a mode": lambda place: (place.source / "agent/b.md").chmod(0o600),
    "a protected file that came": edit("auth.json"),
    "a protected file that went": lambda place: (place.source / ".env").unlink(),
    "a protected folder that is a file now": into_a_file,
    "the source behind a link": behind_a_link,
    "the config file": lambda place: appended(place.config),
    "the branch": of_backup(lambda git: (git / "refs/heads/main").write_text("0" * 40 + "\n")),
    "another branch": of_backup(lambda git: (git / "refs/heads/other").write_text("0" * 40 + "\n")),
    "a link in the repository": of_backup(lambda git: (git / "logs/x").symlink_to("/dev/null")),
    "the repository's config": of_backup(lambda git: appended(git / "config")),
    "a pack": of_backup(lambda git: touched(next(git.glob("objects/pack/*.pack")))),
    "a pack that went": of_backup(lambda git: next(git.glob("objects/pack/*.idx")).unlink()),
    "the repository": of_backup(lambda git: git.rename(git.with_name("away"))),
    "a run that was killed": of_state(lambda folder: (folder / "lock").write_text("at work\n")),
    "somebody who asks for a look": of_state(lambda folder: (folder / "again.watch").touch()),
    "something half-done": of_state(lambda folder: (folder / "scratch-1").mkdir()),
    "the work tree's mark": of_state(lambda folder: appended(folder / "worktree")),
    "what was found at the last reading": of_state(lambda folder: appended(folder / "health.json")),
    "what was seen": of_state(lambda folder: (folder / "scan.cache").write_bytes(b"0" * 64)),
    "a state that others may read": of_state(lambda folder: folder.chmod(0o755)),
    "a note that is cut off": lambda place: os.truncate(note_of(place), note_of(place).stat().st_size - 1),
    "no note": lambda place: note_of(place).unlink(),
}


@pytest.mark.sample(6)
@pytest.mark.parametrize("what", CHANGES)
def test_any_change_takes_the_whole_way(place: Place, what: str) -> None:
    CHANGES[what](place)
    assert answer(place) is None


def test_another_environment_takes_the_whole_way(place: Place) -> None:
    for name, value in (("MAX_FILE_SIZE", "5"), ("HOME", "/"), ("AUTOSYNC_PROFILE", "claude"), ("REMOTE", "x")):
        assert answer(place, **{name: value}) is None, name
    assert answer(place, COLUMNS="80") is not None


def test_a_held_lock_takes_the_whole_way_and_none_stays_held(place: Place) -> None:
    held = State(str(note_of(place).parent), str(place.source), str(open_site(place.environ).places.real_backup))
    with held.lock():
        assert answer(place) is None
    place.write("agent/a.md", "Other words.\n")
    assert answer(place) is None
    with held.lock():
        pass


class Asked(dict[str, str]):
    """An environment that knows what it was asked for."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__(environ)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.names.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all of it is asked for")


def test_all_that_the_whole_way_asks_of_the_environment_is_in_the_note(place: Place) -> None:
    environ = Asked(place.environ)
    assert pipeline.sync(open_site(environ), new_request()).outcome is Outcome.OK
    assert environ.names - set(note._VARIABLES.split()) == set()


@pytest.mark.parametrize(
    "setting",
    ["auto_sync_push = true", 'notify_command = "true"', 'heartbeat_url = "https://x.y/z"', "[profiles.claude]"],
)
def test_what_must_be_told_or_pushed_leaves_no_note(place: Place, setting: str) -> None:
    note_of(place).unlink()
    with place.config.open("a") as file:
        file.write(f"{setting}\n")
    place.write("agent/a.md", "Other words.\n")
    time.sleep(0.1)
    pipeline.sync(open_site(place.environ), new_request())
    assert not note_of(place).exists()


def test_what_was_seen_before_a_difference_is_not_looked_at_again_and_only_once(place: Place) -> None:
    site = open_site(place.environ)
    of = (site.places.real_source, site.state.folder)
    place.write("agent/b.md", "Other words.\n")
    root = open_root(str(place.source))
    whole = walk(root, lambda name, _: name == b".env" or name == b"node_modules", 1 << 20)
    assert answer(place) is None
    seen = still.glance.take(*of)
    assert [bool(seen(prefix)) for prefix in (b"", b"agent/", b"skill/")] == [True, True, False]
    assert still.glance.take(*of) is not_seen
    assert answer(place) is None
    assert still.glance.take(of[0] + "x", of[1]) is not_seen
    again = walk(root, lambda name, _: name == b".env" or name == b"node_modules", 1 << 20, glanced=seen)
    assert again.blob == whole.blob
    os.close(root)
    assert answer(place) is None
    os.utime(state(place) / "scan.cache", (1, 1))
    assert still.glance.take(*of) is not_seen, "another run was here"


def test_a_note_that_cannot_be_written_changes_nothing_of_the_sync(place: Place) -> None:
    note_of(place).unlink()
    note_of(place).mkdir()
    assert place.inside("sync", "--trigger=workflow").outcome == "ok"
    assert (state(place) / ".new-still").exists()
    note_of(place).rmdir()
    assert place.inside("sync", "--trigger=workflow").outcome == "ok"
    assert not (state(place) / ".new-still").exists(), "what a failing disk left is swept up"
    assert answer(place) is not None


def test_what_the_state_takes_for_damaged_is_not_read_here_either(tmp_path: Path) -> None:
    """The bound is said twice, for to load the state's room takes longer than the answer."""
    path = tmp_path / "still"
    path.touch()
    os.truncate(path, LARGEST)
    assert len(still._read(str(path))) == LARGEST
    os.truncate(path, LARGEST + 1)
    with pytest.raises(OSError, match="still"):
        still._read(str(path))
