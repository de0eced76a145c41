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

    Scenario: the remote's branch has another name by now
      Given "origin/HEAD" in the backup names a branch that is gone
      When a person verifies the backup, reading all of it
      Then the backup is proven
      And it says "the backup holds the source, byte for byte"

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

    Scenario Outline: <damage>
      Given a second backup at 09:10
      And the backup has <damage>
      When a person verifies the backup
      Then the backup is not proven
      And it says what to do next

      Examples:
        | damage                      |
        | a pack that is empty        |
        | a damaged index             |
        | lost a branch of a person   |
        | lost the name of a snapshot |

    Scenario: what a restore overwrote is gone
      Given the backup has lost what a restore overwrote
      When a person verifies the backup, reading all of it
      Then the backup is not proven
      And it says what to do next

  Rule: A sync tells success only for a backup that can be read

    Scenario: what did not change is gone
      Given a second backup at 09:10
      And the backup has a pack that is empty
      When a context file changes and a person asks for a sync
      Then the sync tells no success
      And it says what to do next

    Scenario: an old version has rotted, and nobody looked for a week
      Given a second backup at 09:10
      And the backup has damaged contents of an old version
      When a person asks for a sync 8 days later
      Then the sync tells no success
      And it says "something older is damaged", and what to do next

    Scenario: nobody looked for a week, and all is well
      When the schedule comes 8 days later
      Then there is nothing to do
      And status knows that all of the backup was read just now

  Rule: A branch that was set back is told, and what it held is kept

    Scenario: somebody sets the branch back
      Given a second backup at 09:10
      And somebody sets the branch back
      When a person asks for a sync at 09:20
      Then the sync tells no success, and it says "was set back or replaced"
      And the second backup is on a branch of its own

  Rule: Before the first sync there is nothing to prove

    Scenario: no backup yet
      Given the backup is deleted
      When a person verifies the backup
      Then the backup is not proven
      And it says "there is no backup yet"
      And it says what to do next
