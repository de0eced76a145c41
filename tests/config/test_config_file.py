"""Changing the config file: all or nothing, comments kept, links kept, parallel calls in turn."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosync_tasks.config import edit as editing
from autosync_tasks.config import file as config_file
from autosync_tasks.config.file import SCHEMA, preview, set_values
from autosync_tasks.config.load import load
from autosync_tasks.config.settings import TABLE, Settings
from autosync_tasks.errors import AutosyncError, ConfigError, LockedError
from autosync_tasks.model import Priority, Rule

ROOT = Path(__file__).parents[2]
HOME = {"HOME": "/home/someone"}

COMMENTED = """\
# My settings.

max_age = 7200   # two hours
auto_sync_push = false # not yet

# What starts a sync.
sync_triggers = [
    "agent/", # agents
    "*.md",
]

# My own rules follow.
[[rules]] # first
pattern = 'prompts/'
category = "context"
priority = "high" # always

[[rules]]
pattern = "drafts/"
category = "other"
priority = "low"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def loaded(file: Path) -> Settings:
    return load({**HOME, "AUTOSYNC_CONFIG": str(file)}).settings


def refused(file: Path, **changes: object) -> ConfigError:
    before = file.read_bytes() if file.exists() else None
    names = sorted(os.listdir(file.parent)) if file.parent.exists() else None
    with pytest.raises(ConfigError) as caught:
        set_values(str(file), changes, HOME)
    assert (file.read_bytes() if file.exists() else None) == before
    assert names is None or sorted(os.listdir(file.parent)) == names
    return caught.value


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "config.toml"
    os.umask(os.umask(0o022))
    assert set_values(str(file), {"MAX_SYNC_FREQUENCY": "600", "auto_sync_push": True}, HOME) == [
        ("max_sync_frequency", None, 600),
        ("auto_sync_push", None, True),
    ]
    assert file.read_text() == (
        f"#:schema file://{SCHEMA}\n# Settings of autosync-tasks. `autosync show-config` names them all.\n\n"
        "max_sync_frequency = 600\nauto_sync_push = true\n"
    )
    assert [mode(p) for p in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    assert os.listdir(file.parent) == ["config.toml"]


def test_comments_order_and_all_else_stay(file: Path) -> None:
    file.write_text(COMMENTED)
    set_values(str(file), {"AUTO_SYNC_PUSH": "true", "MAX_AGE": "600", "BACKUP_BRANCH": "laptop"}, HOME)
    expected = COMMENTED.replace("= false #", "= true #").replace("7200   #", "600   #")
    expected = expected.replace('    "*.md",\n]\n', '    "*.md",\n]\nbackup_branch = "laptop"\n')
    assert file.read_text() == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "max_age = 600\n"),
        ("# only\n# words", "# only\n# words\nmax_age = 600\n"),
        ("quarantine = true", "quarantine = true\nmax_age = 600\n"),
        ("quarantine = true\r\n", "quarantine = true\r\nmax_age = 600\r\n"),
        ("\n\n[[rules]]\npattern = 'a'\ncategory = 'x'\npriority = 'low'",
         "\n\nmax_age = 600\n[[rules]]\npattern = 'a'\ncategory = 'x'\npriority = 'low'\n"),
        ("# top\n\n# rules\n[[rules]]\npattern = 'a'\ncategory = 'x'\npriority = 'low'\n",
         "# top\n\nmax_age = 600\n# rules\n[[rules]]\npattern = 'a'\ncategory = 'x'\npriority = 'low'\n"),
        ("max_age=70#x\n", "max_age=600#x\n"),
        ("'max_age' = 70\n", "'max_age' = 600\n"),
        ('"max\\u005fage" = 70\n', '"max\\u005fage" = 600\n'),
        ("max_age = 0\n", "max_age = 600\n"),  # a wrong value is no obstacle to its own correction
        ("max_age = 'x' # why\n", "max_age = 600 # why\n"),
    ],
)  # fmt: skip
def test_where_a_value_goes(before: str, after: str, file: Path) -> None:
    file.write_bytes(before.encode())
    set_values(str(file), {"max_age": 600}, HOME)
    assert file.read_bytes() == after.encode()


def test_the_same_values_write_nothing(file: Path) -> None:
    file.write_text(COMMENTED)
    os.utime(file, ns=(1, 1))
    inode, folder = file.stat().st_ino, file.parent.stat().st_mtime_ns
    rules = [
        {"pattern": "prompts/", "category": "context", "priority": "high"},
        {"pattern": "drafts/", "category": "other", "priority": "low"},
    ]
    same = {"MAX_AGE": "7200", "auto_sync_push": "no", "SYNC_TRIGGERS": '["agent/", "*.md"]', "rules": rules}
    assert set_values(str(file), same, HOME) == []
    assert (file.stat().st_mtime_ns, file.stat().st_ino, file.parent.stat().st_mtime_ns) == (1, inode, folder)


def test_a_default_is_written_when_it_is_asked_for(file: Path) -> None:
    # So that a later version with another default changes nothing for this person.
    assert set_values(str(file), {"max_age": "93600"}, HOME) == [("max_age", None, 93600)]
    assert set_values(str(file), {"max_age": "93600"}, HOME) == []


def test_only_what_differs_is_told(file: Path) -> None:
    file.write_text(COMMENTED)
    assert set_values(str(file), {"MAX_AGE": "7200", "AUTO_SYNC_PUSH": "yes"}, HOME) == [
        ("auto_sync_push", False, True)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"MAX_AGE": "7200"},
        {"MAX_AGE": "600", "quarantine": True, "AUTO_SYNC_PUSH": "no"},
        {"RULES": '[{pattern = "prompts/", category = "context", priority = "high"}]'},
    ],
)
def test_a_preview_tells_what_a_change_would_and_writes_nothing(changes: dict[str, object], file: Path) -> None:
    missing = str(file.parent / "a" / "config.toml")
    assert [name for name, _, _ in preview(missing, changes, HOME)] == [name.lower() for name in changes]
    file.write_text(COMMENTED)
    told = preview(str(file), changes, HOME)
    assert file.read_text() == COMMENTED
    assert told == set_values(str(file), changes, HOME)
    assert preview(str(file), changes, HOME) == []
    assert os.listdir(file.parent) == ["config.toml"]


def test_a_preview_refuses_what_a_change_would(file: Path) -> None:
    file.write_text("max_age = 0\n")
    assert preview(str(file), {"max_age": 600}, HOME) == [("max_age", None, 600)]  # it would mend the file
    with pytest.raises(ConfigError):
        preview(str(file), {"quarantine": True}, HOME)
    with pytest.raises(ConfigError):
        preview(str(file), {"max_age": "maybe"}, HOME)


def test_rules_keep_what_stays(file: Path) -> None:
    file.write_text(COMMENTED)
    rules = (Rule("notes/", "context", Priority.MEDIUM), *loaded(file).rules[:1])
    set_values(str(file), {"rules": rules}, HOME)
    text = file.read_text()
    assert "[[rules]] # first\npattern = 'prompts/'\n" in text
    assert [rule.pattern for rule in loaded(file).rules] == ["notes/", "prompts/"]
    set_values(str(file), {"RULES": "[]", "max_age": 60}, HOME)
    assert loaded(file).rules == ()


def test_rules_as_an_array_stay_an_array(file: Path) -> None:
    file.write_text("rules = [{pattern = 'a', category = 'x', priority = 'low'}]\nmax_age = 60\n")
    set_values(str(file), {"RULES": '[{"pattern": "b", "category": "x", "priority": "low"}]'}, HOME)
    assert file.read_text() == 'rules = [{pattern = "b", category = "x", priority = "low"}]\nmax_age = 60\n'


def test_every_setting_can_be_set_and_read_back(file: Path) -> None:
    for name, setting in TABLE.items():
        if setting.default not in ("", None):
            assert [c[0] for c in set_values(str(file), {name.upper(): setting.default}, HOME)] == [name]
    assert loaded(file) == Settings()


def test_several_are_checked_before_any_is_written(file: Path) -> None:
    file.write_text(COMMENTED)
    error = refused(file, MAX_AGE="100", AUTO_SYNC_PUSH="maybe", MAX_SYNC_FREQENCY="1", REMOTE="-x", max_age="5")
    assert error.exit_code == 2
    assert [line.partition(";")[0] for line in error.details] == [
        'AUTO_SYNC_PUSH = "maybe": is neither',
        "MAX_SYNC_FREQENCY: is no setting",
        'REMOTE = "-x": is no name',
        "MAX_AGE: is given twice",
    ]
    assert "did you mean max_sync_frequency?" in error.details[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("max_age = 1\n", "max_age = 1: is too small"),
        ("what = 1\n", "what: is no setting"),
        ("a = [\n", "end of document: is not valid TOML"),
        ("\nmax_age = \n", "line 2, column 11: is not valid TOML"),
        ("\ufeff", "byte order mark"),
    ],
)
def test_a_file_that_is_wrong_elsewhere_is_not_touched(text: str, says: str, file: Path) -> None:
    file.write_text(text)
    for value in ("true", "false"):
        assert says in " ".join(refused(file, AUTO_SYNC_PUSH=value).details)


def test_a_file_that_is_not_utf8_is_not_touched(file: Path) -> None:
    file.write_bytes(b"# \xff\n")
    assert "is not UTF-8" in refused(file, max_age=100).details[0]


def test_what_is_no_file_is_not_replaced(tmp_path: Path, file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(ConfigError, match="not a regular file"):
        set_values(str(file), {"max_age": 100}, HOME)
    assert stat.S_ISFIFO(file.stat().st_mode)
    with pytest.raises(ConfigError, match="is a folder"):
        set_values(str(tmp_path), {"max_age": 100}, HOME)


def test_a_rule_that_can_never_win_is_refused(file: Path) -> None:
    file.write_text(COMMENTED)
    rules = [{"pattern": pattern, "category": "x", "priority": "low"} for pattern in ("*.md", "/a.md")]
    assert 'rule 2, pattern = "/a.md": can never win' in refused(file, RULES=rules).details[0]


def test_a_name_that_toml_cannot_hold(file: Path) -> None:
    for name, value in (("OPENCODE_SOURCE", b"/srv/\xff"), ("NOTIFY_COMMAND", b"\xff")):
        assert "UTF-8" in refused(file, **{name: os.fsdecode(value)}).details[0]


def test_folders_are_written_in_full(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    set_values(
        str(file),
        {"OPENCODE_SOURCE": "tree", "OPENCODE_BACKUP": "~/b", "NOTIFY_COMMAND": 'say "hi" \\ é'},
        HOME,
    )
    found = tomllib.loads(file.read_text())
    assert found["opencode_source"] == f"{file.parent}/tree"
    assert found["opencode_backup"] == "/home/someone/b"
    assert found["notify_command"] == 'say "hi" \\ é'
    assert 'OPENCODE_SOURCE = "": is empty' in refused(file, OPENCODE_SOURCE="").details[0]
    assert loaded(file).opencode_source == f"{file.parent}/tree"


def test_mode_and_link_stay(tmp_path: Path, file: Path) -> None:
    target = tmp_path / "dotfiles" / "autosync.toml"
    target.parent.mkdir()
    target.write_text(COMMENTED)
    target.chmod(0o640)
    file.symlink_to("dotfiles/autosync.toml")
    set_values(str(file), {"max_age": 100}, HOME)
    assert file.is_symlink()
    assert mode(target) == 0o640
    assert loaded(file).max_age == 100


def test_a_link_to_nowhere_gets_its_target(tmp_path: Path, file: Path) -> None:
    file.symlink_to("new/autosync.toml")
    set_values(str(file), {"max_age": 100}, HOME)
    assert file.is_symlink()
    assert mode(tmp_path / "new" / "autosync.toml") == 0o600


def test_the_places_are_recorded_at_once(file: Path) -> None:
    places = {"opencode_source": "/srv/tree", "opencode_backup": "/srv/backup", "source_id": "0123456789abcdef"}
    assert [name for name, _, _ in set_values(str(file), places, HOME)] == list(places)
    s = loaded(file)
    assert (s.opencode_source, s.opencode_backup, s.source_id) == tuple(places.values())
    assert set_values(str(file), places, HOME) == []


# -- when writing fails


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod", "write", "mkdir"])
def test_a_failure_at_any_point_changes_nothing(
    call: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    file.write_text(COMMENTED)
    path = str(file)
    if call == "mkdir":
        path = str(tmp_path / "missing" / "config.toml")
    if call == "write":
        real = os.open
        monkeypatch.setattr(
            os,
            "open",
            lambda p, *a, **k: real("/dev/full", os.O_WRONLY) if str(p).endswith(".new") else real(p, *a, **k),
        )
        monkeypatch.setattr(os, "fchmod", lambda *_: None)  # not on the device itself
        monkeypatch.setattr(os, "unlink", lambda *_, **__: None)
    else:
        monkeypatch.setattr(os, call, fail)
    with pytest.raises(AutosyncError) as caught:
        set_values(path, {"max_age": 100}, HOME)
    assert caught.value.exit_code == 1
    assert caught.value.message == (
        f"the config file {path} cannot be written: no space left on device; nothing was changed"
    )
    assert "AUTOSYNC_CONFIG" in caught.value.hint
    monkeypatch.undo()
    assert file.read_text() == COMMENTED
    assert os.listdir(tmp_path) == ["config.toml"]


def test_what_a_killed_run_left_is_taken_over(file: Path) -> None:
    file.write_text(COMMENTED)
    left = Path(f"{file}.new")
    left.write_text("half a fi")
    set_values(str(file), {"max_age": 100}, HOME)
    assert not left.exists()
    assert loaded(file).max_age == 100


def test_an_editor_that_saves_meanwhile_loses_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("max_age = 100\n")
    real = editing.edit
    saves = iter(["max_age = 100\nquarantine = true\n"])

    def edit(text: str, values: dict[str, object], path: str, profile: str) -> str:
        if (saved := next(saves, None)) is not None:
            file.write_text(saved)
        return real(text, values, path, profile)

    monkeypatch.setattr(editing, "edit", edit)
    set_values(str(file), {"max_age": 200}, HOME)
    assert file.read_text() == "max_age = 200\nquarantine = true\n"


def test_an_editor_that_never_stops_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("max_age = 100\n")
    real = editing.edit

    def edit(text: str, values: dict[str, object], path: str, profile: str) -> str:
        file.write_text(file.read_text() + "#\n")
        return real(text, values, path, profile)

    monkeypatch.setattr(editing, "edit", edit)
    with pytest.raises(LockedError):
        set_values(str(file), {"max_age": 200}, HOME)
    assert os.listdir(file.parent) == ["config.toml"]


def test_parallel_calls_lose_nothing(file: Path) -> None:
    names = [name for name, setting in TABLE.items() if setting.type == "whole number"][:6]
    script = (
        "import sys; from autosync_tasks.config.file import set_values; "
        "set_values(sys.argv[1], {sys.argv[2]: '77'}, {})"
    )

    def call(name: str) -> None:
        subprocess.run([sys.executable, "-c", script, str(file), name], check=True, cwd=ROOT)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(call, names))
    assert {name: tomllib.loads(file.read_text()).get(name) for name in names} == dict.fromkeys(names, 77)
    assert os.listdir(file.parent) == ["config.toml"]


def test_a_lock_that_is_never_let_go_ends_the_wait(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_file, "_LOCK_WAIT", 0.05)
    fd = os.open(file.parent, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        with pytest.raises(LockedError) as caught:
            set_values(str(file), {"max_age": 100}, HOME)
        assert caught.value.exit_code == 75
        assert not file.exists()
    finally:
        os.close(fd)


def test_where_folders_cannot_be_locked_a_file_beside_is(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fcntl.flock

    def as_on_nfs(fd: int, how: int) -> None:
        if fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(9, "Bad file descriptor")
        real(fd, how)

    monkeypatch.setattr(fcntl, "flock", as_on_nfs)
    open_before = len(os.listdir("/proc/self/fd"))
    set_values(str(file), {"max_age": 100}, HOME)
    assert loaded(file).max_age == 100
    assert sorted(os.listdir(file.parent)) == ["config.toml", "config.toml.lock"]
    assert len(os.listdir("/proc/self/fd")) == open_before


# -- any file, any value

GOOD_VALUES = {
    "auto_sync_push": st.booleans(),
    "max_age": st.integers(60, 10**6),
    "notify_command": st.text(st.characters(min_codepoint=32, exclude_characters="\x7f", codec="utf-8"), max_size=20),
    "sync_triggers": st.lists(st.sampled_from(["a/", "*.md", r"\#x", 'q"uote', "é", "a\\ "]), max_size=3),
    "opencode_source": st.sampled_from(["/a", "/a b", '/q"', "/é\\"]),
}
CHANGES = st.fixed_dictionaries({}, optional=GOOD_VALUES)
LINES = st.lists(
    st.sampled_from(
        [
            "# a comment",
            "",
            "max_age = 100 # x",
            "auto_sync_push=true",
            'sync_triggers = ["x", # y\n "z"]',
            "'notify_command' = '''a'''",
            "  quarantine = false  ",
            'remote = "o"\t#c',
        ]
    ),
    max_size=6,
    unique_by=lambda line: line.split("=")[0].strip(" '") or object(),
)
RULE = "pattern='a'\ncategory='x'\npriority='low'"
TAIL = st.sampled_from(["", "# last", f"[[rules]]\n{RULE}", f"# r\n[[rules]]#\n{RULE}\n# end\n"])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=LINES, tail=TAIL, changes=CHANGES)
def test_round_trip(lines: list[str], tail: str, changes: dict[str, object], file: Path) -> None:
    text = "\n".join([*lines, tail])
    file.write_text(text)
    before = loaded(file)
    changed = set_values(str(file), changes, HOME)
    after = loaded(file)
    for name in TABLE:
        given_ = changes.get(name, getattr(before, name))
        assert getattr(after, name) == (tuple(given_) if isinstance(given_, list) else given_)
    # Whatever line is not of a setting that was changed is still there, in the same order.
    concerned = {name for name, _, _ in changed}
    kept = [line for line in lines if line.split("=")[0].strip(" '") not in concerned]
    rest = file.read_text()
    for line in [*kept, *tail.splitlines()]:
        assert line in rest
        rest = rest[rest.index(line) + len(line) :]
    assert set_values(str(file), changes, HOME) == []


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=80) | st.text(alphabet="[]{}=\"'#\n.,true09-_\\ max_age", max_size=60).map(str.encode))
def test_a_garbage_file_is_refused_or_right_afterwards(raw: bytes, file: Path) -> None:
    file.write_bytes(raw)
    try:
        set_values(str(file), {"run_deadline": 99}, HOME)
    except ConfigError:
        assert file.read_bytes() == raw
    else:
        assert loaded(file).run_deadline == 99
