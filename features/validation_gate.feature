Feature: Validation decides whether a sync may go
  A backup that copies a broken config or a secret harms its owner. A gate that stops for matters of taste is switched
  off. So only what leaks or stops OpenCode blocks, and everything else is told.

  Background:
    Given a config tree backed up at 09:00

  Rule: An error blocks the sync, a warning does not

    Scenario Outline: <fault>
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      And the report names the file and what is wrong with it

      Examples:
        | fault                                            | outcome |
        | a provider's token in a context file             | blocked |
        | an opencode.json without its last brace          | blocked |
        | an agent with a mode that OpenCode does not know | blocked |
        | an unfinished merge in a script                  | blocked |
        | a key that stands twice in opencode.json         | done    |
        | a skill whose name is not its folder's           | done    |
        | a script that bash cannot read                   | done    |
        | a file name with a space                         | done    |

    Scenario: the report says what to do
      When a provider's token in a context file appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is blocked
      And it says "Take the value out of the file"
      And it says "no fault? inv accept"

  Rule: A blocked sync is seen by a person, and goes by itself once the tree is clean

    Scenario: status and history tell of it
      When a provider's token in a context file appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is blocked
      And the exit code is 3
      When the schedule asks for a sync at 10:15
      Then the sync is blocked
      And the history has one record of a blocked sync
      When a person asks for the status at 10:20
      Then the verdict is "attention"
      And it says "context/project.md held by SEC001 at the last sync: mend it, or accept the finding"

    Scenario: the file is mended
      Given a provider's token in a context file appears in the tree
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup equals the config tree

  Rule: A fault of a rule is no permission

    Scenario: the scanner for secrets is missing
      Given the scanner for secrets cannot be loaded
      When a context file changes
      And the schedule asks for a sync at 10:00
      Then the sync is blocked
      And it says "pip install --force-reinstall kingfisher-secret-scanner"

  Rule: A sync judges only what changed

    Scenario: an old warning is not told again
      Given a skill whose name is not its folder's appears in the tree
      And the schedule asks for a sync at 10:00
      And the sync is done
      When a context file changes
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the report does not name the file

  Rule: Switched off, validation still keeps secrets in

    Scenario Outline: validation is off, and <fault> appears
      Given validation is turned off
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      When a person asks for the status at 10:01
      Then the verdict is "attention"
      And it says "only secrets and protected names are checked"

      Examples:
        | fault                                   | outcome |
        | an opencode.json without its last brace | done    |
        | a provider's token in a context file    | blocked |
