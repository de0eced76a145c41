Feature: What belongs to whom in the backup
  The backup is a repository that its owner may open and add to. The program owns what it put there, and nothing else.

  Background:
    Given a config tree backed up at 09:00

  Rule: What others added is never touched

    Scenario: a file that was committed by hand
      Given a person commits "LICENSE" to the backup, saying "Do what you like"
      When "agent/reviewer.md" is deleted and a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "LICENSE", saying "Do what you like"
      And the backup does not hold "agent/reviewer.md"

    Scenario: a file that was not even committed
      Given a person edits "draft.txt" in the backup, saying "Unfinished"
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done
      And the backup's work tree still has "draft.txt", saying "Unfinished"
      And the backup does not hold "draft.txt"

    Scenario: the config tree gets a file of the same name
      Given a person commits "docs/guide.md" to the backup, saying "Theirs"
      When a document changes and a person asks for a sync at 09:10
      Then the sync is blocked
      And it says:
        | got 1 other file at paths of the source |
        | differs in the backup: docs/guide.md    |
      And the backup holds "docs/guide.md", saying "Theirs"

  Rule: The config tree is the master of what the program owns

    Scenario: someone committed another version in the backup
      Given a person commits "AGENTS.md" to the backup, saying "Changed in the wrong place"
      When a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
      And the history of the backup still holds "AGENTS.md", saying "Changed in the wrong place"

    Scenario: someone committed another mode in the backup
      Given a person commits to the backup that "AGENTS.md" is a program
      When a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree

    Scenario: someone edited its work tree
      Given a person edits "AGENTS.md" in the backup, saying "Changed in the wrong place"
      When "AGENTS.md" changes and a person asks for a sync at 09:10
      Then the sync is done, and the backup equals the config tree
      And it says "edits in the backup's own work tree were saved first"
      And what a person edited there can be found again

  Rule: The record of who owns what cannot be turned against anyone

    Scenario Outline: a forged record names <line>
      Given someone forges the backup's manifest, adding the line "<line>"
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done
      And it says "the backup's manifest is damaged or forged"
      And the backup equals the config tree

      Examples:
        | line                     |
        | f 644 ../outside         |
        | f 4755 zz/setuid         |
        | f 644 .git/config        |
        | f 644 .autosync/manifest |
        | f 644 /etc/motd          |
