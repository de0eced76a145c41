"""Much is stored by two git processes: the same commit, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from autosync_tasks.backup import commit as commits
from autosync_tasks.backup.conversation import Conversation
from autosync_tasks.backup.repository import Repository
from tests.support.place import Place


def tree(place: Place) -> None:
    for number in range(30):
        place.write(f"context/topic{number // 7}/note{number}.md", f"words {number}\n" * (number * 7 % 31))
    place.write("context/same/a.md", "the same\n")
    place.write("context/same/b.md", "the same\n")
    place.write("bin/run", "#!/bin/sh\n", 0o755)
    (place.source / "link").symlink_to("context")


def packs(place: Place) -> int:
    return len(list((place.backup / ".git/objects/pack").glob("*.pack")))


@pytest.fixture
def made(workshop: Path, scanner_cache: Path, one_scanner: None) -> tuple[Place, Place]:
    places = tuple(Place.make(workshop / name, scanner_cache) for name in ("one", "two"))
    for place in places:
        tree(place)
    return places[0], places[1]


def test_two_store_what_one_stores(made: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = made
    assert one.inside().code == 0
    monkeypatch.setattr(commits, "FOR_TWO", 1)
    assert two.inside().code == 0
    assert (packs(one), packs(two)) == (1, 2)
    listed = [place.git("ls-tree", "-r", "HEAD", "--", "context", "bin", "link") for place in made]
    assert listed[0] == listed[1]
    assert len(listed[0].splitlines()) >= 33
    two.git("fsck", "--strict", "--full")
    two.write("context/topic0/note0.md", "new words\n")
    (two.source / "context/topic1/note8.md").unlink()
    assert two.inside().code == 0
    assert two.inside().outcome == "ok"


def test_what_the_second_did_not_store_is_in_no_commit(
    made: tuple[Place, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = commits.stream

    @contextmanager
    def losing(repository: Repository, *options: str) -> Iterator[Conversation]:
        with whole(repository, *options) as talk:
            monkeypatch.setattr(
                talk, "say", lambda *parts: None if b"blob\n" in parts else Conversation.say(talk, *parts)
            )
            yield talk

    place = made[1]
    monkeypatch.setattr(commits, "FOR_TWO", 1)
    monkeypatch.setattr(commits, "stream", losing)
    assert place.inside().code == 1
    assert not place.head
    monkeypatch.setattr(commits, "stream", whole)
    assert place.inside().code == 0
    place.git("fsck", "--strict", "--full")
