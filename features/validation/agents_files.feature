Feature: What is told of other agents' own files, to the letter
  Each reader takes something else. What is told says what this one does not take, and where.

  Rule: Settings

    Scenario: JSON for Claude Code
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | claude | settings.json | {"a": 1} |  |
        | claude | settings.json | {"a": "\xff"} |  |
        | claude | settings.json | {"a": 1}\n// x |  AGT001 2:0 Comments its reader does not take. |
        | claude | settings.json | {"a": [1,\n2,\n]} | AGT001 2:0 A trailing comma its reader does not take. |
        | claude | settings.json | {"a": 1, /* x\n */\n"b": [2,],\n} | AGT001 1:0 Comments its reader does not take.; AGT001 3:0 A trailing comma its reader does not take. |
        | claude | settings.json | \n{"a" 1} | AGT001 2:6 A colon is missing here.; JSN002 2:6 A colon is missing here. |
        | claude | settings.json | \xef\xbb\xbf{"a": 1, // x\n"b": 2} | AGT001 1:0 Comments its reader does not take. |
        | claude | settings.json | \\x20\n |  JSN002 2:1 A value is expected here. |
        | claude | settings.json | null | AGT001 1:0 Its reader wants one object `{…}` here. |
        | claude | settings.json | "a" | AGT001 1:0 Its reader wants one object `{…}` here. |
        | claude | settings.json | {"model": 5, "language": 5} | AGT001 0:0 At model: the value should be of type string; with that its reader takes nothing of the file.; AGT001 0:0 At language: the value should be of type string; with that its reader takes nothing of the file. |
        | claude | x/settings.json | {"model": 5} |  |
        | codex | hooks.json | {"\\ud800": 1} | AGT004 1:0 `�` is no key that its reader takes. |
        | claude | settings.json.bak | {"model": 5,} |  |
        | claude | settings.json | → {"model": 5} | FS007 0:0 The link's target is not in the tree. |
        | claude | keybindings.json | [] | AGT002 1:0 Its reader wants one object `{…}` here. |
        | claude | keybindings.json |  | AGT002 1:1 A value is expected here.; JSN002 1:1 A value is expected here. |
        | claude | keybindings.json | \xef\xbb\xbf{} | AGT002 1:0 It begins with a byte order mark, which its reader does not take. |
        | claude | keybindings.json | \xef\xbb\xbf\n{,} | AGT002 1:0 It begins with a byte order mark, which its reader does not take.; AGT002 2:2 A key in double quotes is expected here.; JSN002 2:2 A key in double quotes is expected here. |
        | opencode | settings.json | {"model": 5,} |  |

    Scenario: TOML
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | codex | config.toml | model = "a" |  |
        | codex | config.toml |  |  |
        | codex | config.toml | a = 1\n\nb = = 2\n | AGT001 3:5 It is not TOML. |
        | codex | config.toml | a = "x | AGT001 0:0 It is not TOML. |
        | codex | config.toml | a = "\xff" | AGT001 0:0 It is not TOML. |
        | codex | config.toml | a = TIMES(5000, [)TIMES(5000, ]) | AGT001 0:0 It is not TOML. |
        | codex | work.config.toml | a = = | AGT001 1:5 It is not TOML. |
        | codex | x/config.toml | a = = |  |
        | codex | agents/a.toml | a = = | AGT002 1:5 It is not TOML. |
        | codex | agents/a.toml | name = "a" | AGT003 1:0 `description` is missing.; AGT003 1:0 `developer_instructions` is missing. |
        | codex | config.toml | [mcp_servers.a]\nargs = ["x", 5]\n[mcp_servers.b.env]\nX = 5 | AGT001 0:0 At mcp_servers.a.args.1: the value should be of type string; with that its reader takes nothing of the file.; AGT001 0:0 At mcp_servers.b.env.X: the value should be of type string; with that its reader takes nothing of the file. |

    Scenario: rules
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | codex | rules/a.rules | prefix_rule(pattern = ["git"])\n |  |
        | codex | rules/a.rules |  |  |
        | codex | rules/a.rules | x = "\\d"\n |  |
        | codex | rules/a.rules | f()\n\nf(\n | AGT001 3:0 The rules cannot be read. |
        | codex | rules/a.rules | a\x00b | AGT001 0:0 The rules cannot be read. |
        | codex | rules/a.txt | f( |  |

  Rule: Texts with a front matter

    Scenario: keys that are wanted, and keys that are taken
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | claude | agents/a.md | ---\nname: a\ndescription: d\n---\n |  |
        | claude | agents/deep/a.md | ---\nname: a\ndescription: d\nmode: x\n---\n |  |
        | claude | agents/a.md | ---\n---\n | AGT003 1:0 `name` is missing.; AGT003 1:0 `description` is missing. |
        | claude | agents/a.md | ---\nname: a\ndescription: d\nx: {\n---\n | AGT002 5:0 The front matter is not YAML: an indentation or a quote does not fit. |
        | claude | agents/a.md | ---\n\n\nname: "a:b"\ndescription: d\n---\n | AGT003 4:0 A name with a colon is not taken. |
        | claude | agents/a.md | ---\nname:\ndescription: d\n---\n |  |
        | claude | agents/a.txt | x |  |
        | claude | commands/a.md | x |  |
        | codex | skills/a/SKILL.md | ---\nname: a\n---\n | AGT003 1:0 `description` is missing. |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ntools: [a]\nmodel: x\n---\n |  |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ntools: a\n---\n | AGT004 1:0 `tools` should be a list. |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ntools: {a: b}\n---\n | AGT004 1:0 `tools` should be a list. |
        | gemini | agents/a.md | ---\nname: a\ndescription: d\ncolor: red\nTIMES(61, k): x\n---\n | AGT004 1:0 `color` is no key that its reader takes.; AGT004 1:0 `TIMES(59, k)…` is no key that its reader takes. |
        | gemini | agents/a.md | Be kind. | AGT003 1:0 There is no front matter with name and description. |

  Rule: Programs of hooks

    Scenario: which path of the tree a command names
      Then of one file alone this is told, with line and column:
        | agent | file | beside | holds | told |
        | claude | settings.json | hooks/a.sh | {"statusLine": {"command": "~/.claude/hooks/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/hooks/a.sh"}} | AGT005 0:0 hooks/a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "$HOME/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "${HOME}/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "/root/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "/home/ana/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "/Users/ana/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "/home/ana/work/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "/srv/ana/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "\\"~/.claude/a.sh\\" x"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "'~/.claude/a.sh'"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "\\"$HOME\\"/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "\\"$HOME/.claude\\"/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "X=~/.claude/a.sh y"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "bash -c ~/.claude/a/../b.sh"}} | AGT005 0:0 b.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/../a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/a*.sh"}} | AGT005 0:0 a is not there. |
        | claude | settings.json | | {"statusLine": {"command": "~/.claudeX/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/Xclaude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/.codex/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x > ~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x < ~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x \| ~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x; ~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x & ~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "x\\u000a~/.claude/a.sh"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/a.sh ~/.claude/b.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/TIMES(81, x)"}} | AGT005 0:0 TIMES(79, x)… is not there. |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/.env"}} |  |
        | claude | settings.json | | {"statusLine": {"command": "~/.claude/\\ud800.sh"}} | AGT005 0:0 ���.sh is not there. |
        | claude | settings.json | hooks | {"statusLine": {"command": "~/.claude/hooks/a.sh"}} |  |
        | claude | settings.json | nothing | {"statusLine": {"command": "~/.claude/a.sh"}} |  |
        | codex | hooks.json | | {"hooks": {"Stop": [{"hooks": [{"command": "~/.codex/a.sh"}]}]}} | AGT005 0:0 a.sh is not there. |

    Scenario: where commands stand
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | claude | settings.json | {"hooks": {"Stop": [{"hooks": [{"command": "~/.claude/a.sh"}, {"command": "~/.claude/b.sh"}]}, {"hooks": [{"command": "~/.claude/c.sh"}]}], "Other": [{"matcher": "x", "hooks": [{"command": "~/.claude/d.sh"}]}]}, "statusLine": {"command": "~/.claude/e.sh"}} | AGT005 0:0 a.sh is not there.; AGT005 0:0 b.sh is not there.; AGT005 0:0 c.sh is not there.; AGT005 0:0 d.sh is not there.; AGT005 0:0 e.sh is not there. |
        | claude | settings.json | {"hooks": {"Stop": [{"hooks": [{"command": "~/.claude/a.sh"}, {"command": "~/.claude/a.sh"}]}]}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | {"hooks": {"Stop": [5, {"hooks": 5}, {"x": []}, {"hooks": [5, {"command": 5}, {"command": "~/.claude/a.sh"}]}], "b": 5}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | {"hooks": {"Stop": {"hooks": [{"command": "~/.claude/a.sh"}]}}} |  |
        | claude | settings.json | {"hooks": 5, "statusLine": {"command": "~/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | {"mine": {"command": "~/.claude/a.sh"}} |  |
        | claude | settings.json | \xef\xbb\xbf{"statusLine": {"command": "~/.claude/a.sh"}} | AGT005 0:0 a.sh is not there. |
        | claude | settings.json | [{"statusLine": {"command": "~/.claude/a.sh"}}] | AGT001 1:0 Its reader wants one object `{…}` here. |
