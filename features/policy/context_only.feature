Feature: A sync of a part
  After a session of writing, a person or the workflow may want the texts in the backup and nothing else yet.

  Background:
    Given a config tree backed up at 09:00

  Rule: A sync of context takes context and documentation alone

    Scenario: the rest stays pending
      When a context file changes
      And a tool in bin changes
      And a person asks for a sync of context only at 09:10
      Then the backup holds the change to a context file
      And the change to a tool in bin waits for "the next sync without --context-only"

  Rule: A sync of tools takes tools, plugins and commands alone

    Scenario Outline: <what> is <taken>
      When <what> changes
      And a plugin changes
      And a person asks for a sync of tools only at 09:10
      Then the sync is done
      And the change to <what> is <taken>

      Examples:
        | what                     | taken   |
        | a tool in bin            | taken   |
        | a command                | taken   |
        | a skill                  | pending |
        | an agent definition      | pending |
        | the system configuration | pending |

  Rule: The same thresholds hold for a part

    Scenario Outline: <number> documents and an unasked tool
      When <number> documents change
      And a tool in bin changes
      And the workflow asks for a sync of context only at 09:10
      Then the sync is <outcome>

      Examples:
        | number | outcome |
        | 3      | skipped |
        | 4      | done    |

  Rule: Nothing goes in halves

    Scenario: a file moved out of the part leaves and arrives together
      When a context file is moved to the docs folder
      And a person asks for a sync of "context/" at 09:10
      Then the sync is done
      And the backup holds the moved file at its new place alone

    Scenario: a file that became a folder
      When the note "plans" becomes a folder with the note "plans/today.md"
      And a person asks for a sync of "plans/today.md" at 09:10
      Then the sync is done
      And the backup holds "plans/today.md"

  Rule: A pattern that means nothing is refused

    @sweep
    Scenario: all of them at once
      When a context file changes
      And a person runs `autosync sync '--include=a**b' '--include=[x'`
      Then the exit code is 2
      And it says "--include=a**b has `**` beside other characters"
      And it says "--include=[x has a `[` that is never closed"
