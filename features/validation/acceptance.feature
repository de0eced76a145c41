Feature: A person can accept one finding
  A rule can be wrong, and a test can need a made-up key. Then one finding is
  accepted with a reason, and nothing else: the gate stays shut for the rest.

  Background:
    Given a config tree backed up at 09:00
    And a made-up token in a context file that blocks the sync

  Rule: What is accepted blocks no more, and is not forgotten

    Scenario: The sync goes
      When a person accepts the finding because it is "made up for a test"
      And the schedule asks for a sync at 10:00
      Then the sync is done
      And the commit says of itself:
        """
        1 accepted
        """

    Scenario: The file changes around it
      Given the finding was accepted
      When lines are added above the token
      And the schedule asks for a sync at 10:00
      Then the sync is done

  Rule: It is that one value and no other

    Scenario: Another token takes its place
      Given the finding was accepted
      When the token is replaced by another one
      And the schedule asks for a sync at 10:00
      Then the sync is blocked

  Rule: Agents cannot accept

    Scenario: A list of acceptances appears in the tree
      When a list that accepts the finding appears in the tree
      And the schedule asks for a sync at 10:00
      Then the sync is blocked

    Scenario: A script does not confirm
      When a script accepts the finding without confirming
      Then the exit code is 2
      And it says "add --yes in a script"
      And nothing is accepted

  Rule: Some things cannot be accepted

    Scenario: A file that nobody could judge
      Given the scanner for secrets cannot be loaded
      When a person accepts the finding because it is "in the way"
      And a person asks for a sync at 10:00
      Then the sync is blocked

  Rule: The list stays short

    Scenario: The value is gone
      Given the finding was accepted
      When the token is taken out
      And a person prunes the accepted findings
      Then no finding is accepted
