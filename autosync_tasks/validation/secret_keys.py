"""A place that the scanner hit, and what is told of keys and tokens by their own bytes."""

from __future__ import annotations

import base64
import re
from typing import NamedTuple

from autosync_tasks.model import Path
from autosync_tasks.records import pattern
from autosync_tasks.validation import secret_values, stand_ins

QUOTES = b"\"'`"
_KEY_CONTENTS = pattern(
    rb"-----[^-]{1,120}-----(?:(?!-----)[\s\S]){0,300}?(?:(?<![\\A-Za-z0-9+/])|(?<=\\[nrt]))"
    rb"((?=[A-Z0-9+/]*[a-z])(?=[a-z0-9+/]*[A-Z])[A-Za-z0-9+/]{24,600}={0,2})"
)
"""From a key's first line to the first of its contents, which is in both cases: what it was encrypted with is not."""
_MORE = pattern(rb"[A-Za-z0-9+/=]{24}")
_IDS = pattern(
    rb"(?i)(?:sha[0-9]*|md5|h1|toolu|call|msg|ses|prt|req|run|task|chatcmpl|resp|evt|prod|price|cus|pk|pub)[_-]"
)
"""Beginnings of hashes and of names that programs give to their own things."""

Judged = tuple[str, str]
"""A rule's code ("": nothing) and what the value looks like."""

NOTHING: Judged = ("", "")
PUBLISHABLE: Judged = ("SEC102", "a key that is made to be public")


class Place(NamedTuple):
    """One hit's bytes in its file."""

    path: Path
    data: bytes
    start: int
    end: int

    @property
    def value(self) -> bytes:
        return self.data[self.start : self.end]

    @property
    def bare(self) -> bytes:
        """The value without the quotes and the punctuation that a sentence puts around it."""
        return self.value.strip(QUOTES).rstrip(b".:*!?|&")

    @property
    def before(self) -> bytes:
        """Some lines before it, and the beginning of its own."""
        return self.data[max(0, self.start - 300) : self.start]

    @property
    def rest(self) -> bytes:
        """What follows in its line."""
        return self.data[self.end : self.end + 160].partition(b"\n")[0]

    @property
    def around(self) -> bytes:
        return self.before + self.rest


def private_key(place: Place) -> Judged:
    """A header is no key: some of its contents must follow, and be more than an example's letters."""
    contents = _KEY_CONTENTS.match(place.data, place.start)
    if contents is None or stand_ins.stands_in(contents[1]):
        return NOTHING
    return "SEC002", "private key"


def pem_base64(place: Place) -> Judged:
    """A private key in base64."""
    return ("SEC002", "private key") if secret_values.private_key_in_base64(place.value) else NOTHING


def aws_secret(place: Place) -> Judged:
    """The secret half of an AWS key, where the text around it says so."""
    near = b"aws" in place.before[-60:].lower()
    mixed = secret_values.is_aws_secret(place.value) and not stand_ins.stands_in(place.value)
    return ("SEC005", "aws secret access key") if near and mixed else NOTHING


def aws_id(place: Place) -> Judged:
    """The id of an AWS key alone."""
    return NOTHING if stand_ins.placeholder(place.value) else ("SEC102", "aws key id")


def jwt(place: Place) -> Judged:
    """Tokens that jwt.io and documentation show carry an example's name, or nobody's signature."""
    if stand_ins.UNSIGNED.fullmatch(place.value.partition(b"\\")[0]):
        return NOTHING
    payload = place.value.partition(b".")[2].partition(b".")[0]
    try:
        told = base64.urlsafe_b64decode(payload + b"==")
    except ValueError:
        told = b""
    if re.search(rb"(?i)john doe|\"1234567890\"|example|test[-_ ]?user", told):
        return "SEC102", "jwt of an example"
    if re.search(rb"\"role\"\s?:\s?\"anon\"", told) and b"supabase" in told:
        return PUBLISHABLE
    return NOTHING if stand_ins.stands_in(place.value) else ("SEC001", "jwt")


def publishable(_: Place) -> Judged:
    """Each page that uses it shows it to everybody."""
    return PUBLISHABLE


def stripe(place: Place) -> Judged:
    """A key of Stripe's, or of who gives theirs the same form; one of the two that belong together is for pages."""
    if place.value.startswith((b"pk_live_", b"pk_test_")):
        return PUBLISHABLE
    return NOTHING if stand_ins.stands_in(place.value, place.around) else ("SEC001", "stripe")


def prefixed(place: Place) -> Judged:
    """A token of a form that no rule knows."""
    if _IDS.match(place.value) or not secret_values.is_vendor(place.value):
        return NOTHING
    shown = stand_ins.stands_in(place.value, place.around)
    return NOTHING if shown else ("SEC102", "a word with a provider's prefix")


def bedrock(place: Place) -> Judged:
    """The rule knows the beginning alone, which every list of rules holds too."""
    return ("SEC001", "aws bedrock key") if _MORE.match(place.data, place.end) else NOTHING


def key_of_a_provider(place: Place) -> Judged:
    """`sk-…` and its kin are names of many things: the last part must look drawn. A page in Slovak may be called so."""
    value = place.value
    *_, tail = parts = re.split(rb"[-_]", value)
    told = max(map(len, parts)) < 16 and stand_ins.words(value)
    drawn = secret_values.is_mixed(value) and (len(value) >= 60 or len(tail) < 24 or secret_values.is_mixed(tail))
    # Chance may give no digit at all; so many signs of both cases are no row of words.
    drawn = drawn or (len(value) >= 60 and not value.islower() and secret_values.entropy(value) >= 4.8)
    told = told or stand_ins.stands_in(value, place.around)
    return ("SEC001", "a key of a model's provider") if drawn and not told else NOTHING
