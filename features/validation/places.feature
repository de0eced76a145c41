Feature: What is wrong with a file is told with its line, its column and a word on it
  Who is told that a file is broken wants to put the cursor there. The words say what its reader wants, and quote nothing
  of the file that could be a secret.

  Rule: The place is the one that is meant

    Scenario: JSON of any kind
      Then of one file alone this is told, with line and column:
        | agent | file | mode | holds | told |
        | opencode | a.json |  | {"a": 1, "a": 2} | JSN003 1:10 The key "a" stands twice. |
        | opencode | a.json |  | {"a": {"b": 1},\n "c": {"b": 1,\n  "b": 2}} | JSN003 3:3 The key "b" stands twice. |
        | opencode | a.json |  | {\n "b": "x\n"} | JSN002 2:7 The string that begins here has no end on its line. |
        | opencode | a.json |  | {"a": "b\n | JSN002 1:7 The string that begins here has no end on its line. |
        | opencode | a.json |  | {"a": 1 /* x\n | JSN002 1:9 The comment that begins here has no end. |
        | opencode | a.json |  | {"a": 1 / 2} | JSN002 1:9 A value is expected here. |
        | opencode | a.json |  | {"a": 1,, "b": 2} | JSN002 1:9 A key in double quotes is expected here. |
        | opencode | a.json |  | {"a" 1} | JSN002 1:6 A colon is missing here. |
        | opencode | a.json |  | {a: 1} | JSN002 1:2 A key in double quotes is expected here. |
        | opencode | a.json |  | {"a": 1 | JSN002 1:8 A comma is missing here. |
        | opencode | a.json |  | {"a": 1}} | JSN002 1:9 The document has ended before this. |
        | opencode | a.json |  |  | JSN002 1:1 A value is expected here. |
        | opencode | a.json |  |  \n | JSN002 2:1 A value is expected here. |
        | opencode | a.json |  | {"a": NaN} | JSN002 1:7 NaN and Infinity are not JSON. |
        | opencode | a.json |  | {"a": 01} | JSN002 1:8 A comma is missing here. |
        | opencode | a.json |  | {"é": 1 "b"} | JSN002 1:9 A comma is missing here. |
        | opencode | a.json |  | TIMES(300, [) | JSN008 1:1 Nested more than 200 levels deep. |
        | opencode | a.json |  | {"a": 1, // "a": 2\n "b": 3,} |  |
        | opencode | a.json |  | {"a": 1 /* "a"\n */, "b": 2,\n} |  |
        | opencode | a.json |  | \xef\xbb\xbf{"a": 1} |  |
        | opencode | package.json |  | [] | JSN007 1:1 package.json does not hold one object. |
        | opencode | package.json |  | { | JSN002 1:2 A key in double quotes is expected here. |
        | opencode | package.json |  | {"dependencies": []} |  |
        | opencode | opencode.json |  |  |  |
        | opencode | opencode.json |  | [] | JSN001 1:1 OpenCode wants one object `{…}` here. |
        | opencode | opencode.json |  | { | JSN001 1:2 A key in double quotes is expected here. |
        | opencode | opencode.json |  | {\n "model": 5} | JSN009 0:0 At model: the value should be of type string. |
        | opencode | opencode.json |  | {"unheard": 1} | JSN004 0:0 At the top level: there is no such key as unheard. |
        | opencode | opencode.json |  | {"username": "{env:NO_SUCH_ONE}"} | JSN006 1:15 NO_SUCH_ONE is not set here. |
        | opencode | opencode.json |  | {\n"username": "é{file:./gone.md}"} | JSN005 2:15 ./gone.md does not exist. |
        | opencode | opencode.json |  | {\n// {file:./gone.md}\n} |  |
        | opencode | opencode.json |  | {"agent": {"a": {"steps": 0, "color": 5}}} | JSN009 0:0 At agent.a.steps: the value should be more than 0.; JSN009 0:0 At agent.a.color: the value has none of the forms that are allowed. |
        | opencode | opencode.json |  | {"mcp": {"a": {"type": "local"}}} | JSN009 0:0 At mcp.a: the value has none of the forms that are allowed. |
        | opencode | opencode.json |  | {"plugin": "a"} | JSN009 0:0 At plugin: the value should be of type array. |

    Scenario: texts with a front matter
      Then of one file alone this is told, with line and column:
        | agent | file | mode | holds | told |
        | opencode | agent/a.md |  | x | MDF003 1:0 The agent has no front matter with a `description`. |
        | opencode | agent/a.md |  | ---\nmode: all\n---\n | MDF003 1:0 The agent has no description. |
        | opencode | agent/a.md |  | ---\ndescription: d\nmode: "all\n---\n | MDF001 4:0 The front matter is not YAML: a quote has no end. |
        | opencode | agent/a.md |  | ---\ndescription: [\n---\n | MDF001 3:0 The front matter is not YAML: an indentation or a quote does not fit. |
        | opencode | agent/a.md |  | ---\ndescription: @x\n---\n | MDF001 2:0 The front matter is not YAML: a value begins with a character that needs quotes. |
        | opencode | agent/a.md |  | ---\ndescription: d\nmode: nope\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | opencode | agent/a.md |  | ---\ndescription: d\nsteps: 0\n---\n | MDF002 3:0 `steps` should be a whole number from 1 on. |
        | opencode | agent/a.md |  | ---\ndescription: d\ntemperature: hot\n---\n | MDF002 3:0 `temperature` should be a number. |
        | opencode | agent/a.md |  | ---\ndescription: d\ndescription: e\n---\n | MDF007 3:0 The key "description" stands twice. |
        | opencode | agent/a.md |  | ---\ndescription: d\ncolor: "#12"\n---\n | MDF002 3:0 `color` should be a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info. |
        | opencode | skill/a/SKILL.md |  | x | MDF004 1:0 The skill has no front matter with `name` and `description`. |
        | opencode | skill/a/SKILL.md |  | ---\nname: a\n---\n | MDF004 1:0 The skill has no `description` as text. |
        | opencode | skill/a/SKILL.md |  | ---\ndescription: d\nname: b\n---\n | MDF005 3:0 The skill's name is not its folder's, or not in the usual form. |
        | opencode | command/a.md |  | ---\nsubtask: "x"\n---\n | MDF002 2:0 `subtask` should be true or false. |
        | opencode | docs/a.md |  | ---\nmode: [\n---\n |  |
        | opencode | agent/a.txt |  | x |  |

    Scenario: programs and names
      Then of one file alone this is told, with line and column:
        | agent | file | mode | holds | told |
        | opencode | bin/x.py | 755 | #!/usr/bin/python3\nprint(\n | EXE002 2:6 Python finds a fault in the syntax here. |
        | opencode | bin/x.py | 755 | #!/usr/bin/python3\nx = (1,\n | EXE002 2:5 Python finds a fault in the syntax here. |
        | opencode | bin/x.py | 755 | #!/usr/bin/python3\na\x00b |  |
        | opencode | bin/x | 755 | #!/usr/bin/env python3\n\n  x\n | EXE002 3:2 Python finds a fault in the syntax here. |
        | opencode | bin/x.py | 644 | # coding: no-such\n | EXE002 0:0 Python finds a fault in the syntax here. |
        | opencode | bin/x | 755 | true\n | EXE004 1:0 The executable does not begin with `#!`. |
        | opencode | bin/x | 644 | #!/bin/sh\n | EXE003 1:0 The script is not executable. |
        | opencode | bin/x | 755 | #!/bin/sh\\r\n | EXE005 1:0 The first line ends with a carriage return. |
        | opencode | bin/x | 755 | \x7fELF\x00 |  |
        | opencode | bin/x | 755 |  |  |
        | opencode | bin/x.md | 644 | x | STR002 0:0 A document among programs. |
        | opencode | context/x.md | 755 | x | STR001 0:0 The file is executable. |
        | opencode | docs/A b.md | 644 | x | STR003 0:0 The name holds a space. |
        | opencode | command/DoIt.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | opencode | docs/x.md | 666 | x | FS005 0:0 The mode is 0666. |
        | opencode | docs/x.md | 4644 | x | FS001 0:0 The mode is 4644. |
        | opencode | a/x​y.md | 644 | x | FS003 0:0 The name holds characters that cannot be seen: a/x�y.md |
        | opencode | lib/a.ts | 644 | let a\n<<<<<<< HEAD\n=======\n>>>>>>> b\n | MRG001 2:1 A merge conflict begins here and is not resolved. |
        | opencode | plugin/a.ts | 644 | let a\n<<<<<<< HEAD\n=======\n>>>>>>> b\n | MRG001 2:1 A merge conflict begins here and is not resolved. |

    Scenario: the files of other agents
      Then of one file alone this is told, with line and column:
        | agent | file | mode | holds | told |
        | claude | settings.json |  | {"a": 1, // x\n"b": 2,} | AGT001 1:0 Comments its reader does not take.; AGT001 2:0 A trailing comma its reader does not take. |
        | claude | settings.json |  | {"a" 1} | AGT001 1:6 A colon is missing here.; JSN002 1:6 A colon is missing here. |
        | claude | settings.json |  | [] | AGT001 1:0 Its reader wants one object `{…}` here. |
        | claude | settings.json |  | [1] | AGT001 1:0 Its reader wants one object `{…}` here. |
        | claude | settings.json |  |  |  |
        | claude | settings.json |  | \xef\xbb\xbf{} |  |
        | claude | settings.json |  | {"a": /* x */ 1,\n\n} | AGT001 1:0 Comments its reader does not take.; AGT001 1:0 A trailing comma its reader does not take. |
        | claude | settings.json |  | {"statusLine": []} | AGT001 0:0 At statusLine: the value should be of type object; with that its reader takes nothing of the file. |
        | claude | settings.json |  | {"permissions": {"allow": "x"}} | AGT001 0:0 At permissions.allow: the value should be of type array; with that its reader takes nothing of the file. |
        | claude | keybindings.json |  | \n{"a": 1,} | AGT002 2:0 A trailing comma its reader does not take. |
        | claude | agents/a.md |  | Be kind. | AGT003 1:0 There is no front matter with name and description. |
        | claude | agents/a.md |  | ---\nname: a\n---\n | AGT003 1:0 `description` is missing. |
        | claude | agents/a.md |  | ---\ndescription: d\nname: a:b\n---\n | AGT003 3:0 A name with a colon is not taken. |
        | claude | agents/a.md |  | ---\nname: [\n---\n | AGT002 3:0 The front matter is not YAML: an indentation or a quote does not fit. |
        | gemini | settings.json |  | {"a": 1, // x\n"b": 2} |  |
        | gemini | settings.json |  | {"a": 1,} | AGT001 1:0 A trailing comma its reader does not take. |
        | gemini | settings.json |  | \xef\xbb\xbf{} | AGT001 1:0 It begins with a byte order mark, which its reader does not take. |
        | gemini | settings.json |  |  | AGT001 1:1 A value is expected here.; JSN002 1:1 A value is expected here. |
        | gemini | settings.json |  | 5 | AGT001 1:0 Its reader wants one object `{…}` here. |
        | gemini | commands/a.toml |  | prompt = 5\n |  |
        | gemini | commands/a.toml |  | a\n | AGT002 1:2 It is not TOML. |
        | codex | config.toml |  | model = 5\n | AGT001 0:0 At model: the value should be of type string; with that its reader takes nothing of the file. |
        | codex | config.toml |  | model = "a"\nmodel = "b"\n | AGT001 2:12 It is not TOML. |
        | codex | config.toml |  | [features]\nhooks = "yes"\n | AGT001 0:0 At features.hooks: the value has none of the forms that are allowed; with that its reader takes nothing of the file. |
        | codex | config.toml |  | a = [\n | AGT001 0:0 It is not TOML. |
        | codex | hooks.json |  | { | AGT002 1:2 A key in double quotes is expected here.; JSN002 1:2 A key in double quotes is expected here. |
        | codex | hooks.json |  | {"a": 1, // x\n} | AGT002 1:0 Comments its reader does not take.; AGT002 1:0 A trailing comma its reader does not take.; AGT004 1:0 `a` is no key that its reader takes. |
        | codex | hooks.json |  | \xef\xbb\xbf{} | AGT002 1:0 It begins with a byte order mark, which its reader does not take. |
        | codex | rules/a.rules |  | prefix_rule(\n | AGT001 1:0 The rules cannot be read. |
        | codex | rules/a.rules |  | nope(1)\n |  |
