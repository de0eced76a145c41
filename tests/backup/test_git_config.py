"""Whatever the backup's own git config names, no program of it runs and no file of it is written.

Every key that this machine's git knows (`git help --config`) is planted, but for those whose value can be no program and no
path: numbers, switches, colours, words of a fixed set. A key of a newer git is planted without anybody thinking of it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.place import Place

NO_PROGRAM = re.compile(
    r"(advice|color|column|fsck|receive\.fsck|fetch\.fsck|gui|gitweb|gitcvs|feature|pack|gc|repack|receive|status|rerere)\."
    r"(?!.*cmd$)"
    r"|(add|am|apply|branch|checkout|clean|commitGraph|fastimport|grep|index|lsrefs|mailinfo|maintenance|merge\.ff"
    r"|notes|pull|push|rebase|revert|showBranch|sparse|splitIndex|stash|tag|transfer|uploadarchive|versionsort|worktree"
    r"|log|i18n|help|protocol|credentialCache|credentialStore|fetch|clone|bundle|user|author|committer|tar|safe)\."
    r"|core\.(?!(alternateRefs|askPass|attributesFile|editor|excludesFile|fsmonitor$|gitProxy|hooksPath|pager|sshCommand"
    r"|worktree|notesRef))"
    r"|diff\.(?!(external|orderFile|tool|guitool|<driver>\.(command|textconv)))"
    r"|extensions\.|trace2\.(max|event(Brief|Nesting)|normalBrief|perfBrief|configParams|envVars|destinationDebug)"
    r"|http\.(delegation|emptyAuth|followRedirects|lowSpeed|maxRequests|minSessions|noEPSV|postBuffer|proxyAuthMethod"
    r"|sslVerify|sslTry|version|saveCookies|schannel|proxySSLCertPasswordProtected|sslCertPasswordProtected)"
    r"|remote\.(<name>\.(fetch|mirror|prune|pruneTags|push|skip.*|tagOpt|promisor|proxyAuthMethod|partialclonefilter)"
    r"|pushDefault)|remotes\.|submodule\.(?!<name>\.(update|url))|uploadpack\.(?!packObjectsHook)|uploadpackfilter"
    r"|blame\.(?!ignoreRevsFile)|commit\.(?!template)|completion|format\.(?!(signatureFile|outputDirectory))"
    r"|merge\.(?!(<driver>\.driver|tool|guitool))|init\.(?!templateDir)|interactive\.singleKey|mergetool\.(hide|keep|prompt"
    r"|write|meld|vimdiff)|difftool\.(prompt|trust)|imap\.(?!tunnel)|sendemail\.(?!(.*[cC]md|smtpServer))|ssh\.variant"
    r"|gpg\.(format|minTrustLevel)|pretty\.|credential\.(protect|sanitize|useHttp|username)|instaweb\.(local|port)"
    r"|guitool\.<name>\.(?!cmd)|fsmonitor\.allowRemote"
)
"""Keys whose values git reads as numbers, switches or fixed words (git-config(1)): a path there is a fatal error, no run.
(`fsck.skipList` names a list of object ids that git reads: it runs nothing.)"""

STANDS_FOR = {
    "<driver>": "canary", "<name>": "other", "<tool>": "canary", "<cmd>": "log", "<url>": "file:///", "<base>": "/canary/",
    "<condition>": "gitdir:/**", "<format>": "openpgp", "<id>": "canary", "<identity>": "canary", "<pattern>": "refs/*",
    "<command>": "rebase", "<group>": "canary", "<filter>": "canary", "<task>": "gc", "*": "canary",
}  # fmt: skip
MORE = (
    "filter.canary.process", "gpg.ssh.program", "gpg.x509.program", "pager.show", "pager.diff-tree", "core.alternateRefsCommand",
    "remote.origin.vcs", "remote.origin.uploadpack", "remote.origin.receivepack", "remote.origin.proxy", "hook.canary.command",
    "gc.recentObjectsHook",
)  # fmt: skip
"""Names beside those that stand for all, and keys of gits that may come."""

COMMANDS = (
    ("sync",), ("status",), ("detect",), ("diff",), ("history",), ("verify", "--deep"), ("restore", "--list"),
    ("restore", "--yes"), ("restore", "--undo"), ("sync", "--push"), ("recover", "--check"), ("recover",), ("sync", "--force"),
)  # fmt: skip


def keys() -> Iterator[str]:
    known = subprocess.run(["git", "help", "--config"], capture_output=True, text=True, check=True).stdout.split("\n")
    for key in known:
        if re.fullmatch(r"[a-z][\w-]*\.\S+", key, re.IGNORECASE) and not NO_PROGRAM.match(key):
            if key in ("include.path", "includeIf.<condition>.path", "remote.<name>.url", "remote.<name>.pushurl"):
                continue  # they lead to a config, or an address: see below
            yield re.sub(r"<[\w-]+>|\*", lambda match: STANDS_FOR.get(match[0], "canary"), key)
    yield from MORE


@pytest.fixture
def place(workshop: Path, scanner_cache: Path, one_scanner: None) -> Place:
    place = Place.make(workshop, scanner_cache)
    place.more["MAX_SYNC_FREQUENCY"] = "0"
    place.write("AGENTS.md", "# Rules\n")
    place.write("context/a.md", "one\n")
    place.write(".gitattributes", "* filter=canary diff=canary merge=canary text eol=crlf\n")
    assert place.inside("sync").code == 0
    place.bare_remote()
    return place


def sign(place: Place) -> None:
    """A commit on top of the branch claims a signature."""
    lines = place.git("cat-file", "commit", "main").decode().split("\n\n")[0].split("\n")
    newest = place.git("rev-parse", "main").decode().strip()
    head = [lines[0], f"parent {newest}", *(line for line in lines[1:] if not line.startswith("parent "))]
    mark = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQEzBAABCAAdFiEE\n -----END PGP SIGNATURE-----"
    text = "\n".join([*head, mark, "", "a person's own"]) + "\n"
    commit = place.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=text.encode()).decode().strip()
    place.git("update-ref", "refs/heads/main", commit)


@pytest.mark.sample
@pytest.mark.parametrize("where", ["config", "included"])
def test_nothing_that_it_names_runs(place: Place, where: str) -> None:
    sign(place)
    canaries, log = place.base / "canaries", place.base / "log"
    canaries.mkdir()
    planted = sorted(set(keys()))
    assert len(planted) > 60
    target = place.backup / ".git/config"
    if where == "included":
        subprocess.run(["git", "config", "-f", target, "includeIf.gitdir:/**.path", canaries / "more"], check=True)
        target = canaries / "more"
    for number, key in enumerate(planted):
        script = canaries / f"program-{number}"
        script.write_text(f'#!/bin/sh\necho "{key}" >> "{log}"\nexit 1\n')
        script.chmod(0o755)
        done = subprocess.run(["git", "config", "-f", target, "--add", key, script], capture_output=True, check=False)
        assert done.returncode == 0, (key, done.stderr)
    subprocess.run(["git", "config", "-f", target, "log.showSignature", "true"], check=True)
    before = {path.name: path.read_bytes() for path in canaries.iterdir()}
    for number, command in enumerate(COMMANDS):
        place.write("context/a.md", f"edit {number}\n")
        run = place.inside(*command)
        ran = log.read_text() if log.exists() else ""
        assert not ran, (command, ran)
        assert "Traceback" not in run.words, (command, run)
        assert run.code in (0, 5), (
            command,
            run.json.get("reason"),
            run.json.get("error"),
        )  # a git that could not read the config would have run nothing
    assert {path.name: path.read_bytes() for path in canaries.iterdir()} == before


def test_hooks_that_a_newer_git_takes_from_its_config_are_off(place: Place) -> None:
    """This machine's git may not know them; what is forced on it is seen all the same."""
    place.git("config", 'hook.my own "canary".command', "/nonexistent")
    place.git("config", 'hook.my own "canary".event', "reference-transaction")
    gateway = place.site.repository.gateway
    for name in ('my own "canary"', "reference-transaction", "pre-push"):
        assert gateway.run("config", "--get", f"hook.{name}.enabled") == b"false\n"


def test_the_test_sees_a_program_that_runs(place: Place) -> None:
    """Without what is forced, git runs the planted ones."""
    log = place.base / "log"
    script = place.base / "program"
    script.write_text(f'#!/bin/sh\necho ran >> "{log}"\nexit 1\n')
    script.chmod(0o755)
    sign(place)
    place.git("config", "gpg.program", str(script))
    subprocess.run(["git", "-C", place.backup, "log", "--show-signature"], capture_output=True, check=False)
    assert log.read_text() == "ran\n"
