Feature: Other agents' own files are read as each of them reads it
  Claude Code leaves a settings file with one fault out, what it forbids included; Codex and Gemini CLI do not start.
  What each does was seen with the real programs.

  Rule: Claude Code

    Background:
      Given the home of claude

    Scenario: settings, agents, hooks
      When these files appear:
        | file                | holds                                                       | told             |
        | settings.json       | {"a": 1, // x\n"hooks": {"Stop": [{"hooks": [{"command": "~/.claude/hooks/gone.sh"}]}]},\n} | AGT001 in line 1, AGT001 in line 2, AGT005 |
        | hooks/there.sh      | true                                                        | nothing          |
        | agents/a.md         | ---\nname: a\ndescription: d\n---\n                         | nothing          |
        | agents/b.md         | Be kind.                                                    | AGT003 in line 1 |
        | agents/c.md         | ---\nname: c\n---\n                                         | AGT003 in line 1 |
        | agents/deep/d.md    | ---\ndescription: d\nname: a:b\n---\n                       | AGT003 in line 3 |
        | agents/e.md         | ---\nname: e\ndescription: [d\n---\n                        | AGT002 in line 4 |
        | agents/f.md         | ---\nname: f\ndescription: d\nmode: nope\n---\n             | nothing          |
        | keybindings.json    | \n{"a": 1,}                                                 | AGT002 in line 2 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    @sample
    Scenario Outline: settings of <form>
      When these files appear:
        | file          | holds  | told   |
        | settings.json | <text> | <told> |
      And a person asks for a sync
      Then of each is told what the table says

      Examples:
        | form                     | text           | told                               |
        | another kind             | []             | AGT001 in line 1                   |
        | a byte order mark before | BOM{}          | nothing                            |
        | nothing at all           |                | nothing                            |
        | hooks of odd shapes      | {"hooks": {"Stop": [1, {"hooks": 2}, {"hooks": [{"command": 5}, 6]}], "b": 1}, "statusLine": {}} | nothing |
        | a status line as a list  | {"statusLine": []}   | AGT001                           |
        | what is allowed as text  | {"permissions": {"allow": "Bash(ls:*)"}} | AGT001       |
        | no model                 | {"model": null} | AGT001                                |
        | odd values that it passes over | {"env": {"PORT": 80}, "permissions": {"deny": [5]}, "hooks": {"Stop": 5}, "mine": 5} | nothing |

    Scenario: a hook names a program of the tree in many ways
      When these files appear:
        | file           | holds | told    |
        | hooks/there.sh | true  | nothing |
        | settings.json  | {"statusLine": {"command": "~/.claude/gone1.sh"}, "hooks": {"Stop": [{"hooks": [{"command": "~/.claude/hooks/there.sh"}, {"command": "\\"$HOME\\"/.claude/gone2.sh --x"}, {"command": "node ${HOME}/.claude/gone3.js \| tee"}, {"command": "bash /home/ann/.claude/hooks/../gone4.sh"}, {"command": "A=~/.claude/gone5.sh run"}, {"command": "/home/ann/work/.claude/other1.sh"}, {"command": "say > ~/.claude/other2.txt"}, {"command": "~/.claude/../other3.sh"}, {"command": "prettier"}]}]}} | AGT005, AGT005, AGT005, AGT005, AGT005 |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says
      And it says:
        | gone1.sh is not there |
        | gone2.sh is not there |
        | gone3.js is not there |
        | gone4.sh is not there |
        | gone5.sh is not there |

  Rule: Codex

    Background:
      Given the home of codex

    Scenario: settings, agents, rules, hooks
      When these files appear:
        | file                 | holds                                                                            | told             |
        | config.toml          | a = 1\nb = \n                                                                    | AGT001 in line 2 |
        | work.config.toml     | a = 1\n[b]\nc = "d"                                                              | nothing          |
        | agents/a.toml        | name = "a"\ndescription = "d"\ndeveloper_instructions = "i"                      | nothing          |
        | agents/b.toml        | name = "b"                                                                       | AGT003 in line 1, AGT003 in line 1 |
        | agents/c.toml        | name                                                                             | AGT002           |
        | rules/a.rules        | prefix_rule(pattern = ["git"], decision = "allow")                               | nothing          |
        | rules/b.rules        | \nprefix_rule(\n                                                                 | AGT001 in line 2 |
        | hooks.json           | {"mine": 1, "hooks": {"Stop": [{"hooks": [{"command": "~/.codex/gone.sh > x"}]}]}} | AGT004 in line 1, AGT005 |
        | skills/a/SKILL.md    | ---\nname: a\ndescription: d\n---\n                                              | nothing          |
        | skills/b/SKILL.md    | ---\nname: b\n---\n                                                              | AGT003 in line 1 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario Outline: settings with <value>
      When these files appear:
        | file        | holds  | told   |
        | config.toml | <text> | <told> |
      And a person asks for a sync
      Then of each is told what the table says

      Examples:
        | value                     | text                                                    | told    |
        | a number as the model     | model = 5                                               | AGT001  |
        | a server's words as text  | [mcp_servers.docs]\ncommand = "docs"\nargs = "--all"    | AGT001  |
        | a feature as text         | [features]\nhooks = "yes"                               | AGT001  |
        | keys that nobody knows    | mine = 5\n[tui]\nmine = 5\n[features]\nmine = {a = 1}\n[agents]\nenabled = true | nothing |

  Rule: Gemini CLI

    Scenario: settings, commands, agents
      Given the home of gemini
      When these files appear:
        | file                 | holds                                                                 | told             |
        | settings.json        | \n{"a": 1, // x\n"b": 2}                                              | nothing          |
        | commands/a.toml      | prompt = "p"                                                          | nothing          |
        | commands/deep/b.toml | description = "p"                                                     | AGT003 in line 1 |
        | policies/c.toml      | [                                                                     | AGT002           |
        | agents/d.md          | ---\nname: d\ndescription: d\ntools: [read]\n---\n                    | nothing          |
        | agents/e.md          | ---\nname: e\ndescription: d\ntools: read\n---\n                      | AGT004 in line 1 |
        | agents/f.md          | ---\nname: f\ndescription: d\ncolor: red\n---\n                       | AGT004 in line 1 |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says
