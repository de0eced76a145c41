Feature: JSON is read as OpenCode reads it
  OpenCode takes comments and commas at the end, and stops for other faults. What is told names the line to mend.

  Background:
    Given a config tree backed up at 09:00

  Rule: A config that OpenCode cannot read blocks

    Scenario: the form of the text
      When these files appear:
        | file                        | holds                                         | told             |
        | .opencode/opencode.json     | {"model": "a/b",}                             | nothing          |
        | .opencode/opencode.jsonc    | {// c\n"model": "a/b" /* d */}                | nothing          |
        | r/.opencode/opencode.json   | BOM{"model": "a/b"}                           | nothing          |
        | .opencode/config.json       |                                               | nothing          |
        | a/.opencode/opencode.json   | {\n  "model": "a/b"\n  "share": "auto"\n}     | JSN001 in line 3 |
        | b/.opencode/opencode.json   | {,}                                           | JSN001           |
        | c/.opencode/opencode.json   | {"instructions": [,]}                         | JSN001           |
        | d/.opencode/opencode.json   | {"model": "a/b",,}                            | JSN001           |
        | e/.opencode/opencode.json   | {"model": "a/b"} /* x                         | JSN001           |
        | f/.opencode/opencode.json   | {"model": "a/b"} /                            | JSN001           |
        | g/.opencode/opencode.json   | {"username": "// x /* y */, }"}               | nothing          |
        | h/.opencode/opencode.json   | {"username": "a\nb"}                          | JSN001 in line 1 |
        | i/.opencode/opencode.json   | {"provider": {"x": {"options": {"a":\n NaN}}}} | JSN001 in line 2 |
        | j/.opencode/opencode.json   | []                                            | JSN001 in line 1 |
        | k/.opencode/opencode.json   | {"model": "a/b"}}                             | JSN001           |
        | l/.opencode/opencode.json   | \n\n{"model" "a/b"}                           | JSN001 in line 3 |
        | m/.opencode/opencode.json   | {// c\r"model": "a/b"}                        | nothing          |
        | n/.opencode/opencode.json   | {/* c\r\nd */ "model": tru}                   | JSN001 in line 2 |
        | o/.opencode/opencode.json   | {"provider": {"x": {"options": {"a": 1TIMES(5000, 0)}}}} | nothing |
        | p/.opencode/opencode.json   | {"provider": {"x": {"options": {"a": TIMES(193, [)TIMES(193, ])}}}} | nothing |
        | q/.opencode/opencode.json   | {"provider": {"x": {"options": {"a": TIMES(197, [)TIMES(197, ])}}}} | JSN008 in line 1 |
        | docs/opencode.json          | {                                             | JSN002           |
        | docs/r.json                 | []                                            | nothing          |
        | docs/s.txt                  | {                                             | nothing          |
        | package.json                | []                                            | JSN007 in line 1 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says
      And it says "A comma is missing here"

    Scenario: a key that stands twice is told where it stands again
      When these files appear:
        | file        | holds                                                          | told                               |
        | docs/a.json | {"a": 1, // "a":\n "b": {"a": 2, "c": "a"},\n "a": 3}          | JSN003 in line 3                   |
        | docs/b.json | {"a": [{"b": 1}, {"b": 2}], "b": 1}                            | nothing                            |
        | docs/c.json | [{"a": 1,\n"a": 2},\n\n{"b": 1, "b": 2, "b": 3,}]              | JSN003 in line 2, JSN003 in line 4, JSN003 in line 4 |
        | docs/d.json | {"a": {"x": []}, "b": 1, "c": "b", "\\u0061": 2}               | JSN003 in line 1                   |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

  Rule: A value of the wrong kind blocks, a key that OpenCode does not know is told

    Scenario: values of version 1
      When these files appear:
        | file                      | holds                                                                    | told    |
        | a/.opencode/opencode.json | {"mcp": {"a": {"type": "local", "command": "npx"}}}                      | JSN009  |
        | b/.opencode/opencode.json | {"mcp": {"a": {"type": "stdio", "command": ["npx"]}}}                    | JSN009  |
        | c/.opencode/opencode.json | {"mcp": {"a": {"type": "local", "command": ["npx"], "env": {}}}}         | JSN004  |
        | d/.opencode/opencode.json | {"mcp": {"a": {"enabled": false}}}                                       | nothing |
        | e/.opencode/opencode.json | {"agent": {"a": {"color": "teal"}}}                                      | JSN009  |
        | f/.opencode/opencode.json | {"agent": {"a": {"color": "#00aaff", "steps": 1}}}                       | nothing |
        | g/.opencode/opencode.json | {"agent": {"a": {"steps": 0}}}                                           | JSN009  |
        | h/.opencode/opencode.json | {"agent": {"a": {"steps": 1.5}}}                                         | JSN009  |
        | i/.opencode/opencode.json | {"agent": {"a": {"temperature": true}}}                                  | JSN009  |
        | j/.opencode/opencode.json | {"agent": {"a": {"temperature": 1}}}                                     | nothing |
        | k/.opencode/opencode.json | {"permission": {"bash": true}}                                           | JSN009  |
        | l/.opencode/opencode.json | {"permission": {"bash": {"git *": "ask"}}}                               | nothing |
        | m/.opencode/opencode.json | {"command": {"a": {"description": "d"}}}                                 | JSN009  |
        | n/.opencode/opencode.json | {"share": "maybe"}                                                       | JSN009  |
        | o/.opencode/opencode.json | {"share": "{env:SHARE}"}                                                 | JSN004, JSN006 |
        | p/.opencode/opencode.json | {"unheard": 1, "username": 5}                                            | JSN009, JSN004 |
        | q/.opencode/opencode.json | {"instructions": ["a", 5]}                                               | JSN009  |
        | r/.opencode/opencode.json | {"provider": {"a": {"models": {"m": {"limit": {"context": 1000}}}}}}     | JSN009  |
        | s/.opencode/opencode.json | {"plugin": [["a"]]}                                                      | JSN009  |
        | t/.opencode/opencode.json | {"server": {"port": 0}}                                                  | JSN009  |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: what is written for version 2
      When these files appear:
        | file                      | holds                                                                                 | told    |
        | a/.opencode/opencode.json | {"agents": {}, "share": "maybe"}                                                      | nothing |
        | b/.opencode/opencode.json | {"$schema": "https://opencode.ai/v2/config.json", "permission": {"bash": true}}       | nothing |
        | c/.opencode/opencode.json | {"skills": ["a"], "share": "maybe"}                                                   | nothing |
        | d/.opencode/opencode.json | {"compaction": {"keep": 1}, "share": "maybe"}                                         | nothing |
        | e/.opencode/opencode.json | {"experimental": {"policies": [{"action": "tool.use"}]}, "share": "maybe"}            | nothing |
        | f/.opencode/opencode.json | {"mcp": {"servers": {"a": {}}}, "share": "maybe"}                                     | nothing |
        | g/.opencode/opencode.json | {"mcp": {"timeout": {"startup": 1}}, "share": "maybe"}                                | nothing |
        | h/.opencode/opencode.json | {"model": {"providerID": "a"}, "share": "maybe"}                                      | nothing |
        | i/.opencode/opencode.json | {"agent": {"a": {"system": "x"}}, "share": "maybe"}                                   | nothing |
        | j/.opencode/opencode.json | {"agent": {"a": {"model": {}}}, "share": "maybe"}                                     | nothing |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

    Scenario: and what only looks like it
      When these files appear:
        | file                      | holds                                                                                 | told   |
        | a/.opencode/opencode.json | {"$schema": "https://opencode.ai/config.json", "share": "maybe"}                      | JSN009 |
        | b/.opencode/opencode.json | {"mcp": {"servers": {"type": "local", "command": ["a"]}}, "share": "maybe"}           | JSN009 |
        | c/.opencode/opencode.json | {"mcp": {"timeout": {"type": "local", "command": ["a"]}}, "share": "maybe"}           | JSN009 |
        | d/.opencode/opencode.json | {"experimental": {"policies": [{"action": "provider.use"}]}, "share": "maybe"}        | JSN009, JSN009 |
        | e/.opencode/opencode.json | {"compaction": {"auto": true}, "share": "maybe"}                                      | JSN009 |
        | f/.opencode/opencode.json | {"agent": {"a": {"model": "a/b"}}, "share": "maybe"}                                  | JSN009 |
        | g/.opencode/opencode.json | {"mcp": {"servers": {"command": ["a"]}}, "share": "maybe"}                            | JSN009, JSN009 |
        | h/.opencode/opencode.json | {"mcp": {"servers": {"url": "https://a.net"}}, "share": "maybe"}                      | JSN009, JSN009 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: What a config names must be there

    Scenario: files and variables
      When these files appear:
        | file              | holds                                                  | told             |
        | prompts/there.md  | Build.                                                 | nothing          |
        | opencode.json     | {\n// {file:./left-out.md}\n"username": "{file:./prompts/there.md}{file:/etc/x}{file:~/x}{file:../x}",\n"model": "{file:prompts/gone.md}{env:NOBODY_SETS_THIS}{env:HOME}"\n} | JSN005 in line 4, JSN006 in line 4 |
        | .opencode/opencode.json | {"username": "{file:agent/gone.md}{file:../prompts/there.md}{file:node_modules/a.md}{file:.env}"} | JSN005 |
        | docs/opencode.json | {"username": "{file:./gone.md}"}                      | nothing          |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: a config that only version 1 reads
      When these files appear:
        | file                   | holds           | told    |
        | config.json            | {}              | JSN010  |
        | cli.json               | {}              | nothing |
        | a/.opencode/config.json | {}             | nothing |
        | a/.opencode/opencode.json | {"plugins": []} | JSN010 |
        | b/.opencode/opencode.json | {"plugins": []} | nothing |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says
