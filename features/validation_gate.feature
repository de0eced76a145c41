Feature: Validation decides whether a sync may go
  A backup that copies a broken config or a secret harms its owner. A gate that
  stops for matters of taste is switched off. So only what leaks or stops
  OpenCode blocks, and everything else is told.

  Background:
    Given a config tree backed up at 09:00
    And automatic syncs are on

  Rule: An error blocks the sync, a warning does not

    Scenario Outline: <fault>
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      And the report names the file and what to do

      Examples:
        | fault                                           | outcome |
        | a provider's token in a context file            | blocked |
        | an opencode.json without its last brace         | blocked |
        | an agent with a mode that OpenCode does not know | blocked |
        | an unfinished merge in a script                 | blocked |
        | a key that stands twice in opencode.json        | done    |
        | a skill whose name is not its folder's          | done    |
        | a script that bash cannot read                  | done    |
        | a file name with a space                        | done    |

  Rule: A blocked sync is seen by a person and goes by itself once the tree is clean

    Scenario: Status, history and exit code tell of it
      Given a provider's token in a context file
      When the schedule asks for a sync at 10:00
      Then the sync is blocked with exit code 3
      And status names the file, the rule and the next step
      And the history has one record of it

    Scenario: The file is mended
      Given a sync that was blocked at 10:00 by a token in a context file
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup holds the context file as it is now

  Rule: A fault of a rule is no permission

    Scenario: The scanner for secrets is missing
      Given the scanner for secrets cannot be loaded
      When a context file changes and the schedule asks for a sync at 10:00
      Then the sync is blocked
      And the report says how to install the scanner

  Rule: Only what changed is judged on a sync

    Scenario: An old warning is not told again
      Given a skill whose name is not its folder's, backed up at 09:00
      When another file changes and the schedule asks for a sync at 10:00
      Then the sync is done
      And the report does not speak of the skill

  Rule: Switched off, validation still keeps secrets in

    Scenario Outline: Validation is off and <fault> appears
      Given validation is switched off
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      And status says that validation is off

      Examples:
        | fault                                   | outcome |
        | an opencode.json without its last brace | done    |
        | a provider's token in a context file    | blocked |
