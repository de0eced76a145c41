Feature: The schedule by a timer
  On a machine with systemd the timer is the better schedule: it makes up for runs that were missed while the
  machine was off, and its failures are listed with all others.

  Background:
    Given a machine whose systemd answers
    And a config tree that is backed up

  Rule: Installing, again, and removing

    Scenario: first time
      When the timer is installed
      Then the sync runs once an hour, also after a time when the machine was off
      And it is told that it runs only while the user is logged in, and how to change that

    Scenario: second time
      Given the timer is installed
      When the timer is installed
      Then nothing has changed

    Scenario: someone stopped it by hand
      Given the timer is installed
      And the timer was stopped by hand
      When the timer is installed
      Then the timer runs

    Scenario: remove
      Given the timer is installed
      When the timer is removed
      Then nothing of the timer is left

  Rule: Where it cannot work it says so, and writes nothing

    Scenario: no systemd
      Given a machine without systemd
      When the timer is installed
      Then the installation fails and names cron instead
      And nothing has changed
