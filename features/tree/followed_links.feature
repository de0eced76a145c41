Feature: Followed links
  People keep their agents in ~/dotfiles and link them into the config tree. A backup of the links alone would be worth
  nothing on a new machine, so the folders that a setting names are backed up as if they lay in the tree.

  Background:
    Given a config tree backed up at 09:00
    And "~/dotfiles/agents/review.md" outside the tree says "Reviews."
    And "~/dotfiles/style.md" outside the tree says "Four spaces."
    And links into "~/dotfiles" are followed

  Rule: What a link leads to is backed up in its place

    Scenario Outline: a linked <kind>
      Given "<name>" is a link to "<target>"
      When a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "<path>", saying "<text>"

      Examples:
        | kind   | name             | target              | path             | text         |
        | folder | agents           | ~/dotfiles/agents   | agents/review.md | Reviews.     |
        | file   | context/style.md | ~/dotfiles/style.md | context/style.md | Four spaces. |

    Scenario: what lies behind the link is proven too
      Given "agents" is a link to "~/dotfiles/agents", backed up at 09:10
      When a person insists on a sync at 09:20
      Then there is nothing to do
      And it says "the backup holds the source, byte for byte"

    Scenario: an edit behind the link is a change
      Given "agents" is a link to "~/dotfiles/agents", backed up at 09:10
      When "~/dotfiles/agents/review.md" outside the tree says "Reviews twice."
      And a person asks for a sync at 09:20
      Then the sync is done
      And the backup holds "agents/review.md", saying "Reviews twice."

    Scenario: a second run has nothing to do
      Given "agents" is a link to "~/dotfiles/agents", backed up at 09:10
      When a person asks for a sync at 09:20
      Then there is nothing to do
      And no file was written

    Scenario: a secret behind the link is blocked like any other
      Given "context/style.md" is a link to "~/dotfiles/style.md"
      And "~/dotfiles/style.md" outside the tree holds a secret
      When a person asks for a sync at 09:10
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

  Rule: Nothing else is followed

    Scenario Outline: a link to <target>
      Given "context/link" is a link to "<target>"
      When a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "context/link" as a link to "<target>"

      Examples:
        | target       |
        | /etc/passwd  |
        | ../AGENTS.md |

    Scenario: what is not followed is worth a look
      Given "context/link" is a link to "/etc/passwd"
      And a person asks for a sync at 09:10
      When a person asks for the status at 09:11
      Then the verdict is "attention"
      And it says "1 link out of the tree: its contents lie outside the backup"

    Scenario: a link behind a followed link
      Given "agents" is a link to "~/dotfiles/agents"
      And "~/dotfiles/agents/again" outside the tree is a link to "~/dotfiles/agents"
      When a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "agents/again" as a link to "~/dotfiles/agents"

    Scenario: a link to a protected file under a harmless name
      Given "~/dotfiles/.env" outside the tree says "KEY=1"
      And "context/notes.md" is a link to "~/dotfiles/.env"
      When a person asks for a sync at 09:10
      Then there is nothing to do
      And the backup does not hold "context/notes.md"

    Scenario: a folder that holds the backup itself
      Given links into "~" are followed
      When a person asks for a sync at 09:10
      Then the sync is refused with exit code 2
      And it says "is not apart from it"

  Rule: What cannot be reached is never a deletion

    Scenario: the folder is not mounted
      Given "agents" is a link to "~/dotfiles/agents", backed up at 09:10
      When "~/dotfiles" outside the tree is away
      And a person asks for a sync at 09:20
      Then the sync is incomplete, and "agents" is left out: unreadable
      And the backup holds "agents/review.md", saying "Reviews."

  Rule: Restoring writes nothing outside the tree

    Scenario: the rest is restored
      Given "agents" is a link to "~/dotfiles/agents", backed up at 09:10
      When "~/dotfiles/agents/review.md" outside the tree says "Lost."
      And "AGENTS.md" is deleted and a person restores everything
      Then the restore is done, and it says "agents leads out of the source and is left alone"
      And "~/dotfiles/agents/review.md" outside the tree still says "Lost."
