Feature: What OpenCode reads outside the tree
  OpenCode reads more than its config folder: the file that OPENCODE_CONFIG names, and the skills that agents share in
  ~/.agents/skills, where an installer often keeps the only copy. A backup of the tree alone would not hold them, and
  nobody would know. They are named, and kept once a person says so.

  Background:
    Given a config tree

  Rule: Nothing outside the tree is taken unasked, and the first sync offers it

    Scenario Outline: shared skills that are <linked>
      Given the skill "changelog" lies in "~/.agents/skills", <linked>
      When a person asks for a sync
      Then the sync is done
      And it says "1 skill in ~/.agents/skills: OpenCode reads them, and they are in no backup"
      And the backup does not hold "<path>"

      Examples:
        | linked     | path                                                 |
        | linked     | skills/changelog/SKILL.md                            |
        | not linked | .autosync-outside/.opencode/skills/changelog/SKILL.md |

    Scenario: a file that OPENCODE_CONFIG names
      Given OpenCode is told of "~/work/mine.json", which says "{}"
      When a person asks for a sync
      Then the sync is done
      And it says "FOLLOW_CONFIG="
      And the backup does not hold ".autosync-outside/.opencode/opencode.json"

  Rule: What was accepted is backed up

    Scenario Outline: shared skills, <linked>
      Given the skill "changelog" lies in "~/.agents/skills", <linked>
      And a person asks for a sync
      When the person types the command that it offers and asks for a sync
      Then the sync is done, and the status is "protected"
      And the backup holds "<path>"

      Examples:
        | linked     | path                                                 |
        | linked     | skills/changelog/SKILL.md                            |
        | not linked | .autosync-outside/.opencode/skills/changelog/SKILL.md |

    Scenario: the file that OPENCODE_CONFIG names
      Given OpenCode is told of "~/work/mine.json", which says "{}"
      And a person asks for a sync
      When the person types the command that it offers and asks for a sync
      Then the sync is done, and the status is "protected"
      And the backup holds ".autosync-outside/.opencode/opencode.json", saying "{}"

    Scenario: a second run has nothing to do
      Given "~/work/mine.json" outside the tree is backed up, saying "{}", and so are shared skills
      When a person asks for a sync
      Then there is nothing to do
      And no file was written

  Rule: What was refused is not asked for again

    Scenario: shared skills
      Given the skill "changelog" lies in "~/.agents/skills", not linked
      And the person says that "~/.agents/skills" need not be kept
      When a person asks for a sync
      Then the sync is done, and it does not say ".agents/skills"
      And the status is "protected"

  Rule: It passes the same gate

    Scenario: a secret in the file that OPENCODE_CONFIG names
      Given "~/work/mine.json" outside the tree holds a secret
      And the person takes in "~/work/mine.json"
      When a person asks for a sync
      Then the sync is blocked
      And nothing of the secret is anywhere outside the config tree

    Scenario: a config file that OpenCode cannot read
      Given "~/work/mine.json" outside the tree says "{"
      And the person takes in "~/work/mine.json"
      When a person asks for a sync
      Then the sync is blocked
      And it says "JSN001"

    Scenario: a login under that name
      Given "~/work/auth.json" outside the tree says "{}"
      And the person takes in "~/work/auth.json"
      When a person asks for a sync
      Then the sync is done
      And the backup does not hold ".autosync-outside/.opencode/opencode.json"

  Rule: What cannot be reached is never a deletion

    Scenario Outline: <what> is not mounted
      Given "~/work/mine.json" outside the tree is backed up, saying "{}", and so are shared skills
      When "<what>" outside the tree is away
      And a person asks for a sync
      Then the sync is incomplete
      And the backup holds "<path>"

      Examples:
        | what             | path                                                 |
        | ~/work           | .autosync-outside/.opencode/opencode.json            |
        | ~/.agents/skills | .autosync-outside/.opencode/skills/changelog/SKILL.md |

    Scenario: a new machine, where nobody has said yet where it lies
      Given "~/work/mine.json" outside the tree is backed up, saying "{}", and so are shared skills
      When the machine is a new one, where "~/.agents" is away and nothing is followed yet
      And "AGENTS.md" says "Anew." and a person asks for a sync
      Then the sync is done, and the status is "protected"
      And the backup holds ".autosync-outside/.opencode/opencode.json" and ".autosync-outside/.opencode/skills/changelog/SKILL.md"

  Rule: A restore writes outside the tree only when it is told to

    Scenario: everything is restored
      Given "~/work/mine.json" outside the tree is backed up, saying "{}"
      When "~/work/mine.json" outside the tree says "Lost."
      And "AGENTS.md" is deleted and a person restores everything
      Then the restore is done, and it says "`autosync restore --outside` brings it to its place"
      And "~/work/mine.json" outside the tree still says "Lost."

    Scenario: told to, where nothing stands
      Given "~/work/mine.json" outside the tree is backed up, saying "{}"
      When "~/work" outside the tree is away
      And a person restores what lies outside the tree
      Then the restore is done
      And "~/work/mine.json" outside the tree still says "{}"

    Scenario: told to, where something else stands
      Given "~/work/mine.json" outside the tree is backed up, saying "{}"
      When "~/work/mine.json" outside the tree says "Newer."
      And a person restores what lies outside the tree
      Then the restore is blocked
      And "~/work/mine.json" outside the tree still says "Newer."

    Scenario: told to, and of one of them nobody has said where it lies here
      Given "~/work/mine.json" outside the tree is backed up, saying "{}", and so are shared skills
      When the machine is a new one, where "~/.agents" is away and nothing is followed yet
      And a person restores what lies outside the tree
      Then the restore is done, and it says "FOLLOW_CONFIG=FILE"
      And the shared skill is there as it was
