"""`sync-config`: flags in place of task names, for workflows that know this program; each is a task in other words."""

from __future__ import annotations

import argparse
import difflib
from typing import NoReturn

from autosync_tasks import __version__
from autosync_tasks.errors import EXIT_CODES, UsageError
from autosync_tasks.report import lines, screen
from autosync_tasks.report.words import OF_SYNC_CONFIG


class _Parser(argparse.ArgumentParser):
    """Refuses what it does not know, and names the nearest flag it does."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint="`sync-config --help` names every flag")

    def _print_message(self, message: str, file: object = None) -> None:  # noqa: ARG002  argparse says where
        """As every other output: argparse itself says nothing of one that cannot be written."""
        screen.show(lines.plain(message.splitlines()))


def _parser() -> _Parser:
    parser = _Parser(
        prog="sync-config",
        description="Brings the backup of your OpenCode config tree up to date, or says how it stands. "
        "Without a flag: one sync by hand.",
        epilog=f"Exit codes: {'; '.join(f'{code} {what}' for code, what in EXIT_CODES.items())}.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"sync-config {__version__}")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--auto", action="store_true", help="sync as the agent's workflow does: limits apply")
    who.add_argument("--check-and-sync", action="store_true", help="sync as the schedule does: limits apply")
    parser.add_argument("--context-only", action="store_true", help="only context and documentation")
    parser.add_argument("--tools-only", action="store_true", help="only bin, tool, plugin, command")
    parser.add_argument("--include", action="append", default=[], metavar="PATTERN", help="only what it matches")
    parser.add_argument(
        "--force",
        action="store_true",
        help="override enabled, thresholds, limit and backoff, and write every owned path anew; never a guard",
    )
    parser.add_argument("--push", action="store_true", help="push after this sync")
    parser.add_argument("--verbose", action="store_true", help="every step")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    actions = parser.add_mutually_exclusive_group()
    for flags, what in _ACTIONS:
        actions.add_argument(*flags, action="store_true", help=what)
    parser.add_argument("--set-config", action="append", default=[], metavar="KEY=VALUE", help="change a setting")
    return parser


_ACTIONS = (
    (("--status", "--auto-status"), "how well the config tree is protected"),
    (("--stats",), "totals: runs, successes, failures, files, commits, last activity"),
    (("--auto-history",), "the runs that did something"),
    (("--validate",), "validate the backup: verify it, and the rules over its contents"),
    (("--check",), "what would fail when nobody watches (doctor)"),
    (("--auto-enable",), "let automatic triggers sync"),
    (("--auto-disable",), "keep automatic triggers from syncing"),
    (("--show-config",), "every setting and where it comes from"),
)
_TASKS = {"validate": ["verify", "verify", "--drill"]} | {
    flag[2:].replace("-", "_"): task.split() for task, flag in OF_SYNC_CONFIG.items() if not task.startswith("sync")
}
_NARROWING = ("auto", "check_and_sync", "context_only", "tools_only", "include", "force", "push", "dry_run", "verbose")


def translate(arguments: list[str]) -> list[str]:
    """The words for `autosync` that mean the same. Raises UsageError for what is unknown or does not go together."""
    parser = _parser()
    chosen, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise _unknown(parser, unknown[0])
    actions = [name for name in _TASKS if getattr(chosen, name)]
    syncing = [name for name in _NARROWING if getattr(chosen, name)]
    wanted = len(actions) + bool(chosen.set_config)
    if wanted > 1 or (wanted and syncing):
        flags = ["--" + name.replace("_", "-") for name in [*actions, *syncing]]
        flags += ["--set-config"] if chosen.set_config else []
        raise UsageError(f"{' and '.join(flags)} do not go together", hint="ask for one thing at a time")
    if chosen.set_config:
        return ["set-config", *(f"--setting={pair}" for pair in chosen.set_config)]
    return _TASKS[actions[0]] if actions else _sync(chosen)


def _sync(chosen: argparse.Namespace) -> list[str]:
    trigger = "workflow" if chosen.auto else "schedule" if chosen.check_and_sync else "manual"
    flags = ("context_only", "tools_only", "force", "push", "verbose")
    words = ["sync", f"--trigger={trigger}"]
    words += ["--" + name.replace("_", "-") for name in flags if getattr(chosen, name)]
    words += [f"--include={pattern}" for pattern in chosen.include]
    return words + (["--check"] if chosen.dry_run else [])


def _unknown(parser: argparse.ArgumentParser, word: str) -> UsageError:
    known = [flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")]
    near = difflib.get_close_matches(word.partition("=")[0], known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}? " if near else ""
    return UsageError(f"{word!r} is not known", hint=hint + "`sync-config --help` names every flag")
