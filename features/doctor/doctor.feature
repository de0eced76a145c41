Feature: What would fail when nobody looks
  A backup by schedule fails in silence: the machine that runs it is not the shell in which it was tried. The
  doctor looks at it as the schedule would find it, and every fault comes with its remedy.

  Background:
    Given a config tree that is backed up

  Rule: All is well

    Scenario: a healthy machine
      Given a machine where everything is in order
      When the doctor looks
      Then no check fails
      And nothing has changed

  Rule: Each fault is named with its remedy

    Scenario Outline: <fault>
      Given a machine where <fault>
      When the doctor looks
      Then the check of <subject> fails, and its remedy is <remedy>

      Examples:
        | fault                                                  | subject          | remedy                     |
        | the schedule would not find git                        | git              | installing it again        |
        | others can enter the state folder                      | access           | its permissions            |
        | the host key of the remote is not known                | the host key     | accepting it once          |
        | the crontab runs the sync but no cron daemon runs      | the cron daemon  | starting cron              |
        | the list of what was accepted is damaged               | the settings     | moving it away             |

      @sweep
      Examples:
        | fault                                                  | subject          | remedy                     |
        | the backup is no repository any more                   | a sync           | naming another folder      |
        | git is older than the program needs                    | git              | a newer git                |
        | the schedule would back up another tree than the shell | the config tree  | recording the setting      |
        | the disk of the backup is nearly full                  | the disk         | making room                |
        | a push needs a passphrase that nobody types            | the ssh key      | a key for the backup alone |
        | the schedule has not come for two of its periods       | the schedule     | looking into its log       |

  Rule: What is only odd is a warning

    Scenario Outline: <oddity>
      Given a machine where <oddity>
      When the doctor looks
      Then no check fails
      And a warning is shown about <subject>

      Examples:
        | oddity                                | subject       |
        | no trigger is installed               | the triggers  |
        | OpenCode reads a file elsewhere too   | what lies outside |

      @sweep
      Examples:
        | oddity                                | subject       |
        | the plugin is of an older version     | the plugin    |
        | a record lies in the future           | the clock     |
        | nothing is backed up yet              | the backup    |
        | agents share skills in one folder     | what lies outside |

  Rule: What it says of a schedule is true

    @sweep
    Scenario: on weekdays
      Given a machine where the schedule comes at half past nine on weekdays
      When the doctor looks
      Then it says "at `30 9 * * mon-fri`, at most 3 days apart"

    Scenario: nobody is there to run it
      Given a machine where the crontab runs the sync but no cron daemon runs
      When the doctor looks
      Then nothing is said to be well with the schedule

  Rule: Skills that agents share are safe once their folder is accepted

    @sweep
    Scenario: accepted
      Given a machine where agents share skills in one folder
      When the person accepts their folder
      And the doctor looks
      Then no check fails
      And no warning is shown about what lies outside

  Rule: A schedule that was installed a moment ago is not late

    @sweep
    Scenario: it could not have come yet
      Given a machine where the schedule was installed a moment ago
      When the doctor looks
      Then no check fails
