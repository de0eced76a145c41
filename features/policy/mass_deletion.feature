Feature: Mass deletion
  A wrong command, a full disk or a missing mount can empty a config tree in a second. The backup must not
  follow before a person has looked.

  Background:
    Given a config tree of 40 files backed up at 09:00

  Rule: Over half of the files and more than ten gone holds every sync

    Scenario Outline: <number> files deleted and <who> asks
      When <number> of the files are deleted
      And <who> asks for a sync at 09:10
      Then the sync is <outcome>

      Examples:
        | number | who          | outcome |
        | 20     | the watcher  | done    |
        | 21     | the watcher  | blocked |
        | 21     | the schedule | blocked |
        | 21     | a person     | blocked |

    Scenario: insisting does not help
      When 30 of the files are deleted
      And a person insists on a sync at 09:10
      Then the sync is blocked
      And it says "30 of the 40 files in the backup are gone"
      And the backup holds all 40 files

    Scenario: a tree of few files may change as it likes
      Given a config tree of 10 files backed up at 09:00
      When 9 of the files are deleted
      And the watcher asks for a sync at 09:10
      Then the sync is done

  Rule: An empty config tree is never taken for a wish

    Scenario: all files vanish at once
      Given a config tree of 3 files backed up at 09:00
      When all files are deleted
      And the schedule asks for a sync at 09:10, which is blocked
      Then it says "the source is empty, but the backup holds 3 files"
      And the backup holds all 3 files

  Rule: Many files emptied at once hold the sync too

    Scenario Outline: <number> files emptied
      When <number> of the files are emptied
      And the watcher asks for a sync at 09:10
      Then the sync is <outcome>

      Examples:
        | number | outcome |
        | 10     | done    |
        | 11     | blocked |

    Scenario: it says how many
      When 11 of the files are emptied
      And the watcher asks for a sync at 09:10
      Then the sync is blocked
      And it says "11 files were emptied at once"

  Rule: What moved is not gone

    Scenario: a big tidying up
      When 30 of the files are moved to another folder
      And the watcher asks for a sync at 09:10
      Then the sync is done

  Rule: A person lets go exactly these deletions

    Background:
      Given 30 of the files are deleted
      And the watcher asks for a sync at 09:10, which is blocked

    Scenario: with the digest that the block named
      When a person allows exactly these deletions at 09:20
      Then the sync is done
      And the backup holds 10 files

    Scenario: another deletion needs another answer
      When 1 more of the files is deleted
      And a person allows the deletions named before at 09:20
      Then the sync is blocked
      And it says "is another set of deletions"
      And the backup holds all 40 files
