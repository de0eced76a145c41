Feature: Being told
  A backup that stopped must not need to be looked at to be noticed. A command of one's own is run once for each change
  of the verdict, each new block, and the third failure in a row; never with a secret in its message.

  Background:
    Given a config tree backed up at 09:00
    And a command that is told what happens

  Rule: All is well: silence

    Scenario: an ordinary sync
      When a context file changes
      And a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And nobody was told anything

  Rule: A block is told once

    Scenario: the same secret, twice
      When a secret gets into a context file
      And a person runs `autosync sync --trigger=schedule` 2 times, each with exit code 3
      Then a person was told 1 time, "autosync: blocked: validation: 1 finding must be mended first"

    Scenario: and that it is over
      When a secret gets into a context file
      And a person runs `autosync sync --trigger=schedule`, with exit code 3
      And the secret is taken out again
      And a person runs `autosync sync --trigger=schedule`, with exit code 0
      Then a person was told 2 times, the last time "autosync: protected: everything that belongs in the backup is in it"

  Rule: So is the third failure in a row

    Scenario: the backup cannot be written
      When the backup's branch is broken
      And a context file changes
      And a person runs `autosync sync` 3 times, each with exit code 1
      Then a person was told 2 times, the last time "autosync: 3 syncs in a row failed: "

  Rule: A command that cannot be run stops no sync

    Scenario: it is not there
      Given a command to be told with that is not there
      When a secret gets into a context file
      And a person runs `autosync sync --trigger=schedule`
      Then the exit code is 3
      And it says "notify_command failed"

  Rule: Several may be told, each by itself

    Scenario: one of two is not there
      Given a second command to be told with that is not there
      When a secret gets into a context file
      And a person runs `autosync sync --trigger=schedule`, with exit code 3
      Then it says "notify failed: no such file or directory"
      And a person was told "autosync: blocked: validation: 1 finding must be mended first"

    Scenario: a test
      When a person runs `autosync notify --test`
      Then the exit code is 0
      And a person was told "autosync: a test: this is how you are told"

    Scenario: a test of what is not there
      Given a command to be told with that is not there
      When a person runs `autosync notify --test`
      Then the exit code is 1
      And it says "notify_command: ~/nowhere: no such file or directory"
