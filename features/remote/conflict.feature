Feature: Conflict
  The config tree is the master. When someone changes its files on the remote, a person must say which version is
  meant. Until then nothing is overwritten on either side, and nothing exists on one machine only.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to

  Rule: A file of the config tree that was changed on the remote is a conflict

    Scenario Outline: someone else <does> it
      Given someone else <does> "AGENTS.md" on the remote
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 4
      And it says "AGENTS.md", and what to do next
      And the remote is as the others left it

      Examples:
        | does    |
        | rewrote |
        | removed |

    Scenario: a file of others stands where a folder is here
      Given someone else puts "plans" on the remote, saying "Theirs"
      When "plans/next.md" says "Ours" and a person asks for a sync at 09:10, with exit code 4
      Then it says "a file there stands where a folder is here (plans)"
      And the remote is as the others left it

    Scenario: a folder of others stands where a file is here
      Given someone else puts "plans/next.md" on the remote, saying "Theirs"
      When "plans" says "Ours" and a person asks for a sync at 09:10, with exit code 4
      Then it says "(plans/next.md)"
      And the remote is as the others left it

    Scenario: the remote's history was rewritten
      Given a context file changes and a person asks for a sync at 09:05, which is done
      And someone else takes the last commit off the remote
      When a context file changes and a person asks for a sync at 09:10, with exit code 4
      Then it says "rewritten"
      And the remote is as the others left it

    Scenario: a copy of this machine syncs to the same branch
      Given another machine with a copy of this home has pushed "context/theirs.md"
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 4
      And it says:
        | another machine, or a copy of this one |
        | (context/theirs.md changed there)      |
      And the remote is as the others left it

    Scenario: looking for what is wrong names the conflict
      Given a sync at 09:10 that found "AGENTS.md" rewritten on the remote
      When a person looks what could be recovered
      Then the exit code is 4
      And it says:
        | conflict with origin/main |
        | recover --take source     |

  Rule: Local backups go on, and the remote keeps them aside

    Scenario: three syncs during one conflict
      Given a sync at 09:10 that found "AGENTS.md" rewritten on the remote
      When a context file changes and a person asks for a sync at 09:20, with exit code 4
      And a context file changes and a person asks for a sync at 09:30, with exit code 4
      Then the backup equals the config tree
      And the remote keeps this machine's backup aside, once, and is otherwise as the others left it

  Rule: It ends by itself when the others take their change back

    Scenario: the file is as it was
      Given a sync at 09:10 that found "AGENTS.md" rewritten on the remote
      When the others take that back
      And a person asks for a sync at 09:20
      Then the sync is done, and the remote has everything

  Rule: A person may choose this machine's version

    Scenario: the source wins
      Given a sync at 09:10 that found "AGENTS.md" rewritten on the remote
      When a person chooses the version of this machine
      And a person asks for a sync at 09:20, which is done
      Then the backup equals the config tree, and the remote has everything
      And what the others wrote can still be found in the history

  Rule: Or the others' version, which then comes into the config tree

    Scenario: theirs wins
      Given someone else rewrote "AGENTS.md" on the remote
      And "AGENTS.md" says "Written here" and a person asks for a sync at 09:10, with exit code 4
      When a person chooses the version of the others
      Then the config tree has "AGENTS.md", saying "Written by others"
      And the backup equals the config tree, and the remote has everything

    Scenario: what stood in the config tree can be had back
      Given someone else rewrote "AGENTS.md" on the remote
      And "AGENTS.md" says "Written here" and a person asks for a sync at 09:10, with exit code 4
      And a person chooses the version of the others
      When a person takes the restore back
      Then the config tree has "AGENTS.md", saying "Written here"
