"""The tables of what OpenCode can read are what the real OpenCode does.

One server of the pinned version reads each case as a project of its own: 0.1 s each, where a process for each case
takes 3 s.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from tests.opencode.client import Home, program
from tests.validation.test_files import CONFIGS, FRONT
from tests.validation.test_jsonc import CASES

pytestmark = pytest.mark.sweep

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

        def ask(name: str, files: dict[str, bytes]) -> bool:
            project = folder / "projects" / re.sub(r"\W", "-", name)
            for path, data in files.items():
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


def test_opencode_reads_jsonc_as_the_table_says(starts: Starts) -> None:
    assert len(CASES) >= 30
    found = {name: starts(name, {"opencode.json": data}) for name, (data, _) in CASES.items()}
    assert found == {name: expected for name, (_, expected) in CASES.items()}


def test_opencode_reads_front_matter_as_the_table_says(starts: Starts) -> None:
    found = {
        name: starts(f"front {name}", {f".opencode/{path.decode()}": data})
        for name, (path, data, _, _) in FRONT.items()
    }
    assert found == {name: expected for name, (_, _, _, expected) in FRONT.items()}


def test_opencode_starts_with_a_config_as_the_table_says(starts: Starts) -> None:
    found = {name: starts(f"config {name}", {"opencode.json": text.encode()}) for name, (text, _, _) in CONFIGS.items()}
    assert found == {name: expected for name, (_, _, expected) in CONFIGS.items()}
