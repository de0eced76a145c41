Feature: Bringing files back
  On the day a file is gone, or an agent has spoiled it, people want it back as it was, at once, and without losing
  what stands there now.

  Background:
    Given a config tree backed up at 09:00

  Rule: What is gone comes back

    Scenario: one file
      When "context/stack.md" is deleted
      And "README.md" is deleted
      And a person restores "context/stack.md"
      Then the restore is done
      And the config tree has "context/stack.md", but no "README.md"

    Scenario: a folder
      When "context" is deleted
      And a person restores "context"
      Then the restore is done
      And the backup equals the config tree

    Scenario Outline: what the pattern <pattern> matches
      When "context/stack.md" is deleted
      And "AGENTS.md" is deleted
      And a person restores "<pattern>"
      Then the config tree has "context/stack.md", but no "AGENTS.md"

      Examples:
        | pattern      |
        | context/*.md |
        | st?ck.md     |
        | con*         |

    Scenario: a name that could be a pattern
      Given the config tree has these as well:
        | plan[1].md | a file of mode 644 |
        | plan1.md   | a file of mode 644 |
      And a person asks for a sync at 09:01
      When the config tree is lost
      And a person restores "plan[1].md"
      Then the config tree has "plan[1].md", but no "plan1.md"

    Scenario: everything, after the whole tree was lost
      When the config tree is lost
      And a person restores everything
      Then the restore is done
      And the backup equals the config tree

    Scenario: permissions, links and empty folders as well
      Given the config tree has these as well:
        | bin/check        | a file of mode 700     |
        | context/rules.md | a link to ../AGENTS.md |
        | plugin           | an empty folder        |
      And a person asks for a sync at 09:01
      When the config tree is lost
      And a person restores everything
      Then the config tree has these:
        | bin/check        | a file of mode 700     |
        | context/rules.md | a link to ../AGENTS.md |
        | plugin           | an empty folder        |

  Rule: Any backup that was ever made can be asked for

    Scenario Outline: the file as it was <when>
      Given "context/stack.md" says "second version" and a person asks for a sync at 10:00
      And "context/stack.md" says "third version"
      When a person restores "context/stack.md" as it was <when>
      Then the restore is done
      And the config tree has "context/stack.md", saying "<text>"

      Examples:
        | when     | text                         |
        | at 09:30 | # Stack\n\nPython 3.12, pytest. |
        | at 10:30 | second version               |

    Scenario: the ways to say when
      Given "context/stack.md" says "second version" and a person asks for a sync at 10:00
      And "context/stack.md" says "third version" and a person asks for a sync at 11:00
      And "context/stack.md" says "not backed up"
      When a person asks at 11:30 what restoring "context/stack.md" would do, it says:
        | at                         | told                                 |
        | now                        | of 2026-01-05 11:00                  |
        | 2026-01-05                 | of 2026-01-05 11:00                  |
        | 2026-01-05 09:30           | of 2026-01-05 09:00                  |
        | 2026-01-05T10:30:00Z       | of 2026-01-05 10:00                  |
        | 2026-01-05 10:00:00.5      | of 2026-01-05 10:00                  |
        | 2026-01-05 11:30+01:00     | of 2026-01-05 10:00                  |
        | 2026-01-05 11:30 +0100     | of 2026-01-05 10:00                  |
        | 45m                        | of 2026-01-05 10:00                  |
        | 1 hour ago                 | of 2026-01-05 10:00                  |
        | 2 hours ago                | of 2026-01-05 09:00                  |
        | main                       | of 2026-01-05 11:00                  |
        | main~1                     | of 2026-01-05 10:00                  |
        | HEAD^                      | of 2026-01-05 10:00                  |
        | yesterday                  | there was no backup yet              |
        | 1d                         | there was no backup yet              |
        | 2026-01-04                 | there was no backup yet              |
        | 2026-13-01                 | no time that there is                |
        | 2026-01-05 25:00           | no time that there is                |
        | 1969-12-31                 | is before 1970 next: write it as     |
        | 99999 days ago             | is before 1970                       |
        | 5/1/2026                   | neither a time nor a commit          |
        | main..x                    | neither a time nor a commit          |
        | main.                      | neither a time nor a commit          |
        | main/                      | neither a time nor a commit          |
        | -x                         | neither a time nor a commit          |
        | ABCDEF12                   | the backup has no commit             |
      And a person asks at 00:30 tomorrow what restoring "context/stack.md" would do, it says:
        | at                         | told                                 |
        | yesterday                  | of 2026-01-05 11:00                  |

    Scenario: a time is that of the clock on the wall, as it was that day
      Given the environment says TZ is "CET-1CEST,M3.5.0,M10.5.0/3"
      And "context/stack.md" says "second version" and a person asks for a sync at 10:00 in 181 days
      When a person runs `autosync restore --check context/stack.md --at="2026-07-05 11:30"`
      Then it says "of 2026-01-05 10:00"
      And the exit code is 5

    Scenario: a file that was not there yet is found where it came in
      Given "context/later.md" says "written later" and a person asks for a sync at 10:00
      When a person restores "context/later.md" as it was at 09:30
      Then the restore is refused
      And it says "it came into the backup with"
      And it does not say "it left the backup with"

    Scenario: a file that left the backup is found where it was last
      Given "context/stack.md" is deleted
      And a person asks for a sync at 10:00
      When a person restores "context/stack.md"
      Then the restore is refused
      And it says "it left the backup with", and what to do next

    Scenario Outline: <file>, which no backup takes
      Given "<file>" says "x"
      When a person restores "<file>"
      Then the restore is refused
      And it says "files such as <why>", and what to do next

      Examples:
        | file      | why                                   |
        | .env      | .env are never copied into a backup   |
        | debug.log | *.log are of low priority             |

    Scenario: the backups that changed what a pattern matches, though nothing of it is left
      Given "context/stack.md" is deleted
      And a person asks for a sync at 10:00
      And "AGENTS.md" says "another file" and a person asks for a sync at 11:00
      When a person lists the backups of "context/*ck.md"
      Then 2 backups are named

    Scenario: the versions of one file
      Given "context/stack.md" says "second version"
      And a person asks for a sync at 10:00
      And "AGENTS.md" says "another file" and a person asks for a sync at 11:00
      When a person lists the backups of "context/stack.md"
      Then 2 backups are named

  Rule: Everything at once is not overwritten unasked

    Scenario: nobody is there to ask
      When "AGENTS.md" says "An edit of this morning"
      And a script restores everything
      Then the restore is blocked
      And the config tree has "AGENTS.md", saying "An edit of this morning"
      And it says "add --yes"

    Scenario: a person says no
      When "AGENTS.md" says "An edit of this morning"
      And a person is asked about restoring everything and says no
      Then the restore is not agreed to
      And nothing was written
      And the config tree has "AGENTS.md", saying "An edit of this morning"

    Scenario: a script that means it
      When "AGENTS.md" says "An edit of this morning"
      And a script restores everything, come what may
      Then the restore is done

    Scenario: nothing stands in the way
      When "context" is deleted
      And a script restores everything
      Then the restore is done
      And the backup equals the config tree

  Rule: People name things from where they stand

    Scenario: what a pattern matches there
      When "context/stack.md" is deleted
      And "README.md" is deleted
      And a person in the folder "context" restores "*.md"
      Then the config tree has "context/stack.md", but no "README.md"

    Scenario: a file beside them
      When "context/stack.md" is deleted
      And a person in the folder "context" restores "stack.md"
      Then the restore is done
      And the config tree has "context/stack.md"

  Rule: A new machine gets its tree from the backup

    Scenario: there is no config tree yet
      When the config tree is lost, and no setting says where it was
      And a script restores everything
      Then the restore is done
      And the backup equals the config tree

    Scenario: the backup was cloned with another branch checked out
      When the config tree is lost, and no setting says where it was
      And the backup is a clone that has only the remote's branch
      And a script restores everything
      Then the restore is done, and it says "has no branch main of its own"
      And the config tree has "context/stack.md"

  Rule: Nothing that stands there is lost

    Scenario: every restore can be taken back, one after the other
      When a person restores everything over "first" and over "second" in "AGENTS.md"
      And a person takes the restore back
      And a person takes the restore back
      Then the config tree has "AGENTS.md", saying "first"

    Scenario: a restore is named by the beginning of what it was saved as
      When a person restores everything over "first" and over "second" in "AGENTS.md"
      And a person takes the first restore back by its id
      Then the config tree has "AGENTS.md", saying "first"
      And no other id names one

    Scenario: an edit that was not backed up can be had back
      When "AGENTS.md" says "An edit of this morning"
      And a person restores everything
      And a person takes the restore back
      Then the config tree has "AGENTS.md", saying "An edit of this morning"

    Scenario: a folder that stood in a file's place can be had back
      When "context/stack.md" is deleted
      And "context/stack.md/python.md" says "Not backed up yet"
      And a person restores "context/stack.md"
      And a person takes the restore back
      Then the config tree has "context/stack.md/python.md", saying "Not backed up yet"

    Scenario: what a restore made goes with it when it is taken back
      When "README.md" is deleted
      And a person restores everything
      And a person takes the restore back
      Then the config tree has no "README.md"

    Scenario: files that the backup does not know stay
      When "context/new.md" says "Not backed up yet"
      And "context/stack.md" is deleted
      And a person restores everything
      Then the restore is done
      And the config tree has "context/new.md", saying "Not backed up yet"

    Scenario: a secret that stands there never gets into the backup
      When a secret gets into a context file and a person asks for a sync at 09:01, which is blocked
      And "context/stack.md" says the secret
      And a person restores "context/stack.md"
      Then the restore is done
      And nothing of the secret is anywhere outside the config tree

    Scenario: whatever stands in the way
      Given files, folders and links of every kind are backed up, and something else stands in the place of each
      When a person restores everything
      Then the restore is done
      And all that was recorded stands there as it was
      And it says:
        | 10 paths restored                                                     |
        | what stood at README.md was set aside as README.md.before-restore-0   |
        | what stood at docs/deep was set aside as docs/deep.before-restore-    |
        | what stood at empty was set aside as empty.before-restore-            |

    Scenario: whatever stood in the way is had back, but for what was edited since
      Given files, folders and links of every kind are backed up, and something else stands in the place of each
      And a person restores everything
      When a person edits "context/stack.md" and takes the restore back
      Then it says "context/stack.md was changed since it was restored; it stays"
      And but for "context/stack.md" all stands there as it did before

  Rule: Nothing is written through a link

    Scenario: a folder that is a link now
      When "context" leads to a folder elsewhere
      And a person restores everything
      Then the restore is blocked
      And the folder elsewhere is as it was
      And it says what to do next

  Rule: People can look first

    Scenario: nothing is written
      When "context/stack.md" is deleted
      And a person asks what restoring everything would do
      Then the restore would be done
      And nothing was written
      And the config tree has no "context/stack.md"

    Scenario: there may be nothing to do
      When a person restores everything
      Then there is nothing to restore
      And nothing was written

    Scenario: each path has a sign that says what would be done
      Given files, folders and links of every kind are backed up, and something else stands in the place of each
      When a person asks what restoring everything would do
      Then the restore would be done
      And it says:
        | would restore: 10 paths |
        | ~ AGENTS.md             |
        | x agent                 |
        | x bin/check             |
        | + context/stack.md      |
        | T README.md             |
        | T docs/a.md             |
        | T docs/deep             |
        | T docs/l                |
        | T empty                 |

    Scenario: a name that is wrong
      When a person asks what restoring each of these would do, it says:
        | name                 | told                                             |
        | contxt/stack.md      | not there; the nearest is context/stack.md       |
        | elsewhere/stack.md   | not there; the nearest is context/stack.md       |
        | agent/revewer.md     | not there; the nearest is agent/reviewer.md      |
        | context/old.md       | not there; the nearest is context/stack.md       |
        | zzz                  | zzz: not there next: name a path as it lies      |
        | ../x                 | ../x lies outside the source                     |
        | /etc/passwd          | /etc/passwd lies outside the source              |
        | context/../AGENTS.md | context/../AGENTS.md has `..` in it              |
        | ./AGENTS.md          | 1 path as in                                     |
        | context//stack.md    | 1 path as in                                     |
        | bin/                 | 2 paths as in                                    |

  Rule: Another folder is never overwritten

    Scenario: an empty one gets everything
      When a person restores everything into another folder
      Then the restore is done
      And the other folder equals the config tree

    Scenario: one with a file of its own
      Given the other folder has "README.md", saying "mine"
      When a person restores everything into another folder
      Then the restore is blocked
      And the other folder has only "README.md", saying "mine"

    Scenario: one with a folder in a file's place
      Given the other folder has "README.md/plan", saying "mine"
      When a person restores everything into another folder
      Then the restore is blocked
      And the other folder has only "README.md/plan", saying "mine"
