Feature: Odd files and names are told and do not block
  Wrong modes, odd names and misplaced files are worth a word to their owner.
  They leak nothing and stop nothing, so the backup goes on.

  Background:
    Given a config tree backed up at 09:00

  Rule: Names, modes and links

    Scenario Outline: <oddity>
      When <oddity> appears in the tree
      And a person asks for a sync
      Then the sync is done
      And it is warned of

      Examples:
        | oddity                                          |
        | a file that everybody can write                 |
        | a name with invisible characters                |
        | two names that differ only in case              |
        | a link that leads out of the tree               |
        | a script in bin that is not executable          |
        | a document in bin                               |
        | an executable in context                        |

  Rule: What cannot be copied is named

    Scenario: A pipe lies in the tree
      When "context/odd" is a pipe
      And a person asks for a sync
      Then the sync is incomplete
      And "context/odd" is left out: special, a FIFO
