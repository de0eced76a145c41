"""Settings: three sources, strict values, every error at once."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import platformdirs
import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autosync_tasks.config.file import set_values
from autosync_tasks.config.load import Loaded, load
from autosync_tasks.config.places import locate
from autosync_tasks.config.settings import TABLE, Settings, Type
from autosync_tasks.config.shadowed import _witnesses
from autosync_tasks.config.values import allowed
from autosync_tasks.errors import ConfigError, UsageError
from autosync_tasks.model import Kind, Priority, Rule
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.policy.patterns import check_pattern
from autosync_tasks.profiles import Source
from tools.settings_page import PAGE, page

HOME = "/home/someone"

# One value for each setting, other than its default: as TOML, and what it must become.
OTHER: dict[str, tuple[str, object]] = {
    "auto_sync_enabled": ("false", False),
    "auto_sync_push": ("true", True),
    "auto_sync_validate": ("false", False),
    "min_changes_for_sync": ("5", 5),
    "max_sync_frequency": ("600", 600),
    "sync_triggers": ('["agent/", "*.txt"]', ("agent/", "*.txt")),
    "sync_exclusions": ('["*.swp"]', ("*.swp",)),
    "opencode_source": ('"/srv/tree"', "/srv/tree"),
    "opencode_backup": ('"~/backup"', f"{HOME}/backup"),
    "source_id": ('"0123456789abcdef"', "0123456789abcdef"),
    "backup_branch": ('"laptop/main"', "laptop/main"),
    "remote": ('"home"', "home"),
    "push_url": ('"https://host.example/me/backup.git"', "https://host.example/me/backup.git"),
    "medium_threshold": ("0", 0),
    "medium_max_age": ("3600", 3600),
    "max_age": ("7200", 7200),
    "backoff_cap": ("1800", 1800),
    "max_file_size": ("1_000", 1000),
    "mass_delete_share": ("80", 80),
    "mass_delete_count": ("3", 3),
    "quarantine": ("true", True),
    "deep_verify_every": ("3600", 3600),
    "validate_select": ('["SEC", "JSN001"]', ("SEC", "JSN001")),
    "validate_ignore": ('["STR"]', ("STR",)),
    "follow_links_into": ('["/srv/shared", "~/dots"]', ("/srv/shared", f"{HOME}/dots")),
    "follow_config": ('"/srv/work.json"', "/srv/work.json"),
    "leave_outside": ('["/srv/skills"]', ("/srv/skills",)),
    "notify_command": ('"notify-send autosync"', "notify-send autosync"),
    "notify": ('["notify-send autosync", "/srv/tell --loud"]', ("notify-send autosync", "/srv/tell --loud")),
    "heartbeat_url": ('"https://heartbeat.example/ping/1"', "https://heartbeat.example/ping/1"),
    "watch_quiet": ("5", 5),
    "watch_max_wait": ("60", 60),
    "run_deadline": ("120", 120),
    "rules": (
        '[{pattern = "prompts/", category = "context", priority = "high"}]',
        (Rule("prompts/", "context", Priority.HIGH, "?"),),
    ),
}


def as_text(toml: str) -> str:
    """How a person writes the same in the environment: text without quotes."""
    value = tomllib.loads(f"v = {toml}")["v"]
    return value if isinstance(value, str) else toml


def plain(value: object) -> object:
    """Without the origin of rules, which names the place."""
    if isinstance(value, tuple):
        return tuple((i.pattern, i.category, i.priority) if isinstance(i, Rule) else i for i in value)
    return value


def environ(path: Path | None = None, /, **more: str) -> dict[str, str]:
    named = {} if path is None else {"AUTOSYNC_CONFIG": str(path)}
    return {"HOME": HOME, **named, **more}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def wrong(environ_: dict[str, str]) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(environ_)
    assert caught.value.exit_code == 2
    return caught.value


def test_the_table_of_other_values_is_complete_and_differs_from_every_default() -> None:
    assert OTHER.keys() == TABLE.keys()
    for name, (_, value) in OTHER.items():
        assert value != TABLE[name].default


def test_without_anything_every_setting_has_its_default() -> None:
    loaded = load({"HOME": HOME})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {"default"}
    assert not loaded.exists
    assert loaded.path == f"{HOME}/.config/autosync-tasks/config.toml"


def test_the_policy_of_the_design_is_the_default() -> None:
    s = Settings()
    assert (s.auto_sync_enabled, s.auto_sync_push, s.auto_sync_validate) == (True, False, True)
    assert (s.min_changes_for_sync, s.max_sync_frequency, s.backoff_cap) == (1, 300, 6 * 3600)
    assert (s.medium_threshold, s.medium_max_age, s.max_age) == (3, 24 * 3600, 26 * 3600)
    assert (s.mass_delete_share, s.mass_delete_count, s.max_file_size) == (50, 10, 50_000_000)
    assert s.starts[:7] == (
        "context/**/*.md",
        "bin/*",
        "tool/**/*",
        "agent/**/*.md",
        "templates/**/*",
        "*.md",
        "package.json",
    )
    assert s.sync_exclusions == (".tmp/**/*", "*.log", ".env", "node_modules/**/*", ".git/**/*")


@pytest.mark.parametrize(
    "path",
    [
        *(f"{name}{s}/x.y" for name in ("agent", "tool", "plugin", "command", "skill", "mode") for s in ("", "s")),
        "context/data.json",
        "bin/deploy",
        "integrations/x",
        "mcp/x.json",
        "mcp.json",
        "opencode.json",
        "opencode.jsonc",
        "tui.json",
        "tui.jsonc",
        "package.json",
        "AGENTS.md",
        "README.md",
        "docs/guide.rst",
        "templates/a/b.txt",
        "themes/dark.json",
        "bun.lock",
        "env.example",
    ],
)
def test_every_named_category_starts_a_sync(path: str) -> None:
    assert Classifier(Settings()).starts(path.encode(), Kind.FILE)


def test_every_built_in_rule_that_names_something_high_or_medium_starts_a_sync() -> None:
    classifier = Classifier(Settings())
    for rule in Source().read().rules[:-1]:
        for witness in list(_witnesses(rule.pattern))[:50]:
            kind = Kind.FOLDER if witness.endswith("/") else Kind.FILE
            path = witness.removesuffix("/").encode()
            if classifier.rule_for(path, kind) is rule and rule.priority is not Priority.LOW:
                assert classifier.starts(path, kind), (rule, witness)


@pytest.mark.parametrize("name", OTHER)
class TestEverySetting:
    def test_through_the_file(self, name: str, file: Path) -> None:
        toml, value = OTHER[name]
        file.write_text(f"{name} = {toml}\n")
        loaded = load(environ(file))
        assert loaded.exists
        self.changed_alone(loaded, name, value, "config file")

    def test_through_the_environment(self, name: str) -> None:
        toml, value = OTHER[name]
        loaded = load(environ(**{name.upper(): as_text(toml)}))
        self.changed_alone(loaded, name, value, f"environment variable {name.upper()}")

    def test_a_wrong_type_names_file_line_key_value_and_what_is_allowed(self, name: str, file: Path) -> None:
        file.write_text(f"{name} = 1.5\n")
        (line,) = wrong(environ(file)).details
        assert line.startswith(f"{file}, line 1: {name} = 1.5: ")
        assert line.endswith(f"; allowed: {allowed(TABLE[name])}")

    def changed_alone(self, loaded: Loaded, name: str, value: object, origin: str) -> None:
        assert plain(getattr(loaded.settings, name)) == plain(value)
        assert loaded.origins[name] == origin
        for other in TABLE:
            if other != name:
                assert getattr(loaded.settings, other) == TABLE[other].default
                assert loaded.origins[other] == "default"


@pytest.mark.parametrize("name", [name for name, s in TABLE.items() if s.type is Type.INT])
def test_bounds_of_whole_numbers(name: str, file: Path) -> None:
    setting = TABLE[name]
    for inside in (setting.low, setting.high):
        file.write_text(f"{name} = {inside}\n")
        assert getattr(load(environ(file)).settings, name) == inside
    for outside, why in ((setting.low - 1, "too small"), (setting.high + 1, "too large")):
        file.write_text(f"{name} = {outside}\n")
        (line,) = wrong(environ(file)).details
        assert f"{name} = {outside}: is {why}; allowed: {allowed(setting)}" in line
    file.write_text(f"{name} = true\n")
    assert "is not a whole number" in wrong(environ(file)).details[0]


@pytest.mark.parametrize("text", ["true", "TRUE", "1", "yes", "On", " true "])
def test_words_for_true(text: str) -> None:
    assert load(environ(AUTO_SYNC_PUSH=text)).settings.auto_sync_push is True


@pytest.mark.parametrize("text", ["false", "False", "0", "no", "OFF"])
def test_words_for_false(text: str) -> None:
    assert load(environ(AUTO_SYNC_ENABLED=text)).settings.auto_sync_enabled is False


@pytest.mark.parametrize("text", ["maybe", "", "2", "t", "truefalse", "wahr"])
def test_any_other_word_is_an_error(text: str) -> None:
    (line,) = wrong(environ(AUTO_SYNC_PUSH=text)).details
    assert line == (
        f'environment variable AUTO_SYNC_PUSH = "{text}": is neither; allowed: true or false (also 1/0, yes/no, on/off)'
    )


@pytest.mark.parametrize("text", ["", "5y", "3e2", "1.0", "0x10", "1__0", "٣", "9" * 5000, "- 1"])
def test_what_is_no_number_in_the_environment(text: str) -> None:
    (line,) = wrong(environ(MAX_SYNC_FREQUENCY=text)).details
    assert line.startswith("environment variable MAX_SYNC_FREQUENCY = ")
    assert len(line) < 300


@pytest.mark.parametrize(
    "text", ['["a/", "*.b"]', '["a/",\n "*.b",]', " ['a/', '*.b'] ", r'["a/","\u002a.b"]', r'["a\/", "*.b"]']
)
def test_lists_as_toml_or_json(text: str) -> None:
    assert load(environ(SYNC_TRIGGERS=text)).settings.sync_triggers == ("a/", "*.b")


@pytest.mark.parametrize("text", ["a,b", '["a"', '{"a": 1}', '"a"', '["a"]\nx = 1', "[" * 100_000, "", "[1"])
def test_what_is_no_list(text: str) -> None:
    (line,) = wrong(environ(SYNC_TRIGGERS=text)).details
    assert line.startswith("environment variable SYNC_TRIGGERS = ")
    assert "is not a TOML or JSON array" in line


def test_rules_as_json_in_the_environment_know_where_they_come_from() -> None:
    text = json.dumps([{"pattern": "a/", "category": "agent", "priority": "low"}])
    assert load(environ(RULES=text)).settings.rules == (Rule("a/", "agent", Priority.LOW, "RULES rule 1"),)


def test_rules_in_the_file_know_their_number(file: Path) -> None:
    file.write_text(
        '[[rules]]\npattern = "a/"\ncategory = "agent"\npriority = "low"\n'
        '[[rules]]\npattern = "node_modules/"\ncategory = "other"\npriority = "never"\n'
    )
    assert load(environ(file)).settings.rules == (
        Rule("a/", "agent", Priority.LOW, "config.toml rule 1"),
        Rule("node_modules/", "other", Priority.NEVER, "config.toml rule 2"),
    )


def test_all_errors_come_at_once(file: Path) -> None:
    file.write_text(
        'auto_sync_pussh = true\nAUTO_SYNC_ENABLED = true\nsync_triggers = ["!a", 3, "b["]\nmax_age = "1y"\n'
        'remote = "https://me:hunter2@host/x"\nzzzzqqqq = 1\n'
        '[[rules]]\npattern = "*.txt"\ncategory = "context"\npriority = "hi"\n'
        '[[rules]]\npattern = ".env"\ncategory = "Not A Word"\npriority = "high"\ncolour = 1\n'
        '[[rules]]\npattern = "keys/*.pem"\ncategory = "context"\npriority = "high"\n'
        '[[rules]]\npattern = "a/"\ncategory = "context"\n'
    )
    error = wrong(environ(file, MAX_SYNC_FREQUENCY="-1", AUTO_SYNC_PUSH="maybe", OPENCODE_SOURCE=""))
    assert error.message == "16 settings are wrong"
    assert [line.removeprefix(f"{file}, ").partition("; allowed")[0] for line in error.details] == [
        "line 1: auto_sync_pussh: is no setting; did you mean auto_sync_push?",
        "line 2: AUTO_SYNC_ENABLED: is no setting; settings are written in small letters here",
        f'line 3: sync_triggers, item 1 = "!a": {check_pattern("!a")}',
        "line 3: sync_triggers, item 2 = 3: is not text",
        f'line 3: sync_triggers, item 3 = "b[": {check_pattern("b[")}',
        'line 4: max_age = "1y": is not a whole number',
        'line 5: remote = "https://***@host/x": is no name',
        "line 6: zzzzqqqq: is no setting",
        'line 10: rule 1, priority = "hi": is no priority; did you mean high?',
        "line 15: rule 2, colour: unknown",
        'line 13: rule 2, category = "Not A Word": is no name of a category',
        "line 20: rule 4, priority: is missing",
        'line 17: rule 3, pattern = "keys/*.pem": can never win: *.pem is always protected',
        'environment variable AUTO_SYNC_PUSH = "maybe": is neither',
        "environment variable MAX_SYNC_FREQUENCY = -1: is too small",
        'environment variable OPENCODE_SOURCE = "": is empty',
    ]


@pytest.mark.parametrize(
    ("name", "low", "high", "value"),
    [
        ("max_age", "100", "200", 200),
        ("auto_sync_push", "true", "false", False),
        ("backup_branch", '"a"', "b", "b"),
        ("sync_triggers", '["a"]', '["b"]', ("b",)),
    ],
)
def test_defaults_then_file_then_environment(name: str, low: str, high: str, value: object, file: Path) -> None:
    file.write_text(f"{name} = {low}\n")
    in_file, in_env = load(environ(file)), load(environ(file, **{name.upper(): high}))
    assert getattr(in_file.settings, name) != getattr(in_env.settings, name)
    assert getattr(in_env.settings, name) == value
    assert in_env.origins[name] == f"environment variable {name.upper()}"


def test_a_wrong_value_is_an_error_even_where_a_better_one_wins(file: Path) -> None:
    file.write_text("max_age = 0\n")
    assert "max_age = 0: is too small" in wrong(environ(file, MAX_AGE="100")).details[0]


def test_other_variables_are_never_looked_at() -> None:
    assert load(environ(auto_sync_push="maybe", AUTO_SYNC_PUSHY="maybe", PATH="")).settings == Settings()


# -- the file itself


def test_broken_toml_names_line_and_column(file: Path) -> None:
    file.write_text("max_age = 100\nauto_sync_push = \n")
    (line,) = wrong(environ(file)).details
    assert line == f"{file}, line 2, column 18: is not valid TOML: Invalid value"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b'remote = "a"\n\xff\n', ", line 2: is not UTF-8"),
        (b"\xef\xbb\xbfmax_age = 100\n", ": starts with a byte order mark"),
        (b"max_age = 100\nmax_age = 100\n", ": is not valid TOML: Cannot overwrite a value"),
        (b"max_age = " + b"9" * 5000, "is not valid TOML"),
        (b"max_age = " + b"[" * 50_000, ": is nested too deeply"),
        (b"#" * 300_000, ": is larger than 262,144 bytes"),
        (b"max_age = 0x" + b"f" * 9000, "max_age = a very large number: is too large"),
        (b"max_age = nan", "max_age = nan: is not a whole number"),
        (b"max_age = 2020-01-01", "max_age = 2020-01-01: is not a whole number"),
        (b"[max_age]", "max_age = a table: is not a whole number"),
        (b'rules = "x"', 'rules = "x": is not a list'),
        (b"rules = [1]", "rule 1 = 1: is not a table"),
        (b'"\\u001b[31m" = 1', r'"\x1b[31m": is no setting'),
        (b'remote = "\\u202eevil"', r'remote = "\u202eevil": is no name'),
    ],
)
def test_a_bad_file_is_one_clear_line(raw: bytes, says: str, file: Path) -> None:
    file.write_bytes(raw)
    (line,) = wrong(environ(file)).details
    assert says in line
    assert line.isprintable()


def test_many_mistakes_are_cut_and_quick(file: Path) -> None:
    file.write_text("".join(f"unknown_setting_number_{n} = 1\n" for n in range(500)))
    details = wrong(environ(file)).details
    assert len(details) == 41
    assert details[-1] == "and 460 more"


def test_what_is_no_file(tmp_path: Path, file: Path) -> None:
    assert wrong(environ(tmp_path)).details == (f"{tmp_path}: is a folder; allowed: a TOML file",)
    os.mkfifo(file)  # opening it must not wait for a writer
    assert wrong(environ(file)).details == (f"{file}: is not a regular file; allowed: a TOML file",)
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    assert "cannot be read: too many levels" in wrong(environ(loop)).details[0]
    assert "cannot be read: not a directory" in wrong(environ(Path("/dev/null/x"))).details[0]


def test_an_unreadable_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)  # root reads everything, so it is made to fail
    assert wrong(environ(file)).details == (f"{file}: cannot be read: permission denied",)


def test_a_link_to_nowhere_is_no_file_yet(file: Path) -> None:
    file.symlink_to("nowhere")
    assert not load(environ(file)).exists


def test_an_empty_file_says_nothing(file: Path) -> None:
    file.write_text("")
    assert load(environ(file)).settings == Settings()


# -- where things are


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("XDG_CONFIG_HOME", "/x/config"),
        ("XDG_DATA_HOME", "/x/data"),
        ("XDG_STATE_HOME", "/x/state"),
        ("XDG_STATE_HOME", ""),
        ("XDG_STATE_HOME", "relative/folder"),
        ("HOME", "/h"),
    ],
)
def test_folders_are_those_that_platformdirs_names(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", HOME)
    monkeypatch.setenv(variable, value)
    loaded = load(dict(os.environ))
    assert (loaded.config_home, loaded.data_home, loaded.state_home) == (
        platformdirs.user_config_dir("autosync-tasks"),
        platformdirs.user_data_dir("autosync-tasks"),
        platformdirs.user_state_dir("autosync-tasks"),
    )


def test_the_environment_is_the_one_that_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/not/this")
    monkeypatch.setenv("MAX_AGE", "maybe")
    assert load({"HOME": HOME}).state_home == f"{HOME}/.local/state/autosync-tasks"


def test_without_a_home_the_user_database_is_asked() -> None:
    assert load({}).home == pwd.getpwuid(os.getuid()).pw_dir


@pytest.mark.parametrize("home", ["", "relative"])
def test_a_home_that_is_no_full_path_is_never_another_one(home: str) -> None:
    assert "HOME" in wrong({"HOME": home}).details[0]


def test_an_empty_place_is_never_set(tmp_path: Path) -> None:
    for name in ("OPENCODE_SOURCE", "OPENCODE_BACKUP", "SOURCE_ID"):
        with pytest.raises(ConfigError) as caught:
            set_values(str(tmp_path / "config.toml"), {name: ""}, environ())
        assert f'{name} = "": is empty' in caught.value.details[0]
    assert not (tmp_path / "config.toml").exists()


@pytest.mark.parametrize(("value", "says"), [("", "is empty"), ("tree", "OPENCODE_CONFIG_DIR")])
def test_a_config_folder_of_opencode_that_is_no_place(value: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=says):
        locate("", "", {"OPENCODE_CONFIG_DIR": value}, str(tmp_path), str(tmp_path))
    assert locate("/a", "/b", {"OPENCODE_CONFIG_DIR": value}, str(tmp_path), "").source == "/a"


def test_no_home_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(_: int) -> object:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    lines = wrong({}).details
    assert len(lines) == 3
    assert all(line.startswith("there is no home folder: HOME is not set") for line in lines)
    xdg = {f"XDG_{n}_HOME": f"/x/{n}" for n in ("CONFIG", "DATA", "STATE")}
    assert load(xdg).path == "/x/CONFIG/autosync-tasks/config.toml"
    assert "no home folder is known" in wrong({**xdg, "OPENCODE_SOURCE": "~/x"}).details[0]
    assert "AUTOSYNC_CONFIG" in wrong({**xdg, "AUTOSYNC_CONFIG": "~/x"}).details[0]


def test_autosync_config_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(environ(AUTOSYNC_CONFIG="a/../b.toml")).path == f"{tmp_path}/b.toml"
    assert load(environ(AUTOSYNC_CONFIG="~/b.toml")).path == f"{HOME}/b.toml"
    assert "AUTOSYNC_CONFIG" in wrong(environ(AUTOSYNC_CONFIG="")).details[0]


def test_a_deleted_current_folder_matters_only_to_relative_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert load(environ(OPENCODE_SOURCE="/a")).settings.opencode_source == "/a"
    with pytest.raises(ConfigError, match="is wrong") as caught:
        set_values(str(tmp_path / "config.toml"), {"opencode_source": "a"}, environ())
    assert "is not a full path" in caught.value.details[0]
    assert "AUTOSYNC_CONFIG" in wrong(environ(AUTOSYNC_CONFIG="a.toml")).details[0]


@pytest.mark.parametrize(
    ("text", "path"),
    [("/a/b/", "/a/b"), ("/a//b/../c", "/a/c"), ("~", HOME), ("~/x", f"{HOME}/x"), ("//a", "/a")],
)
def test_folders_are_made_plain(text: str, path: str) -> None:
    assert load(environ(OPENCODE_SOURCE=text)).settings.opencode_source == path


def test_a_relative_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Cron and the shell have different current folders; they must not mean different trees.
    monkeypatch.chdir(tmp_path)
    assert "is not a full path" in wrong(environ(OPENCODE_SOURCE="tree")).details[0]


def test_a_place_whose_name_no_sync_could_record_is_refused() -> None:
    assert "is not UTF-8" in wrong(environ(OPENCODE_SOURCE=os.fsdecode(b"/srv/\xff"))).details[0]


@pytest.mark.parametrize(
    "name",
    ["", "-x", "a..b", "a b", ".a", "a/.b", "a.lock", "a/", "/a", "a//b", "a~1", "a^", "a:b", "a?", "a*",
     "a[", "a\\b", "@", "HEAD", "a@{b", "a.", "a\x7f", "x" * 300],
)  # fmt: skip
def test_branch_names_are_those_of_git(name: str) -> None:
    assert "BACKUP_BRANCH" in wrong(environ(BACKUP_BRANCH=name)).details[0]
    if name not in ("HEAD", "@", "x" * 300):
        refused = subprocess.run(["git", "check-ref-format", f"refs/heads/{name}"], check=False).returncode
        assert refused or name.startswith("-")


@pytest.mark.parametrize(
    "name", ["", "-x", "a b", "https://h/x", "git@h:x", "../x", "a..b", "a/b", "a.lock", "--exec=x"]
)
def test_a_remote_is_a_name(name: str) -> None:
    assert "REMOTE" in wrong(environ(REMOTE=name)).details[0]


def test_a_password_is_never_shown(file: Path) -> None:
    file.write_text('remote = "https://me:hunter2@host/x"\nopencode_source = "ssh://me:hunter2@host"\n')
    error = wrong(environ(file, BACKUP_BRANCH="https://hunter2@host/x"))
    assert len(error.details) == 3
    assert "hunter2" not in repr(error.details)


# -- garbage


names = st.sampled_from([*TABLE, "unknown", "rules.x", "RULES"])
toml_values = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200) | st.text(alphabet="[]{}=\"'#\n.,truefals09-_\\ rules", max_size=60).map(str.encode))
def test_a_garbage_file_never_makes_a_traceback(raw: bytes, file: Path) -> None:
    file.write_bytes(raw)
    try:
        load(environ(file))
    except ConfigError as error:
        assert error.details
        assert all(line.isprintable() for line in error.details)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.dictionaries(names, toml_values, max_size=5))
def test_wrong_values_never_make_a_traceback(table: dict[str, Any], file: Path) -> None:
    file.write_text(tomlkit.dumps(table))
    try:
        assert isinstance(load(environ(file)).settings, Settings)
    except ConfigError as error:
        assert error.details
        assert all(line.isprintable() and str(file) in line for line in error.details)


@settings(max_examples=75, deadline=None)
@given(name=st.sampled_from(list(TABLE)), text=st.text(max_size=30))
def test_garbage_in_the_environment_never_makes_a_traceback(name: str, text: str) -> None:
    try:
        load(environ(**{name.upper(): text}))
    except ConfigError as error:
        assert len(error.details) >= 1
        assert all(name.upper() in line and line.isprintable() for line in error.details)


# -- the page, and the start


def test_the_page_is_made_from_the_declarations() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python tools/settings_page.py`"
    for name in TABLE:
        assert f"| `{name}` |" in page()


def test_the_rules_on_the_page_are_right(file: Path) -> None:
    file.write_text(page().partition("```toml\n")[2].partition("```")[0])
    assert [rule.priority for rule in load(environ(file)).settings.rules] == [Priority.HIGH, Priority.LOW]


@pytest.mark.parametrize(
    ("text", "heavy"),
    [
        (None, {"tomllib", "tomlkit", "git", "rich", "platformdirs", "json", "difflib", "pydantic"}),
        (
            'max_age = 100\nsync_triggers = ["a/"]\n',
            {"tomlkit", "git", "rich", "platformdirs", "json", "difflib"},
        ),
    ],
)
def test_loading_imports_nothing_heavy(text: str | None, heavy: set[str], file: Path) -> None:
    if text is not None:
        file.write_text(text)
    code = "import sys, os; from autosync_tasks.config.load import load; load(os.environ); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], env=environ(file), check=True, capture_output=True, text=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "autosync_tasks.config.settings" in done.stdout
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("10m", 600), ("26h", 93_600), ("7d", 604_800), ("2 days", 172_800)]
)
def test_spans_are_written_as_people_write_them(text: str, seconds: int) -> None:
    assert load(environ(MAX_SYNC_FREQUENCY=text)).settings.max_sync_frequency == seconds
