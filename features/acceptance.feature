Feature: A person can accept one finding
  A rule can be wrong, and a test can need a made-up key. Then one finding is accepted with a reason, and nothing else:
  the gate stays shut for the rest.

  Background:
    Given a config tree backed up at 09:00
    And a token that blocked the sync at 09:30

  Rule: What is accepted blocks no more, and is not forgotten

    Scenario: the sync goes
      When a person accepts the finding, for it is "made up for a test"
      And the schedule asks for a sync at 10:00
      Then the sync is done
      And the commit says of itself:
        """
        Autosync-Validated: yes, 0 warnings, 1 accepted
        """
      When a person asks for the status at 10:01
      Then the verdict is "protected"
      And it says "accepted 1 finding"

    Scenario: the file changes around it
      Given a person accepts the finding, for it is "made up for a test"
      When lines are added above the token
      And the schedule asks for a sync at 10:00
      Then the sync is done

  Rule: It is that one value and no other

    Scenario: another token takes its place
      Given a person accepts the finding, for it is "made up for a test"
      When the token is replaced by another one
      And the schedule asks for a sync at 10:00
      Then the sync is blocked

  Rule: Agents cannot accept

    Scenario: a list of acceptances appears in the tree
      When a list that accepts the finding appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is blocked

    Scenario: a script does not confirm
      When a script accepts the finding without confirming
      Then the exit code is 2
      And it says "next: add --yes in a script"
      And 0 findings are accepted

    Scenario: no reason is given
      When a person accepts the finding, for it is ""
      Then the exit code is 2
      And it says "an acceptance needs a reason"
      And 0 findings are accepted

  Rule: Some things cannot be accepted

    Scenario: a scanner that is missing
      Given the scanner for secrets cannot be loaded
      And the schedule asks for a sync at 10:00
      And the sync is blocked
      When a person accepts the finding, for it is "in a hurry"
      Then the exit code is 2
      And it says "SEC000 in context/project.md cannot be accepted"
      And 0 findings are accepted

  Rule: The list stays short

    Scenario: the value is gone
      Given a person accepts the finding, for it is "made up for a test"
      And 1 finding is accepted
      When the token is taken out
      And a person prunes the accepted findings
      Then 0 findings are accepted
