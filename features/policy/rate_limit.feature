Feature: Rate limit
  An agent can change files many times a minute. The backup gets at most one commit in five minutes, and the
  last change is in it.

  Background:
    Given a config tree backed up at 09:00
    And a limit of one sync per 5 minutes

  Rule: A change inside the limit waits; it is never lost

    Scenario Outline: <who> at <time>
      When a context file changes
      And <who> asks for a sync at <time>
      Then the sync is <outcome>

      Examples:
        | who          | time  | outcome              |
        | the watcher  | 09:04 | deferred until 09:05 |
        | the workflow | 09:04 | deferred until 09:05 |
        | the schedule | 09:04 | deferred until 09:05 |
        | the watcher  | 09:05 | done                 |
        | the schedule | 09:05 | done                 |
        | a person     | 09:04 | done                 |

    Scenario: what was deferred goes when its time has come
      When a context file changes
      And the watcher asks for a sync at 09:04
      And the schedule asks for a sync at 09:05
      Then the sync is done
      And the backup holds the change to a context file

  Rule: The limit is a setting

    Scenario Outline: one sync per <span>
      Given a limit of one sync per <span>
      When a context file changes
      And the watcher asks for a sync at 09:04
      Then the sync is <outcome>

      Examples:
        | span       | outcome              |
        | 10 minutes | deferred until 09:10 |
        | 3 minutes  | done                 |

  Rule: A clock that was wrong is no reason to wait

    Scenario: the last sync is dated in the future
      Given the clock was an hour fast at the last sync
      When a context file changes
      And the watcher asks for a sync at 09:04
      Then the sync is done
