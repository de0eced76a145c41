Feature: Uninstall
  Someone who does not want the program any more gets rid of all that it put on the machine with one command, and keeps
  what is theirs: the backup, the settings, the tree.

  Background:
    Given a crontab with jobs of other programs
    And a config tree backed up at 09:00

  Rule: What was installed goes, and what is a person's stays

    @sweep
    Scenario: schedule and plugin
      Given the schedule is installed
      And the plugin is installed
      When a person runs `autosync uninstall`
      Then the exit code is 0, and it says "the crontab block is removed"
      And the crontab is as it was before the installation

    @sweep
    Scenario: backup, settings and tree stay
      Given the schedule is installed
      And the plugin is installed
      When a person runs `autosync uninstall`
      Then the exit code is 0, and it says "left the backup: ~/.local/share/autosync-tasks/backup"
      And backup, settings and tree are still there, and no state

    Scenario: completion too
      When a person runs `autosync install-completion --shell=fish`
      And a person runs `autosync uninstall`
      Then the exit code is 0
      And it says "autosync.fish"

    Scenario: the backups of other agents stay too
      Given the homes of Claude Code and Codex
      And a person has switched on claude and codex
      When a person runs `autosync sync`
      And a person runs `autosync uninstall`
      Then it says:
        | left the backup of claude:  |
        | left the backup of codex:   |

    Scenario: only looking
      Given the schedule is installed
      When a person runs `autosync uninstall --check`
      Then the exit code is 5
      And it says "the state folder ~/.local/state/autosync-tasks"
      And nothing was written

    Scenario: a second time
      When a person runs `autosync uninstall`
      And the exit code is 0
      And a person runs `autosync uninstall`
      Then the exit code is 0
      And it does not say "crontab block"

  Rule: No run is at work meanwhile

    Scenario: a sync runs
      Given another run is at work
      When a person runs `autosync uninstall`
      Then the exit code is 75
      And nothing was written
