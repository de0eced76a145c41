Feature: Retry
  Networks come and go. A remote that is away, refuses or hangs costs a message and a wait, never a backup.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to

  Rule: The local backup is made all the same

    Scenario Outline: the remote <trouble>
      Given the remote <trouble>
      When a context file changes and the schedule asks for a sync at 09:10
      Then the sync is incomplete
      And it says what to do next
      And the backup equals the config tree

      Examples:
        | trouble         |
        | is away         |
        | refuses a push  |

  Rule: An automatic push waits longer after each failure, a backup does not

    Scenario: a push that is still waiting
      Given the remote is away
      And a context file changes and the schedule asks for a sync at 09:10, which is incomplete
      When a context file changes and the watcher asks for a sync at 09:17, which is incomplete
      And a context file changes and the watcher asks for a sync at 09:23, which is done
      Then the backup equals the config tree, but the push waits

  Rule: A person need not wait

    Scenario: at once
      Given the remote is away
      And a context file changes and the schedule asks for a sync at 09:10, which is incomplete
      When the remote is back
      And a person asks for a sync at 09:11
      Then the sync is done, and the remote has everything

  Rule: When it is back, the next automatic sync brings everything there

    Scenario: without a further change
      Given the remote is away
      And a context file changes and the schedule asks for a sync at 09:10, which is incomplete
      When the remote is back
      And the schedule asks for a sync at 10:10
      Then the sync is done, and the remote has everything
