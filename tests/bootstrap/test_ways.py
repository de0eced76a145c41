"""A bootstrap over http and ssh, by servers on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosync_tasks.bootstrap.bootstrap import bootstrap
from autosync_tasks.bootstrap.request import Wish
from autosync_tasks.bootstrap.stage import address_of
from autosync_tasks.errors import UsageError
from autosync_tasks.remote.faults import RemoteError
from autosync_tasks.workspace.request import new_request
from autosync_tasks.workspace.workspace import open_site
from tests.features.bootstrap import QUICK
from tests.remote.servers import authority, http_server, served, ssh_server
from tests.support import independent
from tests.support.machine import Machine

pytestmark = pytest.mark.sample(2, of_file=True)


@pytest.fixture
def remote(machine: Machine, workshop: Path) -> Path:
    machine.make_tree()
    machine.must_sync()
    return served(machine, workshop)


@pytest.fixture
def new(workshop: Path, scanner_cache: Path) -> Iterator[Machine]:
    made = Machine(workshop / "new", scanner_cache)
    made.prepare_scanner()
    yield made
    assert "PASSWORD" not in "".join(p.read_text("utf-8", "replace") for p in made.settings.glob("*"))


def test_over_http_with_a_password_that_is_told_nowhere(machine: Machine, new: Machine, remote: Path) -> None:
    with http_server(remote.parent, user="me:PASSWORD") as server:
        url = f"http://me:PASSWORD@127.0.0.1:{server.server_port}/remote.git"
        run = bootstrap(new.environ, Wish(url), new_request())
    assert run.exit_code == 0, run
    assert "PASSWORD" not in repr(run)
    assert independent.source(new.source) == independent.source(machine.source)


def test_over_https_where_the_person_trusts_the_authority(
    machine: Machine, new: Machine, remote: Path, workshop: Path
) -> None:
    trusted, certificate = authority(workshop / "ca")
    with http_server(remote.parent, certificate=certificate) as server:
        wish = Wish(f"https://127.0.0.1:{server.server_port}/remote.git", limits=QUICK)
        with pytest.raises(RemoteError) as error:
            bootstrap(new.environ, wish, new_request())
        assert "certificate" in error.value.message
        assert "http.https://127.0.0.1" in error.value.hint and ".sslCAInfo" in error.value.hint
        assert not new.source.exists() and not new.backup.exists()
        (new.home / ".gitconfig").write_text(f"[http]\n\tsslCAInfo = {trusted}\n")
        run = bootstrap(new.environ, wish, new_request())
    assert run.exit_code == 0, run
    assert independent.source(new.source) == independent.source(machine.source)


def test_a_server_that_dies_in_the_middle_of_the_transfer(machine: Machine, new: Machine, remote: Path) -> None:
    with http_server(remote.parent, fault="dies") as server:
        wish = Wish(f"http://127.0.0.1:{server.server_port}/remote.git", limits=QUICK)
        with pytest.raises(RemoteError) as error:
            bootstrap(new.environ, wish, new_request())
        assert "broke off in the middle" in error.value.message, error.value.message
        assert "run this again" in error.value.hint
        assert not new.source.exists() and not new.backup.exists()
        assert not list(new.state.glob("*/scratch-*"))
        server.fault, server.dead = "", False
        run = bootstrap(new.environ, wish, new_request())
    assert run.exit_code == 0, run
    assert independent.source(new.source) == independent.source(machine.source)


def test_over_ssh(machine: Machine, new: Machine, remote: Path, workshop: Path) -> None:
    with ssh_server(workshop / "sshd") as command:
        (new.home / ".gitconfig").write_text(f'[core]\n\tsshCommand = "{command}"\n')
        user = os.environ.get("USER") or "root"
        run = bootstrap(new.environ, Wish(f"ssh://{user}@127.0.0.1{remote}"), new_request())
    assert run.exit_code == 0, run
    assert independent.source(new.source) == independent.source(machine.source)


@pytest.mark.parametrize("address", ["ext::sh -c id", "http://example.org/x.git", "--upload-pack=id", "backup.git"])
def test_an_address_that_is_none(new: Machine, address: str) -> None:
    with pytest.raises(UsageError) as error:
        address_of(address, open_site(new.environ, new_machine=True))
    assert error.value.hint
    assert "sh -c id" not in error.value.message
