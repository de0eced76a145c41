"""What only stands for a secret: templates, masks, and the words that authors of documentation write in its place.

Pure judgement of values; nothing here keeps or shows one. Two measures: `placeholder` for a value whose form says
nothing, and `stands_in`, narrower, for a token of a provider's form, which chance may give any four letters.
"""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from autosync_tasks.records import pattern

TEMPLATE = pattern(
    rb"\$[{(A-Za-z_]|\{\{|\}\}|^<|<[^>]*>$|\{env:|\{file:|%\(|^%[A-Za-z_]+%|process\.env|os\.environ|getenv"
    rb"|(?<![A-Za-z0-9])(?:env\.[A-Z_][A-Z0-9_]*\b|secrets\.|vars\.)"
    rb"|import\.meta|^\{|^var\.|^local\.|^data\.|^@|^(?:vault|ssm|arn|op|file|sops|keyring|keychain|awssm|gcpsm|bws):",
)
"""Something else takes the value's place before it is used (`${NAME}`, `{{name}}`, `<name>`)."""

_WORDS = pattern(
    rb"(?i)example|sample|dummy|fake|placeholder|change[-_]?me|generate[-_]|replace|your[-_]?|_here|-here|xxxx|redact|insert"
    rb"|todo|mock|foobar|lorem|abcdef|abcd1234|1234567|12345abc|deadbeef|0000000|aaaaaaa|\*\*\*|\.\.\.|goes[-_]here"
    rb"|not[-_]?(?:a[-_]?)?real|some[-_](?:secret|token|key|value)|(?:my|test|super)[-_]?(?:secret|token|key|pass)"
)

_SAID = pattern(
    rb"(?i)example|placeholder|change[-_]?me|redacted|replace[-_]?(?:me|with|this)|\*\*\*|\.\.\.|\xe2\x80\xa6|xxxxxx"
    rb"|(?:^|[^a-z0-9])(?:your|fake|dummy|mock|sample|insert|todo|some|goes|here|(?-i:xxx|XXX))(?:$|[^a-z0-9])"
    rb"|not[-_]?(?:a[-_]?)?real|your[-_]?(?:api|token|key|secret|access)|fake(?:token|key|secret)|(?:token|key)here$"
)
"""The same where chance may give a word of four letters: long ones, and short ones that stand apart."""

_MASK = pattern(
    rb"(?i)^[\[<({].*[\])}>]$|^(?:\*+|\.+|x+|#+|_+|-+|\?+|\xe2\x80\xa2|\xe2\x80\xa6)+$"
    rb"|redact|masked|hidden|removed|omitted|censored|filtered|withheld|scrubbed|sanitized|<[a-z]"
)
"""As tools that redact write it, and people."""

_WEAK = frozenset(
    b"password pass passwd pwd secret user username token key admin root postgres mysql redis guest test example "
    b"changeme p@ssw0rd passw0rd password1 password123 pass123 secret123 mypassword mysecretpassword mypass dbpass "
    b"db_password dbpassword pw string value oauth2 x-oauth-basic minioadmin rabbitmq app demo dev anonymous local "
    b"default none null empty letmein qwerty foo bar baz hunter2 xyz abc 123 1234 12345 123456 changeit toor secret1 "
    b"opensesame pass1 s3cret s3cr3t p@ss p@ssword admin123 root123 test123 user123".split()
)

_NOUNS = frozenset(
    b"password passwd passwort pass pwd passphrase secret token key apikey credential credentials pat pw auth".split()
)
"""A value with one of these among its words says itself what it stands for."""

_SPELLED = _NOUNS | frozenset(
    b"access account admin anonymous anthropic api app application auth aws azure backend bar basic baz bearer bot "
    b"changeme clickhouse client cloud code config connection database db default demo dev development docker dummy "
    b"elastic email encryption env example fake foo ftp gateway gcp generic git github gitlab google grafana guest "
    b"hash here host http id internal jira jwt kafka local localhost login long main mail maria master me minio mock "
    b"mongo mongodb my mysql name neo new old openai oracle org owner personal pg placeholder postgres postgresql "
    b"private prod production proxy public queue rabbit rabbitmq random read readonly real redis refresh registry "
    b"replace root sample secure server service session shared signing slack smtp some sql ssh staging storage string "
    b"stripe strong super supersecret synthetic temp test testing the this url use user username value very web "
    b"webhook with write your".split()
)
_HEX_ROW = pattern(rb"(?:\A|[-_])(?:0?1234567890?abcdef)+[0-9a-f]{0,8}\Z")
_PUBLISHED = frozenset({"2cafc0970149a84f", "ea1ca3e25b35a51e", "f51685e9f0bf58d5"})
"""Beginnings of SHA-256 of keys that their own documentation shows everybody (Stripe's test key, WireGuard's)."""
_LETTERS = pattern(rb"[a-z]+")
_SPLIT = pattern(rb"[-_. /]+|(?<=[a-z0-9])(?=[A-Z])")
_REPEATED = pattern(rb"(?s)(.{2,12}?)\1{3,}")
_ONE_SIGN = pattern(rb"(?s)([^A=/])\1{7,}|A{20,}")
_CAPITALS = pattern(rb"[A-Z]+(?:[-_ ][A-Z0-9]+)*")
_VARIABLE = pattern(rb"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:PASSWORD|PASSWD|PASS|PWD|SECRET|TOKEN|KEY)")
"""A variable's name that stands where its value goes: `NEO4J_PASSWORD`."""
UNSIGNED = pattern(rb"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.(?:[a-z]{0,16}|[A-Za-z_-]{0,10})")
"""A web token with a word for a signature, or none: `eyJ….eyJ….expired`."""
_EXAMPLE_HOSTS = pattern(
    rb"(?i)^(?:localhost|127\.|0\.0\.0\.0|\[?::1|(?:[a-z0-9-]+\.)*example\.(?:com|org|net)|(?:my(?!sql)|your)|\$|\{"
    rb"|(?:host(?:name)?|db|database|postgres|mysql|mongo|mongodb|redis|rabbitmq|server|proxy|broker)\b(?!\.\w))"
)
_TEACHES = pattern(
    rb"(?i)\b(?:bad|wrong|never|don'?t|do not|avoid|insecure|vulnerable|hard-?coded|anti-?pattern|incorrect|unsafe)\b"
    rb"|(?<![.\w-])examples?(?![.\w-])|\xe2\x9d\x8c|\xf0\x9f\x9a\xab"
)
"""What a text says around a key that it shows on purpose."""


def is_template(value: bytes) -> bool:
    """Whether something else takes the value's place before it is used."""
    return TEMPLATE.search(value) is not None


def placeholder(value: bytes) -> bool:
    """Whether a value only stands for a secret: a template, an example's word, too few different bytes."""
    if len(set(value)) < 6 or UNSIGNED.fullmatch(value):
        return True
    return bool(TEMPLATE.search(value) or _WORDS.search(value)) or spelled(value)


def stands_in(value: bytes, around: bytes = b"") -> bool:
    """Whether a value of a provider's form is plainly none. around: the text beside it.

    A mask, a template, one sign repeated, the alphabet, an author's words; where the text says that it shows a bad
    example also a run of the alphabet or of digits. Not more: a comment beside a real key changes nothing.
    """
    if TEMPLATE.search(value) or _SAID.search(value) or _MASK.search(value) or spelled(value):
        return True
    if hashlib.sha256(value).hexdigest()[:16] in _PUBLISHED:
        return True
    tail = value[4:] if len(value) > 12 else value
    if tail and max(map(tail.count, set(tail))) * 2 > len(tail):
        return True
    repeated = _REPEATED.search(tail)
    if _ONE_SIGN.search(tail) or (repeated is not None and len(repeated[0]) * 2 > len(tail)):
        return True
    runs = _ascending(value)
    if max(runs) >= 16 or _HEX_ROW.search(value):
        return True
    return sum(run for run in runs if run >= 3) * 2 > len(tail) and _TEACHES.search(around) is not None


def _ascending(value: bytes) -> list[int]:
    """The lengths of the runs in which each sign follows the one before (`abc`, `789`, `90`)."""
    runs, length = [], 1
    for before, sign in pairwise(value):
        if sign == before + 1 or (before, sign) == (0x39, 0x30):
            length += 1
        if sign != before + 1:
            runs.append(length)
            length = 1
    return [*runs, length]


def spelled(value: bytes, *beside: bytes) -> bool:
    """Whether a value is made of words that say what it stands for: `app_password`, `YOUR_TOKEN`, `redispassword`.

    beside: what else is known by name there (the user, the host), whose words may stand in it too.
    """
    if len(value) > 80:
        return False
    words = [word.lower() for word in _SPLIT.split(value) if word]
    known = _SPELLED | {part for text in beside for part in _LETTERS.findall(text.lower()) if len(part) > 2}
    bare = [word.rstrip(b"0123456789!") for word in words]
    if sum(map(len, words)) - sum(map(len, bare)) > 4:
        return False
    named = any(_pieces(word, known, _NOUNS) for word in bare)
    if named and all(not word or _pieces(word, known, known) for word in bare):
        return True
    # several plain words, one of which says it: `my-awesome-db-pass`, `sk-or-v1-project1-key`
    plain = all(_LETTERS.fullmatch(word) and len(word) < 16 for word in (bare if value.islower() else words))
    return plain and any(word in _NOUNS for word in words)


def _pieces(word: bytes, known: frozenset[bytes], wanted: frozenset[bytes]) -> bool:
    """Whether a word can be cut into known ones, at least one of them wanted."""
    reached = {0: False}
    for end in range(len(word) + 1):
        for begin, found in [*reached.items()]:
            if word[begin:end] in known:
                reached[end] = reached.get(end, False) or found or word[begin:end] in wanted
    return reached.get(len(word), False)


def words(value: bytes) -> bool:
    """Whether a value is a row of words, with no more than a small number after each: `my_session_name_v2`."""
    parts = re.split(rb"[^A-Za-z0-9]+", value)
    return len(parts) > 1 and all(re.fullmatch(rb"(?:[A-Z]?[a-z]*|[A-Z]+)[0-9]{0,4}", part) for part in parts)


def weak_password(password: bytes, *beside: bytes) -> bool:
    """Whether a password is one that examples use, a mask, or a template. beside: user and host."""
    low = password.lower().replace(b" ", b"")
    if low in _WEAK or low in {text.lower() for text in beside} or len(set(password)) < 4:
        return True
    if TEMPLATE.search(password) or _WORDS.search(password) or _MASK.search(password):
        return True
    return spelled(password, *beside) or any(form.fullmatch(password) for form in (_CAPITALS, _VARIABLE))


def example_host(host: bytes) -> bool:
    """Whether a URL's host is one that only examples or the own machine have."""
    return _EXAMPLE_HOSTS.match(host) is not None
