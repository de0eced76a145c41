"""A file of plain lines, of settings or a profile, is read without a TOML reader, and just as one reads it."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from autosync_tasks.profiles import SHIPPED
from autosync_tasks.profiles.plain import plain

PIECES = (
    *("a = 1\n", "b = true\n", 'c = "x"\n', "# word\n", "\n", 'd = ""\n', "e=1\n", "f = 01\n", "g = 1.5\n", "a = 2\n"),
    *('h = "é → x"\n', 'i = "a\\n"\n', 'j = "a\tb"\n', "[k]\n", "[[rules]]\n", "l = [1]\n", "m = 1 # word\n", "\r\n"),
    *("n = 1\r\n", "# \x00\n", "# é\x7f\n", "o = 12345678901\n", "p.q = 1\n", "R = 1\n", 's = "\u2028"\n', "t = 1"),
    *('u = "#"\n', " v = 1\n", "w = 1 \n", 'x = "a" \n', "y = -1\n", "z = +1\n", "aa = false\n", "# \u2028 = 1\n"),
    *('ab = ["x", "y"]\n', 'ac = [\n    "x", "y",\n    "z",\n]\n', 'ad = ["x" "y"]\n', "ae = []\n", 'af = [,"x"]\n'),
    *(
        'ag = ["x",, "y"]\n',
        'ah = ["x"  ]\n',
        "[one]\n",
        "[one]  # word\n",
        "[[two]]\n",
        "[[two]]  # word\n",
        "[two]\n",
    ),
    *(
        'two = ["x"]\n',
        "one = 1\n",
        "[[one]]\n",
        "[[two]]]\n",
        "[one]]\n",
        "[a.b]\n",
        'ai = [["x"]]\n',
        'aj = ["x", # word\n]\n',
    ),
    *(
        'ao = ["x",\u2028]\n',
        "two = []\n",
        'ak = ["x"]  # word\n',
        "al = 1  # é\n",
        'am = [\r\n"x"]\n',
        'an = [\n"x"\n,\n]\n',
    ),
)


def test_what_is_read_so_is_what_a_toml_reader_reads() -> None:
    read = 0
    for number in range(3000):
        chance = random.Random(number)
        text = "".join(chance.choices(PIECES, k=chance.choice((0, 1, 1, 2, 3, 6))))
        if (found := plain(text)) is not None:
            read += 1
            assert found == tomllib.loads(text), text
    assert read > 300


def test_the_usual_profile_is_plain() -> None:
    text = Path(SHIPPED, "opencode.toml").read_text()
    assert plain(text) == tomllib.loads(text)
