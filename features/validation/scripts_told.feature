Feature: What is told of a script, and which files are scripts
  Nothing in the tree is run to look at it: bash only reads, Python only compiles, and each only what is meant for it.

  Rule: The first line says whose script it is

    Scenario: what stands first
      Then of one file alone this is told, with line and column:
        | file | mode | holds | told |
        | bin/a | 755 | #!/bin/sh\n |  |
        | bin/a | 711 | #!/bin/sh |  |
        | bin/a | 654 | #!/bin/sh |  |
        | bin/a | 645 | #!/bin/sh |  |
        | bin/a | 644 | #!/bin/sh | EXE003 1:0 The script is not executable. |
        | bin/a | 644 | true\n |  |
        | bin/a | 755 | true\n | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 645 | true\n | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 654 | true\n | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 755 | #\n#!/bin/sh | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 755 | \x20#!/bin/sh | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 755 |  |  |
        | bin/a | 755 | → true |  FS007 0:0 The link's target is not in the tree. |
        | bin/a | 755 | tr\x00ue |  |
        | bin/a | 755 | TIMES(1023, a)\x00 |  |
        | bin/a | 755 | TIMES(1024, a)\x00 | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/deep/a | 755 | true | EXE004 1:0 The executable does not begin with `#!`. |
        | lib/a | 755 | true |  |
        | lib/a | 644 | #!/bin/sh |  |
        | sbin/a | 755 | true |  |
        | x/bin/a | 755 | true |  |
        | x/.opencode/bin/a | 755 | true | EXE004 1:0 The executable does not begin with `#!`. |
        | bin/a | 644 | #!/bin/sh\\r\ntrue\n | EXE003 1:0 The script is not executable.; EXE005 1:0 The first line ends with a carriage return. |
        | lib/a | 644 | #!/bin/sh\\r\ntrue\n | EXE005 1:0 The first line ends with a carriage return. |
        | lib/a | 644 | #!/bin/sh\\r | EXE005 1:0 The first line ends with a carriage return. |
        | lib/a | 644 | #!/bin/sh\ntrue\\r\n |  |
        | lib/a | 644 | #!/bin/sh \\r x\n |  |
        | lib/a | 644 | #!/bin/sh\\rX\n |  |
        | lib/a | 644 | #!/TIMES(196, x)\\r\n | EXE005 1:0 The first line ends with a carriage return. |
        | lib/a | 644 | #!/TIMES(197, x)\\r\n |  |
        | lib/a | 644 | true\\r\n |  |

    Scenario: Python's
      Then of one file alone this is told, with line and column:
        | file | mode | holds | told |
        | lib/a | 644 | #!/usr/bin/python\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | lib/a | 644 | #!/usr/bin/python3.11 -u\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | lib/a | 644 | #! /usr/bin/env -S python3 -u\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | lib/a | 644 | #!\\t/usr/bin/env python\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | lib/a | 644 | #!/usr/bin/pythonista\n( |  |
        | lib/a | 644 | #!/usr/bin/ipython\n( |  |
        | lib/a | 644 | #!python\n( |  |
        | lib/a | 644 | #!/bin/sh python.d\n( |  |
        | lib/a.py | 644 | ( |  |
        | bin/a.py | 644 | ( | EXE002 1:1 Python finds a fault in the syntax here. |
        | bin/a.py | 644 | #!/bin/sh\n( | EXE003 1:0 The script is not executable. |
        | bin/a | 644 | ( |  |
        | bin/a.py | 644 | x = 1\n |  |
        | bin/a.py | 644 | print("\\d")\nx is 1\n |  |
        | bin/a.py | 644 | x: int = 1\nmatch x:\n case 1: pass\n |  |
        | bin/a.py | 644 | x: (y := 1) = 2\n |  |
        | bin/a.py | 644 | print "x"\n | EXE002 1:1 Python finds a fault in the syntax here. |
        | bin/a.py | 644 | x = 1\n#TIMES(1048568, x)\n( |  |
        | bin/a.py | 644 | #TIMES(1048574, x)( |  |
        | bin/a.py | 644 | (TIMES(1048575, x) | EXE002 1:1 Python finds a fault in the syntax here. |
        | bin/a.py | 644 | (TIMES(1048576, x) |  |
        | bin/a.py | 644 | import TIMES(101, aa.)a\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | bin/a.py | 644 | import TIMES(100, aaaaa.)a\n( | EXE002 2:1 Python finds a fault in the syntax here. |
        | bin/a.py | 644 | import TIMES(101, aaaaa.)a\n( |  |
        | bin/a.py | 644 | from TIMES(101, aaaaa.)a import b\n( |  |
        | bin/a.py | 644 | x = TIMES(101, aaaaa.)a\n( | EXE002 2:1 Python finds a fault in the syntax here. |

  Rule: bash reads what is written for it

    Scenario: which files, and what is told of what it says
      Then bash is asked of these files, and of what it says this is told:
        | file | holds | bash says | told |
        | lib/a | #!/bin/sh\n | x: line 3: near `secret' | EXE001 3:0 bash finds a fault in the syntax here. |
        | lib/a | #!/bin/bash -e\n | x: line 12: near | EXE001 12:0 bash finds a fault in the syntax here. |
        | lib/a | #!/usr/bin/env bash | warning: no line | EXE001 0:0 bash finds a fault in the syntax here. |
        | lib/a | #! /bin/sh | x: outline 3: y | EXE001 0:0 bash finds a fault in the syntax here. |
        | lib/a | #!/bin/sh |  |  |
        | lib/a | #!/usr/bin/env -S bash -e | line 1: x | EXE001 1:0 bash finds a fault in the syntax here. |
        | lib/a | #!/TIMES(194, x)/sh | line 1: x | EXE001 1:0 bash finds a fault in the syntax here. |
        | lib/a | #!/TIMES(195, x)/sh | not asked |  |
        | lib/a | #!/bin/zsh | not asked |  |
        | lib/a | #!/bin/shx | not asked |  |
        | lib/a | #!/bin/perl | not asked |  |
        | lib/a | #!sh | not asked |  |
        | lib/a | true | not asked |  |
        | lib/a.sh | true | line 2: x | EXE001 2:0 bash finds a fault in the syntax here. |
        | lib/a.bash | true | line 2: x | EXE001 2:0 bash finds a fault in the syntax here. |
        | lib/a.zsh | true | not asked |  |
        | lib/a.sh.md | true | not asked |  |
        | lib/a.sh | #!/usr/bin/perl\n | not asked |  |
        | lib/a.sh |  | not asked |  |
        | lib/a.sh | → true | not asked | FS007 0:0 The link's target is not in the tree. |
        | lib/a.sh | TIMES(1023, a)\x00 | not asked |  |
        | lib/a.sh | TIMES(1024, a)\x00 | line 1: x | EXE001 1:0 bash finds a fault in the syntax here. |
        | lib/a.sh | TIMES(1048576, a) | line 1: x | EXE001 1:0 bash finds a fault in the syntax here. |
        | lib/a.sh | TIMES(1048577, a) | not asked |  |

  Rule: Where things belong, in the tree and in any .opencode folder

    Scenario: places and names
      Then of one file alone this is told, with line and column:
        | file | mode | holds | told |
        | context/a.md | 755 | x | STR001 0:0 The file is executable. |
        | context/a.md | 650 | x | STR001 0:0 The file is executable. |
        | context/a.md | 645 | x | STR001 0:0 The file is executable. |
        | context/a.md | 644 | x |  |
        | x/.opencode/context/a.md | 755 | x | STR001 0:0 The file is executable. |
        | x/context/a.md | 755 | x |  |
        | contexts/a.md | 755 | x |  |
        | context | 755 | x |  |
        | context/a b.md | 755 | x | STR001 0:0 The file is executable.; STR003 0:0 The name holds a space. |
        | bin/a.md | 644 | x | STR002 0:0 A document among programs. |
        | bin/a.mdx | 644 | x | STR002 0:0 A document among programs. |
        | bin/a.rst | 644 | x | STR002 0:0 A document among programs. |
        | bin/a.adoc | 644 | x | STR002 0:0 A document among programs. |
        | bin/a.txt | 644 | x | STR002 0:0 A document among programs. |
        | bin/deep/a.pdf | 644 | x | STR002 0:0 A document among programs. |
        | .opencode/bin/a.md | 644 | x | STR002 0:0 A document among programs. |
        | bin/a.html | 644 | x |  |
        | bin/README.md | 644 | x |  |
        | bin/LICENSE.txt | 644 | x |  |
        | x/bin/a.md | 644 | x |  |
        | a b.txt | 644 | x | STR003 0:0 The name holds a space. |
        | a b/c.txt | 644 | x |  |
        | command/a b.md | 644 | x | STR003 0:0 The name holds a space. |
        | command/a-b.c_d9.md | 644 | x |  |
        | command/deep/a.md | 644 | x |  |
        | command/De/a.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | command/A.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | command/a--b.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | commands/-a.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | commands/é.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | command/README.md | 644 | x |  |
        | command/AGENTS.md | 644 | x |  |
        | command/A.txt | 644 | x |  |
        | command/A | 644 | x |  |
        | command | 644 | x |  |
        | commandx/A.md | 644 | x |  |
        | x/command/A.md | 644 | x |  |
        | .opencode/command/A.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | .opencode/x/.opencode/commands/A.md | 644 | x | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | .opencode/x/command/A.md | 644 | x |  |
        | x.opencode/command/A.md | 644 | x |  |
        | mode/A.md | 644 | ---\nmodel: a/b\n---\n | STR004 0:0 The name is not in lower-case letters, digits and hyphens. |
        | modes/deep/A.md | 644 | x |  |
        | skill/A/SKILL.md | 644 | ---\nname: A\ndescription: d\n---\n | STR004 0:0 The name is not in lower-case letters, digits and hyphens.; MDF005 2:0 The skill's name is not its folder's, or not in the usual form. |
        | skills/deep/a/SKILL.md | 644 | ---\nname: a\ndescription: d\n---\n |  |
        | skill/A/notes.md | 644 | x |  |
        | skill/SKILL.md | 644 | x | MDF004 1:0 The skill has no front matter with `name` and `description`. |
