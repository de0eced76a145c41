"""Each hint is followed: in a state where it is given, the step that it names is taken, and does what it promises.

The step is read from what the program said, never written down here. The files beside this one go on.
"""

from __future__ import annotations

import ast
import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_advice import _COMMAND, Advice, advices
from tests.support.machine import TOKEN
from tests.support.place import Place, Result

pytestmark = pytest.mark.sample(5, of_file=True)


def kind(words: list[str]) -> str:
    """A task with its flags, or with the settings that it sets."""
    flags = [word.partition("=")[0] for word in words[1:] if word.startswith("-")]
    names = [word.partition("=")[0] for word in words[1:] if "=" in word and not word.startswith("-")]
    return " ".join([words[0], *(names if words[0] == "set-config" else flags)])


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    place.write("context/a.md", "first\n")
    return place


def synced(place: Place) -> Place:
    assert place.inside("sync").code == 0
    return place


def texts(value: object) -> Iterator[str]:
    """Every text in a document."""
    if isinstance(value, str):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(one)


def step(
    place: Place, run: Result, wanted: str, *, value: str = "", more: tuple[str, ...] = (), cwd: Path | None = None
) -> Result:
    """Takes the step of that kind that a run told. value: for what a person fills in. Fails if it was not told."""
    told = texts(run.json) if run.out.startswith(b"{") else [run.words]
    text = " ; ".join(told).replace("autosync ", "inv ")
    steps = [Advice("", " ".join(match.split()), text).words for match in _COMMAND.findall(text)]
    found = next((words for words in steps if kind(words) == wanted), None)
    assert found, (wanted, steps, run)
    blanks = re.compile("…|FOLDER|ADDRESS|NAME")
    filled = [blanks.sub(value.replace("\\", "/"), word) if value else word for word in found]
    return place.run(*filled, *more, cwd=cwd)


def test_the_first_sync(place: Place) -> None:
    assert step(place, place.inside("status"), "sync").code == 0
    assert place.inside("status").code == 0


def test_a_tree_that_is_gone(place: Place) -> None:
    synced(place)
    shutil.rmtree(place.source)
    assert step(place, place.inside("status"), "restore", more=("--yes",)).code == 0
    assert (place.source / "context/a.md").read_text() == "first\n"


def test_a_damaged_branch(place: Place) -> None:
    synced(place)
    (place.backup / ".git/refs/heads/main").write_text("nothing\n")
    looked = step(place, place.inside("sync"), "recover --check", more=("--json",))
    assert looked.code == 5
    assert step(place, looked, "recover").code == 0
    assert place.inside("verify").code == 0


def test_a_file_of_the_store_that_is_gone(place: Place) -> None:
    synced(place)
    next((place.backup / ".git/objects/pack").glob("*.idx")).unlink()
    (place.backup / ".git/index").write_bytes(b"nothing")
    failed = place.inside("verify")
    assert failed.code == 1
    assert step(place, failed, "recover --check").code == 5


def test_restores_are_listed_and_taken_back(place: Place) -> None:
    synced(place)
    refused = place.inside("restore", "--at", "1999-01-01", "--yes")
    assert step(place, refused, "restore --list").code == 0
    place.write("context/a.md", "precious\n")
    run = place.inside("restore", "--yes")
    assert step(place, run, "restore --undo").code == 0
    assert (place.source / "context/a.md").read_text() == "precious\n"
    again = place.inside("restore", "--undo")
    listed = step(place, again, "restore --list", more=("--json",))
    assert len(listed.json["snapshots"]) == 2
    assert place.inside("restore", "--undo", listed.json["snapshots"][-1]["commit"]).code == 0


def test_a_link_whose_contents_lie_outside(place: Place) -> None:
    outside = place.base / "outside"
    outside.mkdir()
    (outside / "shared.md").write_text("shared\n")
    (place.source / "context/more").symlink_to(outside)
    synced(place)
    assert step(place, place.inside("status"), "set-config FOLLOW_LINKS_INTO", value=str(outside)).code == 0
    assert place.inside("sync").code == 0
    assert place.git("show", "main:context/more/shared.md") == b"shared\n"


def test_a_file_that_is_too_large(place: Place) -> None:
    place.more["MAX_FILE_SIZE"] = "1000"
    synced(place)
    place.write("context/large.md", "x" * 5000)
    run = place.inside("sync")
    del place.more["MAX_FILE_SIZE"]
    assert step(place, run, "set-config MAX_FILE_SIZE", value="9000").code == 0
    assert place.inside("sync").code == 0
    assert len(place.git("show", "main:context/large.md")) == 5000


@pytest.mark.parametrize("way", ["set-config QUARANTINE", "accept --reason", "validate"])
def test_a_secret(place: Place, way: str) -> None:
    synced(place)
    place.write("context/key.md", f"token: {base64.b64decode(TOKEN).decode()}\n")
    place.write("context/b.md", "more\n")
    run = place.inside("sync")
    assert run.code == 3
    if way == "validate":
        assert step(place, place.inside("accept", "nothing", "--reason", "made up"), way).code in (1, 3)
        return
    assert step(place, run, way, value="made up", more=("--yes",) if way.startswith("accept") else ()).code == 0
    assert place.inside("sync").code == (0 if way.startswith("accept") else 1)
    assert place.git("show", "main:context/b.md") == b"more\n"


def test_half_of_the_tree_is_gone(place: Place) -> None:
    for number in range(30):
        place.write(f"context/n{number}.md", f"{number}\n")
    synced(place)
    for number in range(28):
        (place.source / f"context/n{number}.md").unlink()
    run = place.inside("sync")
    assert run.code == 3
    assert step(place, run, "sync --allow-mass-delete").code == 0


def test_a_file_of_low_priority(place: Place) -> None:
    synced(place)
    place.write("context/old.log", "old\n")
    assert step(place, place.run("why", "context/old.log"), "sync --include-low").code == 0
    assert place.git("show", "main:context/old.log") == b"old\n"


def test_syncs_that_are_switched_off(place: Place) -> None:
    synced(place)
    assert place.run("disable").code == 0
    place.write("context/a.md", "second\n")
    told = place.inside("status")
    assert step(place, told, "enable").code == 0
    assert step(place, told, "sync").code == 0
    assert place.inside("status").json["pending"] == []


def test_a_change_that_nothing_takes(place: Place) -> None:
    synced(place)
    place.write("context/a.md", "second\n")
    assert step(place, place.inside("status"), "sync").code == 0


def test_a_push_that_did_not_succeed(place: Place) -> None:
    synced(place)
    there = place.bare_remote()
    place.more["AUTO_SYNC_PUSH"] = "true"
    assert place.inside("sync").code == 0
    there.rename(place.base / "away")
    place.write("context/a.md", "second\n")
    assert place.inside("sync").code == 1
    told = place.inside("status")
    (place.base / "away").rename(there)
    assert step(place, told, "sync --push").code == 0
    assert place.git("show", "main:context/a.md", repository=there) == b"second\n"


def test_a_remote_that_was_moved(place: Place) -> None:
    synced(place)
    there = place.bare_remote()
    assert place.inside("sync", "--push").code == 0
    there.rename(place.base / "moved.git")
    place.git("remote", "set-url", "origin", str(place.base / "moved.git"))
    place.write("context/a.md", "second\n")
    run = place.inside("sync", "--push")
    assert run.code in (1, 3), run
    assert step(place, run, "set-config PUSH_URL").code == 0
    assert place.inside("sync", "--push").code == 0


def test_a_tree_that_was_moved(place: Place) -> None:
    synced(place)
    place.source.rename(place.base / "elsewhere")
    run = place.run("sync", "--json", environ={"OPENCODE_SOURCE": None})
    place.more["OPENCODE_SOURCE"] = str(place.base / "elsewhere")  # a person who has no such variable
    assert step(place, run, "set-config OPENCODE_SOURCE", value=str(place.base / "elsewhere")).code == 0
    assert place.run("sync", environ={"OPENCODE_SOURCE": None}).code == 0


def test_pushes_without_a_remote(place: Place) -> None:
    synced(place)
    assert place.inside("set-config", "AUTO_SYNC_PUSH=true").code == 0
    run = place.inside("sync")
    assert run.code == 1
    place.bare_remote()
    place.git("remote", "rename", "origin", "stick")
    assert step(place, run, "set-config REMOTE", value="stick").code == 0
    assert place.inside("sync").code == 0
    place.git("remote", "remove", "stick")
    assert step(place, run, "set-config AUTO_SYNC_PUSH").code == 0
    assert place.inside("sync").code == 0


def test_a_word_that_is_no_setting(place: Place) -> None:
    assert step(place, place.inside("set-config", "SYNC_OFTEN=1"), "show-config").code == 0


_TAKES = ("step", "parametrize")
"""Calls whose arguments name a step that is taken."""


@pytest.mark.sample
def test_every_kind_of_hint_is_followed_somewhere() -> None:
    """What is advised in the package's texts is a step here or in the files beside it."""
    taken = set()
    for file in Path(__file__).parent.glob("test_hints_lead_*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in _TAKES:
                taken |= {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}
    kinds = {
        kind([word.replace("A=1", "MAX_AGE=1").replace("B=2", "QUARANTINE=2") for word in advice.words])
        for advice in advices()
    }
    assert kinds - taken == set()
