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
      And the backup holds neither of the two

  Rule: Switched on, only the offending files wait

    Scenario: Quarantine is on
      Given quarantine is on
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      And the backup holds the agent and not the context file
      And status lists the context file as pending with the rule that holds it

    Scenario: The file is mended
      Given quarantine is on and held the context file at 10:00
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup holds the context file as it is now

  Rule: What belongs together waits together

    Scenario: A renamed file has a token
      Given quarantine is on
      When a file of the backup is renamed and a token is written into it
      And the schedule asks for a sync at 10:00
      Then the backup still holds the file under its old name

  Rule: Without a scanner there is no rest

    Scenario: The scanner for secrets is missing
      Given quarantine is on
      And the scanner for secrets cannot be loaded
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
