Feature: Links and names
  Agents and people put anything into a folder. Whatever a file is called and wherever a link points, the backup
  holds the same bytes under the same name.

  Background:
    Given a config tree

  Rule: A link is stored as a link, wherever it points

    Scenario Outline: a link to <target>
      When "context/link.md" is a link to "<target>"
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds "context/link.md" as a link to "<target>"

      Examples:
        | target        |
        | stack.md      |
        | nowhere.md    |
        | link.md       |
        | ../..         |
        | /etc/passwd   |

    Scenario: a link out of the tree is worth a look
      Given "context/link.md" is a link to "/etc/passwd"
      And a person asks for a sync at 09:10
      When a person asks for the status at 09:11
      Then the verdict is "attention"
      And it says "a link out of the tree: kept as a link, without what it points to"

  Rule: A name is bytes

    Scenario: names that break scripts
      When files with these names:
        | context/-rf               |
        | context/a:b               |
        | context/with space        |
        | context/"quoted"          |
        | context/'single'          |
        | context/new\nline         |
        | context/tab\there         |
        | context/back\\slash       |
        | context/not-utf8-\xff\xfe |
        | context/\xe4\xb8\xad.md   |
        | context/CASE              |
        | context/case              |
        | context/[/bold]           |
        | context/*                 |
        | context/#hash             |
        | context/!bang             |
        | context/\x1b[31mred       |
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree
      And the backup's work tree shows the same

    Scenario: names near the system's limit
      When a file name of 250 letters
      And a path of more than 3500 letters
      And a person asks for a sync at 09:10
      Then the sync is done
      And the backup holds all 8 files

  Rule: Git's own files in the tree are only files

    Scenario: what OpenCode tells git to ignore
      When ".gitignore" says "node_modules\npackage.json\nbun.lock\n.gitignore\n"
      And "package.json" says "{}\n" and a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree, and so does its work tree

    Scenario: what a person tells git to rewrite
      When ".gitattributes" says "* text eol=crlf ident\n*.md filter=evil\n"
      And "context/windows.md" says "one\r\ntwo $Id$\r\n" and a person asks for a sync at 09:10
      Then the sync is done
      And the backup equals the config tree, and so does its work tree

    Scenario: a name that no repository may hold
      When "context/.GIT" says "odd"
      And a person asks for a sync at 09:10
      Then the sync is incomplete
      And "context/.GIT" is left out: name git refuses

  Rule: The person's own git settings change nothing

    Scenario: hooks, signing, line ends, no identity, a hook that calls
      Given a machine whose git settings are hostile
      When "context/windows.md" says "one\r\ntwo\r\n"
      And a person asks for a sync at 09:10
      Then the sync is done, and the backup equals the config tree
      And no foreign command ran
