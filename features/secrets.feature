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
      And the value is in no object of the backup

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
      Given a provider's token in a context file
      When a person asks for a sync
      Then the report names the file and the line
      And the value is in no output and no log

    Scenario: The differences are shown
      Given a provider's token in a context file
      When a person asks what has changed
      Then the line with the token is withheld
      And the other lines are shown

  Rule: A comment beside it changes nothing

    Scenario: An agent marks a token as allowed
      Given a provider's token with a comment that tells scanners to ignore it
      When the watcher asks for a sync
      Then the sync is blocked

  Rule: Protected files stay out whatever they contain

    Scenario: A person asks for one by name
      Given an empty file named .env
      When a person asks for a sync of just that file
      Then the backup does not hold it
