Feature: History
  What happened when nobody looked: one line for each run that did something or ended in a new way. A run that found
  nothing to do, or the same block once more, adds none.

  Background:
    Given a config tree backed up at 09:00

  Rule: One line for what is new

    Scenario: nothing to do
      When the schedule asks for a sync at 10:00
      And the watcher asks for a sync at 10:30
      Then the history has 1 record

    Scenario: a change
      When a context file changes
      And the schedule asks for a sync at 10:00
      Then the history has 2 records

    Scenario: the same block again and again
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00, which is blocked
      And the watcher asks for a sync at 11:00, which is blocked
      Then the history has 2 records

    Scenario: another block
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00, which is blocked
      And an agent definition changes
      And the schedule asks for a sync at 11:00, which is blocked
      Then the history has 3 records

  Rule: What was restored is told too, and is no sync

    Background:
      Given it is 09:02
      And "README.md" is deleted
      And a person restores everything

    Scenario: a file that is brought back
      When a person runs `autosync history`
      Then it says "restore changed"
      And the history has 2 records

    Scenario: a restore counts by itself
      When a person runs `sync-config --stats`
      Then it says:
        | runs 1     |
        | restores 1 |

  Rule: It can be narrowed

    Background:
      Given a context file changes and the watcher asks for a sync at 10:00
      And a secret gets into a context file and the schedule asks for a sync at 11:00, which is blocked

    Scenario Outline: <words>
      When a person runs `autosync history <words>`
      Then the exit code is 0
      And it says "runs=<number>"

      Examples:
        | words                         | number |
        | --trigger=watch               | 1      |
        | --trigger=workflow            | 0      |
        | --failed                      | 1      |
        | --since=2026-01-05T09:30+00:00 | 2     |
        | --since=1s                    | 0      |

    Scenario: nothing to list
      When a person runs `autosync history --trigger=workflow`
      Then the exit code is 0
      And it says "no run that did something, or ended in a new way, is recorded here"

    Scenario: for programs
      When a person runs `autosync history --json`
      Then the exit code is 0
      And its output is one JSON document

    Scenario: totals
      When a person runs `sync-config --stats`
      Then the exit code is 0
      And it says:
        | runs 3       |
        | blocked 1    |
        | incomplete 0 |
        | commits 2    |

    Scenario: a trigger that there is not
      When a person runs `autosync history --trigger=cron`
      Then the exit code is 2
      And it says "--trigger=cron is none of manual, workflow, watch, schedule"
