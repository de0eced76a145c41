Feature: Backoff
  When the backup cannot be written, trying again every minute helps nobody. Automatic syncs try again after a
  growing wait; a person may try at any time.

  Background:
    Given a config tree backed up at 08:00
    And a limit of one sync per 5 minutes

  Rule: Each further failure doubles the wait, up to six hours

    Scenario Outline: after <failures>
      Given <failures> in a row, the last at 09:00
      When a context file changes
      And the schedule asks for a sync at 09:01
      Then the sync is deferred until about <time>

      Examples:
        | failures    | time  |
        | 1 failure   | 09:05 |
        | 2 failures  | 09:10 |
        | 3 failures  | 09:20 |
        | 6 failures  | 11:40 |
        | 10 failures | 15:00 |

  Rule: The time of the next try is fixed when the failure happens

    Scenario: asking again does not move it
      Given 3 failures in a row, the last at 09:00
      When a context file changes
      And the schedule asks for a sync at 09:01
      And the watcher asks for a sync at 09:10
      Then the sync is deferred until the same time as before

    Scenario: when it has come, the sync goes
      Given 3 failures in a row, the last at 09:00
      When a context file changes
      And the schedule asks for a sync at 09:22
      Then the sync is done

  Rule: A success ends it

    Scenario: the next change goes as ever
      Given 3 failures in a row, the last at 09:00
      And a sync by hand that was done at 09:02
      When a context file changes
      And the watcher asks for a sync at 09:07
      Then the sync is done

  Rule: A block by validation or a guard is no failure

    Scenario: what was mended goes at once
      Given a sync that validation blocked at 09:00
      When the broken file is mended
      And the watcher asks for a sync at 09:01
      Then the sync is done
