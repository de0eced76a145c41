"""What a folder is listed as: each name to the byte, beside its own record."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from autosync_tasks.tree.facts import listed, pack

NAMES = st.binary(min_size=1, max_size=20).filter(lambda name: not {0, 47} & {*name} and name not in (b".", b".."))


@settings(max_examples=30, deadline=None)
@given(names=st.sets(NAMES, max_size=30))
def test_every_name_stands_beside_its_own_record(names: set[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, name in enumerate(names):
            Path(os.fsdecode(os.path.join(os.fsencode(folder), name))).write_bytes(b"x" * number)
        fd = os.open(folder, os.O_RDONLY)
        try:
            found, records = listed(fd)
            assert set(found) == names
            assert records == [pack(os.lstat(name, dir_fd=fd)) for name in found]
        finally:
            os.close(fd)
