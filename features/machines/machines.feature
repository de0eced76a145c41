Feature: Every machine by one status
  Someone with three machines wants to know, from any of them, whether all three are still backed up. Each says so on the
  remote in a small place of its own; no server is needed.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to

  Rule: Each machine that pushes is on the list

    Scenario: the list says who looked when
      Given another machine goes on from the same remote
      When a person lists the machines
      Then 2 machines are listed, and all are well
      And each has a branch and a place of its own on the remote

    Scenario: the status says it in one line
      Given another machine goes on from the same remote
      When a person lists the machines
      And a person asks for the status
      Then it says "1 other machine on this remote, all well"

    Scenario: alone there is nothing to say
      When a person asks for the status
      Then it does not say "machine on this remote"

  Rule: Silence is told

    Scenario: a machine that has not looked for longer than its age allows
      Given another machine goes on from the same remote
      When nobody looks there for 2 days
      And a person lists the machines
      Then the other machine is silent

    @sweep
    Scenario: one that has nothing to push still says that it looks
      Given another machine goes on from the same remote
      When only the schedule looks there for 2 days
      And a person lists the machines
      Then 2 machines are listed, and all are well

    Scenario: one with a conflict
      Given another machine goes on from the same remote
      And someone else rewrote "AGENTS.md" on the remote
      When "AGENTS.md" says "this machine's" and a person asks for a sync at 10:00, with exit code 4
      And a person lists the machines
      Then this machine is in conflict

  Rule: What is gone can be taken off the list

    Scenario: its branch stays
      Given another machine goes on from the same remote
      When a person forgets the other machine
      And a person lists the machines
      Then 1 machine is listed, and all are well
      And the remote has a branch for each machine

  Rule: What stands on the remote may be forged

    Scenario: a record that is none is passed over, and nothing in it steers a terminal
      Given somebody wrote nonsense into the list of machines
      When a person lists the machines
      Then 2 machines are listed
      And no control character is shown

    Scenario: a remote that takes no such record does not stop a sync
      Given the remote takes nothing but branches
      And "AGENTS.md" says "another rule"
      When a person asks for a sync at 10:00
      Then the sync is done
      And the remote has everything
