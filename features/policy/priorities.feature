Feature: Priorities
  A config tree changes all day. What OpenCode works with must be safe at once; notes can wait for company; logs
  and caches are not worth a backup at all, unless a person wants them.

  Background:
    Given a config tree backed up at 09:00

  Rule: High priority always starts a sync

    Scenario Outline: what OpenCode works with is safe at once
      When <what> changes
      And the watcher asks for a sync at 09:10
      Then the sync is done
      And the backup holds the change to <what>

      Examples:
        | what                         |
        | a context file               |
        | an agent definition          |
        | a tool in bin                |
        | a custom tool                |
        | a plugin                     |
        | a command                    |
        | a skill                      |
        | a mode                       |
        | the system configuration     |
        | an integration configuration |

  Rule: Medium priority waits for company

    Scenario Outline: one of them alone starts nothing
      When <what> changes
      And the watcher asks for a sync at 09:10
      Then the sync is skipped
      And the change to <what> waits for "more than 3 pending changes of medium priority"

      Examples:
        | what                  |
        | a document            |
        | a template            |
        | a minor configuration |

    Scenario: it rides along with a sync that goes
      When a document changes
      And a context file changes
      And the watcher asks for a sync at 09:10
      Then the sync is done
      And the backup holds the change to a document

  Rule: Low priority is copied by hand alone

    Scenario Outline: it never starts a sync and never rides along
      When <what> changes
      And a context file changes
      And the watcher asks for a sync at 09:10
      Then the sync is done
      And the change to <what> waits for "a sync by hand with --include-low"

      Examples:
        | what             |
        | a log            |
        | a temporary file |
        | a cached file    |

    Scenario: a person can ask for it
      When a log changes
      And a person asks for a sync with low priority at 09:10
      Then the sync is done
      And the backup holds the change to a log

  Rule: Secrets never go into the backup

    Scenario Outline: whoever asks
      When <what> changes
      And a person asks for a sync with low priority at 09:10
      Then there is nothing to do
      And the backup does not hold <what>

      Examples:
        | what                   |
        | a file of secrets      |
        | a private key          |
        | a login of OpenCode    |
        | an installed package   |
        | a file of a repository |

  Rule: A user's own rule comes before the defaults

    Scenario: notes that matter
      Given a rule that makes "notes/" high
      When a note changes
      And the watcher asks for a sync at 09:10
      Then the sync is done

    Scenario: an exclusion makes a path low
      Given an exclusion of "notes/"
      When a note changes
      And the watcher asks for a sync at 09:10
      Then there is nothing to do
      And the change to a note waits for "a sync by hand with --include-low"
