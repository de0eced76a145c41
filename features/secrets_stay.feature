Feature: A secret stays at home
  Agents write tokens into notes. Once a secret is in a repository it is in every copy of it, so it must not get there,
  nor into a log or onto the screen.

  Background:
    Given a config tree backed up at 09:00

  Rule: A secret blocks the sync, whoever asks

    Scenario Outline: <who> asks
      When a secret gets into a context file
      And <who> asks for a sync at 09:10
      Then the sync is blocked
      And it says "context/project.md"
      And nothing of the secret is anywhere outside the config tree

      Examples:
        | who          |
        | a person     |
        | the schedule |

    Scenario: insisting does not help
      When a secret gets into a context file
      And a person insists on a sync at 09:10
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

    Scenario: switching validation off does not help
      Given validation is turned off
      When a secret gets into a context file
      And a person asks for a sync at 09:10
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

  Rule: Once it is gone, the next sync goes by itself

    Scenario: the note is mended
      When a secret gets into a context file
      And the schedule asks for a sync at 09:10
      And the sync is blocked
      And the secret is taken out again
      And the schedule asks for a sync at 09:20
      Then the sync is done
      And the backup equals the config tree
