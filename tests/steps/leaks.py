"""Looks for a secret everywhere but in the config tree: by value, in hexadecimal and in base64."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from .machine import Machine
from .pictures import git


def forms(secret: str) -> dict[str, bytes]:
    """How a value can stand in a file: plain, in hexadecimal, in base64 at each of the three offsets."""
    raw = secret.encode()
    found = {"plain": raw, "hex": raw.hex().encode()}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw)
        # What no neighbouring byte has a part in.
        found[f"base64+{offset}"] = whole[4 if offset else 0 : len(whole) // 4 * 4 - 4]
    return found


def leaks(machine: Machine, secret: str) -> list[str]:
    """Every place outside the source that holds the secret, in any form: files, names, git's objects, what was told."""
    places: dict[str, bytes] = {}
    for folder in (machine.state, machine.config, machine.backup, machine.home / "told"):
        for place, folders, files in os.walk(folder):
            for name in (*files, *folders):
                path = Path(place) / name
                places[f"the name {path}"] = os.fsencode(name)
                if path.is_symlink():
                    places[f"the link {path}"] = os.fsencode(os.readlink(path))
                elif path.is_file():
                    places[str(path)] = path.read_bytes()
    if (machine.backup / ".git").exists():
        places["the store"] = git(machine.backup, "cat-file", "--batch-all-objects", "--batch")
    for told in machine.told:
        places[f"`{told.what}`"] = (told.text + told.stderr).encode("utf-8", "surrogateescape")
    wanted = forms(secret)
    return [f"{where} ({form})" for where, data in places.items() for form, value in wanted.items() if value in data]
