Feature: A fire drill for the backup
  A backup that was never restored is a hope. The drill restores the newest one into a scratch folder, compares
  everything, and cleans up after itself.

  Background:
    Given a config tree backed up at 09:00

  Rule: A good backup passes

    Scenario: everything comes out as it went in
      When a person drills the backup
      Then the drill is passed
      And no scratch is left

    Scenario: modes, links, empty folders and odd names
      Given files with these names:
        | context/\xff\xfe.md |
        | context/a\nb.md     |
      And "context/rules.md" is a link to "../AGENTS.md"
      And "plugin" is an empty folder
      And "bin/check" gets mode 700
      And a person asks for a sync at 09:01
      When a person drills the backup
      Then the drill is passed

  Rule: A bad one fails, and says which file

    Scenario: contents that are gone
      Given the backup has lost the contents of a file
      When a person drills the backup
      Then the drill is failed
      And it says "context/stack.md", and what to do next
      And no scratch is left

  Rule: Where every sync pushes to a remote, it is the remote's backup that is restored

    Scenario: contents that are gone here
      Given a remote that every sync pushes to
      And a context file changes and a person asks for a sync at 09:10, which is done
      And the backup has lost the contents of a file
      When a person drills the backup
      Then the drill is passed
      And it says "from the remote"
      And no scratch is left
