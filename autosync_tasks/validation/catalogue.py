"""The rules that judge what OpenCode reads, and the secret rules. See rules.py."""

from __future__ import annotations

from autosync_tasks.model import Severity
from autosync_tasks.validation.rule import Rule

_REMOVE = (
    "Take the value out of the file: `{env:NAME}` or `{file:path}` in opencode.json, an environment variable elsewhere."
)

RULES = (
    Rule(
        "INT001",
        Severity.ERROR,
        "A rule failed",
        "A check ended with an internal fault, so nobody knows whether the file is sound. Nothing "
        "is taken for granted: the sync waits.",
        "Report it with the rule's name and the path; `inv doctor` shows the versions.",
        acceptable=False,
        lasting=True,
    ),
    Rule(
        "SEC000",
        Severity.ERROR,
        "The secret scanner could not be loaded",
        "Without it no file can be judged, and a backup that nobody judged may hold keys.",
        "Install it again: pip install --force-reinstall kingfisher-secret-scanner",
        acceptable=False,
        lasting=True,
    ),
    Rule(
        "SEC001",
        Severity.ERROR,
        "A provider's token",
        "The text has the form of a token that one provider gives out (OpenAI, Slack, GitHub and "
        "some 400 more). Whoever reads the backup could use it.",
        _REMOVE,
        lasting=True,
    ),
    Rule(
        "SEC002",
        Severity.ERROR,
        "A private key",
        "A private key in PEM, OpenSSH or PGP form, or one in base64.",
        "Move the key out of the tree, or give the file a protected name (`*.key`, `*.pem`).",
        lasting=True,
    ),
    Rule(
        "SEC003",
        Severity.ERROR,
        "A password in a URL",
        "A URL holds user and password (`scheme://user:password@host`), and the password is no placeholder.",
        _REMOVE,
        lasting=True,
    ),
    Rule(
        "SEC004",
        Severity.ERROR,
        "A protected file was selected",
        "Files of this name hold secrets by their nature (`.env`, `auth.json`, private keys). They "
        "are never in the backup, whatever they contain.",
        "Take the path out of the selection. This cannot be overridden.",
        acceptable=False,
        lasting=True,
    ),
    Rule(
        "SEC005",
        Severity.ERROR,
        "A random value under a secret's name",
        "A long random value is given to one service's token, key or password, stands in an "
        "authorization header, has a provider's prefix, or stands in opencode.json where a key "
        "belongs.",
        _REMOVE,
        lasting=True,
    ),
    Rule(
        "SEC006",
        Severity.ERROR,
        "A secret in a file's name",
        "The path itself contains a token. It would stand in the backup, in every list of files and in the log.",
        "Rename the file.",
        lasting=True,
    ),
    Rule(
        "SEC101",
        Severity.WARNING,
        "A value under a secret's name",
        "Something called token, key, secret or password is given a random value. It may be an "
        "example or an identifier.",
        "If it is real, take it out of the file. If not, nothing needs to be done.",
    ),
    Rule(
        "SEC102",
        Severity.WARNING,
        "Perhaps a secret",
        "The scanner has seen a pattern that is often, but not surely, a secret.",
        "If it is real, take it out of the file. If not, nothing needs to be done.",
    ),
    Rule(
        "SEC103",
        Severity.WARNING,
        "A URL with user and password",
        "The password looks like an example's.",
        "If it is real, take it out of the file. If not, nothing needs to be done.",
    ),
    Rule(
        "MRG001",
        Severity.ERROR,
        "Merge-conflict markers",
        "A merge was left unfinished: `<<<<<<<`, `=======` and `>>>>>>>` stand at the beginning of "
        "lines of JSON, a script or front matter. What reads the file cannot read it as it is.",
        "Choose one of the two versions and delete the three marker lines.",
    ),
    Rule(
        "JSN001",
        Severity.ERROR,
        "OpenCode cannot read this config file",
        "The file is not JSON with comments and trailing commas holding one object, the form that "
        "OpenCode reads. OpenCode stops with an error when it starts.",
        "Mend the line that is named.",
    ),
    Rule(
        "JSN002",
        Severity.WARNING,
        "Not valid JSON",
        "The file is named .json or .jsonc and cannot be read as such. OpenCode starts without it; "
        "what reads it may not.",
        "Mend the line that is named.",
    ),
    Rule(
        "JSN003",
        Severity.WARNING,
        "A key stands twice",
        "Only the last of the two counts; the first has no effect.",
        "Delete one of them.",
    ),
    Rule(
        "JSN004",
        Severity.WARNING,
        "Not as OpenCode's schema says",
        "opencode.json holds a value that OpenCode's own schema does not allow. OpenCode may refuse"
        " to start, or ignore it, depending on its version. Of 22 real files 6 violate the schema, "
        "so this warns.",
        "Compare with https://opencode.ai/docs/config",
    ),
    Rule(
        "JSN005",
        Severity.ERROR,
        "A file named in {file:…} is missing",
        "OpenCode replaces `{file:path}` by the file's text before it reads the config, and stops "
        "with an error if there is no such file. Only paths inside the tree are judged. A line that"
        " begins with // is left out, other comments are not.",
        "Create the file, or take the reference out.",
    ),
    Rule(
        "JSN006",
        Severity.WARNING,
        "A variable named in {env:…} is not set",
        "OpenCode puts nothing in its place, so a key may be empty without a message.",
        "Set the variable where OpenCode is started.",
    ),
    Rule(
        "JSN007",
        Severity.WARNING,
        "package.json is not an object",
        "OpenCode installs what package.json names for tools and plugins. It starts without, but they may fail.",
        "Mend the file, or delete it: OpenCode writes a new one.",
    ),
    Rule(
        "JSN008",
        Severity.WARNING,
        "Too deep or too long to be checked",
        "The reader stops at 200 levels of nesting and at 16 million characters.",
        "Check the file by hand.",
    ),
    Rule(
        "MDF001",
        Severity.WARNING,
        "The front matter cannot be read",
        "The text between the `---` lines is not YAML. OpenCode does not stop: it takes all of it "
        "as the prompt, and description, mode, model and permissions have no effect. A skill is not"
        " offered at all.",
        "Quote values that hold `: ` or begin with a special character.",
    ),
    Rule(
        "MDF002",
        Severity.ERROR,
        "OpenCode refuses this front matter",
        "A key of an agent or command has a value of the wrong kind, and OpenCode stops with an "
        "error when it starts: description, model and prompt want text, tools an object of true and"
        " false, mode one of subagent, primary and all, permission one of allow, ask and deny.",
        "Mend the key that is named.",
    ),
    Rule(
        "MDF003",
        Severity.WARNING,
        "An agent without a description",
        "Other agents choose a subagent by its description.",
        "Add `description:` to the front matter.",
    ),
    Rule(
        "MDF004",
        Severity.WARNING,
        "A skill that OpenCode does not load",
        "A skill wants `name` and `description` as text in its front matter; without them it is not offered.",
        "Add the key that is named.",
    ),
    Rule(
        "MDF005",
        Severity.WARNING,
        "A skill's name does not fit",
        "The name should be that of its folder: lower-case letters, digits and single hyphens, 64 "
        "at most. OpenCode loads the skill under the name of its front matter; others refuse it.",
        "Give folder and `name:` the same name.",
    ),
    Rule(
        "MDF006",
        Severity.WARNING,
        "Two of the same name",
        "OpenCode takes one of the two, and which one is not said.",
        "Rename one of them.",
    ),
    Rule(
        "MDF007",
        Severity.WARNING,
        "A key stands twice in the front matter",
        "OpenCode cannot read YAML with a key twice: it takes all of the front matter as the prompt.",
        "Delete one of them.",
    ),
    Rule(
        "MDF008",
        Severity.WARNING,
        "A mode with a value that does not fit",
        "OpenCode drops a mode whose front matter does not fit, without a message.",
        "Mend the key that is named.",
    ),
)
