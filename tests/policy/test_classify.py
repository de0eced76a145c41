"""Which rule decides a path: the defaults row by row, the order, the user's rules, and the quick name check."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.config import user_rules
from autosync_tasks.model import Kind, Priority, Rule
from autosync_tasks.policy.classify import (
    Classifier,
    Policy,
    closed_folders,
    ordered_rules,
    protected_matcher,
    protected_rules,
)
from autosync_tasks.policy.matching import Matcher
from autosync_tasks.policy.rules import ALWAYS_PROTECTED
from autosync_tasks.records import replace
from tests.policy.make import SETTINGS, having

DEFAULTS = Classifier(SETTINGS)


def user(pattern: str, priority: Priority = Priority.HIGH, category: str = "mine") -> Rule:
    return Rule(pattern, category, priority, "config.toml")


@pytest.mark.parametrize(
    ("category", "priority", "paths"),
    [
        (
            "protected",
            Priority.NEVER,
            ".env .env.local a/.env .env.d/x auth.json x/mcp-auth.json account.json my.key my.pem my.p12 id_rsa"
            " id_rsa.pub id_ed25519 id_ecdsa_sk id_dsa credentials.json credentials.yaml"
            " credentials.yml credentials.toml credentials.ini .git/config a/.git/HEAD"
            " node_modules/x/package.json bin/node_modules/a.md opencode.db opencode.db-wal"
            " context/.env docs/auth.json",
        ),
        (
            "transient",
            Priority.LOW,
            "a.log context/a.log .tmp/x tmp/x a/tmp/b.md cache/x .cache/x opencode.json.bak .a.md.swp a.md~ .DS_Store"
            " __pycache__/a.pyc .pytest_cache/x",
        ),
        ("context", Priority.HIGH, "context/a.md contexts/a.md context/deep/er/a.md context/data.json"),
        ("agent", Priority.HIGH, "agent/a.md agents/a.md agents/sub/b.md"),
        (
            "tools",
            Priority.HIGH,
            "bin/run bin/a/b tool/a.ts tools/a.ts plugin/a.ts plugins/a.ts command/a.md commands/a.md skill/a/SKILL.md"
            " skills/a/SKILL.md mode/a.md modes/a.md skills/tmp/SKILL.md skills/cache/x.md tools/package.json",
        ),
        (
            "config",
            Priority.HIGH,
            "opencode.json opencode.jsonc tui.json tui.jsonc package.json AGENTS.md config.json sub/opencode.json",
        ),
        (
            "integration",
            Priority.HIGH,
            "integration/a.json integrations/a.json mcp/a.json mcp.json .mcp.json github.mcp.json x/mcp.jsonc",
        ),
        ("documentation", Priority.MEDIUM, "README.md CHANGELOG.md docs/a.txt doc/a.md a/docs/b.png"),
        ("template", Priority.MEDIUM, "template/a.txt templates/a.md a/templates/b"),
        (
            "minor config",
            Priority.MEDIUM,
            "themes/dark.json theme/x.json package-lock.json bun.lock bun.lockb pnpm-lock.yaml .env.example .env.sample"
            " .env.template opencode.json.example .gitignore .npmignore .ignore tsconfig.json sub/.env.example",
        ),
        ("other", Priority.MEDIUM, "notes.txt a/AGENTS.md a/README.md misc/x sub/agent/a.md environment .envrc"),
    ],
)
def test_each_row_of_the_defaults(category: str, priority: Priority, paths: str) -> None:
    classifier = Classifier(having(sync_exclusions=()))
    for path in paths.split():
        rule = classifier.rule_for(path.encode(), Kind.FILE)
        assert (path, rule.category, rule.priority) == (path, category, priority)


def test_every_category_has_a_rule_and_the_last_rule_takes_all() -> None:
    rules = ordered_rules(having(sync_exclusions=()))
    named = [
        "protected",
        "transient",
        "context",
        "agent",
        "tools",
        "config",
        "integration",
        "documentation",
        "template",
        "other",
    ]
    assert {rule.category for rule in rules} == {*named, "minor config"}
    assert rules[-1].pattern == "*"
    assert DEFAULTS.rule_for(b"\xff\n\x01", Kind.LINK).category == "other"


def test_no_rule_is_about_the_tree_itself() -> None:
    classifier = Classifier(having())
    assert classifier.rule_for(b"", Kind.FOLDER) == classifier.rules[-1]


def test_a_pattern_with_a_slash_at_its_end_is_about_folders() -> None:
    assert DEFAULTS.rule_for(b"tmp", Kind.FILE).category == "other"
    assert DEFAULTS.rule_for(b"tmp", Kind.LINK).category == "other"
    assert DEFAULTS.rule_for(b"tmp", Kind.FOLDER).category == "transient"
    assert DEFAULTS.rule_for(b"agent", Kind.FOLDER).category == "agent"


def test_the_users_rules_come_before_exclusions_and_defaults_in_their_order() -> None:
    settings = having(
        rules=(user("*.log", Priority.MEDIUM, "logs"), user("context/", Priority.LOW), user("context/a.md")),
        sync_exclusions=("*.log", "docs/"),
    )
    classifier = Classifier(settings)
    assert classifier.rule_for(b"a.log", Kind.FILE) is settings.rules[0]
    assert classifier.rule_for(b"context/a.md", Kind.FILE) is settings.rules[1]
    excluded = classifier.rule_for(b"docs/a.md", Kind.FILE)
    assert (excluded.priority, excluded.origin, excluded.pattern) == (Priority.LOW, "sync_exclusions", "docs/")
    assert classifier.rule_for(b"agent/x.md", Kind.FILE).origin == "built in"


@pytest.mark.parametrize("path", [".env", "a/.env.local", "auth.json", "x.key", ".git/config"])
@pytest.mark.parametrize("pattern", ["*", "**", ".env", "*.key", "auth.json", "/.git/", "a/.env.*"])
def test_no_rule_takes_a_protected_path_out_of_protection(path: str, pattern: str) -> None:
    classifier = Classifier(having(rules=(user(pattern),)))
    assert classifier.rule_for(path.encode(), Kind.FILE).category == "protected"


@pytest.mark.parametrize(
    ("pattern", "open_", "closed"),
    [
        ("node_modules/", "node_modules/a.md bin/node_modules/b", "opencode.db"),
        ("node_modules", "node_modules/a.md", "opencode.db"),
        ("opencode.db*", "opencode.db opencode.db-wal", "node_modules/x"),
        ("opencode.db", "opencode.db x/opencode.db", "opencode.db-wal node_modules/x"),
        ("*.md", "", "node_modules/README.md"),
        ("*", "", "node_modules/x opencode.db"),
        ("/node_modules/", "", "node_modules/x"),
        ("node_modules/keep/", "", "node_modules/keep/x"),
    ],
)
def test_only_a_rule_that_names_them_overrides_node_modules_and_the_database(
    pattern: str, open_: str, closed: str
) -> None:
    classifier = Classifier(having(rules=(user(pattern),)))
    for path in open_.split():
        assert (path, classifier.rule_for(path.encode(), Kind.FILE).category) == (path, "mine")
    for path in closed.split():
        assert (path, classifier.rule_for(path.encode(), Kind.FILE).category) == (path, "protected")
    assert classifier.rule_for(b"node_modules/.env", Kind.FILE).category == "protected"


@pytest.mark.parametrize(
    ("path", "starts"),
    [
        ("context/a.md", True),
        ("agents/x.md", True),
        ("opencode.json", True),
        ("docs/a.md", True),
        ("misc/notes.txt", False),
        ("context/a.log", False),  # low
        ("bin/.env", False),  # protected
    ],
)
def test_only_what_lies_inside_sync_triggers_starts_a_sync(path: str, starts: bool) -> None:
    assert DEFAULTS.starts(path.encode(), Kind.FILE) is starts


def test_sync_triggers_can_be_narrowed() -> None:
    classifier = Classifier(having(sync_triggers=("context/**/*.md",)))
    assert classifier.starts(b"context/deep/a.md", Kind.FILE)
    assert classifier.starts(b"context/a.md", Kind.FILE)
    assert not classifier.starts(b"context/a.txt", Kind.FILE)
    assert not classifier.starts(b"agent/a.md", Kind.FILE)


def test_a_trigger_with_a_slash_at_its_end_is_about_folders() -> None:
    """And about a link, for it may stand in a folder's place."""
    classifier = Classifier(having(sync_triggers=("AGENTS.md/",)))
    assert [classifier.starts(b"AGENTS.md", kind) for kind in (Kind.FILE, Kind.FOLDER, Kind.LINK)] == [
        False,
        True,
        True,
    ]


NAMES = b"""
.env .env.x .env.example .git node_modules opencode.db opencode.db-wal auth.json x.key id_rsa a a.md context tmp skills
"""
name = st.one_of(
    st.sampled_from([*NAMES.split(), b"a\nb.pem", b".env\n", b"\xff.key"]),
    st.binary(min_size=1, max_size=6).filter(lambda raw: b"/" not in raw and b"\0" not in raw),
)
overrides = st.lists(
    st.sampled_from(
        ["node_modules/", "node_modules", "opencode.db*", "opencode.db", "*.md", "*", "/node_modules/"]
    ).map(user),
    max_size=3,
).map(tuple)


@given(parts=st.lists(name, min_size=1, max_size=4), kind=st.sampled_from(Kind), rules=overrides)
def test_a_path_is_protected_exactly_if_one_of_its_names_is(
    parts: list[bytes], kind: Kind, rules: tuple[Rule, ...]
) -> None:
    settings = having(rules=rules)
    protected = protected_matcher(settings)
    by_names = any(protected(part, place < len(parts) - 1 or kind is Kind.FOLDER) for place, part in enumerate(parts))
    assert (Classifier(settings).rule_for(b"/".join(parts), kind).priority is Priority.NEVER) is by_names


@given(parts=st.lists(name, min_size=1, max_size=4), kind=st.sampled_from(Kind))
def test_the_first_rule_that_matches_alone_is_the_one(parts: list[bytes], kind: Kind) -> None:
    """Of a link that no other rule knows, the first that would make it worth a sync if it were a folder."""
    path, rules = b"/".join(parts), ordered_rules(SETTINGS)

    def first(*, is_folder: bool) -> Rule:
        alone = (rule for rule in rules if Matcher([(rule.pattern, rule.unless)]).first(path, is_folder) is not None)
        return next(alone)

    expected = first(is_folder=kind is Kind.FOLDER)
    if kind is Kind.LINK and expected == rules[-1]:
        as_folder = first(is_folder=True)
        expected = as_folder if as_folder.priority in (Priority.HIGH, Priority.MEDIUM) else expected
    assert DEFAULTS.rule_for(path, kind) == expected


def refused(patterns: list[str]) -> dict[str, str]:
    """What the settings say of rules with these patterns, as where to why."""
    found: dict[str, str] = {}
    items = [{"pattern": pattern, "category": "mine", "priority": "high"} for pattern in patterns]
    user_rules.check_rules(items, "rules", "config.toml", lambda key, value, why, allowed: found.update({key: why}))
    return found


@pytest.mark.parametrize(
    ("patterns", "rule", "says"),
    [
        ([".env"], 1, ".env is always protected"),
        (["*.key"], 1, "*.key is always protected"),
        (["context/.env"], 1, ".env is always protected"),
        (["/node_modules/"], 1, "node_modules/ is protected"),
        (["node_modules/keep/*.md"], 1, "node_modules/ is protected"),
        (["opencode.db*", "x/node_modules/y"], 2, "node_modules/ is protected"),
        (["a.md", "a.md"], 2, "comes first"),
        (["a", "a/"], 2, "comes first"),
        (["*", "a.md"], 2, "comes first"),
        (["a**b"], 1, "must stand alone"),
    ],
)
def test_the_settings_refuse_a_rule_that_classification_would_never_use(
    patterns: list[str], rule: int, says: str
) -> None:
    [(where, why)] = refused(patterns).items()
    assert where == f"rule {rule}, pattern" and says in why


@pytest.mark.parametrize(
    "patterns",
    [
        ["node_modules/"],
        ["node_modules/keep/", "node_modules/"],
        ["opencode.db*"],
        ["opencode.db"],
        [".env.example"],
        ["a/", "a"],
        ["*.md", "context/*.txt", "*"],
    ],
)
def test_the_settings_accept_a_rule_that_can_win(patterns: list[str]) -> None:
    assert refused(patterns) == {}


def test_ten_thousand_paths_take_well_under_a_second() -> None:
    tops = ("context", "agent", "skills", "docs", "misc", "plugins")
    paths = [f"{tops[n % 6]}/d{n % 40}/e{n % 9}/file{n}.md".encode() for n in range(10_000)]
    classifier, protected = Classifier(SETTINGS), protected_matcher(SETTINGS)
    start = time.process_time()
    for path in paths:
        classifier.rule_for(path, Kind.FILE)
    middle = time.process_time()
    for path in paths:
        protected(path.rpartition(b"/")[2], False)
    assert middle - start < 1.0  # 0.13 s measured
    assert time.process_time() - middle < 0.2  # 0.01 s measured


@pytest.mark.parametrize(
    ("path", "category"), [("agent", "agent"), ("commands", "tools"), ("context", "context"), ("node_modules", "other")]
)
def test_a_link_in_a_folders_place_is_of_its_category(path: str, category: str) -> None:
    """Dotfile managers link whole folders. What is protected by name as a folder is not, as a link: it holds nothing."""
    rule = DEFAULTS.rule_for(path.encode(), Kind.LINK)
    assert rule.category == category
    assert DEFAULTS.starts(path.encode(), Kind.LINK) == (category != "other")
    assert DEFAULTS.rule_for(b"agent", Kind.FILE).category == "other"


NEVER, LOW, HIGH = Priority.NEVER, Priority.LOW, Priority.HIGH


def _profile(*agents: tuple[str, Priority], exclusions: tuple[str, ...] = (), rules: tuple[Rule, ...] = ()) -> Policy:
    """The settings of an agent with these rules and one more for all else."""
    own = tuple(Rule(pattern, "x", priority, "the profile") for pattern, priority in (*agents, ("*", HIGH)))
    return SimpleNamespace(rules=rules, sync_exclusions=exclusions, starts=("*",), agents_rules=own)


@pytest.mark.parametrize(
    ("path", "priority"),
    [
        ("cache/a.md", NEVER),
        ("x/cache/a.md", NEVER),
        ("a.md", LOW),
        ("keep/a.md", LOW),
        ("keep/a.txt", HIGH),
        ("a.txt", HIGH),
        ("a.low", LOW),
        ("x.pem", NEVER),
    ],
)
def test_an_exclusion_makes_low_what_would_go_and_hides_no_rule_that_never_takes(path: str, priority: Priority) -> None:
    classifier = Classifier(_profile(("cache/", NEVER), ("*.low", LOW), exclusions=("*.md",)))
    assert classifier.rule_for(path.encode(), Kind.FILE).priority is priority
    none_never = Classifier(_profile(("*.low", LOW), exclusions=("*.md",)))
    assert none_never.rule_for(b"cache/a.md", Kind.FILE).priority is LOW


def test_the_place_of_a_rule_beneath_an_exclusion_is_its_own() -> None:
    agents = (("a/", NEVER), ("b/", NEVER), ("c/", HIGH))
    classifier = Classifier(_profile(*agents, exclusions=("*.md", "c/")))
    patterns = [classifier.rule_for(path, Kind.FILE).pattern for path in (b"a/x.md", b"b/x.md", b"c/x.md", b"c/x")]
    assert patterns == ["a/", "b/", "*.md", "c/"]


@pytest.mark.parametrize(
    ("agents", "rules", "closed", "opened"),
    [
        ((("cache/", NEVER),), (), "cache x/cache cache/deep", "a caches"),
        ((("cache/", NEVER), ("*.tmp", NEVER)), (), "cache", "x.tmp"),
        ((("keep/", HIGH), ("cache/", NEVER)), (), "", "cache keep/cache"),
        ((("/x/keep/", HIGH), ("cache/", NEVER)), (), "cache x/cache", "x/keep/cache"),
        ((("cache/", NEVER),), (("/cache/a", HIGH),), "x/cache cache/b", "cache cache/a"),
        ((("cache/", NEVER),), (("/cache/a/", HIGH),), "cache/b", "cache cache/a"),
        ((("cache/", NEVER),), (("x/X", HIGH),), "cache x/cache", "x"),
        ((("cache/", NEVER),), (("x/y/", HIGH),), "cache x/cache x/z/cache", "x/y/cache"),
        ((("cache/", NEVER),), (("X/cache/x", HIGH),), "cache", "X/cache"),
        ((("cache/", NEVER),), (("/cache/a", NEVER),), "cache", "a"),
        ((("cache/", NEVER),), (("*.md", HIGH),), "", "cache"),
        ((("cache/", NEVER),), (("**/a/b", HIGH),), "", "cache"),
        ((("cache/", NEVER),), (("cache/**/b", HIGH),), "x/cache", "cache cache/deep"),
        ((("cache/", NEVER),), (("/c*/b", HIGH),), "x/cache", "cache"),
    ],
)
def test_a_folder_is_closed_where_nothing_in_it_can_be_wished_for(
    agents: tuple[tuple[str, Priority], ...], rules: tuple[tuple[str, Priority], ...], closed: str, opened: str
) -> None:
    mine = tuple(Rule(pattern, "mine", priority, "config.toml") for pattern, priority in rules)
    found = closed_folders(_profile(*agents, rules=mine, exclusions=("/cache/c",)))
    assert found is not None
    wrong = [name for name in closed.split() if not found(name.encode())]
    assert (wrong, [name for name in opened.split() if found(name.encode())]) == ([], [])


def test_without_a_rule_about_whole_folders_none_is_closed() -> None:
    assert closed_folders(_profile(("*.tmp", NEVER))) is None
    assert closed_folders(_profile(("cache/", LOW), ("*.tmp", NEVER))) is None


def test_a_rule_with_exceptions_closes_nothing() -> None:
    profile = _profile(("cache/", NEVER))
    with_exception = replace(profile.agents_rules[0], unless=("/cache/",))
    profile.agents_rules = (with_exception, *profile.agents_rules[1:])  # type: ignore[misc]
    found = closed_folders(profile)
    assert found is not None and not found(b"cache") and not found(b"x/cache")


def test_a_link_that_a_rule_names_is_what_that_rule_says() -> None:
    """Only what no rule names is taken for what stands in its place."""
    classifier = Classifier(_profile(("a/", HIGH), ("b/", LOW), ("a", Priority.MEDIUM), ("c/", HIGH)))
    assert [classifier.rule_for(path, Kind.LINK).pattern for path in (b"a", b"b", b"c", b"d")] == ["a", "*", "c/", "*"]


def test_only_what_a_rule_names_is_taken_out_of_what_is_protected() -> None:
    mine = [Rule(pattern, "mine", HIGH, "config.toml") for pattern in ("node_modules", "*.md", "/opencode.db", "x/")]
    found = {rule.pattern: rule.unless for rule in protected_rules(mine)}
    assert found["node_modules/"] == ("node_modules",)
    assert [unless for pattern, unless in found.items() if pattern != "node_modules/" and unless] == [
        rule.unless for rule in ALWAYS_PROTECTED if rule.unless
    ]
