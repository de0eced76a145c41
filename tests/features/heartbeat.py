"""The other side of a heartbeat: a small server on this machine that writes down what it is asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_bdd import given, parsers, then

from tests.features.settings import put
from tests.support.machine import Machine


class Ear:
    """What was heard: the request line, headers and body of each. answer: what is said back."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.answer = 200
        self.url = ""
        self.close: Callable[[], None] = lambda: None


@contextmanager
def listening() -> Iterator[Ear]:
    """An `Ear` behind an address of 127.0.0.1."""
    ear = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            ear.heard.append(f"{self.requestline}\n{self.headers}{body}")
            self.send_response(ear.answer)
            if ear.answer == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    ended = threading.Event()

    def close() -> None:
        if not ended.is_set():
            ended.set()
            server.shutdown()
            server.server_close()
            thread.join()

    ear.url, ear.close = f"http://127.0.0.1:{server.server_port}/ping/a1b2c3", close
    try:
        yield ear
    finally:
        close()


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as found:
        yield found


@given("an address that hears heartbeats")
def address(machine: Machine, ear: Ear) -> None:
    put(machine, heartbeat_url=ear.url)


@given(parsers.re("the address (?P<fault>leads elsewhere|answers with an error|is not there any more)"))
def faulty(ear: Ear, fault: str) -> None:
    if fault.startswith("is not"):
        ear.close()
    ear.answer = {"leads elsewhere": 302}.get(fault, 500)


@then(parsers.re("(?P<number>no|\\d+) heartbeats? (?:was|were) heard"))
def heard(ear: Ear, number: str) -> None:
    assert len(ear.heard) == (0 if number == "no" else int(number)), ear.heard


@then("the heartbeats said nothing of the machine")
def silent(machine: Machine, ear: Ear) -> None:
    (one,) = ear.heard
    names = {line.partition(":")[0].lower() for line in one.splitlines()[1:] if line}
    assert one.startswith("GET /ping/a1b2c3 HTTP/1.1\n")
    assert names == {"accept-encoding", "host", "user-agent", "connection"}
    assert str(machine.home) not in one
