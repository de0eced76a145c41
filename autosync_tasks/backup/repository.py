"""The backup repository: opening or making it, reading its branch and its tree."""

from __future__ import annotations

import os
import re
import stat
import time

from autosync_tasks.backup.gateway import GIT_ANEW, NOT_GIT, Gateway
from autosync_tasks.backup.listing import Listing, parse_listing
from autosync_tasks.backup.manifest import PATH, ManifestError, Recorded, belongs, parse
from autosync_tasks.backup.trust import check_format, check_inside
from autosync_tasks.errors import BackupError, GitMissingError
from autosync_tasks.files import bytes_in, names_in
from autosync_tasks.names import display, is_branch
from autosync_tasks.records import dataclass

OLDEST_GIT = (2, 38)
_ID = re.compile(r"[0-9a-f]{40}\Z")
_MOST_COMMITS, _PATIENCE = 1000, 120.0
"""How far back, and how many seconds, the last own commit is looked for when the newest manifest does not fit."""
_MOST_BYTES = 200_000_000
"""Of a tree's listing, or of a blob that is read whole: over a million paths. A forged tree may unfold without end."""

_UNFINISHED = ".autosync-init-"
"""A new repository has a name of this kind until it is whole."""

_ATTRIBUTES = b"* !text !eol !crlf !ident !filter !working-tree-encoding !diff !merge !export-subst -text\n"
"""Neutralises attributes that came with the source's own files (info/attributes beats them all)."""


@dataclass(frozen=True, slots=True)
class Head:
    """A commit of the branch (id "" if there is none yet), its tree, and who owns what in it."""

    commit: str
    tree: Listing
    recorded: Recorded | None
    manifest: bytes = b""
    """The manifest's text as the commit holds it (b"" if none)."""
    note: str = ""


class Repository:
    """One backup repository on disk and its branch."""

    def __init__(self, folder: str, branch: str) -> None:
        """folder: the work tree, or the bare repository. Nothing is read yet. Raises BackupError for a bad name."""
        if not is_branch(branch):
            raise BackupError(f"backup_branch = {display(branch)!r} is no name for a branch", hint="use one like main")
        self.folder = os.path.realpath(folder)
        self.branch = branch
        inner = os.path.join(self.folder, ".git")
        self.bare = not os.path.lexists(inner) and _looks_like_git(self.folder)
        self.git_dir = self.folder if self.bare else inner
        self.gateway = Gateway(self.git_dir, None if self.bare else self.folder)
        self._checked = False

    @property
    def exists(self) -> bool:
        """Whether there is a repository. Raises BackupError if something else is in its place, or inside it."""
        there = self._exists()
        if there and not self._checked:
            check_inside(self.git_dir)
            check_format(self.git_dir)
            self._checked = True
        return there

    def _exists(self) -> bool:
        if self.bare:
            return True
        try:
            inner = os.lstat(self.git_dir)
        except FileNotFoundError:
            inner = None
        except OSError as error:
            raise BackupError(
                f"the backup {display(self.folder)} cannot be used: {error.strerror}",
                hint="set opencode_backup to a folder of your own",
            ) from None
        if inner is not None:
            if stat.S_ISDIR(inner.st_mode) and _looks_like_git(self.git_dir):
                return True
            raise BackupError(
                f"{display(self.git_dir)} is not a repository's own folder",
                hint="a linked worktree or a damaged repository cannot be a backup; "
                "set opencode_backup to another folder",
            )
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise BackupError(
                f"the backup {display(self.folder)} cannot be read: {error.strerror}",
                hint="set opencode_backup to a folder of your own",
            ) from None
        if any(not name.startswith(_UNFINISHED) for name in names):
            raise BackupError(
                f"the backup folder {display(self.folder)} has files in it but is not a git repository",
                hint="set opencode_backup to an empty or new folder, or run `git init` there yourself",
            )
        return False

    def create(self) -> None:
        """Makes the repository, private to this user, with the branch as its HEAD. Raises BackupError."""
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        except OSError as error:
            raise BackupError(
                f"the backup folder {display(self.folder)} cannot be made: {error.strerror}",
                hint="set opencode_backup to a folder that you may write to",
            ) from None
        check_git_version(self.gateway)
        # Git makes it piece by piece: a kill halfway must not leave what looks like somebody's damaged repository.
        for name in os.listdir(self.folder):
            if name.startswith(_UNFINISHED):
                import shutil

                shutil.rmtree(os.path.join(self.folder, name))
        import tempfile

        aside = tempfile.mkdtemp(prefix=_UNFINISHED, dir=self.folder)
        made = os.path.join(aside, ".git")
        Gateway(made, aside).run("init", "--quiet", "--template=", f"--initial-branch={self.branch}")
        for name in os.listdir(made):
            if os.path.islink(os.path.join(made, name)):
                os.unlink(os.path.join(made, name))  # git tries whether links can be made, and only warns if it stays
        os.rename(made, self.git_dir)
        os.rmdir(aside)

    def ref(self, name: str = "") -> str:
        """The commit that the branch (or another ref) names ("" if it has none), read without a child process.

        Raises BackupError for a ref that is damaged or names another ref.
        """
        name = name or f"refs/heads/{self.branch}"
        try:
            with open(os.path.join(self.git_dir, name), "rb") as file:
                text = file.read(200).decode("ascii", "replace").strip()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return self._packed(name)
        except OSError as error:
            hint = f"check the permissions of {display(self.git_dir)}" if isinstance(error, PermissionError) else ""
            raise BackupError(f"the branch {self.branch} cannot be read: {error.strerror}", hint=hint) from None
        if not _ID.match(text):
            raise BackupError(
                f"the branch {self.branch} of {display(self.folder)} is damaged (its ref holds no commit id)",
                hint="`inv recover --check` says what mends it",
            )
        return text

    def _packed(self, name: str) -> str:
        if os.path.isdir(os.path.join(self.git_dir, "reftable")):
            raise BackupError(
                f"the backup {display(self.folder)} keeps its refs in git's reftable format",
                hint="use a repository with the usual files format (`git init --ref-format=files`)",
            )
        wanted = b" " + name.encode()
        try:
            with open(os.path.join(self.git_dir, "packed-refs"), "rb") as file:
                for line in file:
                    text = line.rstrip(b"\n")
                    if text.endswith(wanted) and len(text) == 40 + len(wanted):
                        return text[:40].decode("ascii")
        except FileNotFoundError:
            pass
        return ""

    def refs_below(self, prefix: str) -> list[str]:
        """The last parts of the refs right below a prefix such as `refs/heads/mine`, read without a child process."""
        names = set(names_in(os.path.join(self.git_dir, prefix)))
        wanted = f" {prefix}/".encode()
        for line in bytes_in(os.path.join(self.git_dir, "packed-refs")).splitlines():
            names.add(line.partition(wanted)[2].decode("ascii", "replace"))
        return sorted(name for name in names if name and not name.endswith(".lock"))

    def has_objects(self) -> bool:
        """Whether the store holds anything at all."""
        try:
            folders = os.listdir(os.path.join(self.git_dir, "objects"))
            packs = os.listdir(os.path.join(self.git_dir, "objects", "pack"))
        except OSError:
            return False
        return bool(packs) or any(len(name) == 2 for name in folders)

    def has(self, commit: str) -> bool:
        """Whether the commit is in the store."""
        return self.gateway.attempt("cat-file", "-e", f"{commit}^{{commit}}")[0] == 0

    def contains(self, commit: str, ancestor: str) -> bool:
        """Whether `ancestor` is the commit or one of its ancestors; False if either is not in the store."""
        return self.gateway.attempt("merge-base", "--is-ancestor", ancestor, commit)[0] == 0

    def standing_on_branch(self) -> bool:
        """Whether HEAD is the branch (only then is the work tree brought along)."""
        try:
            with open(os.path.join(self.git_dir, "HEAD"), "rb") as file:
                return file.read(4096).strip() == b"ref: refs/heads/" + self.branch.encode()
        except OSError:
            return False

    def listing(self, commit: str) -> dict[bytes, tuple[str, str]]:
        """A commit's tree: path to (git mode, content id)."""
        output = self.gateway.run("ls-tree", "-r", "-z", "--full-tree", commit, most=_MOST_BYTES)
        try:
            return parse_listing(output)
        except ValueError:
            raise BackupError(f"what git lists of {commit[:12]} is no tree", hint=GIT_ANEW) from None

    def blob(self, content: str) -> bytes:
        """The bytes of a blob."""
        return self.gateway.run("cat-file", "blob", content, most=_MOST_BYTES)

    def head(self, commit: str) -> Head:
        """The commit's tree and who owns what in it, without trusting the newest manifest blindly.

        A manifest that does not fit its tree (a person changed owned paths in the backup, or forged it) gives
        way to that of the last own commit whose does.
        """
        if not commit:
            return Head("", {}, None)
        try:
            tree = self.listing(commit)
        except GitMissingError:
            raise
        except BackupError as error:
            raise BackupError(
                f"the branch {self.branch} of {display(self.folder)} cannot be read at {commit[:12]}: {error.message}",
                hint="`inv recover --check` says what mends it",
            ) from None
        if PATH not in tree:
            recorded = self._last_own(commit)
            note = "the backup's manifest is gone; the last good one is used" if recorded else ""
            return Head(commit, tree, recorded, note=note)
        manifest, note = b"", ""
        try:
            manifest = self.blob(tree[PATH][1])
            recorded = parse(manifest)
            if belongs(recorded, tree):
                return Head(commit, tree, recorded, manifest)
        except ManifestError as error:
            note = f"the backup's manifest is damaged or forged ({error}); the last good one is used"
        except BackupError:
            note = "the backup's manifest cannot be read; the last good one is used; `inv recover --check` looks for it"
        return Head(commit, tree, self._last_own(commit), manifest, note)

    def _last_own(self, commit: str) -> Recorded | None:
        """The manifest of the newest commit that changed it and whose tree it describes.

        Every own commit changes the manifest (it holds a digest of the contents): others are passed over.
        """
        changing = self.gateway.run(
            "rev-list", f"--max-count={_MOST_COMMITS}", "--first-parent", commit, "--", PATH.decode()
        )
        until = time.monotonic() + _PATIENCE
        for older in changing.decode("ascii").split():
            if time.monotonic() > until:
                break  # forged commits may unfold without end
            try:
                tree = self.listing(older)
                recorded = parse(self.blob(tree[PATH][1])) if PATH in tree else None
            except (ManifestError, BackupError):
                continue  # damaged: an older one may be whole
            if recorded is None:
                continue
            if belongs(recorded, tree):
                return recorded
        return None

    def neutralise_attributes(self) -> None:
        """Makes sure that attributes inside the copied files change no byte of the work tree."""
        path = os.path.join(self.git_dir, "info", "attributes")
        try:
            with open(path, "rb") as file:
                present = file.read()
        except FileNotFoundError:
            present = b""
        if present.endswith(_ATTRIBUTES):
            return
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "ab") as file:
            file.write((b"\n" if present and not present.endswith(b"\n") else b"") + _ATTRIBUTES)


def check_git_version(gateway: Gateway) -> tuple[int, ...]:
    """The version of git. Raises BackupError if it is older than OLDEST_GIT."""
    words = gateway.run("version").decode("ascii", "replace")
    if not words.startswith("git version "):
        raise GitMissingError(NOT_GIT, hint=GIT_ANEW)
    version = tuple(int(part) for part in re.findall(r"\d+", words)[:3])
    if version[:2] < OLDEST_GIT:
        raise BackupError(f"this is {words.strip()}, too old for a backup", hint="install git 2.38 or newer")
    return version


def _looks_like_git(folder: str) -> bool:
    return all(os.path.exists(os.path.join(folder, part)) for part in ("HEAD", "objects", "refs"))
