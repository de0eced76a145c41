Feature: One path for every trigger
  Whoever asks for a sync, the same thing happens: the agent's session, the watcher, the schedule or a person.
  So what holds for one holds for all, and nothing depends on who came first.

  Background:
    Given a config tree backed up at 09:00
    And a limit of one sync per 5 minutes

  Rule: The same change leads to the same backup

    Scenario Outline: <who> asks
      When an agent definition changes
      And <who> asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
      And the history says that <who> asked

      Examples:
        | who          |
        | the workflow |
        | the watcher  |
        | the schedule |
        | a person     |

  Rule: The same danger is blocked

    Scenario Outline: <who> finds a secret
      When a secret gets into a context file
      And <who> asks for a sync at 09:10
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

      Examples:
        | who          |
        | the workflow |
        | the watcher  |
        | the schedule |
        | a person     |

  Rule: Whoever comes second finds nothing left to do

    Scenario: the schedule after the agent's session
      When an agent definition changes
      And the workflow asks for a sync at 09:10
      And the schedule asks for a sync at 09:11
      Then there is nothing to do
      And the backup has 2 commits
