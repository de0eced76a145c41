Feature: Every kind of change arrives
  A backup is only as good as its worst case: what was deleted, moved, made executable or turned into a folder must
  be so in the backup too, byte for byte.

  Background:
    Given a config tree backed up at 09:00

  Rule: After a sync the backup equals the config tree

    Scenario: an edit
      When "agent/reviewer.md" changes
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
      And the backup's work tree shows the same

    Scenario: a deletion
      When "agent/reviewer.md" is deleted
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
      And the history of the backup still holds "context/stack.md", saying "# Stack\n\nPython 3.12, pytest."

    Scenario: a new name
      When "agent/reviewer.md" is renamed to "agent/critic.md"
      And a person asks for a sync at 09:10
      Then the sync is done
      And it says "agent/reviewer.md → agent/critic.md"
      And the backup equals the config tree

    Scenario: one file goes, and another gets what was in it
      When "context/stack.md" is deleted
      And "agent/reviewer.md" says "# Stack\n\nPython 3.12, pytest.\n" and a person asks for a sync at 09:10
      Then the sync is done, and the backup equals the config tree
      And it does not say "context/stack.md →"

    Scenario: another mode
      When "bin/check" gets mode 600
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup remembers mode 600 of "bin/check"
      And the backup equals the config tree

    Scenario: a file becomes a link
      When "README.md" is a link to "AGENTS.md"
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "README.md" as a link to "AGENTS.md"
      And the backup equals the config tree

    Scenario: a file becomes a folder
      When "context/stack.md" is deleted
      And "context/stack.md/python.md" says "Python 3.12"
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree, and so does its work tree

    Scenario: a folder goes with all that is in it
      When "agent" is deleted
      And a person asks for a sync at 09:10
      And a person asks for a sync at 09:20
      Then there is nothing to do
      And the backup equals the config tree

    Scenario: an empty folder, which git alone would forget
      When "context/ideas" is an empty folder
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup remembers the empty folder "context/ideas"

    Scenario: an empty file
      When "context/empty.md" is an empty file
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree

  Rule: Each kind of change has a sign of its own

    Scenario Outline: <change>
      When <change>
      And a person asks what a sync would do at 09:10
      Then the sync would be done
      And it says "<line>"

      Examples:
        | change                                        | line                |
        | "context/new.md" says "New."                  | + context/new.md    |
        | "context/stack.md" changes                    | ~ context/stack.md  |
        | "bin/check" gets mode 600                     | x bin/check         |
        | "context/stack.md" is a link to "AGENTS.md"   | T context/stack.md  |
        | "context/stack.md" is deleted                 | - context/stack.md  |
