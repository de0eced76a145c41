Feature: Switching auto-sync off and on
  During a big restructuring, nobody wants a commit every five minutes. Auto-sync can be switched off; what
  changes meanwhile waits, and nothing is forgotten.

  Background:
    Given a config tree backed up at 09:00

  Rule: Switched off, nothing happens by itself

    Scenario Outline: <who> asks
      Given auto-sync is disabled
      When a context file changes
      And <who> asks for a sync at 10:00
      Then the sync is <outcome>

      Examples:
        | who          | outcome |
        | the watcher  | skipped |
        | the workflow | skipped |
        | the schedule | skipped |
        | a person     | done    |

    Scenario: the reason says so
      Given auto-sync is disabled
      When a context file changes
      And the watcher asks for a sync at 10:00
      Then the sync is skipped
      And the reason is "auto-sync is disabled"

  Rule: Switched on again, what waited goes

    Scenario: the next sync takes it all
      Given auto-sync is disabled
      When a context file changes
      And auto-sync is enabled again
      And the schedule asks for a sync at 11:00
      Then the backup holds the change to a context file
