"""Nothing of one agent stands in code that all share: what is known of OpenCode is in its profile and its own files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "autosync_tasks"

OWN = """
    cli/demo.py cli/sync_config.py config/around.py doctor/opencode.py triggers/hook.py triggers/loading.py triggers/opencode.py
    validation/front_matter.py validation/json_files.py validation/schema.py
"""
"""OpenCode's trigger, validations, what it reads around its tree, and the demo, which shows a tree of it."""
NAMED = """
    profiles/__init__.py profiles/profile.py workspace/validation_context.py workspace/workspace.py
    config/settings.py config/user_rules.py policy/rules.py validation/secrets.py cli/triggers.py
    triggers/installed.py triggers/systemd.py triggers/traces.py
"""
"""The usual profile's name, kinds, settings that are its own, and names that are protected whoever's tree it is."""

SETTINGS = re.compile(r"opencode_(source|backup)?", re.IGNORECASE)
"""The usual profile's places, as they are called at the top of the config file and in every hint."""


def names_it(path: Path) -> bool:
    if "opencode" not in SETTINGS.sub("", whole := path.read_text("utf-8")).lower():
        return False
    tree = ast.parse(whole)
    said = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said
    )
    return any("opencode" in SETTINGS.sub("", text).lower() for text in texts)


def test_code_that_all_agents_share_names_none_of_them() -> None:
    found = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if names_it(path)}
    assert found - {*OWN.split(), *NAMED.split()} == set()
