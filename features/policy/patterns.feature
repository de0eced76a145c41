Feature: Patterns
  Rules, exclusions, triggers and parts name paths as a .gitignore does: who knows the one knows the other. What git reads as
  something else, or nobody could mean, is refused with what to write instead.

  Rule: A pattern means what it means in a .gitignore

    Scenario: a name, anywhere or in its place
      Then rules of these patterns mean:
        | pattern      | these paths                                           | and not these                                    |
        | plans        | plans, a/plans, plans/x.md, a/plans/b/c.md, plans/    | plan, plans2, my-plans, Plans, plans.md          |
        | plans/       | plans/, a/b/plans/, plans/x.md, a/plans/b/c.md        | plans, a/plans, plans2/, my-plans/x.md           |
        | /plans       | plans, plans/x.md, plans/                             | a/plans, a/plans/x.md, plans2                    |
        | /plans/      | plans/, plans/x.md                                    | plans, a/plans/, plans2/                         |
        | a/plans      | a/plans, a/plans/b/c.md                               | b/a/plans, a/b/plans, plans, a/plans2, ba/plans  |
        | a/plans/     | a/plans/, a/plans/b/c.md                              | a/plans, b/a/plans/, a/b/plans/                  |
        | a.b          | a.b, x/a.b                                            | axb, a.bc, b                                     |
        | \\!new       | !new, a/!new                                          | new, \\!new                                      |
        | \\#new       | #new                                                  | new                                              |
        | odd\\\\      | odd\\, a/odd\\                                        | odd                                              |
        | end\\_       | end_                                                  | end                                              |
        | two words    | two words, a/two words                                | two, words, two  words                           |

    Scenario: stars, question marks and brackets
      Then rules of these patterns mean:
        | pattern      | these paths                                           | and not these                                    |
        | *.plan       | x.plan, .plan, a/b.c.plan, x.plan/y                   | x.plan2, xplan, plan, x.plan.md                  |
        | *.plan/      | x.plan/, x.plan/y, a/.plan/z                          | x.plan, a/b.plan                                 |
        | plan*        | plan, plans, plan.md, a/plan-2/b                      | a-plan, pla                                      |
        | *plan        | plan, my-plan, a/x.plan                               | plans, plan.md                                   |
        | p*n          | pn, plan, a/p.n                                       | plans, p/n, a-plan                               |
        | p*l*n*s      | plnsx/plns, plans, pxlxnxs, p-plan-plans              | plan, pnls, plansx                               |
        | p?an         | plan, p-an, a/p.an                                    | pan, pllan, p/an, plans                          |
        | /*/plan      | a/plan, .b/plan/x                                     | plan, a/b/plan                                   |
        | *            | plan, a/plan, a/                                      |                                                  |
        | */           | a/, a/plan                                            | plan                                             |
        | v[0-3]x      | v0x, v1x, v3x, a/v2x                                  | v4x, vx, v-x, v00x, v[0-3]x, vXx                 |
        | v[abz-]x     | vax, vbx, vzx, v-x                                    | vcx, vyx, vx                                     |
        | v[!0-3]x     | v4x, v-x, vXx, v!x                                    | v0x, v3x, vx, v/x                                |
        | v[^a]x       | vbx, v^x, v!x                                         | vax                                              |
        | v[a-c0-2]x   | vax, vcx, v0x, v2x                                    | vdx, v3x, v-x                                    |
        | v\\[0]x      | v[0]x                                                 | v0x                                              |
        | \\*.plan     | *.plan                                                | x.plan, .plan                                    |
        | v\\?x        | v?x                                                   | vax, v\\?x                                       |
        | *.m          | a\nb.m, \n.m                                          | a.m\nx, m                                        |

    Scenario: two stars, for any number of folders
      Then rules of these patterns mean:
        | pattern      | these paths                                           | and not these                                    |
        | **/plans     | plans, a/plans, a/b/plans/x                           | a-plans, a/b-plans                               |
        | **/a/plans   | a/plans, x/a/plans, x/y/a/plans/z                     | a/x/plans, xa/plans, plans                       |
        | plans/**     | plans/a, plans/a/b                                    | plans, plans/, x/plans/a                         |
        | plans/*      | plans/a, plans/a/b, plans/.x                          | plans/, plans, x/plans/a                         |
        | a/**/plans   | a/plans, a/b/plans, a/b/c/plans/x                     | aplans, a/bplans, x/a/plans, plans               |
        | a/**/b/**/c  | a/b/c, a/x/b/y/c, a/b/x/y/c, a/x/y/b/c                | a/c, a/b, a/xb/c, a/bx/c, b/c                    |
        | a/**/b/**/c/**/d | a/b/c/d, a/x/b/y/c/z/d, a/b/c/x/y/d               | a/c/b/d, a/b/d, a/b/xc/d, a/bx/c/d               |
        | a/**/**/b    | a/b, a/x/b, a/x/y/b                                   | ab, b, a/xb                                      |
        | a/**/b/**/**/c | a/b/c, a/x/b/c, a/b/y/c, a/x/b/y/z/c                | a/c, a/b/xc, a/xb/c                              |
        | **/**/plan   | plan, a/plan, a/b/plan                                | a-plan                                           |
        | a/**/        | a/b/, a/b/c, a/b/c/d                                  | a/b, a/, b/a/c/d                                 |
        | **           | plan, a/plan, a/                                      |                                                  |
        | **/*.plan    | x.plan, a/b/x.plan                                    | x.plans                                          |
        | a/*/**/c     | a/b/c, a/b/x/y/c                                      | a/c, c                                           |

  Rule: The first rule that means a path decides

    Scenario: in a tree of ten paths and of thousands
      Given rules of these patterns, in this order:
        | pattern      | these paths                                           |
        | /top/*.md    | top/a.md, top/b.md                                    |
        | *.md         | a.md, x/top/a.md, top/x/a.md, skills/.md              |
        | plans        | plans, plans/a.txt, x/plans/y                         |
        | plan[0-9]    | plan1, x/plan2/y, plan1.txt/plan3                     |
        | p?an1*       | plan10, p-an1, x/plan1x                               |
        | *-log/       | a-log/, a-log/x, b/-log/c                             |
        | **/x/**/y    | x/y, a/x/b/y, a/x/b/c/y/z                             |
        | ?            | q, a/q, r/s/t                                         |
        | *.t-t        | .t-t, a.t-t, bb/a.b.t-t                                |
        | q[!a]*       | qb, qq1, aa/q-x/xx                                      |
      Then each decides about its own paths, whether it is asked first or after thousands

  Rule: What could not be meant is refused, with what to write instead

    Scenario: all that is wrong with them, at once
      Given rules of these patterns:
        | pattern      | is told                                                             |
        | #plans       | is a comment in gitignore: write `\\#`                              |
        | !plans       | undoes another pattern in gitignore, but here each rule stands alone |
        | a\nb         | has a control character: write `?`                                  |
        | a\x7fb       | has a control character: write `?`                                  |
        | a\x1f        | has a control character: write `?`                                  |
        | plans\x20    | ends with a space, which git drops                                  |
        | plans\\\\\x20 | ends with a space, which git drops                                 |
        | \x20         | is empty                                                            |
        | /            | has an empty part, `.` or `..`                                      |
        | a//b         | has an empty part, `.` or `..`                                      |
        | a/./b        | has an empty part, `.` or `..`                                      |
        | ../b         | has an empty part, `.` or `..`                                      |
        | a**          | has `**` beside other characters                                    |
        | a/**b/c      | has `**` beside other characters                                    |
        | a\\          | ends a name with a backslash: write `\\\\`                          |
        | a\\/b        | ends a name with a backslash: write `\\\\`                          |
        | [ab          | has a `[` that is never closed                                      |
        | [a/b]        | has a `[` that is never closed                                      |
        | [[:alpha:]]  | has more in brackets than letters and ranges                        |
        | []a]         | has more in brackets than letters and ranges                        |
        | [\\]a]       | has more in brackets than letters and ranges                        |
        | [z-a]        | has a range in brackets that runs backwards                         |
        | [é]          | has a letter beyond ASCII in brackets                               |
        | [aé]         | has a letter beyond ASCII in brackets                               |
        | a\x20b       | nothing                                                             |
        | \x20b        | nothing                                                             |
        | b\\\x20     | nothing                                                             |
        | X\\\x20    | nothing                                                             |
        | c\\\\\\\x20 | nothing                                                             |
        | \\#d         | nothing                                                             |
        | [e-e]        | nothing                                                             |
        | {f}          | nothing                                                             |
      Then the settings are refused, with these words of each

  Rule: A rule of the user's own decides only what is the user's to decide

    Scenario: what is protected stays so, but for what a rule names
      Then rules of these patterns mean:
        | pattern           | these paths                                          | and not these                                        |
        | *                 | plan, a/plan.md                                      | .env, a/.env.local, x.key, .git/config, node_modules/x, opencode.db |
        | .env*             | .env.example, .envrc                                 | .env, .env.local, .env.d/x                           |
        | node_modules/     | node_modules/, node_modules/x, bin/node_modules/x.md | opencode.db, node_modules/.env                       |
        | node_modules      | node_modules/x, node_modules/                        | opencode.db, node_modules/auth.json                  |
        | opencode.db*      | opencode.db, x/opencode.db, opencode.db-wal          | node_modules/x                                       |
        | opencode.db       | opencode.db, opencode.db/x                           | opencode.db-wal, node_modules/x                      |
        | *.md              | a.md, node_modules.md                                | node_modules/README.md                               |
        | /node_modules/    |                                                      | node_modules/x, node_modules/                        |
        | node_modules/keep |                                                      | node_modules/keep, node_modules/keep/x               |

    Scenario: a name that is protected is so wherever it stands
      Then what lies there is protected or not:
        | path                              | protected |
        | .env                              | yes       |
        | a/b/.env.local                    | yes       |
        | .env.example                      | no        |
        | a/.env.example.x                  | yes       |
        | .env.d/x                          | yes       |
        | environment                       | no        |
        | deploy.pem                        | yes       |
        | deploy.pem.md                     | no        |
        | pem                               | no        |
        | .pem                              | yes       |
        | a.b/c.d.key/e                     | yes       |
        | x-credentials.json                | yes       |
        | credentials.jsonx                 | no        |
        | id_rsa.pub                        | yes       |
        | an_id_rsa                         | no        |
        | .git/                             | yes       |
        | a/.git/config                     | yes       |
        | .git                              | no        |
        | .gitignore                        | no        |
        | my-accounts.json                  | yes       |
        | my-accounts.json.bak              | yes       |
        | my-accounts.json.sample           | no        |
        | node_modules/x                    | yes       |
        | node_modules                      | no        |
        | opencode.db-wal                   | yes       |
        | opencode.dbx/y                    | yes       |
        | \xff.key                          | yes       |
        | é/a.md                            | no        |

    Scenario: a link in a folder's place is what the folder would be
      Then these paths are:
        | path          | of category   | and of priority |
        | agent→        | agent         | high            |
        | agent/        | agent         | high            |
        | agent         | other         | medium          |
        | docs→         | documentation | medium          |
        | cache→        | other         | medium          |
        | cache/        | transient     | low             |
        | node_modules→ | other         | medium          |
        | README.md→    | documentation | medium          |
        | x/agent→      | other         | medium          |
        | skills/tmp/   | tools         | high            |
        | skills/tmp/a  | tools         | high            |
        | tmp/skills/a  | transient     | low             |
        | x.pem→        | protected     | never           |

    Scenario: an exclusion makes low what would go, and lets nothing in that never goes
      Given the home of claude
      Then an exclusion makes these low, and leaves those as they are:
        | exclusion | low                                    | never                                | as ever          |
        | *.md      | CLAUDE.md, agents/a.md, skills/x/y.md  | sessions/a.md, .env.md/.env, x.key   | settings.json    |
        | agents/   | agents/a.md, agents/                   | agents/x.pem                         | CLAUDE.md        |
        | /*/       | agents/a.md, skills/x/y.md             | sessions/a.md, shell-snapshots/a.md  | CLAUDE.md        |

    Scenario: a rule of one's own is asked before the agent's
      Given the home of claude
      Then rules of these patterns mean:
        | pattern         | these paths                                        | and not these                        |
        | /sessions/keep/ | sessions/keep/, sessions/keep/a.md                 | sessions/a.md, sessions/keep/.env    |
        | *.md            | sessions/a.md, CLAUDE.md, shell-snapshots/x/y.md   | sessions/a.txt                       |

    Scenario: a folder of which nothing is ever taken is opened only where a rule may wish for something in it
      Given the home of claude
      Then these folders are opened because of a rule about:
        | pattern             | folder                     | is             |
        |                     | plugins/cache              | left closed    |
        |                     | shell-snapshots            | left closed    |
        |                     | projects                   | opened         |
        |                     | projects/-home-ana/memory  | opened         |
        |                     | projects/-home-ana/3f2a    | left closed    |
        |                     | skills/sessions            | opened         |
        |                     | agents                     | opened         |
        | *.md                | sessions                   | opened         |
        | notes               | sessions                   | opened         |
        | keep/               | sessions                   | opened         |
        | /sessions/keep/     | sessions                   | opened         |
        | /sessions/keep/     | shell-snapshots            | left closed    |
        | /sessions/keep/     | sessions/other             | left closed    |
        | /sessions/keep/     | plugins/cache              | left closed    |
        | sessions/a/b        | sessions/a                 | opened         |
        | sessions/a/b        | sessions/b                 | left closed    |
        | **/keep.md          | sessions                   | opened         |
        | sessions/**/keep.md | sessions/a/b               | opened         |
        | a/**/keep.md        | sessions                   | left closed    |
        | /s*/                | sessions                   | opened         |
        | /s?ssions/a         | sessions                   | opened         |
        | /p*/a               | sessions                   | left closed    |
        | /x[s]/a             | sessions                   | opened         |
        | /x\\s/a             | sessions                   | opened         |
        | Xsessions/a         | sessions                   | left closed    |
        | x/X                 | sessions                   | left closed    |
        | not: /sessions/keep | sessions                   | left closed    |
        | low: /sessions/keep | sessions                   | left closed    |
