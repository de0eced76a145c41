Feature: What is told of a name, a mode, a link, and of a merge that was left unfinished
  A name that nobody sees whole, a file that everybody can write, a link that leads to another machine's nowhere: none of
  it stops OpenCode, so all of it only warns. Only a file that its reader cannot read as it is blocks.

  Rule: Modes, owners and sizes

    Scenario: which bits are told
      Then of one file alone this is told, with line and column:
        | file      | mode | owner   | holds              | told                                              |
        | docs/a.md | 644  |         | x                  |                                                   |
        | docs/a.md | 664  |         | x                  |                                                   |
        | docs/a.md | 646  |         | x                  | FS005 0:0 The mode is 0646.                       |
        | docs/a.md | 602  |         | x                  | FS005 0:0 The mode is 0602.                       |
        | docs/a.md | 604  |         | x                  |                                                   |
        | docs/a.md | 605  |         | x                  |                                                   |
        | docs/a.md | 647  |         | x                  | FS005 0:0 The mode is 0647.                       |
        | docs/a.md | 4644 |         | x                  | FS001 0:0 The mode is 4644.                       |
        | docs/a.md | 2644 |         | x                  | FS001 0:0 The mode is 2644.                       |
        | docs/a.md | 1644 |         | x                  | FS001 0:0 The mode is 1644.                       |
        | docs/a.md | 1646 |         | x                  | FS001 0:0 The mode is 1646.                       |
        | docs/a.md | 2646 |         | x                  | FS001 0:0 The mode is 2646.; FS005 0:0 The mode is 2646. |
        | docs/a.md | 644  | another | x                  | FS002 0:0 The path belongs to another user.       |
        | docs/a.md | 646  | another | x                  | FS002 0:0 The path belongs to another user.; FS005 0:0 The mode is 0646. |
        | docs/a.md | 777  |         | → b.md             | FS007 0:0 The link's target is not in the tree.   |
        | docs/a    | 644  |         | TIMES(10485760, x) |                                                   |
        | docs/a    | 644  |         | TIMES(10485761, x) | FS004 0:0 The file has 10 MB.                     |
        | docs/a    | 644  |         | TIMES(11500000, x) | FS004 0:0 The file has 12 MB.                     |
        | docs/a    | 777  |         | → TIMES(10485761, x) | FS007 0:0 The link's target is not in the tree. |

  Rule: A name is whole, and the only one of its kind

    Scenario: what cannot be seen in it
      Then of one file alone this is told, with line and column:
        | file                      | holds | told                                                                        |
        | docs/a b.txt              | x     | STR003 0:0 The name holds a space.                                          |
        | docs/é😀.md               | x     |                                                                             |
        | docs/a\xc2\xa0b.md        | x     |                                                                             |
        | docs/a\xee\x80\x80b.md    | x     |                                                                             |
        | docs/a\xe2\x80\x8bb.md    | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a�b.md        |
        | docs/a\xe2\x80\xaeb.md    | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a�b.md        |
        | docs/a\xe2\x80\xa8b.md    | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a�b.md        |
        | docs/a\xe2\x80\xa9b.md    | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a�b.md        |
        | docs/a\x01b\x7f.md        | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a�b�.md       |
        | docs/a\x09b.md            | x     | FS003 0:0 The name holds characters that cannot be seen: docs/a b.md        |
        | \x01TIMES(79, x)          | x     | FS003 0:0 The name holds characters that cannot be seen: �TIMES(79, x)      |
        | \x01TIMES(80, x)          | x     | FS003 0:0 The name holds characters that cannot be seen: �TIMES(78, x)…     |
        | docs/a\xff.md             | x     | FS009 0:0 The name is not UTF-8.                                            |
        | docs/\xed\xa0\x80\x01.md  | x     | FS009 0:0 The name is not UTF-8.                                            |

    Scenario: another that differs only in case or form
      Then of one file alone this is told, with line and column:
        | file        | beside                   | holds | told                                                    |
        | docs/A.md   | docs/a.md                | x     | FS008 0:0 Differs only in case or form from docs/a.md.  |
        | docs/a.md   | docs/A.md                | x     | FS008 0:0 Differs only in case or form from docs/A.md.  |
        | docs/a.md   | DOCS/A.MD, Docs/a.md     | x     | FS008 0:0 Differs only in case or form from DOCS/A.MD.  |
        | docs/a.md   | Docs/a.md, DOCS/A.MD     | x     | FS008 0:0 Differs only in case or form from DOCS/A.MD.  |
        | docs/a.md   | docs/b.md, docs/a.mdx    | x     |                                                         |
        | docs/a.md   | xdocs/a.md, docs/a.md/x  | x     |                                                         |
        | docs/a.md   | nothing, Docs/A.md       | x     | FS008 0:0 Differs only in case or form from Docs/A.md.  |
        | docs/a.md   | docs/é.md, docs/b.md     | x     |                                                         |
        | docs/a.md   | docs/é.md, docs/A.md     | x     | FS008 0:0 Differs only in case or form from docs/A.md.  |
        | docs/é.md   | docs/É.md                | x     | FS008 0:0 Differs only in case or form from docs/É.md.  |
        | docs/é.md   | docs/e.md                | x     |                                                         |
        | docs/e\xcc\x81.md | docs/é.md          | x     | FS008 0:0 Differs only in case or form from docs/é.md.  |
        | docs/E\xcc\x81.md | docs/é.md          | x     | FS008 0:0 Differs only in case or form from docs/é.md.  |
        | docs/STRASSE.md | docs/straße.md       | x     | FS008 0:0 Differs only in case or form from docs/straße.md. |
        | docs/k.md   | docs/K.md                | x     | FS008 0:0 Differs only in case or form from docs/K.md.  |

    Scenario: another agent or skill of the same name, in a tree of OpenCode's
      Then of one file alone this is told, with line and column:
        | agent    | file                | beside                              | holds                              | told                                             |
        | opencode | agent/a.md          | agents/a.md                         | ---\ndescription: d\n---\n         | MDF006 0:0 agents/a.md has the same name.        |
        | opencode | skills/b/a/SKILL.md | skills/a/SKILL.md, skill/a/SKILL.md | ---\nname: a\ndescription: d\n---\n | MDF006 0:0 skill/a/SKILL.md has the same name.   |
        | opencode | skills/b/a/SKILL.md | skills/a/b/SKILL.md, agent/a.md     | ---\nname: a\ndescription: d\n---\n |                                                  |
        | opencode | docs/a.md           | agent/a.md, agents/a.md             | x                                  |                                                  |
        | claude   | skills/b/a/SKILL.md | skills/a/SKILL.md, skill/a/SKILL.md | ---\nname: a\ndescription: d\n---\n |                                                  |

  Rule: A link leads somewhere within the tree

    Scenario: where it leads
      Then of one file alone this is told, with line and column:
        | file       | beside        | the tree is in | holds               | told                                            |
        | a/link     | a/b.md        |                | → b.md              |                                                 |
        | a/link     | a/b.md        |                | → ../a/./b.md       |                                                 |
        | a/link     | a/b.md        |                | → a/b.md            | FS007 0:0 The link's target is not in the tree. |
        | a/link     | b.md          |                | → ../b.md           |                                                 |
        | a/link     | a/b, a/b/c.md |                | → b/                |                                                 |
        | a/link     |               |                | → ..                |                                                 |
        | a/link     |               |                | → gone.md           | FS007 0:0 The link's target is not in the tree. |
        | a/link     | nothing       |                | → gone.md           |                                                 |
        | a/link     |               |                | → ..gone            | FS007 0:0 The link's target is not in the tree. |
        | link       |               |                | → ..gone            | FS007 0:0 The link's target is not in the tree. |
        | link       |               |                | → ..                | FS006 0:0 The link leads out of the tree.       |
        | a/link     |               |                | → ../..             | FS006 0:0 The link leads out of the tree.       |
        | a/link     |               |                | → ../../a/b.md      | FS006 0:0 The link leads out of the tree.       |
        | a/link     | nothing       |                | → ../../b.md        | FS006 0:0 The link leads out of the tree.       |
        | a/link     | etc/b.md      |                | → /etc/b.md         | FS006 0:0 The link leads out of the tree.       |
        | a/link     | a/b.md        | /home/ana/tree | → /home/ana/tree/a/b.md |                                             |
        | a/link     |               | /home/ana/tree | → /home/ana/tree    |                                                 |
        | a/link     |               | /home/ana/tree | → /home/ana/tree/c.md | FS007 0:0 The link's target is not in the tree. |
        | a/link     |               | /home/ana/tree | → /home/ana/tree2/c.md | FS006 0:0 The link leads out of the tree.    |
        | a/link     |               | /home/ana/tree | → /home/ana         | FS006 0:0 The link leads out of the tree.       |

    Scenario: to accept one is not to accept another
      Then of these files and what becomes of them a finding is the same or another:
        | file      | holds       | then holds     | it is    |
        | a/link    | → /etc/a    | → /usr/b       | the same |
        | a/link    | → ../../a   | → ../../../b   | the same |
        | a/link    | → /etc/a    | → ../../a      | another  |
        | lib/a.ts  | <<<<<<< a\n=======\n>>>>>>> b | let x\n<<<<<<< c\ny\n=======\n>>>>>>> d | the same |

    Scenario: what a newer version accepts still
      Then what a person accepted by these fingerprints with an earlier version is accepted still:
        | file      | holds                         | accepted                |
        | a/link    | → /etc/a                      | FS006 b18041aa1c8497d9  |
        | a/link    | → ../../a                     | FS006 58c7d817b54c5394  |
        | a/link    | → gone                        | FS007 cab8946ec6529ce2  |
        | a/b.ts    | <<<<<<< a\n=======\n>>>>>>> b | MRG001 9d472a9eeb120135 |

  Rule: What cannot be copied is named, with what to do

    Scenario: why each is left out
      Then of what is left out this is told:
        | because             | more      | told                                                | to do                    |
        | special             | a FIFO    | Not in the backup: special (a FIFO).                | Move it out of the tree: only files, folders and links can be backed up. |
        | unreadable          | denied    | Not in the backup: unreadable (denied).             | Give yourself the permission to read it, or mend what the reason names. |
        | too large           |           | Not in the backup: too large.                       | Move it out of the tree, or raise the limit (`inv set-config MAX_FILE_SIZE=…`). |
        | moving              |           | Not in the backup: moving.                          | Nothing, if a program is writing to it: the next sync looks again. |
        | name git refuses    | a\x1b[31m | Not in the backup: name git refuses (a�[31m).       | Rename it: git refuses the name. |
        | reserved name       |           | Not in the backup: reserved name.                   | Remove it if a clone of the backup brought it along, else rename it: the name is taken. |
        | nested repository   |           | Not in the backup: nested repository.               | Nothing: the repository's files are backed up. Its history needs a backup of its own. |
        | protected           |           |                                                     |                          |

  Rule: A merge that was left unfinished is told where a program reads it

    Scenario: which files
      Then of these files with an unfinished merge from line 2 on it is told, or not:
        | file        | first line | told |
        | a/b.ts      | let a      | yes  |
        | a/b.mts     | let a      | yes  |
        | a/b.cts     | let a      | yes  |
        | a/b.js      | let a      | yes  |
        | a/b.mjs     | let a      | yes  |
        | a/b.cjs     | let a      | yes  |
        | a/b.py      | a = 1      | yes  |
        | a/b.sh      | true       | yes  |
        | a/b.bash    | true       | yes  |
        | a/b.json    | {          | yes  |
        | a/b.jsonc   | {          | yes  |
        | A/B.JSON    | {          | yes  |
        | a/b         | #!/bin/zsh | yes  |
        | a/b.txt     | #!/bin/zsh | yes  |
        | a/b         | words      | no   |
        | a/b.txt     | words      | no   |
        | a/b.ts.txt  | words      | no   |
        | a/b.ts/c    | words      | no   |
        | a/b.md      | ---        | yes  |
        | a/b.MD      | ---        | yes  |
        | a/b.mdx     | ---        | yes  |
        | a/b.md      | --- \\t    | yes  |
        | a/b.md      | ---\\r     | yes  |
        | a/b.md      | \xef\xbb\xbf--- | yes |
        | a/b.md      | --- x      | no   |
        | a/b.md      | ----       | no   |
        | a/b.md      | words      | no   |
        | a/b.md      | #!/bin/sh  | no   |
        | a/b.md      | <<<<<<< a  | yes  |

    Scenario: which marks, and where it begins
      Then of one file alone this is told, with line and column:
        | file   | holds                                                       | told |
        | a/b.ts | <<<<<<< a\n=======\n>>>>>>> b\n                             | MRG001 1:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | x\n<<<<<<<\\r\n=======\\r\n>>>>>>>\\r\n                     | MRG001 2:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | x\n<<<<<<<\ny\n=======\nz\n>>>>>>>                          | MRG001 2:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | <<<<<<< a\n\|\|\|\|\|\|\| o\n=======\n>>>>>>> b\n           | MRG001 1:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | <<<<<<< a\n<<<<<<< b\n=======\n>>>>>>> c\n                  | MRG001 2:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | <<<<<<< a\n=======\n<<<<<<< b\n=======\n>>>>>>> c\n         | MRG001 3:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | <<<<<<< a\n=======\n>>>>>>> b\n<<<<<<< c\n=======\n>>>>>>> d | MRG001 1:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | <<<<<<< a\n>>>>>>> b\n=======\n>>>>>>> c\n                  | MRG001 1:1 A merge conflict begins here and is not resolved. |
        | a/b.ts | >>>>>>> a\n=======\n<<<<<<< b\n                             |      |
        | a/b.ts | =======\n<<<<<<< a\n>>>>>>> b\n                             |      |
        | a/b.ts | <<<<<<< a\n=======\n<<<<<<< b\n>>>>>>> c\n                  |      |
        | a/b.ts | <<<<<<< a\n=======\n                                        |      |
        | a/b.ts | x <<<<<<< a\n=======\n>>>>>>> b\n                           |      |
        | a/b.ts | >>>>>>> b\nx <<<<<<< a\n                                    |      |
        | a/b.ts | <<<<<<< a\n>>>>>>> b\n                                      |      |
        | a/b.ts | <<<<<<<a\n=======\n>>>>>>> b\n                              |      |
        | a/b.ts | <<<<<<<< a\n=======\n>>>>>>> b\n                            |      |
        | a/b.ts | <<<<<<< a\n======= x\n>>>>>>> b\n                           |      |
        | a/b.ts | <<<<<<< a\n========\n>>>>>>> b\n                            |      |
        | a/b.ts | <<<<<<< a\n=======\n>>>>>>>b\n                              |      |
        | a/b.ts | <<<<<<< a\n=======\n>>>>>>>> b\n                            |      |
        | a/b.ts | \x20<<<<<<< a\n=======\n>>>>>>> b\n                         |      |
        | a/b.ts | <<<<<<< a\n\x20=======\n>>>>>>> b\n                         |      |
        | a/b.ts | → <<<<<<< a\n=======\n>>>>>>> b\n                           | FS007 0:0 The link's target is not in the tree. |
        | a/b.md | ---\na: 1\n---\n<<<<<<< a\n=======\n>>>>>>> b\n             |      |
        | a/b.md | ---\na: 1\n<<<<<<< a\n---\n=======\n>>>>>>> b\n             |      |
        | a/b.md | ---\na: 1\n--- \\r\n<<<<<<< a\n=======\n>>>>>>> b\n         |      |
        | a/b.md | ---\na: 1\n---x\n<<<<<<< a\n=======\n>>>>>>> b\n---\n       | MRG001 4:1 A merge conflict begins here and is not resolved. |
        | a/b.md | ---\n<<<<<<< a\n=======\n>>>>>>> b\n---                     | MRG001 2:1 A merge conflict begins here and is not resolved. |
        | a/b.md | <<<<<<< a\n---\n=======\n---\n>>>>>>> b\n                   |      |
