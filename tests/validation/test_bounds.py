"""Where a judgement of secrets turns: each line has a value just on one side, or what is near and what is not."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

from autosync_tasks.model import Severity
from autosync_tasks.validation import secret_values, stand_ins, validate
from autosync_tasks.validation.families import RULES
from autosync_tasks.validation.scanner import OWN, Hit
from autosync_tasks.validation.secret_candidates import judge_hit
from autosync_tasks.validation.secret_keys import Place
from autosync_tasks.validation.secret_regions import as_utf8, regions
from tests.validation.support import codes, context, file, link, real_context, real_engine
from tests.validation.test_secrets import drawn, uuid


def word(count: int, alphabet: str = "", seed: int = 3) -> str:
    return drawn("", count, *([alphabet] if alphabet else []))(random.Random(seed))


SIXTEEN, LONG, UUID = word(16, seed=5), word(36), uuid(random.Random(4))
ROW = "ghp_" + "abcdefg1hijklmn2opqrstu3" + word(12)
"""A token that is a run of the alphabet in most places."""
FORTY = "Zq7" + word(37, seed=8)
BASIC = base64.b64encode(b"deploy:kP7vQ2mX9sLw4").decode()


def judged(rule: str, text: str, value: str, path: bytes = b"a.md") -> str:
    """The code that a value gets where it stands for VALUE in a text that one of the scanner's rules hit."""
    data = text.replace("VALUE", value).encode()
    start = text.encode().index(b"VALUE")
    return judge_hit(Place(path, data, start, start + len(value.encode())), Hit(rule, start, start + len(value), True))[
        0
    ]


HITS = [
    # a webhook's address holds names of people before its last slash, another value is looked at as a whole
    ("x.y", "VALUE", f"https://hooks.slack.com/services/your-example/{LONG}", "SEC001"),
    ("x.y", "VALUE", f"hooks.slack.com/services/your-example/{LONG}", "SEC001"),
    ("x.y", "VALUE", f"https://corp.net/your-example/{LONG}", "SEC001"),
    ("x.y", "VALUE", f"your-example/{LONG}", ""),
    # what a text says of a token counts in the lines before it and to the end of its own
    ("x.y", "a bad example: VALUE", ROW, ""),
    ("x.y", "VALUE  # never do this", ROW, ""),
    ("x.y", "VALUE\nnever do this", ROW, "SEC001"),
    ("x.y", "a bad example" + " " * 300 + "VALUE", ROW, "SEC001"),
    ("x.y", "VALUE" + " " * 153 + "example", ROW, ""),
    ("x.y", "VALUE" + " " * 154 + "example", ROW, "SEC001"),
    ("x.y", "VALUE", ROW, "SEC001"),
    # a name stands before its value, in the same line and not far away
    (OWN + "assignment", "codecov_token: VALUE", LONG, "SEC005"),
    (OWN + "assignment", "codecov_token:\nVALUE", LONG, ""),
    (OWN + "assignment", "note\ncodecov_token:\nVALUE", LONG, ""),
    (OWN + "assignment", "# " + "-" * 130 + "\ncodecov_token:\nVALUE", LONG, ""),
    (OWN + "assignment", "codecov_token:\nVALUE" + " and more" * 40, LONG, ""),
    (OWN + "assignment", "bcache_key" + "=" * 291 + "VALUE", LONG, ""),  # its first letter is too far away
    (OWN + "assignment", "bcache_key" + "=" * 290 + "VALUE", LONG, "SEC101"),
    (OWN + "option", "\u00a0VALUE", LONG, ""),
    # a UUID is the key of a service where its name says so
    (OWN + "assignment", "acme_api_key = VALUE", UUID, "SEC005"),
    (OWN + "assignment", "api_key = VALUE", UUID, "SEC101"),
    (OWN + "prefixed", "VALUE", "acme_" + LONG, "SEC102"),
    (OWN + "prefixed", "VALUE", "example_" + LONG, ""),
    (OWN + "url", "neptune://app:VALUE@db.corp.net", "neptunepassword", "SEC103"),
    (OWN + "url", "neptune://app:VALUE@@localhost", SIXTEEN[:11], "SEC003"),
    # curl's headers
    ("betterleaks.curl-auth-header", "VALUE", "Basic " + BASIC, "SEC001"),
    ("betterleaks.curl-auth-header", "VALUE", SIXTEEN, "SEC001"),
    ("betterleaks.curl-auth-header", "VALUE", SIXTEEN[1:], "SEC101"),
    # a password has four signs, and no template
    (OWN + "netrc", "VALUE", "k7Qz", "SEC101"),
    (OWN + "netrc", "VALUE", "k7Q", ""),
    (OWN + "netrc", "VALUE", "qw!xzv", "SEC005"),
    (OWN + "oauth-value", '"hostname": "h", "port": 1, "password": "VALUE"', "k7Qz9mX2", "SEC005"),
    (OWN + "header", "VALUE", "abababab-abababab-abababab-" + word(20), "SEC005"),
    (OWN + "jwt", "VALUE", f"eyJhbGciOiJIUzI1NiJ9.{word(41)}.{word(43)}", "SEC001"),
    # a login stands near its token
    (OWN + "oauth-value", 'VALUE"' + " " * 785 + '"type":"oauth"', LONG, "SEC005"),
    (OWN + "oauth-value", 'VALUE"' + " " * 786 + '"type":"oauth"', LONG, ""),
    (OWN + "oauth-value", '"type":"oauth"' + " " * 787 + "VALUE", LONG, "SEC005"),
    (OWN + "oauth-value", '"type":"oauth"' + " " * 788 + "VALUE", LONG, ""),
    (OWN + "oauth-value", 'refresh: "VALUE', LONG[:20], "SEC005"),
    (OWN + "oauth-value", 'refresh: "VALUE', LONG[:19], ""),
    (OWN + "oauth-value", 'refresh: "VALUE', "walking-home-in-the-rain", ""),
    # the secret of an AWS key is drawn, and says whose it is
    ("x.aws-secret-access-key", "aws: VALUE", FORTY, "SEC005"),
    ("x.aws-secret-access-key", "aws" + " " * 60 + "VALUE", FORTY, ""),
    ("x.aws-secret-access-key", "aws: VALUE", word(40, "0123456789abcdef"), ""),
    # a key of a provider without a digit is long and of both cases
    (OWN + "sk", "VALUE", "sk-" + word(57, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), "SEC001"),
    (OWN + "sk", "VALUE", "sk-" + word(56, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), ""),
    (OWN + "sk", "VALUE", "sk-" + word(57, "abcdeABCDE"), ""),
    (OWN + "sk", "VALUE", f"sk-{word(26, '0123456789abcdef')}-{word(30, 'abcABC')}", "SEC001"),
    (OWN + "sk", "VALUE", f"sk-{word(26, '0123456789abcdef')}-{word(29, 'abcABC')}", ""),
    (OWN + "sk", "VALUE", "sk-thequickbrownfoxjumpsoverthelazydogs-13579-02468-vwxyz-qjkpz", ""),
]


def test_what_a_hit_is() -> None:
    assert [one for one in HITS if judged(*one[:3]) != one[3]] == []


def test_what_an_address_in_a_config_is_given() -> None:
    for value, code in (("acme-" + word(24), "SEC005"), (LONG, "SEC005"), ("words-for-people", ""), (UUID, "SEC005")):
        assert judged(OWN + "parameter", "https://a.net/?key=VALUE", value, b"opencode.json") == code


HEAD = "-----BEGIN PRIVATE KEY-----"
END = "-----END PRIVATE KEY-----"


KEYS = [
    (f"\n{word(64)}\n{END}\n", "SEC002"),  # as short as keys are
    (f"\n{'EXAMPLEexample' * 5}\n{END}\n", ""),
    (f"{END}\n{word(64)}\n", ""),  # nothing is in it
    (f"{'a b ' * 75}{word(64)}\n{END}\n", "SEC002"),
    (f"{'a b ' * 75} {word(64)}\n{END}\n", ""),  # what follows much later is something else
]


def test_a_private_key_is_a_header_and_what_follows() -> None:
    assert [one for one in KEYS if judged(OWN + "pem-header", "VALUE" + one[0], HEAD) != one[1]] == []


def test_a_private_key_in_base64_is_known_by_its_beginning_however_it_ends() -> None:
    whole = base64.b64encode(f"{HEAD}\n{word(64)}".encode())
    assert all(secret_values.private_key_in_base64(whole[:length]) for length in range(80, 100))
    assert not secret_values.private_key_in_base64(base64.b64encode(b"how to make one: " * 9 + b"PRIVATE KEY"))


TABLE: list[tuple[Callable[[bytes], object], str, object]] = [
    (secret_values.is_random, word(30), True),
    (secret_values.is_random, "s3://" + word(30), False),
    (secret_values.is_random, "/" + word(30), False),
    (secret_values.is_random, "aK-9x-Qz-4m-Lb-7T-wR-3c-Xe-5H-jV-8s-Ny-2G", False),  # too much between
    (secret_values.is_mixed, "aBcDeFgH1jK", True),  # one digit
    (secret_values.is_mixed, "aBcDeFgHijK", False),
    (secret_values.is_mixed, "qwxz71bnmk93", True),  # four runs
    (secret_values.is_mixed, "qwxz71bnmkpr", False),
    (secret_values.is_mixed, "Zebra+lion/Trick9y", True),  # no program has such a name
    (secret_values.is_mixed, "X509_get_pub_key5", False),
    (secret_values.is_mixed, "abcd1E2F3G", False),  # two of five letters in words
    (secret_values.is_mixed, "abcd1E2F3G4", True),
    (secret_values.is_aws_secret, FORTY, True),
    (secret_values.is_aws_secret, "0123456789abcdefABCDEF0123456789abcdefAB", False),  # a hash
    (secret_values.basic_credentials, BASIC, b"deploy:kP7vQ2mX9sLw4"),
    (secret_values.basic_credentials, BASIC[:8] + "-" + BASIC[8:], b""),
    (stand_ins.stands_in, "ghp_${GITHUB}" + word(9), True),
    (stand_ins.stands_in, "ghp_" + word(20) + "q" * 8 + word(8), True),
    (stand_ins.stands_in, "ghp_" + word(20) + "q" * 7 + word(8, seed=9), False),
    (stand_ins.spelled, "password" * 10, True),
    (stand_ins.spelled, "pw", True),
    (stand_ins.spelled, "password" * 10 + "1", False),
    (stand_ins.spelled, "qwertyuiopasdfg-token", True),
    (stand_ins.spelled, "qwertyuiopasdfgh-token", False),  # no word has sixteen letters
    (stand_ins.spelled, "passwordlocal", True),
    (stand_ins.spelled, "my-awesome-db-pass-", True),  # a sign at the end begins no word
    (stand_ins.spelled, "pass-123", True),  # digits alone are no word either
    (stand_ins.words, "my_session_name_v2", True),
    (stand_ins.words, "session", False),
    (stand_ins.words, "q7w_x9k2_p", False),
    (stand_ins.weak_password, "$DB_PASS9x", True),
    (stand_ins.weak_password, "Xexample9Qz", True),
    (stand_ins.weak_password, SIXTEEN, False),
]


def test_what_a_value_is() -> None:
    assert [(judge.__name__, value) for judge, value, said in TABLE if judge(value.encode()) != said] == []


def test_a_short_name_beside_a_password_makes_it_no_words() -> None:
    assert stand_ins.spelled(b"kqzkqzpassword", b"kqz")
    assert not stand_ins.spelled(b"kqkqpassword", b"kq")


def errors_of(data: bytes) -> list[str]:
    found = regions(b"a.md", data, real_engine())
    return [one.code for one in found if RULES[one.code].severity is Severity.ERROR]


def test_a_token_before_a_comma_is_seen_whatever_stands_first() -> None:
    token = "ABSK" + word(120)
    assert errors_of(f"{SIXTEEN}, and {token}, too".encode()) == ["SEC001"]


def test_one_line_without_spaces_is_read_as_a_name_and_as_a_text() -> None:
    token = "hf_" + word(34, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for text in (f"../of.{token}.md", f'{{"a":"x\\n{token}"}}', f'{{"a":"x\\n{token}"}}\n', f"a?b=%20{token}&c"):
        assert errors_of(text.encode()) == ["SEC001"], text
    for name in (b"../of.%s.md", b"a/%s/b"):
        target = name % f"ABSK{word(120)}".encode()
        assert "SEC001" in codes(validate([link(b"a", target)], real_context()))
        assert [one.code for one in regions(b"", b"a\n" + target + b"\nb", real_engine(), names=True)] == ["SEC001"]


def test_the_secret_of_an_aws_key_is_near_its_id() -> None:
    known = "AKIA" + word(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", seed=2)
    assert "SEC005" in errors_of(f"{FORTY} {known}".encode())
    assert "SEC005" not in errors_of(f"{FORTY} {'a b ' * 150}{known}".encode())
    assert "SEC005" not in errors_of(f"{known} {FORTY[:33]}EXAMPLE".encode())


def test_only_what_is_nearly_all_letters_and_zeros_is_utf16() -> None:
    for zeros, is_text in ((8, False), (9, True)):
        for odd in (True, False):
            pairs = [(b"a", b"\0" if n < zeros else b"b") for n in range(10)] * 4
            data = b"".join(one + two if odd else two + one for one, two in pairs)
            assert (as_utf8(data) != data) is is_text


def test_a_name_that_no_one_may_write_is_told_where_nothing_else_is_judged() -> None:
    off = context(auto_sync_validate=False)
    assert codes(validate([file(b".env", b"A=1\n")], off)) == ["SEC004"]


def test_of_a_rule_a_person_reads_its_words() -> None:
    place = Place(b"a.md", LONG.encode(), 0, len(LONG))
    assert judge_hit(place, Hit("rules/betterleaks.acme-api-token", 0, len(LONG), True)) == ("SEC001", "acme api token")


def test_what_stands_wall_to_wall_is_told_apart() -> None:
    class Two:
        def scan(self, data: bytes) -> list[Hit]:
            return [Hit("x.y", 0, 36, sure=True), Hit("x.y", 36, 72, sure=True)]

    assert [(one.start, one.end) for one in regions(b"a.md", (LONG + word(36, seed=9)).encode(), Two())] == [
        (0, 36),
        (36, 72),
    ]
