Feature: A config that stops OpenCode stays out of the backup
  A backup is there to go back to. If the latest version cannot start OpenCode,
  the last one that could must still be the latest in the backup.

  Background:
    Given a config tree backed up at 09:00

  Rule: What stops OpenCode blocks

    Scenario Outline: it blocks when <change>
      When <change>
      And a person asks for a sync
      Then the sync is blocked
      And the report names its file and what to do

      Examples:
        | change                                                   |
        | a comma is missing in opencode.json                      |
        | a key of opencode.json loses its quotes                  |
        | opencode.json names a file of the tree that is not there |
        | an agent's tools become a list                           |
        | a command's description becomes a number                 |
        | a server's command in opencode.json becomes text         |
        | the instructions in opencode.json become text            |
        | an agent may take no step                                |

  Rule: What OpenCode reads passes, even where other programs would not

    Scenario Outline: it passes when <change>
      When <change>
      And a person asks for a sync
      Then the sync is done

      Examples:
        | change                                      |
        | a comment is added to opencode.json         |
        | a comma is left behind in opencode.json     |
        | a description holds a colon without quotes  |
        | package.json is cut off in the middle       |
        | an agent names its model and mode twice     |
        | opencode.json names a file below a link     |

  Rule: What is written for OpenCode 2 blocks nothing, for it skips what it cannot use

    Scenario Outline: version 2 reads it when <change>
      When <change>
      And a person asks for a sync
      Then the sync is done

      Examples:
        | change                                             |
        | an agent's model becomes an object                 |
        | opencode.json gets the agents of version 2         |
        | opencode.json gets the servers of version 2        |

  Rule: What has no effect is told

    Scenario Outline: it is told when <change>
      When <change>
      And a person asks for a sync
      Then the sync is done
      And it is warned of

      Examples:
        | change                                             |
        | the front matter of an agent cannot be read        |
        | a skill loses its description                      |
        | two agents have the same name                      |
        | opencode.json names a variable that is not set     |
        | opencode.json holds a key that OpenCode ignores    |
