Feature: Several agents
  Someone who uses more than one agent wants each of them backed up, and none of them to hold up another.

  Background:
    Given a config tree
    And the homes of Claude Code and Codex

  Rule: An agent is backed up once a person switches it on

    Scenario: which agents are here
      When a person runs `autosync profiles`
      Then the exit code is 0
      And it says "claude    Claude Code    not backed up  autosync profiles --on=claude"
      And it says "gemini    Gemini CLI     not here"

    Scenario: switched on is not backed up yet
      Given a person has switched on claude
      When a person runs `autosync profiles`
      Then it says "claude    Claude Code    switched on, no sync yet  autosync sync"

    Scenario: after a sync it is
      Given claude is switched on and backed up
      When a person runs `autosync profiles`
      Then it says "claude    Claude Code    backed up"

    Scenario: the only one that is switched on stays so
      When a person runs `autosync profiles --off=opencode`
      Then the exit code is 2
      And it says "opencode is the only agent that is switched on"
      And it says "`autosync disable` stops its syncs"

    Scenario: an agent that nobody knows has no hooks
      When a person runs `autosync install-hook --profile=nobody`
      Then the exit code is 2
      And it says "there is no profile nobody"

    Scenario Outline: <name> is no agent, and the words say which there are
      When a person runs `autosync profiles --on=<name>`
      Then the exit code is 2
      And it says "known are opencode, agents, claude, codex, gemini"
      And it does not say "<not>"

      Examples:
        | name         | not       |
        | ../../x      | x.toml    |
        | claude,codex | own is    |

    Scenario: a task about one agent names all that can be meant
      Given a person has switched on claude and codex
      When a person runs `autosync why AGENTS.md`
      Then the exit code is 2
      And it says "--profile=opencode or --profile=claude or --profile=codex"

    Scenario Outline: <task> of an agent in whose place something else lies
      Given the environment says CLAUDE_CONFIG_DIR is "~/.config/opencode/bin"
      When a person runs `autosync <task> --profile=claude`
      Then the exit code is <code>
      And it says "holds nothing that Claude Code keeps (settings.json, CLAUDE.md, "

      Examples:
        | task   | code |
        | sync   | 0    |
        | status | 1    |

    Scenario: each has a backup of its own, with nothing of its secrets and conversations
      Given a person has switched on claude and codex
      When a person runs `autosync sync`
      Then the exit code is 0
      And the backup of claude holds CLAUDE.md and settings.json alone
      And the backup of codex holds config.toml alone

    Scenario: who excludes conversations does not let them in by that
      Given a person has switched on claude
      And a person has run `autosync set-config --profile=claude SYNC_EXCLUSIONS=["projects/","*.jsonl"]`
      When a person runs `autosync sync --profile=claude --include-low`
      Then the exit code is 0
      And the backup of claude holds CLAUDE.md and settings.json alone

    Scenario: the agent is told to use another tree than the one that is backed up
      Given claude is switched on and backed up
      When CLAUDE_CONFIG_DIR names another home of Claude Code
      And a person runs `autosync status --profile=claude`
      Then it says "Claude Code reads it instead, and it is outside the tree, in no backup"

    Scenario: a variable that names no home is no reason to take another
      Given CLAUDE_CONFIG_DIR names the whole machine
      And a person has switched on claude
      When a person runs `autosync sync --profile=claude`
      Then the exit code is 2
      And it says "the backup lies inside the source"

    Scenario: a profile that bears the name of a shipped one
      Given a person has written a profile under the name claude
      When a person runs `autosync profiles`
      Then it says "claude.toml is not read: claude is built in"
      And it says "claude    Claude Code    not backed up"

  Rule: All of them go to one remote, each to a branch of its own

    Scenario: who switches an agent on is told where its backup goes
      Given the backup of the config tree is pushed to a remote
      When a person runs `autosync profiles --on=claude`
      Then it says "its backup goes to that of opencode too"

    Scenario: an agent that is switched on takes the remote of the backup that stands
      Given the backup of the config tree is pushed to a remote
      And a person has switched on claude
      When a person runs `autosync sync`, with exit code 0
      Then it says "its remote is that of opencode from now on"
      And the remote holds the newest of main and claude

    @sweep
    Scenario: without pushes no remote is spoken of
      Given the backup of the config tree is pushed to a remote
      And a person has run `autosync set-config --profile=claude AUTO_SYNC_PUSH=false`
      When a person runs `autosync profiles --on=claude`
      Then it does not say "opencode too"

    @sweep
    Scenario: without pushes nothing leaves
      Given the backup of the config tree is pushed to a remote
      And a person has run `autosync set-config --profile=claude AUTO_SYNC_PUSH=false`
      And a person has switched on claude
      When a person runs `autosync sync`, with exit code 0
      Then the remote holds the newest of main alone

    @sweep
    Scenario: who takes the remote away again is not overruled
      Given the backup of the config tree is pushed to a remote, and so is that of claude
      And the backup of claude has no remote any more
      When the instructions of Claude Code change
      And a person runs `autosync sync --profile=claude --push`, with exit code 1
      Then the backup of claude has no remote

    @sweep
    Scenario: a backup that is older than the remote takes it too
      Given claude is switched on and backed up
      And the backup of the config tree is pushed to a remote
      When a person runs `autosync sync`
      Then it says "its remote is that of opencode from now on"
      And the remote holds the newest of main and claude

  Rule: What is of no agent is done once

    @sweep
    Scenario: completion
      Given a person has switched on claude and codex
      When a person runs `autosync install-completion --shell=fish`
      Then the exit code is 0
      And it does not say "is there already"

  Rule: One that is blocked or in conflict holds up no other

    Background:
      Given a person has switched on claude and codex

    @sweep
    Scenario: three agents, one blocked, one in conflict
      Given all of them go to one remote
      And a secret in the instructions of Claude Code, and another version of the config tree on the remote
      When a person runs `autosync sync`, with exit code 4
      Then it says:
        | claude: |
        | blocked |
      And the remote holds the newest of codex

    @sweep
    Scenario: a person is told of those two alone
      Given all of them go to one remote
      And a secret in the instructions of Claude Code, and another version of the config tree on the remote
      And a command that is told what happens
      When a person runs `autosync sync`, with exit code 4
      Then a person was told "autosync, Claude Code: blocked" and "autosync, OpenCode: ", but nothing of Codex

    @sweep
    Scenario: the status says in short how each of them is
      Given all of them go to one remote
      And a secret in the instructions of Claude Code, and another version of the config tree on the remote
      And a person runs `autosync sync`, with exit code 4
      When a person runs `autosync status --short`, with exit code 0
      Then it says:
        | attention: opencode: in conflict with the remote |
        | claude: attention; codex: protected              |

    @sweep
    Scenario: the same with nobody there: one watcher serves all of them
      Given all of them go to one remote
      And one watcher serves all of them
      When a secret gets into the instructions of Claude Code, and another version of the config tree onto the remote
      Then the remote holds the newest of codex after a while
      And the watcher says that claude is blocked, opencode in conflict and codex backed up

    @sweep
    Scenario: a person is told all the same
      Given all of them go to one remote
      And one watcher serves all of them, and a command is told what happens
      When a secret gets into the instructions of Claude Code, and another version of the config tree onto the remote
      Then the watcher says that claude is blocked, opencode in conflict and codex backed up
      And a person was told "autosync, Claude Code: blocked", but nothing of Codex

    @sweep
    Scenario: the watcher leaves alone what is switched off
      Given all of them go to one remote
      And one watcher serves all of them
      When a person switches codex off
      Then the watcher leaves codex alone, and goes on with the others

    @sweep
    Scenario: the list of machines names the agent of each branch
      Given all of them go to one remote
      When a person runs `autosync machines`
      Then the exit code is 0
      And it says:
        | OpenCode, branch main      |
        | Claude Code, branch claude |
        | Codex, branch codex        |

    @sweep
    Scenario: the schedule serves all of them too
      When a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And each of opencode, claude and codex has a backup

    Scenario: no sign of life goes out while one is not protected
      Given a person has run `autosync sync`
      And an address that hears heartbeats
      When the home of Codex is gone
      And a person runs `autosync sync`, with exit code 1
      Then no heartbeat was heard

  Rule: Of a file that the agent rewrites at every turn only what a person set up is kept

    Scenario: the servers of Claude Code are kept, and its account is not
      Given Claude Code has a server that a person set up, beside its account
      And a person has switched on claude
      When a person runs `autosync sync`
      Then the backup of claude holds the server, and nothing of the account

    Scenario: they come back, and nothing else in that file changes
      Given the backup of claude holds a server, and Claude Code began anew with another account
      When a person runs `autosync restore --profile=claude --outside`
      Then the exit code is 0
      And the server is there again, beside the new account

  Rule: Another agent is a file of twenty lines

    Scenario: a made-up agent
      Given a person has written a profile of a made-up agent
      And a person has switched on made-up
      When a person runs `autosync sync`
      Then the exit code is 0
      And the backup of made-up holds notes/a.md alone
