Feature: Validation decides whether a sync may go
  A backup that copies a broken config or a secret harms its owner. A gate that
  stops for matters of taste is switched off. So only what leaks or stops
  OpenCode blocks, and everything else is told.

  Background:
    Given a config tree backed up at 09:00

  Rule: An error blocks the sync, a warning does not

    Scenario Outline: <fault>
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      And the report names its file and what to do

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

    Background:
      Given a provider's token is written into a context file
      And the schedule asks for a sync at 10:00, which is blocked

    Scenario: Status, history and exit code tell of it
      When the schedule asks for a sync at 11:00
      Then the sync is blocked
      And the exit code is 3
      And the history has 1 record of a blocked sync

    Scenario: The file is mended
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup holds the change to a context file

  Rule: A fault of a rule is no permission

    Scenario: The scanner for secrets is missing
      Given the scanner for secrets cannot be loaded
      When a context file changes
      And the schedule asks for a sync at 10:00
      Then the sync is blocked
      And it says "pip install"

  Rule: Only what changed is judged on a sync

    Scenario: An old warning is not told again
      Given a skill whose name is not its folder's appears in the tree
      And a person asks for a sync at 09:30
      And it says "MDF005"
      When a context file changes and the schedule asks for a sync at 10:00
      Then the sync is done, and it does not say "MDF005"

  Rule: Switched off, validation still keeps secrets in

    Background:
      Given validation is turned off

    Scenario Outline: Validation is off and <fault> appears
      When <fault> appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>
      When a person asks for the status
      Then it says "auto_sync_validate is false"

      Examples:
        | fault                                   | outcome |
        | an opencode.json without its last brace | done    |
        | a provider's token in a context file    | blocked |

    Scenario: what only may be a secret is told no more
      When these files appear:
        | holds                                    | told    |
        | token = DRAWN32                          | nothing |
        | postgres://user:password@db.corp.net/app | nothing |
        | <<<<<<< a                                | nothing |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

  Rule: A person chooses which rules tell; what keeps secrets in is no matter of choice

    Scenario: some rules alone
      Given only the rules "EXE STR003" are on, without "EXE005"
      When these files appear:
        | file         | holds                 | told           |
        | bin/a b      | #!/bin/sh\r\ntrue     | EXE003, STR003 |
        | docs/x.json  | {"a": 1, "a": 2}      | nothing        |
        | context/t.md | token = DRAWN32       | nothing        |
        | context/g.md | TOKEN(GitHub)         | SEC001         |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: the way on counts the files
      When these files appear:
        | file         | holds         | told   |
        | context/a.md | TOKEN(GitHub) | SEC001 |
        | context/b.md | TOKEN(GitHub) | SEC001 |
      And a person asks for a sync
      Then the sync is blocked
      And it says:
        | mend context/a.md and 1 other file |
        | if it is no fault                  |

  Rule: The line that is meant is shown, unless a secret stands in it

    Scenario: warnings in three files
      When these files appear:
        | file        | holds                                              | told             |
        | docs/a.json | {"a": 1,\n  "a": "BIDIgone", "b": 2}               | JSN003 in line 2 |
        | docs/b.json | {"a": 1,\n  "a": 2, "hidden": "TOKEN(GitHub)"}     | JSN003, SEC001   |
        | docs/c.json | {"a": 1,\n  "a": "TIMES(30, long )"}               | JSN003           |
        | docs/d.json | {"a": 1,\n\n  "a": "last",\n  "hidden": 1}         | JSN003 in line 3 |
      And a person asks for a sync
      Then of each is told what the table says
      And it says:
        | "a": "�gone", "b": 2                          |
        | long long long lo…                            |
        | "a": "last"                                   |
      And it does not say "hidden"

  Rule: A rule explains itself

    @sample
    Scenario Outline: <code> is asked for
      When a person runs `autosync validate --explain <code>`
      Then the exit code is <exit>
      And it says "<told>"

      Examples:
        | code   | exit | told                                       |
        | sec001 | 0    | It blocks the sync. What to do:            |
        | INT001 | 0    | It blocks the sync. It cannot be accepted. |
        | STR003 | 0    | It does not block the sync. What to do:    |
        | SEC01  | 2    | did you mean SEC101                        |
