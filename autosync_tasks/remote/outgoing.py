"""What a push would send: every blob that commits not yet on the remote brought in, under every name."""

from __future__ import annotations

from collections.abc import Iterable

from autosync_tasks.backup.repository import Repository
from autosync_tasks.model import Path

NO_FILE = frozenset({"160000", "000000"})
"""Git's modes of what has no contents: a commit of another repository (a submodule), and nothing."""


def outgoing(repository: Repository, tip: str, there: Iterable[str]) -> dict[tuple[Path, str], str]:
    """(path, content id) to git mode of every blob that a commit of `tip`, less those reachable from `there`, added.

    Merges count against each parent, a root (or where a shallow history ends) as a whole: nothing that git would
    send is missed, whatever later commits did to it.
    """
    stops = [f"^{commit}" for commit in there if commit]
    commits = repository.gateway.run("rev-list", tip, *stops)
    options = ("-r", "-m", "-z", "--root", "--no-renames", "--no-ext-diff", "--no-commit-id", "--diff-filter=d")
    output = repository.gateway.run("diff-tree", "--stdin", *options, stdin=commits)
    blobs: dict[tuple[Path, str], str] = {}
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if not facts:
            continue
        _, mode, _, content, _ = facts.decode("ascii").lstrip(":").split(" ")
        path = next(fields)
        if mode not in NO_FILE:
            blobs[path, content] = mode
    return blobs


def common(repository: Repository, one: str, other: str) -> str:
    """The merge base of two commits; "" if they have nothing in common."""
    code, output, complaint = repository.gateway.attempt("merge-base", one, other)
    if code not in (0, 1):
        raise repository.gateway.failure("merge-base", code, complaint)
    return output.decode("ascii").split("\n")[0] if code == 0 else ""


def held(repository: Repository, commits: Iterable[str]) -> tuple[str, ...]:
    """Those of the commits that are in the store."""
    stdin = "".join(f"{commit}\n" for commit in commits).encode("ascii")
    lines = repository.gateway.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=stdin).splitlines()
    return tuple(line[:-7].decode("ascii") for line in lines if line.endswith(b" commit"))


def behind(repository: Repository, tip: str, there: Iterable[str]) -> int:
    """How many of the commits of `tip` can be reached from `there` as well."""
    counts = (
        repository.gateway.run("rev-list", "--count", tip, *stops) for stops in ((), [f"^{one}" for one in there])
    )
    whole, rest = map(int, counts)
    return whole - rest
