"""What a hostile tree, backup or manifest tries against a restore, and random trees that must come back."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from autosync_tasks.backup.manifest import digest
from autosync_tasks.errors import AutosyncError
from autosync_tasks.model import Outcome
from autosync_tasks.names import git_refuses
from autosync_tasks.policy.inputs import Ask
from autosync_tasks.restore.undo import UndoError, parse
from autosync_tasks.sync.pipeline import sync
from autosync_tasks.workspace.request import new_request
from tests.restore.support import Place, make_place, read_tree, write

pytestmark = pytest.mark.sample(5, of_file=True)


@pytest.fixture
def place(tmp_path: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = make_place(tmp_path, scanner_cache)
    write(place.source, {"agents/build.md": "hello\n", "opencode.json": "{}\n", "context/a.md": "a\n"})
    place.sync()
    return place


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A folder outside that nothing may write to."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "build.md").write_text("canary\n")
    return folder


def test_a_folder_that_is_a_link_now_is_not_written_through(place: Place, canary: Path) -> None:
    shutil.rmtree(place.source / "agents")
    (place.source / "agents").symlink_to(canary)
    (place.source / "opencode.json").unlink()
    run = place.restore()
    assert (run.outcome, run.exit_code) == (Outcome.BLOCKED, 3)
    assert any("agents" in detail and "link" in detail for detail in run.details)
    assert run.next_step
    assert read_tree(canary) == {b"build.md": ("file", 0o644, b"canary\n")}
    assert not (place.source / "opencode.json").exists()
    assert place.restore("opencode.json").exit_code == 0


def test_a_file_that_is_a_link_now_is_replaced_and_its_target_untouched(place: Place, canary: Path) -> None:
    (place.source / "agents/build.md").unlink()
    (place.source / "agents/build.md").symlink_to(canary / "build.md")
    assert place.restore().exit_code == 0
    assert not (place.source / "agents/build.md").is_symlink()
    assert (canary / "build.md").read_text() == "canary\n"
    place.restore(undo=True)
    assert os.readlink(place.source / "agents/build.md") == str(canary / "build.md")


def test_a_folder_of_ones_own_with_a_link_in_it_is_not_written_through(
    place: Place, canary: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "agents").symlink_to(canary)
    assert place.restore(to=str(out)).exit_code == 3
    assert sorted(os.listdir(out)) == ["agents"]
    assert (canary / "build.md").read_text() == "canary\n"


def test_a_fifo_in_the_way_does_not_hang_and_is_set_aside(place: Place) -> None:
    (place.source / "opencode.json").unlink()
    os.mkfifo(place.source / "opencode.json")
    assert place.restore("opencode.json").exit_code == 0
    assert (place.source / "opencode.json").read_text() == "{}\n"
    assert list(place.source.glob("opencode.json.before-restore-*"))


def commit_tree(place: Place, entries: dict[str, tuple[str, bytes]], manifest: bytes) -> None:
    """A commit by hand on the branch, with any tree and manifest."""
    place.say("read-tree", "--empty")
    for name, (mode, data) in {**entries, ".autosync/manifest": ("100644", manifest)}.items():
        blob = place.say("hash-object", "-w", "--stdin", stdin=data)
        place.say("update-index", "--add", "--cacheinfo", f"{mode},{blob},{name}")
    tree = place.say("write-tree")
    place.say("update-ref", "refs/heads/main", place.say("commit-tree", tree, "-p", "main", "-m", "forged"))


def forged(place: Place, lines: list[bytes], entries: dict[str, tuple[str, bytes]]) -> bytes:
    """A manifest whose digest fits its tree, with any lines in it."""
    source_id = place.say("show", "main:.autosync/manifest").splitlines()[1].encode()
    owned = []
    for name, (mode, data) in entries.items():
        owned.append((name.encode(), mode, place.say("hash-object", "--stdin", stdin=data)))
    head = [b"autosync-manifest 1", source_id, b"content " + digest(owned).encode()]
    return b"\n".join([*head, *sorted(lines, key=lambda line: line.split(b" ", 2)[2])]) + b"\n"


@pytest.mark.parametrize(
    "line",
    [
        b"f 644 ../escaped",
        b"f 644 /etc/escaped",
        b"f 4755 opencode.json",
        b"f 644 .git/hooks/post-commit",
        b"f 644 a//b",
    ],
)
def test_a_forged_manifest_gives_way_to_the_last_good_one(place: Place, tmp_path: Path, line: bytes) -> None:
    entries = {"opencode.json": ("100644", b"{}\n")}
    lines = [line] if b"opencode.json" in line else [b"f 644 opencode.json", line]
    commit_tree(place, entries, forged(place, lines, entries))
    (place.source / "opencode.json").unlink()
    before = set(os.listdir(tmp_path))
    run = place.restore()
    assert any("damaged or forged" in note for note in run.notes)
    assert (place.source / "opencode.json").stat().st_mode & 0o7777 == 0o644
    assert set(os.listdir(tmp_path)) == before
    assert not (place.source / ".git").exists()


def test_a_forged_link_that_leads_out_is_written_as_a_link_and_never_through(place: Place, canary: Path) -> None:
    entries = {"agents": ("120000", os.fsencode(canary)), "opencode.json": ("100644", b"{}\n")}
    commit_tree(place, entries, forged(place, [b"l 777 agents", b"f 644 opencode.json"], entries))
    before = read_tree(place.source / "agents")
    run = place.restore()
    assert run.exit_code == 0
    assert read_tree(canary) == {b"build.md": ("file", 0o644, b"canary\n")}
    aside = next(place.source.glob("agents.before-restore-*"))
    assert read_tree(aside) == before
    assert place.restore(undo=True).exit_code == 0
    assert read_tree(place.source / "agents") == before


def test_protected_names_are_never_written_even_from_an_old_backup(place: Place) -> None:
    entries = {".env": ("100644", b"A=1\n"), "opencode.json": ("100644", b"{}\n")}
    commit_tree(place, entries, forged(place, [b"f 644 .env", b"f 644 opencode.json"], entries))
    (place.source / "opencode.json").unlink()
    run = place.restore()
    assert any(".env is protected" in note for note in run.notes)
    assert not (place.source / ".env").exists()
    assert (place.source / "opencode.json").exists()
    with pytest.raises(AutosyncError, match="protected"):
        place.restore(".env")


def test_names_with_escape_codes_come_back_and_never_reach_the_words(place: Place) -> None:
    name = b"context/\x1b[31mred\n\xff.md"
    path = os.path.join(os.fsencode(place.source), name)
    with open(path, "wb") as file:
        file.write(b"bytes\n")
    place.sync()
    os.unlink(path)
    from autosync_tasks.report import changes, lines

    run = place.restore()
    with open(path, "rb") as file:
        assert file.read() == b"bytes\n"
    said = "\n".join("".join(part.text for part in line) for line in lines.of_restore(run, "a", "b"))
    assert "\x1b" not in said
    assert "\\x1b[31mred" in "".join(part.text for line in changes.of_changes(run.changes) for part in line)


def test_what_a_killed_restore_left_on_its_way_is_swept_up(place: Place) -> None:
    left = place.source / "agents/.autosync-restore-abcdef123456-7.bak"
    left.write_text("half")
    (place.source / "agents/build.md").unlink()
    place.restore()
    assert not left.exists()


def test_a_file_that_changes_under_the_restore_is_left_alone(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    from autosync_tasks.tree import write as writing

    write(place.source, {"agents/build.md": "seen\n"})
    flush = writing.Writer.flush

    def meddle(self: writing.Writer) -> None:
        if self._staged:
            (place.source / "agents/build.md").write_text("written meanwhile\n")
        flush(self)

    monkeypatch.setattr(writing.Writer, "flush", meddle)
    run = place.restore()
    assert run.exit_code == 1
    assert (place.source / "agents/build.md").read_text() == "written meanwhile\n"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"autosync-restore 1\nrun abcdef\nfrom " + b"0" * 40 + b"\n+ f 644 " + b"0" * 40 + b" ../x\n",
        b"autosync-restore 1\nrun abcdef\nfrom " + b"0" * 40 + b"\n+ f 4755 " + b"0" * 40 + b" x\n",
        b"autosync-restore 1\nrun abcdef\nfrom " + b"0" * 40 + b"\n+ f 644 - x\n",
        b"autosync-restore 1\nrun abcdef\nfrom " + b"0" * 40 + b"\na .git/x\n",
        b"autosync-restore 1\nrun ../../x\nfrom " + b"0" * 40 + b"\na x\n",
        b"autosync-restore 1\nrun abcdef\nfrom " + b"0" * 40 + b"\nrm x\n",
    ],
)
def test_a_forged_undo_record_is_refused(text: bytes) -> None:
    with pytest.raises(UndoError):
        parse(text)


NAMES = st.one_of(
    st.sampled_from([b"a", b"b", b"A b", b"-x", b"\xff\xfe", b"\xc3\xa9", b"a\nb", b'q"uo\\te', b"\x1b[1m", b"x.bak"]),
    st.binary(min_size=1, max_size=12).map(lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_")),
).filter(lambda name: not git_refuses(name, link=True) and name != b".autosync")
LEAVES = st.one_of(
    st.tuples(st.just("file"), st.sampled_from([0o644, 0o600, 0o755, 0o444, 0o777, 0o400]), st.binary(max_size=40)),
    st.tuples(st.just("link"), st.just(0), st.sampled_from([b"a", b"../x", b"/nowhere", b"\xff"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(
        st.just("folder"), st.sampled_from([0o755, 0o700, 0o750, 0o555]), st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=10,
)


Node = tuple[str, int, "bytes | dict[bytes, Node]"]
"""Of such a tree: kind, mode, contents."""


def make(folder: bytes, tree: dict[bytes, Node]) -> None:
    for name, (kind, mode, what) in tree.items():
        path = os.path.join(folder, name)
        if isinstance(what, dict):
            os.mkdir(path)
            make(path, what)
            os.chmod(path, mode)
        elif kind == "link":
            os.symlink(what, path)
        else:
            with open(path, "wb") as file:
                file.write(what)
            os.chmod(path, mode)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=st.dictionaries(NAMES, TREES, min_size=1, max_size=4), other=st.dictionaries(NAMES, TREES, max_size=4))
def test_random_trees_come_back_and_undo_gives_back_what_stood_there(
    tmp_path_factory: pytest.TempPathFactory,
    scanner_cache: Path,
    one_scanner: None,
    tree: dict[bytes, Node],
    other: dict[bytes, Node],
) -> None:
    place = make_place(tmp_path_factory.mktemp("tree"), scanner_cache)
    make(os.fsencode(place.source), tree)

    sync(place.site, new_request(ask=Ask(include_low=True)))
    event("backed up" if place.backup.exists() else "held back by validation")
    if not place.backup.exists():
        return
    wanted = read_tree(place.source)
    for path in place.source.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    make(os.fsencode(place.source), other)
    damaged = read_tree(place.source)
    run = place.restore()
    event(f"exit code {run.exit_code}")
    if run.exit_code == 3:  # a link stands where a folder was: refused as a whole
        assert read_tree(place.source) == damaged
        return
    assert run.exit_code == 0, run
    now = read_tree(place.source)
    assert {path: now.get(path) for path in wanted} == wanted
    extra = {path: facts for path, facts in damaged.items() if path not in wanted}
    moved = [path for path in now if b".before-restore-" in path]
    if not moved:
        assert {path: now.get(path) for path in extra} == extra
    again = place.restore(undo=True) if run.outcome is Outcome.CHANGED else run
    assert again.exit_code == 0, again
    assert read_tree(place.source) == damaged
