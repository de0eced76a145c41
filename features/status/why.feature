Feature: Why
  "Why is this file not in my backup?" has one answer for every path: the rule and where it was set, its category and
  priority, whether the backup holds it, what a change waits for, and when it can go.

  Background:
    Given a config tree backed up at 09:00

  Rule: The rule, and where it was set

    Scenario: a rule that is built in
      When a person asks why about "context/stack.md" at 10:00
      Then it answers:
        | rule     | /context/  (built in)      |
        | category | context                    |
        | priority | high                       |
        | backup   | owned: the backup holds it |
        | pending  | no                         |
      And nothing was written

    Scenario: a rule of one's own
      Given a config file that also says:
        """
        [[rules]]
        pattern = "notes/"
        category = "diary"
        priority = "low"
        """
      When a note changes
      And a person asks why about "notes/today.txt" at 10:00
      Then it answers:
        | rule     | notes/  (… |
        | category | diary      |
        | priority | low        |

    Scenario Outline: what never goes by itself: <what>
      When <what> changes
      And a person asks why about <what> at 10:00
      Then the answer to "priority" is "<priority>"
      And the answer to "backup" is "not in the backup"

      Examples:
        | what              | priority |
        | a log             | low      |
        | a file of secrets | never    |

  Rule: What a change waits for, and until when

    Scenario: for nothing
      When a context file changes
      And a person asks why about a context file at 10:00
      Then the answer to "waits for" is "nothing: the next sync takes it"

    Scenario: for the limit
      When a context file changes
      And a person asks why about a context file at 09:03
      Then the answer to "waits for" is "the limit of one sync in 5 minutes"
      And the answer to "eligible" is "in 2 minutes"

    Scenario: for more of its kind, or for a day
      When a document changes
      And the schedule asks for a sync at 10:00
      And a person asks why about a document at 12:00
      Then the answer to "waits for" begins with "more than 3 pending changes of medium priority"
      And the answer to "eligible" is "in 22 hours"

    Scenario: for a person to switch auto-sync on
      Given auto-sync is disabled
      When a context file changes
      And a person asks why about a context file at 10:00
      Then the answer to "waits for" is "auto-sync to be enabled, or a sync by hand"

    Scenario: for a file to be mended, before any sync has met it
      When a secret gets into a context file
      And a document changes
      And a person asks why about a document at 10:00
      Then the answer to "waits for" is "validation: 1 finding must be mended first"

    Scenario: the file itself, by its finding, while a limit holds too
      When a secret gets into a context file
      And a person asks why about a context file at 09:02
      Then the answer to "waits for" begins with "the limit of one sync in 5 minutes; then SEC001, line 3: "

    Scenario: whatever is pending, and of each path
      Then at 10:00, after a sync at 09:58, of these paths is known:
        | path            | pending                                          | rule                         | starts | is       | waits for                            | held by                              | can go          |
        | context/a.md    |                                                  | /context/ (built in)         | yes    |          |                                      |                                      |                 |
        | context/a.md    | context/b.md modified                            | /context/ (built in)         | yes    |          |                                      |                                      |                 |
        | context/a.md    | context/b.md modified, context/a.md modified     | /context/ (built in)         | yes    | modified | the limit of one sync in 5 minutes   | the limit of one sync in 5 minutes   | 10:03           |
        | context/a.md    | context/a.md deleted                             | /context/ (built in)         | yes    | deleted  | the limit of one sync in 5 minutes   | the limit of one sync in 5 minutes   | 10:03           |
        | context/a.md    | context/a.md renamed to context/b.md             | /context/ (built in)         | yes    | renamed  | the limit of one sync in 5 minutes   | the limit of one sync in 5 minutes   | 10:03           |
        | context/b.md    | context/a.md renamed to context/b.md             | /context/ (built in)         | yes    | renamed  | the limit of one sync in 5 minutes   | the limit of one sync in 5 minutes   | 10:03           |
        | context/        | context/a.md modified                            | /context/ (built in)         | yes    |          |                                      |                                      |                 |
        | notes/a.txt     | notes/a.txt modified                             | * (built in)                 | no     | modified | the next sync (it lies outside `sync_triggers` and starts none itself) | the next sync (it lies outside `sync_triggers` and starts none itself) |     |
        | .env            |                                                  | .env (built in)              | no     |          |                                      |                                      |                 |
      And at 10:00, after a sync at 09:30, of these paths is known:
        | path            | pending                                          | rule                         | starts | is       | waits for                            | held by                              | can go          |
        | context/a.md    | context/a.md modified                            | /context/ (built in)         | yes    | modified | nothing: the next sync takes it      |                                      | 10:00           |
        | notes/a.txt     | notes/a.txt created, context/a.md modified       | * (built in)                 | no     | created  | nothing: the next sync takes it      |                                      | 10:00           |
        | docs/a.md       | docs/a.md modified                               | docs/ (built in)             | yes    | modified | more than 3 pending changes of medium priority, one of high priority, or 24 hours of waiting | more than 3 pending changes of medium priority, one of high priority, or 24 hours of waiting | 10:00 tomorrow |
        | a.log           | a.log modified, context/a.md modified            | *.log (sync_exclusions)      | no     | modified | a sync by hand with --include-low (its priority is low) | a sync by hand with --include-low (its priority is low) |                 |

  Rule: A folder tells what is pending below it

    Scenario: two of its files
      When "context/one.md" changes
      And "context/two.md" changes
      And a person asks why about "context" at 10:00
      Then the answer to "pending" is "2 paths below it"
      And it says:
        | context/one.md |
        | context/two.md |

  Rule: What is never copied never rides along

    Scenario Outline: <what>
      Given a rule that makes "notes/" never
      When <what> changes
      And a person asks why about <what> at 10:00
      Then the answer to "starts" is "no sync: it is never copied"

      Examples:
        | what              |
        | a file of secrets |
        | a note            |

  Rule: A path that is nowhere is an error

    Scenario: a name with a slip
      When a person runs `autosync why context/stcak.md`
      Then the exit code is 2
      And it says "context/stcak.md is neither in the source nor in the backup"
