"""Replays the branch's own commits over what others added to the remote, at the level of objects.

One git process for any number of commits; author, time and message stay. The branch moves only when the result
is durable and holds exactly what was worked out beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence

from autosync_tasks.backup.commit import INCOMING, Author, delta
from autosync_tasks.backup.listing import Delta, Listing, applied
from autosync_tasks.backup.manifest import PATH
from autosync_tasks.backup.objects import AbsentError, Store
from autosync_tasks.backup.repository import Repository
from autosync_tasks.backup.stream import put, put_inline, stream, without
from autosync_tasks.errors import BackupError, BranchMovedError
from autosync_tasks.linux.disk import make_durable

_NONE = "0" * 40
_IDENTITY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "autosync"), ("EMAIL", "autosync@localhost"))
}


def replay(repository: Repository, base: str, local: str, onto: str, taken: Delta, run_id: str, when: float) -> str:
    """The commits of base..local made again on `onto`; returns the last one's id. The branch does not move yet.

    base: "" if the histories have nothing in common. taken: what `onto` changed against the base; these paths come
    from it. when: seconds since the epoch. If base..local holds merges, which cannot be replayed one by one, one
    merge commit is made instead.
    """
    span = (local, f"^{base}") if base else (local,)
    commits = _lines(repository, "rev-list", "--reverse", "--topo-order", "--parents", *span)
    if any(len(line.split(" ")) > 2 for line in commits):
        return _merged(repository, local, onto, taken, run_id, when)
    incoming = f"{INCOMING}/{run_id}"
    with Store(repository) as store, stream(repository, "--force", "--date-format=raw-permissive") as talk:
        parent = new = onto
        for number, line in enumerate(commits, start=1):
            commit, *parents = line.split(" ")
            talk.say(header(incoming, number, raw_commit(store, commit), (parent,)))
            talk.say(*_changes(repository, parents[0] if parents else "", commit, taken), b"\n")
            parent = f":{number}"  # its id would not do: it is not in the store before the end
        if commits:
            new = talk.ask(b"get-mark " + parent.encode() + b"\n").decode("ascii")
    return new


def _merged(repository: Repository, local: str, onto: str, taken: Delta, run_id: str, when: float) -> str:
    tree = applied(repository.listing(local), taken)
    message = b"sync: foreign changes of the remote taken in\n"
    return commit_tree(repository, tree, (local, onto), message, Author("autosync", "autosync@localhost", when), run_id)


def commit_tree(
    repository: Repository,
    tree: Listing,
    parents: tuple[str, ...],
    message: bytes,
    author: Author,
    run_id: str,
    manifest: bytes = b"",
) -> str:
    """A commit of exactly this tree with these parents; returns its id. No branch moves.

    manifest: the text of the manifest, if it is a new one (the tree's own is passed over then).
    """
    with stream(repository, "--force") as talk:
        talk.say(f"commit {INCOMING}/{run_id}\nmark :1\n".encode())
        talk.say(b"committer " + author.line + b"\n", b"data %d\n" % len(message), message, b"\n")
        talk.say(*(b"%s %s\n" % (b"merge" if n else b"from", parent.encode()) for n, parent in enumerate(parents)))
        talk.say(b"deleteall\n")
        for path, (mode, content) in tree.items():
            if manifest and path == PATH:
                continue
            talk.say(put(path, mode, content))
        if manifest:
            talk.say(*put_inline(PATH, manifest))
        talk.say(b"\n")
        return talk.ask(b"get-mark :1\n").decode("ascii")


def move(
    repository: Repository, old: str, new: str, expected: Listing, why: str, run_id: str = "", keep: str = ""
) -> None:
    """Moves the branch from `old` to `new` once that is durable and its tree is the expected one.

    run_id: of the run whose incoming ref is dropped with it. keep: a ref that keeps `old` from then on. Raises
    BackupError if the tree is another, BranchMovedError if someone else moved the branch; in both cases it stays.
    """
    make_durable(repository.git_dir)
    if repository.listing(new) != dict(expected):
        raise BackupError("the new history ends in another tree than expected; the branch was not moved")
    orders = f"update refs/heads/{repository.branch}\0{new}\0{old or _NONE}\0"
    if run_id:
        orders += f"delete {INCOMING}/{run_id}\0\0"
    if keep:
        orders += f"create {keep}\0{old}\0"
    code, _, complaint = repository.gateway.attempt(
        "update-ref", "-m", why, "-z", "--stdin", stdin=orders.encode(), environment=_IDENTITY
    )
    if code != 0:
        if repository.ref() != old:
            raise BranchMovedError(f"the branch {repository.branch} was moved by someone else meanwhile")
        raise repository.gateway.failure("update-ref", code, complaint)
    make_durable(repository.git_dir)


def _lines(repository: Repository, *arguments: str) -> list[str]:
    return repository.gateway.run(*arguments).decode("ascii").splitlines()


def raw_commit(store: Store, commit: str) -> bytes:
    """The commit object's bytes. Raises BackupError if it cannot be read."""
    try:
        return store.read(commit, "commit")
    except AbsentError:
        raise BackupError(f"the commit {commit} cannot be read from the backup's store") from None


def header(ref: str, mark: int, raw: bytes, parents: Sequence[str]) -> bytes:
    """For fast-import: the commit's own author, committer, encoding and message, on other parents (marks or ids).

    A signature cannot stay true and is left out.
    """
    head, _, message = raw.partition(b"\n\n")
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n") if b" " in line and not line.startswith(b" "))
    lines = [b"commit " + ref.encode(), b"mark :%d" % mark, b"author " + fields[b"author"]]
    lines.append(b"committer " + fields[b"committer"])
    if b"encoding" in fields:
        lines.append(b"encoding " + fields[b"encoding"])
    lines += [b"data %d" % len(message), message]
    lines += [b"%s %s" % (b"merge" if n else b"from", parent.encode()) for n, parent in enumerate(parents)]
    start = b"" if parents else b"reset " + ref.encode() + b"\n"  # else a root would go on from the ref's commit
    return start + b"\n".join(lines) + b"\n"


def _changes(repository: Repository, parent: str, commit: str, taken: Delta) -> list[bytes]:
    differing = delta(repository, parent, commit)
    own = {path: entry for path, entry in differing.items() if path not in taken}
    gone = [without(path) for path, entry in own.items() if entry is None]
    return gone + [put(path, *entry) for path, entry in own.items() if entry is not None]
