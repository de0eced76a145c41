"""Hardly any room: backup or state folder on a small tmpfs. Run as root inside `unshare --mount --propagation private`.

Words: `backup` or `state`, a size of SIZES, an empty folder, the scanner's compiled rules. Ends with 0 if all held.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.scenes import tree_of
from tests.support import independent
from tests.support.place import Place, Result

SIZES = {"2 MB": ("size=2m", "size=64m"), "200 inodes": ("nr_inodes=200,size=64m", "nr_inodes=20000")}
"""Options of the mount at first, and once space was given."""

_SAID = re.compile(r"no space|out of diskspace|couldn't (write|set) '|unable to (create|write)|failed to write", re.I)


def main(which: str, size: str, folder: str, scanner: str) -> None:
    """Makes the place, fills it until there is no room, gives it room."""
    place = Place.make(Path(folder), Path(scanner))
    place.write("AGENTS.md", "# Rules\n")
    aside = place.base / "engine"
    shutil.copytree(scanner, aside)
    small = place.backup if which == "backup" else place.state
    small.mkdir(exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"{SIZES[size][0]},mode=0700", "tmpfs", str(small))
    heads: list[str] = []
    if which == "backup":
        run = _fill_the_backup(place, size, heads)
        assert run.code in (0, 1), run  # the branch may have had its room, and the work tree not: that is told
        assert _SAID.search(run.words), run
    else:
        (place.state / "engine").mkdir()  # the scanner's compiled rules are larger than that, and not our subject
        _mount("--bind", str(aside), str(place.state / "engine"))
        assert place.sync().code == 0
        heads.append(place.head)
        _use_up(place.state)
        run = _sync(place, "# Other rules\n")
        assert run.code == 1, run
        assert "No space left on device" in run.words, run
    assert b"Traceback" not in run.out + run.err, run
    assert run.code == 0 or run.json.get("hint") or run.json.get("next_step"), run
    _whole(place, heads)
    _mount("-o", f"remount,{SIZES[size][1]}", "tmpfs", str(small))
    _converges(place, heads)


def _mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


def _sync(place: Place, rules: str) -> Result:
    """One sync of other rules; the source must be as it was."""
    place.write("AGENTS.md", rules)
    before = tree_of(place.source)
    run = place.sync()
    assert tree_of(place.source) == before
    return run


def _fill_the_backup(place: Place, size: str, heads: list[str]) -> Result:
    """Syncs more and more of what there is little room for, until one is told that there is none."""
    for number in range(30):
        for file in range(4 if size == "2 MB" else 15):
            if size == "2 MB":  # bytes that do not compress
                place.write(f"skills/data{number}-{file}.bin", os.urandom(100_000))
            else:
                place.write(f"context/r{number}/n{file}.md", f"note {number} {file}\n")
        run = _sync(place, f"# Rules {number}\n")
        if run.code or run.json["notes"]:
            assert heads, "there was no room from the beginning"
            return run
        heads.append(place.head)
    raise AssertionError("there is more room than there should be")


def _use_up(folder: Path) -> None:
    """Fills what room is left, in bytes or in inodes."""
    for number in range(1000):
        try:
            (folder / f"filler{number}").write_bytes(os.urandom(4096 if number else 4_000_000))
        except OSError:
            if number > 1:
                return
    raise AssertionError("there is more room than there should be")


def _whole(place: Place, heads: list[str]) -> None:
    """Every backup that was told of is there, and every object of it can be read."""
    place.git("fsck", "--full", "--strict", "--no-dangling", "--no-progress")
    for head in heads:
        place.git("merge-base", "--is-ancestor", head, "main")


def _converges(place: Place, heads: list[str]) -> None:
    run = place.sync()
    assert (run.code, run.outcome in ("changed", "ok")) == (0, True), run
    assert independent.differences(place.source, place.backup) == []
    _whole(place, heads)
    assert place.git("status", "--porcelain") == b""
    assert not list((place.backup / ".git").rglob("*.lock"))
    again = place.sync()
    assert (again.code, again.outcome) == (0, "ok"), again


if __name__ == "__main__":
    main(*sys.argv[1:])
