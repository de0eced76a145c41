Feature: After each turn of the agent
  The agent edits its own config tree. The moment its turn is over is the best one for a backup: the change is
  whole, and the person is there to be told.

  Background:
    Given OpenCode with the plugin installed

  Rule: The end of a turn leads to a sync

    @sweep
    Scenario Outline: in <way>
      When the agent writes, edits and uses its shell in <way>
      Then these changes are in the backup a little later
      And one short message says so

      Examples:
        | way                   |
        | a single run          |
        | a session of a server |
        | the terminal program  |

  Rule: The turn never waits for the backup, and never fails because of it

    @sweep
    Scenario: a slow backup
      Given a sync takes 10 seconds
      When the agent ends a turn
      Then the answer is there before the sync has done its work
      And these changes are in the backup a little later

    @sweep
    Scenario: a broken installation
      Given the program that syncs is gone
      When the agent ends a turn
      Then the answer is there
      And it is told how to install it again

  Rule: What must not be backed up is told at once

    @sweep
    Scenario: a secret
      When the agent writes a secret into a context file
      Then the message says that the backup is blocked
      And nothing of the secret is anywhere outside the config tree

  Rule: The last edit of a session is not lost

    @sweep
    Scenario: leaving at once
      When the person leaves OpenCode right after the agent's last edit
      Then these changes are in the backup a little later

  Rule: Who asks inside OpenCode is answered there

    @sweep
    Scenario Outline: by <way>
      When the person asks how the backup stands by <way>
      Then the model is told that it is protected

      Examples:
        | way     |
        | asking  |
        | /backup |

  Rule: A plugin that OpenCode does not load is noticed

    Scenario Outline: <runs> runs, <others> beside it
      Given <others> beside it
      When OpenCode runs <runs> times without loading the plugin
      And a person asks for the status
      Then the verdict is "<verdict>"
      And it says "OpenCode ran <runs> times since it was installed"

      Examples:
        | runs | others     | verdict       |
        | 2    | no trigger | attention     |
        | 3    | no trigger | not protected |
        | 3    | cron       | attention     |

    Scenario: it is loaded again
      When OpenCode runs 3 times without loading the plugin
      And OpenCode loads the plugin
      And a person asks for the status
      Then the verdict is "protected"

  Rule: Installing, again, and removing

    Scenario: second time
      When the plugin is installed
      Then nothing has changed

    Scenario: a newer version of this project
      Given the plugin is of version "0.0.1"
      When the plugin is installed
      Then the plugin is up to date
      And it says "written by version 0.0.1 of this program"

    Scenario: it is not installed again after an upgrade
      Given the plugin is of version "0.0.1"
      When a person asks for the status
      Then the verdict is "attention"
      And it says "written by version 0.0.1 of this program"

    Scenario: remove
      When the plugin is removed
      Then nothing of the plugin is left

    Scenario: another plugin of the same name
      Given a plugin of someone else has that name
      When the plugin is installed
      Then the installation is refused
      And nothing has changed
