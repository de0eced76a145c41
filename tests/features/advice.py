"""The advice of a message: what a person does who takes it to the letter."""

from __future__ import annotations

import re
import shlex

from pytest_bdd import parsers, step

from tests.support.machine import Machine

_COMMAND = re.compile(r"\b(?:inv|autosync) ([a-z-]+[^;,`()\n]*)")


def advised(text: str, beginning: str) -> list[str]:
    """The command in a text that begins so, as words; what stands for a reason of the person's own is filled in."""
    next_step = text.rpartition("next: ")[2].partition("\n")[0]
    commands = [match.strip() for match in _COMMAND.findall(" ".join(next_step.split()))]
    chosen = [command for command in commands if command.startswith(beginning)]
    assert chosen, f"no command {beginning!r} in {text!r}"
    return [word.replace("…", "said by a person") for word in shlex.split(chosen[0])]


@step(parsers.re('a person takes the advice "(?P<beginning>[^"]+)"(?: and then "(?P<other>[^"]+)")?'))
def take_advice(machine: Machine, beginning: str, other: str | None = None) -> None:
    told = next(told for told in reversed(machine.told) if beginning in told.text.rpartition("next: ")[2])
    words = advised(told.text, beginning)
    asks = words[0] == "accept" or "--forget" in words
    told = machine.command("autosync", *words, *(["--yes"] if asks else []))
    told.spoken = True
    assert told.exit_code == 0, told.text + told.stderr
    if other:
        take_advice(machine, other)
