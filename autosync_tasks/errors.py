"""Errors for people: what is wrong, where, and what to do next; each knows its exit code."""

from __future__ import annotations

from collections.abc import Sequence

EXIT_CODES = {
    0: "done, nothing to do, or held back by policy",
    1: "failed or incomplete; `status`: not protected",
    2: "wrong usage",
    3: "blocked by validation or a guard",
    4: "a conflict with the remote needs a person",
    5: "--check: changes are pending",
    75: "another run holds the lock",
    130: "ended by Ctrl-C",
}
"""What a program ends with, as `--help` says it; docs/exit-codes.md says more."""


NO_MEMORY = "there is not enough memory"
"""Python's own fault of that has no words."""


class AutosyncError(Exception):
    """A foreseeable fault.

    message: one sentence that names what is wrong and where. hint: what to do next.
    details: further lines, for faults that are listed all at once. exit_code: one of docs/exit-codes.md.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = tuple(details)


class UsageError(AutosyncError):
    """A wrong flag, argument or setting."""

    exit_code = 2


class ConfigError(UsageError):
    """One or more settings are wrong; `details` has a line for each."""


class SourceError(AutosyncError):
    """The source cannot be read as a whole: missing, or not a folder."""


class BackupError(AutosyncError):
    """The backup repository cannot be used, or git failed on it."""


class GitMissingError(BackupError):
    """There is no git to ask: that says nothing of the backup."""


class BranchMovedError(BackupError):
    """Someone else moved the branch while the commit was made; nothing of theirs was touched."""


class GuardError(AutosyncError):
    """A guard of safety holds: nothing was written. Blocked, exit code 3."""

    exit_code = 3


class ConflictError(AutosyncError):
    """The backup and its remote went different ways; a person must choose. Exit code 4."""

    exit_code = 4


class DeadlineError(AutosyncError):
    """An unattended run took longer than it may. It counts as a failure and is made again later."""


class OutputError(AutosyncError):
    """What there is to tell could not be written to standard output; the work itself is done."""


class LockedError(AutosyncError):
    """Another run holds the lock. Exit code 75 (EX_TEMPFAIL)."""

    exit_code = 75
