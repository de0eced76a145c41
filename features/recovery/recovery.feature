Feature: Mending a backup
  A backup is used for years: someone merges in it, the power fails, a disk forgets a sector. Whatever is wrong is
  named, what mends it is shown before it is done, and nothing that was there is thrown away.

  Background:
    Given a config tree backed up at 09:00
    And a second backup at 09:10

  Rule: What is wrong is recognised, shown and mended

    Scenario Outline: <damage>
      Given the backup has <damage>
      When a person mends the backup
      Then the backup is mended
      And nothing is wrong with the backup any more
      And the next sync backs up a change

      Examples:
        | damage                              |
        | an unfinished merge                 |
        | an unfinished rebase                |
        | an unfinished cherry-pick           |
        | an unfinished bisect                |
        | no branch that it stands on         |
        | a branch that names nothing         |
        | a branch that is gone               |
        | a damaged index                     |
        | a HEAD that names nothing           |
        | locks that a killed git left        |
        | lost the contents of a file         |
        | damaged contents of a file          |

  Rule: People can look first

    Scenario: looking writes nothing
      Given the backup has a branch that names nothing
      When a person asks what is wrong with the backup
      Then there is something to mend
      And it says "is damaged: it names no commit"
      And nothing was written

    Scenario: a backup in good order
      When a person mends the backup
      Then nothing is wrong

  Rule: Nothing is thrown away

    Scenario: edits during an unfinished merge
      Given the backup has an unfinished merge
      And a person edits "README.md" in the backup, saying "Mine"
      When a person mends the backup
      Then the backup is mended
      And what a person edited there can be found again

    Scenario: a commit that no branch holds
      Given the backup has a commit on no branch
      When a person mends the backup
      Then the backup is mended
      And that commit is on a branch of its own

  Rule: What somebody uses is left alone

    Scenario: a lock that a program holds
      Given the backup has a lock that a program holds
      When a person mends the backup
      Then not everything could be mended
      And it says either "in use by" or "may be using"
      And the lock is still there

  Rule: What is lost for good is said

    Scenario: an old version that nobody has any more
      Given the backup has lost an old version of a file
      When a person mends the backup
      Then not everything could be mended
      And it says "that version is lost"
