Feature: Status
  The worst fault of a backup is silence: it stopped weeks ago and nobody was told. Status looks anew and says in one
  sentence whether the config tree is protected.

  Background:
    Given a config tree backed up at 09:00

  Rule: Protected means that everything that belongs in the backup is in it

    Scenario: nothing has changed for a month
      When a person asks for the status at 09:00 in 30 days
      Then the verdict is "protected"
      And nothing was written

    Scenario: a change that has not waited long
      Given the schedule asks for a sync at 09:30
      When a context file changes
      And a person asks for the status at 10:00
      Then the verdict is "protected"
      And it says "1 pending, none for longer than it may wait"

  Rule: Not protected when something waits too long

    Scenario: a file that moves on is no newer for it
      When "README.md" is renamed to "docs/second.md"
      And the schedule asks for a sync at 10:00, which is skipped
      And "docs/second.md" is renamed to "docs/third.md"
      And a person asks for the status at 13:00 tomorrow
      Then the verdict is "not protected"

    Scenario: a change that nobody took
      Given auto-sync is disabled
      When a context file changes and the schedule asks for a sync at 10:00
      And a person asks for the status at 13:00 tomorrow
      Then the verdict is "not protected"
      And it says "a change has waited for 27 hours"

    Scenario: a block that nobody looked after
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00
      And the sync is blocked
      And a person asks for the status at 13:00 tomorrow
      Then the verdict is "not protected"

    Scenario: a file in quarantine for too long
      Given quarantine is on
      When a secret gets into a context file
      And the schedule asks for a sync at 09:30, which is incomplete
      Then the status at 13:00 tomorrow is "not protected"
      And it says "next: mend context/project.md"

    Scenario: there has never been a backup
      Given the backup is deleted
      When a person asks for the status at 10:00
      Then the verdict is "not protected"
      And it says "there is no backup yet"

    Scenario: the config tree is gone
      When the config tree is not there for a while
      And a person asks for the status at 10:00
      Then the verdict is "not protected"

    Scenario: the backup cannot be read
      Given the backup has damaged contents of a file
      And a person asks for a sync 8 days later, which tells no success
      Then the status at 10:00 in 8 days is "not protected"
      And it says "the backup was damaged when it was last read"

  Rule: Attention when the rest is safe

    Scenario: an old version has rotted
      Given a second backup at 09:10
      And the backup has damaged contents of an old version
      And a person asks for a sync 8 days later, which tells no success
      Then the status at 10:00 in 8 days is "attention"
      And it says "the newest backup is whole, but something older is damaged"

    Scenario: something is left out
      When "context/odd" is a pipe
      And a person asks for the status at 10:00
      Then the verdict is "attention"
      And it says "context/odd left out, special: a FIFO"

    Scenario: the next sync would be blocked
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00, which is blocked
      And a person asks for the status at 10:05
      Then the verdict is "attention"
      And it says "the next sync is blocked"

    Scenario: the block names the rule, the file and the ways on
      When a secret gets into a context file
      And a person asks for the status at 09:02
      Then the verdict is "attention"
      And it says:
        | the next sync is blocked: validation: 1 finding must be mended first (SEC001 in context/project.md, line 3) |
        | next: mend context/project.md, or `autosync accept                                                          |
        | `autosync set-config QUARANTINE=true` to back up the rest meanwhile                                         |

    Scenario: a block that is over, though something else waits
      Given a secret gets into a context file and a person asks for a sync at 09:30, which is blocked
      When the secret is taken out again
      And a document changes
      And a person asks for the status at 09:31
      Then it says "2 changes pending", but not "blocked"

    Scenario: a file in quarantine
      Given quarantine is on
      And the schedule asks for a sync at 09:30
      And a token in one context file and a new agent beside it
      Then the status at 10:00 is "attention"
      And it says, but not "QUARANTINE":
        | 1 change in quarantine; the rest goes |
        | next: mend context/project.md         |

    Scenario: changes that nothing will come for
      When a context file changes
      And a person asks for the status at 09:02
      Then the verdict is "attention"
      And it says, but not "retry":
        | 1 change pending, and no trigger is installed |
        | next: `autosync sync` takes what is pending   |

    Scenario: syncs fail
      Given 2 failures in a row, the last at 10:00
      When a person asks for the status at 10:01
      Then the verdict is "attention"
      And it says "the last 2 syncs failed"

    Scenario: it works again
      When the config tree is not there for a while
      And the schedule asks for a sync at 10:00, which is refused
      And the config tree is there again
      And the schedule asks for a sync at 11:00, which finds nothing to do
      Then the status at 11:01 is "protected"

    Scenario: validation is switched off
      Given validation is turned off
      When a person asks for the status at 10:00
      Then the verdict is "attention"
      And it says "auto_sync_validate is false"
      And it does not say "next:"

    Scenario: auto-sync is switched off
      Given auto-sync is disabled
      When a person asks for the status at 10:00
      Then the verdict is "attention"
      And it says "auto-sync is disabled"

  Rule: It says what is not in the backup, and why

    Scenario: low priority and secrets
      When a log changes
      And a file of secrets changes
      And a person asks for the status at 10:00
      Then the verdict is "protected"
      And it says:
        | 0 (and 1 of low priority) |
        | 1 path never copied: .env |

    Scenario: what a rule of one's own keeps out
      Given a rule that makes "notes/" never
      When a note changes
      Then the status at 10:00 is "protected"
      And it does not say "low priority"
      And it says "1 path never copied: notes/today.txt"

    Scenario: and one with a question mark for any letter
      Given a rule that makes "notes/toda?.txt" never
      When a note changes
      Then the status at 10:00 is "protected"
      And it says "1 path never copied: notes/today.txt"

  Rule: It says where the backup goes

    Scenario: the remote, and when it last had everything
      Given a remote that every sync pushes to
      When a context file changes and a person asks for a sync at 09:30, which is done
      And a person asks for the status at 10:00
      Then it says "after each sync, to origin ("
      And it says "the last one 30 minutes ago"

    Scenario: the config tree is gone and the backup is whole
      When the config tree is not there for a while
      And a person asks for the status at 10:00
      Then the verdict is "not protected"
      And it says "next: `autosync restore` brings it back from the backup"

  Rule: A folder that is no config tree is not called protected

    Scenario: only OpenCode's own program lies there
      Given all files are deleted
      And "bin/opencode" says "the program"
      When a person asks for the status at 10:00
      Then the verdict is "not protected"
      And it says "holds only OpenCode's own program"
