Feature: What would fail when nobody looks
  A backup by schedule fails in silence: the machine that runs it is not the shell in which it was tried. The
  doctor looks at it as the schedule would find it, and every fault comes with its remedy.

  Rule: All is well

    Scenario: a healthy machine
      Given a machine where everything is in order
      When the doctor looks
      Then no check fails

  Rule: Each fault is named with its remedy

    Scenario Outline: <fault>
      Given a machine where <fault>
      When the doctor looks
      Then a check fails, and its remedy names <remedy>

      Examples:
        | fault                                                 | remedy                     |
        | the schedule would not find git                       | installing git             |
        | git is older than the program needs                   | a newer git                |
        | the schedule would back up another tree than the shell | recording the setting      |
        | the disk of the backup is nearly full                 | making room                |
        | others can enter the state folder                     | its permissions            |
        | a push needs a passphrase that nobody types           | a key for the backup alone |
        | the host key of the remote is not known               | accepting it once          |
        | the crontab runs the sync but no cron daemon runs     | starting cron              |

  Rule: What is only odd is a warning

    Scenario Outline: <oddity>
      Given a machine where <oddity>
      When the doctor looks
      Then no check fails
      And a warning is shown about <subject>

      Examples:
        | oddity                                          | subject       |
        | no trigger is installed                         | the triggers  |
        | the schedule has not come for two of its periods | the schedule  |
        | the plugin is of an older version               | the plugin    |
        | a record lies in the future                     | the clock     |
