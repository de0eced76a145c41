Feature: Check mode
  Before something is let loose on months of work, a person wants to see what it would do. Check mode takes every
  decision and runs every guard, and writes nothing: not the backup, not the settings, not even a note.

  Rule: It says what a sync would do, and does nothing of it

    Scenario: before the first sync
      Given a config tree
      When a person asks what a sync would do
      Then the sync would be done, and nothing was written
      And it says "agent/reviewer.md"
      And there is no backup

    Scenario: before a later one
      Given a config tree backed up at 09:00
      When "agent/reviewer.md" is deleted
      And a person asks what a sync would do at 09:10
      Then the sync would be done, and nothing was written
      And it says "- agent/reviewer.md"

    Scenario: with nothing to do
      Given a config tree backed up at 09:00
      When a person asks what a sync would do at 09:10
      Then there is nothing to do
      And nothing was written

    Scenario: it never keeps the next sync from going
      Given a config tree backed up at 09:00
      When a context file changes
      And a person asks what a sync would do at 09:10, and it would be done
      And the watcher asks for a sync at 09:11
      Then the sync is done, and the backup equals the config tree

  Rule: Guards and limits hold in check mode too

    Scenario: a secret
      Given a config tree backed up at 09:00
      When a secret gets into a context file
      And a person asks what a sync would do at 09:10
      Then the sync is blocked, and nothing was written

    Scenario: most of the tree is gone
      Given a config tree of 40 files backed up at 09:00
      When 30 of the files are deleted
      And a person asks what a sync would do at 09:10
      Then the sync is blocked, and nothing was written
      And it says "--allow-mass-delete="

    Scenario: the limit of one sync in five minutes
      Given a config tree backed up at 09:00
      When a context file changes
      And the watcher asks what a sync would do at 09:04
      Then the sync is deferred until 09:05
      And nothing was written
