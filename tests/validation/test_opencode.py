"""The tables of what OpenCode can read are what the real OpenCode does.

One server of the pinned version reads each case as a project of its own: 0.1 s each, where a process for each case
takes 3 s.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import pytest

from autosync_tasks.validation import schema
from tests.opencode.client import Home, program
from tests.support.sample import SEED
from tests.validation.test_files import CONFIGS, FRONT
from tests.validation.test_jsonc import CASES

SHARE = pytest.mark.parametrize(
    "share", [pytest.param(0.4, marks=pytest.mark.sweep), pytest.param(1, marks=pytest.mark.full)]
)

OPENCODE = json.loads(files("autosync_tasks.validation.data").joinpath(schema.SCHEMA).read_text())
Starts = Callable[[str, dict[str, bytes]], bool]


@pytest.fixture(scope="module")
def starts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starts]:
    """Asks OpenCode whether it can start in a project with these files."""
    folder = tmp_path_factory.mktemp("opencode")
    home = Home(folder / "home", "http://127.0.0.1:9/v1")
    server = subprocess.Popen(
        [str(program()), "serve", "--hostname=127.0.0.1", "--port=0"],
        cwd=home.project,
        env=home.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    end = threading.Timer(240, os.killpg, (server.pid, signal.SIGKILL))
    end.start()
    assert server.stdout is not None
    try:
        port = next(
            int(found[1]) for line in server.stdout if (found := re.search(rb"http://127\.0\.0\.1:(\d+)", line))
        )

        def ask(name: str, tree: dict[str, bytes]) -> bool:
            project = folder / "projects" / re.sub(r"\W", "-", name)
            for path, data in tree.items():
                (project / path).parent.mkdir(parents=True, exist_ok=True)
                (project / path).write_bytes(data)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", "/config?" + urlencode({"directory": str(project)}))
            answer = connection.getresponse()
            said = answer.read()
            connection.close()
            assert answer.status in (200, 400), (name, answer.status, said[:500])
            assert answer.status == 200 or b'"Config' in said[:40], (name, said[:500])
            return answer.status == 200

        assert ask("a project that is well", {"opencode.json": b'{"model": "a/b"}'})
        yield ask
    finally:
        end.cancel()
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()


def part(cases: dict[str, Any], share: float) -> dict[str, Any]:
    """So much of a table, by AUTOSYNC_SEED."""
    chance = random.Random(SEED)
    return {name: case for name, case in cases.items() if share == 1 or chance.random() < share}


@SHARE
def test_opencode_reads_jsonc_as_the_table_says(starts: Starts, share: float) -> None:
    cases = part(CASES, share)
    assert len(cases) >= 30 * share
    found = {name: starts(name, {"opencode.json": data}) for name, (data, _) in cases.items()}
    assert found == {name: expected for name, (_, expected) in cases.items()}


@SHARE
def test_opencode_reads_front_matter_as_the_table_says(starts: Starts, share: float) -> None:
    cases = part(FRONT, share)
    found = {
        name: starts(f"front {name}", {f".opencode/{path.decode()}": data})
        for name, (path, data, _, _) in cases.items()
    }
    assert found == {name: expected for name, (_, _, _, expected) in cases.items()}


@SHARE
def test_opencode_starts_with_a_config_as_the_table_says(starts: Starts, share: float) -> None:
    cases = part(CONFIGS, share)
    found = {name: starts(f"config {name}", {"opencode.json": text.encode()}) for name, (text, _, _) in cases.items()}
    assert found == {name: expected for name, (_, _, expected) in cases.items()}


@SHARE
def test_opencode_starts_with_what_is_no_error_and_with_nothing_else(starts: Starts, share: float) -> None:
    """Configs drawn near to version 1's schema, mostly right and often wrong in one place."""
    r = random.Random(SEED)
    known = sorted(OPENCODE["properties"].keys() - {"$schema"})
    differ = []
    for number in range(round(150 * share)):
        document = {key: near(OPENCODE["properties"][key], r) for key in r.sample(known, r.choice((1, 1, 2)))}
        if not schema.is_version_2(document):
            began = starts(f"drawn {number}", {"opencode.json": json.dumps(document).encode()})
            if began is not (schema.stops(document) == []):
                differ.append((began, document))
    assert differ == []


def near(node: Any, r: random.Random, depth: int = 0) -> Any:
    """A value that fits a schema, but for one in ten of its parts."""
    if r.random() < 0.1 or depth > 6:
        return r.choice([None, True, 0, -1, 0.5, "", "x", [], {}, ["x"], {"x": 1}])
    if "$ref" in node:
        return near(OPENCODE["$defs"][node["$ref"].rpartition("/")[2]], r, depth)
    if "enum" in node or "anyOf" in node:
        return r.choice(node["enum"]) if "enum" in node else near(r.choice(node["anyOf"]), r, depth + 1)
    match node.get("type"):
        case "object":
            known, more = node.get("properties", {}), node.get("additionalProperties")
            chosen = [key for key in known if key in node.get("required", ()) or r.random() < 0.3]
            value = {key: near(known[key], r, depth + 1) for key in chosen}
            return value | ({"one": near(more, r, depth + 1)} if isinstance(more, dict) else {})
        case "array":
            first = [near(one, r, depth + 1) for one in node.get("prefixItems", ())]
            return first or [near(node.get("items", {}), r, depth + 1) for _ in range(r.randint(0, 2))]
        case "string":
            return "#00ff0a" if "pattern" in node else "a/b"
        case "integer" | "number":
            return 1
        case "boolean":
            return r.random() < 0.5
    return {}
