"""The store of acceptances: outside the tree, private, whole at any moment."""

from __future__ import annotations

import os
import socket
import stat
import threading
from contextlib import chdir
from pathlib import Path

import pytest

from autosync_tasks.errors import ConfigError, UsageError
from autosync_tasks.state.acceptances import Acceptances
from tests.support.rights import as_a_person

ONE, TWO = "0123456789abcdef", "fedcba9876543210"


def test_added_listed_and_pruned(tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path / "config"))
    assert store.all() == []
    store.add(ONE, "  a fake\n key ", at=100.0, code="SEC001", path="a.md")
    store.add(TWO.upper(), "test data", at=200.0)
    assert [(a.fingerprint, a.reason, a.code, a.path, a.at) for a in store.all()] == [
        (ONE, "a fake key", "SEC001", "a.md", 100.0),
        (TWO, "test data", "", "", 200.0),
    ]
    store.add(ONE, "a better reason", at=300.0)
    assert store.fingerprints() == {ONE, TWO}
    assert [a.fingerprint for a in store.prune({ONE})] == [TWO]
    assert [a.reason for a in store.all()] == ["a better reason"]
    assert store.prune({ONE}) == []


@pytest.mark.parametrize(("mark", "reason"), [("xyz", "r"), ("0123", "r"), (ONE, "  ")])
def test_an_acceptance_needs_a_fingerprint_and_a_reason(mark: str, reason: str, tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path))
    with pytest.raises(UsageError):
        store.add(mark, reason, at=1.0)
    assert os.listdir(tmp_path) == []


def test_files_are_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "config"
    store = Acceptances(str(folder))
    old = os.umask(0)
    try:
        key = store.key()
        store.add(ONE, "r", at=1.0)
    finally:
        os.umask(old)
    assert len(key) == 32
    assert Acceptances(str(folder)).key() == key
    assert sorted(os.listdir(folder)) == ["acceptances.json", "installation.key"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(entry.stat().st_mode) for entry in folder.iterdir()} == {0o600}


def test_looking_writes_nothing(tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path / "config"))
    assert len(store.peek_key()) == 32
    assert store.fingerprints() == frozenset()
    assert not (tmp_path / "config").exists()
    assert store.key() == store.peek_key()


def test_two_that_make_the_key_at_once_agree(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(Acceptances(str(tmp_path)).key())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"accepted": 5}',
        '{"accepted": [{}]}',
        '{"accepted": [{"fingerprint": 5}]}',
        "[" * 9999,
    ],
)
def test_a_damaged_list_is_told_and_not_replaced(text: str, tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path))
    Path(store.path).write_text(text)
    os.chmod(store.path, 0o600)
    with pytest.raises(ConfigError):
        store.fingerprints()
    with pytest.raises(ConfigError):
        store.add(ONE, "r", at=1.0)
    assert Path(store.path).read_text() == text


def test_what_others_can_write_or_a_link_does_not_count(tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path))
    store.key()
    store.add(ONE, "r", at=1.0)
    os.chmod(store.path, 0o666)
    with pytest.raises(ConfigError):
        store.all()
    os.chmod(tmp_path / "installation.key", 0o644)
    with pytest.raises(ConfigError):
        store.key()
    os.rename(store.path, tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", store.path)
    with pytest.raises(ConfigError):
        store.all()


@pytest.mark.parametrize("at", ["9" * 400, "1e999", "NaN", "-5", "true"])
def test_a_time_that_no_calendar_knows_takes_nothing_away(at: str, tmp_path: Path) -> None:
    store = Acceptances(str(tmp_path))
    Path(store.path).write_text(f'{{"accepted": [{{"fingerprint": "{ONE}", "reason": "r", "at": {at}}}]}}')
    os.chmod(store.path, 0o600)
    assert [(one.fingerprint, one.reason, one.at) for one in store.all()] == [(ONE, "r", 0.0)]


@pytest.mark.parametrize("name", ["acceptances.json", "installation.key"])
@pytest.mark.parametrize("what", ["folder", "pipe", "link", "socket", "closed"])
def test_what_stands_in_the_place_of_a_file_is_named_with_a_way_on(what: str, name: str, tmp_path: Path) -> None:
    store, path = Acceptances(str(tmp_path)), tmp_path / name
    store.key()
    path.unlink(missing_ok=True)
    if what == "folder":
        path.mkdir()
    elif what == "pipe":
        os.mkfifo(path, 0o600)
    elif what == "link":
        path.symlink_to("elsewhere")
    elif what == "socket":
        with chdir(tmp_path), socket.socket(socket.AF_UNIX) as one:  # a longer path would not fit
            one.bind(name)
    else:
        path.touch(0)
    with as_a_person(), pytest.raises(ConfigError) as told:
        store.all() if name == "acceptances.json" else store.key()
    assert str(path) in told.value.message
    assert told.value.hint
    assert ("chmod" in told.value.hint) == (what == "closed"), "the modes of what is no file are not at fault"


def test_what_a_killed_writer_left_goes_and_that_of_a_living_one_stays(tmp_path: Path) -> None:
    gone, alive = (
        tmp_path / ".new-installation.key.4194999.0123abcd",
        tmp_path / f".new-acceptances.json.{os.getpid()}.0123abcd",
    )
    for half in (gone, alive):
        half.write_bytes(b"half")
    Acceptances(str(tmp_path)).peek_key()
    assert gone.exists(), "a look writes nothing"
    Acceptances(str(tmp_path)).key()
    assert (gone.exists(), alive.exists()) == (False, True)
