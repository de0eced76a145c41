Feature: Quarantine lets the rest of the tree go
  One bad file should not keep months of work out of the backup for those who say so. It is off by default: a backup
  of half a tree must be somebody's choice.

  Background:
    Given a config tree backed up at 09:00
    And a provider's token in a context file appears in the tree
    And an agent definition changes

  Rule: Off by default, one error holds everything

    Scenario: quarantine is off
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
      And the backup does not hold a context file
      And the backup does not hold an agent definition

  Rule: Switched on, only the offending files wait

    Scenario: quarantine is on
      Given quarantine is on
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      And the backup holds an agent definition
      And the backup does not hold a context file
      When a person asks for the status at 10:01
      Then the verdict is "attention"
      And it says "context/project.md held by SEC001"

    Scenario: the file is mended
      Given quarantine is on
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      When the token is taken out
      And the schedule asks for a sync at 11:00
      Then the sync is done
      And the backup equals the config tree

    Scenario: the secret stands in a name
      Given quarantine is on
      And a file appears whose name holds a provider's token
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      And the backup holds an agent definition
      And the value is nowhere outside the config tree

  Rule: What belongs together waits together

    Scenario: a file gets a new name with a token in it
      Given quarantine is on
      And "context/stack.md" is renamed to a name that holds a provider's token
      When the schedule asks for a sync at 10:00
      Then the sync is incomplete
      And the backup holds "context/stack.md"
      And the value is nowhere outside the config tree

  Rule: Without a scanner there is no rest

    Scenario: the scanner for secrets is missing
      Given quarantine is on
      And the scanner for secrets cannot be loaded
      When the schedule asks for a sync at 10:00
      Then the sync is blocked
      And the backup does not hold an agent definition
