Feature: Mending a backup
  A backup is used for years: someone merges in it, the power fails, a disk forgets a sector. Whatever is wrong is
  named, what mends it is shown before it is done, and nothing that was there is thrown away.

  Background:
    Given a config tree backed up at 09:00
    And a second backup at 09:10

  Rule: What is wrong is recognised, shown and mended

    Scenario Outline: <damage>
      Given the backup has <damage>
      When a person asks what is wrong with the backup, and hears "<told>"
      And a person mends the backup
      Then the backup is mended, and nothing is wrong with it any more
      And the next sync backs up a change

      Examples:
        | damage                              | told                                                      |
        | an unfinished merge                 | a merge was begun in the backup and not finished          |
        | an unfinished rebase                | a rebase was begun in the backup                          |
        | an unfinished cherry-pick           | a cherry-pick was begun in the backup                     |
        | an unfinished bisect                | a bisect was begun in the backup                          |
        | no branch that it stands on         | stands on no branch (detached at                          |
        | another branch that it stands on    | stands on other, not on main                              |
        | a branch that names nothing         | the branch main is damaged: it names no commit            |
        | a branch that is gone               | the branch main is gone                                   |
        | a damaged index                     | build it anew from the commit                             |
        | a HEAD that names nothing           | HEAD of the backup is damaged: it names nothing           |
        | locks that a killed git left        | objects/pack/tmp_pack_Ab12 and 1 more)                    |
        | lost the contents of a file         | of context/stack.md is missing or damaged (in             |
        | damaged contents of a file          | put it back from                                          |
        | lost the name of a snapshot         | refs/autosync/snapshots/                                  |

    Scenario Outline: more seldom, <damage>
      Given the backup has <damage>
      When a person asks what is wrong with the backup, and hears "<told>"
      And a person mends the backup
      Then the backup is mended

      Examples:
        | damage | told |
        | a person's branch that names nothing | refs/heads/mine is damaged: it names no commit: set it to |
        | a person's branch that names what is not there | which is not there: move it aside: no commit that it named |
        | a line of rubbish among its packed refs | keep the lines that are refs, and move it aside       |
        | lost where the remote was           | the next push finds out anew where the remote is          |
        | a commit of a killed run            | 1 commit of a killed run never reached the branch         |
        | settings that git cannot read       | keep what git can read of it, and move it aside           |
        | a damaged list of commits           | move them aside: git makes them anew                      |

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

  Rule: A git that does not work says nothing against a backup

    Scenario Outline: one that <git>
      Given a git that <git>
      When a person runs `autosync <command>`
      Then the exit code is 1
      And it says "<words>", and what to do next
      And no file was written

      Examples:
        | git                     | command         | words                                        |
        | lacks a library         | recover --yes   | git itself does not work: git: error while   |
        | lacks a library         | verify          | git itself does not work: git: error while   |
        | fails without a word    | recover --yes   | git itself does not work: exit code 1        |
        | fails without a word    | verify --deep   | git itself does not work: exit code 1        |
        | does nothing            | recover --yes   | what is called git here is another program   |
        | does nothing            | verify          | what is called git here is another program   |
        | only says its version   | recover --check | what is called git here is another program   |
        | greets before it works  | verify          | what is called git here is another program   |
        | is killed when it reads | recover --yes   | what it says against the backup does not     |
        | is killed when it reads | verify --deep   | what it says against the backup does not     |

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

  Rule: What a remote still has comes back from there

    Background:
      Given a remote that every sync pushes to

    Scenario Outline: <damage>, and the remote has it
      Given the backup has <damage>
      When a person mends the backup
      Then the backup is mended, and nothing is wrong with it any more
      And the branch is where the remote is
      And the next sync backs up a change

      Examples:
        | damage                             |
        | lost an old version of a file      |
        | damaged contents of an old version |
        | lost its newest commit             |
        | lost all but its newest commit     |

    Scenario: a remote that is away is waited for
      Given the backup has lost its newest commit
      And the remote is away
      When a person mends the backup
      Then not everything could be mended
      And it says "could not be asked"

    Scenario: nothing steps back while the remote is away
      Given the backup has lost its newest commit
      And a person mended what could be mended while the remote was away
      When a person mends the backup
      Then the backup is mended
      And the branch is where the remote is

  Rule: What is lost for good is said

    Scenario: an old version that nobody has any more
      Given the backup has lost an old version of a file
      When a person mends the backup
      Then not everything could be mended
      And it says "that version is lost"
      And it says "recover --accept-loss"

    Scenario: a person confirms that no copy is left
      Given the backup has lost an old version of a file
      And a context file changes and a person asks for a sync at 09:20, which is incomplete
      When a person confirms the loss
      And a context file changes and a person asks for a sync at 09:30, which is done
      Then the history tells of the loss

    Scenario: the status knows what a person confirmed
      Given the backup has lost an old version of a file
      And a person confirms the loss
      And a context file changes and a person asks for a sync at 09:30, which is done
      When a person asks for the status at 09:31
      Then it says "no copy is left, as you confirmed"

    Scenario: what is damaged later is told
      Given the backup has lost an old version of a file
      And a person confirms the loss
      And the backup has lost another old version
      When a context file changes and a person asks for a sync at 09:30
      Then the sync is incomplete
