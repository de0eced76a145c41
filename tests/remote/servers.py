"""Servers for tests of remotes, on 127.0.0.1 and ended with the test: http by git's own backend, ssh, bad ones."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.features.pictures import git
from tests.support.machine import Machine

BACKEND = "/usr/lib/git-core/git-http-backend"


class _Http(ThreadingHTTPServer):
    """A small CGI server around git-http-backend. `fault` makes it answer badly."""

    daemon_threads = True
    root = ""
    user = ""
    fault = ""
    dead = False
    asked: list[str]

    def verify_request(self, request: object, client_address: object) -> bool:
        return not self.dead

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was ended in the middle is no fault of the test."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            body = b""
            while size := int(self.rfile.readline().strip() or b"0", 16):
                body += self.rfile.read(size)
                self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._serve(body)

    def _serve(self, body: bytes) -> None:
        self.server.asked.append(self.path)
        fault = self.server.fault
        path, _, query = self.path.partition("?")
        if self.server.user and self.headers.get("Authorization") != (
            "Basic " + base64.b64encode(self.server.user.encode()).decode()
        ):
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.end_headers()
            return
        if fault.isdigit():
            self.send_response(int(fault))
            self.end_headers()
            return
        if fault == "hang in the middle" and path.endswith("receive-pack") and body:
            time.sleep(30)
            return
        done = subprocess.run(
            [BACKEND],
            input=body,
            capture_output=True,
            check=False,
            timeout=60,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": self.server.root,
                "GIT_HTTP_EXPORT_ALL": "1",
                "REMOTE_USER": "someone",
                "REMOTE_ADDR": "127.0.0.1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
            },
        )
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.split(b": ", 1) for line in head.split(b"\r\n") if b": " in line]
        status = next((int(value.split()[0]) for key, value in lines if key == b"Status"), 200)
        if fault == "truncate" and "upload-pack" in self.path:
            content = content[: len(content) // 2]
        if fault in ("", "dies"):
            lines.append([b"Content-Length", str(len(content)).encode()])
        if fault == "dies" and b"PACK" in content:
            content = content[: len(content) // 2]
            self.server.dead = True
        self.send_response(status)
        for key, value in lines:
            if key != b"Status":
                self.send_header(key.decode(), value.decode())
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def http_server(root: Path, user: str = "", fault: str = "", certificate: Path | None = None) -> Iterator[_Http]:
    """Serves every repository below `root`. user: `name:password`, or "" for everybody. certificate: for https, as
    `authority` makes it."""
    if not os.access(BACKEND, os.X_OK):
        pytest.skip("git-http-backend is not installed")
    server = _Http(("127.0.0.1", 0), _Handler)
    server.root, server.user, server.fault, server.asked = str(root), user, fault, []
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is left to the thread of the request: who breaks it off holds nobody up.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def authority(folder: Path) -> tuple[Path, Path]:
    """A certificate authority that nobody knows, and a certificate of it for 127.0.0.1 with its key: (CA, certificate)."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed")
    folder.mkdir()
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    new = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    for words in (
        f"{new} -x509 -days 2 -subj /CN=ours -keyout ca.key -out ca.pem",
        f"{new} -subj /CN=here -keyout key.pem -out asked.pem",
        "x509 -req -in asked.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out signed.pem",
    ):
        subprocess.run(["openssl", *words.split()], cwd=folder, check=True, capture_output=True, timeout=30)
    (folder / "both.pem").write_bytes((folder / "signed.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return folder / "ca.pem", folder / "both.pem"


@contextmanager
def hosted(there: Path) -> Iterator[str]:
    """The address of a repository as a host serves it: unlike in a mere folder, its hooks run (over there)."""
    with http_server(there.parent) as server:
        yield f"http://127.0.0.1:{server.server_port}/{there.name}"


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def ssh_server(folder: Path, users: Mapping[str, tuple[int, Path]] | None = None) -> Iterator[str]:
    """An sshd on a high port with a host key and a user key of its own; yields the `ssh` command that reaches it.

    users: name to uid and home of users whom this server alone knows (for root: in a mount namespace of its own).
    """
    sshd = os.environ.get("AUTOSYNC_TEST_SSHD") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not sshd or not shutil.which("ssh-keygen"):
        pytest.skip("openssh-server is not installed (AUTOSYNC_TEST_SSHD may name another sshd)")
    folder.mkdir(mode=0o700, parents=True)
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True, timeout=20
        )
    port = free_port()
    shutil.copy(folder / "user.pub", folder / "authorized")
    (folder / "sshd_config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nPidFile none\nStrictModes no\n"
        f"AuthorizedKeysFile {folder / 'authorized'}\nPasswordAuthentication no\nUsePAM no\nLogLevel ERROR\n"
        "PermitRootLogin prohibit-password\n"
    )
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    inside: list[str] = []
    if users:
        folder.chmod(0o755)  # the keys that may come in are read as the user
        lines = [f"{name}:*:{uid}:{uid}::{home}:/bin/sh\n" for name, (uid, home) in users.items()]
        (folder / "passwd").write_text(Path("/etc/passwd").read_text() + "".join(lines))
        # The whole folder: a file that is mounted over is bare again as soon as somebody else's `useradd` renames it.
        etc = folder / "etc"
        etc.mkdir()
        script = (
            f"mount -t tmpfs none {etc} && cp -a /etc/. {etc} && cp {folder}/passwd {etc} && mount --bind {etc} /etc"
        )
        inside = ["unshare", "-m", "sh", "-c", f'{script} && exec "$0" "$@"']
    server = subprocess.Popen(
        [*inside, sshd, "-D", "-e", "-f", str(folder / "sshd_config")], stderr=subprocess.PIPE, start_new_session=True
    )
    try:
        _wait_for(port, server)
        yield f"ssh -p {port} -i {folder / 'user'} -oIdentitiesOnly=yes -oUserKnownHostsFile={folder / 'known'}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.communicate(timeout=10)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if server.poll() is not None:
            said = server.stderr.read().decode() if server.stderr else ""
            pytest.skip(f"sshd does not start here: {said.strip()[-200:]}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    pytest.skip("sshd does not listen here")


def served(machine: Machine, workshop: Path) -> Path:
    """A bare clone of a machine's backup that http may write to, in a folder of its own to be served."""
    folder = workshop / "served" / "remote.git"
    folder.parent.mkdir()
    git(workshop, "clone", "--quiet", "--bare", str(machine.backup), str(folder))
    git(folder, "config", "http.receivepack", "true")
    return folder
