Feature: Asking inside OpenCode
  A person who works in OpenCode asks there, in plain words or by /backup, whether the config tree is safe. The answer
  is the program's own; nothing that is asked there passes a guard, shows a secret or writes into the tree.

  Background:
    Given a config tree backed up at 09:00
    And OpenCode 2 with the plugin

  Rule: One sentence says whether it is safe

    Scenario Outline: asked by <way>
      When the status is asked inside OpenCode by <way>
      Then the answer says "protected: everything that belongs in the backup is in it"

      Examples:
        | way         |
        | the agent   |
        | the command |

  Rule: It says why a path waits

    Scenario: a file that the next sync takes
      When a context file changes
      And the agent asks why "context/project.md" waits
      Then the answer says "the next sync takes it"

  Rule: It syncs when it is asked to, as a person would

    @sweep
    Scenario: a changed file
      When a context file changes
      And the agent asks for a sync
      Then the answer says "1 change backed up"

    Scenario: a secret
      When a secret gets into a context file
      And the agent asks for a sync
      Then the answer says "blocked"
      And nothing of the secret is anywhere outside the config tree

    Scenario: half of the tree is gone
      Given a config tree of 40 files backed up at 09:00
      When 30 of the files are deleted
      And the agent asks for a sync
      Then the answer says "blocked"

  Rule: A restore is proposed, and the person confirms it

    Scenario: a deleted file
      When "AGENTS.md" is deleted
      And the agent asks to restore "AGENTS.md"
      Then the answer says "Nothing has been written"
      And the answer names the line that the person types to bring "AGENTS.md" back

  Rule: What the agent says is a value, never a flag

    Scenario Outline: <word>
      When the agent asks why "<word>" waits
      Then the answer says "no path"

      Examples:
        | word                   |
        | --force                |
        | --allow-mass-delete=1a |
        | -T                     |
