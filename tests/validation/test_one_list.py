"""One list of protected names: the classifier, the walk, the guard of pushes and the end of a conflict ask the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import autosync_tasks
from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Kind, Priority, Rule
from autosync_tasks.policy.classify import Classifier, always_protected, protected_matcher
from autosync_tasks.policy.rules import ALWAYS_PROTECTED
from autosync_tasks.validation.secrets import protected_name
from tests.validation.support import codes, context, file, link, real_context

SAMPLES = {rule.pattern: rule.pattern.replace("*", "x7").removesuffix("/") for rule in ALWAYS_PROTECTED}


@pytest.mark.parametrize("rule", ALWAYS_PROTECTED, ids=lambda rule: rule.pattern)
def test_every_protected_pattern_is_known_to_all_who_ask(rule: Rule) -> None:
    name = SAMPLES[rule.pattern]
    kind = Kind.FOLDER if rule.pattern.endswith("/") else Kind.FILE
    for path in (name, f"skills/x/{name}", f"{name}/below.md"):
        raw = path.encode()
        asked = Kind.FILE if path.endswith("below.md") else kind
        assert Classifier(Settings()).rule_for(raw, asked).priority is Priority.NEVER, path
        assert always_protected(raw), path
        assert [fault.code for fault in protected_name(file(raw, b"x"))] == ["SEC004"], path
        assert [fault.code for fault in protected_name(link(raw, b"x"))] == ["SEC004"], path
    assert protected_matcher(Settings())(name.encode(), kind is Kind.FOLDER)


@pytest.mark.parametrize("rule", [rule for rule in ALWAYS_PROTECTED if rule.unless], ids=lambda rule: rule.pattern)
def test_what_a_pattern_spares_is_spared_by_all(rule: Rule) -> None:
    for spared in rule.unless:
        name = spared if not spared.startswith("*") else rule.pattern.replace("*", "x").removesuffix(".x") + spared[1:]
        assert Classifier(Settings()).rule_for(name.encode(), Kind.FILE).priority is not Priority.NEVER, name
        assert not always_protected(name.encode()), name


@pytest.mark.parametrize(
    "name",
    [
        "x.ppk",
        "x.jks",
        "x.keystore",
        ".netrc",
        ".git-credentials",
        "id_xmss",
        "service.json",
        "antigravity-accounts.json",
        "codex-accounts.json",
        ".credentials.json",
        ".credentials.yml",
        "credentials.toml",
        "oauth_creds.json",
        "anthropic-pending-oauth.json",
        "supermemory-credentials.json",
        "opencode-synced.overrides.jsonc",
        "accounts.json.3fa9.tmp",
    ],
)
def test_no_wish_of_a_user_takes_a_login_into_the_backup(name: str) -> None:
    wishes = tuple(Rule(pattern, "mine", Priority.HIGH, "config.toml") for pattern in (name, "*", "**"))
    assert Classifier(Settings(rules=wishes)).rule_for(name.encode(), Kind.FILE).priority is Priority.NEVER
    assert always_protected(b"deep/er/" + name.encode())


def test_no_file_keeps_a_list_of_its_own() -> None:
    package = Path(autosync_tasks.__file__).parent
    strays = [
        path.name
        for path in package.rglob("*.py")
        if path.name != "rules.py"
        and len(re.findall(r"id_rsa|\*\.p12|mcp-auth\.json|\.keystore", path.read_text())) > 1
    ]
    assert strays == []


def test_a_template_of_a_protected_name_is_judged_like_any_file() -> None:
    from autosync_tasks.validation import validate

    assert codes(validate([file(b".env.example", "NAME=\n")], real_context())) == []
    assert codes(validate([file(b".env", "NAME=\n")], context())) == ["SEC004"]
