Feature: Push
  A backup on the same disk is half a backup. Where a person names a remote and asks for it, every sync brings the
  backup there too, takes in what others put beside it, and believes it only after reading it back.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to

  Rule: What is backed up here is there as well

    Scenario: a change
      When a context file changes
      And a person asks for a sync at 09:10
      Then the sync is done
      And the remote has everything

    Scenario: what an earlier sync could not bring there goes with the next one
      Given the remote is away
      And a context file changes and a person asks for a sync at 09:10, which is incomplete
      When the remote is back
      And a person asks for a sync at 09:20
      Then the sync is done, and the remote has everything

    Scenario: though something is left out all the while
      Given "context/odd" is a pipe
      And a sync at 09:10 while the remote was away
      When a person asks for a sync at 09:20
      Then the sync is incomplete, and the remote has everything

    Scenario: what it says when there was only something to push
      Given a sync at 09:10 while the remote was away
      When a person asks for a sync at 09:20
      Then the sync is done
      And it does not say "nothing to do:"
      And it does not say "not pushed: not pushed"

    Scenario: a push that did not succeed is not silent
      Given the remote is away
      And a context file changes and the schedule asks for a sync at 09:10, which is incomplete
      When a person asks for the status at 09:11
      Then the verdict is "attention"
      And it says "the last push did not succeed"

    Scenario: nothing new
      When a person asks for a sync at 09:10
      Then there is nothing to do
      And nothing was written

  Rule: What others put beside it on the remote is taken in and stays theirs

    Scenario: a page of their own, while something changed here
      Given someone else puts "HELLO.md" on the remote, saying "Hello"
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done, and the remote has everything
      And the remote holds "HELLO.md", saying "Hello"
      And the backup's work tree still has "HELLO.md", saying "Hello"

    Scenario: and goes when they take it away
      Given someone else puts "HELLO.md" on the remote, saying "Hello"
      And a context file changes and a person asks for a sync at 09:05, which is done
      And someone else removed "HELLO.md" on the remote
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done, and the remote has everything

    Scenario: a remote that its host made with a welcome page
      Given the remote is a new one with a "LICENSE" in it
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done
      And the remote has everything
      And the remote holds "LICENSE", saying "Free"

  Rule: Nothing goes to a wrong place

    Scenario: the address is another one than before
      Given the backup's remote is changed to another place
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 3
      And it says "pushes would go to", and what to do next
      And the other place is still empty

    Scenario: the remote holds the backup of another config tree
      Given the remote holds the backup of another config tree
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 3
      And it says "BACKUP_BRANCH="
      And the remote is as the others left it

    Scenario: a branch of its own goes on from the backups so far
      Given the remote holds the backup of another config tree
      And a context file changes and a person asks for a sync at 09:10, with exit code 3
      When a person takes the advice "set-config BACKUP_BRANCH=" and then "recover"
      And a person asks for a sync at 09:20, which is done
      Then the remote has everything on this machine's branch, and is otherwise as the others left it

    Scenario: the remote holds something else altogether
      Given the remote is a new one with a "src/main.c" in it
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 3
      And it says "set-config BACKUP_BRANCH="
      And the remote is as the others left it

    Scenario: a page of the same name as one of the config tree
      Given the remote is a new one with a "README.md" in it
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 3
      And it says "it has README.md as well"
      And the remote is as the others left it

    Scenario: no remote of that name
      Given the backup's remote is removed
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is incomplete
      And it says "has no remote origin"
      And it says what to do next

  Rule: A remote that is a folder is somebody else's: nothing in it runs here

    Scenario: a stick with a program that wants to run at every push
      Given the remote has a program that runs at every push
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is done
      And the remote has everything
      And that program never ran

  Rule: No secret leaves, whoever put it into the backup

    Scenario: a person committed one by hand
      Given a person commits a secret to the backup
      When a context file changes and a person asks for a sync at 09:10
      Then the exit code is 3
      And it says "not pushed"
      And the remote is as the others left it

  Rule: A secret that only the history holds has two ways out, and the message names both

    Background:
      Given the history of the backup holds a secret that is in no file any more
      And a context file changes and a person asks for a sync at 09:10, with exit code 3

    Scenario Outline: a person <does>
      When a person takes the advice "<advice>"
      And a person asks for a sync at 09:20
      Then the sync is done, and the remote has everything

      Examples:
        | does                        | advice           |
        | takes it out of the history | recover --forget |
        | says that it is no secret   | accept           |

    Scenario: what was accepted stays accepted while the history holds it
      Given a person takes the advice "accept"
      When a person forgets acceptances whose finding is gone
      And a context file changes and a person asks for a sync at 09:20
      Then the sync is done, and the remote has everything
