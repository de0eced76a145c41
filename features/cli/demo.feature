Feature: The demo
  Someone who has no OpenCode yet, or does not trust a stranger's program with their files, wants to see it work first.

  Rule: It shows the real thing and touches nothing of yours

    @sweep
    Scenario: in a folder that one names
      When a person runs `autosync demo --folder ~/try-it`
      Then the exit code is 0
      And it says:
        | First backup                               |
        | nothing to do                              |
        | blocked: validation                        |
        | 1 path restored                            |
        | the backup holds the source, byte for byte |
      And nothing was written

    Scenario: it never writes into a folder that is there
      Given a config tree
      When a person runs `autosync demo --folder ~/.config/opencode`
      Then the exit code is 2
      And it says "is already there"
