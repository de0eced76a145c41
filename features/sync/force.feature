Feature: A forced sync
  Someone who does not trust what the program remembers wants everything looked at again: every file read, every
  owned path of the backup proven, whatever differs put right. Where all is right, that is said and nothing changes.

  Background:
    Given a config tree backed up at 09:00

  Rule: Where the backup is right, nothing is written

    Scenario: as often as one likes
      When a person insists on a sync at 09:10
      Then there is nothing to do
      And it says "the backup holds the source, byte for byte"
      And no file was written
      And the backup has 1 commit

    Scenario: a file of a person's own, staged in the backup
      Given a person stages "NOTES.txt" in the backup, saying "Mine."
      When a person insists on a sync at 09:10
      Then there is nothing to do
      And no file was written

  Rule: What is not right any more is put right

    Scenario: an edit in the backup's own work tree
      Given a person edits "AGENTS.md" in the backup, saying "Edited here."
      When a person insists on a sync at 09:10
      Then the sync is done, and it says "edits in the backup's own work tree were saved first"
      And the backup's work tree shows the same
      And the backup has 1 commit

    Scenario: together with a change
      Given a person edits "AGENTS.md" in the backup, saying "Edited here."
      When a context file changes
      And a person insists on a sync at 09:10
      Then the sync is done
      And the backup equals the config tree, and so does its work tree

  Rule: Damage is no success

    Scenario: bits have rotted
      When the backup is damaged
      And a person insists on a sync at 09:10
      Then the sync is refused
      And it says what to do next
