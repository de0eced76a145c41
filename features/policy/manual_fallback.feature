Feature: A person can always sync
  Limits and thresholds are there for machines. When a person asks, the sync goes, whatever state the automation
  is in; only what protects the backup itself can hold it.

  Background:
    Given a config tree backed up at 09:00
    And a limit of one sync per 5 minutes

  Rule: No limit, threshold or backoff holds a person

    Scenario Outline: <state>
      Given <state>
      When a context file changes
      And a person asks for a sync at 09:01
      Then the sync is done

      Examples:
        | state                                  |
        | auto-sync is disabled                  |
        | syncs that need 9 changes              |
        | a limit of one sync per 2 hours        |
        | 5 failures in a row, the last at 09:00 |

    Scenario: one document is enough
      When a document changes
      And a person asks for a sync at 09:01
      Then the sync is done

    Scenario: outside the sync triggers as well
      When a note changes
      And a person asks for a sync at 09:01
      Then the sync is done
      And the backup holds the change to a note

  Rule: Asking twice changes nothing

    Scenario: the second sync has nothing to do
      When a context file changes
      And a person asks for a sync at 09:01
      And a person asks for a sync at 09:02
      Then there is nothing to do

  Rule: What validation or a guard holds, no insisting lets go

    Scenario: a broken configuration
      When the system configuration is broken
      And a person insists on a sync at 09:10
      Then the sync is blocked
      And the backup holds the last good system configuration
