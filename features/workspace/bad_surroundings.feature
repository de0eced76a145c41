Feature: Bad surroundings
  Settings point to the wrong folder, disks are not mounted, somebody else is at work. Each has its message and its
  exit code, and nothing is lost.

  Rule: Source and backup are kept apart

    Scenario Outline: the backup lies <where>
      Given a config tree
      And the backup lies <where>
      When a person asks for a sync
      Then the sync is refused with exit code 2
      And it says what to do next

      Examples:
        | where                     |
        | inside the config tree    |
        | around the config tree    |
        | where the config tree is  |

  Rule: A folder with something else in it is not taken

    Scenario: files, but no repository
      Given a config tree
      And a backup folder with files in it that is no repository
      When a person asks for a sync
      Then the sync is refused, and it says "has files in it but is not a git repository"
      And nothing was lost there

  Rule: An empty or missing source is an accident, not a wish

    Scenario: it never had anything in it
      Given an empty config tree
      When a person asks for a sync
      Then there is nothing to do
      And there is no backup

    Scenario: a file stands in its place
      Given a config tree
      And the environment says OPENCODE_SOURCE is "~/.config/opencode/AGENTS.md"
      When a person asks for a sync
      Then the sync is refused
      And it says "is not a folder"

  Rule: Where no sync could keep its notes, every look says so

    Scenario: what a sync would do
      Given a config tree backed up at 09:00
      And the state folder may not be written to
      When a person asks what a sync would do at 09:10
      Then the sync is refused
      And it says "no sync can use the state folder", and what to do next

    Scenario: the status
      Given a config tree backed up at 09:00
      And the state folder may not be written to
      Then the status at 09:10 is "not protected"
      And it says "no sync can use the state folder", and what to do next

  Rule: Wrong settings are named all at once

    Scenario: three of them
      Given a config tree
      And a config file that says:
        """
        auto_sync_push = "perhaps"
        max_sync_frequency = -1
        min_chnages_for_sync = 2
        """
      When a person asks for a sync
      Then the sync is refused with exit code 2
      And it says:
        | auto_sync_push       |
        | max_sync_frequency   |
        | min_changes_for_sync |

    Scenario: one of them in the environment
      Given a config tree
      And the environment says AUTO_SYNC_PUSH is "maybe"
      When a person asks for a sync
      Then the sync is refused with exit code 2
      And it says "AUTO_SYNC_PUSH"

  Rule: A home whose path no setting can hold is refused by every task alike

    Scenario Outline: its name holds <what>
      Given a config tree
      And a home folder whose name holds <what>
      When a person runs `autosync <task>`
      Then the exit code is 2
      And it says "environment variable HOME", and what to do next

      Examples:
        | what         | task    |
        | a line break | status  |
        | a line break | restore |
        | no UTF-8     | sync    |

  Rule: Only one run at a time

    Scenario: another is at work
      Given a config tree backed up at 09:00
      And another run is at work
      When a context file changes and the watcher asks for a sync at 09:10
      Then the sync is refused with exit code 75
      And the backup has 1 commit

    Scenario: looking is always allowed
      Given a config tree backed up at 09:00
      And another run is at work
      When a person verifies the backup
      Then the backup is proven

  Rule: A backup on a drive that is not connected is not begun anew in its place

    Background:
      Given a backup on a drive of its own, made at 09:00

    Scenario Outline: the drive is gone, and its <what>
      Given the drive is gone, and its <what>
      When a context file changes and a person asks for a sync at 09:10
      Then the sync is refused
      And it says "is away", and what to do next
      And nothing was written in the drive's place

      Examples:
        | what                        |
        | empty mount point is left   |
        | mount point went with it    |
        | mount point above is left   |

    Scenario: a new one can begin there
      Given the drive is gone, and its mount point above is left
      And a person begins an empty repository in the backup's place
      When a person asks for a sync at 09:10
      Then the sync is done, and the backup equals the config tree

    Scenario: once it is connected again
      Given the drive is gone, and its empty mount point is left
      And a context file changes and a person asks for a sync at 09:10, which is refused
      When the drive is connected again
      And a person asks for a sync at 09:20
      Then the sync is done, and the backup equals the config tree

  Rule: One machine cannot mean two trees by accident

    Background:
      Given a config tree backed up at 09:00

    Scenario: the environment names another tree for once
      Given a config tree in "~/elsewhere"
      And the environment says OPENCODE_SOURCE is "~/elsewhere"
      When a person asks for a sync at 09:10
      Then the sync is blocked
      And it says "belongs to another source"

    Scenario: it names another tree and another backup, each time
      Given the environment names the tree "~/elsewhere" and the backup "~/its-backup", made at 09:10
      When a context file changes and a person asks for a sync at 09:20
      Then the sync is done

    Scenario: such a backup is not for a third tree
      Given the environment names the tree "~/elsewhere" and the backup "~/its-backup", made at 09:10
      And the environment says OPENCODE_SOURCE is "~/.config/opencode/agent"
      When a person asks for a sync at 09:20
      Then the sync is blocked

  Rule: An unattended run that hangs is ended, and counts as failed

    @sweep
    Scenario: git never answers
      Given a config tree backed up at 09:00
      And unattended runs that may take 10 seconds, and a git that never answers
      When a context file changes and a person runs `autosync sync --trigger=schedule`
      Then the exit code is 1, and nothing that hung is left running
      And it says "the run was ended after 10 seconds", and what to do next
