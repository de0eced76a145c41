"""Secrets: what blocks, what warns, what passes; cases that the development set does not hold.

Every token here is made at random while the test runs: only the providers' public prefixes stand in the text.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.model import Severity
from autosync_tasks.policy.classify import always_protected
from autosync_tasks.validation import hits, secret_findings, secret_names, secret_values, stand_ins, validate
from autosync_tasks.validation.secret_regions import as_utf8, regions
from autosync_tasks.validation.secrets import in_names
from tests.validation.support import KEY, codes, context, encoded_cases, file, grows_linearly, real_context, real_engine

ALL = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
SMALL = string.ascii_lowercase + string.digits
URL = ALL + "-_"

Token = Callable[[random.Random], str]


def drawn(prefix: str, count: int, alphabet: str = ALL, end: str = "") -> Token:
    return lambda r: prefix + "".join(r.choices(alphabet, k=count)) + end


def uuid(r: random.Random) -> str:
    return "-".join("".join(r.choices(HEX, k=n)) for n in (8, 4, 4, 4, 12))


TOKENS: dict[str, Token] = {
    "openai": lambda r: drawn("sk-proj-", 74, URL)(r) + drawn("T3BlbkFJ", 74, URL)(r),
    "anthropic": drawn("sk-ant-api03-", 93, URL, "AA"),
    "openrouter": drawn("sk-or-v1-", 64, HEX),
    "xai": drawn("xai-", 80),
    "google": drawn("AIza", 35, URL),
    "hugging face": drawn("hf_", 34, string.ascii_letters),
    "github": drawn("ghp_", 36),
    "github, fine-grained": lambda r: drawn("github_pat_", 22)(r) + drawn("_", 59)(r),
    "gitlab": drawn("glpat-", 20, URL),
    "slack": lambda r: f"xoxb-{drawn('', 12, string.digits)(r)}-{drawn('', 12, string.digits)(r)}-{drawn('', 24)(r)}",
    "stripe": drawn("sk_live_", 24),
    "discord": lambda r: f"https://discord.com/api/webhooks/1{drawn('', 17, string.digits)(r)}/{drawn('', 68)(r)}",
    "tavily": drawn("tvly-dev-", 32),
    "deepseek": drawn("sk-", 32, HEX),
    "replicate": drawn("r8_", 37),
    "nvidia": drawn("nvapi-", 64, URL),
    "linear": drawn("lin_api_", 40),
    "notion": drawn("ntn_", 46),
    "firecrawl": drawn("fc-", 32, HEX),
    "context7": lambda r: "ctx7sk-" + uuid(r),
    "supabase": drawn("sbp_", 40, HEX),
    "npm": drawn("npm_", 36),
    "digitalocean": drawn("dop_v1_", 64, HEX),
    "cerebras": drawn("csk-", 48, SMALL),
    "elevenlabs": drawn("sk_", 48, HEX),
    "langsmith": lambda r: drawn("lsv2_pt_", 32, HEX)(r) + drawn("_", 10, HEX)(r),
    "telegram": lambda r: drawn("", 10, "123456789")(r) + drawn(":AA", 33)(r),
}

SHAPES: dict[str, Callable[[str], str]] = {
    "opencode.json": lambda t: json.dumps({"provider": {"x": {"options": {"apiKey": t}}}}, indent=2),
    "opencode.jsonc": lambda t: (
        '{\n  // remote\n  "mcp": {"s": {"headers": {"Authorization": "Bearer TOKEN"},}},\n}\n'.replace("TOKEN", t)
    ),
    "one/opencode.json": lambda t: json.dumps({"mcp": {"l": {"environment": {"API_TOKEN": t}}}}),
    "two/opencode.json": lambda t: json.dumps({"mcp": {"l": {"command": ["npx", "srv", "--api-key", t]}}}),
    "three/opencode.json": lambda t: json.dumps({"mcp": {"r": {"url": f"https://mcp.example.com/?apiKey={t}"}}}),
    "context/access.md": lambda t: f"# Access\n\n- URL: https://x.example.com\n- Token: `{t}`\n",
    "agent/ops.md": lambda t: f'---\nmode: subagent\n---\nUse the header "X-Api-Key: {t}".\n',
    "skills/x/SKILL.md": lambda t: f'---\nname: x\n---\n```bash\ncurl "https://api.example.com?key={t}"\n```\n',
    "bin/deploy": lambda t: f'#!/usr/bin/env bash\nexport API_TOKEN={t}\ncurl -H "X: $API_TOKEN"\n',
    "plugin/notify.ts": lambda t: f'const TOKEN = "{t}"\nexport const P = async () => ({{}})\n',
}


def errors(path: str, text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    found = secret_findings(path.encode(), data, real_context())
    return [f.code for f in found if f.severity is Severity.ERROR]


def test_of_tokens_in_the_shapes_of_opencode_98_percent_block() -> None:
    source = random.Random(20)
    missed = [
        (provider, path)
        for provider, token in TOKENS.items()
        for path, shape in SHAPES.items()
        for _ in range(2)
        if not errors(path, shape(token(source)))
    ]
    total = len(TOKENS) * len(SHAPES) * 2
    assert len(missed) <= total * 0.02, missed


def test_no_token_is_missed_altogether() -> None:
    source = random.Random(21)
    for provider, token in TOKENS.items():
        for path, shape in SHAPES.items():
            text = shape(token(source)).encode()
            assert secret_findings(path.encode(), text, real_context()), (provider, path)


@pytest.mark.parametrize("case", encoded_cases(), ids=lambda case: case["grade"])
def test_cases_of_the_scanners_own_suites(case: dict[str, str]) -> None:
    """Picked from the development set. The known misses (about 6 % of `specific`) are not among them."""
    blocked = bool(errors(case["file_name"], case["text"]))
    assert blocked is (case["grade"] == "specific")


PASSES = {
    "a variable": '{"provider": {"x": {"options": {"apiKey": "{env:OPENAI_API_KEY}"}}}}',
    "a file": '{"provider": {"x": {"options": {"apiKey": "{file:~/.secrets/openai}"}}}}',
    "a placeholder": "OPENAI_API_KEY=sk-your-key-here",
    "a row of x": "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "angle brackets": "GITHUB_TOKEN=<your GitHub token>",
    "shell variable": 'curl -H "Authorization: Bearer $GITHUB_TOKEN" https://api.example.com',
    "template": "DATABASE_URL=postgres://${DB_USER}:${DB_PASS}@${DB_HOST}/app",
    "process.env": "const apiKey = process.env.TAVILY_API_KEY_2024_PRODUCTION",
    "a call": "const token = await getAccessTokenFromKeychain2('service')",
    "a hash": "sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "a commit": "Fixed in 2fd4e1c67a2d28fced849ee1bb76e7391b93eb12",
    "integrity": '"integrity": ""sha512-8OHvJxGkp1yyyIYt2nCz3jcOvZGhkH6ZNFc3aA2q4ZC0xu4P8jTd4sqJnKo1tHKPcYQ=="',
    "a cache key": 'cacheKey = "d41d8cd98f00b204e9800998ecf8427e"',
    "a dotted name": "private_key = ed25519.Ed25519PrivateKey.from_private_bytes",
    "a page token": 'nextPageToken: "CAUQAA0a1b2c3d4e5f6g7h8i9j"',
    "a public key": '"publicKey": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE1Olb3zMAFFxXKHiIkQO5cJ3Yhl5i"',
    "prose": "The token is passed in the header; the secret is rotated weekly. Password: ask Anna.",
    "a model": '"model": "anthropic/claude-sonnet-4-20250514"',
}


@pytest.mark.parametrize("name", PASSES)
def test_what_only_stands_for_a_secret_passes(name: str) -> None:
    assert secret_findings(b"opencode.md", PASSES[name].encode(), real_context()) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://user:password@localhost:5432/app", ["SEC103"]),
        ("https://user:pass@example.com/", ["SEC103"]),
        ("redis://:changeme@redis:6379", ["SEC103"]),
        ("postgres://app:9fK2xLq8ZrT5@db.internal.corp/app", ["SEC003"]),
        ("https://anna:Tr0ub4dor-3@git.corp.net/x.git", ["SEC003"]),
        ("redis+sentinel://default:kP7vQ2mX9s@s1.corp.net:26379", ["SEC003"]),
        ("https://git.corp.net/x.git", []),
    ],
)
def test_passwords_in_urls(url: str, expected: list[str]) -> None:
    assert codes(secret_findings(b"a.md", f"see {url} for more".encode(), real_context())) == expected


@pytest.mark.parametrize("between", ["=", " = ", ": ", " := ", " => ", '": "', "` = `", "**: "])
@pytest.mark.parametrize("name", ["token", "apikey", "api_token", "password", "secret", "codecov_token"])
def test_a_random_value_under_a_name_is_told_however_it_is_assigned(name: str, between: str) -> None:
    value = drawn("", 32)(random.Random(31))
    expected = "SEC005" if name == "codecov_token" else "SEC101"
    assert codes(secret_findings(b"a.md", f"{name}{between}{value}\n".encode(), real_context())) == [expected]


BESIDE = {
    "row of a table": "| name | value |\n|---|---|\n| CODECOV_TOKEN | `VALUE` |\n",
    "row without quotes": "| **codecov-token** | VALUE | prod |\n",
    "default in Python": 'token = os.environ.get("CODECOV_TOKEN", "VALUE")\n',
    "default in a script": "const t = option('codecov-token', 'VALUE')\n",
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_value_beside_its_name_blocks(name: str) -> None:
    value = drawn("", 32)(random.Random(33))
    assert errors("a.md", BESIDE[name].replace("VALUE", value)) == ["SEC005"]
    assert errors("a.md", BESIDE[name].replace("VALUE", "what-the-service-gives-you")) == []


def test_a_uuid_is_a_key_in_the_config_and_an_identifier_elsewhere() -> None:
    header = json.dumps({"headers": {"Authorization": f"Bearer {uuid(random.Random(34))}"}})
    assert errors("opencode.json", header) == ["SEC005"]
    assert errors("docs/api.json", header) == []


@pytest.mark.parametrize("scheme", ["Bearer ", "Basic "])
def test_a_scheme_before_the_value_is_not_its_name(scheme: str) -> None:
    value = drawn("", 32)(random.Random(32))
    assert errors("a.ts", f'{{ codecovToken: "{scheme}{value}" }}')


def test_a_long_key_of_a_provider_needs_no_digit_in_its_last_part() -> None:
    r = random.Random(35)
    value = f"sk-{drawn('', 32, HEX)(r)}-{drawn('', 30, 'abcdefABCDEF')(r)}"
    assert errors("a.md", f"The key is {value}\n") == ["SEC001"]
    assert errors("a.md", f"The key is sk-a1b2-{drawn('', 30, 'abcdefABCDEF')(r)}\n") == []


def pem(kind: str) -> str:
    body = base64.b64encode(random.Random(5).randbytes(300)).decode()
    lines = "\n".join(body[n : n + 64] for n in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


def test_a_private_key_blocks_and_a_certificate_does_not() -> None:
    assert errors("a.md", pem("RSA PRIVATE KEY")) == ["SEC002"]
    assert errors("a.md", "KEY=" + base64.b64encode(pem("RSA PRIVATE KEY").encode()).decode()) == ["SEC002"]
    assert errors("a.md", pem("CERTIFICATE")) == []
    assert errors("a.md", "CERT=" + base64.b64encode(pem("CERTIFICATE").encode()).decode()) == []


@pytest.mark.parametrize(
    "around",
    [
        "%s # kingfisher:ignore",
        "%s # gitleaks:allow",
        "<!-- %s -->",
        "/* %s */",
        "%s // nosec pragma: allowlist secret",
    ],
)
@pytest.mark.parametrize("path", ["a.md", "x.html", "x.css", "package-lock.json", "tests/node_modules/x.js"])
def test_no_comment_and_no_name_hides_a_secret(around: str, path: str) -> None:
    assert errors(path, around % TOKENS["github"](random.Random(1)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_no_encoding_hides_a_secret(encoding: str) -> None:
    text = "# notes\nTOKEN = " + TOKENS["github"](random.Random(2)) + "\n"
    found = secret_findings(b"a.txt", text.encode(encoding), real_context())
    assert [(f.code, f.line) for f in found] == [("SEC001", 2)]


def test_binary_data_and_base64_hide_no_secret() -> None:
    token = TOKENS["github"](random.Random(3)).encode()
    assert errors("a.bin", bytes(range(256)) * 8 + token + bytes(range(256)))
    assert errors("a.txt", b"blob: " + base64.b64encode(b"token = " + token))


def test_a_link_and_a_name_can_leak_too() -> None:
    token = TOKENS["github"](random.Random(4)).encode()
    found = validate([file(b"notes/" + token + b".md", b"hi")], real_context())
    assert codes(found) == ["SEC006"]
    assert token not in repr(found).encode()


def test_letters_and_digits_without_a_separator_are_no_words_from_24_on() -> None:
    value = b"aabbccddeeffgghhiijjkk12"
    assert secret_values.is_one_word(value)
    assert not secret_values.is_one_word(value[1:])
    assert not secret_values.is_one_word(b"ab" * 11 + b"12")


def test_a_very_long_row_of_words_spells_nothing() -> None:
    assert stand_ins.spelled(b"my_password")
    assert not stand_ins.spelled(b"password" * 11)


def test_a_secret_among_very_many_names_is_told_once() -> None:
    names = [b"notes/%d.md" % number for number in range(2500)]
    names[1100] = b"notes/of two\nlines.md"
    names[1700] = b"notes/" + TOKENS["github"](random.Random(4)).encode()
    assert [path for path, _ in in_names(names, real_engine())] == [names[1700]]
    names[1700] = names[1700].removeprefix(b"notes/")
    assert [(path, raw.token) for path, raw in in_names(names, real_engine())] == [(names[1700], names[1700])]


def test_no_value_is_in_anything_that_a_finding_says() -> None:
    token = TOKENS["github"](random.Random(6))
    bad = '{\n "T": 1,\n "T": 2, "a": {"b": "T"}\n}'.replace("T", token)
    script = f"#!/bin/bash\nif {token}\n"
    files = [
        file(b"opencode.json", bad),
        file(b"other.json", bad + "x"),
        file(b"bin/run", script),
        file(b"agent/a.md", f"---\ndescription: {token}\ndescription: x\n---\n"),
        file(b"agent/b.md", f"---\ndescription: {token}\nmode: {token}\n---\n"),
        file(b"bin/x.py", f"{token} = (\n"),
    ]
    found = validate(files, real_context(check_shell=lambda scripts: [f"bash: line 2: near `{token}'"] * len(scripts)))
    assert {"SEC001", "JSN003", "MDF002", "MDF007", "EXE001", "EXE002"} <= set(codes(found))
    assert token not in repr(found)


def test_the_fingerprint_survives_edits_around_it_and_needs_the_key() -> None:
    token = TOKENS["github"](random.Random(7))

    def mark(path: bytes, text: str, key: bytes = KEY) -> str:
        return next(f.fingerprint for f in secret_findings(path, text.encode(), real_context(key=key)))

    first = mark(b"a.md", f"token: {token}")
    assert first == mark(b"b/c.json", f'\n\n\n{{"other": "{token}"}}')
    assert first != mark(b"a.md", f"token: {token}", b"another key")
    assert first != mark(b"a.md", "token: " + TOKENS["github"](random.Random(8)))


def test_an_accepted_secret_does_not_block_and_another_one_does() -> None:
    one, two = (TOKENS["github"](random.Random(n)).encode() for n in (9, 10))
    mark = secret_findings(b"a.md", one, real_context())[0].fingerprint
    accepted = real_context(accepted={mark})
    assert [f.blocks for f in secret_findings(b"a.md", b"moved\n" + one, accepted)] == [False]
    assert [f.blocks for f in secret_findings(b"a.md", two, accepted)] == [True]


def test_a_diff_withholds_the_lines_with_secrets() -> None:
    token = TOKENS["github"](random.Random(11))
    assert hits(b"a.md", f"one\ntoken: {token}\nthree\n".encode(), real_context()) == {2}
    key = "a\n" + pem("RSA PRIVATE KEY")
    assert hits(b"a.md", key.encode(), real_context()) == set(range(2, len(key.splitlines()) + 1))


def test_without_an_engine_nothing_passes_and_nothing_is_shown() -> None:
    def missing(cache: str) -> object:
        raise ImportError("no such thing")

    ctx = context(load_engine=missing, auto_sync_validate=False)
    found = validate([file(b"a.json", '{"a" 1}')], ctx)
    assert set(codes(found)) == {"SEC000"}
    assert all(f.blocks and not f.excerpt for f in found)
    assert hits(b"a", b"one\ntwo", ctx) == {1, 2}
    token = TOKENS["github"](random.Random(4)).encode()
    assert secret_names([b"notes/" + token + b".md", b"plain.md"], ctx) == [token]


def test_the_engine_is_not_loaded_when_nothing_changed() -> None:
    def never(cache: str) -> object:
        raise AssertionError("loaded")

    assert validate([], context(load_engine=never)) == []
    assert secret_findings(b"a", b"", context(load_engine=never)) == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b".env", True),
        (b"a/.env.local", True),
        (b".env.example", False),
        (b".env.sample", False),
        (b"auth.json", True),
        (b"x/mcp-auth.json", True),
        (b"server.key", True),
        (b"id_rsa.old", True),
        (b"id_ed25519", True),
        (b"credentials.yaml", True),
        (b"a/.git/config", True),
        (b".github/x.yml", False),
        (b"keys.md", False),
        (b"monkey", False),
    ],
)
def test_protected_names(path: bytes, expected: bool) -> None:
    assert always_protected(path) is expected
    assert ("SEC004" in codes(validate([file(path, b"x")], context()))) is expected


def test_a_protected_file_cannot_be_accepted() -> None:
    mark = validate([file(b".env", b"x")], context())[0].fingerprint
    assert validate([file(b".env", b"x")], context(accepted={mark}))[0].blocks


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_judged(data: bytes) -> None:
    for region in regions(b"a.md", as_utf8(data), real_engine()):
        assert region.start < region.end


@given(st.binary(max_size=200))
def test_any_value_and_name_is_judged(value: bytes) -> None:
    secret_values.is_random(value)
    stand_ins.placeholder(value)
    stand_ins.stands_in(value, value)
    stand_ins.spelled(value, value)
    secret_values.is_mixed(value)
    secret_values.is_vendor(value)
    secret_values.basic_credentials(value)
    stand_ins.weak_password(value)
    secret_values.named(value)
    secret_values.private_key_in_base64(value)


@pytest.mark.sweep
def test_many_hits_in_one_file_take_linear_time() -> None:
    source = random.Random(12)
    lines = [f"token: {TOKENS['github'](source)}\n" for _ in range(800)]

    def judge(count: int) -> None:
        assert secret_findings(b"a.md", "".join(lines[:count]).encode(), real_context())

    assert grows_linearly(lambda: judge(200), lambda: judge(800))


def test_words_alone_stand_for_a_secret_only_if_one_of_them_says_so() -> None:
    assert stand_ins.spelled(b"production-server-token") and stand_ins.spelled(b"appPassword".lower())
    assert not stand_ins.spelled(b"production-server-main")
    assert stand_ins.spelled(b"lofty-token-maple") and not stand_ins.spelled(b"lo7ty-token-m4ple")


def test_a_run_of_18_letters_is_mixed_and_one_of_19_is_a_word() -> None:
    assert secret_values.is_mixed(b"qwxzvbnmkjhgfdsapt1x2y")
    assert not secret_values.is_mixed(b"qwxzvbnmkjhgfdsaptr1x2y")


def test_a_run_of_12_letters_may_be_random_and_one_of_13_is_a_word() -> None:
    assert secret_values.is_random(b"q7wxzvbnmkjhgp3" + b"pLIix6MEOLeMa61EqJo")
    assert not secret_values.is_random(b"q7wxzvbnmkjhgpd3" + b"pLIix6MEOLeMa61EqJo")


def test_a_mere_suspicion_in_a_name_holds_nothing() -> None:
    drawn = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=36))
    name = f"docs/acme_{drawn}".encode()
    assert [one.code for one in regions(b"", name, real_engine(), names=True)] == ["SEC102"]
    assert list(in_names([name], real_engine())) == []


def test_a_text_that_breaks_off_in_a_sign_is_read_up_to_there() -> None:
    text = "abcdefgh"
    assert as_utf8(text.encode("utf-16") + b"x").decode() == text + "\ufffd"
    assert as_utf8(text.encode("utf-16-le") + b"x").decode() == text + "\ufffd"


def test_one_sign_in_most_places_after_the_first_four_is_no_token() -> None:
    assert stand_ins.stands_in(b"q7f2k9k3kwkzk")
    assert not stand_ins.stands_in(b"q7f2k9k3kwkz")


def test_words_with_dots_are_a_name_of_a_program() -> None:
    assert not secret_values.is_mixed(b"lib.foo.y5.getKey")
    assert secret_values.is_mixed(b"lq.fo.X5.gtKy7")


def test_few_signs_in_turn_stand_for_something_else() -> None:
    assert stand_ins.placeholder(b"q7wq7wwq77wq7w") and not stand_ins.placeholder(b"q7wx9kwq77wq7w")
