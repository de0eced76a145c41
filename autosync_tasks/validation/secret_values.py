"""Is a value a secret? Pure judgement of names and values; nothing here keeps or shows a value."""

from __future__ import annotations

import base64
import binascii
import re
from collections import Counter
from math import log2

from autosync_tasks.records import pattern
from autosync_tasks.validation.stand_ins import placeholder

_UUID = pattern(rb"(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_HEX = pattern(rb"(?i)[0-9a-f]+")
_RUNS = pattern(rb"[a-z]+|[A-Z]+|[0-9]+")
_IDENTIFIER = pattern(rb"[A-Za-z_][A-Za-z0-9_.]*")
_VENDOR = pattern(rb"([A-Za-z][A-Za-z0-9]{1,7}(?:[-_][a-z0-9]{1,8}){0,2})[-_.]([A-Za-z0-9]{20}[A-Za-z0-9_.-]*)")


def entropy(value: bytes) -> float:
    """Shannon entropy in bits for each byte."""
    size = len(value)
    return -sum(n / size * log2(n / size) for n in Counter(value).values())


def is_random(value: bytes) -> bool:
    """Whether a value looks drawn at random, as keys are, and not written by a person.

    Random: at least 20 bytes of letters and digits that change kind often and have the entropy of a random string of
    their length, less a margin (hex 3.0 bits; else 3.4 at 20 bytes to 4.0 from 40 on). Measured on the development set,
    the three real trees and the Python files of an installed environment.
    """
    size = len(value)
    if not 20 <= size <= 4096 or placeholder(value):
        return False
    if value.startswith((b"/", b"./", b"../", b"~/")) or b"://" in value or b"::" in value:
        return False
    runs = _RUNS.findall(value)
    digits = sum(len(run) for run in runs if run.isdigit())
    solid = sum(map(len, runs))
    if digits < 2 or digits == solid or solid < size * 0.8:
        return False
    if len(runs) < size / 6 or max(map(len, runs)) > max(12, size // 3):
        return False  # words, versions, dates: long runs of one kind
    if _is_name(value, runs):
        return False
    least = 3.0 if _HEX.fullmatch(value) else min(4.0, 3.4 + (size - 20) * 0.03)
    return entropy(value) >= least


def is_mixed(value: bytes) -> bool:
    """Whether a value changes kind as random ones do: a shorter look than `is_random`, for values in a known place."""
    runs = _RUNS.findall(value)
    digits = sum(len(run) for run in runs if run.isdigit())
    solid = sum(map(len, runs))
    if len(value) < 8 or not 1 <= digits < solid or _is_name(value, runs):
        return False
    return len(runs) >= 4 and max(map(len, runs)) <= max(18, len(value) // 3) and entropy(value) >= 2.8


def is_one_word(value: bytes) -> bool:
    """Whether a long value without a separator holds digits between its letters: no words do, though chance may give
    it a long run of letters."""
    digits = len(re.findall(rb"[0-9]", value))
    return len(value) >= 24 and value.isalnum() and digits >= 2 and entropy(value) >= 3.5


def is_aws_secret(value: bytes) -> bool:
    """Whether forty signs can be the secret half of an AWS key: both cases and digits, no hash, no path."""
    kinds = all(re.search(kind, value) for kind in (rb"[a-z]", rb"[A-Z]", rb"[0-9]"))
    return len(value) == 40 and kinds and not _HEX.fullmatch(value) and entropy(value) >= 4.0


def _is_name(value: bytes, runs: list[bytes]) -> bool:
    """Whether a value is an identifier of some program: `_lib.X509_get_pubkey`, `base64Encode`.

    In random text of both cases a run of small letters is short; in names most letters stand in words.
    """
    if _IDENTIFIER.fullmatch(value) is None or value == value.lower():
        return False
    least = 3 if b"_" in value or b"." in value else 4
    words = sum(len(run) for run in runs if len(run) >= least and run.islower())
    return words * 5 >= len(value) * 2


def is_uuid(value: bytes) -> bool:
    """A UUID is more often an identifier than a secret."""
    return _UUID.fullmatch(value) is not None


def is_vendor(value: bytes) -> bool:
    """The form that providers give their tokens: a short prefix, a separator, a random part (`pplx-…`)."""
    match = _VENDOR.fullmatch(value)
    return match is not None and is_random(match[2])


def basic_credentials(value: bytes) -> bytes:
    """User and password in the base64 of an `Authorization: Basic` header, or b"" if it holds none."""
    plain = decoded(value)
    return plain if b":" in plain else b""


def decoded(value: bytes) -> bytes:
    """The words in base64, or b"" if it holds none."""
    try:
        plain = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return plain if plain.isascii() and plain.decode().isprintable() else b""


def private_key_in_base64(value: bytes) -> bool:
    """Whether base64 text begins a private key (and not a certificate or a public key)."""
    try:
        head = base64.b64decode(value[:80])
    except (binascii.Error, ValueError):
        return False
    return b"PRIVATE KEY" in head


_CAMEL = pattern(rb"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_GENERIC = frozenset(
    b"a access account api app application apps auth authn authorization authz aws_ base basic bearer bot build client "
    b"code common config const cookie credential credentials csrf current custom data database db def default demo dev "
    b"device dict dot e encryption env environment export expected field final foo form function g get global h header "
    b"headers host http https i id ids in init input internal int is item json jwt k key keys last let list local "
    b"login main map master me my name new next nonce o oauth object old option options org os p page param params "
    b"pass passphrase passwd password passwords private prod production property provider proxy public pwd q raw "
    b"refresh remote req request res response root s secret secrets self send server service session set setting "
    b"settings sign signing site sso staging static store str string svc t test testing tests text the this tmp token "
    b"tokens type url user username users val value values var variable webhook with work x xsrf y z".split()
)
_NO_SECRET = frozenset(
    b"author authors cache cancel cancellation checksum commit continuation css cursor digest etag foreign hash "
    b"idempotency image index integrity md5 next pagination parser partition primary public range row sha sha1 sha256 "
    b"sha512 signingkey sort sync translation i18n lock marker resource publishable site sitekey turnstile".split()
)
_KEY_BEFORE = frozenset(
    b"access account api app application auth client consumer encryption license master private secret service session "
    b"shared sign signing storage subscription webhook".split()
)


def named(identifier: bytes) -> str:
    """What an identifier says of its value: "service" (one service's secret: `codecov_token`), "generic" (`apiKey`,
    `TOKEN`), "key" (a key of unknown kind: `foo_key`) or "" (no secret: `cacheKey`, `publicKey`)."""
    words = [word.lower() for word in _CAMEL.findall(identifier)]
    if not words or any(word in _NO_SECRET for word in words):
        return ""
    if words[-1] in (b"key", b"keys") and not (len(words) > 1 and words[-2] in _KEY_BEFORE):
        return "key"
    rest = [word for word in words if word not in _GENERIC and not word.startswith(b"apikey")]
    return "service" if any(len(word) >= 3 for word in rest) else "generic"
