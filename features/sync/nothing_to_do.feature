Feature: Nothing to do
  A sync can be asked for at any time, by anyone, as often as they like. When nothing has changed, it says so and
  leaves everything exactly as it was.

  Background:
    Given a config tree backed up at 09:00

  Rule: A person's second sync writes nothing at all

    Scenario: once more
      When a person asks for a sync at 09:10
      Then there is nothing to do
      And nothing was written

    Scenario: and once more, much later
      Given a person asks for a sync at 09:10
      When a person asks for a sync at 09:10 in 400 days
      Then there is nothing to do
      And nothing was written

    Scenario: a change that was taken back
      When "AGENTS.md" says "Something else"
      And "AGENTS.md" says "# House rules\n\nSmall commits.\n"
      And a person asks for a sync at 09:10
      Then there is nothing to do
      And the backup has 1 commit

    Scenario: a file that was only touched
      When "AGENTS.md" has old times
      And a person asks for a sync at 09:10
      Then there is nothing to do
      And the backup has 1 commit

  Rule: An automatic trigger leaves only a sign that it was there

    Scenario Outline: <who> finds nothing
      When <who> asks for a sync at 10:00
      Then there is nothing to do
      And only a sign of <who> was written

      Examples:
        | who          |
        | the watcher  |
        | the workflow |
        | the schedule |

  Rule: What was lost of the memory costs time, not safety

    Scenario: the state folder is gone
      Given the state folder is lost
      When a person asks for a sync at 09:10
      Then there is nothing to do
      And the backup has 1 commit

    Scenario: it is gone, and there is a change
      Given the state folder is lost
      When a context file changes
      And the schedule asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree

  Rule: A change that hides is found

    Scenario: the same size, the same time, within the same second
      When "context/stack.md" is edited without a trace in size and time
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
