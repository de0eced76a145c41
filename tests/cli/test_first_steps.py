"""The first steps on a machine that has nothing: each answer names a step that leads on."""

from __future__ import annotations

import ast
import re

import pytest

from autosync_tasks.errors import EXIT_CODES
from tests.support.forks import CHECKOUT
from tests.support.machine import Machine


def said(machine: Machine, *words: str) -> tuple[int, str]:
    told = machine.command(*words)
    told.spoken = True
    return told.exit_code, " ".join((told.text + told.stderr).split())


@pytest.mark.parametrize("task", ["sync", "status", "detect", "validate", "doctor", "install-cron"])
def test_without_a_config_tree_the_ways_on_are_named(machine: Machine, task: str) -> None:
    machine.fake_crontab("")
    code, words = said(machine, "autosync", task)
    assert code == (0 if task == "install-cron" else 1)
    for step in ("bootstrap ADDRESS", "set-config OPENCODE_SOURCE=FOLDER", "demo"):
        assert f"autosync {step}`" in words


def test_the_tree_may_lie_elsewhere(machine: Machine) -> None:
    machine.prepare_scanner()
    elsewhere = machine.home / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "AGENTS.md").write_text("# Rules\n")
    assert said(machine, "autosync", "set-config", f"OPENCODE_SOURCE={elsewhere}")[0] == 0
    assert said(machine, "autosync", "sync")[0] == 0
    machine.fake_crontab("")
    assert "fail" not in said(machine, "autosync", "install-cron")[1]


@pytest.mark.parametrize("words", ["bootstrap", "validate --explain", "sync --dry-run", "restore --att=yesterday"])
def test_a_task_called_wrongly_names_its_own_help(machine: Machine, words: str) -> None:
    code, text = said(machine, "autosync", *words.split())
    assert code == 2
    assert f"autosync help {words.partition(' ')[0]}` explains it" in text


def test_a_wrong_setting_leads_to_the_right_ones(machine: Machine) -> None:
    code, text = said(machine, "autosync", "set-config", "FOO=1")
    assert code == 2
    assert "show-config` names every setting" in text


def test_pushes_without_a_remote_name_three_ways(machine: Machine) -> None:
    machine.make_tree()
    machine.must_sync()
    code, text = said(machine, "autosync", "machines")
    assert code == 2
    for way in ("remote add origin ADDRESS", "set-config REMOTE=NAME", "set-config AUTO_SYNC_PUSH=false"):
        assert way in text


@pytest.mark.parametrize("words", ["autosync --help", "sync-config --help"])
def test_help_tells_every_exit_code(machine: Machine, words: str) -> None:
    code, text = said(machine, *words.split())
    assert code == 0
    for number, what in EXIT_CODES.items():
        assert f"{number} {what}" in text


@pytest.mark.sweep
def test_what_the_program_says_needs_no_checkout() -> None:
    """Whoever installed it has no `docs/` beside it; a docstring is for those who read the code."""
    strays = []
    for path in sorted(CHECKOUT.joinpath("autosync_tasks").rglob("*.py")):
        tree = ast.parse(path.read_bytes())
        read_only = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        strays += [
            f"{path.name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in read_only
            if re.search(r"docs/[a-z-]+\.md|crontab\.example", node.value)
        ]
    assert strays == []
