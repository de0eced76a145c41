Feature: Every agent comes back from one remote
  Who had several agents backed up on one remote names its address once: each tree comes back to its place, each branch
  with its agent.

  Background:
    Given a config tree
    And the homes of Claude Code and Codex
    And a person has switched on claude and codex
    And all of them go to one remote

  Rule: One address is enough for all of them

    @sweep
    Scenario: each tree stands where its agent reads it, and goes on by itself
      When a person brings up a new machine from the remote
      Then the exit code is 0
      And the trees of OpenCode, Claude Code and Codex stand there as they were backed up
      And each goes on with its own branch, and has nothing to sync

    @sweep
    Scenario: the second time changes no tree
      When a person brings up a new machine from the remote
      And a person brings up the new machine once more
      Then the exit code is 0
      And it does not say "changed"

    @sweep
    Scenario: what started the syncs of each starts them again
      Given the hooks of claude were installed before
      When a person brings up a new machine from the remote
      Then the exit code is 0
      And Claude Code there runs the sync of this machine

    @sweep
    Scenario: without triggers, what the old machine left in the settings is told
      Given the hooks of claude were installed before
      When a person brings up a new machine from the remote without triggers
      Then the exit code is 0
      And it says "settings.json holds hooks of this program as another machine wrote them, which fail unseen"

    @sweep
    Scenario: an agent that was switched off there is switched on
      Given on the new machine a person has switched off claude
      When a person brings up a new machine from the remote
      Then it says "claude was switched off here, and is switched on"
      When a person brings up the new machine once more
      Then it does not say "switched o"

    @sweep
    Scenario: people can look first
      When a person asks what bringing up a new machine from the remote would do
      Then the exit code is 5
      And it says "claude:"
      And nothing stands there yet

    @sweep
    Scenario: one document for programs
      When a program brings up a new machine from the remote
      Then the exit code is 0
      And one document tells of opencode, claude and codex

  Rule: One of them is enough

    @sweep
    Scenario: the others stay where they are
      When a person brings up claude alone from the remote
      Then the exit code is 0
      And the tree of Claude Code alone stands there

    @sweep
    Scenario: a person who never had OpenCode
      Given the remote holds no backup of OpenCode
      When a person brings up a new machine from the remote
      Then the exit code is 0
      And it says "opencode is switched off"
      And the next sync of all there is done

  Rule: One that cannot be brought back holds up no other

    @sweep
    Scenario: a person's own file is in the way of one
      Given on the new machine a person has written instructions for Claude Code
      When a person brings up a new machine from the remote
      Then the exit code is 3, and it says "add --yes"
      And the trees of OpenCode and Codex stand there as they were backed up
      And the instructions there are the person's

    @sweep
    Scenario: an agent that nobody here knows
      Given a made-up agent with a person's own profile goes to that remote too
      When a person brings up a new machine from the remote
      Then the exit code is 2
      And it says "there is no profile made-up"
      And the trees of OpenCode, Claude Code and Codex stand there as they were backed up

  Rule: A second machine takes a branch of its own for each agent

    @sweep
    Scenario: the old machine goes on
      When a person brings up a second machine from the remote
      Then the exit code is 0
      And the remote has three branches more
      And the trees of OpenCode, Claude Code and Codex stand there as they were backed up
