"""Where secrets and suspicions stand in a file. Values stay in this room: findings name rule and place only."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from contextlib import suppress

from autosync_tasks.model import Path
from autosync_tasks.records import dataclass, field, pattern, replace
from autosync_tasks.validation import stand_ins
from autosync_tasks.validation.scanner import Engine, Hit
from autosync_tasks.validation.secret_candidates import judge_hit
from autosync_tasks.validation.secret_keys import Place
from autosync_tasks.validation.secret_values import is_aws_secret

_ORDER = {code: n for n, code in enumerate(("SEC002", "SEC001", "SEC003", "SEC005", "SEC103", "SEC102", "SEC101"))}
"""Of several rules that hit the same bytes the first is told."""


@dataclass(frozen=True, slots=True)
class Region:
    """One secret or suspicion: rule code, what it looks like, offsets, and its bytes (never shown)."""

    code: str
    what: str
    start: int
    end: int
    value: bytes = field(repr=False)


def as_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 where it is UTF-16 or UTF-32 (by its mark, or by its zero bytes); else unchanged."""
    for mark, name in (
        (b"\xff\xfe\0\0", "utf-32"),
        (b"\0\0\xfe\xff", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(name, "replace").encode()
    head = data[:512]
    if 0 not in head:
        return data
    for name, highest in (("utf-32-le", head[3::4]), ("utf-32-be", head[:-3:4])):
        if highest and not any(highest):
            with suppress(UnicodeDecodeError):  # four letters of a byte each are none of UTF-32
                return data[: len(data) // 4 * 4].decode(name).encode()
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) * 10 >= len(zeros) * 9 and head.count(0) * 10 <= len(head) * 6:  # more has a program
            return data.decode(name, "replace").encode()
    return data


LONGEST_NAME = 4096
"""Bytes of a path (PATH_MAX)."""
LONGEST_PROSE = 256 * 1024
"""Bytes; the longest Markdown file of the three real trees has 160 KB."""
_ENDS = b",.;:!?)]}>|*/&@#"
_KINDS = bytes(
    ord("a") if (chr(code).isalnum() and code < 128) or code in b"_-" else 44 if code in _ENDS else 32
    for code in range(256)
)
_DIGIT = pattern(rb"[0-9]")
_ENDED = b"a" * 16 + b","
"""With no space in it, the search leaps from word to word."""
_SPACED = bytes(code if chr(code).isalnum() or code > 127 or code in b"-_\n" else 32 for code in range(256))
_ESCAPED = b"\\/"


def regions(path: Path, data: bytes, engine: Engine, *, names: bool = False) -> list[Region]:
    """Every secret and suspicion in `data` (UTF-8 or binary), in order, without overlaps of lesser weight.

    names: `data` is a list of names. A link's target is known by its form. Raises what the engine raises.
    """
    hits = engine.scan(data)
    # The scanner's rules want a space or a quote beside a token; in prose it is a comma, in a name a slash or a dot.
    # A link's target looks like JSON without spaces: it may be either.
    spaced = [*_apart(data)]
    if names or (len(data) <= LONGEST_NAME and len(data.split(None, 1)) < 2):
        spaced.append(data.translate(_SPACED))
    for text in dict.fromkeys(spaced):
        if text != data:
            hits += [hit for hit in engine.scan(text) if hit.sure]
    judged = [region for hit in hits if (region := _region(path, data, hit))] + _aws_pairs(data)
    if _ESCAPED in data:
        judged += _unescaped(path, data, engine)
    judged.sort(key=lambda r: (_ORDER[r.code], r.start, r.end))
    kept: list[Region] = []
    for region in judged:
        at = bisect_left(kept, region.start, key=lambda r: r.start)
        if (at and kept[at - 1].end > region.start) or (at < len(kept) and kept[at].start < region.end):
            continue  # kept ones never overlap, so only the two neighbours can
        kept.insert(at, region)
    return kept


_LONG = rb"(?=[A-Za-z0-9_/.:-]{8})"
_ESCAPES = (
    pattern(rb"\\\\{0,7}(?:[nrtbfv\"']|u00[0-9A-Fa-f]{2}|(?:e|x1[Bb]|033)\[[0-9;]{0,12}m)" + _LONG),
    pattern(rb"%(?:[23][0-9A-Fa-f]|0[9ADad])" + _LONG),
    pattern(rb"\x1b\[[0-9;]{0,12}m" + _LONG),
)
"""An escape of JSON, of a shell's string, of a URL or of a terminal right before a long word: its last letter would
count as the word's first, and no rule begins inside a word. An expression that begins with one sign leaps to it: one of
all three takes longer over a text than the scanner."""
_BACKSLASHES = pattern(rb"(?<!\\)\\++/")


def _apart(data: bytes) -> Iterator[bytes]:
    """The same text with spaces in place of the punctuation after each long word with a digit in it, and of escapes
    before long words; first where no word follows (a token may hold such signs itself), then everywhere.

    By translate and find: a regular expression takes longer over a tree than the scanner itself.
    """
    if len(data) > LONGEST_PROSE:
        return
    kinds = data.translate(_KINDS)
    ends, at = list[int](), kinds.find(_ENDED)
    while at >= 0:
        end = at + 16
        if _DIGIT.search(data, end - 48, end):
            ends.append(end)
        at = kinds.find(_ENDED, end)
    escapes = [escape.span() for form in _ESCAPES for escape in form.finditer(data)]
    last = [end for end in ends if kinds[end + 1 : end + 2] != b"a"]
    for some in (last, ends) if ends or escapes else ():
        out = bytearray(data)
        for end in some:
            out[end] = 32
        for begin, end in escapes:
            out[begin:end] = b" " * (end - begin)
        yield bytes(out)


def _unescaped(path: Path, data: bytes, engine: Engine) -> Iterator[Region]:
    """What is found where the slashes of addresses are escaped no more, as some writers of JSON do it."""
    plain = data.replace(_ESCAPED, b"/")  # a tenth of what an expression takes
    if not (found := regions(path, _BACKSLASHES.sub(b"/", plain) if _ESCAPED in plain else plain, engine)):
        return
    from array import array  # for a file in a thousand

    gone = array("Q", (at for escape in _BACKSLASHES.finditer(data) for at in range(escape.start(), escape.end() - 1)))

    def was(at: int) -> int:
        """Where the byte stands in `data`."""
        return at + bisect_right(range(len(gone)), at, key=lambda number: gone[number] - number)

    for region in found:
        start, end = was(region.start), was(region.end - 1) + 1
        yield replace(region, start=start, end=end, value=data[start:end])


def _region(path: Path, data: bytes, hit: Hit) -> Region | None:
    code, what = judge_hit(Place(path, data, hit.start, hit.end), hit)
    if not code:
        return None
    end = _end_of_key(data, hit) if code == "SEC002" else hit.end
    return Region(code, what, hit.start, end, data[hit.start : end])


def _end_of_key(data: bytes, hit: Hit) -> int:
    """Where a private key ends of which a rule knows the beginning: with its last line, or the last of its contents."""
    rest = _KEY_LINES.match(data, hit.end)
    return rest.end() if rest else hit.end


_KEY_LINES = pattern(
    rb"(?:[\s\"'>#|*]*+[A-Za-z-]{3,20}: [^\r\n]*+)*(?:(?:[\s\"'+>#|*]|\\[nr])*[A-Za-z0-9+/=]{16,})+"
    rb"(?:(?:[\s\"'+>#|*]|\\[nr])*(?:[A-Za-z0-9+/=]{1,15}(?:[\s\"'+>#|*]|\\[nr])+)?-----END[ A-Z0-9]{0,40}-----)?"
)
_AWS_ID = pattern(rb"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])")
_FORTY = pattern(rb"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")
_NEAR = 400
"""Bytes between an AWS key's id and its secret, in whatever form the two are written down."""


def _aws_pairs(data: bytes) -> list[Region]:
    """The secrets beside the ids of AWS keys: forty signs without any form of their own."""
    if b"AKIA" not in data and b"ASIA" not in data:
        return []
    pairs = []
    for known in _AWS_ID.finditer(data):
        for one in _FORTY.finditer(data, known.start() - _NEAR, known.end() + _NEAR):
            if is_aws_secret(one[0]) and not stand_ins.stands_in(known[0]) and not stand_ins.stands_in(one[0]):
                pairs.append(Region("SEC005", "aws secret access key", one.start(), one.end(), one[0]))
    return pairs
