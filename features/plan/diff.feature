Feature: What has changed
  Before a sync, or after a long day of an agent, a person wants to see what it did to the config tree.

  Background:
    Given a config tree backed up at 09:00

  Rule: The contents of each change are shown

    Scenario: an edit, a new file, a deletion
      Given "AGENTS.md" says "# House rules\n\nLarge commits.\n"
      And "context/new.md" says "Something new\n"
      And "README.md" is deleted
      When a person runs `autosync diff`
      Then the exit code is 0, and it says:
        | -Small commits. +Large commits. |
        | +Something new                  |
        | -# My configuration             |

    Scenario: no line is told that is not there
      Given "context/stack.md" says "# Stack\n\nPython 3.12, pytest.\nruff\n"
      When a person runs `autosync diff`
      Then it says "+ruff"
      And it does not say "-# Stack"
      And it does not say "No newline"

    Scenario: a new file begins with its first line
      Given "context/new.md" says "One\nTwo\n"
      When a person runs `autosync diff`
      Then it says "@@ -0,0 +1,2 @@ +One +Two"
      And it does not say "No newline"

    Scenario: a last line that does not end
      Given "context/new.md" says "One"
      When a person runs `autosync diff`
      Then it says "@@ -0,0 +1 @@ +One \ No newline at end of file"

    Scenario: what is no text
      Given "context/odd.bin" says "a\x00b\n"
      When a person runs `autosync diff`
      Then it says "contents differ: 0 bytes become 4"

    Scenario: what is withheld, and what is only counted
      Then of a file that was this and is that, with such lines withheld, this is shown:
        | was            | is             | withheld | shown                                                              |
        | a\nb\n         | a\nc\n         |          | @@ -1,2 +1,2 @@\n a\n-b\n+c                                        |
        | a\nb\n         | a\nb\nc\n      |          | @@ -1,2 +1,3 @@\n a\n b\n+c                                        |
        |                | a\n            |          | @@ -0,0 +1 @@\n+a                                                  |
        | a              |                |          | @@ -1 +0,0 @@\n-a\n\\ No newline at end of file                     |
        | a\n            | a              |          | @@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file                   |
        | a\n\nb\n       | a\nb\n         |          | @@ -1,3 +1,2 @@\n a\n-\n b                                          |
        | a\nb\n         | a\nc\n         | 1        | @@ -1,2 +1,2 @@\n (line withheld: it may hold a secret) #1\n-b\n+c |
        | a\nb           | a\nc\n         | 1, 2     | @@ -1,2 +1,2 @@\n (line withheld: it may hold a secret) #1\n-(line withheld: it may hold a secret) #2\n\\ No newline at end of file\n+(line withheld: it may hold a secret) #2 |
        | a\nb\n         | a\nc\n         | 1, 2     | \x20   contents differ in withheld lines                          |
        | a\x00b         | a              |          | \x20   contents differ: 3 bytes become 1                          |
        | a              | a\x00b         |          | \x20   contents differ: 1 bytes become 3                          |
        | a              | TIMES(1000001, b) |       | \x20   contents differ: 1 bytes become 1,000,001                  |
        | TIMES(1000001, b) | a           |          | \x20   contents differ: 1,000,001 bytes become 1                  |
        | a              | TIMES(1000000, b) |       | @@ -1 +1 @@\n-a\n\\ No newline at end of file\n+TIMES(499, b)…\n\\ No newline at end of file |
        | a\n            | TIMES(500, b)\n |         | @@ -1 +1 @@\n-a\n+TIMES(500, b)                                     |
        | a\n            | TIMES(501, b)\n |         | @@ -1 +1 @@\n-a\n+TIMES(499, b)…                                    |

    Scenario: a new name alone
      Given "agent/reviewer.md" is renamed to "agent/critic.md"
      When a person runs `autosync diff`
      Then it says "=== backup/agent/reviewer.md is renamed to source/agent/critic.md"
      And it does not say "---"

    Scenario: a new name, and a new mode
      Given "agent/reviewer.md" gets mode 600
      And "agent/reviewer.md" is renamed to "agent/critic.md"
      When a person runs `autosync diff`
      Then it says:
        | === backup/agent/reviewer.md is renamed to source/agent/critic.md |
        | mode 644 becomes 600                                              |

    Scenario: what no sync takes is only counted
      Given a log changes
      When a person runs `autosync diff`
      Then it does not say "session.log"
      And it says "1 change that a sync leaves out by rule"

    Scenario: nothing
      When a person runs `autosync diff`
      Then the exit code is 0
      And it says "nothing differs"

    Scenario: what a sync would take
      Given "AGENTS.md" says "# House rules\n\nLarge commits.\n"
      When a person runs `autosync sync --check --diff`
      Then the exit code is 5
      And it says "+Large commits."

  Rule: A line that may hold a secret is not shown

    Scenario: a token in a note
      Given a secret gets into a context file
      When a person runs `autosync diff`
      Then the exit code is 0
      And it says "line withheld"
      And nothing of the secret is anywhere outside the config tree

  Rule: Names and lines cannot play with the terminal

    Scenario: colours and escapes
      Given files with these names:
        | context/\x1b[31mred       |
        | context/[bold]not bold[/] |
      And "context/evil.md" says "before \x1b[2J after [/red]"
      When a person runs `autosync diff`
      Then the exit code is 0, and it says:
        | context/\\x1b[31mred      |
        | context/[bold]not bold[/] |
      And no control character is shown
