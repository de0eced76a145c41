Feature: Proof
  A backup that nobody has tried is a hope. Verifying reads the source and the backup anew, compares them and asks
  git for its own opinion; it changes nothing.

  Background:
    Given a config tree backed up at 09:00

  Rule: A whole backup is proven

    Scenario Outline: <how>
      When <asked>
      Then the backup is proven
      And it says "the backup holds the source, byte for byte"
      And no file was written

      Examples:
        | how       | asked                                          |
        | quickly   | a person verifies the backup                   |
        | with care | a person verifies the backup, reading all of it |

  Rule: What changed since the last sync is no fault

    Scenario: an edit that waits
      When a context file changes
      And a person verifies the backup
      Then the backup is proven
      And it says "1 change since the last sync"

    Scenario: an edit that left no trace
      When "context/stack.md" is edited without a trace in size and time
      And a person verifies the backup
      Then the backup is proven
      And it says "1 change since the last sync"

  Rule: Damage is found

    Scenario: objects are gone
      When the backup loses its objects
      And a person verifies the backup
      Then the backup is not proven

    Scenario: bits have rotted
      When the backup is damaged
      And a person verifies the backup, reading all of it
      Then the backup is not proven
      And it says what to do next

  Rule: Before the first sync there is nothing to prove

    Scenario: no backup yet
      Given the backup is deleted
      When a person verifies the backup
      Then the backup is not proven
      And it says "there is no backup yet"
      And it says what to do next
