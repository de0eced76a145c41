"""A part goes back into the agent's big file: every other byte stays, whatever the file's form."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from autosync_tasks.errors import AutosyncError
from autosync_tasks.files import write_whole
from autosync_tasks.restore.parts import bring_back, merged
from autosync_tasks.tree.derived import Part
from autosync_tasks.triggers import files

SERVERS = {"a": {"command": "npx", "args": ["x"]}}
RECORDED = json.dumps({"mcpServers": SERVERS}, indent=2).encode()


@pytest.mark.parametrize(
    "held",
    [
        '{"numStartups": 3, "mcpServers": {"old": {}}, "userID": "u"}',
        '{\n  "numStartups": 3,\n  "mcpServers": {\n    "old": {}\n  },\n  "userID": "u"\n}',
        '\ufeff{\r\n\t"userID": "\\u00fc", "x": 1e5\r\n}\r\n',
        "{}",
        '{"mcpServers": 1, "mcpServers": null }',
    ],
)
def test_nothing_else_changes(held: str) -> None:
    part = Part("/big.json", ("mcpServers",))
    new = merged(part, held.encode(), RECORDED).decode()
    before, after = (json.loads(text.removeprefix("\ufeff")) for text in (held, new))
    assert after == {**before, "mcpServers": SERVERS}
    assert merged(part, new.encode(), RECORDED).decode() == new
    if "old" in held:
        start, end = held.index('{"old"' if '{"old"' in held else '{\n    "old"'), held.index('"userID"')
        assert new.startswith(held[:start])
        assert new.endswith(held[end:])


def test_it_is_written_once_and_the_file_as_it_was_is_kept(tmp_path: Path) -> None:
    big = tmp_path / "real.json"
    big.write_text('{"userID": "u"}')
    big.chmod(0o640)
    (tmp_path / "big.json").symlink_to("real.json")
    part = Part(str(tmp_path / "big.json"), ("mcpServers",))
    assert "would be" in bring_back(part, RECORDED, "r1", check=True)
    assert os.listdir(tmp_path) == ["real.json", "big.json"] or len(os.listdir(tmp_path)) == 2
    assert "put back" in bring_back(part, RECORDED, "r1", check=False)
    assert (tmp_path / "big.json").is_symlink()
    assert json.loads(big.read_text()) == {"userID": "u", "mcpServers": SERVERS}
    assert stat.S_IMODE(big.stat().st_mode) == 0o640
    kept = tmp_path / "real.json.autosync-r1"
    assert (kept.read_text(), stat.S_IMODE(kept.stat().st_mode)) == ('{"userID": "u"}', 0o600)
    assert bring_back(part, RECORDED, "r2", check=False) == ""


def test_its_lines_end_as_the_others_do(tmp_path: Path) -> None:
    held = b'{\r\n  "mcpServers": {\r\n    "old": {}\r\n  },\r\n  "userID": "u"\r\n}\r\n'
    new = merged(Part(str(tmp_path / "big.json"), ("mcpServers",)), held, RECORDED)
    assert json.loads(new)["mcpServers"] == SERVERS
    assert new.count(b"\n") == new.count(b"\r\n") > 6


def test_on_a_new_machine_the_file_is_made(tmp_path: Path) -> None:
    part = Part(str(tmp_path / "big.json"), ("mcpServers",))
    bring_back(part, RECORDED, "r1", check=False)
    assert json.loads((tmp_path / "big.json").read_text()) == {"mcpServers": SERVERS}
    assert stat.S_IMODE((tmp_path / "big.json").stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["big.json"]


def test_what_cannot_be_read_is_left(tmp_path: Path) -> None:
    (tmp_path / "big.json").write_text("{")
    with pytest.raises(AutosyncError, match="cannot be edited"):
        bring_back(Part(str(tmp_path / "big.json"), ("mcpServers",)), RECORDED, "r1", check=False)
    assert (tmp_path / "big.json").read_text() == "{"


def test_what_the_agent_writes_meanwhile_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    big = tmp_path / "big.json"
    big.write_text('{"numStartups": 1}')

    def late(path: str, data: bytes, **named: Any) -> bool:
        if path == str(big) and "2" not in big.read_text():
            big.write_text('{"numStartups": 2}')
        return write_whole(path, data, **named)

    monkeypatch.setattr(files, "write_whole", late)
    bring_back(Part(str(big), ("mcpServers",)), RECORDED, "r1", check=False)
    assert json.loads(big.read_text()) == {"numStartups": 2, "mcpServers": SERVERS}


def test_half_of_a_character_comes_back_as_it_was(tmp_path: Path) -> None:
    """JSON can write it, UTF-8 cannot."""
    big = tmp_path / "big.json"
    big.write_text('{"mcpServers": {"a": {"env": {"NAME": "\\ud83d half"}}}}')
    part = Part(str(big), ("mcpServers",))
    kept = part.read()
    assert kept is not None
    assert json.loads(merged(part, b"{}", kept)) == json.loads(big.read_text())
