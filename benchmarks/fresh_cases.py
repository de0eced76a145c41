# ruff: noqa: ARG005, E501  one case is one line, whether its form needs all that it is given or not
"""Cases that no set holds and no rule was written for: made-up keys in forms that providers publish, and look-alikes.

Every value is drawn at random when it is asked for; only public prefixes stand here. Providers and shapes are others
than those of tests/validation/test_secrets.py.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator

ALL = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URL = ALL + "-_"
B64 = ALL + "+/"

Make = Callable[[random.Random], str]


def drawn(r: random.Random, count: int, alphabet: str = ALL) -> str:
    return "".join(r.choices(alphabet, k=count))


def after(prefix: str, count: int, alphabet: str = ALL) -> Make:
    return lambda r: prefix + drawn(r, count, alphabet)


def uuid(r: random.Random) -> str:
    return "-".join(drawn(r, n, HEX) for n in (8, 4, 4, 4, 12))


def jwt(r: random.Random) -> str:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps({"sub": drawn(r, 12), "exp": 1999999999}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{drawn(r, 43, URL)}"


def pem(r: random.Random, kind: str, size: int = 400) -> str:
    body = base64.b64encode(r.randbytes(size)).decode()
    lines = "\n".join(body[n : n + 64] for n in range(0, len(body), 64))
    return f"-----BEGIN {kind}-----\n{lines}\n-----END {kind}-----\n"


KEYS: dict[str, tuple[str, Make]] = {
    # provider: the variable that its documentation names, the form of its key
    "groq": ("GROQ_API_KEY", after("gsk_", 52)),
    "perplexity": ("PERPLEXITY_API_KEY", after("pplx-", 48)),
    "mistral": ("MISTRAL_API_KEY", after("", 32)),
    "together": ("TOGETHER_API_KEY", after("tgp_v1_", 43, URL)),
    "fireworks": ("FIREWORKS_API_KEY", after("fw_", 24)),
    "cohere": ("COHERE_API_KEY", after("", 40)),
    "azure openai": ("AZURE_OPENAI_API_KEY", after("", 32, HEX)),
    "voyage": ("VOYAGE_API_KEY", after("pa-", 43, URL)),
    "jina": ("JINA_API_KEY", after("jina_", 60, URL)),
    "openai, old": ("OPENAI_API_KEY", lambda r: f"sk-{drawn(r, 20)}T3BlbkFJ{drawn(r, 20)}"),
    "openai, service": ("OPENAI_API_KEY", lambda r: f"sk-svcacct-{drawn(r, 74, URL)}T3BlbkFJ{drawn(r, 74, URL)}"),
    "anthropic, admin": ("ANTHROPIC_ADMIN_KEY", lambda r: f"sk-ant-admin01-{drawn(r, 93, URL)}AA"),
    "brave search": ("BRAVE_API_KEY", after("BSA", 28, URL)),
    "exa": ("EXA_API_KEY", uuid),
    "serper": ("SERPER_API_KEY", after("", 40, HEX)),
    "browserbase": ("BROWSERBASE_API_KEY", after("bb_live_", 27)),
    "e2b": ("E2B_API_KEY", after("e2b_", 40, HEX)),
    "pinecone": ("PINECONE_API_KEY", lambda r: f"pcsk_{drawn(r, 5)}_{drawn(r, 63)}"),
    "weights and biases": ("WANDB_API_KEY", after("", 40, HEX)),
    "deepgram": ("DEEPGRAM_API_KEY", after("", 40, HEX)),
    "sendgrid": ("SENDGRID_API_KEY", lambda r: f"SG.{drawn(r, 22, URL)}.{drawn(r, 43, URL)}"),
    "mailgun": ("MAILGUN_API_KEY", after("key-", 32, HEX)),
    "airtable": ("AIRTABLE_API_KEY", lambda r: f"pat{drawn(r, 14)}.{drawn(r, 64, HEX)}"),
    "atlassian": ("JIRA_API_TOKEN", lambda r: f"ATATT3xFfGF0{drawn(r, 171, URL)}={drawn(r, 8, HEX.upper())}"),
    "figma": ("FIGMA_API_KEY", after("figd_", 40, URL)),
    "shopify": ("SHOPIFY_ACCESS_TOKEN", after("shpat_", 32, HEX)),
    "sentry": ("SENTRY_AUTH_TOKEN", after("sntryu_", 64, HEX)),
    "vercel": ("VERCEL_TOKEN", after("", 24)),
    "netlify": ("NETLIFY_AUTH_TOKEN", after("nfp_", 36)),
    "cloudflare": ("CLOUDFLARE_API_TOKEN", after("", 40, URL)),
    "render": ("RENDER_API_KEY", after("rnd_", 28)),
    "databricks": ("DATABRICKS_TOKEN", after("dapi", 32, HEX)),
    "docker": ("DOCKER_TOKEN", after("dckr_pat_", 27, URL)),
    "pypi": ("UV_PUBLISH_TOKEN", after("pypi-AgEIcHlwaS5vcmc", 120, URL)),
    "rubygems": ("GEM_HOST_API_KEY", after("rubygems_", 48, HEX)),
    "terraform": ("TF_TOKEN", lambda r: f"{drawn(r, 14)}.atlasv1.{drawn(r, 64)}"),
    "vault": ("VAULT_TOKEN", after("hvs.", 95, URL)),
    "aws": ("AWS_SECRET_ACCESS_KEY", after("", 40, B64)),
    "github, oauth": ("GH_TOKEN", after("gho_", 36)),
    "gitlab, deploy": ("GITLAB_TOKEN", after("gldt-", 20, URL)),
    "circleci": ("CIRCLECI_TOKEN", lambda r: f"CCIPAT_{drawn(r, 22)}_{drawn(r, 40, HEX)}"),
    "posthog": ("POSTHOG_API_KEY", after("phx_", 43)),
    "grafana": ("GRAFANA_TOKEN", lambda r: f"glsa_{drawn(r, 32)}_{drawn(r, 8, HEX)}"),
    "new relic": ("NEW_RELIC_API_KEY", after("NRAK-", 27, string.ascii_uppercase + string.digits)),
    "datadog": ("DD_API_KEY", after("", 32, HEX)),
    "linear, oauth": ("LINEAR_TOKEN", after("lin_oauth_", 64, HEX)),
    "clickup": (
        "CLICKUP_API_KEY",
        lambda r: f"pk_{drawn(r, 8, string.digits)}_{drawn(r, 32, string.ascii_uppercase + string.digits)}",
    ),
    "supabase": ("SUPABASE_SERVICE_ROLE_KEY", jwt),
    "discord, bot": ("DISCORD_BOT_TOKEN", lambda r: f"M{drawn(r, 23)}.{drawn(r, 6, URL)}.{drawn(r, 38, URL)}"),
    "asana": (
        "ASANA_ACCESS_TOKEN",
        lambda r: f"2/{drawn(r, 16, string.digits)}/{drawn(r, 16, string.digits)}:{drawn(r, 32, HEX)}",
    ),
}

SHAPES: dict[str, tuple[str, Callable[[str, str], str]]] = {
    # what: path, text of (variable, value)
    "provider": ("opencode.json", lambda n, v: json.dumps({"provider": {"p": {"options": {"apiKey": v}}}})),
    "header": (
        "opencode.json",
        lambda n, v: json.dumps(
            {"mcp": {"m": {"type": "remote", "headers": {"Authorization": f"Bearer {v}"}}}}, indent=1
        ),
    ),
    "own header": ("opencode.jsonc", lambda n, v: f'{{"mcp": {{"m": {{"headers": {{"x-api-key": "{v}",}}}}}}}}\n'),
    "environment": ("opencode.json", lambda n, v: json.dumps({"mcp": {"m": {"environment": {n: v}}}}, indent=4)),
    "arguments": (
        "opencode.json",
        lambda n, v: json.dumps({"mcp": {"m": {"command": ["npx", "-y", "srv", f"--token={v}"]}}}),
    ),
    "comment": ("opencode.jsonc", lambda n, v: f'{{\n  // {n} was {v}\n  "model": "a/b"\n}}\n'),
    "export": ("skill/release/SKILL.md", lambda n, v: f"# Release\n\n```sh\nexport {n}='{v}'\nmake release\n```\n"),
    "list": ("context/access.md", lambda n, v: f"## Access\n\n* **{n}**: `{v}`\n* region: eu\n"),
    "table": ("context/keys.md", lambda n, v: f"| name | value |\n|---|---|\n| {n} | {v} |\n"),
    "curl": (
        "command/report.md",
        lambda n, v: f'Run `curl -H "Authorization: Bearer {v}" https://api.corp.net/v1/me`.\n',
    ),
    "python": ("tool/report.py", lambda n, v: f'import os\nKEY = os.environ.get("{n}", "{v}")\n'),
    "typescript": ("plugin/report.ts", lambda n, v: f'const client = new Client({{ {n}: "{v}" }})\n'),
    "compose": ("bin/compose.yml", lambda n, v: f"services:\n  a:\n    environment:\n      - {n}={v}\n"),
}
"""In most the variable's name stands beside the value; in five it does not."""


def positives(seed: int) -> Iterator[tuple[str, str, str]]:
    """Label, path and text of sixty cases: each provider in one shape, ten of them in another one too."""
    r = random.Random(seed)
    every = [*KEYS, *r.sample(list(KEYS), 60 - len(KEYS))]
    shapes = [*SHAPES] * 5
    r.shuffle(shapes)
    for provider, shape in zip(every, shapes, strict=False):
        name, make = KEYS[provider]
        path, text = SHAPES[shape]
        yield f"{provider}, {shape}", path, text(name, make(r))


CLEAN: dict[str, tuple[str, Make]] = {
    "commit": ("context/log.md", lambda r: f"Fixed in {drawn(r, 40, HEX)}, see {drawn(r, 7, HEX)}.\n"),
    "image digest": ("bin/Dockerfile", lambda r: f"FROM node:22@sha256:{drawn(r, 64, HEX)}\n"),
    "npm integrity": ("package-lock.json", lambda r: f'{{"integrity": "sha512-{drawn(r, 86, B64)}=="}}\n'),
    "yarn": ("yarn.lock", lambda r: f'  resolved "https://registry/x.tgz#{drawn(r, 40, HEX)}"\n  checksum {drawn(r, 128, HEX)}\n'),
    "go.sum": ("tool/go.sum", lambda r: f"github.com/a/b v1.2.3 h1:{drawn(r, 43, B64)}=\n"),
    "cargo": ("tool/Cargo.lock", lambda r: f'checksum = "{drawn(r, 64, HEX)}"\n'),
    "nix": ("flake.lock", lambda r: f'{{"narHash": "sha256-{drawn(r, 43, B64)}=", "rev": "{drawn(r, 40, HEX)}"}}\n'),
    "poetry": ("poetry.lock", lambda r: f'hash = "sha256:{drawn(r, 64, HEX)}"\ncontent-hash = "{drawn(r, 64, HEX)}"\n'),
    "sha256sum": ("context/sums.txt", lambda r: f"{drawn(r, 64, HEX)}  autosync.tar.gz\n"),
    "session id": ("context/log.md", lambda r: f"session_id: {uuid(r)}\nrequest id {uuid(r)}\n"),
    "uuid key": ("plugin/a.ts", lambda r: f'const ROW_KEY = "{uuid(r)}"\n'),
    "page": ("context/links.md", lambda r: f"https://www.notion.so/team/Notes-{drawn(r, 32, HEX)}\n"),
    "drawing": ("context/links.md", lambda r: f"https://www.figma.com/file/{drawn(r, 22)}/Board?node-id=1-2\n"),
    "document": ("context/links.md", lambda r: f"https://docs.google.com/document/d/{drawn(r, 44, URL)}/edit\n"),
    "video": ("context/links.md", lambda r: f"https://youtu.be/{drawn(r, 11, URL)}?t=10\n"),
    "picture": ("context/a.md", lambda r: f"![x](data:image/png;base64,{base64.b64encode(r.randbytes(300)).decode()})\n"),
    "font": ("docs/a.css", lambda r: f"src: url(data:font/woff2;base64,{base64.b64encode(r.randbytes(600)).decode()});\n"),
    "certificate": ("context/ca.md", lambda r: pem(r, "CERTIFICATE")),
    "public key": ("context/pub.md", lambda r: pem(r, "PUBLIC KEY", 290)),
    "ssh public key": ("context/hosts.md", lambda r: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{drawn(r, 43, B64)} ana@host\n"),
    "host fingerprint": ("context/hosts.md", lambda r: f"github.com SHA256:{drawn(r, 43, B64)} (ED25519)\n"),
    "pgp public key": ("context/pgp.md", lambda r: pem(r, "PGP PUBLIC KEY BLOCK", 600)),
    "variable": ("opencode.json", lambda r: '{"provider": {"p": {"options": {"apiKey": "{env:GROQ_API_KEY_2}"}}}}\n'),
    "file": ("opencode.json", lambda r: '{"mcp": {"m": {"headers": {"Authorization": "Bearer {file:~/.keys/m1}"}}}}\n'),
    "shell variable": ("bin/run", lambda r: '#!/bin/sh\nexport API_TOKEN="${API_TOKEN:?set it first}"\n'),
    "shell command": ("bin/run", lambda r: '#!/bin/sh\nTOKEN=$(op read "op://Private/GitHub/token_2024")\n'),
    "keyring": ("context/a.md", lambda r: "GITHUB_TOKEN is in 1Password: op://Engineering/GitHub-PAT-2024/credential\n"),
    "node": ("plugin/a.ts", lambda r: "const apiKey = process.env.OPENROUTER_API_KEY_V2 ?? missingKey2('openrouter')\n"),
    "python": ("tool/a.py", lambda r: 'token = os.environ["SLACK_BOT_TOKEN_2024"]\nsecret = load_secret_v2(name)\n'),
    "your key": ("context/a.md", lambda r: 'export OPENAI_API_KEY="sk-your-api-key-goes-here-1234567890"\n'),
    "replace me": ("context/a.md", lambda r: "ANTHROPIC_API_KEY=sk-ant-api03-REPLACE-ME-WITH-YOUR-OWN-KEY\n"),
    "dots": ("context/a.md", lambda r: "GITHUB_TOKEN=ghp_..." + drawn(r, 4) + "\n"),
    "stars": ("context/a.md", lambda r: "token: ghp_" + "*" * 32 + drawn(r, 4) + "\n"),
    "crosses": ("context/a.md", lambda r: "SLACK_TOKEN=xoxb-XXXXXXXXXXXX-XXXXXXXXXXXX-XXXXXXXXXXXXXXXXXXXXXXXX\n"),
    "of the documentation": ("context/aws.md", lambda r: "aws_access_key_id = AKIAIOSFODNN7" + "EXAMPLE\n"),
    "angle brackets": ("context/a.md", lambda r: 'curl -H "Authorization: Bearer <YOUR_TOKEN_FROM_STEP_2>" https://a\n'),
    "template": ("templates/a.md", lambda r: "postgres://{{ db_user }}:{{ db_password }}@{{ host }}:5432/{{ name }}\n"),
    "expression of a workflow": (".github/a.yml", lambda r: "  GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN_V2 }}\n"),
    "pattern": ("tool/scan.ts", lambda r: r"const GITHUB = /\bghp_[A-Za-z0-9]{36}\b/, AWS = /AKIA[0-9A-Z]{16}/" + "\n"),
    "prose": ("context/a.md", lambda r: "The access token expires after 3600 seconds; the refresh token after 30 days.\n"),
    "numbers": ("agent/a.md", lambda r: "---\ndescription: d\n---\nmax_tokens: 128000, token_limit=200000, key: 42\n"),
    "model": ("opencode.json", lambda r: '{"model": "anthropic/claude-opus-4-1-20250805", "small_model": "openai/gpt-5-mini-2025-08-07"}\n'),
    "bundle": ("context/a.md", lambda r: f"dist/main.{drawn(r, 8, HEX)}.js, chunk-{drawn(r, 8)}.mjs\n"),
    "cursor": ("context/a.md", lambda r: f'{{"nextCursor": "{base64.b64encode(r.randbytes(24)).decode()}"}}\n'),
    "etag": ("context/a.md", lambda r: f'ETag: W/"{drawn(r, 32, HEX)}"\n'),
    "arn": ("context/a.md", lambda r: f"arn:aws:kms:eu-west-1:{drawn(r, 12, string.digits)}:key/{uuid(r)}\n"),
    "analytics": ("docs/a.html", lambda r: f"gtag('config', 'G-{drawn(r, 10, string.ascii_uppercase + string.digits)}')\n"),
    "address": ("context/a.md", lambda r: "fe80::" + ":".join(drawn(r, 4, HEX) for _ in range(4)) + " aa:bb:cc:11:22:33\n"),
    "example url": ("context/a.md", lambda r: "postgres://postgres:postgres@localhost:5432/app\n"),
    "proxy": ("context/a.md", lambda r: "http://user:password@proxy.example.com:8080\n"),
    "key binding": ("tui.json", lambda r: '{"keybinds": {"leader": "ctrl+x", "session_new": "<leader>n"}}\n'),
    "class names": ("plugin/a.tsx", lambda r: '<a key="row-3f2a" className="mt-4 grid-cols-[1fr_2fr] hover:bg-zinc-900/80" />\n'),
    "identifier": ("tool/a.go", lambda r: "func NewTokenSourceFromRefreshTokenV2(ctx context.Context) (oauth2.TokenSource, error) {\n"),
    "path": ("context/a.md", lambda r: "token file: /home/ana/.config/opencode/plugin/token-store-v2/index.ts\n"),
    "date": ("context/a.md", lambda r: "key: 2024-10-03T12:33:45.123Z-release-candidate-3\n"),
    "migration": ("context/a.md", lambda r: f"migrations/20240301123045_add_api_tokens_{drawn(r, 6, HEX)}.sql\n"),
    "docker tag": ("context/a.md", lambda r: f"registry.corp.net/team/app:v1.2.3-{drawn(r, 9, HEX)}\n"),
    "source map": ("docs/a.js", lambda r: f"//# sourceMappingURL=data:application/json;base64,{base64.b64encode(json.dumps({'version': 3, 'mappings': drawn(r, 80)}).encode()).decode()}\n"),
    "css color": ("themes/a.json", lambda r: f'{{"primary": "#{drawn(r, 6, HEX)}", "secret": "hidden"}}\n'),
    "password rule": ("context/a.md", lambda r: "password: at least 12 characters with upper, lower, digits (PASSWORD_MIN_LENGTH=12)\n"),
}  # fmt: skip
"""Label to path and text: what only looks like a secret."""


def clean(seed: int) -> Iterator[tuple[str, str, str]]:
    """Label, path and text of sixty look-alikes."""
    r = random.Random(seed)
    for label, (path, make) in CLEAN.items():
        yield label, path, make(r)
