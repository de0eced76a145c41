"""What a heartbeat may cost, and whom it may meet."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path

import pytest

from autosync_tasks.config.load import load
from autosync_tasks.errors import ConfigError
from autosync_tasks.status import heartbeat
from tests.features.heartbeat import listening


@pytest.mark.parametrize(
    "url",
    [
        "http://hc.example/ping",
        "https://ana:pw@hc.example/ping",
        "https://token@hc.example/",
        "https:///ping",
        "https://hc.example/a b",
        "https://hc.example/#x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "https://hc.example:99999/",
        "hc.example/ping",
    ],
)
def test_an_address_that_is_refused(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"HOME": "/home/ana", "HEARTBEAT_URL": url})
    assert "HEARTBEAT_URL" in str(caught.value.details)


@pytest.mark.parametrize("url", ["https://hc.example/ping/1?x=2", "http://127.0.0.1:8000/p", "http://[::1]:80/", ""])
def test_an_address_that_is_taken(url: str) -> None:
    assert load({"HOME": "/home/ana", "HEARTBEAT_URL": url}).settings.heartbeat_url == url


def test_it_asks_once() -> None:
    with listening() as ear:
        assert heartbeat.ask(ear.url) == ""
        assert len(ear.heard) == 1


def test_who_answers_a_byte_a_time_is_left() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip() -> None:
        connection, _ = server.accept()
        with connection:
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"H")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    fault = heartbeat.ask(f"http://127.0.0.1:{server.getsockname()[1]}/", seconds=0.4)
    ended.set()
    thread.join()
    server.close()
    assert fault == "heartbeat_url: 127.0.0.1: no answer within 0.4 s"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    made = subprocess.run(
        ["openssl", *words.split(), "-keyout", str(key), "-out", str(certificate)], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("no openssl program")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    stream.recv(1000)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            except OSError:
                connection.close()

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"https://localhost:{server.getsockname()[1]}/"
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    refused = heartbeat.ask(url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    taken = heartbeat.ask(url)
    thread.join(30)
    server.close()
    assert "certificate verify failed" in refused
    assert taken == ""
