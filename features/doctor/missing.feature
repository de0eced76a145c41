Feature: What no backup could bring
  A tree that is back is not yet a working one: keys were never copied, programs are not installed, variables are not
  set. What is still missing is a list that a person can work off, each with its remedy.

  Rule: Each thing is named with what mends it, and never a value

    Scenario Outline: <thing>
      Given a config tree that needs <thing>
      And it is backed up
      When another machine gets it back
      Then it is told that <name> is missing, and the remedy is "<remedy>"

      Examples:
        | thing                                | name             | remedy                 |
        | a file of secrets                    | .env             | write its variables    |
        | a login of OpenCode                  | auth.json        | opencode auth login    |
        | a private key                        | deploy.pem       | from where you keep it |
        | a variable in opencode.json          | MY_SERVICE_URL   | export MY_SERVICE_URL  |
        | a program that an MCP server is      | no-such-server   | install it             |
        | a link to a folder of that machine   | context/shared   | bring that             |
        | a skill that agents share            | ~/.agents/skills/changelog | restore --outside      |
        | a config file from elsewhere         | opencode.json    | FOLLOW_CONFIG=FILE     |

      @sweep
      Examples:
        | thing                                | name             | remedy                 |
        | a package of a plugin                | left-pad         | start OpenCode once    |
        | a script of an unusual interpreter   | no-such-shell    | install it             |
        | a file that opencode.json names      | ~/.keys/service  | from where you keep it |
        | a program that a formatter is        | no-such-format   | install it             |

    Scenario: a machine that has all of it is told nothing
      Given a config tree that is backed up
      When the tree is lost and brought back
      Then nothing is told to be missing

    Scenario: a key that stands where the name of a variable belongs
      Given a config tree that needs a key in the place of a variable's name
      When the doctor looks
      Then the exit code is 1
      And it says "export [withheld]"
      And nothing of the secret is anywhere outside the config tree

    @sweep
    Scenario: the doctor says it too
      Given a config tree that needs a program that an MCP server is
      And it is backed up
      When the doctor looks
      Then no check fails
      And it says "no-such-server"
