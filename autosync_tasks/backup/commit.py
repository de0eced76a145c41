"""One commit at the object level: one git process, three for much, however many files, and never a work tree.

Success is told only for what is durable and was read back, hence the order: objects → on disk → read back → branch
ref → read back. `git fast-import` first writes everything under a ref of this run alone and a checkpoint makes it a
whole pack; only when that is durable and holds exactly what was planned does the same process move the branch. It
moves it only forward, under git's own ref lock: a branch that someone else moved meanwhile is left as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from autosync_tasks.backup.conversation import Conversation
from autosync_tasks.backup.gateway import TooSlowError
from autosync_tasks.backup.listing import Delta, Listing, changed, parse_listing, tree_cache
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.objects import EMPTY_TREE, has_blobs, object_id
from autosync_tasks.backup.orphans import ends_well
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stream import ARGUMENTS, blob, put, without
from autosync_tasks.errors import BackupError, BranchMovedError
from autosync_tasks.files import names_in
from autosync_tasks.linux.disk import make_durable
from autosync_tasks.model import Path, Plan
from autosync_tasks.names import display, quote
from autosync_tasks.records import dataclass

INCOMING = "refs/autosync/incoming"
"""Refs below this hold a commit only until the branch has it; what a killed run left is removed here."""

_NONE = "0" * 40
_FEW = 500
"""Paths of a commit that git puts into its trees quickly, however wide a folder is."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who signs the commit and when (seconds since the epoch)."""

    name: str
    email: str
    when: float

    @property
    def line(self) -> bytes:
        return f"{self.name} <{self.email}> {int(self.when)} +0000".encode("utf-8", "replace")


Contents = Iterable[tuple[Path, bytes]]


def commit(
    repository: Repository,
    plan: Plan,
    contents: Contents,
    *,
    run_id: str,
    message: bytes,
    author: Author,
    check: Callable[[str, bytes], None],
    whole: Callable[[], Listing],
    tree: Callable[[], str] | None = None,
    store: Callable[[], AbstractContextManager[Sequence[str]]] | None = None,
) -> str:
    """Commits the plan and returns the new commit's id.

    contents yields the bytes of each of the plan's puts; they are written as they come. store: puts them into the
    store in another way, keeps them there while its block lasts, and gives their files. whole: all that the new commit
    is to hold, asked for only where much changes. tree: works out the id that the new commit's tree must have, where
    little changes; called while git makes it. Else, or if the commit is not the one that follows from it, check is
    called with the id of the manifest's blob and the whole tree of the new commit as git lists it, before the branch
    moves; it raises to stop. Raises BranchMovedError if the branch is not at the plan's base any more, BackupError also
    if the tree cannot be read: what it shares with its base is gone or damaged.
    """
    incoming = f"{INCOMING}/{run_id}"
    branch = f"refs/heads/{repository.branch}"
    before = _packs(repository) if tree else frozenset()
    with (
        store() if store else nullcontext(()) as stored,
        nullcontext("") if tree else _own_trees(repository, plan, whole) as root,
        repository.gateway.conversation(*ARGUMENTS, "--date-format=raw") as talk,
    ):
        last = len(named := _blobs(talk, () if store else contents)) + 1
        if store:
            named = {path: entry.id for path, entry in plan.puts.items()}
        elif named.keys() != plan.puts.keys():
            raise BackupError("not every planned file was streamed; nothing was committed")
        talk.say(*blob(plan.manifest, last))
        talk.say(_commit_header(incoming, plan.base, author, message, last + 1))
        if root:
            talk.say(b'M 040000 %s ""\n' % root.encode())
        else:
            talk.say(*map(without, sorted(plan.deletes)))
            talk.say(*(put(path, plan.puts[path].git_mode, at) for path, at in named.items()))
            talk.say(put(PATH, "100644", f":{last}"))
        talk.say(b"\n")
        talk.said()
        foreseen = object_id("commit", _commit_text(tree(), plan.base, author, message)) if tree else ""
        new = talk.ask(b"get-mark :%d\n" % (last + 1)).decode("ascii")
        manifest_id = talk.ask(b"get-mark :%d\n" % last).decode("ascii")
        if talk.ask(b"checkpoint\nprogress stored\n") != b"progress stored":
            raise BackupError("git fast-import did not confirm that it stored the commit")
        make_durable(repository.git_dir)
        if not (new == foreseen and _reads_back(repository, talk, new, plan, manifest_id, before)):
            check(manifest_id, _listed(repository, new))
        blobs = [manifest_id, *(entry.id for entry in plan.puts.values())] if root else []
        if (root and not has_blobs(repository, blobs)) or not all(map(ends_well, stored)):
            raise BackupError("git did not store every file of the plan; the branch was not moved")
        if repository.ref() != plan.base:
            raise BranchMovedError(f"the branch {repository.branch} was moved by someone else meanwhile")
        talk.say(f"reset {branch}\nfrom {new}\n\n".encode())
        for name in [incoming, *left_behind(repository, run_id)]:
            talk.say(f"reset {name}\nfrom {_NONE}\n\n".encode())
        talk.say(b"done\n")
        code, complaint = talk.finish()
    if repository.ref() != new:
        if repository.ref() != plan.base:
            raise BranchMovedError(f"the branch {repository.branch} was moved by someone else meanwhile")
        raise repository.gateway.failure("fast-import", code, complaint)
    make_durable(repository.git_dir)
    return new


def _commit_text(tree: str, base: str, author: Author, message: bytes) -> bytes:
    """The commit as an object: its id says of which tree it is, and the tree's id of which files."""
    lines = [b"tree " + tree.encode(), *([b"parent " + base.encode()] if base else [])]
    return b"\n".join([*lines, b"author " + author.line, b"committer " + author.line, b"", message])


_MOST_ASKED = 200
"""Paths that are looked up one by one; to list the whole tree is less work then."""


def _reads_back(
    repository: Repository, talk: Conversation, new: str, plan: Plan, manifest_id: str, before: frozenset[str]
) -> bool:
    """Whether the store gives what was committed: the new pack and its index whole, each changed path by its folders.

    before: what was in the store before. As strong as a listing of the whole tree: the commit's id is the one that
    was foreseen, so the tree is the planned one if each new part of it can be read; and those parts are read from the
    pack as it lies on the disk, commit and folders too. Whether folders of earlier commits are whole is what the look
    at the store tells (`health.py`), for them as for the files in them.
    """
    wanted = {path: f"{entry.git_mode} blob {entry.id}".encode() for path, entry in plan.puts.items()}
    wanted |= {path: b"missing " + quote(path) for path in plan.deletes} | {
        PATH: b"100644 blob " + manifest_id.encode()
    }
    if len(wanted) > _MOST_ASKED:
        return False
    made = _packs(repository) - before
    if not (made and all(map(ends_well, made))):
        return False
    answers = talk.ask_each([b"ls %s %s\n" % (new.encode(), quote(path)) for path in wanted])
    return [answer.partition(b"\t")[0] for answer in answers] == [*wanted.values()]


def _packs(repository: Repository) -> frozenset[str]:
    """The packs of the store and their indexes."""
    folder = os.path.join(repository.git_dir, "objects/pack")
    return frozenset(os.path.join(folder, name) for name in names_in(folder) if name.endswith((".pack", ".idx")))


def _blobs(talk: Conversation, contents: Contents) -> dict[Path, str]:
    """Streams the blobs, under marks from 1 on; returns what names each in the commit."""
    named: dict[Path, str] = {}
    for mark, (path, data) in enumerate(contents, 1):
        talk.say(*blob(data, mark))
        named[path] = f":{mark}"
    return named


def _own_trees(repository: Repository, plan: Plan, whole: Callable[[], Listing]) -> AbstractContextManager[str]:
    """Gives the id of the uppermost tree, if git would take too long to make the trees of this plan; else ""."""
    touched = plan.puts.keys() | plan.deletes
    if len(touched) >= _FEW:
        from autosync_tasks.backup.trees import too_wide, written

        if too_wide(touched, tree := whole()):
            return written(repository, tree)
    return nullcontext("")


def _commit_header(ref: str, base: str, author: Author, message: bytes, mark: int) -> bytes:
    lines = [b"commit " + ref.encode(), b"mark :%d" % mark]
    lines += [b"author " + author.line, b"committer " + author.line, b"data %d" % len(message), message]
    if base:
        lines.append(b"from " + base.encode())
    return b"\n".join(lines) + b"\n"


def left_behind(repository: Repository, run_id: str = "") -> list[str]:
    """Refs of commits in the making that killed runs left, without those of this run."""
    names = repository.refs_below(INCOMING)
    return [f"{INCOMING}/{name}" for name in names if name != run_id and name.isalnum()]


def drop(repository: Repository, refs: Iterable[str]) -> None:
    """Removes refs of commits in the making; the commits stay until git tidies its store."""
    repository.gateway.run("update-ref", "--stdin", stdin="".join(f"delete {name}\n" for name in refs).encode())


def _listed(repository: Repository, new: str) -> bytes:
    """The whole tree of a commit that was just made, as git lists it."""
    try:
        return repository.gateway.run("ls-tree", "-r", "-z", "--full-tree", new)
    except TooSlowError:
        raise
    except BackupError as error:
        raise BackupError(
            f"nothing was committed: folders that did not change cannot be read any more ({error.message})",
            hint="`inv recover --check` says what mends the backup",
        ) from None


def commit_holds(expected: Listing, held: bytes) -> tuple[str, ...]:
    """What is wrong with a new commit, a line each. expected: its whole tree. held: its tree as git lists it."""
    if held.removesuffix(b"\0") == tree_cache("", expected, b"").listing:
        return ()
    failures = []
    try:
        there = parse_listing(held)
    except ValueError:
        return ("what git lists of it is no tree",)
    for path, entry in sorted(changed(expected, there).items()):
        if path in expected:
            failures.append(f"{display(path)}: the commit does not hold what was planned")
        elif entry is not None:
            failures.append(f"{display(path)}: changed in the commit though it was not planned")
    return tuple(failures)


def delta(repository: Repository, base: str, new: str) -> Delta:
    """What differs between two commits, as git compares them. base: "" for nothing at all."""
    output = repository.gateway.run("diff-tree", "-r", "-z", "--no-renames", "--no-ext-diff", base or EMPTY_TREE, new)
    differing: dict[Path, tuple[str, str] | None] = {}
    fields = iter(output.split(b"\0"))
    for facts in fields:
        if not facts:
            break
        _, mode, _, content, letter = facts.decode("ascii").lstrip(":").split(" ")
        differing[next(fields)] = None if letter == "D" else (mode, content)
    return differing
