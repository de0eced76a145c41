"""Addresses of remotes: which are allowed, how they are shown, what is pinned of them (pure).

An address may hold a password or a token. Those never reach a message, a log or the config file: `shown` is
what people see, `redact` cleans what git or a server said.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from autosync_tasks.records import dataclass, field, pattern

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""Hosts to which plain http is allowed: nobody listens between this machine and itself."""

_URL = pattern(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)(/.*)?\Z", re.DOTALL)
_HELPER = pattern(r"[A-Za-z0-9][A-Za-z0-9+.-]*::")
_SHORT = pattern(r"(?:([^@/:]+)@)?(\[[0-9A-Fa-f:.]+\]|[^@/:\[\]]+):(.*)\Z", re.DOTALL)
_IN_TEXT = pattern(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s'\"]*@")
_QUERY = pattern(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s'\"?]*)\?[^\s'\"]*")
_SSH_SCHEMES = frozenset({"ssh", "git+ssh", "ssh+git"})
_HOST = pattern(r"(?:[0-9A-Za-z_](?:[0-9A-Za-z._-]*)|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\Z")
_USER = pattern(r"[0-9A-Za-z_.][0-9A-Za-z_.@+-]*\Z")


class AddressError(ValueError):
    """The address is not one that this program goes to. Its text is safe to show."""


@dataclass(frozen=True, slots=True)
class Address:
    """One allowed address.

    url: what git is given (may hold credentials: never shown). scheme: https, http, ssh or file.
    shown: for people, without credentials; it is also what is pinned, so that a new password is no new place.
    secrets: the parts that no text may hold. path: the folder of a `file` address, else "".
    """

    url: str = field(repr=False)
    scheme: str
    shown: str
    secrets: tuple[str, ...] = field(default=(), repr=False)
    path: str = ""


def parse(url: str) -> Address:
    """Reads an address as git would. Raises AddressError, in words that are safe to show, for any other."""
    if not url or any(char < " " or char == "\x7f" for char in url) or len(url) > 4096:
        raise AddressError("it is empty, too long, or holds control characters")
    if url.startswith("-"):
        raise AddressError("it begins with a dash, like an option")
    if match := _HELPER.match(url):
        raise AddressError(f"{match.group()[:20]} would run a program; allowed are https, ssh and file")
    if match := _URL.match(url):
        return _from_url(url, match.group(1).lower(), match.group(2), match.group(3) or "")
    slash, colon = url.find("/"), url.find(":")
    if colon >= 0 and not 0 <= slash < colon:
        return _from_short(url)
    return _from_path(url, url)


def _from_url(url: str, scheme: str, place: str, path: str) -> Address:
    if scheme == "file":
        if place not in ("", "localhost"):
            raise AddressError("a file address names no other host (file:///folder)")
        return _from_path(url, path)
    user, at, host = place.rpartition("@")
    if not _HOST.match(host):
        raise AddressError("its host is no name of a host")
    if "?" in path or "#" in path:
        raise AddressError("it holds a query or a fragment, which may be a token")
    if scheme in _SSH_SCHEMES:
        name = user.partition(":")[0]
        if at and not _USER.match(name):
            raise AddressError("its user is no name of a user")
        return Address(url, "ssh", f"ssh://{name}{at}{host}{path}", _parts(user, whole=False))
    bare = re.sub(r":[0-9]+\Z", "", host).lower()
    if scheme == "http" and bare not in LOOPBACK:
        raise AddressError("plain http can be read and changed on the way; use https or ssh")
    if scheme in ("http", "https"):
        return Address(url, scheme, f"{scheme}://{host}{path}", _parts(user, whole=True))
    raise AddressError(f"{scheme[:20]}:// is not allowed; allowed are https, ssh and file")


def _from_short(url: str) -> Address:
    """The form `user@host:path`, which is ssh."""
    match = _SHORT.match(url)
    if not match or not _HOST.match(match.group(2)) or not match.group(3):
        raise AddressError("it is no address that git knows (https://…, user@host:path, or a full path)")
    user = match.group(1)
    if match.group(2).lower() in ("http", "https", "ssh", "file") and match.group(3).startswith("/"):
        raise AddressError(f"after {match.group(2)}: come two slashes")
    if user and not _USER.match(user):
        raise AddressError("its user is no name of a user")
    return Address(url, "ssh", url)


def _from_path(url: str, path: str) -> Address:
    if not path.startswith("/"):
        raise AddressError(
            "a folder is named by its full path, from / on (a relative one means another place elsewhere), a host by "
            "https:// or git@HOST:"
        )
    return Address(url, "file", url, path=path)


def _parts(user: str, *, whole: bool) -> tuple[str, ...]:
    """What of `user:password` is secret. whole: the user as well (hosts take a token in its place)."""
    name, _, password = user.partition(":")
    parts = {password, unquote(password)}
    if whole:
        parts |= {user, name, unquote(name)} if not password else {user}
    return tuple(sorted((part for part in parts if part), key=len, reverse=True))


def redact(text: str, address: Address | None = None) -> str:
    """The text without credentials: those of this address, and whatever stands before an `@` in any address."""
    for secret in address.secrets if address else ():
        if len(secret) >= 4 or not secret.isalnum():
            text = text.replace(secret, "***")
    return _QUERY.sub(r"\1?***", _IN_TEXT.sub(r"\1***@", text))


def part_of_ref(name: str) -> str:
    """A name (of a host) as one part of a branch's name: letters, digits, `-` and `_` stay, others become `-`."""
    return re.sub(r"[^0-9A-Za-z_]+", "-", name).strip("-")[:60] or "this-machine"
