Feature: Edits in the backup's own folder
  The backup is a folder that people can open, and sometimes they edit there by mistake. The config tree is the
  master, so its version wins; but the edit is put aside where git keeps such things, and people are told.

  Background:
    Given a config tree backed up at 09:00
    And a person edits "AGENTS.md" in the backup, saying "Edited in the wrong place"

  Rule: An edit of a backed up file is put aside

    Scenario: the next sync brings the config tree's version
      When "AGENTS.md" says "Edited in the right place" and a person asks for a sync at 09:10
      Then the sync is done
      And the backup's work tree still has "AGENTS.md", saying "Edited in the right place"
      And the edit "Edited in the wrong place" of "AGENTS.md" can be found again
      And it says "git stash list"

  Rule: A file that is not the config tree's is left as it is

    Scenario: a note beside the backup
      Given a person edits "notes-on-this-backup.md" in the backup, saying "Mine"
      When a context file changes
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup's work tree still has "notes-on-this-backup.md", saying "Mine"
