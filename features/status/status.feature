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
      When a context file changes
      And a person asks for the status at 10:00
      Then the verdict is "protected"
      And it says "1 pending, none for longer than it may wait"

  Rule: Not protected when something waits too long

    Scenario: a change that nobody took
      Given auto-sync is disabled
      When a context file changes
      And the schedule asks for a sync at 10:00
      And a person asks for the status at 13:00 tomorrow
      Then the verdict is "not protected"
      And it says "a change has waited for 27 hours"

    Scenario: a block that nobody looked after
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00
      And the sync is blocked
      And a person asks for the status at 13:00 tomorrow
      Then the verdict is "not protected"

    Scenario: there has never been a backup
      Given the backup is deleted
      When a person asks for the status at 10:00
      Then the verdict is "not protected"
      And it says "there is no backup yet"

    Scenario: the config tree is gone
      When the config tree is not there for a while
      And a person asks for the status at 10:00
      Then the verdict is "not protected"

  Rule: Attention when the rest is safe

    Scenario: something is left out
      When "context/odd" is a pipe
      And a person asks for the status at 10:00
      Then the verdict is "attention"
      And it says "context/odd left out, special: a FIFO"

    Scenario: the next sync would be blocked
      When a secret gets into a context file
      And the schedule asks for a sync at 10:00
      And the sync is blocked
      And a person asks for the status at 10:05
      Then the verdict is "attention"
      And it says "the next sync is blocked"

    Scenario: syncs fail
      Given 2 failures in a row, the last at 10:00
      When a person asks for the status at 10:01
      Then the verdict is "attention"
      And it says "the last 2 syncs failed"

    Scenario: it works again
      When the config tree is not there for a while
      And the schedule asks for a sync at 10:00
      And the sync is refused
      And the config tree is there again
      And the schedule asks for a sync at 11:00
      And there is nothing to do
      And a person asks for the status at 11:01
      Then the verdict is "protected"

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
      And it says "0 (and 1 of low priority)"
      And it says "1 path never copied"
