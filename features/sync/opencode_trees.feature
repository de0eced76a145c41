Feature: The trees that OpenCode makes
  OpenCode 1, OpenCode 2 and the months between them leave different files in the same folder, some of them secret. The
  first sync needs no settings for any of them.

  Rule: What the person made is backed up, what is secret is not

    Scenario Outline: a tree <kind>
      Given a config tree <kind>
      When a person asks for a sync
      Then the sync is done
      And no login, password or account of it is anywhere outside the config tree
      And everything else of it is in the backup

      Examples:
        | kind                        |
        | as OpenCode 2 leaves it     |
        | in migration from 1 to 2    |

  Rule: OpenCode's own program is no config tree

    Scenario: the installer was there, and the tree lies in the config folder
      Given a config tree
      And OpenCode's installer alone has been in "~/.opencode"
      When a person asks for a sync
      Then the sync is done
      And the backup equals the config tree

    Scenario: the installer alone was there
      Given no config tree
      And OpenCode's installer alone has been in "~/.opencode"
      When a person asks for a sync
      Then the sync is refused, and it says "holds only OpenCode's own program"
      And there is no backup

  Rule: A recorded tree that turns out to be the wrong one of the two is noticed

    Background:
      Given a config tree
      And OpenCode's installer alone has been in "~/.opencode"
      And the person once said that "~/.opencode" is the config tree

    Scenario: it is told by each sync that does something
      When a person asks for a sync
      Then the sync is done
      And it says ".opencode holds only OpenCode's own program"
      And it says "names the other place"

    Scenario: it is not called protected
      When a person asks for the status
      Then the verdict is "not protected"
      And it says "names the other place"
