"""Homes as the real agents make them: what a person wrote is backed up; secrets, conversations, caches and ids are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autosync_tasks.config.settings import Settings
from autosync_tasks.model import Kind
from autosync_tasks.policy.classify import Classifier
from autosync_tasks.profiles import Source
from tests.agents.bed import DONE, Bed

pytestmark = pytest.mark.sweep

FRONT = "---\nname: mine\ndescription: mine\n---\nMine.\n"
PERSONS = {
    "claude": {
        "CLAUDE.md": "Be kind.\n", "rules/style.md": "Short.\n", "agents/mine.md": FRONT, "skills/mine/SKILL.md": FRONT,
        "skills/mine/run.sh": "#!/bin/sh\n", "commands/go.md": "Go.\n", "hooks/mine.sh": "#!/bin/sh\n",
        "statusline.sh": "#!/bin/sh\n", "settings.json": '{\n  "model": "opus"\n}\n', "keybindings.json": "{}\n",
        "output-styles/mine.md": FRONT, "themes/mine.json": "{}\n", "README.md": "Mine.\n",
    },
    "codex": {
        "AGENTS.md": "Be kind.\n", "AGENTS.override.md": "Be kinder.\n", "skills/mine/SKILL.md": FRONT,
        "agents/mine.toml": 'name = "mine"\ndescription = "d"\ndeveloper_instructions = "i"\n', "prompts/go.md": "Go.\n",
        "config.toml": '# mine\nmodel_verbosity = "low"\n', "work.config.toml": 'model_verbosity = "low"\n',
        "rules/mine.rules": 'prefix_rule(pattern = ["git", "status"], decision = "allow")\n',
    },
    "gemini": {
        "GEMINI.md": "Be kind.\n", "agents/mine.md": FRONT, "commands/go.toml": 'prompt = "go"\n', "hooks/mine.sh": "#!/bin/sh\n",
        "skills/mine/SKILL.md": FRONT, "settings.json": '{\n  // mine\n  "ui": {}\n}\n', "policies/mine.toml": "",
    },
}  # fmt: skip
"""What a person writes. (An empty policy is one that asks nothing.)"""


@pytest.mark.parametrize("agent", PERSONS)
def test_what_the_agent_writes_stays_out_and_what_a_person_writes_goes_in(agent: str, tmp_path: Path) -> None:
    bed = Bed(agent, tmp_path)
    for name, text in PERSONS[agent].items():
        (bed.tree / name).parent.mkdir(parents=True, exist_ok=True)
        (bed.tree / name).write_text(text)
    for _ in range(1 if agent == "gemini" else 2):  # the slow one
        code, said, _ = bed.turn()
        assert (code, DONE in said) == (0, True), said
    profile = Source(agent).read()
    rule_for = Classifier(Settings(profile=Source(agent))).rule_for
    taken, left = set(), {}
    for folder, folders, files in os.walk(bed.tree):
        for name in (*folders, *files):
            path = os.path.relpath(os.path.join(folder, name), bed.tree)
            kind = Kind.FOLDER if name in folders else Kind.FILE
            rule = rule_for(os.fsencode(path), kind)
            if rule.priority in ("never", "low"):
                why = profile.reasons.get(rule.pattern, "")
                left[path + "/" * (kind is Kind.FOLDER)] = f"{rule.priority} by {rule.pattern}: {why or rule.category}"
            elif kind is Kind.FILE:
                taken.add(path)
    wrote = {*PERSONS[agent], *bed.made}
    assert taken == wrote, (taken - wrote, wrote - taken, left)
    report = tmp_path / "left.txt"
    shown = {path: why for path, why in left.items() if not any(above + "/" in left for above in above_of(path))}
    report.write_text("".join(f"{path}\t{why}\n" for path, why in sorted(shown.items())))
    assert shown, "the agent has written something of its own"


def above_of(path: str) -> list[str]:
    parts = path.rstrip("/").split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]
