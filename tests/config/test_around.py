"""What lies around the tree: files and skills that OpenCode reads elsewhere, and files that belong to others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.config.around import attached, name_of, outside, ownership
from autosync_tasks.config.file import set_values
from autosync_tasks.config.settings import Settings
from autosync_tasks.errors import AutosyncError
from autosync_tasks.state.state import State


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "tree/skills").mkdir(parents=True)
    return tmp_path


def told(home: Path, *followed: Path, left: str = "", config: Path | str = "", **environ: object) -> list[str]:
    names = {name: str(value) for name, value in environ.items()}
    settings = Settings(
        follow_links_into=tuple(map(str, followed)), follow_config=str(config), leave_outside=(left,) if left else ()
    )
    return [one.what for one in outside(names, str(home), str(home / "tree"), settings)]


def kept(home: Path, *followed: Path, config: Path | str = "") -> dict[str, str]:
    settings = Settings(follow_links_into=tuple(map(str, followed)), follow_config=str(config))
    found = attached(str(home), str(home / "tree"), settings)
    return {name: os.path.relpath(os.path.join(*where), home).rstrip("/") for name, where in found.items()}


def skill(home: Path, name: str) -> Path:
    folder = home / ".agents/skills" / name
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text("x")
    return folder


def test_a_file_elsewhere_is_named_and_one_in_the_tree_is_not(home: Path) -> None:
    (home / "work.json").write_text("{}")
    (home / "tree/opencode.json").write_text("{}")
    (what,) = told(home, OPENCODE_CONFIG=home / "work.json")
    assert what.startswith(f"OPENCODE_CONFIG names {home}/work.json")
    (what,) = told(home, OPENCODE_CONFIG="~/work.json")
    assert "work.json" in what
    assert told(home, OPENCODE_CONFIG=home / "tree/opencode.json", OPENCODE_CONFIG_DIR=home / "tree") == []
    assert told(home, OPENCODE_CONFIG=home / "gone.json", OPENCODE_CONFIG_DIR="") == []


def test_a_file_elsewhere_that_is_followed_or_refused_is_not_named(home: Path) -> None:
    (home / "work.jsonc").write_text("{}")
    (home / "link.json").symlink_to("work.jsonc")
    assert told(home, OPENCODE_CONFIG=home / "link.json", config=home / "work.jsonc") == []
    assert told(home, OPENCODE_CONFIG=home / "link.json", left=str(home / "work.jsonc")) == []
    assert len(told(home, OPENCODE_CONFIG=home / "link.json", config=home / "other.json")) == 1
    assert kept(home, config=home / "work.jsonc") == {"opencode.jsonc": "work.jsonc"}
    assert kept(home, config=home / "gone.json") == {"opencode.json": "gone.json"}
    assert kept(home, config=home / "tree/opencode.json") == {}


def test_shared_skills_are_safe_once_their_folder_is_followed(home: Path) -> None:
    shared = home / ".agents/skills"
    one, two = skill(home, "one"), skill(home, "two")
    (shared / "no skill").mkdir()
    (accept,) = told(home)
    assert accept.startswith("2 skills in ~/.agents/skills")
    assert told(home, left=str(shared)) == []
    assert kept(home) == {}
    for followed in (shared, home / ".agents", home):
        assert told(home, followed) == []
        assert kept(home, followed) == {f"skills/{name}": f".agents/skills/{name}" for name in ("one", "two")}
    (home / "tree/skills/one").symlink_to(one)
    assert kept(home, shared).keys() == {"skills/two"}
    (home / "tree/skills/two").symlink_to(two)
    assert kept(home, shared) == {}
    assert len(told(home)) == 1


def test_a_shared_skill_that_is_a_link_itself_is_told(home: Path) -> None:
    (skill(home, "one").parent / "two").symlink_to("../../elsewhere")
    (home / "elsewhere").mkdir()
    (home / "elsewhere/SKILL.md").write_text("x")
    (what,) = told(home, home / ".agents/skills")
    assert "1 skill in ~/.agents/skills that lead elsewhere, such as two" in what
    assert kept(home, home / ".agents/skills").keys() == {"skills/one"}


def test_a_shared_folder_that_is_away_stands_for_all_in_it(home: Path) -> None:
    assert kept(home, home / ".agents/skills") == {"skills": ".agents/skills"}
    assert kept(home, home / ".agents") == {"skills": ".agents/skills"}
    assert kept(home, home) == {}


def test_the_whole_folder_linked_counts_for_all(home: Path) -> None:
    skill(home, "one")
    (home / "tree/skills").rmdir()
    (home / "tree/skills").symlink_to(home / ".agents/skills")
    assert told(home, home / ".agents/skills") == []


def test_the_remedy_keeps_the_folders_that_are_followed(home: Path) -> None:
    skill(home, "one")
    settings = Settings(follow_links_into=("/srv/dotfiles",))
    remedies = [one.remedy for one in outside({}, str(home), str(home / "tree"), settings)]
    assert 'FOLLOW_LINKS_INTO=\'["/srv/dotfiles", "~/.agents/skills"]\'' in remedies[0]


def test_what_is_ones_own_is_no_concern(home: Path) -> None:
    if os.geteuid() == 0:
        assert ownership("/root", [str(home)]) == ()
    else:
        assert ownership(str(home), [str(home), str(home / "missing")]) == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_in_the_home_of_another_is_told(home: Path) -> None:
    os.chown(home, 4242, 4242)
    (concern,) = ownership(str(home), [str(home / "tree")])
    assert "root runs this in the home of 4242" in concern.what
    assert "as 4242, without sudo" in concern.remedy


def test_what_another_left_is_told_to_its_user(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "backup/.git").mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    first, second = ownership(str(home), [str(home / "tree"), str(home / "backup"), str(home / "missing")])
    assert first.what == f"{home}/tree belongs to {name_of(os.getuid())}, not to 4242"
    assert second.remedy == f"sudo chown -R 4242: {home}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_writes_no_state_and_no_settings_into_the_home_of_another(home: Path) -> None:
    os.chown(home, 4242, 4242)
    with pytest.raises(AutosyncError, match="user 4242") as caught:
        State(f"{home}/.local/state/autosync-tasks", "/s", "/b").prepare()
    assert "without sudo" in caught.value.hint
    with pytest.raises(AutosyncError, match="user 4242"):
        set_values(f"{home}/.config/autosync-tasks/config.toml", {"max_age": 100}, {})
    assert sorted(os.listdir(home)) == ["tree"]
    os.chown(home, 0, 0)
    State(f"{home}/.local/state/autosync-tasks", "/s", "/b").prepare()
