"""The JSONC reader agrees with OpenCode's own, in linear time and bounded depth."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.validation import jsonc
from tests.validation.support import file, grows_linearly, of

DEEP = b'{"provider":{"x":{"options":{"a":' + b"[" * 300 + b"]" * 300 + b"}}}}"


def options(value: bytes) -> bytes:
    return b'{"provider":{"x":{"options":{"a":' + value + b"}}}}"


# What OpenCode 1.18.33 does with opencode.json of these bytes: True if it starts (see test_validate_opencode.py).
CASES: dict[str, tuple[bytes, bool]] = {
    "empty": (b"", True),
    "only blanks": (b"  \n", False),
    "byte order mark": (b"\xef\xbb\xbf{}", True),
    "an array": (b"[]", False),
    "a string": (b'"x"', False),
    "null": (b"null", False),
    "an object": (b'{"model":"a/b"}', True),
    "line comment": (b'{// c\n"model":"a/b"}', True),
    "block comment": (b'{/* c */"model":"a/b"}', True),
    "comment without end": (b'{"model":"a/b"} /* x', False),
    "trailing comma": (b'{"model":"a/b",}', True),
    "trailing commas in both": (b'{"plugin":[],"instructions":["x",],}', True),
    "comma alone in an object": (b"{,}", False),
    "comma alone in an array": (b'{"instructions":[,]}', False),
    "two trailing commas": (b'{"model":"a/b",,}', False),
    "key without quotes": (b'{model:"a/b"}', False),
    "single quotes": (b"{'model':'a/b'}", False),
    "missing comma": (b'{"model":"a/b" "username":"x"}', False),
    "key twice": (b'{"model":"a/b","model":"c/d"}', True),
    "text after the end": (b'{"model":"a/b"} x', False),
    "two documents": (b"{} {}", False),
    "NaN": (options(b"NaN"), False),
    "Infinity": (options(b"-Infinity"), False),
    "hexadecimal": (options(b"0x10"), False),
    "plus": (options(b"+1"), False),
    "leading zero": (options(b"01"), False),
    "point without digits": (options(b"1."), False),
    "point first": (options(b".5"), False),
    "minus alone": (options(b"-"), False),
    "exponent without digits": (options(b"1e"), False),
    "a number of 5,001 digits": (options(b"1" + b"0" * 5000), True),
    "control character in a string": (b'{"username":"a\x01b"}', False),
    "tab in a string": (b'{"username":"a\tb"}', False),
    "line end in a string": (b'{"username":"a\nb"}', False),
    "unknown escape": (b'{"username":"a\\xb"}', False),
    "short unicode escape": (b'{"username":"a\\u12"}', False),
    "lone surrogate": (b'{"username":"\\ud800"}', True),
    "no-break space": (b'{\xc2\xa0"model":"a/b"}', False),
    "form feed": (b'{\x0c"model":"a/b"}', False),
    "vertical tab": (b'{\x0b"model":"a/b"}', False),
    "line separator": (b'{\xe2\x80\xa8"model":"a/b"}', False),
    "line separator in a string": (b'{"username":"a\xe2\x80\xa8b"}', True),
    "carriage return ends a comment": (b'{// c\r"model":"a/b"}', True),
    "comment signs in a string": (b'{"username":"// x /* y */"}', True),
    "hash comment": (b'{# x\n"model":"a/b"}', False),
    "comments after a trailing comma": (b'{"model":"a/b", // c\n /* d */ }', True),
    "zero byte": (b'{"username":"a\0b"}', False),
    "bytes that are not UTF-8": (b'{"username":"\xff\xfe"}', True),
    "True": (b'{"autoupdate":True}', False),
    "undefined": (b'{"autoupdate":undefined}', False),
    "HTML comment": (b"<!-- x -->{}", False),
    "comment in a comment": (b'{/* a /* b */ "model":"a/b"}', True),
    "a slash": (b'{"model":"a/b"} /', False),
    "UTF-16": ('{"model":"a/b"}'.encode("utf-16"), False),
    "300 levels": (DEEP, True),
    "comment at the end": (b"{} // x", True),
    "two colons": (b'{"model"::"a/b"}', False),
    "only a comment": (b"// only\n", False),
    "string without end": (b'{"model":"a/b', False),
    "missing brace": (b'{"model":"a/b"', False),
    "brace too many": (b'{"model":"a/b"}}', False),
    "backticks": (b'{"model":`a/b`}', False),
    "number as key": (b"{1:2}", False),
    "mark in the middle": (b'{\xef\xbb\xbf"model":"a/b"}', False),
}


@pytest.mark.parametrize("name", CASES)
def test_a_config_blocks_exactly_when_opencode_cannot_read_it(name: str) -> None:
    data, starts = CASES[name]
    assert ("JSN001" not in of(file(b"opencode.json", data))) is starts


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', 3, 3),
        ('{\n  // {"x"\n  "a": tru\n}', 3, 8),
        ('{"a": /* x', 1, 7),
        ('{"a":\n NaN}', 2, 2),
        ('{"a": "b\n"}', 1, 7),
        ("\n tru", 2, 2),
    ],
)
def test_a_message_names_the_place(text: str, line: int, column: int) -> None:
    with pytest.raises(jsonc.JsoncError) as caught:
        jsonc.loads(text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_a_message_quotes_nothing_of_the_text() -> None:
    with pytest.raises(jsonc.JsoncError) as caught:
        jsonc.loads('{"a": hunter2}')
    assert "hunter2" not in str(caught.value)


def test_duplicates_have_their_places() -> None:
    text = '{"a": 1, // "a":\n "b": {"a": 2, "c": "a"},\n "a": [{"a": 1}, {"a": 2}], "b": 1,}'
    assert jsonc.duplicates(text) == [("a", 3, 2), ("b", 3, 29)]


def megabytes(piece: str, begin: str = "", end: str = "", size: int = 1_000_000) -> str:
    return begin + piece * (size // len(piece)) + end


def config_of_a_megabyte() -> str:
    agent = {"description": "Reviews code: style, tests", "tools": {"bash": True, "edit": False}, "steps": 12}
    text = json.dumps({"agent": {f"agent-{n}": agent for n in range(5_500)}}, indent=2)
    return text.replace("true,", "true, // seen\n").replace("12\n", "12, /* a trailing comma */\n")


LARGE = {
    "strings": megabytes('"a",', "[", '"b"]'),
    "objects": megabytes('{"a":{},},', "[", "]"),
    "comments": megabytes("/*a*/", "[", "]"),
    "line comments": megabytes("//a\n", "[", "]"),
    "comments without end": megabytes("/*"),
    "stars": "/*" + megabytes("*"),
    "commas": megabytes(","),
    "commas and blanks": megabytes(", ", "[", "]"),
    "blanks": megabytes(" ", "[1,", "]"),
    "trailing commas": megabytes("[1,],", "[", "]"),
    "quotes": megabytes('"'),
    "backslashes": '"' + megabytes("\\"),
    "slashes": megabytes("/"),
    "open brackets": megabytes("["),
    "digits": megabytes("1"),
    "numbers": megabytes("1,", "[", "]"),
    "keys": "{" + ",".join(f'"k{n}":1' for n in range(80_000)) + "}",
    "the same key": megabytes('"k":1,', "{", "}"),
    "N": megabytes("N", "[", "]"),
}


def test_a_config_of_a_megabyte_is_read() -> None:
    """benchmarks/validate.py says how long it takes: 0.1 s."""
    text = config_of_a_megabyte()
    assert len(text) > 1_000_000
    assert len(jsonc.loads(text)["agent"]) == 5_500


@pytest.mark.sweep
@pytest.mark.parametrize("name", [*LARGE, "a config"])
def test_no_text_takes_time_that_grows_faster_than_it(name: str) -> None:
    text = LARGE.get(name) or config_of_a_megabyte()

    def read(text: str) -> None:
        with contextlib.suppress(jsonc.JsoncError):
            jsonc.loads(text)

    assert grows_linearly(lambda: read(text[: len(text) // 4]), lambda: read(text))


def test_depth_is_bounded() -> None:
    with pytest.raises(jsonc.TooDeepError) as caught:
        jsonc.loads("[" * 100_000 + "]" * 100_000)
    assert (caught.value.line, caught.value.column) == (1, 1)
    assert jsonc.loads("[" * 200 + "]" * 200)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values, st.sampled_from([None, 0, 2]))
def test_what_json_writes_is_read_back(value: object, indent: int | None) -> None:
    assert jsonc.loads(json.dumps(value, indent=indent)) == value


@given(json_values)
def test_comments_and_trailing_commas_change_nothing(value: object) -> None:
    text = json.dumps(value, indent=1)
    noisy = "/* a\n b */\n" + text.replace("\n", " // b }],\n") + "\n// end"
    assert jsonc.loads(noisy) == value
    assert jsonc.blank(noisy).count("\n") == noisy.count("\n")
    assert len(jsonc.blank(noisy)) == len(noisy)


@settings(max_examples=200)
@given(st.text(alphabet='{}[]",:/*\\ \n1truenaNI-.', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = jsonc.loads(text)
    except jsonc.JsoncError as error:
        assert error.line >= 1
        assert error.column >= 1
        return
    jsonc.duplicates(text)
    json.dumps(value)


def test_a_string_without_an_end_is_left_to_json_and_a_comment_is_named() -> None:
    assert jsonc.blank_comments('{} // x\n"b') == '{}     \n"b'
    with pytest.raises(jsonc.JsoncError, match="has no end"):
        jsonc.blank_comments("{} // x\n/* b")


def test_of_a_text_that_is_too_long_that_is_told_and_one_of_just_that_length_is_read() -> None:
    text = "{}" + " " * (jsonc.MAX_TEXT - 2)
    assert len(text) == 16 * 1024 * 1024 and jsonc.loads(text) == {}
    with pytest.raises(jsonc.TooDeepError) as caught:
        jsonc.loads(text + " ")
    told = caught.value
    assert (told.what, told.line, told.column) == ("longer than 16 million characters", 1, 1)
