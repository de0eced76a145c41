Feature: No secret leaves the source
  Keys stand not only in .env: they are in opencode.json, in MCP headers, in
  Markdown that agents read, and in scripts. A backup is copied to other
  machines, so none of them may be in it, nor in anything that is shown.

  Background:
    Given a config tree backed up at 09:00

  Rule: A secret blocks wherever it stands

    Scenario Outline: <secret> in <place>
      When <secret> is written into <place>
      And a person asks for a sync
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

      Examples:
        | secret                  | place                          |
        | a provider's token      | the header of an MCP server    |
        | a provider's token      | a command of an MCP server     |
        | a provider's token      | the text of an agent           |
        | a provider's token      | a script in bin                |
        | a provider's token      | the name of a file             |
        | a private key           | a context file                 |
        | a database's password   | a URL in a context file        |
        | an unknown service's key | the key of a provider in the config |

  Rule: What only stands for a secret passes

    Scenario Outline: <stand-in>
      When <stand-in> is written into the config
      And a person asks for a sync
      Then the sync is done

      Examples:
        | stand-in                       |
        | the name of a variable         |
        | the path of a file with a key  |
        | a placeholder of documentation |

  Rule: A value is never shown

    Scenario: The report of a blocked sync
      Given a provider's token is written into a context file
      When a person asks for a sync
      Then the sync is blocked
      And it says:
        | context/project.md |
        | 3:                 |
      And nothing of the secret is anywhere outside the config tree

    Scenario: The differences are shown
      Given a provider's token is written into a context file
      When a person runs `autosync diff`
      Then the exit code is 0
      And it says:
        | line withheld |
        | +# Notes      |
      And nothing of the secret is anywhere outside the config tree

  Rule: A comment beside it changes nothing

    Scenario: An agent marks a token as allowed
      Given a provider's token is written into a context file, with a comment that tells scanners to ignore it
      When the watcher asks for a sync at 10:00
      Then the sync is blocked

  Rule: What only stands for a secret blocks nothing

    Scenario Outline: documentation with <what>
      Given documentation with <what>
      When the watcher asks for a sync at 10:00
      Then the sync is done

      Examples:
        | what                                        |
        | a header that says YOUR_TOKEN               |
        | a variable as the user of curl              |
        | an address behind another program's option  |
        | a mask where a password was                 |
        | a password that says that it is one         |
        | a row of x after a provider's prefix        |
        | the first lines of two kinds of keys        |

  Rule: Logins that agents and plugins keep never go into the backup, and hold up nothing

    Scenario Outline: <file>
      Given "<file>" holds a login
      And a context file changes
      When the schedule asks for a sync at 10:00
      Then the sync is done
      And the backup does not hold "<file>"

      Examples:
        | file                             |
        | antigravity-accounts.json        |
        | plugin/codex-accounts.json       |
        | service.json                     |
        | .credentials.json                |
        | opencode-synced.overrides.jsonc  |

  Rule: Protected files stay out whatever they contain

    Scenario: A person asks for one by name
      Given ".env" is an empty file
      When a person asks for a sync of ".env"
      Then there is nothing to do
      And the backup does not hold ".env"

    Scenario Outline: <how>
      Given a provider's token is written into a context file
      When <how>
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

      Examples:
        | how                                      |
        | a person insists on a sync               |
        | a person asks what a sync would do       |
        | the schedule asks for a sync at 10:00    |
        | a person asks for a sync of context only |

  Rule: Once it is gone, the next sync goes by itself

    Scenario: the note is mended
      Given a provider's token is written into a context file
      And the schedule asks for a sync at 10:00, which is blocked
      When the token is taken out
      And the schedule asks for a sync at 10:01
      Then the sync is done, and the backup equals the config tree
