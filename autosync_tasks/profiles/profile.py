"""What a profile says of one agent (pure). docs/agents.md explains each word for those who write one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from autosync_tasks.model import Rule
from autosync_tasks.records import dataclass, field

CHECKS = ("json", "toml", "front-matter", "hooks", "policy-rules", "opencode")
"""Validations that a profile can name; the room `validation` has the code of each."""
READERS = ("comments", "bom", "empty")
KINDS = ("string", "boolean", "integer", "number", "array", "object", "null")
TRIGGERS = ("opencode-plugin", "claude-hooks", "codex-hooks", "gemini-hooks")
"""Triggers that a profile can name; the room `triggers` has the code of each."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Where the agent's config tree is.

    variables: those that name it, the first that is set wins; `NAME/below` is a folder in what the variable names.
    folders: where it lies without one, from `~/` or from `$XDG_CONFIG_HOME/` on. proofs: names in it that show that
    the agent uses it, or a person. program: what an installer puts there, and is no tree by itself ("": nothing).
    """

    variables: tuple[str, ...]
    folders: tuple[str, ...]
    proofs: tuple[str, ...]
    program: str = ""


@dataclass(frozen=True, slots=True)
class Validation:
    """One validation that applies. check: of `CHECKS`. files: patterns of what it judges. required: keys that must be
    there. known: keys that may be (empty: any; `name[]`: a list); of hooks: how commands write the tree. stops: the
    agent is of no use with such a file broken. takes: what its reader knows beyond JSON, of `READERS`. schema: a JSON
    Schema of json and toml; where a value does not fit it, the reader takes nothing of the file ({}: not known)."""

    check: str
    files: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    stops: bool = False
    takes: tuple[str, ...] = ()
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trigger:
    """The trigger that can be installed in the agent itself. kind: of `TRIGGERS`. file: in the tree. events: those of
    the agent at which a sync starts."""

    kind: str
    file: str = ""
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A part of a JSON file, kept as a file of its own. file: full path, from `~/` on or in the tree. variable: where
    it is set, the file lies in the tree instead. keys: those that a person wrote. kept_as: its path in the backup."""

    file: str
    keys: tuple[str, ...]
    kept_as: str
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Stub:
    """Files that the agent writes at its first start; a restore may put a person's in their place unasked.

    Only while they hold nothing else than these lines, or in JSON these keys (`above/below`); neither: always.
    """

    files: tuple[str, ...]
    lines: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """One agent. name: of the file, and of the backup's branch unless a setting says another. title: for people.

    rules: all of them, in the order in which they are asked; the last one matches every path. starts: patterns of what
    starts a sync. reasons: pattern of a rule to why it is so. logins: name of a file that is never copied to how a
    person logs in again. origin: the file, as it is told.
    """

    name: str
    title: str
    tree: Tree
    rules: tuple[Rule, ...]
    starts: tuple[str, ...]
    reasons: Mapping[str, str] = field(default_factory=dict)
    validations: tuple[Validation, ...] = ()
    trigger: Trigger | None = None
    derived: tuple[Derived, ...] = ()
    stubs: tuple[Stub, ...] = ()
    logins: Mapping[str, str] = field(default_factory=dict)
    origin: str = "built in"
