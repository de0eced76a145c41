"""The schema that is shipped for editors: made from the table, found, and of one mind with the program."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest

from autosync_tasks.config import file as config_file
from autosync_tasks.config.file import set_values
from autosync_tasks.config.load import load
from autosync_tasks.config.settings import TABLE
from autosync_tasks.errors import ConfigError
from tests.config.test_config import OTHER
from tools.schemas import CONFIG, pages

SCHEMA = json.loads(CONFIG.read_text("utf-8"))


def test_every_schema_is_as_the_code_says() -> None:
    for path, text in pages().items():
        assert path.read_text("utf-8") == text, "run `python tools/schemas.py`"
    assert {path.name for path in CONFIG.parents[2].joinpath("docs/schemas").iterdir()} == {
        path.name for path in pages() if path != CONFIG
    }


def test_it_is_a_schema_and_takes_every_default() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    defaults = {
        name: list(s.default) if isinstance(s.default, tuple) else s.default
        for name, s in TABLE.items()
        if s.default is not None
    }
    jsonschema.validate(defaults, SCHEMA)


@pytest.mark.parametrize("name", OTHER)
def test_it_takes_what_the_program_takes(name: str) -> None:
    jsonschema.validate(tomllib.loads(f"{name} = {OTHER[name][0]}"), SCHEMA)


@pytest.mark.parametrize(
    "line",
    [
        "auto_sync_enabled = 1",
        "max_sync_frequency = -1",
        'max_sync_frequency = "5 moons"',
        "mass_delete_share = 101",
        'sync_triggers = "x"',
        "no_such_setting = 1",
        'heartbeat_url = "http://hc.example/"',
        'validate_select = ["sec"]',
        'notify = [""]',
        '[[rules]]\npattern = "x"\ncategory = "y"\npriority = "urgent"',
        '[[rules]]\npattern = "x"',
    ],
)
def test_it_refuses_what_the_program_refuses(line: str, tmp_path: Path) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(line), SCHEMA)
    tmp_path.joinpath("config.toml").write_text(line)
    with pytest.raises(ConfigError):
        load({"HOME": "/home/ana", "AUTOSYNC_CONFIG": str(tmp_path / "config.toml")})


def test_a_new_file_names_it_in_its_first_line(tmp_path: Path) -> None:
    made = tmp_path / "config.toml"
    set_values(str(made), {"max_age": 100}, {"HOME": "/home/ana"})
    first = made.read_text().splitlines()[0]
    assert first.startswith("#:schema file:///")
    assert Path(unquote(first.removeprefix("#:schema file://"))) == Path(config_file.SCHEMA) == CONFIG
