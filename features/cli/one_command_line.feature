Feature: One command line
  The tasks are meant for the shell, for cron and for scripts: each can be called alone or with others, says how it
  ended by its exit code, and can speak JSON.

  Background:
    Given a config tree

  Rule: Tasks follow each other on one line

    Scenario: look, judge, sync, prove
      When a person runs `inv detect validate sync verify`
      Then the exit code is 0
      And the backup equals the config tree
      And it says "the backup holds the source, byte for byte"

    Scenario: the first that fails ends the line
      Given a secret gets into a context file
      When a person runs `inv validate sync`
      Then the exit code is 3
      And there is no backup
      And nothing of the secret is anywhere outside the config tree

  Rule: Dry means check mode

    Scenario Outline: nothing is written by <command>
      When a person runs `<command>`
      Then the exit code is 5
      And it says "would change: sync: 2 config"
      And nothing was written
      And there is no backup

      Examples:
        | command               |
        | inv --dry sync        |
        | inv sync --check      |
        | autosync sync --check |
        | autosync --dry sync   |

  Rule: The exit code says how it ended

    Scenario: a sync that is done
      When a person runs `autosync sync`
      Then the exit code is 0
      And it says "ok=5 changed=1 skipped=1 blocked=0 failed=0"

    Scenario: a sync that has nothing to do
      Given a person has run `autosync sync`
      When a person runs `autosync sync`
      Then the exit code is 0
      And it says "ok=1 changed=0 skipped=0 blocked=0 failed=0"
      And nothing was written

    Scenario: blocked
      Given a secret gets into a context file
      When a person runs `autosync sync`
      Then the exit code is 3
      And it says "blocked=1"

    Scenario: incomplete
      Given "context/odd" is a pipe
      When a person runs `autosync sync`
      Then the exit code is 1
      And it says "context/odd left out, special: a FIFO"

    @sweep
    Scenario: another run is at work
      Given another run is at work
      When a person runs `autosync sync`
      Then the exit code is 75
      And it says "another run is at work"

    Scenario Outline: wrong usage: <command>
      When a person runs `<command>`
      Then the exit code is 2
      And it says what to do next

      Examples:
        | command                        |
        | autosync snyc                  |
        | autosync sync --chekc          |
        | autosync sync --trigger=moon   |
        | autosync set-config NONSENSE=1 |
        | autosync --no-such-flag sync   |
        | autosync --list-depth=x --list |
        | autosync --help snyc           |
        | autosync sync -- --check       |

    Scenario Outline: what stands after two dashes is a name: <command>
      Given a config tree that is backed up
      When a person runs `<command> --check -- opencode.json`
      Then the exit code is 0
      And it says "1 path as in"

      Examples:
        | command          |
        | autosync restore |
        | inv restore      |

    Scenario Outline: <command> is met with what was meant
      When a person runs `<command>`
      Then the exit code is 2
      And it says "did you mean `<meant>`?"

      Examples:
        | command                 | meant    |
        | autosync statsu         | status   |
        | autosync sync --dry-run | --check  |
        | autosync sync --froce   | --force  |

    Scenario: the exit codes are told where a person looks first
      When a person runs `autosync --help`
      Then the exit code is 0
      And it says "75  another run holds the lock"

  Rule: JSON is one document, whatever happens

    Scenario Outline: <command>
      When a person runs `<command>`
      Then the exit code is <code>
      And its output is one JSON document

      Examples:
        | command                              | code |
        | autosync sync --json                 | 0    |
        | autosync sync --check --json         | 5    |
        | autosync detect --json               | 0    |
        | autosync validate --json             | 0    |
        | autosync verify --json               | 1    |
        | autosync status --json               | 1    |
        | autosync diff --json                 | 0    |
        | autosync sync --trigger=moon --json  | 2    |

  Rule: An unattended run is quiet when all is well

    Scenario: done by the schedule
      When a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And it says nothing at all
      And the backup equals the config tree

    Scenario: blocked by the schedule
      Given a secret gets into a context file
      When a person runs `autosync sync --trigger=schedule`
      Then the exit code is 3
      And it says "context/project.md"
