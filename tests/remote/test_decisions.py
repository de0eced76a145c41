"""The decisions about a remote, without any: tables and properties of pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autosync_tasks.backup.listing import applied, changed
from autosync_tasks.remote.address import AddressError, parse, part_of_ref, redact
from autosync_tasks.remote.faults import Cause, another_hash, fault, rejection, too_much, too_slow
from autosync_tasks.remote.known import PushRecord
from autosync_tasks.remote.relation import (
    Action,
    Heads,
    Trees,
    by_heads,
    by_trees,
    named,
    parked_branch,
    suggested,
)

A, B, C, D = ("100644", "a" * 40), ("100644", "b" * 40), ("100755", "c" * 40), ("120000", "d" * 40)
OWNED = frozenset({b"agent/x.md", b"opencode.json"})


@pytest.mark.parametrize(
    ("heads", "action"),
    [
        (Heads("l", ""), Action.PUSH),
        (Heads("l", "", known="k"), Action.PUSH),
        (Heads("l", "l", "l"), Action.NOTHING),
        (Heads("l", "l", "l", "k", known_kept=False), Action.NOTHING),
        (Heads("l", "r", "r"), Action.PUSH),
        (Heads("l", "r", "r", "k", known_kept=False), Action.PARK),
        (Heads("l", "r", "b", "k", known_kept=False), Action.PARK),
        (Heads("l", "r", "b"), None),
        (Heads("l", "r", "l"), None),
        (Heads("l", "r", ""), None),
    ],
)
def test_what_the_heads_alone_say(heads: Heads, action: Action | None) -> None:
    relation = by_heads(heads)
    assert (relation.action if relation else None) == action


@pytest.mark.parametrize(
    ("heads", "reason"),
    [
        (Heads("l", ""), "the first push"),
        (Heads("l", "", known="k"), "the branch was missing there and is made again"),
        (Heads("l", "", known="k", known_kept=False), "the branch was missing there and is made again"),
        (Heads("l", "r", "r"), "the branch is ahead"),
        (Heads("l", "r", "r", "k", known_kept=False), "the remote's branch was rewritten"),
    ],
)
def test_what_is_said_of_the_heads(heads: Heads, reason: str) -> None:
    relation = by_heads(heads)
    assert relation is not None and relation.reason.startswith(reason)


def _judged(
    base: dict[bytes, tuple[str, str]],
    local: dict[bytes, tuple[str, str]],
    remote: dict[bytes, tuple[str, str]],
    *,
    heads: Heads | None = None,
    remote_id: str = "own-id-12",
) -> Action:
    trees = Trees(base, local, remote, OWNED, "own-id-12", remote_id)
    return by_trees(heads or Heads("l", "r", "b"), trees, "main", "desk").action


BASE = {b"agent/x.md": A, b"opencode.json": A, b"README.md": A}


@pytest.mark.parametrize(
    ("local", "remote", "action"),
    [
        ({}, {b"README.md": B}, Action.REBASE),
        ({}, {b"README.md": None}, Action.REBASE),
        ({}, {b"new.txt": D}, Action.REBASE),
        ({b"README.md": B}, {b"README.md": B}, Action.REBASE),
        ({b"README.md": B}, {b"README.md": C}, Action.PARK),
        ({b"README.md": None}, {b"README.md": C}, Action.PARK),
        ({}, {b"agent/x.md": B}, Action.PARK),
        ({}, {b"agent/x.md": None}, Action.PARK),
        ({}, {b"agent/x.md": ("100755", A[1])}, Action.PARK),
        ({b"agent/x.md": B}, {b"agent/x.md": B}, Action.PARK),
        ({}, {b".autosync/manifest": B}, Action.PARK),
        ({}, {b".autosync/other": B}, Action.PARK),
        ({}, {b"agent": B}, Action.PARK),
        ({}, {b"agent/x.md/deeper": B}, Action.PARK),
        ({b"docs/mine": B}, {b"docs": C}, Action.PARK),
        ({b"docs": C}, {b"docs/mine": B}, Action.PARK),
    ],
)
def test_what_a_remote_with_commits_of_its_own_means(
    local: dict[bytes, tuple[str, str] | None], remote: dict[bytes, tuple[str, str] | None], action: Action
) -> None:
    assert _judged(BASE, applied(BASE, local), applied(BASE, remote)) is action


def test_a_branch_that_has_nothing_new_is_moved_forward_only() -> None:
    assert _judged(BASE, BASE, {**BASE, b"n": B}, heads=Heads("l", "r", "l")) is Action.FAST_FORWARD


@pytest.mark.parametrize(
    ("remote", "remote_id", "action"),
    [
        ({b"README.md": B, b"LICENSE": A, b".gitignore": A, b".github/x.yml": A}, "", Action.REBASE),
        ({b"agent/x.md": B}, "", Action.STOP),
        ({b"src/main.c": B}, "", Action.STOP),
        ({b"README.md": B, b"x.bin": B}, "", Action.STOP),
        ({b"agent/x.md": B}, "own-id-12", Action.PARK),
        ({b"agent/x.md": B}, "another-1", Action.STOP),
    ],
)
def test_a_history_with_nothing_in_common(remote: dict[bytes, tuple[str, str]], remote_id: str, action: Action) -> None:
    found = _judged({}, {b"agent/x.md": A}, remote, heads=Heads("l", "r", ""), remote_id=remote_id)
    assert found is action


def test_a_record_that_a_sync_wrote_there_is_another_machine() -> None:
    remote = {**BASE, b".autosync/manifest": B, b"agent/new.md": A}
    relation = by_trees(
        Heads("l", "r", "b"), Trees(BASE, BASE, remote, OWNED, "own-id-12", "own-id-12"), "main", "desk"
    )
    assert relation.action is Action.PARK and "agent/new.md" in relation.reason
    assert ".autosync" not in relation.reason and "BACKUP_BRANCH=desk" in relation.next_step
    mixed = by_trees(Heads("l", "r", ""), Trees({}, {b"README.md": A}, {b"README.md": B}, OWNED, "i", ""), "main", "d")
    assert "has README.md as well" in mixed.reason


def test_another_source_is_never_taken_in_even_with_a_common_history() -> None:
    assert _judged(BASE, BASE, {**BASE, b"n": B}, remote_id="another-1") is Action.STOP


_path = st.lists(st.sampled_from([b"a", b"b", b"c"]), min_size=1, max_size=3).map(b"/".join)
_tree = st.dictionaries(_path, st.sampled_from([A, B, C, D]), max_size=6)


@given(_tree, _tree)
def test_a_difference_applied_gives_the_other_tree(
    one: dict[bytes, tuple[str, str]], two: dict[bytes, tuple[str, str]]
) -> None:
    assert applied(one, changed(one, two)) == two


def _is_tree(tree: dict[bytes, tuple[str, str]]) -> bool:
    return not any(other.startswith(path + b"/") for path in tree for other in tree)


@given(_tree.filter(_is_tree), _tree.filter(_is_tree), _tree.filter(_is_tree), st.sets(_path, max_size=4))
def test_what_is_taken_in_reverts_nothing_and_loses_nothing(
    base: dict[bytes, tuple[str, str]],
    local: dict[bytes, tuple[str, str]],
    remote: dict[bytes, tuple[str, str]],
    owned: set[bytes],
) -> None:
    """Every path ends as the side that changed it has it; owned ones as the branch has them; the result is a tree."""
    verdict = by_trees(
        Heads("l", "r", "b"), Trees(base, local, remote, frozenset(owned), "i" * 8, "i" * 8), "main", "desk"
    )
    if verdict.action is Action.PARK:
        return
    assert verdict.action is Action.REBASE and verdict.taken is not None
    after = applied(local, verdict.taken)
    assert _is_tree(after)
    for path in base.keys() | local.keys() | remote.keys():
        b, here, theirs, end = (tree.get(path) for tree in (base, local, remote, after))
        assert end == (here if path in owned or theirs == b else theirs)
        assert here == b or end == here


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("fatal: unable to access 'https://x/': Could not resolve host: x", Cause.AWAY),
        ("fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused", Cause.AWAY),
        ("fatal: the remote end hung up unexpectedly", Cause.AWAY),
        (f"fatal: remote error: upload-pack: not our ref {'a' * 40}", Cause.MOVED),
        (f"error: Server does not allow request for unadvertised object {'a' * 40}", Cause.MOVED),
        ("error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503", Cause.AWAY),
        ("ssh: connect to host x port 22: Connection timed out", Cause.AWAY),
        ("", Cause.AWAY),
        ("fatal: Authentication failed for 'https://x/'", Cause.ACCESS),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", Cause.ACCESS),
        ("git@x: Permission denied (publickey,password).", Cause.ACCESS),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 403", Cause.ACCESS),
        ("fatal: unable to access 'https://x/': SSL certificate problem: self-signed certificate", Cause.CERTIFICATE),
        ("error: object 0123456789012345678901234567890123456789: hasDotgit: contains '.git'", Cause.UNSOUND),
        ("error: RPC failed; curl 18 transfer closed\nfatal: early EOF\nfatal: fetch-pack: failed", Cause.AWAY),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", Cause.UNKNOWN_HOST_KEY),
        ("remote: Repository not found.\nfatal: repository 'https://x/' not found", Cause.MISSING),
        ("fatal: '/x' does not appear to be a git repository", Cause.MISSING),
        ("fatal: invalid gitfile format: /etc/passwd", Cause.MISSING),
        ("fatal: https://x/info/refs not valid: is this a git repository?", Cause.MISSING),
        ("fatal: unable to access 'https://x:99999/': URL using bad/illegal format or missing URL", Cause.MISSING),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 410", Cause.MISSING),
        ("fatal: protocol error: bad line length character: Welc", Cause.NO_GIT),
        ("bash: line 1: git-upload-pack: command not found", Cause.NO_GIT),
        ("fatal: unable to access 'http://x/': Received HTTP/0.9 when not allowed", Cause.NO_GIT),
        ("fatal: unable to access 'https://x/': Could not resolve proxy: y", Cause.LOCAL),
        ("fatal: detected dubious ownership in repository at '/mnt/a stick'", Cause.OWNER),
        ("fatal: transport 'ext' not allowed", Cause.REFUSED),
        ("fatal: bad config line 1 in file /home/x/.gitconfig", Cause.LOCAL),
    ],
)
def test_what_gits_words_mean(said: str, kind: Cause) -> None:
    found = fault(said)
    assert found.kind is kind
    assert found.passing == (kind is Cause.AWAY)
    assert found.said and found.next_step


@pytest.mark.parametrize(
    ("why", "complaint", "kind", "step"),
    [
        (
            "[remote rejected] (failed to update ref)",
            "error: cannot lock ref 'refs/heads/main': 'refs/heads/main/x' exists; cannot create 'refs/heads/main'",
            Cause.NAME,
            "BACKUP_BRANCH=",
        ),
        ("[remote rejected] (shallow update not allowed)", "", Cause.SHALLOW, "--unshallow"),
        (
            "[remote rejected] (pre-receive hook declined)",
            "remote: error: File notes/film.mp4 is 344.11 MB; this exceeds GitHub's file size limit of 100.00 MB\n"
            "remote: error: GH001: Large files detected.",
            Cause.TOO_LARGE,
            "recover --forget",
        ),
        (
            "[remote rejected] (unpacker error)",
            "error: unable to write file: No space left on device",
            Cause.FULL,
            "room",
        ),
        (
            "[remote rejected] (unpacker error)",
            "remote: error: insufficient permission for adding an object to repository database ./objects",
            Cause.NOT_WRITABLE,
            "permissions",
        ),
        ("[remote rejected] (unpacker error)", "", Cause.NOT_WRITABLE, "read-only"),
        ("[remote rejected] (pre-receive hook declined)", "remote: no pushes on Sunday", Cause.REFUSED, "rules"),
    ],
)
def test_a_refusal_says_what_really_helps(why: str, complaint: str, kind: Cause, step: str) -> None:
    found = rejection(f"To x\n!\tx:refs/heads/main\t{why}\nDone\n", complaint)
    assert found is not None and found.kind is kind and step in found.next_step and not found.passing


def test_another_hash_is_not_a_matter_of_waiting() -> None:
    found = fault("fatal: the receiving end does not support this repository's hash algorithm")
    assert found.kind is Cause.HASH and not found.passing


def test_what_helps_is_true_of_every_command_and_names_the_place() -> None:
    assert "next sync" not in "".join(fault(words).next_step for words in ("", "permission denied (publickey)"))
    assert "online" in fault("ssh: Could not resolve hostname x: Name or service not known").next_step
    owner = fault("fatal: detected dubious ownership in repository at '/mnt/a stick'\nTo add an exception ...")
    assert "git config --global --add safe.directory '/mnt/a stick'" in owner.next_step


def test_only_the_first_few_paths_are_named() -> None:
    assert named([b"a", b"b", b"c"]) == "a, b, c"
    assert named([b"a", b"b", b"c", b"d", b"e"]) == "a, b, c and 2 more"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("!\tx:refs/heads/main\t[rejected] (fetch first)", Cause.MOVED),
        ("!\tx:refs/heads/main\t[rejected] (non-fast-forward)", Cause.MOVED),
        ("!\tx:refs/heads/main\t[remote rejected] (failed to update ref)", Cause.MOVED),
        ("!\tx:refs/heads/main\t[remote rejected] (protected branch hook declined)", Cause.REFUSED),
        ("!\tx:refs/heads/main\t[remote rejected] (pre-receive hook declined)", Cause.REFUSED),
    ],
)
def test_what_a_rejection_means(line: str, kind: Cause) -> None:
    found = rejection(f"To x\n{line}\nDone\n", "remote: because\nerror: failed to push some refs\n")
    assert found is not None and found.kind is kind and not found.passing
    assert found.said.endswith("; because")
    assert rejection("To x\n*\tx:refs/heads/main\t[new branch]\nDone\n", "") is None


@pytest.mark.parametrize(
    ("record", "holds"),
    [
        (PushRecord(), False),
        (PushRecord(failures=1, retry_at=200.0), True),
        (PushRecord(failures=1, retry_at=100.0), False),
        (PushRecord(failures=0, retry_at=200.0), False),
        (PushRecord(failures=1, retry_at=100_000.0), False),
    ],
)
def test_a_wait_holds_until_its_time_and_never_longer_than_the_longest(record: PushRecord, holds: bool) -> None:
    assert record.holds(100.0, 21_600.0) is holds


@pytest.mark.parametrize("host", ["desk", "müller's laptop", "..", "-x", "a/b", "", "x" * 300, "host.lock"])
def test_names_of_hosts_become_names_of_branches(host: str) -> None:
    import subprocess

    for name in (parked_branch(host, "main"), suggested("main", host)):
        subprocess.run(["git", "check-ref-format", "--branch", name], check=True, capture_output=True, timeout=10)
    assert suggested(suggested("main", host), host) != suggested("main", host)


def test_the_first_by_name_is_told_of_what_does_not_fit() -> None:
    ours = {b"README.md": A, b"LICENSE": A}
    mixed = by_trees(
        Heads("l", "r", ""), Trees({}, ours, {b"README.md": B, b"LICENSE": B}, OWNED, "i", ""), "main", "d"
    )
    assert "has LICENSE as well" in mixed.reason
    record = by_trees(
        Heads("l", "r", "b"), Trees(BASE, BASE, {**BASE, b".autosync/manifest": B}, OWNED, "i", "i"), "main", "desk"
    )
    assert "(nothing but its record changed there)" in record.reason
    clash = by_trees(
        Heads("l", "r", "b"),
        Trees(BASE, {**BASE, b"b/x": A, b"a/x": A, b"c/x": A}, {**BASE, b"c": B, b"b": B, b"a": B}, OWNED, "i", "i"),
        "main",
        "desk",
    )
    assert clash.reason.endswith("where a folder is here (a, b, c)")
    names = [b"n%d" % number for number in range(9)]
    there, here = ({**dict.fromkeys(reversed(names), one), **BASE} for one in (B, C))
    both = by_trees(Heads("l", "r", "b"), Trees(BASE, here, there, OWNED, "i", "i"), "main", "desk")
    assert both.reason.startswith("9 other files changed both here and there (n0, n1, n2")


def test_a_folder_whose_name_has_a_colon_is_a_folder() -> None:
    assert (parse("/mnt/a:b").scheme, parse("/mnt/a:b").path) == ("file", "/mnt/a:b")
    assert (parse("host:a/b").scheme, parse("me@host:/a").shown) == ("ssh", "me@host:/a")
    for url, why in ((":a", "no address that git knows"), ("a/b:c", "full path"), ("a", "full path")):
        with pytest.raises(AddressError, match=why):
            parse(url)


def test_what_is_told_and_named_has_an_end() -> None:
    assert part_of_ref("x" * 61) == "x" * 60
    assert part_of_ref("...") == "this-machine" and part_of_ref("-X. ana's pc") == "X-ana-s-pc"
    found = rejection(f"!\tx:y\t[remote rejected] ({'w' * 500})\n", "")
    assert found is not None and len(found.said) == 400
    cut = fault("e" * 390 + " early EOF")
    assert cut.said == f"the connection broke off in the middle of the transfer ({'e' * 190} early EOF)"
    short = fault("a" * 100 + "e" * 190 + " early EOF")
    assert short.said == cut.said
    assert named([b"x" * 200]) == "x" * 79 + "…" and fault("a\n\nb").said == "a; b"
    locked = rejection("!\tx:y\t[remote rejected]\n", "error: Unable to create '/x/y.lock': File exists")
    assert locked is not None and locked.said == "/x/y.lock is in the way there"
    assert len(fault("x" * 500).said) == 400 and fault("").said == "it ended without a word"


def test_faults_that_git_has_no_words_for() -> None:
    much = too_much(1_500_000_000)
    assert (much.kind, much.passing) == (Cause.REFUSED, False)
    assert much.said.startswith("it sends more than 1,500 MB") and "git clone --bare" in much.next_step
    assert (too_slow(20.4).kind, too_slow(20.4).said) == (Cause.AWAY, "no answer within 20 seconds")
    assert another_hash().kind is Cause.HASH and "--object-format=sha1" in another_hash().next_step


def test_a_token_in_the_place_of_a_user_is_kept_out_of_words_however_it_is_written() -> None:
    assert set(parse("https://kit%74en@a.net/x").secrets) == {"kit%74en", "kitten"}
    assert set(parse("https://ana:kit%74en@a.net/x").secrets) == {"ana:kit%74en", "kit%74en", "kitten"}
    with pytest.raises(AddressError, match=f"^{'a' * 20}:// is not allowed"):
        parse("a" * 30 + "://b/c")


@pytest.mark.parametrize("url", ["https://kitten@a.net/x", "https://ana:kitten@a.net/x", "ssh://ana:kitten@a.net/x"])
def test_the_secret_of_an_address_is_told_nowhere(url: str) -> None:
    assert redact("kitten has expired", parse(url)) == "*** has expired"


def test_the_user_beside_a_password_is_no_secret() -> None:
    assert redact("annabel may not", parse("https://annabel:kitten@a.net/x")) == "annabel may not"
    assert redact("annabel may not", parse("ssh://annabel@a.net/x")) == "annabel may not"


def test_of_two_secrets_the_longer_one_goes_first() -> None:
    """Whatever order they are found in: so for many."""
    for number in range(40):
        name = f"ana{number}:kitten{number}"
        assert redact(f"it was {name}", parse(f"https://{name}@a.net/x")) == "it was ***"


@pytest.mark.parametrize(
    ("secret", "said"), [("abc", "the abc of it"), ("abcd", "the *** of it"), ("a-b", "the *** of it")]
)
def test_what_is_short_enough_to_be_a_word_stays_readable(secret: str, said: str) -> None:
    """Where it stands in an address it goes all the same."""
    address = parse(f"https://ana:{secret}@a.net/x")
    assert redact(f"the {secret} of it", address) == said
    assert secret not in redact(f"fatal: https://ana:{secret}@a.net/x", address)


@pytest.mark.parametrize("char", ["\0", "\t", "\n", "\r", "\x1b", "\x1f", "\x7f"])
@pytest.mark.parametrize("url", ["https://a.net/x{}y", "ana@a.net:x{}y", "/mnt/x{}y", "file:///mnt/x{}y"])
def test_an_address_has_no_control_characters(url: str, char: str) -> None:
    """They would end a line of what git is told, or speak to the terminal that shows it."""
    assert parse(url.format("")).shown
    with pytest.raises(AddressError, match="control characters"):
        parse(url.format(char))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "empty"),
        ("/" + "x" * 4096, "too long"),
        ("--upload-pack=evil", "begins with a dash"),
        ("ext::evil", "^ext:: would run a program"),
        ("a" * 30 + "::evil", f"^{'a' * 20} would run a program"),
        ("https://a.net/x?token=1", "may be a token"),
        ("ssh://a.net/x#token", "may be a token"),
        ("http://a.net/x", "use https or ssh"),
        ("ssh://@a.net/x", "no name of a user"),
        ("ssh://-l@a.net/x", "no name of a user"),
        ("a b@a.net:x", "no name of a user"),
        ("a.net:", "no address that git knows"),
        ("file://a.net/x", "no other host"),
        ("ftp://a.net/x", "^ftp:// is not allowed"),
    ],
)
def test_where_this_program_does_not_go(url: str, why: str) -> None:
    with pytest.raises(AddressError, match=why):
        parse(url)


@pytest.mark.parametrize(
    ("url", "scheme", "shown"),
    [
        ("/" + "x" * 4095, "file", "/" + "x" * 4095),
        ("/mnt/a stick-", "file", "/mnt/a stick-"),
        ("/mnt/a:b/c", "file", "/mnt/a:b/c"),
        ("file://localhost/mnt/x", "file", "file://localhost/mnt/x"),
        ("https://a.net", "https", "https://a.net"),
        ("http://ana@127.0.0.1:8080/x", "http", "http://127.0.0.1:8080/x"),
        ("http://LOCALHOST/x", "http", "http://LOCALHOST/x"),
        ("ssh://a.net/x", "ssh", "ssh://a.net/x"),
        ("host:a/b:c", "ssh", "host:a/b:c"),
    ],
)
def test_where_it_goes(url: str, scheme: str, shown: str) -> None:
    assert (parse(url).scheme, parse(url).shown) == (scheme, shown)


@pytest.mark.parametrize("host", ["-oProxyCommand=evil", "a b", "a;b", "a$b", "ä"])
@pytest.mark.parametrize("url", ["https://{}/x", "ssh://ana@{}/x", "ana@{}:x.git", "ana@{}:/x.git"])
def test_the_host_of_an_address_can_be_no_option(url: str, host: str) -> None:
    assert parse(url.format("a.net")).shown
    with pytest.raises(AddressError):
        parse(url.format(host))
