"""Every rule of the catalogue comes out of the real pipeline, from a real tree: none is only a function with a test."""

from __future__ import annotations

import base64
import os
import socket
import string
import subprocess
from pathlib import Path

import pytest

from autosync_tasks.validation.families import RULES
from tests.support.forks import CHECKOUT
from tests.support.place import Place

LETTERS = (string.ascii_letters + string.digits)[3:60]
TOKEN = "gh" + "p_" + LETTERS[9:45][::-1]
"""Made up; has the form of a GitHub token."""
OTHER = "gh" + "p_" + LETTERS[11:47][::-1]


def private_key() -> str:
    lines = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in (7, 90, 33, 151, 64, 12, 180)]
    return "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "\n".join(lines) + "\n-----END RSA PRIVATE KEY-----\n"


def front(*lines: str) -> str:
    return "\n".join(("---", *lines, "---", "Be kind.", ""))


MERGE = "#!/bin/sh\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"
CONFIG = '{"theme": 5, "theme": "b", "username": "{env:NOBODY_SETS_THIS}", "instructions": ["{file:./gone.md}"]}'

FILES: dict[str, tuple[str, str | bytes, int]] = {
    # rule: path, contents, mode
    "SEC001": ("context/note.md", f"# Note\n\nThe token is {TOKEN}\n", 0o644),
    "SEC002": ("context/key.md", private_key(), 0o644),
    "SEC003": ("context/db.md", "postgres://admin:" + "Xq7vRt2" + "mKw9pLz4" + "@db.internal.corp.net/main\n", 0o644),
    "SEC005": ("context/service.md", "CODECOV_TOKEN=" + "q7GkX2vN9" + "rT4wLbZ8mHc5YdPs3Fj6Ua1\n", 0o644),
    "SEC006": (f"context/{OTHER}.md", "hi\n", 0o644),
    "SEC101": ("context/generic.md", "token = " + "q7GkX2vN9" + "rT4wLbZ8mHc5YdPs3Fj6Ua2\n", 0o644),
    "SEC102": ("context/id.md", "AK" + "IAQ7XN3KZB5WMTR2PL\n", 0o644),
    "SEC103": ("context/example.md", "postgres://user:password@localhost:5432/app\n", 0o644),
    "MRG001": ("bin/merge", MERGE, 0o755),
    "JSN001": (".opencode/opencode.json", '{"theme": "a"', 0o644),
    "JSN002": ("docs/broken.json", "{", 0o644),
    "JSN003": ("opencode.json", CONFIG, 0o644),
    "JSN004": ("opencode.json", CONFIG, 0o644),
    "JSN005": ("opencode.json", CONFIG, 0o644),
    "JSN006": ("opencode.json", CONFIG, 0o644),
    "JSN007": ("package.json", "[]", 0o644),
    "JSN009": (".opencode/opencode.jsonc", '{"instructions": "AGENTS.md"}', 0o644),
    "JSN008": ("docs/deep.json", "[" * 300 + "]" * 300, 0o644),
    "JSN010": (".opencode/config.json", "{}", 0o644),
    "MDF001": ("agent/quote.md", front('description: "d'), 0o644),
    "MDF002": ("agent/refused.md", front("description: d", "mode: nope"), 0o644),
    "MDF003": ("agent/silent.md", "hi\n", 0o644),
    "MDF004": ("skill/nameless/SKILL.md", front("description: d"), 0o644),
    "MDF005": ("skill/renamed/SKILL.md", front("name: other", "description: d"), 0o644),
    "MDF006": ("agents/silent.md", front("description: d"), 0o644),
    "MDF007": ("agent/twice.md", front("description: d", "description: e"), 0o644),
    "MDF008": ("mode/hot.md", front("temperature: hot"), 0o644),
    "EXE001": ("bin/broken", "#!/bin/bash\nif true; then\n", 0o755),
    "EXE002": ("bin/broken.py", "#!/usr/bin/env python3\nprint(\n", 0o755),
    "EXE003": ("bin/resting", "#!/bin/sh\ntrue\n", 0o644),
    "EXE004": ("bin/bare", "true\n", 0o755),
    "EXE005": ("bin/windows", "#!/bin/sh\r\ntrue\r\n", 0o755),
    "FS001": ("bin/setuid", "#!/bin/sh\ntrue\n", 0o4755),
    "FS003": ("context/a\u202eb.md", "hi\n", 0o644),
    "FS004": ("context/large.txt", b"words \n" * 1_500_000, 0o644),
    "FS005": ("context/open.md", "hi\n", 0o666),
    "FS008": ("docs/Readme.md", "hi\n", 0o644),
    "STR001": ("context/run.md", "hi\n", 0o755),
    "STR002": ("bin/guide.md", "hi\n", 0o644),
    "STR003": ("docs/two words.md", "hi\n", 0o644),
    "STR004": ("command/DoIt.md", "hi\n", 0o644),
}
"""Written as they stand; the rules that need something else are made in `tree`."""

OTHER_AGENTS = {code for code in RULES if code.startswith("AGT")}
"""For trees that are not OpenCode's: test_agents.py."""
ELSEWHERE = {"INT001", "INT002", "SEC000", "SEC004", "SEC007"} | OTHER_AGENTS
"""Faults of the scanner, and a protected file: the walk never takes one. They have tests of their own below."""


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    return Place.make(workshop, scanner_cache)


def tree(place: Place) -> set[str]:
    """A tree with a case for each rule; the codes that this user cannot make."""
    for name, data, mode in FILES.values():
        place.write(name, data, mode)
    place.write("docs/README.md", "hi\n")
    place.write(".opencode/cli.json", "{}")
    place.write(b"context/latin\xff.md", "hi\n")
    os.symlink("/etc/hostname", place.source / "context/out")
    os.symlink("nowhere.md", place.source / "context/lost")
    with socket.socket(socket.AF_UNIX) as made:
        folder = os.open(place.source, os.O_RDONLY)
        made.bind(f"/proc/self/fd/{folder}/socket")
        os.close(folder)
    if os.geteuid() != 0:
        return {"FS002"}
    place.write("context/theirs.md", "hi\n")
    os.chown(place.source / "context/theirs.md", 4242, 4242)
    return set()


def found(place: Place, *words: str) -> dict[str, list[str]]:
    """Code to paths, as the program says."""
    codes: dict[str, list[str]] = {}
    for finding in place.inside(*words).json["findings"]:
        codes.setdefault(finding["code"], []).append(finding["path"])
    return codes


def test_every_rule_comes_out_of_validate_and_of_sync(place: Place) -> None:
    missing = tree(place)
    whole = found(place, "validate")
    assert set(RULES) - ELSEWHERE - missing - set(whole) == set()
    for code, (path, _, _) in FILES.items():
        if code not in ("SEC006", "FS003"):  # those names are not shown as they are
            assert path in whole[code], (code, whole[code])
    assert "socket" in whole["FS010"]
    # What is left out is told by a run as such, not as a finding.
    synced = found(place, "sync")
    assert {code: sorted(paths) for code, paths in synced.items()} == {
        code: sorted(paths) for code, paths in whole.items() if code != "FS010"
    }
    assert not place.head, "and nothing was committed"


def test_a_clean_tree_has_no_finding(place: Place) -> None:
    place.write("agent/kind.md", front("description: d", "mode: subagent"))
    place.write("opencode.json", '{"model": "a/b"}')
    place.write("bin/run", "#!/bin/sh\ntrue\n", 0o755)
    run = place.inside("validate")
    assert (run.code, run.json["findings"], run.json["judged"]) == (0, [], 3)


@pytest.mark.sample
@pytest.mark.parametrize(
    ("code", "scanner"),
    [
        ("SEC000", "raise ImportError('gone')"),
        ("INT001", "class DetectionPolicy:\n    def __init__(self, **_): pass\nRules = Scanner = None\n"
         "class Rules:\n    def __init__(self, *_, **__): pass\n"
         "class Scanner:\n    def __init__(self, *_, **__): pass\n    def scan(self, *_, **__): raise ValueError('x')\n"),
    ],
)  # fmt: skip
def test_a_scanner_at_fault_blocks(code: str, scanner: str, place: Place, tmp_path: Path) -> None:
    (tmp_path / "kingfisher_sdk.py").write_text(scanner)
    place.write("context/a.md", "hi\n")
    for words in (("validate", "--json"), ("sync", "--json"), ("sync", "--json", "--force")):
        run = place.run(*words, environ={"PYTHONPATH": f"{tmp_path}:{CHECKOUT}"})
        assert run.code == 3, run
        assert code in {finding["code"] for finding in run.json["findings"]}
    assert not place.head


def test_a_protected_file_that_a_person_committed_does_not_leave(place: Place, tmp_path: Path) -> None:
    """SEC004, the last guard behind the walk: it judges what a push would send, whoever committed it."""
    place.write("context/a.md", "hi\n")
    assert place.inside("sync").code == 0
    remote = tmp_path / "remote.git"
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    place.git("remote", "add", "origin", str(remote))
    (place.backup / ".env").write_text("A=1\n")
    place.git("add", "-f", ".env")
    place.git("commit", "-qm", "by hand")
    run = place.inside("sync", "--push")
    assert run.code == 3, run
    assert ("SEC004", ".env") in {(finding["code"], finding["path"]) for finding in run.json["findings"]}
    listed = subprocess.run(["git", "-C", str(remote), "for-each-ref"], capture_output=True, check=True)
    assert listed.stdout == b""


SLOW = """
class DetectionPolicy:
    def __init__(self, **_): pass
class Rules:
    def __init__(self, *_, **__): pass
class Scanner:
    def __init__(self, *_, **__): pass
    def scan(self, data, timeout=None):
        if timeout: raise TimeoutError("scan timed out")
        return []
"""


def test_a_file_that_takes_too_long_to_be_judged_is_told_by_name_and_holds_no_other(
    place: Place, tmp_path: Path
) -> None:
    place.more["PYTHONPATH"] = f"{tmp_path}:{CHECKOUT}"
    (tmp_path / "kingfisher_sdk.py").write_text(SLOW)
    place.write("context/a.md", "hi\n")
    place.write("context/deep.json", "[" * 200_000)
    run = place.run("sync", "--json")
    assert run.code == 3 and not place.head, run
    found = [finding for finding in run.json["findings"] if finding["severity"] == "error"]
    assert [(one["code"], one["path"], one["message"]) for one in found] == [
        ("SEC007", "context/deep.json", "The file was not judged within 30 seconds.")
    ]
    assert "QUARANTINE=true" in run.json["next_step"] and "accept" not in run.json["next_step"]
    off = {"AUTO_SYNC_VALIDATE": "false", "VALIDATE_IGNORE": '["SEC"]'}
    assert place.run("sync", "--json", environ=off).code == 3
    run = place.run("sync", "--json", environ={"QUARANTINE": "true"})
    assert (run.code, run.outcome) == (1, "incomplete"), run
    assert place.git("ls-tree", "-r", "--name-only", "main").split() == [b".autosync/manifest", b"context/a.md"]
