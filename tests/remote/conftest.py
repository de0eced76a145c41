"""What the tests of remotes share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.remote.machines import Machine, bare


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A bare repository that nobody has pushed to yet."""
    return bare(tmp_path / "there.git")


@pytest.fixture
def machine(tmp_path: Path, there: Path) -> Machine:
    """A machine with a backup, and that remote; nothing is pushed yet."""
    made = Machine(tmp_path / "one", str(there))
    made.write("agent/build.md", "# build\n")
    made.write("AGENTS.md", "# all\n")
    made.sync()
    return made
