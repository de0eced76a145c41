# ruff: noqa: E501  (a form a line)
"""Published forms of tokens in the places where people put them, each drawn at random: how many of them block.

    python benchmarks/token_forms.py [--values 60]

Prints a Markdown table, and each form and place that is missed; exit code 1 if one is.
Nothing here is a key: only the providers' public prefixes stand in the text.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import random
import string
import sys
import tempfile
from collections import Counter
from collections.abc import Callable

# In place of this folder, whose secrets.py would hide the standard library's.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from autosync_tasks.validation.scanner import Engine, load  # noqa: E402
from autosync_tasks.validation.secret_regions import as_utf8, regions  # noqa: E402
from autosync_tasks.validation.secrets import ERRORS  # noqa: E402

ALL = string.ascii_letters + string.digits
URL = ALL + "-_"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
DIGITS = "123456789"

Draw = Callable[[random.Random], str]
Shape = tuple[str, Callable[[str], str]]


def text(r: random.Random, size: int, alphabet: str = ALL) -> str:
    return "".join(r.choices(alphabet, k=size))


def uuid(r: random.Random) -> str:
    return "-".join(text(r, size, HEX) for size in (8, 4, 4, 4, 12))


def jwt(r: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"RS256","typ":"JWT"}').decode().rstrip("=")
    told = json.dumps({"sub": text(r, 24), "exp": r.randrange(10**9, 2 * 10**9)}).encode()
    return f"{head}.{base64.urlsafe_b64encode(told).decode().rstrip('=')}.{text(r, 86, URL)}"


TOKENS: dict[str, Draw] = {
    "Slack bot": lambda r: f"xoxb-{text(r, 12, DIGITS)}-{text(r, 13, DIGITS)}-{text(r, 24)}",
    "Slack rotated": lambda r: "xoxe.xoxp-1-" + text(r, 166),
    "Slack refresh": lambda r: "xoxe-1-" + text(r, 147),
    "Slack app": lambda r: f"xapp-1-A{text(r, 10, UPPER)}-{text(r, 13, DIGITS)}-{text(r, 64, HEX)}",
    "Slack webhook": lambda r: f"https://hooks.slack.com/services/T{text(r, 9, UPPER)}/B{text(r, 9, UPPER)}/{text(r, 24)}",
    "Teams webhook": lambda r: (
        f"https://contoso.webhook.office.com/webhookb2/{uuid(r)}@{uuid(r)}/IncomingWebhook/{text(r, 32, HEX)}/{uuid(r)}"
    ),
    "Teams webhook, old": lambda r: (
        f"https://outlook.office.com/webhook/{uuid(r)}@{uuid(r)}/IncomingWebhook/{text(r, 32, HEX)}/{uuid(r)}"
    ),
    "Discord webhook": lambda r: f"https://discord.com/api/webhooks/1{text(r, 17, DIGITS)}/{text(r, 68)}",
    "Discord bot": lambda r: f"M{text(r, 23)}.{text(r, 6, URL)}.{text(r, 27, URL)}",
    "Telegram bot": lambda r: f"{text(r, 10, DIGITS)}:AA{text(r, 33, URL)}",
    "Contentful": lambda r: "CFPAT-" + text(r, 43, URL),
    "Doppler personal": lambda r: "dp.pt." + text(r, 43),
    "Doppler cli": lambda r: "dp.ct." + text(r, 43),
    "Doppler service": lambda r: f"dp.st.{text(r, 6, LOWER)}." + text(r, 43),
    "Doppler scim": lambda r: "dp.scim." + text(r, 43),
    "Doppler audit": lambda r: "dp.audit." + text(r, 43),
    "FCM server key": lambda r: f"AAAA{text(r, 7)}:APA91b{text(r, 134, URL)}",
    "Stripe": lambda r: "sk_live_" + text(r, 24),
    "Stripe, long": lambda r: "sk_live_51" + text(r, 97),
    "Stripe, restricted": lambda r: "rk_live_51" + text(r, 97),
    "Stripe webhook": lambda r: "whsec_" + text(r, 32),
    "Mailchimp": lambda r: text(r, 32, HEX) + "-us" + text(r, 2, DIGITS),
    "PyPI": lambda r: "pypi-AgEIcHlwaS5vcmcC" + text(r, 150, URL),
    "OpenAI": lambda r: f"sk-proj-{text(r, 74, URL)}T3BlbkFJ{text(r, 74, URL)}",
    "Anthropic": lambda r: f"sk-ant-api03-{text(r, 93, URL)}AA",
    "Anthropic OAuth access": lambda r: f"sk-ant-oat01-{text(r, 93, URL)}AA",
    "Anthropic OAuth refresh": lambda r: f"sk-ant-ort01-{text(r, 93, URL)}AA",
    "OpenAI OAuth refresh": lambda r: f"rt_{text(r, 32)}.{text(r, 43, URL)}",
    "Google OAuth refresh": lambda r: "1//0" + text(r, 60, URL),
    "Google OAuth access": lambda r: "ya29.a0" + text(r, 160, URL),
    "Google": lambda r: "AIza" + text(r, 35, URL),
    "OpenRouter": lambda r: "sk-or-v1-" + text(r, 64, HEX),
    "Kimi": lambda r: "sk-kimi-" + text(r, 64),
    "MiniMax coding plan": lambda r: "sk-cp-" + text(r, 86, URL),
    "DeepSeek": lambda r: "sk-" + text(r, 32, HEX),
    "xAI": lambda r: "xai-" + text(r, 80),
    "Groq": lambda r: "gsk_" + text(r, 52),
    "Perplexity": lambda r: "pplx-" + text(r, 48),
    "Cerebras": lambda r: "csk-" + text(r, 48, LOWER),
    "Replicate": lambda r: "r8_" + text(r, 37),
    "Hugging Face": lambda r: "hf_" + text(r, 34),
    "NVIDIA": lambda r: "nvapi-" + text(r, 64, URL),
    "Tavily": lambda r: "tvly-dev-" + text(r, 32),
    "Firecrawl": lambda r: "fc-" + text(r, 32, HEX),
    "Context7": lambda r: "ctx7sk-" + uuid(r),
    "Langfuse": lambda r: "sk-lf-" + uuid(r),
    "LangSmith": lambda r: f"lsv2_pt_{text(r, 32, HEX)}_{text(r, 10, HEX)}",
    "Pinecone": lambda r: f"pcsk_{text(r, 5)}_{text(r, 63)}",
    "Jina": lambda r: f"jina_{text(r, 32, HEX)}{text(r, 28)}",
    "E2B": lambda r: "e2b_" + text(r, 40, HEX),
    "ElevenLabs": lambda r: "sk_" + text(r, 48, HEX),
    "Brave": lambda r: "BSA" + text(r, 28),
    "Figma": lambda r: "figd_" + text(r, 40, URL),
    "Notion": lambda r: "ntn_" + text(r, 46),
    "Linear": lambda r: "lin_api_" + text(r, 40),
    "Supabase": lambda r: "sbp_" + text(r, 40, HEX),
    "Atlassian": lambda r: f"ATATT3xFfGF0{text(r, 171, URL)}={text(r, 8, '0123456789ABCDEF')}",
    "Vercel": lambda r: "vcp_" + text(r, 56),
    "Cloudflare": lambda r: "cfut_" + text(r, 48),
    "Railway": lambda r: "rw_Fe26.2**" + text(r, 64, HEX),
    "Mapbox": lambda r: f"sk.eyJ1Ijoi{text(r, 60)}.{text(r, 22)}",
    "Sentry": lambda r: f"sntrys_eyJpYXQi{text(r, 80)}_{text(r, 43)}",
    "PostHog": lambda r: "phx_" + text(r, 43),
    "GitHub": lambda r: "ghp_" + text(r, 36),
    "GitHub, fine-grained": lambda r: f"github_pat_{text(r, 22)}_{text(r, 59)}",
    "GitLab": lambda r: "glpat-" + text(r, 20, URL),
    "npm": lambda r: "npm_" + text(r, 36),
    "DigitalOcean": lambda r: "dop_v1_" + text(r, 64, HEX),
    "ntfy": lambda r: "tk_" + text(r, 29, LOWER),
    "JWT": jwt,
}  # fmt: skip
"""Forms that the token itself tells."""

PLACES: dict[str, Shape] = {
    "JSON": ("opencode.json", lambda t: json.dumps({"provider": {"x": {"options": {"apiKey": t}}}}, indent=2)),
    "JSONC, a comment": ("opencode.jsonc", lambda t: f'{{\n  // the old one: {t}, until May\n  "model": "a/b",\n}}\n'),
    "a list in JSON": ("data/list.json", lambda t: json.dumps(["a", t, "b"])),
    "TOML": ("settings.toml", lambda t: f"[server]\nvalue = '{t}' # theirs\n"),
    "front matter": ("agent/ops.md", lambda t: f"---\ndescription: ops\nheader: {t}\n---\nHelp.\n"),
    "YAML": ("compose.yaml", lambda t: f"services:\n  a:\n    environment:\n      - THE_VALUE={t}\n"),
    "an env line": ("notes/env.txt", lambda t: f"A=1\nTHE_VALUE={t}\nB=2\n"),
    "shell": ("bin/run", lambda t: f'#!/bin/sh\nexport THE_VALUE="{t}"\n'),
    "a command's argument": ("bin/start", lambda t: f"#!/bin/sh\nnpx server --value {t} --port 3\n"),
    "TypeScript": ("plugin/x.ts", lambda t: f"const value = `{t}`;\nexport const P = () => call({{v: '{t}'}})\n"),
    "prose": ("context/note.md", lambda t: f"# Note\n\nThe old one was {t}, until May.\n"),
    "the end of a sentence": ("context/end.md", lambda t: f"Use {t}.\n"),
    "a table": ("context/table.md", lambda t: f"| name | value |\n|---|---|\n| x |{t}|\n| y | `{t}` |\n"),
    "a fence": ("skills/a/SKILL.md", lambda t: f"---\nname: a\ndescription: b\n---\n```sh\nrun {t}\n```\n"),
    "a header": ("context/http.md", lambda t: f'curl -H "Authorization: Bearer {t}" https://api.corp.net/v1\n'),
    "a line of a text in JSON": ("data/prompts.json", lambda t: json.dumps({"prompt": f"Use this:\n{t}\nand no other."})),
    "JSON in JSON": ("data/log.json", lambda t: json.dumps({"body": json.dumps({"value": t}), "at": f"{t}\t"})),
    "JSON with its slashes escaped": ("data/php.json", lambda t: json.dumps({"value": t}).replace("/", "\\/")),
    "a URL's escape": ("context/query.md", lambda t: f"https://api.corp.net/v1?q=value%3D{t}%26page=2\n"),
    "CSV": ("data/list.csv", lambda t: f"1,{t},2\n"),
    "a terminal's colour": ("notes/log.txt", lambda t: f"\x1b[31m{t}\x1b[0m\n"),
    "brackets": ("context/link.md", lambda t: f"See [{t}]({t}) <{t}>\n"),
}  # fmt: skip


def in_url(t: str) -> str:
    return f"https://api.corp.net/v1/things?value={t}&page=2\n"


def password(r: random.Random) -> str:
    """As password managers draw them."""
    return text(r, 5) + r.choice("!%+=?_-") + text(r, 9) + r.choice("0123456789")


def drawn(r: random.Random, groups: int = 5) -> str:
    """A value that nobody takes for words: here the place is asked about."""
    return "kQ" + "".join(text(r, 2) + r.choice(DIGITS) for _ in range(groups))


def b64(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def aws(r: random.Random) -> tuple[str, str]:
    return "AKIA" + text(r, 16, string.ascii_uppercase + "234567"), text(r, 40, ALL + "+/")


def key_lines(r: random.Random) -> str:
    body = base64.b64encode(r.randbytes(500)).decode()
    return "\n".join(body[n : n + 64] for n in range(0, len(body), 64))


HEADER = "-----BEGIN {} PRIVATE " + "KEY-----"

TEXTS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "PGPASSWORD": ("bin/db", lambda r: f"PGPASSWORD='{password(r)}' psql -h db.corp.net app\n"),
    "PGPASSWORD, exported": ("bin/db", lambda r: f"export PGPASSWORD={password(r)}\n"),
    "MYSQL_PWD": ("bin/db", lambda r: f"MYSQL_PWD={password(r)} mysql app\n"),
    "libpq": ("context/db.md", lambda r: f'psql "host=db.corp.net user=app password={password(r)} dbname=app"\n'),
    "libpq, password last": ("bin/db", lambda r: f"dsn='host=db.corp.net dbname=app password={password(r)}'\n"),
    "ADO connection string": ("context/db.md", lambda r: f"Server=db.corp.net;User Id=app;Password={password(r)};\n"),
    "sshpass": ("bin/go", lambda r: f"sshpass -p '{password(r)}' ssh ops@host.corp.net\n"),
    "sshpass, bare": ("context/go.md", lambda r: f"Run `sshpass -p {password(r)} ssh ops@host.corp.net`.\n"),
    "mysql -p": ("bin/db", lambda r: f"mysql -u app -p{password(r)} app\n"),
    "netrc line": ("context/ci.md", lambda r: f"machine git.corp.net login ana password {password(r)}\n"),
    "URL": ("context/db.md", lambda r: f"postgres://app:{text(r, 16)}@db.corp.net/app\n"),
    "curl -u": ("context/api.md", lambda r: f"curl -u ana:{password(r)} https://api.corp.net\n"),
    "session cookie": ("context/site.md", lambda r: f'curl -H "Cookie: theme=a; sessionid={text(r, 32, LOWER)}" https://x.net\n'),
    "session cookie in JSON": ("quota.json", lambda r: json.dumps({"workspaceId": "w", "authCookie": text(r, 120, URL)})),
    "signed cookie": ("bin/get", lambda r: f"curl --cookie 'connect.sid=s%3A{text(r, 32, URL)}.{text(r, 43)}' https://x.net\n"),
    "AWS pair, credentials file": (
        "context/aws.md",
        lambda r: "[default]\naws_access_key_id = {}\naws_secret_access_key = {}\n".format(*aws(r)),
    ),
    "AWS pair, exported": ("bin/aws", lambda r: "export AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\n".format(*aws(r))),
    "AWS pair, JSON": ("x.json", lambda r: json.dumps(dict(zip(("AccessKeyId", "SecretAccessKey"), aws(r), strict=True)))),
    "AWS pair, table": ("context/aws.md", lambda r: "| id | secret |\n|---|---|\n| {} | {} |\n".format(*aws(r))),
    "AWS pair, prose": ("context/aws.md", lambda r: "The key is {} with `{}`.\n".format(*aws(r))),
    "PEM": ("context/key.md", lambda r: f"{HEADER.format('RSA')}\n{key_lines(r)}\n{HEADER.format('RSA').replace('BEGIN', 'END')}\n"),
    "PEM without an end": ("context/key.md", lambda r: f"{HEADER.format('OPENSSH')}\n{key_lines(r)}\n"),
    "PEM in one line": ("x.json", lambda r: json.dumps({"k": f"{HEADER.format('EC')}\n{key_lines(r)}\n"})),
    "PEM in a comment": ("x.sh", lambda r: "\n".join(f"# {line}" for line in f"{HEADER.format('RSA')}\n{key_lines(r)}".split("\n"))),
    "login, refresh": ("x.json", lambda r: json.dumps({"a": {"type": "oauth", "refresh": text(r, 40, URL), "expires": 1}})),
    "login, access": ("x.json", lambda r: json.dumps({"a": {"type": "oauth", "access": text(r, 40), "expires": 1}}, indent=2)),
    "login, password": ("x.jsonc", lambda r: json.dumps({"a": {"type": "oauth", "password": text(r, 24)}})),
    "login, refreshToken": ("x.json", lambda r: json.dumps({"accounts": [{"email": "a@b.net", "refreshToken": text(r, 60, URL)}]})),
    "TypeScript's default": ("plugin/x.ts", lambda r: f'const key = process.env.TAVILY_API_KEY ?? "{drawn(r, 10)}"\n'),
    "an older default": ("plugin/x.js", lambda r: f"const key = process.env.LINEAR_TOKEN || '{drawn(r, 10)}'\n"),
    "Makefile": ("Makefile", lambda r: f"TAVILY_API_KEY ?= {drawn(r, 10)}\n"),
    "Dockerfile": ("Dockerfile", lambda r: f"FROM x\nENV TAVILY_API_KEY {drawn(r, 10)}\n"),
    "fish": ("context/shell.md", lambda r: f"set -gx TAVILY_API_KEY {drawn(r, 10)}\n"),
    "setx": ("context/win.md", lambda r: f'setx TAVILY_API_KEY "{drawn(r, 10)}"\r\n'),
    "aws configure": ("context/aws.md", lambda r: f"aws configure set aws_secret_access_key {drawn(r, 12)}x7\n"),
    "headers of a HAR": ("x.json", lambda r: json.dumps([{"name": "Authorization", "value": f"Bearer {drawn(r, 10)}"}])),
    "env of Kubernetes": ("x.yaml", lambda r: f"env:\n  - name: TAVILY_API_KEY\n    value: {drawn(r, 10)}\n"),
    "Docker's config": ("docker/config.json", lambda r: json.dumps({"auths": {"r.corp.net": {"auth": b64(f"ana:{password(r)}")}}})),
    "npmrc, a UUID": ("npmrc", lambda r: f"//npm.corp.net/:_authToken={uuid(r)}\n"),
    "npmrc, a login": ("npmrc", lambda r: f"//npm.corp.net/:_auth={b64(f'ana:{password(r)}')}\n"),
    "npmrc, a password": ("npmrc", lambda r: f"//npm.corp.net/:username=ana\n//npm.corp.net/:_password={b64(password(r))}\n"),
    "netrc, default": ("context/ci.md", lambda r: f"default login ana password {password(r)}\n"),
    "docker login, piped": ("bin/in", lambda r: f"echo '{password(r)}' | docker login -u ana --password-stdin r.corp.net\n"),
    "az login": ("bin/in", lambda r: f"az login --service-principal -u app -p {password(r)} --tenant corp\n"),
    "Azure client secret": ("context/az.md", lambda r: f"The secret: {text(r, 3)}8Q~{text(r, 34, URL + '.~')}\n"),
    "compose": ("compose.yaml", lambda r: f"environment:\n  POSTGRES_PASSWORD: {drawn(r)}\n"),
    "Maven": ("settings.xml", lambda r: f"<server><username>ana</username><password>{drawn(r)}</password></server>\n"),
    "SQL": ("context/db.md", lambda r: f"ALTER USER app WITH PASSWORD '{drawn(r)}';\n"),
    "WireGuard": ("wg.conf", lambda r: f"[Interface]\nPrivateKey = {base64.b64encode(r.randbytes(32)).decode()}\n"),
    "PuTTY": ("context/key.md", lambda r: f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 8\n{key_lines(r)}\n"),
    "Zapier's MCP": ("opencode.json", lambda r: json.dumps({"mcp": {"z": {"url": f"https://mcp.zapier.com/api/mcp/s/{b64(text(r, 73))}/mcp"}}})),
    "a server's password": ("x.json", lambda r: json.dumps({"hostname": "0.0.0.0", "port": 4096, "password": text(r, 32, URL)})),
    "Zai under its name": ("bin/z", lambda r: f"export ZAI_API_KEY={text(r, 32, HEX)}.{text(r, 16)}\n"),
    "Exa under its name": ("bin/e", lambda r: f"EXA_API_KEY={uuid(r)}\n"),
}  # fmt: skip
"""What only its place tells."""


def blocked(engine: Engine, path: str, data: str) -> bool:
    return any(region.code in ERRORS for region in regions(path.encode(), as_utf8(data.encode()), engine))


def missed(engine: Engine, values: int, seed: int = 20) -> tuple[Counter[tuple[str, str]], int]:
    """Form and place to the number of values that did not block; and how many were tried."""
    r = random.Random(seed)
    misses: Counter[tuple[str, str]] = Counter()
    tried = 0
    for form, draw in TOKENS.items():
        for place, (path, shape) in PLACES.items():
            for _ in range(values):
                tried += 1
                misses[form, place] += not blocked(engine, path, shape(draw(r)))
        if not form.endswith(("webhook", "old", "Slack webhook")):
            for _ in range(values):
                tried += 1
                misses[form, "a URL"] += not blocked(engine, "context/url.md", in_url(draw(r)))
    for form, (path, made) in TEXTS.items():
        for _ in range(values):
            tried += 1
            misses[form, "its own"] += not blocked(engine, path, made(r))
    return +misses, tried


def main() -> int:
    parser = argparse.ArgumentParser(description="how many of the published forms of tokens block")
    parser.add_argument("--values", type=int, default=60)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        misses, tried = missed(load(cache), asked.values)
    print("| forms | places | texts | blocked |\n|---|---|---|---|")
    print(f"| {len(TOKENS)} + {len(TEXTS)} | {len(PLACES) + 1} | {tried} | {tried - misses.total()} |")
    for (form, place), count in sorted(misses.items(), key=lambda one: -one[1]):
        print(f"missed {count} of {asked.values}: {form} in {place}")
    return 1 if misses else 0


if __name__ == "__main__":
    sys.exit(main())
