Feature: After each turn of Claude Code, Codex or Gemini CLI
  Other agents have no plugin of ours: two hooks in their own settings start the sync. The settings are the person's,
  comments and order included, and the agents write them too.

  Rule: What a person wrote there stays as it was, to the byte

    Scenario Outline: the hooks of <agent> come and go
      Given <agent> with settings in a person's own hand
      When the hooks are installed twice
      Then <agent> runs the sync once after each turn
      When the hooks are removed
      Then the settings are what they were

      Examples:
        | agent       |
        | Claude Code |
        | Codex       |
        | Gemini CLI  |

    Scenario: settings whose hooks are null, which the agent reads as none
      Given Claude Code with hooks that are null
      When the hooks are installed twice
      Then Claude Code runs the sync once after each turn
      When the hooks are removed
      Then the settings are what they were

    Scenario: settings that the agent itself cannot read
      Given Claude Code with settings that lack a bracket
      When the hooks are asked for
      Then that is refused, and the settings are what they were

  Rule: Without a name all that are switched on are meant

    Scenario: OpenCode is not here, and Claude Code and the shared skills are
      Given Claude Code and the shared skills are backed up, and OpenCode is not here
      When a person runs `autosync install-hook`
      Then the exit code is 0
      And it says:
        | claude:                           |
        | agents has no hooks of its own    |
      And there is still no tree of OpenCode

  Rule: A hook that does not run is told

    Scenario: Codex runs nothing that its user has not reviewed
      Given Codex with settings in a person's own hand
      When the hooks are installed twice
      Then the person is asked to review them
      And they count as not reviewed until that is done

    Scenario: hooks that are switched off
      Given Claude Code with all hooks switched off
      When the hooks are installed twice
      Then they count as switched off
