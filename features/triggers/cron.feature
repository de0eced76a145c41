Feature: The schedule by cron
  Someone who wants a backup without thinking of it lets cron look once an hour. The crontab is theirs: it
  may hold jobs that matter more than this one.

  Background:
    Given a crontab with jobs of other programs
    And a config tree backed up at 09:00

  Rule: Installing changes only its own lines

    Scenario: first time
      When the schedule is installed
      Then the crontab runs the sync once an hour
      And every other line of the crontab is as it was

    Scenario: second time
      Given the schedule is installed
      When the schedule is installed
      Then nothing has changed

    Scenario: another time of day
      Given the schedule is installed
      When the schedule is installed for every 15 minutes
      Then the crontab runs the sync every 15 minutes
      And the crontab runs the sync from one line only

    Scenario: only looking
      When it is asked what installing the schedule would change
      Then the exit code is 5
      And the new line is shown
      And nothing has changed

  Rule: Removing leaves the crontab as it was before

    Scenario: remove
      Given the schedule is installed
      When the schedule is removed
      Then the crontab is as it was before the installation

    Scenario: remove where nothing is installed
      When the schedule is removed
      Then nothing has changed

  Rule: Damage is mended, and nobody else's line is lost

    Scenario Outline: the lines of the schedule were <damage>
      Given the schedule is installed
      And its lines were <damage>
      When the schedule is installed
      Then the crontab runs the sync from one line only
      And every other line of the crontab is as it was

      Examples:
        | damage                          |
        | doubled                         |
        | cut off in the middle           |
        | edited by hand                  |
        | mixed with another job's line   |

  Rule: A crontab that cannot be read is left alone

    Scenario: not readable
      Given the crontab cannot be read
      When the schedule is installed
      Then the exit code is 1
      And it says "crontab"
      And nothing has changed
