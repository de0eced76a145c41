Feature: What could not be judged is not let pass
  A check with a fault, a scanner that is away, a file that got lost on the way: nobody knows what is in it. Taking it for
  clean would be a promise that nobody kept. So it blocks, says which part failed, and quotes nothing of the file.

  Rule: A fault of a part of this program blocks

    Scenario: a scanner that cannot be asked
      Then with such a scanner this is told of "a.md" and of names, and no fingerprint lets it pass:
        | the scanner             | told                                                                               |
        | is sound                | nothing                                                                            |
        | is not installed        | SEC000 The file was not judged: no such library.; SEC000 No name was judged: no such library. |
        | cannot be loaded        | SEC000 The file was not judged: MemoryError.; SEC000 No name was judged: MemoryError. |
        | went away               | SEC000 The file was not judged: it went away.; SEC000 No name was judged: it went away. |
        | takes too long          | INT001 The rule for secrets in names failed with TimeoutError.; SEC007 The file was not judged within 30 seconds. |
        | has a fault             | INT001 The rule for secrets failed with ValueError.; INT001 The rule for secrets in names failed with ValueError. |
        | finds what was passed   | INT002 The quick look at changed files lets pass what the rule acme.1 finds; it is not used any more.; INT002 The quick look at changed files lets pass what the rule acme.1 finds; it is not used any more. |
        | has a fault with names  | INT001 The rule for secrets in names failed with ValueError.                       |

    Scenario: a rule with a fault
      Then where a rule has a fault this is told of "a.sh" and "b.md", and no fingerprint lets it pass:
        | where                | told                                                                      |
        | nowhere              | b.md STR003 It is odd.                                                    |
        | in each file         | a.sh INT001 The rule for odd things failed with ValueError.; b.md INT001 The rule for odd things failed with ValueError.; b.md STR003 It is odd. |
        | in all names         | a.sh INT001 The rule for odd things failed with ValueError.; b.md STR003 It is odd. |
        | in what reads bash   | a.sh INT001 The rule for shell scripts failed with ValueError.; b.md STR003 It is odd. |
        | in each file, with validation off | nothing                                                      |
        | in all names, with validation off | nothing                                                      |

    Scenario: faults of different kinds are accepted one by one, or not at all
      Then a finding has a fingerprint of its own for each of these:
        | the fault              |
        | is not installed       |
        | has a fault            |
        | has a fault with names |
        | finds what was passed  |
        | in each file           |
        | in what reads bash     |

    Scenario: what had to be judged and was not
      Then of files that had to be judged this is told:
        | had to be        | were       | judged apart | told                                                              |
        | a.md, b.md       | a.md, b.md |              | nothing                                                           |
        | a.md, b.md       | a.md       | b.md         | nothing                                                           |
        | a.md, b.md       | a.md       |              | b.md INT001 The file was not judged: a fault of this program.     |
        | a.md, b.md, c.md | b.md       |              | a.md INT001 The file was not judged: a fault of this program.; c.md INT001 The file was not judged: a fault of this program. |
        | a.md             | a.md, B.md | b.md         | B.md FS008 Differs only in case or form from b.md.; b.md FS008 Differs only in case or form from B.md. |
        | a.md             | a.md       | b c.md       | b c.md STR003 The name holds a space.                             |

  Rule: Much of one kind hides nothing of another, and is asked for at once

    Scenario: of one code in one file
      Then of so many keys that stand twice in a file so many are told, and the space in its name besides:
        | keys that stand twice | told |
        | 1                     | 1    |
        | 199                   | 199  |
        | 200                   | 200  |
        | 201                   | 200  |
        | 450                   | 200  |

    Scenario: shell scripts
      Then bash is asked of so many scripts of such a size in these turns, and what it says is told of the right one:
        | scripts | bytes   | turns  |
        | 1       | 20      | 1      |
        | 49      | 20      | 49     |
        | 50      | 20      | 50     |
        | 51      | 20      | 50, 1  |
        | 120     | 20      | 50, 50, 20 |
        | 4       | 1048576 | 4      |
        | 5       | 1048576 | 5      |
        | 6       | 1048576 | 5, 1   |

  Rule: Who switches rules off switches off no guard

    Scenario: which are told
      Then of a faulty script, a protected file, a key and what may be one these rules tell:
        | only         | without         | validation is | told                                                   |
        |              |                 | on            | EXE003, EXE005, MRG001, SEC001, SEC004, SEC101, STR003 |
        | EXE          |                 | on            | EXE003, EXE005, SEC001, SEC004                         |
        | EXE STR003   | EXE005          | on            | EXE003, SEC001, SEC004, STR003                         |
        |              | EXE MRG         | on            | SEC001, SEC004, SEC101, STR003                         |
        |              | EXE003          | on            | EXE005, MRG001, SEC001, SEC004, SEC101, STR003         |
        | FS           |                 | on            | SEC001, SEC004                                         |
        | SEC          |                 | on            | SEC001, SEC004, SEC101                                 |
        |              | SEC EXE MRG STR | on            | SEC001, SEC004                                         |
        | EXE          |                 | off           | SEC001, SEC004                                         |
        |              |                 | off           | SEC001, SEC004                                         |

    Scenario: what each rule explains
      Then this is explained:
        | code   | told                                                               |
        | SEC001 | SEC001 (error): A provider's token                                 |
        | sec001 | It blocks the sync.                                                |
        | \x20str003\n | STR003 (warning): A                                          |
        | STR003 | It does not block the sync.\n\nWhat to do:                         |
        | SEC001 | It blocks the sync.\n\nWhat to do: Take the value out of the file  |
        | INT001 | INT001 (error): A rule failed                                      |
        | INT001 | It blocks the sync. It cannot be accepted.\n\nWhat to do: Report it |
        | FS010  | It does not block the sync. It cannot be accepted.                 |
        | SEC01  | no rule has the code SEC01; did you mean SEC101, a value under a secret's name? All codes: INT001, INT002, SEC000 |
        | %%%    | no rule has the code %%%; did you mean                             |
        | TIMES(60, x) | no rule has the code TIMES(39, x)…; did you mean             |

  Rule: What is shown holds no secret

    Scenario: the line that is meant
      Then with this finding such a line of the file is shown:
        | file   | holds                                               | finding | its line is          |
        | a.json | {"a": 1,\n"a": 2}                                   | JSN003  | "a": 2}              |
        | a.json | {"a": 1,\n"a": "TOKEN(GitHub)"}                     | JSN003  |                      |
        | a.json | {"key": "TOKEN(GitHub)", "a": 1,\n"a": 2}           | JSN003  | "a": 2}              |
        | a.json | {"a": 1,\n"a": "\xe2\x80\xaeb\x7f"}                 | JSN003  | "a": "�b�"}          |
        | a.json | {"a":\\t1,\n"a":\\t2}                               | JSN003  | "a": 2}              |
        | a.json | {"a": 1, /*\nPEM(RSA)\nKEYLINES\nPEMEND(RSA) */ "a": 2} | JSN003 |                 |
        | a.json | {"a": 1,\n"a": "TIMES(112, b)"}                     | JSN003  | "a": "TIMES(112, b)"} |
        | a.json | {"a": 1,\n"a": "TIMES(113, b)"}                     | JSN003  | "a": "TIMES(113, b)… |
        | docs/a b.md | x                                              | STR003  |                      |
        | docs/a.md | The key is TOKEN(GitHub).                        | SEC001  |                      |

    Scenario: no line where nobody looked for secrets
      Then with a scanner that went away no line of a file is shown

    Scenario: a secret as a key, also one that is too long to be told whole
      Then the words of this finding are:
        | the secret           | file          | holds                                          | finding | words |
        |                      | a.json        | {"some-name": 1,\n"some-name": 2}              | JSN003  | The key "some-name" stands twice. |
        | TOKEN(GitHub)        | a.json        | {"THESECRET": 1,\n"THESECRET": 2}              | JSN003  | The key "[withheld]" stands twice. |
        | ABSKDRAWN120         | a.json        | {"THESECRET": 1,\n"THESECRET": 2}              | JSN003  | The key "[withheld]…" stands twice. |
        | ABSKDRAWN120         | a.json        | {"x THESECRET": 1,\n"x THESECRET": 2}          | JSN003  | The key "x [withheld]…" stands twice. |
        | TOKEN(Slack webhook) | a.json        | {"ESCAPED": 1,\n"ESCAPED": 2}                  | JSN003  | The key "[withheld]…" stands twice. |
        | ABSKDRAWN120         | opencode.json | {"THESECRET": 1}                               | JSN004  | At the top level: there is no such key as [withheld]…. |
        | ABSKDRAWN120         | opencode.json | {"agent": {"THESECRET": {"steps": 0}}}         | JSN009  | At agent.[withheld]….steps: the value should be more than 0. |
        | ABSKDRAWN120         | opencode.json | {"username": "{file:THESECRET}"}               | JSN005  | [withheld]… does not exist. |
        | ABSKDRAWN120         | opencode.json | {"username": "{env:THESECRET}"}                | JSN006  | [withheld]… is not set here. |
        | ABSKDRAWN120         | agent/a.md    | ---\nd: d\nTHESECRET: 1\nTHESECRET: 2\n---\n    | MDF007  | The key "[withheld]…" stands twice. |

    Scenario: the lines that no diff shows
      Then of this text these lines are hidden:
        | holds                                             | hidden  |
        |                                                   |         |
        | a\nb\n                                            |         |
        | a\nTOKEN(GitHub)\nb\n                             | 2       |
        | TOKEN(GitHub)                                     | 1       |
        | a\n\nTOKEN(GitHub)\nb\nTOKEN(GitLab)              | 3, 5    |
        | a\nPEM(RSA)\nKEYLINES\nPEMEND(RSA)\nb\n           | 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 |
        | a\ntoken = DRAWN32\n                              | 2       |

    Scenario: where nobody can tell, all of them are hidden
      Then with a scanner that went away of this text these lines are hidden:
        | holds     | hidden  |
        |           |         |
        | a         | 1       |
        | a\nb      | 1, 2    |
        | a\nb\n    | 1, 2, 3 |

    Scenario: names that hold a secret
      Then of these names such parts are shown nowhere:
        | names                              | the scanner | accepted | withheld       |
        | docs/a.md, docs/b.md               | is sound    | no       |                |
        | docs/a.md, docs/TOKEN(GitHub).md   | is sound    | no       | the token      |
        | docs/TOKEN(GitHub)/b.md, docs/c.md | is sound    | no       | the token      |
        | docs/a-folder-with-a-long-name-as-some-have-it/TOKEN(GitHub).md, docs/A-folder-with-a-long-name-as-some-have-it/TOKEN(GitHub).md | is sound | no | the token |
        | agent/a-folder-with-a-long-name-as-some-have-it/TOKEN(GitHub).md, agents/a-folder-with-a-long-name-as-some-have-it/TOKEN(GitHub).md | is sound | no | the token |
        | docs/a-folder-with-a-long-name-as-some-have-it/\xe2\x80\x8bTOKEN(GitHub).md | is sound | no | the token |
        | docs/TOKEN(GitHub).md              | is sound    | yes      |                |
        | docs/TOKEN(GitHub).md, docs/a.md   | went away   | no       | the token      |
        | docs/some-longer-name-of-a-note.md | went away   | no       |                |
