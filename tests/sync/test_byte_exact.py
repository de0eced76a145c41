"""Byte-exact: names, links, modes and contents that copying tools and `git add` change, drop or stumble over."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import independent
from tests.support.place import Place, Result

pytestmark = pytest.mark.sample(8, of_file=True)


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def exact(place: Place, *, ignore: Sequence[bytes] = (), foreign: Sequence[bytes] = ()) -> Result:
    """Syncs once, compares, and sees a second run write nothing. Returns the first run."""
    first = place.inside()
    assert (first.code, first.outcome) == (0, "changed"), first
    assert independent.differences(place.source, place.backup, ignore=ignore, foreign=foreign) == []
    assert place.git("status", "--porcelain") == b""
    written = place.written()
    second = place.inside()
    assert (second.code, second.outcome) == (0, "ok"), second
    assert place.written() == written
    proof = place.inside("verify", "--deep")
    assert (proof.code, proof.outcome, proof.json["notes"]) == (0, "ok", []), proof
    return first


NAMES = [
    b"caf\xe9.md", b"\xff\xfe", b"line\nbreak.md", b"\n", b"tab\tand\rreturn", b'"quoted".md', b"'single'",
    b"back\\slash", b"a:b", b"C:", b"-rf", b"--help", b" leading", b"trailing ", b" ", b"\x01\x1b[31mred", b"*", b"?",
    b"[a-z]", b"#hash", b"!bang", b":(top)x", b":", b"HEAD", b"refs", b"@{u}", b"~x", b"$HOME", b"`id`",
    b"na\xc3\xafve", b"nai\xcc\x88ve", b"\xe2\x80\xaeevil", b"README", b"readme", b"ReadMe", b"x" * 250,
    b"\xc3\xa9" * 125, b"...", b".hidden", b"a.lock", b"\\303\\251", b'"', b"con", b"aux.md", b"100%", b"%s%n", b"{}",
    b"\x7f",
]  # fmt: skip


def test_names_that_are_hard_to_bear(place: Place) -> None:
    for number, name in enumerate(NAMES):
        place.write(name, b"file %d\n" % number)
        place.write(b"in/" + name + b"/" + name, b"below %d\n" % number, 0o755 if number % 2 else 0o600)
    first = exact(place)
    assert {bytes.fromhex(change["path_hex"]) for change in first.json["changes"]} >= set(NAMES)
    assert first.out.isascii(), "JSON for a program must not carry a name's raw bytes"
    for name in NAMES:  # and they leave as they came
        os.unlink(os.path.join(os.fsencode(place.source), name))
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []


def test_names_reach_the_screen_only_with_harmless_characters(place: Place) -> None:
    place.write(b"agent/\x1b]0;title\x07\x1b[2J.md", "x\n")
    place.write(b"agent/\xe2\x80\xaetxt.exe", "x\n")
    run = place.run("sync")
    assert run.code == 0, run
    assert not set(run.out + run.err) & {0x1B, 0x07}
    assert b"\xe2\x80\xae" not in run.out + run.err


def _deep(place: Place, levels: int, name: bytes) -> bytes:
    """A file below `levels` folders with long names, made by descriptors; its path."""
    fd = os.open(place.source, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=fd)
        below = os.open(name, os.O_RDONLY, dir_fd=fd)
        os.close(fd)
        fd = below
    file = os.open(b"leaf.md", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=fd)
    os.write(file, b"deep down\n")
    os.close(file)
    os.close(fd)
    return b"/".join([name] * levels + [b"leaf.md"])


def test_a_path_just_inside_the_systems_limit(place: Place) -> None:
    path = _deep(place, 16, b"n" * 250)
    assert 4000 < len(path) < 4096
    exact(place)


def test_a_path_beyond_the_systems_limit_is_in_the_commit(place: Place) -> None:
    """No work tree can hold it by name: that is told, and is no failure; the branch has every byte."""
    path = _deep(place, 20, b"n" * 250)
    place.write("AGENTS.md", "# Rules\n")
    assert len(path) > 4096
    first = place.inside()
    assert (first.code, first.outcome) == (0, "changed"), first
    assert independent.differences(place.source, place.backup) == []
    assert "work tree" in " ".join(first.json["notes"]), first
    place.write("AGENTS.md", "# More rules\n")
    assert place.inside().code == 0
    assert independent.differences(place.source, place.backup) == []
    assert (place.backup / "AGENTS.md").read_text() == "# More rules\n", "the rest of the work tree follows"
    assert place.inside("verify", "--deep").code == 0


def test_empty_files_folders_and_every_mode(place: Place) -> None:
    place.write("empty.md", b"")
    (place.source / "a/b/c").mkdir(parents=True)
    (place.source / "hollow").mkdir()
    for mode in (0o400, 0o444, 0o600, 0o644, 0o664, 0o666, 0o700, 0o711, 0o755, 0o777, 0o100, 0o010, 0o001):
        place.write(f"modes/{mode:03o}", f"{mode:o}\n", mode)
    for mode in (0o700, 0o750, 0o755, 0o775, 0o777):
        (place.source / f"folders/{mode:o}").mkdir(parents=True)
        (place.source / f"folders/{mode:o}").chmod(mode)
    exact(place)
    (place.source / "hollow").chmod(0o700)
    (place.source / "a/b/c").rmdir()
    (place.source / "modes/600").chmod(0o640)
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []


def test_setuid_and_sticky_bits_are_never_recorded(place: Place) -> None:
    place.write("bin/tool", "#!/bin/sh\n")
    (place.source / "bin/tool").chmod(0o4755)
    (place.source / "shared").mkdir()
    (place.source / "shared").chmod(0o1777)
    assert place.inside().outcome == "changed"
    record = independent.manifest(place.backup)
    assert (record[b"bin/tool"], record[b"shared"]) == (("f", 0o755), ("d", 0o777))


def test_links_are_stored_as_links(place: Place) -> None:
    outside = place.base / "outside"
    outside.mkdir()
    (outside / "private.md").write_text("not yours\n")
    place.write("real.md", "here\n")
    links = {
        "broken": "no/such/place", "self": "self", "one": "two", "two": "one", "absolute": str(outside / "private.md"),
        "out": "../../outside", "folder": ".", "up": "../..", "spaces and\nlines": " x \n", "long": "y" * 4000,
        "fine": "real.md",
    }  # fmt: skip
    (place.source / "in").mkdir()
    for name, target in links.items():
        os.symlink(target, place.source / "in" / name)
    os.symlink(b"\xff\xfe", os.fsencode(place.source) + b"/in/\xff")
    exact(place)
    for name, target in links.items():
        assert place.git("cat-file", "blob", f"main:in/{name}") == target.encode()
    for content in independent.contents(place.backup, {c for _, c in independent.tree(place.backup).values()}).values():
        assert b"not yours" not in content
    status = place.inside("status")
    assert status.code == 0
    assert status.json["verdict"] == "attention", status
    assert {link["path"] for link in status.json["links_out"]} >= {"in/absolute", "in/out", "in/up"}


def test_a_source_root_that_is_a_link(place: Place) -> None:
    place.write("agent/a.md", "a\n")
    place.source.rename(place.base / "really-here")
    place.source.symlink_to("really-here")
    exact(place)
    (place.base / "really-here/agent/a.md").write_text("b\n")
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []


def test_a_nested_repository(place: Place) -> None:
    """Its files are backed up, its `.git` is not, and that is said."""
    nested = place.source / "skills/theirs"
    nested.mkdir(parents=True)
    place.write("skills/theirs/SKILL.md", "---\nname: theirs\ndescription: x\n---\n")
    place.write("skills/theirs/.gitignore", "*\n")
    place.git("init", "-q", "-b", "main", repository=nested)
    place.git("add", "-f", ".", repository=nested)
    place.git("commit", "-qm", "theirs", repository=nested)
    first = exact(place)
    assert [left["path"] for left in first.json["left_out"]] == ["skills/theirs/.git"]
    assert set(independent.tree(place.backup)) == {
        b".autosync/manifest", b"skills/theirs/SKILL.md", b"skills/theirs/.gitignore",
    }  # fmt: skip
    place.write("skills/theirs/more.md", "more\n")
    run = place.run("sync")
    assert run.code == 0
    assert "skills/theirs/.git" in run.words
    assert "repository" in run.words


@pytest.mark.parametrize("where", ["", "skills/theirs/"])
def test_the_git_file_of_a_submodule_or_linked_work_tree(place: Place, where: str) -> None:
    """`.git` may be a file that names a repository elsewhere: it is left out like the folder, and is no fault."""
    place.write(f"{where}SKILL.md", "---\nname: theirs\ndescription: x\n---\n")
    place.write(f"{where}.git", "gitdir: ../../elsewhere\n")
    first = exact(place, ignore=[f"{where}.git".encode()])
    assert [left["path"] for left in first.json["left_out"]] == [f"{where}.git"]


def test_the_sources_own_git_files_change_nothing(place: Place) -> None:
    """What OpenCode's `.gitignore` hides is backed up; attributes with text, ident and a filter change no byte."""
    place.write(".gitignore", "node_modules\nplan.md\npackage.json\nbun.lock\n.gitignore\n*\n")
    place.write("package.json", '{"dependencies": {}}\n')
    place.write("bun.lock", "lock\n")
    place.write(
        ".gitattributes",
        "* text=auto eol=crlf ident\n*.md text filter=shout\n"
        "*.txt working-tree-encoding=UTF-16 export-subst\n*.bin -text\n",
    )
    place.write("crlf.md", b"one\r\ntwo\r\n")
    place.write("lf.md", b"one\ntwo\n")
    place.write("mixed.md", b"one\r\ntwo\nthree\r")
    place.write("ident.md", b"$Id$ and $Id: 0123 $ and $Format:%H$\n")
    place.write("utf16.txt", "d\u00e9j\u00e0".encode("utf-16"))
    place.write("context/.gitattributes", "* filter=shout text eol=lf\n")
    place.write("context/crlf.md", b"in\r\nhere\r\n")
    place.git("init", "-q", "-b", "main", str(place.backup), repository=place.base)
    mark = place.base / "a-filter-ran"
    for side in ("clean", "smudge"):
        place.git("config", f"filter.shout.{side}", f"touch {mark}; tr a-z A-Z")
    place.git("config", "filter.shout.required", "true")
    exact(place)
    assert (place.backup / "crlf.md").read_bytes() == b"one\r\ntwo\r\n"
    assert (place.backup / "ident.md").read_bytes() == b"$Id$ and $Id: 0123 $ and $Format:%H$\n"
    place.write("crlf.md", b"one\r\nthree\r\n")
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []
    assert place.git("status", "--porcelain") == b""
    assert place.git("-c", "core.autocrlf=true", "status", "--porcelain") == b""
    assert not mark.exists(), "a filter ran"


def test_a_gitmodules_file_that_gits_check_dislikes(place: Place) -> None:
    """It is a file like any other: stored, and the proof of the backup does not fail over it."""
    place.write(".gitmodules", '[submodule "x"]\n\tpath = x\n\turl = -evil\n')
    place.write("sub/.gitmodules", "not even a config file [\n")
    exact(place)


def test_gitattributes_that_gits_check_dislikes(place: Place) -> None:
    """A folder of that name, and lines longer than git reads: they come back from a remote too."""
    place.write("a/.gitattributes/notes.md", "a folder\n")
    place.write("b/.gitattributes", f"{'x' * 3000} text\n")
    exact(place)
    new = place.base / "new"
    names = ("OPENCODE_SOURCE", "OPENCODE_BACKUP", "AUTOSYNC_CONFIG", "XDG_CONFIG_HOME")
    places = {name: str(new / name) for name in names}
    run = place.run("bootstrap", str(place.backup), "--no-triggers", "--json", environ=places)
    assert run.code == 0, run
    assert (new / names[0] / "b/.gitattributes").read_bytes() == (place.source / "b/.gitattributes").read_bytes()


def _hostile_home(place: Place) -> Path:
    """A user's git config that would change, sign, hook or template everything. Returns the folder of marks."""
    marks = place.base / "marks"
    marks.mkdir()
    hooks, template = place.base / "hooks", place.base / "template"
    for folder in (hooks, template / "hooks"):
        folder.mkdir(parents=True)
        for name in (
            "pre-commit",
            "commit-msg",
            "post-commit",
            "reference-transaction",
            "post-checkout",
            "post-index-change",
        ):
            (folder / name).write_text(f"#!/bin/sh\ntouch {marks}/{name}\nexit 1\n")
            (folder / name).chmod(0o755)
    (template / "info").mkdir()
    (template / "info/exclude").write_text("*\n")
    (template / "config").write_text("[core]\n\tautocrlf = true\n\tfsmonitor = touch " + f"{marks}/fsmonitor\n")
    (place.home / ".gitconfig").write_text(
        f"[core]\n\tautocrlf = true\n\thooksPath = {hooks}\n\texcludesFile = {template}/info/exclude\n"
        f"\tattributesFile = {template}/attributes\n\tfsmonitor = touch {marks}/fsmonitor\n\tquotePath = true\n"
        "[user]\n\tuseConfigOnly = true\n"
        f"[commit]\n\tgpgsign = true\n[gpg]\n\tprogram = {hooks}/pre-commit\n[init]\n\ttemplateDir = {template}\n"
        "\tdefaultBranch = trunk\n[safe]\n\tbareRepository = explicit\n[i18n]\n\tcommitEncoding = latin1\n"
        '[alias]\n\tfast-import = "!false"\n'
    )
    (template / "attributes").write_text("* text eol=lf ident\n")
    return marks


def test_the_users_git_config_changes_nothing(place: Place) -> None:
    marks = _hostile_home(place)
    place.write("crlf.md", b"one\r\ntwo\r\n")
    place.write("context/ident.md", b"$Id$\n")
    for number in range(2):
        place.write("context/more.md", f"{number}\r\n")
        run = place.sync(environ={"XDG_CONFIG_HOME": None, "EMAIL": None})
        assert (run.code, run.outcome) == (0, "changed"), run
        assert independent.differences(place.source, place.backup) == []
    assert list(marks.iterdir()) == []
    assert place.git("symbolic-ref", "HEAD").strip() == b"refs/heads/main"
    assert b"gpgsig" not in place.git("cat-file", "commit", "main")
    assert place.git("status", "--porcelain") == b""


def test_an_inherited_git_environment_is_another_repositorys(place: Place) -> None:
    """Every git hook has GIT_DIR and GIT_INDEX_FILE set: a sync started there must not touch that repository."""
    theirs = place.base / "theirs"
    place.git("init", "-q", "-b", "main", str(theirs), repository=place.base)
    (theirs / "their.txt").write_text("theirs\n")
    place.git("add", ".", repository=theirs)
    place.git("commit", "-qm", "theirs", repository=theirs)
    place.write("agent/a.md", "a\n")
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    inherited = {
        "GIT_DIR": str(theirs / ".git"), "GIT_INDEX_FILE": str(theirs / ".git/index"), "GIT_WORK_TREE": str(theirs),
        "GIT_OBJECT_DIRECTORY": str(theirs / ".git/objects"), "GIT_PREFIX": "", "GIT_NAMESPACE": "elsewhere",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true",
        "GIT_LITERAL_PATHSPECS": "0",
        "GIT_AUTHOR_DATE": "1 +0000", "GIT_TRACE": str(place.base / "trace"), "GIT_CEILING_DIRECTORIES": "/",
    }  # fmt: skip
    for text in ("a\n", "b\n"):
        place.write("agent/a.md", text)
        run = place.sync(environ=inherited)
        assert (run.code, run.outcome) == (0, "changed"), run
        assert independent.differences(place.source, place.backup) == []
    assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before
    assert not (place.base / "trace").exists()


@pytest.mark.parametrize("umask", [0o077, 0o000])
def test_the_umask_changes_no_recorded_mode(place: Place, umask: int) -> None:
    place.umask = umask
    place.write("bin/tool", "#!/bin/sh\n", 0o755)
    place.write("agent/open.md", "open\n", 0o666)
    exact(place)
    assert independent.manifest(place.backup)[b"agent/open.md"] == ("f", 0o666)
    for folder, _, files in os.walk(place.state):
        if folder != str(place.state) and "engine" not in folder:
            assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
            for name in files:
                assert stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode) == 0o600, name


def test_a_file_over_the_limit_is_left_out_and_named_and_the_rest_goes(place: Place) -> None:
    place.write("agent/a.md", "a\n")
    place.write("context/grows.md", "small\n")
    assert place.inside().code == 0
    for name in ("model.bin", "context/grows.md"):
        with open(place.source / name, "wb") as file:
            file.truncate(60_000_000)
    place.write("agent/a.md", "b\n")
    run = place.inside()
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert {left["path"]: left["why"] for left in run.json["left_out"]} == {
        "model.bin": "too large", "context/grows.md": "too large",
    }  # fmt: skip
    assert "model.bin" in run.json["reason"] or "grows.md" in run.json["reason"]
    assert place.git("show", "main:agent/a.md") == b"b\n"
    assert place.git("show", "main:context/grows.md") == b"small\n", "what the backup has of it stays"
    head = place.head
    again = place.inside()
    assert (again.code, again.outcome, place.head) == (1, "incomplete", head), again
    status = place.inside("status")
    assert (status.code, status.json["verdict"]) == (0, "attention")
    for name in ("model.bin", "context/grows.md"):
        os.truncate(place.source / name, 1000)
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []


def test_what_is_no_file_is_named_and_never_opened(place: Place) -> None:
    place.write("agent/a.md", "a\n")
    os.mkfifo(place.source / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place.source / "s"))
        place.write(".autosync/manifest", "mine\n")
        run = place.inside()
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert {left["path"]: left["why"] for left in run.json["left_out"]} == {
        "pipe": "special", "s": "special", ".autosync": "reserved name",
    }  # fmt: skip
    assert independent.differences(place.source, place.backup, ignore=[b".autosync"]) == []


@pytest.mark.parametrize("name", [b".GIT", b"git~1", b".git ", b".g\xe2\x80\x8cit"])
def test_a_name_that_git_refuses_is_left_out_with_a_word(place: Place, name: bytes) -> None:
    place.write("agent/a.md", "a\n")
    place.write(b"in/" + name, "x\n")
    run = place.inside()
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert [bytes.fromhex(left["path_hex"]) for left in run.json["left_out"]] == [b"in/" + name]
    assert independent.differences(place.source, place.backup, ignore=[b"in/" + name]) == []
    place.git("fsck", "--full", "--strict")


def test_a_bare_backup(place: Place) -> None:
    place.git("init", "-q", "--bare", "-b", "main", str(place.backup), repository=place.base)
    place.write("agent/a.md", "a\n")
    first = place.inside()
    assert (first.code, first.outcome) == (0, "changed"), first
    written = place.written()
    second = place.inside()
    assert (second.code, second.outcome, place.written() == written) == (0, "ok", True), second
    place.write("agent/b.md", "b\r\n", 0o700)
    os.unlink(place.source / "agent/a.md")
    assert place.inside().outcome == "changed"
    assert independent.differences(place.source, place.backup) == []
    proof = place.inside("verify", "--deep")
    assert (proof.code, proof.outcome) == (0, "ok"), proof
    assert not (place.backup / "agent").exists()
    assert not (place.backup / "index").exists()


def test_every_swap_of_type_arrives(place: Place) -> None:
    for name in ("file-folder", "file-link", "x/folder-file/a", "x/folder-link/a"):
        place.write(name, "first\n")
    os.symlink("somewhere", place.source / "link-file")
    os.symlink("somewhere", place.source / "link-folder")
    exact(place)
    subprocess.run(
        "rm file-folder file-link link-file link-folder; rm -r x/folder-file x/folder-link;"
        "mkdir file-folder link-folder; echo 1 > file-folder/a; echo 2 > link-folder/b; ln -s elsewhere file-link;"
        "echo 3 > link-file; echo 4 > x/folder-file; ln -s elsewhere x/folder-link",
        shell=True, cwd=place.source, check=True,
    )  # fmt: skip
    run = place.inside()
    assert (run.code, run.outcome) == (0, "changed"), run
    assert independent.differences(place.source, place.backup) == []
    assert place.git("status", "--porcelain") == b""
