"""The gate: what it says before it makes a person wait."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autosync_tasks.model import Outcome
from autosync_tasks.plan import judge
from autosync_tasks.plan.compare import look
from autosync_tasks.plan.judge import compile_rules, judge_tree
from autosync_tasks.triggers import crontab
from autosync_tasks.triggers.result import TaskResult
from autosync_tasks.validation import scanner
from autosync_tasks.validation.catalogue import note_compiled
from autosync_tasks.validation.scanner import COMPILING
from autosync_tasks.workspace.validation_context import engine_of
from autosync_tasks.workspace.workspace import open_site
from tests.support.place import Place


@pytest.mark.parametrize("first", [True, False])
def test_the_first_compilation_is_told(first: bool, workshop: Path, scanner_cache: Path, one_scanner: None) -> None:
    place = Place.make(workshop, scanner_cache)
    place.write("context/a.md", "words\n")
    site, told = open_site(place.environ), []
    if first:
        shutil.rmtree(Path(site.state.home) / "engine")
    with look(site, progress=lambda what, done, total: told.append(what)) as seen:
        judge_tree(site, seen, only_changed=False)
    assert (COMPILING in told) is first


def test_a_first_sync_compiles_nothing_where_no_rule_may_match(
    workshop: Path, scanner_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The very first of a home: the sieve is made of what the scanner's library holds."""
    place = Place.make(workshop, scanner_cache)
    place.write("context/a.md", "words\n")
    engine = Path(open_site(place.environ).state.home) / "engine"
    shutil.rmtree(engine)
    monkeypatch.setattr(scanner, "load_whole", None)
    scanner.load_quick.cache_clear()
    assert place.inside("sync", "--check").code == 5
    assert not engine.exists(), "check mode keeps nothing"
    assert place.inside().code == 0
    scanner.load_quick.cache_clear()
    assert [path.name.partition("-")[2][:5] for path in sorted(engine.iterdir())] == ["rules", "sieve"]


def test_an_installed_trigger_finds_the_rules_compiled(workshop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, asked = Place(workshop), list[str]()
    place.home.mkdir(parents=True)
    place.write("context/a.md", "words\n")
    monkeypatch.setattr(judge, "load_whole", asked.append)
    site, told = open_site(place.environ), list[str]()
    engine = Path(engine_of(site))
    compile_rules(site, lambda what, done, total: told.append(what))
    assert (asked, told) == ([str(engine)], [COMPILING])
    engine.mkdir()
    (engine / "all.vscdb").touch()
    note_compiled(str(engine))
    compile_rules(site, lambda what, done, total: told.append(what))
    assert len(asked) == len(told) == 1, "once"


@pytest.mark.parametrize(("words", "compiles"), [(("install-cron",), 1), (("install-cron", "--check"), 0)])
def test_installing_compiles_the_rules(
    words: tuple[str, ...], compiles: int, workshop: Path, scanner_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(judge, "compile_rules", lambda site, tell: asked.append(site))
    found = TaskResult("install-cron", Outcome.CHANGED, "done", check="--check" in words)
    monkeypatch.setattr(crontab, "install", lambda *_, **__: found)
    place = Place.make(workshop, scanner_cache)
    place.write("context/a.md", "words\n")
    assert place.inside().code == 0
    place.inside(*words)
    assert len(asked) == compiles
