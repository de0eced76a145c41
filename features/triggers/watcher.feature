Feature: Watching the config tree
  Whoever edits by hand, or with other tools than OpenCode, wants the backup to follow by itself.

  Background:
    Given a watcher that waits for 1 second of quiet, at most 5

  Rule: A burst leads to a sync, and its last change is never lost

    Scenario Outline: a burst of <changes>
      When there is a burst of <changes>
      Then the backup equals the config tree once it is quiet

      Examples:
        | changes                           |
        | new folders with files in them    |

      @sweep
      Examples:
        | changes                           |
        | saves by an editor                |
        | folders moved in from elsewhere   |
        | removed folders                   |
        | changed permissions               |
        | a git checkout                    |

    @sweep
    Scenario: it does not become quiet
      When new files keep coming without a pause
      Then there is a sync all the same

    @sweep
    Scenario: changes during a sync
      When a file changes while a sync is under way
      Then another sync follows
      And the backup equals the config tree once it is quiet

    @sweep
    Scenario: changes within the limit
      Given a limit of one sync per 8 seconds
      When a file changes right after a sync
      Then the next sync is deferred
      And the backup equals the config tree once the limit has passed

  Rule: What is never backed up does not wake it

    @sweep
    Scenario: installed packages
      When packages are installed into the config tree
      Then there is no sync

  Rule: It follows the settings while it runs

    @sweep
    Scenario: a longer quiet time
      When the quiet time is set to 30 seconds and a file changes
      Then there is no sync

    @sweep
    Scenario: another config tree
      When another config tree is set
      Then it ends and says that it must be started again

  Rule: It says what it needs, and ends when it is told to

    @sweep
    Scenario: too few watches
      Given the system allows fewer watches than the tree has folders
      When another watcher is started
      Then it fails and names the setting to raise

    Scenario Outline: told to stop <moment>
      When it is told to stop <moment>
      Then it ends without a complaint
      And the backup is whole

      Examples:
        | moment                      |
        | while a sync is under way   |

      @sweep
      Examples:
        | moment                      |
        | while nothing happens       |
        | while it waits for quiet    |
