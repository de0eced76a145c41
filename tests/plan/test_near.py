"""What is made of the few paths that changed is what the whole work makes: difference, plan, manifest, listing, cache."""

from __future__ import annotations

import os
import random
import time
from functools import partial
from pathlib import Path

import pytest

from autosync_tasks.backup.listing import folders_of, tree_cache
from autosync_tasks.model import Cache
from autosync_tasks.plan import near
from autosync_tasks.plan.compare import Look, look
from autosync_tasks.plan.decision import plan_for
from autosync_tasks.plan.delta import tree_after
from autosync_tasks.plan.moves import differing
from autosync_tasks.policy.guards import losses
from autosync_tasks.tree.content import content_id
from autosync_tasks.tree.facts import STAT
from autosync_tasks.tree.observe import ids_of
from autosync_tasks.tree.walk import Scan
from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place

SEED = int(os.environ.get("AUTOSYNC_SEED", "3"))
NAMES = [
    b"context/plain.md",
    b"context/a b.md",
    b"context/b.md",
    b'context/q"\\uote.md',
    b"context/\xff.md",
    b"agents/a.md",
]
ODD = [b"context/tab\tb.md", b"context/new\nline.md", b"context/x blob y.md"]
"""Names that look like parts of git's own words: with the first or last of them the whole work is done."""


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    for number, name in enumerate(NAMES):
        write(place, name, f"words {number}\n")
    for number in range(60):
        write(place, b"context/topic%d/n%02d.md" % (number // 9, number), f"number {number}\n")
    (place.source / "context/link").symlink_to("plain.md")
    (place.source / "context/empty").mkdir()
    time.sleep(0.1)
    return place


def write(place: Place, name: bytes, text: str) -> None:
    path = os.path.join(os.fsencode(place.source), name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def come_and_go(place: Place, dice: random.Random) -> None:
    """Files, links and folders that are new, gone, or elsewhere."""
    files = sorted(path for path in place.source.rglob("*") if path.is_file() and not path.is_symlink())
    for path in dice.sample(files, dice.randint(1, 4)):
        number, how = dice.randrange(1000), dice.randrange(6)
        if how == 0:
            path.unlink()
        elif how == 1:
            path.rename(path.with_name(f"moved {number}.md"))
        elif how == 2:
            (path.parent / f"new{number}").mkdir(exist_ok=True)
            (path.parent / f"new{number}/deep.md").write_text(f"deep {dice.choice([1, number])}\n")
        elif how == 3:
            path.with_name(f'q"{number}').symlink_to(path.name)
        elif how == 4 and path.parent != place.source / "context":
            path.parent.rename(path.parent.with_name(f"folder{number}"))
            return
        else:
            path.with_name(f"{dice.choice('!-0az~')}{number}").write_bytes(path.read_bytes())
    if dice.random() < 0.2:
        (place.source / f"empty{dice.randrange(9)}").mkdir(exist_ok=True)


def edit(place: Place, dice: random.Random) -> None:
    """A few changes that make no path and take none away."""
    files = sorted(path for path in place.source.rglob("*") if path.is_file() and not path.is_symlink())
    for path in dice.sample(files, dice.randint(1, 5)):
        how = dice.randrange(5)
        if how == 0:
            path.chmod(dice.choice([0o600, 0o755, 0o644]))
        elif how == 1:
            os.utime(path)
        elif how == 2:
            new = path.with_name(path.name + "~")
            new.write_text(f"saved by an editor {dice.random()}\n")
            new.replace(path)
        else:
            path.write_text(path.read_text() + f"{dice.random()}\n")
    if dice.random() < 0.3:
        (place.source / "context/empty").chmod(dice.choice([0o700, 0o755]))
    if dice.random() < 0.3:
        link = place.source / "context/link"
        link.unlink()
        link.symlink_to(dice.choice(["plain.md", "b.md"]))


def without(seen: Look) -> Look:
    """The same look, by the whole work."""
    seen.__dict__["near"] = None
    return seen


@pytest.mark.parametrize(
    "seed", [SEED, SEED + 1, *(pytest.param(SEED + n, marks=pytest.mark.sweep) for n in range(2, 10))]
)
def test_few_changes_come_to_the_same_as_all_the_work(place: Place, seed: int) -> None:
    dice = random.Random(seed)
    if seed % 2:
        write(place, dice.choice(ODD), "odd\n")
        time.sleep(0.1)
    assert place.inside().code == 0
    taken = 0
    for _ in range(5):
        (come_and_go if dice.random() < 0.6 else edit)(place, dice)
        time.sleep(dice.choice([0, 0.1]))
        site = open_site(place.environ)
        with look(site) as quick, look(site) as slow:
            whole = without(slow)
            if quick.near is not None:
                taken += 1
                assert quick.difference == whole.difference
                assert dict(quick.observation.manifest) == whole.observation.manifest
                assert dict(quick.recorded) == whole.recorded
                assert (quick.owned, len(quick.observation.manifest)) == (whole.owned, len(whole.observation.manifest))
                assert quick.near.ids == ids_of(slow.scan, whole.observation.manifest)
                lost, wholly_lost = (
                    losses(whole.difference.changes, slow.observation.manifest, a) for a in (quick.near.among, None)
                )
                assert lost == wholly_lost
                admitted = [change for change in whole.difference.changes if dice.random() < 0.8]
                one, two = (plan_for(each, admitted, site.settings.source_id) for each in (quick, whole))
                assert (one.puts, one.deletes, one.manifest, one.digest) == (
                    two.puts,
                    two.deletes,
                    two.manifest,
                    two.digest,
                )
                assert dict(one.after) == two.after
                assert near.same(one.after, quick.observation.manifest) is near.same(
                    two.after, whole.observation.manifest
                )
                manifest_id = content_id(two.manifest)
                moved: dict[bytes, tuple[str, str] | None] = {
                    path: (entry.git_mode, entry.id) for path, entry in one.puts.items()
                }
                moved |= dict.fromkeys(one.deletes)
                tree = tree_after(two, slow.head.tree, manifest_id)
                listing = quick.near.listing(moved, manifest_id)
                assert listing == tree_cache("", tree, b"").listing
                folders: dict[bytes, bytes] = {}
                assert quick.near.foreseen(listing, moved, folders) == folders_of(listing)[b""].decode()
                assert folders == folders_of(listing)
                assert quick.head.tree == slow.head.tree
                assert (quick.head.recorded, quick.head.manifest) == (slow.head.recorded, slow.head.manifest)
        assert place.inside().code == 0
        assert place.inside().outcome == "ok", "and nothing is left to do"
    odd = any((place.source / os.fsdecode(name)).exists() for name in (ODD[0], ODD[2]))
    assert bool(taken) is not odd


def test_what_became_something_else_takes_the_whole_work(place: Place) -> None:
    assert place.inside().code == 0

    def swap(name: str) -> None:
        (place.source / name).unlink()
        write(place, f"{name}/inside.md".encode(), "new\n")

    acts = (partial(swap, "agents/a.md"), partial(write, place, ODD[0], "a name like git's own words\n"))
    for act in acts:
        act()
        time.sleep(0.1)
        with look(open_site(place.environ)) as seen:
            assert seen.near is None
            assert seen.difference.changes
        assert place.inside().code == 0


def test_a_cache_that_does_not_fit_the_branch_is_not_built_on(place: Place) -> None:
    assert place.inside().code == 0
    write(place, NAMES[0], "changed\n")
    site = open_site(place.environ)
    with look(site) as seen:
        assert seen.near is not None
    tree = site.state.load_tree()
    assert tree is not None
    forged = tree.listing.replace(seen.head.tree[NAMES[2]][1].encode(), b"1" * 40)
    site.state.save_tree(type(tree)(tree.commit, forged, tree.manifest))
    with look(open_site(place.environ)) as seen:
        assert seen.near is None


def test_records_are_compared_to_the_last_byte() -> None:
    def scan(*found: tuple[bytes, int, int]) -> Scan:
        return Scan({path: STAT.pack(1, when, when, 1, mode, 0) for path, when, mode in found})

    one = scan(*((b"name%d" % n, 1, 0o100644) for n in range(500)))
    ids = bytes(20 * 500)
    for number in (0, 91, 92, 499):
        records = dict(one.records)
        records[b"name%d" % number] = STAT.pack(1, 2, 1, 1, 0o100644, 0)
        two = Scan(records)
        moves = differing(two, two.blob, Cache("", "", one.blob, ids))
        assert moves is not None
        assert (moves.places, moves.came, moves.gone) == ({b"name%d" % number: number}, [], [])
        records[b"name%d" % number] = STAT.pack(1, 2, 1, 1, 0o120777, 0)
        assert differing(two, two.blob, Cache("", "", one.blob, ids)) is None, "another type"
    other = Scan({path.replace(b"7", b"8"): record for path, record in one.records.items()})
    assert differing(other, other.blob, Cache("", "", one.blob, ids)) is None
    assert differing(one, one.blob, Cache("", "", one.blob, ids[1:])) is None


@pytest.mark.parametrize("seed", range(SEED, SEED + 9))
def test_paths_that_come_and_go_are_found_with_their_places(seed: int) -> None:
    dice = random.Random(seed)

    def record() -> bytes:
        return STAT.pack(dice.randrange(3), 1, 1, 1, 0o100644, 0)

    names = sorted({b"n%03d" % dice.randrange(999) + b"x" * dice.choice([0, 1, 90, 5000]) for _ in range(300)})
    known = {name: (record(), dice.randbytes(20)) for name in names}
    old = {name: known[name][0] for name in names}
    new = {name: facts for name, facts in old.items() if dice.random() < 0.97}
    came = {b"m%03d" % dice.randrange(999) + b"y" * dice.choice([0, 4097]) for _ in range(dice.randrange(6))}
    changed = {name for name in new if dice.random() < 0.03}
    new |= {name: STAT.pack(9, 2, 2, 2, 0o100755, 0) for name in came | changed}
    new = dict(sorted(new.items()))
    one, two = Scan(old), Scan(new)
    moves = differing(two, two.blob, Cache("", "", one.blob, b"".join(known[name][1] for name in names)))
    assert moves is not None
    places = {name: number for number, name in enumerate(new)}
    assert moves.places == {name: places[name] for name in changed | came}
    assert (set(moves.came), set(moves.gone)) == (came, old.keys() - new.keys())
    assert moves.was == {name: known[name] for name in changed | (old.keys() - new.keys())}
    assert moves.ids == b"".join(known[name][1] if name in known else bytes(20) for name in new)
