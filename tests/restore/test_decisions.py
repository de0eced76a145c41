"""The decisions of a restore, without one: which paths, what is put where, what is taken back, what a time means."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from autosync_tasks.errors import UsageError
from autosync_tasks.model import ChangeKind, Entry, Kind, Path, Priority, Rule
from autosync_tasks.restore import undo as undoing
from autosync_tasks.restore.moments import Moment, Revision, parse_at
from autosync_tasks.restore.plan import (
    Put,
    Removal,
    RestorePlan,
    Standing,
    UnknownPathError,
    aside_name,
    changes_of,
    is_pattern,
    nearest,
    normal,
    overwrites,
    plan_restore,
    select,
    set_aside,
    without_contents,
)

A, B = "a" * 40, "b" * 40
FILE, OTHER, FOLDER = Entry(Kind.FILE, 0o644, 1, A), Entry(Kind.FILE, 0o644, 1, B), Entry(Kind.FOLDER, 0o755, 0, "")
LINK = Entry(Kind.LINK, 0o777, 1, A)
HERE, ELSE = Standing(Kind.FILE, 0o644, A, b"here"), Standing(Kind.FILE, 0o644, B, b"else")
BESIDE = Standing(Kind.FOLDER, 0o755, "", b"folder")
RECORDED = {b"agents": FOLDER, b"agents/build.md": FILE, b"context": FOLDER, b"context/stack.md": OTHER, b"x": LINK}
RUN = "abc123"


def rule_for(path: Path, _: Kind) -> Rule:
    return Rule("p", "notes", Priority.NEVER if path.endswith(b".env") else Priority.HIGH)


def planned(selected: dict[Path, Entry], standing: dict[Path, Standing], *, overwrite: bool = True) -> RestorePlan:
    return plan_restore(selected, RECORDED, standing, rule_for, run_id=RUN, overwrite=overwrite)


@pytest.mark.parametrize(
    ("written", "meant"),
    [(b"", b""), (b".", b""), (b"./agents//build.md", b"agents/build.md"), (b"agents/", b"agents")],
)
def test_a_path_is_read_as_a_person_writes_it(written: bytes, meant: bytes) -> None:
    assert normal(written) == meant


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"/etc/passwd", "/etc/passwd lies outside the source"),
        (b"../x", "../x lies outside the source"),
        (b"a/../b", "a/../b has `..` in it"),
    ],
)
def test_a_path_out_of_the_source_is_refused(written: bytes, why: str) -> None:
    with pytest.raises(UsageError) as found:
        normal(written)
    assert found.value.message == why
    assert found.value.hint == "name it as it lies in the source: agents/build.md, or a folder, or nothing for all"


def test_a_folder_means_all_below_it_and_nothing_means_all() -> None:
    assert select(RECORDED, []) == select(RECORDED, [b"x", b""]) == RECORDED
    assert select(RECORDED, [b"agents", b"x"]) == {
        path: RECORDED[path] for path in (b"agents", b"agents/build.md", b"x")
    }


def test_every_unknown_path_is_named_with_its_nearest() -> None:
    with pytest.raises(UnknownPathError) as found:
        select(RECORDED, [b"build.md", b"agents", b"qqqqqq"])
    assert found.value.paths == (b"build.md", b"qqqqqq")
    assert found.value.near == (b"agents/build.md", b"")
    assert found.value.details == ("build.md: not there; the nearest is agents/build.md", "qqqqqq: not there")
    assert found.value.message == "the backup does not hold every path that you named"
    assert found.value.hint.startswith("name a path as it lies in the source")


@pytest.mark.parametrize(
    ("written", "near"),
    [
        (b"old/stack.md", b"context/stack.md"),
        (b"agents/biuld.md", b"agents/build.md"),
        (b"a/quite/different/place/stakc.md", b"context/stack.md"),
        (b"zzz", b""),
        (b"a/quite/different/place/caf\xe9s.md", b"docs/caf\xe9.md"),
    ],
)
def test_the_nearest_path_has_the_same_name_or_looks_alike(written: bytes, near: bytes) -> None:
    assert nearest([*RECORDED, b"docs/caf\xe9.md"], written) == near
    assert nearest([b"b/stack.md", b"a/stack.md"], b"stack.md") == b"a/stack.md"


def test_what_is_set_aside_lies_beside_with_a_name_that_fits() -> None:
    assert aside_name(b"agents/build.md", RUN) == b"agents/build.md.before-restore-abc123.bak"
    longest = aside_name(b"a/" + b"n" * 255, RUN)
    assert len(longest.removeprefix(b"a/")) == 255 and longest.endswith(b".before-restore-abc123.bak")
    assert aside_name(b"m" * 254 + b"1", RUN) != aside_name(b"m" * 254 + b"2", RUN)
    fits = b"n" * (255 - len(b".before-restore-abc123.bak"))
    assert aside_name(fits, RUN) == fits + b".before-restore-abc123.bak"


def test_what_stands_there_already_is_counted_and_left() -> None:
    found = planned(RECORDED, {b"agents": BESIDE, b"agents/build.md": HERE, b"x": Standing(Kind.LINK, 0o700, A)})
    assert [put.path for put in found.puts] == [b"context", b"context/stack.md"]
    assert found.same == 3
    only = planned({b"agents/build.md": FILE}, {b"agents": BESIDE, b"agents/build.md": HERE})
    assert (only.empty, only.same) == (True, 1)


def test_folders_on_the_way_are_made_as_they_are_recorded_or_plain() -> None:
    closed = Entry(Kind.FOLDER, 0o700, 0, "")
    found = plan_restore({b"a/b/c": FILE}, {b"a": closed, b"a/b": FILE}, {}, rule_for, run_id=RUN)
    assert [(put.path, put.want) for put in found.puts] == [
        (b"a", closed),
        (b"a/b", Entry(Kind.FOLDER, 0o755, 0, "")),
        (b"a/b/c", FILE),
    ]
    # A folder that is only the way keeps the mode that it has.
    assert [
        put.path for put in planned({b"agents/build.md": FILE}, {b"agents": Standing(Kind.FOLDER, 0o700, "")}).puts
    ] == [b"agents/build.md"]
    assert planned({b"agents": FOLDER}, {b"agents": Standing(Kind.FOLDER, 0o700, "")}).puts[0].kind is ChangeKind.MODE


@pytest.mark.parametrize(
    ("want", "have", "kind", "aside"),
    [
        (FILE, None, ChangeKind.CREATED, False),
        (FILE, ELSE, ChangeKind.MODIFIED, False),
        (FILE, Standing(Kind.FILE, 0o600, A), ChangeKind.MODE, False),
        (FILE, Standing(Kind.FILE, 0o600, A, storable=False), ChangeKind.MODE, False),
        (FILE, Standing(Kind.FILE, 0o644, B, storable=False), ChangeKind.MODIFIED, True),
        (FILE, Standing(Kind.LINK, 0o777, A), ChangeKind.TYPE, False),
        (FILE, BESIDE, ChangeKind.TYPE, True),
        (FOLDER, HERE, ChangeKind.TYPE, True),
        (FILE, Standing(None, 0o644, ""), ChangeKind.TYPE, True),
    ],
)
def test_what_a_put_is_and_when_what_stands_there_is_set_aside(
    want: Entry, have: Standing | None, kind: ChangeKind, aside: bool
) -> None:
    (put,) = planned({b"p": want}, {} if have is None else {b"p": have}).puts
    assert (put.kind, put.aside) == (kind, aside_name(b"p", RUN) if aside else None)
    assert put.saved == (None if aside else have)


def test_nothing_is_written_through_a_link_nor_below_it() -> None:
    found = planned(RECORDED, {b"agents": Standing(Kind.LINK, 0o777, A)})
    assert found.refused == ("agents is a link here, and nothing is written through a link",)
    assert [put.path for put in found.puts] == [b"context", b"context/stack.md", b"x"]


def test_what_is_protected_now_is_withheld() -> None:
    found = planned({b"b/.env": FILE, b"p": FILE, b"a/.env": FILE}, {})
    assert (found.withheld, [put.path for put in found.puts]) == ((b"a/.env", b"b/.env"), [b"p"])


def test_a_folder_of_ones_own_is_not_overwritten() -> None:
    there = {b"agents": BESIDE, b"agents/build.md": ELSE, b"context": HERE, b"x": BESIDE}
    assert planned(RECORDED, there, overwrite=False).refused == (
        "agents/build.md stands there already and differs",
        "context stands there already and differs",
        "x stands there already and differs",
    )
    assert planned(RECORDED, {b"agents": Standing(Kind.FOLDER, 0o700, "")}, overwrite=False).refused == ()


def test_a_plan_without_what_the_store_has_not() -> None:
    plan = RestorePlan((Put(b"a", FILE), Put(b"b", FILE, Standing(Kind.FILE, 0o600, A)), Put(b"c", OTHER)))
    assert [put.path for put in without_contents(plan, {A}).puts] == [b"b", b"c"]


def test_what_holds_a_secret_is_set_aside_and_not_removed() -> None:
    mode = Put(b"m", FILE, Standing(Kind.FILE, 0o600, A))
    plan = RestorePlan((Put(b"a", FILE, ELSE), mode, Put(b"c", FILE, ELSE)), (Removal(b"r", HERE), Removal(b"s", HERE)))
    found = set_aside(plan, {b"a", b"m", b"r"}, RUN)
    assert [put.aside for put in found.puts] == [aside_name(b"a", RUN), None, None]
    assert [item.path for item in found.removals] == [b"s"]
    assert found.saves == {b"m": mode.have, b"c": ELSE, b"s": HERE}


def test_a_plan_is_told_as_changes() -> None:
    plan = RestorePlan((Put(b"a", FILE), Put(b"b", FILE, ELSE), Put(b"d", FILE, BESIDE)), (Removal(b"r", HERE),))
    found = changes_of(plan, rule_for)
    assert [(one.path, one.kind, one.category) for one in found] == [
        (b"a", ChangeKind.CREATED, "notes"),
        (b"b", ChangeKind.MODIFIED, "notes"),
        (b"d", ChangeKind.TYPE, "notes"),
        (b"r", ChangeKind.DELETED, "notes"),
    ]
    assert [overwrites(one) for one in found] == [False, True, False, True]
    assert (found[1].old, found[3].new, found[3].old) == (OTHER._replace(size=0), None, FILE._replace(size=0))


# ---- taking back

COMMIT, SNAPSHOT = "c" * 40, "d" * 40
RECORD = b"autosync-restore 1\nrun abc123\nfrom " + COMMIT.encode() + b"\n"


def test_the_record_of_a_restore_is_read_as_it_was_written() -> None:
    plan = RestorePlan(
        (
            Put(b"agents", FOLDER),
            Put(b"agents/x\ny.md", FILE),
            Put(b"l", LINK),
            Put(b"kept", FILE, ELSE),
            Put(b"moved", FILE, BESIDE, b"beside"),
        )
    )
    text = undoing.record_of(plan, RUN, COMMIT)
    assert text.startswith(RECORD) and b"\na moved\n" in text and b"kept" not in text
    found = undoing.parse(text)
    assert (found.run, found.commit, found.aside) == (RUN, COMMIT, (b"moved",))
    assert found.made == {
        b"agents": FOLDER,
        b"agents/x\ny.md": FILE._replace(size=0),
        b"l": LINK._replace(size=0),
    }
    assert undoing.paths_of(found) == {*found.made, b"moved", aside_name(b"moved", RUN)}
    assert undoing.parse(RECORD) == undoing.Undo(RUN, COMMIT, {}, ())


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"autosync-restore 1\n",
        RECORD.replace(b" 1\n", b" 2\n"),
        RECORD[:-1],
        RECORD + b"a x",
        RECORD.replace(b"run abc123", b"run ABC"),
        RECORD.replace(b"c" * 40, b"c" * 39),
        RECORD + b"a .git/config\n",
        RECORD + b"a .autosync/manifest\n",
        RECORD + b'a "quoted\n',
        RECORD + b"+ d 755 " + A.encode() + b" x\n",
        RECORD + b"+ f 644 - x\n",
        RECORD + b"b x\n",
        RECORD + b"x\n",
    ],
)
def test_a_record_that_no_restore_writes_is_refused(text: bytes) -> None:
    with pytest.raises(undoing.UndoError):
        undoing.parse(text)


def snapshot(letter: str, restored: str = COMMIT, *, back: bool = False) -> undoing.Snapshot:
    return undoing.Snapshot(letter * 40, 1.0, restored, back)


def test_the_newest_restore_that_is_not_taken_back_is_meant() -> None:
    newest, older = snapshot("1"), snapshot("2")
    assert undoing.to_take_back([newest, older], True) is newest
    gone = snapshot("1", back=True)
    assert undoing.to_take_back([gone, older], True) is older
    taking = snapshot("3", restored=gone.commit)
    assert undoing.takes_back(taking, [taking, gone, older]) and not undoing.takes_back(older, [taking, gone, older])
    assert undoing.to_take_back([taking, gone, older], True) is older
    for none, words in (([], "there is no restore to take back"), ([gone], "every restore has been taken back")):
        with pytest.raises(UsageError, match=words) as told:
            undoing.to_take_back(none, True)
        assert told.value.hint


def test_a_snapshot_is_named_by_the_beginning_of_its_id() -> None:
    one, two = undoing.Snapshot("abcd1" + "0" * 35, 1, COMMIT), undoing.Snapshot("abcd2" + "0" * 35, 1, COMMIT, True)
    assert undoing.to_take_back([one, two], "ABCD2") is two
    for wanted, words in (
        ("abcd", "more than one snapshot begins with 'abcd'"),
        ("abc", "there is no snapshot 'abc'"),
        ("ffff", "there is no snapshot 'ffff'"),
    ):
        with pytest.raises(UsageError) as found:
            undoing.to_take_back([one, two], wanted)
        assert found.value.message == words
        assert found.value.hint == "`inv restore --list` names every snapshot; `--undo ID` goes back to one"


def test_taking_back_removes_what_was_made_and_returns_what_was_set_aside() -> None:
    made = dict.fromkeys((b"made", b"mine", b"odd", b"gone"), FILE)
    undo = undoing.Undo(RUN, COMMIT, made, (b"moved", b"lost", b"pipe"))
    standing = {
        b"pipe": Standing(None, 0o644, ""),
        aside_name(b"pipe", RUN): ELSE,
        b"made": HERE,
        b"mine": ELSE,
        b"odd": Standing(Kind.FILE, 0o644, A, storable=False),
        b"moved": ELSE,
        b"lost": HERE,
        aside_name(b"moved", RUN): BESIDE,
    }
    plan, notes = undoing.plan_undo(RestorePlan(), undo, standing)
    assert plan.removals == (Removal(b"moved", ELSE), Removal(b"made", HERE))
    assert plan.returns == tuple((aside_name(path, RUN), path) for path in (b"moved", b"pipe"))
    assert notes == (
        "pipe cannot be saved first; it stays",
        "odd cannot be saved first; it stays",
        "mine was changed since it was restored; it stays",
        f"{aside_name(b'lost', RUN).decode()} is gone; lost stays as it is",
    )
    assert not plan.empty and RestorePlan().empty and not RestorePlan(returns=((b"a", b"b"),)).empty


# ---- moments

ZONE = timezone(timedelta(hours=2))
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=ZONE).timestamp()


def at(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, zone: timezone = ZONE
) -> float:
    return datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("now", NOW),
        (" NOW ", NOW),
        ("yesterday", at(2026, 3, 9, 23, 59, 59)),
        ("7d", NOW - 7 * 86_400),
        ("90m", NOW - 5_400),
        ("3 days ago", NOW - 3 * 86_400),
        ("2026-01-05", at(2026, 1, 5, 23, 59, 59)),
        ("2026-01-05 14:30", at(2026, 1, 5, 14, 30)),
        ("2026-01-05T14:30:15", at(2026, 1, 5, 14, 30, 15)),
        ("2026-01-05T14:30Z", at(2026, 1, 5, 14, 30, zone=UTC)),
        ("2026-01-05 14:30 +01:00", at(2026, 1, 5, 13, 30, zone=UTC)),
        ("1970-01-02T00:00Z", 86_400.0),
        ("1970-01-01T00:00Z", 0.0),
    ],
)
def test_a_time_is_read_as_a_person_writes_it(text: str, when: float) -> None:
    assert parse_at(text, NOW, ZONE) == Moment(when)


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026-01-05 14:30", at(2026, 1, 5, 13, 30, zone=UTC)),
        ("2026-07-05 14:30", at(2026, 7, 5, 12, 30, zone=UTC)),
        ("2026-01-05", at(2026, 1, 5, 22, 59, 59, zone=UTC)),
        ("2026-07-05", at(2026, 7, 5, 21, 59, 59, zone=UTC)),
        ("2026-07-05 14:30Z", at(2026, 7, 5, 14, 30, zone=UTC)),
        ("2026-10-25 02:30", at(2026, 10, 25, 0, 30, zone=UTC)),  # it comes twice
        ("2026-03-29 02:30", at(2026, 3, 29, 1, 30, zone=UTC)),  # it does not come
        ("yesterday", at(2026, 3, 9, 22, 59, 59, zone=UTC)),
    ],
)
def test_a_time_is_that_of_the_clock_on_the_wall_as_it_was_that_day(
    text: str, when: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as there:
        there.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        meant = parse_at(text, NOW)
    time.tzset()
    assert meant == Moment(when)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("1a2b3c4", "1a2b3c4"),
        ("1A2B", "1a2b"),
        ("1234d", "1234d"),
        ("main~2", "main~2"),
        ("Main", "Main"),
        ("feature/a.b", "feature/a.b"),
        ("v1^2", "v1^2"),
    ],
)
def test_a_commit_is_named_by_id_or_name(text: str, name: str) -> None:
    assert parse_at(text, NOW, ZONE) == Revision(name)


@pytest.mark.parametrize(
    "text",
    ["", "12.3.2026", "2026-1-5", "2026/01/05", "a..b", "a.", "a/", "-x", "a b", "@{1}", "3 fortnights ago"],
)
def test_what_is_neither_shows_the_forms(text: str) -> None:
    with pytest.raises(UsageError) as found:
        parse_at(text, NOW, ZONE)
    assert found.value.message.endswith("is neither a time nor a commit")
    assert "2026-01-05 14:30" in found.value.hint


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-30", "no time that there is"),
        ("2026-01-05 25:00", "no time that there is"),
        ("1969-12-31", "before 1970"),
        ("999999 weeks ago", "before 1970"),
    ],
)
def test_a_time_that_is_none_or_too_early_is_refused(text: str, why: str) -> None:
    with pytest.raises(UsageError) as found:
        parse_at(text, NOW, ZONE)
    assert why in found.value.message
    assert "2026-01-05 14:30" in found.value.hint


@pytest.mark.parametrize(
    ("word", "pattern"),
    [
        (b"a*b", True),
        (b"a?b", True),
        (b"a[b]", True),
        (b"aXb", False),
        (b"a]b", False),
        (b"a[b", False),
        (b"\xff*", False),
    ],
)
def test_a_word_with_wildcards_is_a_pattern(word: bytes, pattern: bool) -> None:
    assert is_pattern(word) is pattern
