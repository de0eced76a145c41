Feature: Left out
  Some things cannot be copied: what is unreadable, too large, or no file at all. They are named every time, the rest
  goes into the backup, and what the backup holds of them stays.

  Background:
    Given a config tree backed up at 09:00

  Rule: It is named, and the rest goes

    Scenario Outline: <what>
      When "context/odd" is <what>
      And a context file changes and a person asks for a sync at 09:10
      Then the sync is incomplete, and "context/odd" is left out: <why>
      And the backup holds the change to a context file
      And the backup does not hold "context/odd"

      Examples:
        | what         | why                   |
        | a 60 MB file | too large, 60,000,000 |
        | a pipe       | special, a FIFO       |
        | a socket     | special, a socket     |

  Rule: What cannot be read is never taken for a deletion

    Scenario: a file
      When "agent/reviewer.md" cannot be read
      And a context file changes and a person asks for a sync at 09:10
      Then the sync is incomplete, and "agent/reviewer.md" is left out: unreadable
      And the backup holds "agent/reviewer.md"
      And the backup holds the change to a context file

    Scenario: a folder, and so all that lies in it
      When "agent" cannot be read
      And a context file changes and a person asks for a sync at 09:10
      Then the sync is incomplete, and "agent" is left out: unreadable
      And the backup holds "agent/reviewer.md"

    Scenario: it can be read again
      Given "agent/reviewer.md" cannot be read and a person asks for a sync at 09:10, which is incomplete
      When "agent/reviewer.md" can be read again
      And a person asks for a sync at 09:20
      Then there is nothing to do
      And the backup equals the config tree

    Scenario: the whole tree is away
      When the config tree is not there for a while
      And the schedule asks for a sync at 09:10
      Then the sync is refused
      And it says "there is no config tree at ~/.config/opencode"
      And the backup has 1 commit

  Rule: It stays named until a person has looked after it

    Scenario: a second time
      Given "context/odd" is a pipe
      And a person asks for a sync at 09:10, which is incomplete
      When a person asks for a sync at 09:20
      Then the sync is incomplete
      And the backup has 1 commit

  Rule: What is left out by rule is no fault

    Scenario Outline: <what> is never copied
      When <what> changes
      And a person asks for a sync at 09:10
      Then there is nothing to do
      And the backup does not hold <what>

      Examples:
        | what                 |
        | a file of secrets    |
        | a login of OpenCode  |
        | a private key        |
        | an installed package |

    Scenario: a repository inside the tree
      When a repository of its own in "skills/borrowed"
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "skills/borrowed/tool.md", but not "skills/borrowed/.git"
      And it says "skills/borrowed/.git a repository of its own"
