Feature: One path for every trigger
  Whoever asks for a sync, the same thing happens: the agent's session, the watcher, the schedule or a person.
  So what holds for one holds for all, and nothing depends on who came first.

  Background:
    Given a config tree that is backed up
    And a limit of one sync per 5 minutes that has passed

  Rule: The same change leads to the same backup

    Scenario Outline: <trigger> asks
      When an agent file changes
      And <trigger> asks for a sync
      Then the sync is done
      And the backup equals the config tree
      And the history says that <trigger> asked

      Examples:
        | trigger              |
        | an agent's session   |
        | the watcher          |
        | the schedule         |
        | a person             |

  Rule: The same danger is blocked

    Scenario Outline: <trigger> finds a secret
      When a context file with a secret is written
      And <trigger> asks for a sync
      Then the sync is blocked
      And the secret is not in the backup

      Examples:
        | trigger              |
        | an agent's session   |
        | the watcher          |
        | the schedule         |
        | a person             |

  Rule: Whoever comes second finds nothing left to do

    Scenario: the schedule after the agent's session
      When an agent file changes
      And an agent's session asks for a sync
      And the schedule asks for a sync
      Then the second sync has nothing to do
