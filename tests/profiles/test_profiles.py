"""Profiles: the shipped ones are right, a person's own is checked as strictly as settings are."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from autosync_tasks.config.file import switch
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import AutosyncError, ConfigError, UsageError
from autosync_tasks.model import Kind, Priority
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.profiles import Source, names
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine

NAMES = ["opencode", "agents", "claude", "codex", "gemini"]

GOOD = """
title = "Made up"
[tree]
folders = ["~/.made-up"]
proofs = ["rules.md"]
[[rules]]
patterns = ["/notes/"]
category = "context"
priority = "high"
[[rules]]
patterns = ["/tokens/"]
category = "secret"
priority = "never"
reason = "logins"
"""


def schema(line: str) -> str:
    """A validation whose schema has that line, before what follows."""
    return f'[[validations]]\ncheck = "json"\nfiles = ["/a.json"]\n[validations.schema]\n{line}\n[tree]'


def own(tmp_path: Path, text: str, name: str = "made-up") -> Source:
    (tmp_path / "profiles").mkdir(exist_ok=True)
    (tmp_path / "profiles" / f"{name}.toml").write_text(text, "utf-8")
    return Source(name, str(tmp_path))


def test_all_that_are_shipped_can_be_read() -> None:
    assert names("/nowhere") == NAMES
    assert {Source(name).read().name for name in NAMES} == set(NAMES)


@pytest.mark.parametrize(
    ("agent", "path", "expected"),
    [
        ("claude", "CLAUDE.md", "high"),
        ("claude", "agents/reviewer.md", "high"),
        ("claude", "settings.json", "high"),
        ("claude", "settings.local.json", "never"),
        ("claude", ".credentials.json", "never"),
        ("claude", ".claude.json", "never"),
        ("claude", "backups/.claude.json.backup.17", "never"),
        ("claude", "projects/-home-ana/3f.jsonl", "never"),
        ("claude", "projects/-home-ana/memory/MEMORY.md", "low"),
        ("claude", "history.jsonl", "never"),
        ("claude", "plugins/installed_plugins.json", "never"),
        ("claude", "something-new/state.bin", "low"),
        ("codex", "AGENTS.md", "high"),
        ("codex", "config.toml", "high"),
        ("codex", "work.config.toml", "high"),
        ("codex", "skills/mine/SKILL.md", "high"),
        ("codex", "skills/.system/theirs/SKILL.md", "never"),
        ("codex", "tmp/arg0-linux/x", "never"),
        ("codex", "state_5.sqlite-wal", "never"),
        ("codex", "auth.json", "never"),
        ("codex", "memories/raw.md", "low"),
        ("gemini", "GEMINI.md", "high"),
        ("gemini", "policies/mine.toml", "high"),
        ("gemini", "oauth_creds.json", "never"),
        ("gemini", "mcp-oauth-tokens.json", "never"),
        ("gemini", "tmp/proj/chats/session-1.jsonl", "never"),
        ("gemini", "extensions/theirs/index.js", "low"),
        ("gemini", "extensions/extension-enablement.json", "high"),
        ("agents", "skills/mine/SKILL.md", "high"),
        ("agents", "skills/mine/node_modules/x/index.js", "never"),
        ("agents", "notes.md", "medium"),
    ],
)
def test_what_goes_and_what_never_does(agent: str, path: str, expected: str) -> None:
    rule = Classifier(Settings(profile=Source(agent))).rule_for(path.encode(), Kind.FILE)
    assert rule.priority == Priority(expected), rule


def test_each_rule_can_win() -> None:
    for name in NAMES:
        profile = Source(name).read()
        seen: set[str] = set()
        for rule in profile.rules:
            assert rule.pattern not in seen, (name, rule.pattern)
            seen.add(rule.pattern)


def test_what_is_never_taken_says_why() -> None:
    for name in NAMES:
        profile = Source(name).read()
        assert not [
            one for one in profile.rules if one.priority is Priority.NEVER and one.pattern not in profile.reasons
        ]


def test_one_of_a_persons_own(tmp_path: Path) -> None:
    profile = own(tmp_path, GOOD)
    assert names(str(tmp_path)) == [*NAMES, "made-up"]
    classifier = Classifier(Settings(profile=profile))
    assert classifier.starts(b"notes/a.md", Kind.FILE)
    assert not classifier.starts(b"else.txt", Kind.FILE)
    rule = classifier.rule_for(b"tokens/a", Kind.FILE)
    assert (rule.priority, rule.origin) == (Priority.NEVER, "profile made-up")


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("title", "titel"), "title: is missing; allowed: the agent's name for people"),
        (("title", "titel"), "'titel': is no key of a profile; allowed: title, tree, "),
        (('"high"', '"hihg"'), "rules 1, priority: is no such text; allowed: high | medium | low | never"),
        (('reason = "logins"', ""), "rules 2, reason: is missing; allowed: why it is never taken, in one line"),
        (('"/notes/"', '"!notes"'), "rules 1, patterns, item 1: "),
        (('"~/.made-up"', '"/etc/made-up"'), "tree, folders, item 1: is no such text"),
        (('"~/.made-up"', '"~/../made-up"'), "tree, folders, item 1: is no such text"),
        (('proofs = ["rules.md"]', "proofs = []"), "tree, proofs: is no list with something in it"),
        (
            ('"rules.md"]', '"rules.md"]\n[trigger]\nkind = "cron"'),
            "trigger, kind: is no such text; allowed: opencode-",
        ),
        (("[tree]", '[trigger]\nkind = "claude-hooks"\nevents = ["Stop"]\n[tree]'), "trigger, file: is missing"),
        (("[tree]", '[trigger]\nkind = "codex-hooks"\nfile = "a.json"\n[tree]'), "trigger, events: is missing"),
        (("[tree]", '[tree]\nvariables = ["HOME/../x"]'), "tree, variables, item 1: is no such text"),
        (("[tree]", "[tree"), "is not valid TOML in UTF-8"),
        (("[tree]", schema('type = "text"')), "schema, type: is no such text; allowed: string | boolean"),
        (("[tree]", schema('format = "uri"')), "schema, 'format': is no key of a profile; allowed: type, enum"),
        (("[tree]", schema("properties = 5")), "schema, properties: is none; allowed: a table of schemas"),
        (("[tree]", schema("properties.a.items.type = 5")), "'properties a', 'items', type: is no such text"),
        (("[tree]", schema("anyOf = [5]")), "schema, 'anyOf 1', is not a table"),
        (("[tree]", schema("items." * 21 + 'type = "string"')), "'items', goes too deep; allowed: 20 levels"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, change: tuple[str, str], line: str) -> None:
    source = own(tmp_path, GOOD.replace(*change, 1))
    with pytest.raises(ConfigError) as told:
        source.read()
    assert any(line in detail for detail in told.value.details), told.value.details
    assert all(re.match(re.escape(source.path) + r"(, line \d+)?: ", detail) for detail in told.value.details)


def test_a_fifo_makes_nobody_wait(tmp_path: Path) -> None:
    source = own(tmp_path, GOOD)
    os.unlink(source.path)
    os.mkfifo(source.path)
    with pytest.raises(ConfigError, match="made-up is wrong"):
        source.read()


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is wrong in 5 places") as told:
        own(tmp_path, 'rest = "no"\n[tree]\nfolders = ["~/.x"]\n[[rules]]\npatterns = ["/a/"]\n').read()
    assert len(told.value.details) == 5


def test_a_switch_that_cannot_be_written_is_told_like_any_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = str(tmp_path / "file" / "config.toml")
    with pytest.raises(AutosyncError, match=r"the config file .* cannot be written: .*; nothing was changed"):
        switch(path, "claude", True, {"HOME": str(tmp_path)})


def test_no_name_of_a_shipped_one_can_be_taken(tmp_path: Path) -> None:
    assert own(tmp_path, GOOD, "claude").read().title == "Claude Code"
    with pytest.raises(UsageError, match="there is no profile nobody"):
        Source("nobody", str(tmp_path)).read()


def test_a_backup_below_home_is_found_wherever_it_is_told_of(machine: Machine) -> None:
    machine.make_tree()
    machine.prepare_scanner()
    assert machine.command("autosync", "set-config", "OPENCODE_BACKUP=~/mine").exit_code == 0
    assert machine.command("autosync", "sync").exit_code == 0
    assert (machine.home / "mine/.git").is_dir()
    assert machine.command("autosync", "profiles").text.split()[:4] == ["opencode", "OpenCode", "backed", "up"]
    assert f"the backup: {machine.home}/mine" in machine.command("autosync", "uninstall", "--check").text


def test_the_page_says_what_becomes_of_each_path() -> None:
    page = (CHECKOUT / "docs/agents.md").read_text("utf-8")
    rows = re.findall(r"^\| (claude|codex|gemini) \| (`.+) \|$", page, re.MULTILINE)
    assert [name for name, _ in rows] == ["claude", "codex", "gemini"]
    for name, cells in rows:
        rule_for = Classifier(Settings(profile=Source(name))).rule_for
        wanted = (("high", "medium"), ("low",), *[("never",)] * 3)
        for cell, priorities in zip(cells.split(" | "), wanted, strict=True):
            for path in re.findall(r"`(.+?)`", cell):
                kind = Kind.FOLDER if path.endswith("/") else Kind.FILE
                assert rule_for(path.rstrip("/").encode(), kind).priority in priorities, (name, path)
