"""Machines on which something is lost, and what a person who asks there is told."""

from __future__ import annotations

import shutil

from pytest_bdd import given, parsers, then

from tests.features.outcome import heard
from tests.features.pictures import git
from tests.support.machine import Machine


@given(
    parsers.re(
        "a machine where (?P<lost>there is no tree.*|there is a tree.*|the tree and.*|the backup (?:is|was) .*clone.*)"
    )
)
def lost(machine: Machine, lost: str) -> None:
    if lost == "there is no tree and no backup":
        return
    machine.make_tree()
    if lost == "there is a tree and no backup":
        return
    machine.must_sync()
    shutil.rmtree(machine.config)
    shutil.rmtree(machine.state)
    if lost == "the tree and the settings are gone":
        shutil.rmtree(machine.source)
    if lost == "the backup is a clone of another branch":
        away = machine.home / "away.git"
        machine.backup.rename(away)
        git(away, "branch", "-m", "main", "master")
        git(machine.home, "clone", "--quiet", "--no-checkout", str(away), str(machine.backup))
        git(machine.backup, "update-ref", "-d", "refs/heads/master")


@then("the program refuses")
def refuses(machine: Machine) -> None:
    told = heard(machine)
    assert told.exit_code in (1, 3), told.text + told.stderr
