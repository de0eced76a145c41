"""What is done on one disk, with the power cut right after each success; run by `test_power_cut.py`, in private.

    unshare --mount python -m tests.faults.power_cut SYSTEM FOLDER SCANNER LIBRARY NOSYNC CUTS SEED

Prints one JSON document: for each cut what the program told before it, and what an independent look found after it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.disk import Disk
from tests.support import independent
from tests.support.place import Place, program

Found = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Act:
    """What happens before the power goes. prepare: what a person did; words: what the program is asked then.

    wait: seconds until the cut. The file system writes out by itself what it likes meanwhile, names before contents.
    """

    name: str
    prepare: Callable[[Place], None]
    words: tuple[str, ...]
    wait: float = 0.0


def _tree(place: Place) -> None:
    for number in range(30):
        place.write(f"context/n{number}.md", f"note {number}\n" * 40)
    place.write("opencode.json", "{}\n")
    place.write("bin/run", "#!/bin/sh\n", 0o755)
    os.symlink("../AGENTS.md", place.source / "context/rules.md")


def _edits(place: Place) -> None:
    place.write("AGENTS.md", "# Rules\n")
    place.write("context/n1.md", "changed\n" * 100)
    (place.source / "context/n2.md").unlink()


def _edit_in_the_backup(place: Place) -> None:
    place.write("AGENTS.md", "# Rules, second\n")
    (place.backup / "AGENTS.md").write_text("by hand\n")


def _many_edits(place: Place) -> None:
    for number in range(5, 25):
        place.write(f"context/n{number}.md", f"note {number}, second\n" * 60)


def _loss(place: Place) -> None:
    (place.source / "context/n1.md").unlink()
    place.write("AGENTS.md", "an edit that no backup has\n")


ACTS = (
    Act("first sync", _tree, ("sync",)),
    Act("next sync", _edits, ("sync",)),
    Act("sync over an edit in the backup", _edit_in_the_backup, ("sync",)),
    Act("sync, some seconds before", _many_edits, ("sync",), wait=2.5),
    Act("restore", _loss, ("restore", "--yes")),
)


def played(disk: Disk, place: Place, act: Act, environ: dict[str, str]) -> Found:
    """One act, the cut, and what is there afterwards. The tree that was to be saved is known from before."""
    act.prepare(place)
    disk.settle()
    told = place.run(*act.words, "--json", environ=environ)
    wanted = independent.source(place.source)
    time.sleep(act.wait)
    disk.cut()
    found = {"act": act.name, "code": told.code, "outcome": told.outcome, "commit": told.json.get("commit", "")}
    found |= look(place, wanted)
    if not found["faults"]:
        found["faults"] += went_on(place)
    return found


def look(place: Place, wanted: dict[bytes, independent.Thing]) -> Found:
    """What stands on the disk, by git and by the eye: the branch's commit, and in words all that is wrong."""
    try:
        ref = place.git("rev-parse", "--verify", "refs/heads/main").decode().strip()
        place.git("fsck", "--full", "--strict")
        faults = _differs(place, wanted)
        shown = [place.git("show", f"{entry}:AGENTS.md", accept=(0, 128)) for entry in _stashes(place)]
        stashed = [text.decode() for text in shown]
    except (AssertionError, OSError, ValueError, subprocess.CalledProcessError) as error:
        return {"ref": "", "faults": [f"{type(error).__name__}: {error}"[:500]], "stashed": []}
    hand = place.backup / "AGENTS.md"
    if hand.exists() and hand.read_text() == "by hand\n":
        stashed.append("by hand\n")
    return {"ref": ref, "faults": faults, "stashed": stashed}


def _differs(place: Place, wanted: dict[bytes, independent.Thing]) -> list[str]:
    """How the source after the cut, and the commit, differ from what the source was before it."""
    faults = [f"{path!r} of the source" for path, thing in _changed(wanted, independent.source(place.source))]
    files = {path: (thing.git_mode, thing.id) for path, thing in wanted.items() if thing.git_mode}
    there = independent.tree(place.backup)
    del there[b".autosync/manifest"]
    faults += [f"{path!r} of the commit" for path, _ in _changed(files, there)]
    independent.contents(place.backup, {content for _, content in there.values()})
    return faults


def _changed(one: dict[bytes, Any], other: dict[bytes, Any]) -> list[tuple[bytes, Any]]:
    return sorted(set(one.items()) ^ set(other.items()), key=lambda item: item[0])


def _stashes(place: Place) -> list[str]:
    return place.git("stash", "list", "--format=%H").decode().split()


def went_on(place: Place) -> list[str]:
    """The next run after the cut: it has nothing to be told, leaves nothing lying about, and then all is well."""
    run = place.inside()
    faults = [] if run.code == 0 else [f"the next sync: {run}"]
    faults += independent.differences(place.source, place.backup)
    faults += [f"left: {path}" for path in (place.backup / ".git").rglob("*.lock")]
    if place.git("status", "--porcelain") or place.git("for-each-ref", "refs/autosync/incoming"):
        faults.append("the backup's folder is not in order")
    again = place.inside()
    return faults if (again.code, again.outcome) == (0, "ok") else [*faults, f"the second sync after it: {again}"]


def cut_at_work(disk: Disk, place: Place, number: int, dice: random.Random, length: float) -> Found:
    """The power goes in the middle of a sync: the old commit or the new one stands, whole; the next run goes on."""
    before = place.head
    for file in range(12):
        place.write(f"context/n{file}.md", f"cut {number}, file {file}\n" * dice.randint(1, 400))
    place.write(f"agent/new{number}.md", "---\ndescription: new\n---\n")
    disk.settle()
    process = subprocess.Popen(
        [*program(), "sync"], env=place.environ, cwd="/", stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    if number % 2:
        time.sleep(length * dice.uniform(0.3, 1.05))
    else:  # when git has been started, the commit is near
        while process.poll() is None and not _below(process.pid):
            time.sleep(0.002)
        time.sleep(dice.uniform(0.0, 0.25))
    alive = process.poll() is None
    stopped = _stop(process.pid) if alive else []
    copy = disk.copy()
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(timeout=30)
    _wait_for(stopped)
    disk.cut(copy)
    found: Found = {"act": f"cut {number} at work" if alive else f"cut {number}, too late", "faults": []}
    try:
        found["ref"] = place.head
        place.git("fsck", "--full", "--strict")
        place.git("merge-base", "--is-ancestor", before, "main")
    except AssertionError as error:
        found["faults"] = [str(error)[:500]]
        return found
    found["moved"] = found["ref"] != before
    found["faults"] = went_on(place)
    return found


def _below(pid: int) -> list[int]:
    """The processes that this one has started."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def _stop(pid: int) -> list[int]:
    """Stops a process and all below it; returns them."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            os.kill(parent, signal.SIGSTOP)
        found += _below(parent)
    return found


def _wait_for(pids: list[int]) -> None:
    for _ in range(200):
        if not any(Path(f"/proc/{pid}/cwd").exists() for pid in pids):
            return
        time.sleep(0.05)


def main(system: str, folder: str, scanner: str, library: str, nosync: str, cuts: int, seed: int) -> list[Found]:
    """Plays all acts on one disk, then so many cuts at random moments."""
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    disk = Disk(Path(folder), system)
    place = Place.make(disk.mounted / "place", Path(scanner))
    disk.settle()
    environ = {"LD_PRELOAD": library, "NOSYNC": nosync} if nosync else {}
    found: list[Found] = []
    for act in ACTS:
        found.append(played(disk, place, act, environ))
        if found[-1]["faults"] or nosync:
            return found
    place.write("AGENTS.md", "# Rules, third\n")
    began = time.monotonic()
    place.run("sync")
    length = time.monotonic() - began
    dice = random.Random(seed)
    for number in range(cuts):
        found.append(cut_at_work(disk, place, number, dice, length))
        if found[-1]["faults"]:
            break
    return found


if __name__ == "__main__":
    system, folder, scanner, library, nosync, cuts, seed = sys.argv[1:]
    sys.stdout.write(json.dumps(main(system, folder, scanner, library, nosync, int(cuts), int(seed))))
