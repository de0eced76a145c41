"""Each published form of a token blocks in each place where people put one; what stands for it does not."""

from __future__ import annotations

import base64
import json

import pytest

from benchmarks.token_forms import PLACES, TEXTS, TOKENS, blocked, missed
from tests.validation.support import real_engine

STANDS_IN = {
    "a mask": "DB URLs: postgres://[REDACTED:DATABASE_URI]@host",
    "stars": "redis://default:********@cache.corp.net:6379",
    "a row of x": "NPM_TOKEN=npm_" + "x" * 36,
    "a row of x, prefixed": "sk-ant-api03-" + "X" * 93 + "AA",
    "the alphabet": "ghp_" + "abcdefghijklmnopqrstuvwxyz1234567890",
    "an author's words": "sk-" + "proj-your-openai-api-key-goes-here-1234",
    "words of one service": "postgres://app_user:app_password@db.internal:5432/app",
    "the user's own name": "ftp://anonymous:anonymous@ftp.gnu.org/",
    "a header": 'curl -H "Authorization: Bearer ACCESS_TOKEN" https://api.example.com/v1',
    "a web token with a word for a signature": 'token = "Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MDAwMDAwMDB9.expired"',
    "an application's id": "DISCORD_APP_ID=5837261940" + "58372615",
    "a web token that nobody signed": "```\nAuthorization: Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYWRtaW4ifQ.\n```",
    "the same in JSON": json.dumps("Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYWRtaW4ifQ.\n```"),
    "a signature's word in JSON": json.dumps("Bearer eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MDAwMDAwMDB9.signature\n\n"),
    "curl's user, a variable": 'curl -u "$PAY_KEY:" https://api.example.com/v1/charges',
    "curl's user, words": "curl -u USERNAME:PASSWORD https://api.example.com",
    "another program's option": "curl -s https://a.net/robots.txt\nsqlscan -u \"https://a.net/page?id=1\" --batch",
    "a pipe": "curl -s https://a.net | tool -u name:aB3dE5fG7h",
    "a bad example": "Never do this:\n\n    api_key = \"sk_live_" + "abc123def456ghi789" + "\"  # BAD\n",
    "first lines of key formats": "Look for `-----BEGIN RSA PRIVATE " + "KEY-----` and `-----BEGIN OPENSSH PRIVATE " + "KEY-----`.",
    "a key cut short": "-----BEGIN PRIVATE " + "KEY-----\nMIIE...\n-----END PRIVATE " + "KEY-----",
    "PGPASSWORD, a variable": 'PGPASSWORD="$DB_PASSWORD" psql -h db app',
    "PGPASSWORD, words": "PGPASSWORD=your_password psql -h db app",
    "sshpass, a placeholder": "sshpass -p '<password>' ssh ops@host",
    "a netrc, words": "machine git.corp.net login USERNAME password YOUR_TOKEN",
    "a cookie, words": 'curl -H "Cookie: session=YOUR_SESSION_COOKIE" https://x.net',
    "a cookie, a name": 'curl -H "Cookie: session=my_application_session_name_v2" https://x.net',
    "a server, words": '{"hostname": "0.0.0.0", "port": 4096, "password": "change-this-password-1"}',
    "a server, a weak one": '{"url": "http://db:5432", "port": 5432, "password": "' + "mysecretpassword" + '"}',
    "a Google key, stars": "AIza" + "X" * 35,
    "a password's variable": "push_to_neo4j(G, uri='NEO4J_URI', user='NEO4J_USER', password='NEO4J_PASSWORD')",
    "a file's digest": '{"command/join-discord.md": "' + "de092c2d688380f6e91841ba6af6cb2c" * 2 + '"}',
    "a header of a standard": "Authorization: Basic " + base64.b64encode(b"Aladdin:open sesame").decode(),
    "a header, user and password": "curl -H 'Authorization: Basic " + base64.b64encode(b"user:password").decode() + "' x.net",
    "a provider's own test key": "sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "digits and letters in a row": "api_key: sk-" + "1234567890abcdef" * 2,
    "what to do": "NEXTAUTH_SECRET=generate-with-openssl-rand-base64-32",
    "a JSON text of prose": json.dumps({"prompt": "Run:\nexport OPENAI_API_KEY=sk-your-api-key-1234567890\nghp_" + "x" * 36}),
    "expressions in JSON": json.dumps({"find": "\\bghp_[A-Za-z0-9]{36}\\b|\\nsk-[a-zA-Z0-9]{48}"}),
    "code that gets a password": 'conn = connect(host="db", user="app", password=get_secret("db"))',
    "code that reads one": "conn = connect(user=user, password=base64.b64decode(given).decode())",
    "an address with the word": "POST /forgot-password HTTP/1.1\nHost: a.net",
    "the same in JSON, the word": json.dumps("POST /forgot-password HTTP/1.1\nHost: a.net"),
    "a provider's prefix and words": "export OPENROUTER_API_KEY='sk-or-v1-project1-key'",
    "a netrc for everybody": "default login anonymous password user@site",
    "a password elsewhere": "POSTGRES_PASSWORD=vault:secret/data/x1#Pw2",
    "a name in a cloud": "POSTGRES_PASSWORD=arn:aws:secretsmanager:eu-1:1234:secret:Db-a1B2c3",
    "a path": "CHANGE_PASSWORD = '/api/v1/Users2/changePw3'",
    "a message's name": "INVALID_PASSWORD: 'E1001_InvalidPw2'",
    "a sentence into a program": 'echo "Enter token1 X" | gh auth login --with-token',
    "a default that is code": "const key = config?.secretKey ?? (await loadSecretKeyFromVault2Now())",
    "an option of tmux": "set -g @plugin-key 'M-k'; set -euo pipefail",
    "an interface's key, a template": "PrivateKey = {{ wg_private_key }}",
    "an interface's key, of the documentation": "PrivateKey = yAnz5TF+lXXJte14tji3" + "zlMNq+hd2rYUIgJBgB3fBmk=",
    "a key for pages": 'const stripe = loadStripe("pk_live_51' + "PliIX6meolEmA61eQjOMtei1jeZo3JOo" + '")',
    "a key of Git's for signing": "[user]\n\tsigningkey = 3AA5C34371567BD2" + "9D1B7C6E5F4A3B2C1D0E9F8A",
    "a login, words": '{"a": {"type": "oauth", "refresh": "your-refresh-token", "access": "<access-token>"}}',
}  # fmt: skip


@pytest.mark.parametrize("name", STANDS_IN)
def test_what_stands_for_a_secret_does_not_block(name: str) -> None:
    assert not blocked(real_engine(), "context/a.md", STANDS_IN[name] + "\n")
    assert not blocked(real_engine(), "bin/a", STANDS_IN[name] + "\n")


def test_a_comment_that_calls_it_bad_hides_no_real_token() -> None:
    import random

    for draw in list(TOKENS.values())[::7]:
        assert blocked(
            real_engine(), "context/a.md", f'Never do this (bad example):\n\n    key = "{draw(random.Random(3))}"\n'
        )


@pytest.mark.parametrize("values", [pytest.param(1, marks=pytest.mark.sweep), pytest.param(60, marks=pytest.mark.full)])
def test_every_form_blocks_in_every_place(values: int) -> None:
    """The table of docs/validation.md is made with 60 by benchmarks/token_forms.py."""
    misses, tried = missed(real_engine(), values)
    assert tried >= (len(TOKENS) * len(PLACES)) + len(TEXTS)
    assert not misses
