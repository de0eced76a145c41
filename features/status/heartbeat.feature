Feature: Heartbeat
  A machine that is off tells nobody that it is off. Somebody else notices when an address is no longer asked for; it is
  asked for only after a run that looked and found all well, and nothing of the backup goes there.

  Background:
    Given a config tree backed up at 09:00
    And an address that hears heartbeats

  Rule: Only a run that finds all well is heard

    Scenario: an ordinary sync
      When a context file changes
      And a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And 1 heartbeat was heard

    Scenario: nothing to do
      When a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And 1 heartbeat was heard

    Scenario: a block
      When a secret gets into a context file
      And a person runs `autosync sync --trigger=schedule`
      Then the exit code is 3
      And no heartbeat was heard

    Scenario: only looking
      When a context file changes
      And a person runs `autosync sync --check`
      Then the exit code is 5
      And no heartbeat was heard

    Scenario: auto-sync is off
      Given auto-sync is disabled
      When a person runs `autosync sync --trigger=schedule`
      Then the exit code is 0
      And no heartbeat was heard

  Rule: It is asked for once a minute at most, and says nothing

    Scenario: twice at once
      When a person runs `autosync sync` 2 times, each with exit code 0
      Then 1 heartbeat was heard
      And the heartbeats said nothing of the machine

  Rule: What goes wrong there stops no sync

    Scenario Outline: it <fault>
      Given the address <fault>
      When a context file changes
      And a person runs `autosync sync`
      Then the exit code is 0
      And it says "<words>"
      Examples:
        | fault                 | words                           |
        | leads elsewhere       | a redirect is not followed      |
        | answers with an error | it answered 500                 |
        | is not there any more | heartbeat_url: 127.0.0.1:       |
