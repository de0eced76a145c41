Feature: Quarantine lets the rest of the tree go
  One bad file should not keep months of work out of the backup for those who
  say so. It is off by default: a half-backed-up tree must be somebody's choice.

  Background:
    Given a config tree backed up at 09:00
    And a token in one context file and a new agent beside it

  Rule: Off by default, one error holds everything

    Scenario: Quarantine is off
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
      And the backup does not hold a context file
      And the backup does not hold an agent definition

  Rule: Switched on, only the offending files wait

    Background:
      Given quarantine is on

    Scenario: Quarantine is on
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      And the backup holds an agent definition
      And the backup does not hold a context file
      And the change to a context file waits for "in quarantine (SEC001)"

    Scenario: The file is mended
      Given the schedule asks for a sync at 10:00, which is incomplete
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup holds the change to a context file

  Rule: What belongs together waits together

    Scenario: A file gets a name with a token in it, which no report may show
      Given quarantine is on
      When "context/stack.md" is renamed so that a token is in its name
      And the schedule asks for a sync at 10:00
      Then the sync is incomplete, and the backup holds "context/stack.md"
      And nothing of the secret is anywhere outside the config tree

  Rule: Without a scanner there is no rest

    Scenario: The scanner for secrets is missing
      Given quarantine is on
      And the scanner for secrets cannot be loaded
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
