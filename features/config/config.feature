Feature: Settings
  One name for each setting, in the config file and in the environment. Where a value comes from is shown; what is wrong
  is said all at once, before anything is written.

  Background:
    Given a config tree backed up at 09:00

  Rule: Each value is shown with where it comes from

    Scenario: a default, the file and the environment
      Given a limit of one sync per 10 minutes
      And the environment says MIN_CHANGES_FOR_SYNC is "3"
      When a person runs `autosync show-config`
      Then the exit code is 0
      And it says:
        | medium_threshold 3 default                                       |
        | max_sync_frequency 10m config file                               |
        | min_changes_for_sync 3 environment variable MIN_CHANGES_FOR_SYNC |

  Rule: Changing a setting leaves the rest of the file alone

    Scenario: comments and order stay
      Given a config file that also says:
        """
        # Not while I work.
        max_sync_frequency = 900 # a quarter of an hour
        """
      When a person runs `sync-config --set-config MAX_SYNC_FREQUENCY=600 --set-config auto_sync_push=true`
      Then the exit code is 0
      And it says "max_sync_frequency: 15m → 10m"
      And the config file says:
        | # Not while I work.                             |
        | max_sync_frequency = 600 # a quarter of an hour |
        | auto_sync_push = true                           |

    Scenario: a look beforehand
      When a person runs `autosync set-config MAX_SYNC_FREQUENCY=600 --check`
      Then the exit code is 5
      And it says "max_sync_frequency: not set → 10m"
      And no file was written

    Scenario: the environment speaks louder than the file
      Given the environment says MAX_SYNC_FREQUENCY is "60"
      When a person runs `autosync set-config MAX_SYNC_FREQUENCY=600`
      Then the exit code is 0
      And it says "max_sync_frequency is overridden by the environment"

  Rule: Wrong values are all named at once, and nothing is written

    Scenario: on the command line
      When a person runs `sync-config --set-config MAX_SYNC_FREQUENCY=-1 --set-config AUTO_SYNC_PUSH=maybe --set-config AUTO_SYNC_PUHS=true`
      Then the exit code is 2, and no file was written
      And it says:
        | 3 settings are wrong                                                  |
        | MAX_SYNC_FREQUENCY = -1: is too small; allowed: a span from 0s to 30d |
        | AUTO_SYNC_PUSH = "maybe": is neither; allowed: true or false          |
        | AUTO_SYNC_PUHS: is no setting; did you mean auto_sync_push?           |

    Scenario: in the file and in the environment
      Given a config file that also says:
        """
        max_sync_frequency = -1
        auto_sync_pus = true
        sync_exclusions = ["a["]

        [[rules]]
        pattern = "notes/"
        category = "diary"
        priority = "urgent"
        """
      And the environment says AUTO_SYNC_PUSH is "maybe"
      When a person runs `autosync sync`
      Then the exit code is 2, and no file was written
      And it says:
        | 5 settings are wrong                                                                 |
        | config.toml, line 1: max_sync_frequency = -1                                         |
        | line 2: auto_sync_pus: is no setting; did you mean auto_sync_push?                   |
        | sync_exclusions, item 1 = "a["                                                       |
        | line 16: rule 1, priority = "urgent": is no priority; allowed: high \| medium \| low \| never |
        | environment variable AUTO_SYNC_PUSH = "maybe"                                        |

    Scenario: a rule that can never win
      Given a config file that also says:
        """
        max_sync_frequency = -1

        [[rules]]
        pattern = "notes/"
        category = "diary"
        priority = "high"

        [[rules]]
        pattern = "notes/drafts/"
        category = "drafts"
        priority = "low"
        """
      When a person runs `autosync sync`
      Then the exit code is 2
      And it says "2 settings are wrong"
      And it says "rule 2, pattern = "notes/drafts/": can never win: rule 1, "notes/", comes first"

  Rule: A config file that is named must be there

    Scenario Outline: <task>
      Given the environment says AUTOSYNC_CONFIG is "~/typo.toml"
      When a person runs `autosync <task>`
      Then the exit code is 2
      And it says "typo.toml, and there is no such file", and what to do next

      Examples:
        | task         |
        | sync         |
        | status       |
        | restore      |
        | install-cron |

    Scenario: the settings that are made in it make it
      Given the environment says AUTOSYNC_CONFIG is "~/new.toml"
      And a person runs `autosync set-config OPENCODE_SOURCE=~/.config/opencode`
      When a person runs `autosync detect`
      Then the exit code is 0
