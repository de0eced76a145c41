"""How findings look on a screen of 80 columns."""

from __future__ import annotations

from typing import Any

from autosync_tasks.model import Finding, Severity
from autosync_tasks.report.changes import of_findings, of_validation


def plain(findings: list[Finding], most: int = 20) -> list[str]:
    return ["".join(part.text for part in line) for line in of_findings(findings, most=most)]


def finding(path: str, code: str, line: int = 0, **more: Any) -> Finding:
    error = code in ("SEC001", "MRG001", "JSN001")
    given = {"message": "It is wrong.", "hint": f"Mend {code}.", "fingerprint": "0123456789abcdef", **more}
    return Finding(code, Severity.ERROR if error else Severity.WARNING, path.encode(), line=line, **given)


def test_each_file_stands_once_and_those_with_errors_first() -> None:
    found = [
        finding("a.md", "STR003"),
        finding("b.json", "JSN003", 3),
        finding("b.json", "JSN001", 9),
        finding("c.md", "SEC001", 1),
        finding("d.md", "STR003"),
    ]
    heads = [line for line in plain(found) if line.startswith("  ") and not line.startswith("   ")]
    assert heads == ["  b.json", "  c.md", "  a.md", "  d.md"]
    listed = plain(found)
    assert [line.split()[-5:-3] for line in listed if "It is wrong" in line][:2] == [["9", "JSN001"], ["3", "JSN003"]]


def test_what_to_do_is_said_once_for_each_rule_and_how_to_accept_for_each_finding() -> None:
    listed = plain([finding("a.md", "SEC001", 1), finding("a.md", "SEC001", 5), finding("b.md", "SEC001", 1)])
    assert sum("Mend SEC001." in line for line in listed) == 1
    assert sum("accept 0123456789abcdef --reason" in line for line in listed) == 3


def test_no_line_is_wider_than_a_screen_and_the_place_that_is_meant_can_be_seen() -> None:
    text = "".join(f"word{n:03} " for n in range(15))
    long = [
        finding(
            "x/" * 20 + "a.md",
            "JSN001",
            1,
            column=column,
            message="Long words. " * 12,
            hint="Do it. " * 30,
            excerpt=text,
        )
        for column in (1, 60, 118)
    ]
    listed = plain(long)
    assert max(map(len, listed)) <= 80
    shown = [line.strip() for line in listed if "word" in line and "words" not in line]
    assert shown[0].startswith("word000") and shown[0].endswith("…")
    assert shown[1].startswith("…") and "word007" in shown[1] and shown[1].endswith("…")
    assert shown[2].startswith("…") and shown[2].endswith("word014")


def test_errors_are_never_counted_away() -> None:
    found = [finding(f"{n}.md", "SEC001", 1) for n in range(30)] + [finding(f"w{n}.md", "STR003") for n in range(30)]
    listed = plain(found, most=5)
    assert sum("SEC001 It" in line for line in listed) == 30
    assert sum("STR003 It" in line for line in listed) == 5
    assert any("and 25 more warnings" in line for line in listed)


def test_the_verdict_says_what_cannot_go() -> None:
    from autosync_tasks.model import Left, LeftOut

    left = [LeftOut(b"pipe", Left.SPECIAL, "a FIFO"), LeftOut(b".env", Left.PROTECTED)]
    words = ["".join(part.text for part in line) for line in of_validation([], left, 7, "/source")]
    assert words[0] == "incomplete: 7 files may go into the backup; 1 cannot; 1 protected, never copied"
