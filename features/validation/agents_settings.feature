Feature: Settings with which an agent does not work stay out of the backup
  A backup is there to go back to. Codex does not start with one value of a wrong kind, and Claude Code then reads
  nothing of its settings, what they forbid included.

  Background:
    Given the homes of Claude Code and Codex
    And a person has switched on claude and codex
    And a person has run `autosync sync`

  Rule: What stops the agent, or voids the file, blocks

    Scenario Outline: <agent>'s settings with <value>
      When the settings of <agent> get <value>
      And a person runs `autosync sync`
      Then the exit code is 3
      And it says "<place>: the value should be of type <kind>"

      Examples:
        | agent       | value                                 | place                   | kind   |
        | Codex       | a number as the model                 | At model                | string |
        | Codex       | a server's arguments in one text      | At mcp_servers.docs.args | array  |
        | Claude Code | what is allowed in one text           | At permissions.allow    | array  |

  Rule: What the agent passes over holds up nothing

    Scenario Outline: <agent>'s settings may have <value>
      When the settings of <agent> get <value>
      And a person runs `autosync sync`
      Then the exit code is 0

      Examples:
        | agent       | value                          |
        | Codex       | a key that nobody knows        |
        | Claude Code | a number in the environment    |
