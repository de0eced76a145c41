Feature: From a remote to a working config tree
  The machine is gone, and all that is left is the repository. One command brings the tree back to where this machine
  keeps it, proves it first, and goes on with the backup as if nothing had happened.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to
    And the old machine is lost

  Rule: One address is enough

    Scenario: the tree stands on the new machine as it was
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And it says "if that machine is still in use, --another-machine"
      And the new machine has the lost tree, byte for byte
      And the next sync there has nothing to do

    Scenario Outline: <how>
      Given the remote is <what>
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And the new machine has the lost tree, byte for byte

      Examples:
        | how                            | what                       |
        | a branch that is called master | on a branch master         |
        | a HEAD that leads nowhere      | one whose HEAD is dangling |
        | a bundle on a stick            | a bundle                   |

    Scenario: what this machine changes goes on to the same branch
      When a new machine is brought up from the remote
      And "AGENTS.md" is edited there and synced
      Then the remote's branch main has the edit after the old machine's commits

    Scenario: it stood in a home of another name
      When a new machine whose home is called "maria" is brought up from the remote
      Then the bootstrap is done
      And nothing in the settings there names the old home

  Rule: What was there before the backup is not lost

    Scenario: OpenCode was started before
      Given the new machine has OpenCode's own first files
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And the new machine has the lost tree, byte for byte

    Scenario: files of a person are not overwritten unasked
      Given the new machine has "AGENTS.md", saying "mine"
      When a new machine is brought up from the remote
      Then the bootstrap is blocked
      And it says "add --yes"
      And the new machine has "AGENTS.md", saying "mine"

    Scenario: they can be had back
      Given the new machine has "AGENTS.md", saying "mine"
      When a new machine is brought up from the remote, come what may
      And the restore there is taken back
      Then the new machine has "AGENTS.md", saying "mine"

    Scenario: a machine with a backup of its own keeps it
      Given the new machine has a backup of its own
      When a new machine is brought up from the remote
      Then the bootstrap is blocked, and it says "has a backup of its own already"

  Rule: It can be run again

    Scenario: the second time changes nothing
      When a new machine is brought up from the remote
      And a new machine is brought up from the remote
      Then there is nothing left to bring up
      And nothing was written there

    Scenario: people can look first
      When a person asks what bringing up a new machine would do
      Then the bootstrap would be done
      And nothing was written there

    Scenario: the remote goes away in the middle
      Given the remote breaks off in the middle
      When a new machine is brought up from the remote
      Then the bootstrap fails
      And the new machine has no config tree

    Scenario: it goes on once the remote answers again
      Given the remote broke off in the middle of the bootstrap
      When the remote answers again
      And a new machine is brought up from the remote
      Then the bootstrap is done, and the new machine has the lost tree, byte for byte

  Rule: Where there are several backups, a person says which

    Scenario: nobody is there to ask
      Given another machine has a backup on the same remote, on the branch "desk"
      When a new machine is brought up from the remote
      Then the bootstrap is blocked, and it says "--branch="
      When a new machine is brought up from the branch "main" of the remote
      Then the bootstrap is done, and the new machine has the lost tree, byte for byte

  Rule: Two machines that live use two branches

    Scenario: the old machine goes on
      When a second machine is brought up from the remote
      Then the bootstrap is done
      And the new machine has the lost tree, byte for byte
      And the remote has a branch for each machine, and main is as it was

    @sweep
    Scenario: a third one begins with the branch that is named, and takes one that is free
      Given another machine has the branch that this host would take
      When a second machine is brought up from the branch "main" of the remote
      Then the bootstrap is done, and the new machine has the lost tree, byte for byte
      When a second machine is brought up from the branch "main" of the remote
      Then there is nothing left to bring up

  Rule: What started syncs before starts them again

    @sweep
    Scenario: the plugin comes with this machine's paths
      Given the old machine had the plugin
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And OpenCode there has the plugin of this machine
      And the next sync there has nothing to do

    Scenario: so does the schedule
      Given the old machine had a schedule of every 15 minutes
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And the crontab there runs the sync every 15 minutes

    Scenario Outline: so does <what>, by this machine's own systemd
      Given the old machine had <what>
      And the new machine has systemd
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And systemd there starts <what>

      Examples:
        | what                      |
        | a timer for every 2 hours |

      @sweep
      Examples:
        | what        |
        | the watcher |

    @sweep
    Scenario: where one cannot be installed, the rest is there, and the way on is told
      Given the old machine had a timer for every 2 hours
      And the new machine has no systemd
      When a new machine is brought up from the remote
      Then the bootstrap is incomplete, and it says "use install-cron"
      And the new machine has the lost tree, byte for byte

    Scenario Outline: or not, if nobody wants them: <what>
      Given the old machine had <what>
      And the new machine has systemd
      When a new machine without triggers is brought up from the remote
      Then the bootstrap is done, and it says "not installed, as you asked: <told>"
      And nothing starts a sync there

      Examples:
        | what                           | told                                              |
        | the plugin                     | the plugin: `autosync install-hook`               |

      @sweep
      Examples:
        | what                           | told                                              |
        | a schedule of every 15 minutes | cron (*/15 * * * *): `autosync install-cron`      |
        | a timer for every 2 hours      | a timer (every 2 hours): `autosync install-timer` |
        | the watcher                    | the watcher: `autosync watch --install`           |

  Rule: A remote may be poisoned

    Scenario Outline: <what>
      Given the remote holds <what>
      When a new machine is brought up from the remote
      Then the bootstrap is refused
      And the new machine has no config tree

      Examples:
        | what                              |
        | a folder .git inside the tree     |
        | nothing but a forged manifest     |

      @sweep
      Examples:
        | what                              |
        | a tree that unfolds without end   |
        | a name that leads out of the tree |
        | more than a config tree can be    |
        | a file that unfolds without end   |

    Scenario: a link out of the tree stays a link, and nothing is written through it
      Given the remote holds a link out of the tree
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And nothing outside its places was written there

    Scenario: what its newest commit says of the old machine is nonsense
      Given the remote's newest commit says nonsense of the old machine
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And the new machine has the lost tree, byte for byte

    Scenario: what a person changed there by hand comes as it is there
      Given somebody changed "AGENTS.md" on the remote by hand
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And the new machine has "AGENTS.md", saying "# By hand"

    Scenario: a secret on the remote is told, and comes back with the rest
      Given the remote holds a secret that was accepted once
      When a new machine is brought up from the remote
      Then the bootstrap is done
      And it says "change it where it is used"
      And the secret is in no word that was said

  Rule: An address at which there is no backup is called what it is

    Scenario Outline: <address>
      Given a config tree in "~/elsewhere"
      When a person runs `autosync bootstrap <address>`
      Then the exit code is <code>
      And it says "<words>", and what to do next

      Examples:
        | address                | code | words                                    |
        | ~/elsewhere            | 1    | is a folder, and no git repository       |
        | ~/elsewhere/AGENTS.md  | 1    | is a file, and no git bundle             |
        | ~/elswhere             | 1    | is not there                             |
        | htps://host/me/b.git   | 2    | htps:// is not allowed                   |
        | https:/host/me/b.git   | 2    | after https: come two slashes            |
        | https://nosuch.invalid | 1    | Could not resolve host                   |
