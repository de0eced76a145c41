Feature: The first sync
  Someone who installs this wants a backup now, and to decide things later. The first sync needs no settings: it
  finds the config tree, makes the backup and remembers both.

  Rule: It finds the config tree where OpenCode keeps it

    Scenario Outline: the tree is in <place>
      Given a config tree in "<place>"
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree
      And the backup's work tree shows the same

      Examples:
        | place              |
        | ~/.config/opencode |
        | ~/.opencode        |

    Scenario: OpenCode was told to use another folder
      Given a config tree in "~/work/opencode"
      And the environment says OPENCODE_CONFIG_DIR is "~/work/opencode"
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree

    Scenario: the tree is reached through a link
      Given a config tree
      And the config tree is reached through the link "~/opencode-link"
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree

  Rule: It remembers what it found

    Scenario: source, backup and their id are in the settings afterwards
      Given a config tree
      When a person asks for a sync
      Then the sync is done
      And the settings name this config tree and this backup

  Rule: Where it would have to guess, it asks

    Scenario: two trees have content
      Given config trees in "~/.opencode" and "~/.config/opencode"
      When a person asks for a sync
      Then the sync is refused with exit code 2
      And it says "which one is your config tree?", and what to do next
      And there is no backup

    Scenario: there is no tree
      Given no config tree
      When a person asks for a sync
      Then the sync is refused
      And it says "no config tree found", and what to do next
      And nothing was written but a lock

  Rule: Where nothing belongs in a backup, none is begun

    Scenario Outline: <who wants it> over files that no backup takes
      Given an empty config tree
      And "<file>" says "x"
      When a person <wants it>
      Then there is nothing to do
      And the status is "not protected"

      Examples:
        | who wants it     | wants it          | file      |
        | somebody asks    | asks for a sync   | debug.log |
        | somebody insists | insists on a sync | debug.log |
        | insisting        | insists on a sync | .env      |

    Scenario: nor in a repository of one's own
      Given a backup repository with a file of its own "README.md" that says "Mine"
      And an empty config tree
      When a person asks for a sync
      Then there is nothing to do
      And the backup has 1 commit

    Scenario: what was asked for is not there
      Given a config tree
      When a person asks for a sync of "no-such-folder/"
      Then there is nothing to do
      And it says "nothing that was asked for has changed, and there is no backup yet"

  Rule: The commit says what it is

    Scenario: a person reads the log of the backup
      Given a config tree
      When a person asks for a sync
      Then the sync is done
      And the backup has 1 commit
      And the commit says of itself:
        """
        created  agent/reviewer.md
        Autosync-Trigger: manual
        Autosync-Priority: high
        Autosync-Validated: yes
        """
