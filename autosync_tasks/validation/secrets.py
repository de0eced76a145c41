"""SEC: nothing leaves the source that opens a door. Values stay in this room: findings name rule and place only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autosync_tasks.model import Kind, Path, Severity
from autosync_tasks.policy.classify import always_protected
from autosync_tasks.validation.findings import Lines, Raw, Subject
from autosync_tasks.validation.rule import Family, rules
from autosync_tasks.validation.scanner import Engine
from autosync_tasks.validation.secret_regions import Region, regions

_REMOVE = (
    "Take the value out of the file: `{env:NAME}` or `{file:path}` in opencode.json, an environment variable elsewhere."
)
_LOOK = "If it is real, take it out of the file. If not, nothing needs to be done."

RULES = rules(f"""
SEC000 error firm lasting: The secret scanner could not be loaded
  Without it no file can be judged, and a backup that nobody judged may hold keys.
  → Install it again: pip install --force-reinstall kingfisher-secret-scanner

SEC001 error lasting: A provider's token
  The text has the form of a token that one provider gives out (OpenAI, Slack, GitHub and some 400 more). Whoever reads
  the backup could use it.
  → {_REMOVE}

SEC002 error lasting: A private key
  A private key in PEM, OpenSSH or PGP form, or one in base64.
  → Move the key out of the tree, or give the file a protected name (`*.key`, `*.pem`).

SEC003 error lasting: A password in a URL
  A URL holds user and password (`scheme://user:password@host`), and the password is no placeholder.
  → {_REMOVE}

SEC004 error firm lasting: A protected file was selected
  Files of this name hold secrets by their nature (`.env`, `auth.json`, private keys). They are never in the backup,
  whatever they contain.
  → Take the path out of the selection. This cannot be overridden.

SEC005 error lasting: A random value under a secret's name
  A long random value is given to one service's token, key or password, stands in an authorization header, has a
  provider's prefix, or stands in an agent's settings where a key belongs.
  → {_REMOVE}

SEC006 error lasting: A secret in a file's name
  The path itself contains a token. It would stand in the backup, in every list of files and in the log.
  → Rename the file.

SEC007 error firm lasting: A file that takes too long to be judged
  The secret scanner did not come to an end with it within half a minute, so nobody knows what it holds.
  → Run it again when the machine is less busy. If it stays so, split the file, or keep it out of the backup by a rule
  of your own.

SEC101 warning: A value under a secret's name
  Something called token, key, secret or password is given a random value. It may be an example or an identifier.
  → {_LOOK}

SEC102 warning: Perhaps a secret
  The scanner has seen a pattern that is often, but not surely, a secret.
  → {_LOOK}

SEC103 warning: A URL with user and password
  The password looks like an example's.
  → {_LOOK}
""")

ERRORS = frozenset(rule.code for rule in RULES if rule.severity is Severity.ERROR)


def secret_faults(secrets: Sequence[Region], lines: Lines) -> Iterator[Raw]:
    """What is said of each: the rule, the place, what to do; never the value."""
    for region in secrets:
        line, column = lines.position(region.start)
        verb = "holds" if region.code in ERRORS else "may hold"
        words = f"The line {verb} a secret: {region.what}."
        yield Raw(region.code, words, line, column, token=region.value, shared=True)


def protected_name(subject: Subject) -> Iterator[Raw]:
    """SEC004: the name alone decides."""
    if subject.kind is not Kind.FOLDER and always_protected(subject.path):
        yield Raw("SEC004", "Files of this name are never in the backup.")


def in_names(paths: Sequence[Path], engine: Engine) -> Iterator[tuple[Path, Raw]]:
    """SEC006 for each secret in a name. Many names are scanned at once."""
    for at in range(0, len(paths), _AT_ONCE):
        blob = b"\n".join(path.replace(b"\n", b" ") for path in paths[at : at + _AT_ONCE])
        lines = Lines(blob)
        for region in regions(b"", blob, engine, names=True):
            if region.code in ERRORS:
                words, value = f"The name holds a secret: {region.what}.", region.value.partition(b"\n")[0]
                yield paths[at + lines.line(region.start) - 1], Raw("SEC006", words, token=value, shared=True)


_AT_ONCE = 1000


FAMILY = Family("secrets", RULES)
