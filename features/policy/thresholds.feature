Feature: Thresholds
  Small changes should not each make a commit, but none of them may wait for ever.

  Background:
    Given a config tree backed up at 09:00

  Rule: Medium changes start a sync when there are more than three

    Scenario Outline: <number> documents
      When <number> documents change
      And the schedule asks for a sync at 10:00
      Then the sync is <outcome>

      Examples:
        | number | outcome |
        | 2      | skipped |
        | 3      | skipped |
        | 4      | done    |
        | 20     | done    |

  Rule: Medium changes start a sync when the oldest has waited 24 hours

    Scenario Outline: asked at <time>
      When a document changes at 09:30
      And the schedule looks at 09:30
      And the schedule asks for a sync at <time>
      Then the sync is <outcome>

      Examples:
        | time           | outcome |
        | 10:00          | skipped |
        | 09:29 tomorrow | skipped |
        | 09:30 tomorrow | done    |

    Scenario: who does not want to wait is told how
      When a document changes
      And the schedule asks for a sync at 10:00
      Then the sync is skipped
      And it says "nothing is lost; a sync by hand"

    Scenario: newer ones do not put it off
      When a document changes and the schedule asks for a sync at 09:30, which is skipped
      And "docs/second.md" changes and the schedule asks for a sync at 20:00, which is skipped
      And the schedule asks for a sync at 09:30 tomorrow
      Then the sync is done

    Scenario: nor does a file that moves on
      When "README.md" is renamed to "docs/second.md"
      And the schedule asks for a sync at 09:30, which is skipped
      And "docs/second.md" is renamed to "docs/third.md"
      And the schedule asks for a sync at 09:30 tomorrow
      Then the sync is done

  Rule: A sync needs as many changes as the settings say

    Scenario Outline: <number> context files where three are needed
      Given syncs that need 3 changes
      When <number> context files change
      And <who> asks for a sync at 10:00
      Then the sync is <outcome>

      Examples:
        | number | who          | outcome |
        | 2      | the watcher  | skipped |
        | 2      | the workflow | skipped |
        | 2      | a person     | done    |
        | 3      | the watcher  | done    |

    Scenario: too few of them wait a day at most
      Given syncs that need 3 changes
      When a context file changes at 09:30
      And the schedule looks at 09:30
      And the schedule asks for a sync at 09:30 tomorrow
      Then the sync is done

  Rule: What lies outside the sync triggers starts nothing, but rides along

    Scenario: alone it waits
      When a note changes
      And the watcher asks for a sync at 10:00
      Then the sync is skipped
      And the change to a note waits for "the next sync"

    Scenario: with others it goes
      When a note changes
      And a context file changes
      And the watcher asks for a sync at 10:00
      Then the sync is done
      And the backup holds the change to a note
