"""The power goes right after success was told, or in the middle of a run: ext4, XFS and btrfs, on a disk with a cache."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.faults import disk, power_cut
from tests.support.forks import CHECKOUT

CI_CUTS, FULL_CUTS = 1, 60


def cuts(system: str, workshop: Path, scanner: Path, *, nosync: str = "", number: int = 0) -> list[dict[str, Any]]:
    """Plays the acts on a disk of its own and returns what was found after each cut."""
    disk.need(system)
    folder = workshop / "power"
    folder.mkdir()
    library = workshop / "nosync.so"
    if nosync:
        code = Path(__file__).parent / "nosync.c"
        built = subprocess.run(
            ["gcc", "-shared", "-fPIC", "-O1", "-o", str(library), str(code), "-ldl"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert built.returncode == 0, built.stderr
    seed = os.environ.get("AUTOSYNC_SEED", "1")
    words = [system, str(folder), str(scanner), str(library), nosync, str(number), seed]
    done = subprocess.run(
        [
            "unshare",
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
            sys.executable,
            "-m",
            "tests.faults.power_cut",
            *words,
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=300 + 30 * number,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def held(found: list[dict[str, Any]]) -> None:
    """Nothing was lost at any cut."""
    for cut in found:
        assert cut["faults"] == [], cut
        if "code" in cut:
            assert cut["code"] == 0, cut
            assert cut["outcome"] == "changed", cut
            assert cut["commit"] == cut["ref"], cut
    assert [cut["act"] for cut in found[: len(power_cut.ACTS)]] == [act.name for act in power_cut.ACTS]
    assert "by hand\n" in found[2]["stashed"], "an edit in the backup's own folder is gone"


@pytest.mark.sweep
@pytest.mark.parametrize("system", disk.SYSTEMS)
def test_what_was_told_is_there_after_a_power_cut(system: str, workshop: Path, scanner_cache: Path) -> None:
    held(cuts(system, workshop, scanner_cache, number=CI_CUTS if system == "ext4" else 0))


@pytest.mark.full
@pytest.mark.parametrize("system", disk.SYSTEMS)
def test_power_cuts_at_random_moments(system: str, workshop: Path, scanner_cache: Path) -> None:
    found = cuts(system, workshop, scanner_cache, number=FULL_CUTS)
    held(found)
    at_work = [cut for cut in found if cut["act"].endswith("at work")]
    moved = sum(cut["moved"] for cut in at_work)
    sys.stdout.write(
        f"{system}: {len(at_work)} cuts at work; the new commit stood after {moved} of them\n"
    )  # -rP shows it
    assert len(at_work) >= FULL_CUTS // 4


@pytest.mark.parametrize(
    ("system", "nosync"),
    [
        pytest.param("ext4", "syncfs", marks=pytest.mark.sweep),
        *(
            pytest.param(*pair, marks=pytest.mark.full)
            for pair in product(disk.SYSTEMS, ("syncfs", "all"))
            if pair != ("ext4", "syncfs")
        ),
    ],
)
def test_without_the_syncs_the_loss_is_seen(system: str, nosync: str, workshop: Path, scanner_cache: Path) -> None:
    """The test of the test: the same cut, with the program's syncs taken away, loses what was told."""
    found = cuts(system, workshop, scanner_cache, nosync=nosync)
    assert (found[0]["code"], found[0]["outcome"]) == (0, "changed")
    assert found[0]["faults"], "nothing was lost, so the cut proves nothing"
