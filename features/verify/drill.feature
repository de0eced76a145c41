Feature: A fire drill for the backup
  A backup that was never restored is a hope. The drill restores the newest one into a scratch folder, compares
  everything, and cleans up after itself.

  Background:
    Given a config tree backed up at 09:00

  Rule: A good backup passes

    Scenario: everything comes out as it went in
      When a person drills the backup
      Then the drill is passed, and no scratch is left

    Scenario: modes, links, empty folders and odd names
      Given the config tree has these as well:
        | context/\xff\xfe.md | a file                 |
        | context/a\nb.md     | a file                 |
        | context/rules.md    | a link to ../AGENTS.md |
        | plugin              | an empty folder        |
        | bin/check           | a file of mode 700     |
      And a person asks for a sync at 09:01
      When a person drills the backup
      Then the drill is passed

  Rule: A bad one fails, and says which file

    Scenario: contents that are gone
      Given the backup has lost the contents of a file
      When a person drills the backup
      Then the drill is failed, and no scratch is left
      And it says "context/stack.md", and what to do next

  Rule: Where every sync pushes to a remote, it is the remote's backup that is restored

    Scenario: contents that are gone here
      Given a remote that every sync pushes to, the last one at 09:10
      And the backup has lost the contents of a file
      When a person drills the backup
      Then the drill is passed, and no scratch is left
      And it says "from the remote"
