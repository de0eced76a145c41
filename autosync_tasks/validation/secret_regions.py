"""Where secrets and suspicions stand in a file. Values stay in this room: findings name rule and place only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from autosync_tasks.model import Path
from autosync_tasks.records import dataclass, field, pattern
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
    if len(head) >= 8:
        for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
            if zeros.count(0) * 10 >= len(zeros) * 9:
                return data.decode(name, "replace").encode()
    return data


LONGEST_NAME = 4096
"""Bytes of a path (PATH_MAX)."""
LONGEST_PROSE = 256 * 1024
"""Bytes; the longest Markdown file of the three real trees has 160 KB."""
_ENDS = b",.;:!?)]}>|*/"
_KINDS = bytes(
    ord("a") if (chr(code).isalnum() and code < 128) or code in b"_-" else 44 if code in _ENDS else 32
    for code in range(256)
)
_WORD = ord("a")
_DIGIT = pattern(rb"[0-9]")
_ENDED = b"a" * 16 + b","
"""With no space in it, the search leaps from word to word."""
_SPACED = bytes(code if chr(code).isalnum() or code > 127 or code in b"-_\n" else 32 for code in range(256))


def regions(path: Path, data: bytes, engine: Engine, *, names: bool = False) -> list[Region]:
    """Every secret and suspicion in `data` (UTF-8 or binary), in order, without overlaps of lesser weight.

    names: `data` is a list of names. A link's target is known by its form. Raises what the engine raises.
    """
    hits = engine.scan(data)
    # The scanner's rules want a space or a quote beside a token; in prose it is a comma, in a name a slash or a dot.
    # A link's target looks like JSON without spaces: it may be either.
    spaced = [_apart(data)]
    if names or (len(data) <= LONGEST_NAME and b"\n" not in data and b" " not in data):
        spaced.append(data.translate(_SPACED))
    for text in spaced:
        if text != data:
            hits += [hit for hit in engine.scan(text) if hit.sure and not hit.helper]
    judged = [region for hit in hits if (region := _region(path, data, hit)) is not None] + _aws_pairs(data)
    judged.sort(key=lambda r: (_ORDER[r.code], r.start, r.end))
    kept: list[Region] = []
    for region in judged:
        at = bisect_left(kept, region.start, key=lambda r: r.start)
        if (at and kept[at - 1].end > region.start) or (at < len(kept) and kept[at].start < region.end):
            continue  # kept ones never overlap, so only the two neighbours can
        kept.insert(at, region)
    return kept


_LONG = rb"(?=[A-Za-z0-9_/.:-]{8})"
_ESCAPES = {
    b"\\": pattern(rb"\\\\{0,7}(?:[nrtbfv\"']|u00[0-9A-Fa-f]{2}|(?:e|x1[Bb]|033)\[[0-9;]{0,12}m)" + _LONG),
    b"%": pattern(rb"%(?:[23][0-9A-Fa-f]|0[9ADad])" + _LONG),
    b"\x1b": pattern(rb"\x1b\[[0-9;]{0,12}m" + _LONG),
}
"""An escape of JSON, of a shell's string, of a URL or of a terminal right before a long word: its last letter would
count as the word's first, and no rule begins inside a word. An expression that begins with one sign leaps to it: one of
all three takes longer over a text than the scanner."""
_SLASH = pattern(rb"\\{1,4}/")
_SLASHED = pattern(rb"(?:\\{1,4}/[A-Za-z0-9:._@?=&%-]{0,300}){1,24}")
_SCHEME = bytes(code for code in range(128) if chr(code).isalnum()) + b":._@-"
"""Of an address, its slashes escaped as some writers of JSON do: from the first slash on, and what may stand before."""


def _apart(data: bytes) -> bytes:
    """The same text with spaces in place of the punctuation after each long word with a digit in it, of escapes before
    long words, and of the backslashes of an address (they stand before it).

    By translate and find: a regular expression takes longer over a tree than the scanner itself.
    """
    if len(data) > LONGEST_PROSE:
        return data
    kinds = data.translate(_KINDS) + b" "
    out: bytearray | None = None
    at = kinds.find(_ENDED)
    while at >= 0:
        end = at + 16
        if kinds[end + 1] != _WORD and _DIGIT.search(data, max(0, end - 48), end):
            out = out if out is not None else bytearray(data)
            out[end] = 32
        at = kinds.find(_ENDED, end)
    for sign, form in _ESCAPES.items():
        for escape in form.finditer(data) if sign in data else ():
            out = out if out is not None else bytearray(data)
            out[escape.start() : escape.end()] = b" " * len(escape[0])
    for begin, end in _slashed(data):
        out = out if out is not None else bytearray(data)
        out[begin:end] = _SLASH.sub(b"/", data[begin:end]).rjust(end - begin)
    return data if out is None else bytes(out)


def _slashed(data: bytes) -> Iterator[tuple[int, int]]:
    """Where addresses begin and end whose slashes are escaped, looked for from the slashes on."""
    at, end = data.find(b"\\/"), 0
    while at >= 0:
        signs = data[max(end, at - 3) : at + 1]
        start = at + 1 - len(signs) + len(signs.rstrip(b"\\"))
        front = data[max(end, start - 64) : start]
        if found := _SLASHED.match(data, start):
            end = found.end()
            yield start - len(front) + len(front.rstrip(_SCHEME)), end
        at = data.find(b"\\/", max(end, at + 2))


def _region(path: Path, data: bytes, hit: Hit) -> Region | None:
    code, what = judge_hit(Place(path, data, hit.start, hit.end), hit)
    if not code:
        return None
    end = _end_of_key(data, hit.end) if code == "SEC002" else hit.end
    return Region(code, what, hit.start, end, data[hit.start : end])


def _end_of_key(data: bytes, end: int) -> int:
    """Where a private key ends whose last line is missing: with the last of the lines that could be its contents."""
    if data.rfind(b"-----END", max(0, end - 60), end) >= 0:
        return end
    rest = _KEY_LINES.match(data, end)
    return rest.end() if rest else end


_KEY_LINES = pattern(
    rb"(?:(?:[\s\"'+>#|*]|\\[nr])*[A-Za-z0-9+/=]{16,}|[A-Za-z-]{3,20}: [^\r\n]*\r?\n)+"
    rb"(?:(?:[\s\"'+>#|*]|\\[nr])*-----END[ A-Z0-9]{0,40}-----)?"
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
        for one in _FORTY.finditer(data, max(0, known.start() - _NEAR), known.end() + _NEAR):
            if is_aws_secret(one[0]) and not stand_ins.stands_in(known[0]) and not stand_ins.stands_in(one[0]):
                pairs.append(Region("SEC005", "aws secret access key", one.start(), one.end(), one[0]))
    return pairs
