Feature: What differs is told once, and goes whole
  Between the config tree and the backup anything may have happened. Each difference is one change with one name, the same
  whoever looks; what belongs together is never torn apart, and what is not the user's is left alone.

  Rule: Each difference is one change

    Scenario: kinds, folders and new names
      Then these are the changes:
        | the tree holds                         | the backup holds                    | besides     | changes                                                |
        | a.md=1                                 | a.md=1                              |             |                                                        |
        | a.md=1                                 |                                     |             | + a.md                                                 |
        | a.md=2                                 | a.md=1                              |             | ~ a.md                                                 |
        | a.md=1*                                | a.md=1                              |             | x a.md                                                 |
        | a.md=2*                                | a.md=1                              |             | ~ a.md                                                 |
        | a.md→1                                 | a.md=1                              |             | T a.md                                                 |
        | a.md→2                                 | a.md→1                              |             | ~ a.md                                                 |
        | b/                                     | b=1                                 |             | T b                                                    |
        |                                        | a.md=1, b.md=2                      |             | - a.md, - b.md                                         |
        | c.md=3, a.md=1, b.md=2                 |                                     |             | + a.md, + b.md, + c.md                                 |
        | docs/, docs/x/, docs/x/a.md=1, empty/  |                                     |             | + docs/x/a.md, + empty                                 |
        |                                        | docs/, docs/x/, docs/x/a.md=1, empty/ |           | - docs/x/a.md, - empty                                 |
        | docs/, docs/b/                         | docs/                               |             | + docs/b                                               |
        | docs/*                                 | docs/                               |             | x docs                                                 |
        | docs/, docs/a.md=1, docs/s/, docs/s/c.md=3 |                                 |             | + docs/a.md, + docs/s/c.md                             |
        | b.md=1                                 | a.md=1                              |             | a.md > b.md                                            |
        | b.md→1                                 | a.md=1                              |             | - a.md, + b.md                                         |
        | b.md=1*                                | a.md=1                              |             | a.md > b.md                                            |
        | b.md=1, c.md=1                         | a.md=1                              |             | a.md > b.md, + c.md                                    |
        | c.md=1                                 | a.md=1, b.md=1                      |             | - b.md, a.md > c.md                                    |
        | x/a.md=1, x/b.md=1                     | y/a.md=1, y/b.md=1                  |             | y/a.md > x/a.md, y/b.md > x/b.md                       |
        | x/b.md=1                               | y/a.md=1, y/b.md=1                  |             | y/b.md > x/b.md, - y/a.md                              |
        | x/c.md=1, x/a.md=1                     | y/a.md=1, y/b.md=1                  |             | y/a.md > x/a.md, y/b.md > x/c.md                       |
        | b/                                     | a/                                  |             | - a, + b                                               |
        | b.md=2                                 | b.md=1, a.md=2                      |             | - a.md, ~ b.md                                         |

    Scenario: what is left out, and what is low
      Then these are the changes:
        | the tree holds      | the backup holds                 | besides                          | changes                  |
        |                     | context/a.md=1, docs/b.md=2      | unreadable: context              | - docs/b.md              |
        |                     | context/a.md=1, docs/b.md=2      | unreadable: context/a.md         | - docs/b.md              |
        |                     | context/s/a.md=1, contexts/b=2   | unreadable: context              | - contexts/b             |
        |                     | context/a.md=1, docs/b.md=2      | unreadable: .                    |                          |
        |                     | context/a.md=1, docs/b.md=2      | too large: context/a.md          | - docs/b.md              |
        |                     | context/a.md=1, docs/b.md=2      | protected: context               | - context/a.md, - docs/b.md |
        |                     | context/a.md=1, docs/b.md=2      | nested repository: context       | - context/a.md, - docs/b.md |
        | a.log=2             | a.log=1, b.log=3                 |                                  |                          |
        | a.log=2             | a.log=1, b.log=3                 | with low priority                | ~ a.log, - b.log         |
        | c.log=1             |                                  |                                  | + c.log                  |
        |                     | docs/, docs/a.log=1              |                                  |                          |
        |                     | docs/, docs/a.log=1              | with low priority                | - docs/a.log             |
        | a.log=1             | a.log=1*                         |                                  |                          |
        | docs/a.log=1        | a.md=1                           |                                  | a.md > docs/a.log        |

    Scenario: a file that moves is of the better of its two places, and starts a sync if either does
      Then these are the changes, and what they are:
        | the tree holds    | the backup holds   | change                         | of        | starts a sync |
        | context/a.md=1    | notes/a.md=1       | notes/a.md > context/a.md      | context   | yes           |
        | notes/a.md=1      | context/a.md=1     | context/a.md > notes/a.md      | context   | yes           |
        | notes/a.md=1      | notes/b.md=1       | notes/b.md > notes/a.md        | other     | no            |
        | notes/a.md=2      | notes/a.md=1       | ~ notes/a.md                   | other     | no            |
        |                   | notes/a.md=1       | - notes/a.md                   | other     | no            |
        |                   | context/a.md=1     | - context/a.md                 | context   | yes           |
        | docs/a.md=1       |                    | + docs/a.md                    | documentation | yes       |
        | docs/a.md=1       | notes/a.md=1       | notes/a.md > docs/a.md         | other     | yes           |
        | notes/a.md=1      | docs/a.md=1        | docs/a.md > notes/a.md         | documentation | yes       |

  Rule: What others keep in the branch is in the way only where something of the tree stands

    Scenario: what of theirs is in the way
      Then of what others keep this is in the way:
        | the tree holds          | theirs                                | in the way                |
        | a.md=1                  | b.md=2                                |                           |
        | a.md=1                  | a.md=2                                | a.md                      |
        | a.md=1                  | a.md=1                                |                           |
        | a.md=1*                 | a.md=1                                | a.md                      |
        | a.md→1                  | a.md=1                                | a.md                      |
        | docs/                   | docs/theirs.md=1                      |                           |
        | docs=1                  | docs/x/theirs.md=1, docs/a=2          | docs/a, docs/x/theirs.md  |
        | docs/                   | docs=1                                | docs                      |
        | docs/, docs/a.md=1      | docs/theirs.md=1, docs/a.md=2         | docs/a.md                 |

  Rule: A commit puts what differs, takes away what went, and records the rest as it was

    Scenario: what is written, taken away and recorded
      Then a sync of all of it does this:
        | the tree holds                     | the backup holds                       | theirs                    | writes           | takes away         | records                            |
        | a.md=2, b.md=1                     | a.md=1, b.md=1                         |                           | a.md             |                    | a.md, b.md                         |
        | a.md=1*                            | a.md=1                                 |                           | a.md             |                    | a.md                               |
        | docs/*                             | docs/                                  |                           |                  |                    | docs                               |
        |                                    | docs/, docs/a.md=1                     | docs/theirs.md=1          |                  | docs/a.md          |                                    |
        |                                    | docs/, docs/a.md=1, docs/b.md=2        |                           |                  | docs/a.md, docs/b.md |                                  |
        | docs/, docs/b.md=2                 | docs/, docs/a.md=1, docs/b.md=2        |                           |                  | docs/a.md          | docs, docs/b.md                    |
        | a/, a/b.md=1                       | a=1                                    |                           | a/b.md           | a                  | a, a/b.md                          |
        | a=1                                | a/, a/b.md=1                           |                           | a                | a/b.md             | a                                  |
        | a/                                 | a=1                                    |                           |                  | a                  | a                                  |
        | n/, n/x/, n/x/c.md=1               |                                        |                           | n/x/c.md         |                    | n, n/x, n/x/c.md                   |
        | b.md=1                             | a.md=1                                 |                           | b.md             | a.md               | b.md                               |
        | docs/, docs/a.md=1, n=2            |                                        | docs/theirs=1, n/theirs=1, docs/x/y=1 | docs/a.md, n | n/theirs     | docs, docs/a.md, n                 |
        | docs/, docs/a.md=1                 |                                        | docs=1, other=1           | docs/a.md        | docs               | docs, docs/a.md                    |
        | a.md=1                             |                                        | a.md=1                    |                  |                    | a.md                               |
        | a.md=2                             |                                        | a.md=1                    | a.md             |                    | a.md                               |
        | a.log=1                            |                                        |                           |                  |                    |                                    |

  Rule: What belongs together stays together

    Scenario: where something cannot be read again
      Then where this cannot be read again the rest goes:
        | the tree holds                          | the backup holds            | cannot be read | still goes                |
        | a.md=2, b.md=2                          | a.md=1, b.md=1              | a.md           | ~ b.md                    |
        | note/, note/today.md=2                  | note=1                      | note           |                           |
        | note/, note/today.md=2, b.md=3          | note=1                      | note/today.md  | + b.md, T note            |
        | note/, note/today.md=2, b.md=3          | note=1                      | b.md           | T note, + note/today.md   |
        | note=1, b.md=3                          | note/, note/today.md=2      | note           | + b.md                    |
        | note=1, b.md=3                          | note/, note/today.md=2      | note/today.md  | + b.md                    |
        | note/*, note/today.md=2                 | note/, note/today.md=1      | note/today.md  | x note                    |
        | note/*, note/today.md=2                 | note/, note/today.md=1      | other.md       | x note, ~ note/today.md   |
        | old=1, note/, note/today.md=2, b.md=3   | note=1                      | old            | + b.md, T note, + note/today.md |
        | c.md=1, b.md=3                          | a.md=1                      | a.md           | + b.md                    |
        | c.md=1, b.md=3                          | a.md=1                      | c.md           | + b.md                    |
        | x/, x/a.md=1, y.md=2                   | x/                          | y.md           | + x/a.md                  |

    Scenario: where a part is asked for
      Then of this part goes:
        | the tree holds                             | the backup holds               | a part of        | goes                                  |
        | a.md=2, docs/b.md=2                        | a.md=1, docs/b.md=1            | docs/            | ~ docs/b.md                           |
        | note/, note/today.md=2, b.md=3             | note=1                         | note/today.md    | T note, + note/today.md               |
        | note/, note/today.md=2, b.md=3             | note=1                         | note/            | T note, + note/today.md               |
        | note=1, b.md=3                             | note/, note/today.md=2         | note             | T note, - note/today.md               |
        | note=1, b.md=3                             | note/, note/x/, note/x/y.md=2  | note/x/y.md      | T note, - note/x/y.md                 |
        | note/*, note/a.md=2, note/b.md=2           | note/, note/a.md=1, note/b.md=1 | note/a.md       | ~ note/a.md                           |
        | note/*, note/a.md=2                        | note/, note/a.md=1             | note/            | x note, ~ note/a.md                   |
        | new/, other.md=1                           |                                | new/             | + new                                 |
        | new=2, other.md=1                          |                                | new/             |                                       |
        |                                            | old/, other.md=1               | old/             | - old                                 |
        | b.md=1, a.md=2                             | a.md=1, b.md=2                 | a.md             | ~ a.md                                |
        | c.md=1                                     | a.md=1                         | a.md             | a.md > c.md                           |
        | c.md=1, a.md=2, z.md=3                     | a.md=1                         | c.md             | + c.md                                |
        | c.md=1, d.md=2                             | a.md=1, b.md=2                 | d.md             | b.md > d.md                           |
        | x/, x/a.log=2, x/b.md=1                    | x=1                            | x/b.md           | T x, + x/b.md                         |
        | .env=1, a.md=2                             | a.md=1                         | .env             |                                       |
