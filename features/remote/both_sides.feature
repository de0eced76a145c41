Feature: What two branches mean to each other
  Others may write to the remote as well. What they put beside the config tree is taken in; what concerns the config tree
  is for a person to decide; nothing that anybody wrote is undone on the way.

  Rule: Often the newest commits alone say it

    Scenario: newest commits
      Then where the newest commits are these, this is done:
        | here | there | in common | last agreed | still there | is done | because                                                          |
        | c    |       |           |             |             | push    | the first push                                                   |
        | c    |       |           | b           |             | push    | the branch was missing there and is made again                   |
        | c    |       |           | b           | no          | push    | the branch was missing there and is made again                   |
        | c    | c     | c         | c           | yes         | nothing | the remote has everything                                        |
        | c    | c     | c         | b           | no          | nothing | the remote has everything                                        |
        | c    | b     | b         |             |             | push    | the branch is ahead                                              |
        | c    | b     | b         |             | no          | push    | the branch is ahead                                              |
        | c    | b     | b         | b           | yes         | push    | the branch is ahead                                              |
        | c    | a     | a         | b           | no          | park    | the remote's branch was rewritten: commits that it had are gone from it |
        | c    | d     | b         | b           | no          | park    | the remote's branch was rewritten: commits that it had are gone from it |
        | c    | d     | b         | b           | yes         | look    |                                                                  |
        | c    | d     | c         | c           | yes         | look    |                                                                  |
        | c    | d     | b         |             |             | look    |                                                                  |
        | c    | d     |           |             |             | look    |                                                                  |

  Rule: Else what both hold is compared, path by path

    Scenario: what others put beside the config tree is taken in
      Then where both sides hold this, of which AGENTS.md and context/a.md are the config tree's:
        | in common         | here                      | there                         | is done      | because                       | taken in          |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md, HELLO              | rebase       | 1 foreign file changed there  | HELLO             |
        | AGENTS.md         | the same                  | AGENTS.md, HELLO, b/c, a      | fast-forward | 3 foreign files changed there | HELLO, a, b/c     |
        | AGENTS.md, HELLO  | AGENTS.md=2, HELLO        | AGENTS.md                     | rebase       | 1 foreign file changed there  | HELLO             |
        | AGENTS.md, HELLO  | AGENTS.md=2, HELLO        | AGENTS.md, HELLO=2            | rebase       | 1 foreign file changed there  | HELLO             |
        | AGENTS.md, HELLO  | AGENTS.md, HELLO=2        | AGENTS.md, HELLO=2            | rebase       | 0 foreign files changed there |                   |
        | AGENTS.md, HELLO  | AGENTS.md                 | AGENTS.md                     | rebase       | 0 foreign files changed there |                   |
        | AGENTS.md, HELLO  | AGENTS.md                 | AGENTS.md, a                  | rebase       | 1 foreign file changed there  | a                 |
        | AGENTS.md, a, b   | AGENTS.md, a=2, b         | AGENTS.md, a=2, b=3           | rebase       | 1 foreign file changed there  | b                 |
        | AGENTS.md, HELLO  | AGENTS.md, HELLO=2        | AGENTS.md, HELLO, a           | rebase       | 1 foreign file changed there  | a                 |
        | AGENTS.md, a/b    | AGENTS.md=2, a/b          | AGENTS.md, a                  | rebase       | 2 foreign files changed there | a, a/b            |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md, agents/x, xAGENTS.md | rebase     | 2 foreign files changed there | agents/x, xAGENTS.md |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md, .autosync-x/a      | rebase       | 1 foreign file changed there  | .autosync-x/a     |

    Scenario: what a person must decide
      Then where both sides hold this, of which AGENTS.md and context/a.md are the config tree's:
        | in common         | here                      | there                         | is done      | because                       | taken in          |
        | AGENTS.md         | the same                  | AGENTS.md=2                   | park         | 1 path of the source changed there (AGENTS.md) |  |
        | AGENTS.md         | AGENTS.md=3               |                               | park         | 1 path of the source changed there (AGENTS.md) |  |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md=2                   | park         | 1 path of the source changed there (AGENTS.md) |  |
        | context/a.md, AGENTS.md | the same            | context/a.md=2, AGENTS.md=2, HELLO | park    | 2 paths of the source changed there (AGENTS.md, context/a.md) | |
        | AGENTS.md         | AGENTS.md                 | AGENTS.md, .autosync/x        | park         | 1 path of the source changed there (.autosync/x) | |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md, .autosync/manifest | park         | another machine, or a copy of this one, syncs to this branch too (nothing but its record changed there) | |
        | AGENTS.md         | AGENTS.md=2               | AGENTS.md=3, c, b, a, .autosync/manifest | park | another machine, or a copy of this one, syncs to this branch too (AGENTS.md, a, b and 1 more changed there) | |
        | AGENTS.md, .autosync/manifest | AGENTS.md     | AGENTS.md                     | park         | 1 path of the source changed there (.autosync/manifest) | |
        | HELLO             | HELLO=2                   | HELLO=3                       | park         | 1 other file changed both here and there (HELLO) | |
        | HELLO, a, b, c    | HELLO=2, a=2, b=2, c=2    | c=3, b=3, a=3, HELLO=3        | park         | 4 other files changed both here and there (HELLO, a, b and 1 more) | |
        | HELLO, a, b       | HELLO=2, a=2, b=2         | b=3, a=3, HELLO=3             | park         | 3 other files changed both here and there (HELLO, a, b) | |
        | HELLO             |                           | HELLO=3                       | park         | 1 other file changed both here and there (HELLO) | |
        | HELLO             | HELLO=2                   |                               | park         | 1 other file changed both here and there (HELLO) | |
        | HELLO             | HELLO, TIMES(80, y)=2     | HELLO, TIMES(80, y)=3         | park         | 1 other file changed both here and there (TIMES(80, y)) | |
        | HELLO             | HELLO, TIMES(81, y)=2     | HELLO, TIMES(81, y)=3         | park         | 1 other file changed both here and there (TIMES(79, y)…) | |
        |                   | HELLO=2                   | HELLO=3                       | park         | 1 other file changed both here and there (HELLO) | |
        | x                 | x, a/b                    | x, a                          | park         | a file there stands where a folder is here (a) | |
        | x                 | x, a                      | x, a/b                        | park         | a file there stands where a folder is here (a/b) | |
        | x                 | x, a/b/c, b/a             | x, b, a                       | park         | a file there stands where a folder is here (a, b) | |
        | x                 | x, a/1, b/1, c/1, d/1, e/1, f/1 | x, f, c, e, a, d, b     | park         | a file there stands where a folder is here (a, b, c and 3 more) | |
        | x                 | x, a/b/c                  | x, a/b                        | park         | a file there stands where a folder is here (a/b) | |

    Scenario: a branch that has nothing in common with this one
      Then where the sides have nothing in common:
        | here                 | there                              | whose         | is done | because                                                        |
        | AGENTS.md            | AGENTS.md                          | this source's | park    | the remote's branch holds another history of this source       |
        | AGENTS.md            | AGENTS.md                          | another's     | stop    | the remote's branch main holds another source (another-1)      |
        | AGENTS.md            | README.md                          | nobody's      | rebase  | 1 foreign file changed there                                   |
        | AGENTS.md            | readme, LICENSE-MIT, Licence.txt, .github/workflows/x.yml, .gitlab/x, .gitignore, .gitattributes, .gitkeep, SECURITY.md, CODEOWNERS, COPYING, NOTICE, CONTRIBUTING_de.md, CODE_OF_CONDUCT.md, changelog | nobody's | rebase | 15 foreign files changed there |
        | AGENTS.md            | READMEs.md                         | nobody's      | stop    | the remote's branch main is no backup and has nothing in common with this one (it holds READMEs.md) |
        | AGENTS.md            | docs/README.md                     | nobody's      | stop    | the remote's branch main is no backup and has nothing in common with this one (it holds docs/README.md) |
        | AGENTS.md            | src/b.c, src/a.c, README           | nobody's      | stop    | the remote's branch main is no backup and has nothing in common with this one (it holds src/a.c) |
        | README, LICENSE      | README=2, LICENSE=2                | nobody's      | stop    | the remote's branch main is no backup and has nothing in common with this one (it has LICENSE as well) |
        | README, src/a.c      | README=2, src/a.c                  | nobody's      | stop    | the remote's branch main is no backup and has nothing in common with this one (it holds src/a.c) |
        | AGENTS.md            |                                    | nobody's      | rebase  | 0 foreign files changed there                                  |

  Rule: Each that stops names a way on

    Scenario: ways on
      Then where it stops, the way on is:
        | because                                       | the way on                                                                                                               |
        | another source, at the branch main, on desk   | give this machine a branch of its own: inv set-config BACKUP_BRANCH=desk, then inv recover                                |
        | another source, at the branch desk, on desk   | give this machine a branch of its own: inv set-config BACKUP_BRANCH=desk-2, then inv recover                              |
        | no backup, at the branch main, on desk        | name an empty repository with `git remote set-url`, or another branch: inv set-config BACKUP_BRANCH=desk, then inv recover |
        | its record, at the branch main, on desk       | give this machine a branch of its own: inv set-config BACKUP_BRANCH=desk, then inv recover; or inv recover --take source (this machine's version wins) or --take remote (theirs is restored into the source); until then local commits go on |
        | a conflict, at the branch main, on desk       | inv recover --take source (this machine's version wins) or --take remote (theirs is restored into the source); until then local commits go on |
