"""Homes as the real agents make them: what a person wrote is backed up; secrets, conversations, caches and ids are not.

`homes/AGENT.txt` says of each path what becomes of it, and why. A person has read these lists; what an agent leaves beside
them, or what a rule now sees otherwise, is told here, and is to be read before it is put there.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.agents.bed import DONE, Bed
from tests.agents.homes import LISTS, Judge, approved, path_of, verdict_of
from tests.opencode.bed import Bed as OpenCode
from tests.opencode.bed import Run
from tests.opencode.client import VERSION, Home, program
from tests.opencode.model_server import ModelServer
from tests.support.home import Home as Machine

AUTOSYNC = Path(sys.executable).with_name("autosync")
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
    "agents": {
        "AGENTS.md": "Be kind.\n", "rules/style.md": "Short.\n", "agents/mine.md": FRONT, "commands/go.md": "Go.\n",
        "skills/own/SKILL.md": FRONT, "skills/own/run.py": "print()\n", ".skill-lock.json": '{"version": 3, "skills": {}}\n',
    },
    "opencode": {
        "AGENTS.md": "Be kind.\n", "agent/mine.md": "---\ndescription: mine\n---\nMine.\n", "command/go.md": "Go.\n",
        "skill/mine/SKILL.md": FRONT, "plugin/mine.js": "export const Mine = async () => ({})\n", "README.md": "Mine.\n",
    },
}  # fmt: skip
"""What a person writes. (An empty policy is one that asks nothing.)"""
LEFT = {
    ".venv/pyvenv.cfg": "",
    "node_modules/a/index.js": "",
    ".env": "KEY=some\n",
    ".git/HEAD": "ref: refs/heads/main\n",
}
"""What else lies in a shared skill that somebody works on."""
KEY = "made-up-key-" + "0123456789abcdef"
IDENT = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{64}\b|" + KEY.encode())
TRUSTS = {"GEMINI_CLI_TRUST_WORKSPACE": "true"}


def write(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)


def claude(bed: Bed) -> set[str]:
    """A server, a plugin of a market of one's own, and turns in both modes."""
    market = bed.root / "market"
    plugin = {"name": "plug", "version": "1.0.0", "description": "d"}
    entry = {"name": "plug", "source": "./plug", "description": "d"}
    names = {"name": "mine", "owner": {"name": "me"}, "plugins": [entry]}
    write(market, {".claude-plugin/marketplace.json": json.dumps(names), "plug/commands/p.md": "Go.\n"})
    write(market, {"plug/.claude-plugin/plugin.json": json.dumps(plugin)})
    bed.program("mcp", "add", "--scope", "user", "files", "--", "true")
    bed.program("plugin", "marketplace", "add", str(market))
    bed.program("plugin", "install", "plug@mine")
    turns(bed)
    return {".autosync-outside/claude-mcp.json"}


def codex(bed: Bed) -> set[str]:
    """A login, a server, and turns in both modes."""
    bed.program("login", "--with-api-key", given=KEY)
    bed.program("mcp", "add", "files", "--", "true")
    turns(bed)
    return set()


def gemini(bed: Bed) -> set[str]:
    """A server, an extension, and turns in both modes."""
    named = {"name": "ext", "version": "1.0.0"}
    write(bed.root / "ext", {"gemini-extension.json": json.dumps(named), "GEMINI.md": "Theirs.\n"})
    bed.program("mcp", "add", "-s", "user", "files", "true")
    bed.program("extensions", "install", str(bed.root / "ext"), "--consent", **TRUSTS)
    turns(bed)
    return {"extensions/extension-enablement.json"}


def agents(bed: Bed) -> set[str]:
    """A skill put there by the installer that people use, and one that somebody works on."""
    write(
        bed.root, {"theirs/skills/put/SKILL.md": FRONT.replace("mine", "put", 1), "theirs/skills/put/run.sh": "true\n"}
    )
    bed.program("add", str(bed.root / "theirs"), "-g", "-y", "-a", "codex", DISABLE_TELEMETRY="1")
    write(bed.tree / "skills/own", LEFT)
    write(bed.tree, {"cache/a": "", "logs/a": "", "memory.sqlite": ""})
    return {"skills/put/SKILL.md", "skills/put/run.sh"}


def turns(bed: Bed) -> None:
    for mode in ("run", "tui"):
        code, said, _ = bed.turn(mode=mode)
        assert code == 0, said
        assert DONE in said or mode == "tui", said


@pytest.mark.sweep
@pytest.mark.parametrize("more", [claude, codex, gemini, agents])
def test_what_the_agent_writes_stays_out_and_what_a_person_writes_goes_in(
    more: Callable[[Bed], set[str]], tmp_path: Path, scanner_cache: Path
) -> None:
    agent = more.__name__
    bed = Bed(agent, tmp_path)
    write(bed.tree, PERSONS[agent])
    also = more(bed)
    made = () if agent == "agents" else bed.made
    compare(agent, bed.tree, bed.environ, {*PERSONS[agent], *made, *also}, scanner_cache)


@pytest.mark.sweep
def test_the_same_of_opencode(tmp_path: Path, scanner_cache: Path) -> None:
    program()
    with ModelServer([]) as model:
        home = Home(tmp_path / "home", model.url)
        write(home.tree, PERSONS["opencode"])
        # what OpenCode fetches for its plugins, which it cannot without a registry
        words = ["npm", "install", "--prefix", str(home.tree), "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run([*words, f"@opencode-ai/plugin@{VERSION}"], check=True, capture_output=True, timeout=180)
        assert Run(OpenCode(home, tmp_path / "backup", model)).end()[0] == 0
    also = {
        "opencode.json",
        "package.json",
        "package-lock.json",
        ".gitignore",
        "context/old.md",
        "context/new.md",
        "bin/x",
    }
    compare("opencode", home.tree, home.environ, {*PERSONS["opencode"], *also}, scanner_cache)


def compare(agent: str, tree: Path, environ: dict[str, str], wrote: set[str], scanner_cache: Path) -> None:
    """The backup of that home holds what was written, and each path has become what the list says."""
    home = Path(environ["HOME"])
    Machine(home.parent).prepare_scanner(scanner_cache)
    words = [] if agent == "opencode" else [["profiles", f"--on={agent}"]]
    for one in (*words, ["sync", f"--profile={agent}"]):
        ended = subprocess.run([str(AUTOSYNC), *one], env=environ, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended
    data = home / ".local/share/autosync-tasks"
    backup, branch = (data / "backup", "main") if agent == "opencode" else (data / "profiles" / agent / "backup", agent)

    def git(*args: str) -> bytes:
        return subprocess.run(["git", "-C", str(backup), *args], env=environ, capture_output=True, check=True).stdout

    held = {name for name in git("ls-tree", "-rz", "--name-only", branch).decode().split("\0") if name}
    held = {name for name in held if not name.startswith(".autosync/")}
    assert held == wrote, (sorted(held - wrote), sorted(wrote - held))
    judge = Judge(agent)
    told = list(judge.lines(tree))
    lines = {judge.of(mask(path_of(line), home)) for line in told}
    lines |= {judge.of(name) for name in held if not (tree / name).exists()}
    taken = {path_of(line).rstrip("@") for line in lines if verdict_of(line) == "taken"}
    assert taken == held, "the rules say one thing, and the backup holds another"
    idents = {one for line in told if verdict_of(line) == "never" for one in secrets(tree, path_of(line))}
    assert idents or agent in ("agents", "opencode")
    stored = b"".join(git("cat-file", "blob", f"{branch}:{name}") for name in sorted(held))
    assert not [one for one in idents if one in stored]
    known, at_times = approved(agent)
    found = sorted(lines, key=path_of)
    (home.parent / "found.txt").write_text("".join(f"{line}\n" for line in found))
    missing = [line for line in known if line not in lines and line not in at_times]
    strange = [line for line in found if line not in known]
    assert not missing and not strange, "\n".join(
        [
            "read it, and bring the list up to date:",
            *difflib.unified_diff(known, found, str(LISTS / agent), lineterm=""),
        ]
    )


def secrets(tree: Path, name: str) -> set[bytes]:
    """The ids and keys in a file, or in a folder's files."""
    top = tree / name.rstrip("/@")
    files = [top] if top.is_file() else [Path(folder, one) for folder, _, found in os.walk(top) for one in found]
    return {ident for file in files if file.is_file() for ident in IDENT.findall(file.read_bytes())}


def mask(path: str, home: Path) -> str:
    """The path without what differs from run to run: ids, times, the home's own name."""
    path = path.replace(re.sub(r"[^A-Za-z0-9]", "-", str(home.parent)), "-HOME")
    return re.sub(r"\d{6,}", "N", re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", path))


@pytest.mark.parametrize("agent", PERSONS)
def test_the_rules_say_today_what_the_list_says(agent: str) -> None:
    judge = Judge(agent)
    known, _ = approved(agent)
    assert known and [judge.of(path_of(line)) for line in known] == known
