Feature: A finding stays the same finding while what it is about stays
  Who accepted one does not want to be asked again because lines moved, or because a newer version words it anew; who did
  not see another must be asked.

  Rule: What was accepted is accepted wherever it moves in its file, and nothing else is

    Scenario: what becomes of a file
      Then of these files and what becomes of them a finding is the same or another:
        | agent | file | holds | then holds | it is |
        | opencode | a.json | {"a": 1, "a": 2} | {\n"x": [], "a": 1,\n"a": 3} | the same |
        | opencode | a.json | {"a": 1, "a": 2} | {"b": 1, "b": 2} | another |
        | opencode | a.json | {"a" 1} | \n{"b" 1} | the same |
        | opencode | a.json | {"a" 1} | {"a": 1 | another |
        | opencode | opencode.json | [] | \n5 | the same |
        | opencode | opencode.json | [] | {"a" 1} | another |
        | opencode | opencode.json | {"username": "{file:a.md}"} | {\n"username": "x{file: a.md}"} | the same |
        | opencode | opencode.json | {"username": "{file:a.md}"} | {"username": "{file:b.md}"} | another |
        | opencode | opencode.json | {"username": "{env:A}"} | {\n"model": "{env:A}"} | the same |
        | opencode | opencode.json | {"username": "{env:A}"} | {"username": "{env:B}"} | another |
        | opencode | opencode.json | {"model": 5} | {"username": "a",\n"model": 6} | the same |
        | opencode | opencode.json | {"model": 5} | {"username": 5} | another |
        | opencode | opencode.json | {"agent": {"a": {"steps": 0}}} | {"agent": {"a": {"steps": "x"}}} | another |
        | opencode | opencode.json | {"agent": {"a": {"steps": 0}}} | {"agent": {"b": {"steps": 0}}} | another |
        | opencode | agent/a.md | ---\ndescription: d\nmode: x\n---\n | ---\n\ndescription: e\nmode: y\n---\n | the same |
        | opencode | agent/a.md | ---\ndescription: d\nmode: x\n---\n | ---\ndescription: d\ncolor: x\n---\n | another |
        | opencode | agent/a.md | ---\ndescription: [\n---\n | ---\ndescription: "\n---\n | the same |
        | opencode | agent/a.md | ---\ndescription: d\na: 1\na: 2\n---\n | ---\ndescription: d\n\na: 1\na: 2\n---\n | the same |
        | opencode | agent/a.md | ---\ndescription: d\na: 1\na: 2\n---\n | ---\ndescription: d\nb: 1\nb: 2\n---\n | another |
        | opencode | skill/a/SKILL.md | ---\nname: a\n---\n | ---\n\nname: a\nx: 1\n---\n | the same |
        | opencode | skill/a/SKILL.md | ---\nname: a\n---\n | ---\ndescription: d\n---\n | another |
        | claude | settings.json | {"a": 1, // x\n"b": 2} | {\n"b": 2 /* y */} | the same |
        | claude | settings.json | {"a": 1, // x\n"b": 2} | {"a": 1,} | another |
        | claude | settings.json | {"model": 5} | {"a": 1,\n"model": 6} | the same |
        | claude | settings.json | {"model": 5} | {"language": 5} | another |
        | claude | settings.json | {"statusLine": {"command": "~/.claude/a.sh"}} | {"hooks": {"Stop": [{"hooks": [{"command": "bash ~/.claude/a.sh x"}]}]}} | the same |
        | claude | settings.json | {"statusLine": {"command": "~/.claude/a.sh"}} | {"statusLine": {"command": "~/.claude/b.sh"}} | another |
        | claude | agents/a.md | ---\nname: a\n---\n | ---\n\nname: b\n---\n | the same |
        | claude | agents/a.md | ---\nname: a\n---\n | ---\ndescription: d\n---\n | another |
        | claude | agents/a.md | ---\nname: a:b\ndescription: d\n---\n | ---\n\nname: c:d\ndescription: d\n---\n | the same |
        | claude | agents/a.md | ---\nname: a:b\ndescription: d\n---\n | ---\nname: a\n---\n | another |
        | claude | agents/a.md | ---\nname: [\n---\n | ---\n\nname: "\n---\n | the same |
        | codex | config.toml | a = \n | b = 1\na = \n | the same |
        | codex | rules/a.rules | f(\n | \ng(\n | the same |
        | codex | hooks.json | {"mine": 1} | {\n"hooks": {},\n"mine": 2} | the same |
        | codex | hooks.json | {"mine": 1} | {"yours": 1} | another |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ntools: read\n---\n | ---\nname: a\ndescription: d\n\ntools: write\n---\n | the same |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ntools: read\n---\n | ---\nname: a\ndescription: d\ncolor: read\n---\n | another |

    Scenario: a newer version of this program
      Then what a person accepted by these fingerprints with an earlier version is accepted still:
        | agent | file | beside | holds | accepted |
        | opencode | a.json | | {"a": 1, "a": 2} | JSN003 389b5a8ecf6c499c |
        | opencode | a.json | | {"a" 1} | JSN002 e6f7a1e3e5a0c335 |
        | opencode | a.json | | TIMES(201, [)TIMES(201, ]) | JSN008 b8713a2fcd07ccf9 |
        | opencode | opencode.json | | [] | JSN001 98a39e51e012d9d0 |
        | opencode | config.json | cli.json | {} | JSN010 cafa2fa29c8b1744 |
        | opencode | package.json | | [] | JSN007 aebd4b17f2819c73 |
        | opencode | opencode.json | | {"model": 5, "unheard": 1, "username": "{file:a.md}{env:A}"} | JSN004 55f611c81fe11ae1, JSN005 68a57fdf4d072d81, JSN006 6d7aa777dc6afa32, JSN009 12e638bd19e623ac |
        | opencode | agent/a.md | | x | MDF003 fb264df5575693e5 |
        | opencode | agent/a.md | | ---\nmode: x\n---\n | MDF002 ddda61e4237ad821, MDF003 fb264df5575693e5 |
        | opencode | agent/a.md | | ---\nmode: [\n---\n | MDF001 481ac053a821e450 |
        | opencode | agent/a.md | | ---\ndescription: d\na: 1\na: 2\n---\n | MDF007 86088e8461275bca |
        | opencode | mode/a.md | | ---\ntemperature: x\n---\n | MDF008 9f94184eb70905b6 |
        | opencode | skill/a/SKILL.md | | x | MDF004 272a2b83123b30c7 |
        | opencode | skill/a/SKILL.md | | ---\nname: b\n---\n | MDF004 c7598136a6970574 |
        | opencode | bin/a | | #!/bin/sh\\r\n | EXE003 94f98a01d2ecbe67, EXE005 8450d2c305ef484a |
        | claude | settings.json | | {"a": 1, // x\n} | AGT001 bdadbfd9e21526ee, AGT001 e0cf1e0ed844a9e5 |
        | claude | settings.json | | {"model": 5, "statusLine": {"command": "~/.claude/a.sh"}} | AGT001 9ae78dffb18e83de, AGT005 a6897183142f5585 |
        | claude | agents/a.md | | ---\nname: a:b\n---\n | AGT003 2cbf5c3cdfe65bd1, AGT003 a839fe068ac05b00 |
        | claude | agents/a.md | | ---\nname: [\n---\n | AGT002 363f241fb210ba90 |
        | claude | agents/a.md | | x | AGT003 9aeefbfe735d977b |
        | codex | config.toml | | a = \n | AGT001 e389244d2488753e |
        | codex | rules/a.rules | | f(\n | AGT001 9a8eceeadfe6c236 |
        | codex | hooks.json | | {"mine": 1} | AGT004 46420c4034b8e516 |
        | gemini | agents/a.md | | ---\nname: a\ndescription: d\ntools: read\n---\n | AGT004 0aaedfde73b37495 |
