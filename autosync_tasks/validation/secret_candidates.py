"""What a hit of the scanner is: an error, a suspicion or nothing, by its value, its name and the text around it."""

from __future__ import annotations

import re
from collections.abc import Callable

from autosync_tasks.records import pattern
from autosync_tasks.validation import secret_keys, secret_values, stand_ins
from autosync_tasks.validation.scanner import OWN, Hit
from autosync_tasks.validation.secret_keys import NOTHING, QUOTES, Judged, Place

_CONFIG = pattern(
    rb"(?:^|/)(?:opencode|tui|config)\.jsonc?$"
    rb"|^(?:settings\.json|hooks\.json|(?:[^/]+\.)?config\.toml|\.?mcp[^/]*\.json|\.autosync-outside/[^/]+\.json)$"
)
"""The agents' own settings: what stands there under a key's name is one."""
_OPTION_BEFORE = pattern(rb"-([A-Za-z0-9-]{3,40})(?:[\"']\s*,\s*[\"']|=[\"']?|\s+[\"']?)$")
_ASSIGNED = pattern(rb"(?i)[\s:=>,|?\"'`*_\[\](\\]+(?:(?:bearer|basic|token|bot|apikey)\s+)?$")
_MARKED = pattern(rb"([\w.-]{0,48})(?:>|:?</[A-Za-z]{1,6}>[\s:]*(?:</?[A-Za-z]{1,6}\b[^<>]*>[\s:]*)*)[\"'`]{0,2}$")
_CALL = pattern(rb"([A-Za-z_]\w*(?:\.\w+)*)\(")
"""Code that gets a password: `get_secret(…)`, `vault.read(…)`."""
_SAYS = pattern(rb"(?i)p[a@4][s$5]{2}|(?-i:[a-z]{6})|\s|^/")
"""What no drawn password is likely to hold: the word itself, another one, a path."""
_SQL = pattern(rb"(?i)(?:identified\s+by|password)\s+$")
"""Whose passwords stand in quotes: else it is a sentence, or an address that ends so."""
_ANONYMOUS = pattern(rb"(?i)login\s+(?:anonymous|ftp)\s+password\s+$")
_NAMED = pattern(rb"(?i)\b(?:name|key|header)[\"']?\s{0,3}[:=]\s{0,3}[\"']?([A-Za-z0-9_.\-]{3,})")
_HEADER = pattern(rb"(?i)authorization|x-[a-z-]*(?:key|token|secret|auth)")
_NAME_BEFORE = pattern(rb"[A-Za-z0-9_.\-]{0,48}$")
_API_KEY = pattern(rb"(?i)(?:api[_-]?key|secret(?:[_-]?key)?|api[_-]?token)$")
_OAUTH = pattern(rb"[\"']?type[\"']?\s*:\s*[\"']oauth[\"']")
_DIGEST = pattern(rb"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})")
_FILE_BEFORE = pattern(
    rb"[\w/-]\.(?:md|mdx|txt|jsonc?|ya?ml|toml|[cm]?[jt]sx?|py|sh|go|rs|html|css|png|svg|lock)[\"'`]?\s{0,2}[:=|]\s{0,2}[\"'`]?$"
)
"""A file's name, to which a digest is given: in a manifest of files."""
_SERVICE = pattern(rb"[\"'](?:hostname|port|pid|cors|url)[\"']\s*:")


def judge_hit(place: Place, hit: Hit) -> Judged:
    """The code of what a hit is, and its words."""
    name = hit.rule.partition(".")[2].rpartition("/")[2].replace("-", " ")
    if own := _BY_RULE.get(hit.rule):
        return own(place)
    if hit.rule.endswith("aws-secret-access-key"):
        return secret_keys.aws_secret(place)
    if hit.helper:
        return NOTHING
    if b"PRIVATE KEY" in place.value:
        return secret_keys.private_key(place)  # a later scanner's, under another name
    if hit.rule.endswith("aws-access-token"):
        return NOTHING  # the id alone is no secret, and autosync.aws-key-id warns of it
    value = place.value.strip(QUOTES)
    if b"hooks." in value or b"://" in value:
        value = value.rpartition(b"/")[2]  # before it stand the names of a team and a channel
    if stand_ins.stands_in(value, place.around) or (_DIGEST.fullmatch(value) and _FILE_BEFORE.search(place.before)):
        return NOTHING
    return ("SEC001" if hit.sure else "SEC102"), name


def _name_before(place: Place) -> bytes:
    """The name that a value is assigned to: what stands before the `=` or `:` of its line."""
    name: bytes = _NAME_BEFORE.findall(_ASSIGNED.sub(b"", place.before.rpartition(b"\n")[2]))[0]
    return name


def _assignment(place: Place) -> Judged:
    return _under_name(place, _name_before(place))


def _marked(place: Place) -> Judged:
    name = _MARKED.search(place.before)
    return _under_name(place, name[1] if name else b"")


def _named_value(place: Place) -> Judged:
    """What is the `value` of an object or of lines that begin with a `name`."""
    name = (_NAMED.findall(place.before) or [b""])[-1]
    return _header(place) if _HEADER.fullmatch(name) else _under_name(place, name)


def _registry(place: Place) -> Judged:
    """Of `auths` in Docker's config, and of `_authToken`, `_auth` and `_password` in an npmrc."""
    value, npm = place.value, place.before.rstrip(b" =\"'")
    if npm.endswith(b"_authToken"):
        drawn = (secret_values.is_uuid(value) or secret_values.is_random(value)) and not stand_ins.placeholder(value)
    elif npm.endswith(b"_password"):
        drawn = bool(plain := secret_values.decoded(value)) and not stand_ins.weak_password(plain)
    else:
        drawn = bool(plain := secret_values.basic_credentials(value)) and not _weak(plain)
    return ("SEC005", "the login of a registry") if drawn else NOTHING


def _drawn_password(place: Place) -> Judged:
    """A password under a name that programs read: people name many things so, so it must look drawn."""
    value = place.bare
    if stand_ins.weak_password(value) or stand_ins.stands_in(value, place.around) or _called(value):
        return NOTHING
    if place.value[:1] not in QUOTES and _SQL.search(place.before):
        return NOTHING
    drawn = secret_values.is_mixed(value) and _kinds(value) >= 3 and not stand_ins.words(value)
    return ("SEC005", "a password of a service") if drawn and not _SAYS.search(value) else NOTHING


def _putty(place: Place) -> Judged:
    return NOTHING if stand_ins.stands_in(place.value) else ("SEC002", "private key")


def _option(place: Place) -> Judged:
    name = _OPTION_BEFORE.search(place.before)
    return _under_name(place, name[1] if name else b"")


def _under_name(place: Place, name: bytes) -> Judged:
    """What a value is under the name that it is given to."""
    value, kind = place.bare, secret_values.named(name)
    if not kind or stand_ins.placeholder(value):
        return NOTHING
    in_config = _CONFIG.search(place.path) is not None
    if secret_values.is_uuid(value):
        # Some services give out UUIDs as keys; elsewhere they are mostly identifiers.
        key = in_config and kind != "key"
        key = key or (kind == "service" and _API_KEY.search(name) is not None)
        return ("SEC005" if key else "SEC101"), "a UUID under a secret's name"
    cached = name.lower() == b"key" and _DIGEST.fullmatch(value.rpartition(b"-")[2])  # `key: linux-deps-…`
    if secret_values.is_vendor(value) and not cached:
        return "SEC005", "a token with a provider's prefix"
    if not secret_values.is_random(value):
        return NOTHING
    if kind == "service" or (in_config and kind == "generic"):
        return "SEC005", "a random value under a secret's name"
    return "SEC101", "a random value under the name of a key"


def _weak(plain: bytes) -> bool:
    """Whether user and password of a header are an example's."""
    user, _, password = plain.partition(b":")
    return stand_ins.weak_password(password, user) or stand_ins.placeholder(user + password)


def _header(place: Place) -> Judged:
    value = place.bare
    if stand_ins.placeholder(place.value):
        return NOTHING
    if plain := secret_values.basic_credentials(value):
        return ("SEC101" if _weak(plain) else "SEC005"), "user and password in an authorization header"
    uuid = secret_values.is_uuid(value) and _CONFIG.search(place.path)
    if secret_values.is_random(value) or secret_values.is_vendor(value) or uuid:
        return "SEC005", "a token in an authorization header"
    return NOTHING


def _parameter(place: Place) -> Judged:
    value = place.value
    known = secret_values.is_random(value) or secret_values.is_uuid(value)
    if secret_values.is_vendor(value) or (_CONFIG.search(place.path) and known):
        return "SEC005", "a token in a URL"
    if secret_values.is_random(value) and not secret_values.is_uuid(value):
        return "SEC101", "a token in a URL"
    return NOTHING


def _url(place: Place) -> Judged:
    """User and password of a URL. A mask may hold a colon, which the scanner takes for the password's."""
    scheme, _, given = place.before.rpartition(b"://")
    user, _, password = (given + place.value).partition(b":")
    if stand_ins.is_template(password) or stand_ins.is_template(user) or user.startswith((b"[", b"(", b"*")):
        return NOTHING
    host = place.rest[1:]
    known = re.split(rb"[^A-Za-z0-9_-]", host)[0], re.split(rb"[^A-Za-z0-9_-]", scheme)[-1]
    if stand_ins.weak_password(password, user, *known):
        return "SEC103", "user and password in a URL"
    if stand_ins.example_host(host) and len(password) < 12:
        return "SEC103", "user and password in a URL"
    return "SEC003", "a password in a URL"


def _curl_user(place: Place) -> Judged:
    """The user and password of curl's own `-u`, on its own command line."""
    command = place.data[place.data.rfind(b"curl", 0, place.start) : place.start]
    if re.search(rb"(?<![\\\r])\r?\n|[|;]|&&", command) or b"://" in place.value:
        return NOTHING
    user, colon, password = place.value.replace(b'"', b"").replace(b"'", b"").partition(b":")
    weak = stand_ins.weak_password(password, user) if password else stand_ins.weak_password(user)
    if not colon or weak:
        return NOTHING
    return "SEC001", "user and password of curl"


def _curl_header(place: Place) -> Judged:
    value = place.value.strip(QUOTES)
    if stand_ins.placeholder(value) or stand_ins.stands_in(value, place.around):
        return NOTHING
    if secret_values.is_uuid(value):
        return "SEC101", "a UUID in an authorization header"
    if (plain := secret_values.basic_credentials(value.rpartition(b" ")[2])) and _weak(plain):
        return "SEC101", "user and password in an authorization header"
    digits = re.search(rb"[0-9]", value) and re.search(rb"[A-Za-z]", value)
    return ("SEC001" if digits and len(value) >= 16 else "SEC101"), "a token in an authorization header"


def _password(place: Place) -> Judged:
    """A password that is handed to a program by name: blocks unless it is an example's."""
    value = place.bare
    if stand_ins.weak_password(value) or stand_ins.stands_in(value, place.around):
        return NOTHING
    if _called(value) or _ANONYMOUS.search(place.before):
        return NOTHING
    return ("SEC005" if len(value) >= 6 and _kinds(value) >= 2 else "SEC101"), "a password given to a program"


def _password_input(place: Place) -> Judged:
    return NOTHING if re.search(rb"\s", place.bare) else _password(place)


def _called(value: bytes) -> bool:
    """Whether a function of that name is called for it."""
    call = _CALL.match(value)
    return call is not None and (b"." in call[1] or b"_" in call[1] or not secret_values.is_mixed(call[1]))


def _kinds(value: bytes) -> int:
    """How many kinds of signs there are in it: small letters, capitals, digits, others."""
    return sum(re.search(kind, value) is not None for kind in (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9]"))


def _cookie(place: Place) -> Judged:
    value = place.value.rstrip(b"=").rpartition(b"=")[2].replace(b"%", b"")
    if stand_ins.placeholder(value) or secret_values.is_uuid(value) or stand_ins.words(value):
        return NOTHING
    drawn = secret_values.is_mixed(value) or any(map(secret_values.is_one_word, re.split(rb"[^A-Za-z0-9]+", value)))
    return ("SEC005", "a session cookie") if drawn else NOTHING


def _oauth(place: Place) -> Judged:
    """The tokens of a login: beside `"type": "oauth"`, or the password of a server beside its address."""
    near = place.data[max(0, place.start - 800) : place.end + 800]
    value = place.value
    if stand_ins.placeholder(value) or stand_ins.stands_in(value):
        return NOTHING
    if _OAUTH.search(near) and len(value) >= 12:
        return "SEC005", "a token of a login"
    name = _name_before(place).lower()
    if name == b"password" and len(_SERVICE.findall(near)) >= 2 and not stand_ins.words(value):
        long = len(value) >= 16 and _kinds(value) >= 2 and not stand_ins.weak_password(value)
        if long or secret_values.is_mixed(value):
            return "SEC005", "the password of a server"
    if b"refresh" in name and len(value) >= 20 and secret_values.is_mixed(value):
        return "SEC005", "a refresh token"
    return NOTHING


_BY_RULE: dict[str, Callable[[Place], Judged]] = {
    OWN + "option": _option,
    OWN + "assignment": _assignment,
    OWN + "beside": _assignment,
    OWN + "variable": _assignment,
    OWN + "marked": _marked,
    OWN + "named-value": _named_value,
    OWN + "registry": _registry,
    OWN + "password-drawn": _drawn_password,
    OWN + "password-input": _password_input,
    OWN + "putty": _putty,
    OWN + "header": _header,
    OWN + "parameter": _parameter,
    OWN + "url": _url,
    OWN + "password-variable": _password,
    OWN + "password-libpq": _password,
    OWN + "password-libpq-first": _password,
    OWN + "password-option": _password,
    OWN + "netrc": _password,
    OWN + "cookie": _cookie,
    OWN + "cookie-value": _cookie,
    OWN + "oauth-value": _oauth,
    OWN + "prefixed": secret_keys.prefixed,
    OWN + "sk": secret_keys.key_of_a_provider,
    OWN + "sk-underscore": secret_keys.key_of_a_provider,
    OWN + "stripe": secret_keys.stripe,
    OWN + "aws-key-id": secret_keys.aws_id,
    OWN + "pem-base64": secret_keys.pem_base64,
    OWN + "pem-header": secret_keys.private_key,
    OWN + "curl-user": _curl_user,
    OWN + "jwt": secret_keys.jwt,
    "betterleaks.private-key": secret_keys.private_key,
    "betterleaks.generic-credential-uri": _url,
    "betterleaks.curl-auth-user": _curl_user,
    "betterleaks.curl-auth-header": _curl_header,
    "betterleaks.jwt": secret_keys.jwt,
    "betterleaks.posthog-project-api-key": secret_keys.publishable,
    "betterleaks.discord-client-id": secret_keys.publishable,
    "betterleaks.aws-amazon-bedrock-api-key-short-lived": secret_keys.bedrock,
}
"""The scanner's rules that a form alone does not decide, each with who decides it."""
