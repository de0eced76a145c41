Feature: What a commit is, is known beforehand, and what it says is not believed blindly
  A commit holds the tree, and a manifest with what git cannot keep. Anybody who can write to the branch can forge both: so
  each commit's id is foreseen down to the last folder, and a manifest that this program would not write is refused, with
  the line that shows it.

  Rule: The id that git gives a tree is foreseen

    Scenario: from nothing, and from what was before
      Then git knows these trees by these ids:
        | was                                          | is                                            | id           |
        |                                              | a.md=1                                        | c16a9faf53d1 |
        |                                              | docs/a.md=1, docs/b.md=2, z.md=1              | 0ca71aec7789 |
        | a.md=1                                       | a.md=2                                        | dcc8d2f3cb1c |
        | a.md=1, docs/a.md=1                          | a.md=1                                        | c16a9faf53d1 |
        | a.md=1                                       | a.md=1, docs/x/y/a.md=1                       | 558a80207d8d |
        | a.md=1, docs/x/y/a.md=1                      | a.md=1, docs/x/b.md=2, docs/x/y/a.md=1        | 73e62a4bf19c |
        | docs/x/y/a.md=1                              | docs/x/y/b.md=1                               | 610e6677bab2 |
        | docs/x/a.md=1, docs/y/b.md=2                 | docs/y/b.md=2                                 | 5642be8d31a0 |
        | a=1, b/c=2                                   | a/c=1, b=2                                    | f94bf489a9f8 |
        | a/0=1, a/x=1, a0=2, a.b=3, a0x/y=1           | a/0=1, a/x=2, a0=2, a.b=3, a0x/y=1            | 87582e109f6c |
        | a/0=1, a/x=1                                 | a.b/z=1, a/0=1, a/x=1, a0/x=2, a1=3, aX=4     | 7c70c4819c06 |
        | bin/run=1                                    | bin/run=1*                                    | 492a82e45920 |
        | a.md=1                                       | a.md→1                                        | 39e1d742d847 |
        | x/1=1, x/2/3=1, x/2/4/5=1, y=1               | x/1=1, x/2/3=2, x/2/4/5=2, y=2                | 6b48ac539f52 |
        | x/a/f=1, x/b/f=1, x/c/f=1                    | x/a/f=1, x/b/f=9, x/c/f=1                     | 92bbdc404c6d |
        | a b/c d=1                                    | a b/c d=2, é/ü=1                              | faae7137086b |
        | d[0-29]/f=n                                      | d[0-29]/f=n, d07/f=9                              | 0581411b1605 |
        | d[0-29]/f=n                                      | d[0-29]/f=n, d07/g=9, top=1                       | b53c8f84b733 |
        | a=1, m/d[0-29]/f=n, m/e=1, z=1                   | a=1, m/d[0-29]/f=n, m/d07/f=9, m/e=2, z=1         | a415ebe86a88 |

  Rule: The manifest keeps what git does not

    Scenario: written, read, and written again
      Then a manifest holds these lines for these trees:
        | the tree                                    | lines                                                              |
        |                                             |                                                                    |
        | a.md=1                                      | f 644 a.md                                                         |
        | a.md=1*                                     | f 755 a.md                                                         |
        | b/, a.md=1, l→1                             | f 644 a.md, d 700 b, l 777 l                                       |
        | b/, b/c/, b/c/d e.md=1                      | d 700 b, d 700 b/c, f 644 b/c/d e.md                               |
        | b/, b/a=1, b.md=2                           | d 700 b, f 644 b.md, f 644 b/a                                     |
        | é.md=1                                      | f 644 "\\303\\251.md"                                              |
        | a"b=1, end =1                               | f 644 "a\\"b", f 644 "end "                                        |
        | a\nb=1, git=1, .x=1                         | f 644 .x, f 644 "a\\nb", f 644 git                                 |
        | b/*, b/a=1                                  | d 711 b, f 644 b/a                                                 |

    Scenario: what stands in the branch by now
      Then where the branch changed since, the record says:
        | recorded                          | stands there           | is                            |
        | f 644 a.md                        | a.md=1                 | f 644 a.md                    |
        | f 600 a.md                        | a.md=2                 | f 600 a.md                    |
        | f 600 a.md                        | a.md=1*                | f 755 a.md                    |
        | f 645 a.md                        | a.md=1*                | f 755 a.md                    |
        | f 755 a.md                        | a.md=1                 | f 644 a.md                    |
        | f 700 a.md                        | a.md=1*                | f 700 a.md                    |
        | f 644 a.md, f 644 b.md            | b.md=1                 | f 644 b.md                    |
        | f 644 a.md                        | a.md→1                 | l 777 a.md                    |
        | l 777 a.md                        | a.md→2                 | l 777 a.md                    |
        | l 777 a.md                        | a.md=1                 | f 644 a.md                    |
        | l 777 a.md                        | a.md=1*                | f 755 a.md                    |
        | l 777 a.md                        |                        |                               |
        | d 755 a                           |                        | d 755 a                       |
        | d 700 a                           | a=1                    |                               |
        | d 700 a, f 644 a/b                | a/b=1, c=1             | d 700 a, f 644 a/b            |

    Scenario: whether it is about the tree that it lies in
      Then a manifest of one tree is of another:
        | of                     | lies in                | is believed |
        | a.md=1, b/, l→2        | a.md=1, l→2            | yes         |
        | a.md=1, b/, l→2        | a.md=1, l→2, other=1   | yes         |
        | a.md=1, b.md=2         | a.md=1                 | no          |
        | a.md=1                 | a.md=2                 | no          |
        | a.md=1                 | a.md=1*                | no          |
        | a.md=1                 | a.md→1                 | no          |
        | a.md=1, b.md=2         | a.md=2, b.md=1         | no          |
        | b/                     |                        | yes         |

  Rule: What this program would not write is refused, by its line

    Scenario: lines of a forged manifest
      Then these lines are refused:
        | lines                                       | because                                              |
        | f 644 .git/config                           | line 4: a name that no tree may hold                 |
        | d 755 a, f 644 a/.git                       | line 5: a name that no tree may hold                 |
        | d 755 a, f 644 a/.GIT/x                     | line 5: a name that no tree may hold                 |
        | d 755 a, d 755 a/b, f 644 a/b/.git          | line 6: a name that no tree may hold                 |
        | f 644 a/../b                                | line 4: a name that no tree may hold                 |
        | f 644 a//b                                  | line 4: a name that no tree may hold                 |
        | f 644 /etc/passwd                           | line 4: a path that is the backup's own, or absolute |
        | l 777 .gitmodules                           | line 4: a name that no tree may hold                 |
        | f 644 .autosync/x                           | line 4: a path that is the backup's own              |
        | f 644 .autosyn/x, f 644 .autosync           | line 5: a path that is the backup's own              |
        | f 644 a, f 644 a/b                          | line 5: a path below something that is not a folder  |
        | l 777 a, d 755 a/b                          | line 5: a path below something that is not a folder  |
        | f 644 b, f 644 a                            | line 5: the paths are not sorted                     |
        | f 644 a, l 777 a                            | line 5: the paths are not sorted                     |
        | d 755 a, d 755 a                            | line 5: the paths are not sorted                     |
        | f 644 a, x 644 b                            | line 5: not a path with its type and mode            |
        | f 888 a                                     | line 4: not a path with its type and mode            |
        | f 4755 a                                    | line 4: not a path with its type and mode            |
        | f  a                                        | line 4: not a path with its type and mode            |
        | f 644 a, f 644 "b                           | line 5:                                              |
        | f 644 "\\q"                                 | line 4:                                              |
        | d 755 a, f 644 a/b, f 644 .gitmodules, f 1 c | line 6: the paths are not sorted                    |

    Scenario: its head
      Then a manifest that begins so is refused:
        | first line           | second line              | third line              | because                     |
        | autosync-manifest 2  | source abcdefgh          | content DIGEST          | it does not begin or end like a manifest |
        |                      | source abcdefgh          | content DIGEST          | it does not begin or end like a manifest |
        | autosync-manifest 1  | source abc               | content DIGEST          | line 2: not a source id     |
        | autosync-manifest 1  | source ABCDEFGH          | content DIGEST          | line 2: not a source id     |
        | autosync-manifest 1  | sauce abcdefgh           | content DIGEST          | line 2: not a source id     |
        | autosync-manifest 1  | abcdefgh                 | content DIGEST          | line 2: not a source id     |
        | autosync-manifest 1  | source abcdefgh          | content 0123            | line 3: not a digest        |
        | autosync-manifest 1  | source abcdefgh          | contents DIGEST         | line 3: not a digest        |
        | autosync-manifest 1  | source abcdefgh          | DIGEST                  | line 3: not a digest        |
        | autosync-manifest 1  | source abcdefgh          | content DIGEST0         | line 3: not a digest        |

  Rule: What a commit says of its machine is passed on only where it can be that

    Scenario: lines of a message
      Then a commit with these lines says:
        | lines                                                                             | host      | version | agent  | triggers                  | not here         |
        | Autosync-Host: anas-laptop                                                        | anas-laptop |       |        |                           |                  |
        | Autosync-Host: one, Autosync-Host: two                                            | two       |         |        |                           |                  |
        | Autosync-Version: 0.1.0, Autosync-Profile: claude                                 |           | 0.1.0   | claude |                           |                  |
        | Autosync-Version: 0.1 evil, Autosync-Profile: Claude!                             |           |         |        |                           |                  |
        | Autosync-Trigger-Installed: hook, Autosync-Trigger-Installed: watch               |           |         |        | hook, watch               |                  |
        | Autosync-Trigger-Installed: timer 3600, Autosync-Trigger-Installed: timer 3600    |           |         |        | timer 3600                |                  |
        | Autosync-Trigger-Installed: cron 0 * * * *, Autosync-Trigger-Installed: cron `id` |           |         |        | cron 0 * * * *            |                  |
        | Autosync-Trigger-Installed: timer, Autosync-Trigger-Installed: hooks              |           |         |        |                           |                  |
        | Autosync-Not-Here: "auth.json", Autosync-Not-Here: "a b"                          |           |         |        |                           | auth.json, a b   |
        | Autosync-Not-Here: auth.json, Autosync-Not-Here: 5, Autosync-Not-Here: ""         |           |         |        |                           |                  |
        | Autosync-Not-Here: "b", Autosync-Not-Here: [, Autosync-Not-Here: "c"              |           |         |        |                           | b, c             |
        | Host: anas-laptop, Autosync-Host:anas, autosync-host: x                           |           |         |        |                           |                  |
        | Autosync-Host: a\x1b[31mb                                                         | a\\x1b[31mb |       |        |                           |                  |

    Scenario: and comes back as it was said
      Then a commit says this of its machine, and it is read again:
        | host        | version | agent  | triggers                          | not here                    |
        | anas-laptop |         |        |                                   |                             |
        | anas-laptop | 0.1.0   | claude | hook, timer 3600, cron 0 * * * *  | auth.json, a: b, "quoted"   |
        | h           | 1.0+x   |        | watch                             | é                           |
