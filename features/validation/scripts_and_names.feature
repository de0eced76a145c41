Feature: Scripts that cannot run, names and modes that surprise, and merges that were left unfinished
  They are told with the line or the bit that is meant; only a file that its reader cannot read blocks.

  Background:
    Given a config tree backed up at 09:00

  Rule: A script that cannot run is told

    Scenario: first lines and modes
      When these files appear:
        | file        | mode | holds                                    | told             |
        | bin/a       | 755  | #!/bin/sh\ntrue\n                        | nothing          |
        | bin/b       | 644  | #!/bin/sh\ntrue\n                        | EXE003 in line 1 |
        | bin/c       | 755  | true\n                                   | EXE004 in line 1 |
        | bin/d       | 755  | #!/bin/sh\r\ntrue\n                      | EXE005 in line 1 |
        | bin/e       | 755  | #!/usr/bin/env python3\n\nprint(\n       | EXE002 in line 3 |
        | bin/f.py    | 644  | print(\n                                 | EXE002 in line 1 |
        | lib/g.py    | 644  | print(\n                                 | nothing          |
        | bin/o.py    | 644  | print("\\d")\n                           | nothing          |
        | lib/h       | 644  | #!/usr/bin/python\nprint(\n              | EXE002 in line 2 |
        | lib/i.sh    | 644  | \nif true\n                              | EXE001 in line 3 |
        | lib/j       | 644  | #!/bin/bash\nif true\n                   | EXE001           |
        | lib/k.bash  | 644  | if true\n                                | EXE001           |
        | lib/k       | 644  | #!/usr/bin/perl\nif true\n               | nothing          |
        | lib/l.txt   | 644  | if true\n                                | nothing          |
        | a/bin/m     | 755  | true\n                                   | nothing          |
        | .opencode/bin/n | 755 | true\n                                | EXE004           |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

  Rule: Names and modes are told

    Scenario: what belongs where
      When these files appear:
        | file             | mode | holds | told    |
        | context/a.md     | 755  | x     | STR001  |
        | docs/b.md        | 755  | x     | nothing |
        | agent/Notes.txt  | 644  | x     | nothing |
        | context/c.md     | 646  | x     | FS005   |
        | context/d.md     | 664  | x     | nothing |
        | context/e.md     | 4644 | x     | FS001   |
        | context/f.md     | 1666 | x     | FS001   |
        | bin/g.md         | 644  | x     | STR002  |
        | bin/README.md    | 644  | x     | nothing |
        | docs/h i.md      | 644  | x     | STR003  |
        | docs j/k.md      | 644  | x     | nothing |
        | command/DoIt.md  | 644  | x     | STR004  |
        | command/do-it.md | 644  | x     | nothing |
        | command/README.md | 644 | x     | nothing |
        | command/a b.md   | 644  | x     | STR003  |
        | docs/L.md        | 644  | x     | FS008   |
        | docs/l.md        | 644  | x     | FS008   |
        | docs/é.md        | 644  | x     | FS008   |
        | docs/é.md       | 644  | x     | FS008   |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

    Scenario: where links lead
      When these files appear:
        | file          | holds             | told    |
        | context/out   | → /etc/hostname   | FS006   |
        | context/up    | → ../../elsewhere | FS006   |
        | context/lost  | → nowhere.md      | FS007   |
        | context/there | → stack.md        | nothing |
        | context/here  | → ..              | nothing |
        | context/full  | → ~/.config/opencode/AGENTS.md | nothing |
        | plugin/odd.ts | → <<<<<<<\n=======\n>>>>>>> | FS007 |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

  Rule: A merge that was left unfinished blocks where a program reads it

    Scenario: the three markers in order
      When these files appear:
        | file            | holds                                                          | told             |
        | lib/a.sh        | #!/bin/sh\n<<<<<<< HEAD\n=======\n>>>>>>> other\n              | MRG001 in line 2, EXE001 in line 2 |
        | plugin/b.ts     | let a\n\n<<<<<<< HEAD\n=======\n>>>>>>> other\n                | MRG001 in line 3 |
        | plugin/c.TS     | <<<<<<<\r\n=======\r\n>>>>>>>\r\n                              | MRG001 in line 1 |
        | plugin/d.ts     | <<<<<<< HEAD\n>>>>>>> other\n                                  | nothing          |
        | plugin/e.ts     | =======\n<<<<<<< HEAD\n>>>>>>> other\n                         | nothing          |
        | plugin/f.ts     | =======\n>>>>>>> other\n                                       | nothing          |
        | plugin/g.ts     | <<<<<<< a\n=======\n<<<<<<< b\n>>>>>>> c\n                     | nothing          |
        | plugin/h.ts     | // <<<<<<< HEAD\n// =======\n// >>>>>>> other\n                | nothing          |
        | notes/i.txt     | <<<<<<< HEAD\n=======\n>>>>>>> other\n                         | nothing          |
        | docs/j.md       | # Merging\n\n<<<<<<< HEAD\n=======\n>>>>>>> other\n            | nothing          |
        | docs/k.md       | ---\ntitle: x\n---\n<<<<<<< HEAD\n=======\n>>>>>>> other\n     | nothing          |
        | docs/l.md       | ---\n<<<<<<< HEAD\n=======\n>>>>>>> other\n---\n               | MRG001 in line 2 |
        | docs/m.md       | <<<<<<< HEAD\n---\n=======\n>>>>>>> other\n---\n               | nothing          |
        | docs/n.md       | <<<<<<< HEAD\n=======\n>>>>>>> other\n                         | MRG001 in line 1 |
        | docs/o.mdx      | ---\n<<<<<<< HEAD\n=======\n>>>>>>> other\n                    | MRG001 in line 2 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says
