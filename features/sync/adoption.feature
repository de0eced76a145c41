Feature: Adoption
  Many people have a repository already, with a README for its page or an older copy in it. It may become the backup,
  but nothing in it is overwritten before its owner has said so.

  Background:
    Given a config tree
    And the environment says OPENCODE_BACKUP is "~/my-backup"

  Rule: What does not collide stays

    Scenario: a repository with a page of its own
      Given a backup repository with a file of its own "docs/page.md" that says "My page"
      When a person asks for a sync
      Then the sync is done
      And the backup holds "docs/page.md", saying "My page"
      And the backup holds "agent/reviewer.md"

    Scenario: the same contents are no collision
      Given a backup repository with a file of its own "README.md" that says "# My configuration"
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree

  Rule: What collides blocks, and all of it is listed

    Scenario: two files differ
      Given a backup repository with files of its own "README.md" and "AGENTS.md" that say "Mine"
      When a person asks for a sync
      Then the sync is blocked
      And it says:
        | differs in the backup: AGENTS.md differs in the backup: README.md |
        | --adopt                                                           |
      And the backup holds "README.md", saying "Mine"

    Scenario: insisting does not help
      Given a backup repository with a file of its own "README.md" that says "Mine"
      When a person insists on a sync
      Then the sync is blocked
      And the backup has 1 commit

    Scenario: the owner takes it over
      Given a backup repository with a file of its own "README.md" that says "Mine"
      When a person takes the backup over
      Then the sync is done
      And the backup equals the config tree
      And the history of the backup still holds "README.md", saying "Mine"

    Scenario Outline: <what>
      Given a backup repository with a file of its own "<theirs>" that says "Mine"
      When a person takes the backup over
      Then the sync is done
      And the backup equals the config tree
      And the history of the backup still holds "<theirs>", saying "Mine"

      Examples:
        | what                              | theirs         |
        | a file stands in a folder's place | agent          |
        | a folder stands in a file's place | README.md/mine |

    Scenario: taking over what is one's own already
      Given a person takes the backup over
      When a log changes
      And a person takes the backup over
      Then there is nothing to do
      And the backup has 1 commit

  Rule: One backup branch has one source

    Scenario: it belongs to another config tree
      Given a backup that belongs to another config tree
      When a person asks for a sync
      Then the sync is blocked
      And it says "belongs to another source"
      And the backup has 1 commit

    Scenario: the new owner takes it over
      Given a backup that belongs to another config tree
      When a person takes the backup over
      Then the sync is done
      And the backup holds "agent/reviewer.md"
      And the history of the backup still holds "context/theirs.md", saying "Theirs."

    Scenario: nobody else's is taken over
      Given a person asks for a sync at 09:01, which is done
      And a log changes
      When a person takes the backup over
      Then there is nothing to do

  Rule: A bare repository will do

    Scenario: nothing to open, all to restore
      Given a backup that is a bare repository
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree
