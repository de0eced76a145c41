Feature: Whoever is held is told the way on
  A sync that is held helps only who knows what to do now: which file is meant, what can be accepted, and what could go
  meanwhile. Nothing is offered that would not help.

  Rule: Each finding and each path that is left out has a way on

    Scenario: what a person does about what holds
      Then of these findings a person is told:
        | findings                                                | quarantine is | the way on                                                                                         |
        | SEC001 in a.md                                          | on            | mend a.md                                                                                          |
        | SEC001 in a.md, SEC001 in a.md                          | on            | mend a.md                                                                                          |
        | SEC001 in a.md, JSN001 in b.json                        | on            | mend a.md and 1 other file                                                                         |
        | SEC001 in a.md, SEC003 in b.md, SEC001 in c.md          | on            | mend a.md and 2 other files                                                                        |
        | FS005 in z.md, SEC001 in a.md                           | on            | mend a.md                                                                                          |
        | SEC001 in a.md, FS005 in z.md                           | on            | mend a.md                                                                                          |
        | SEC001 in a.md                                          | off           | mend a.md, or `inv set-config QUARANTINE=true` to back up the rest meanwhile                       |
        | SEC001 in a.md as 0123abcd                              | on            | mend a.md, or `inv accept 0123abcd --reason '…'` if it is no fault                                 |
        | SEC001 in a.md as 0123abcd, SEC001 in b.md              | off           | mend a.md and 1 other file, or `inv accept 0123abcd --reason '…'` if it is no fault, or `inv set-config QUARANTINE=true` to back up the rest meanwhile |
        | INT001 in a.md as 0123abcd                              | on            | mend a.md                                                                                          |
        | SEC001 in .autosync-outside/notes                       | on            | mend .autosync-outside/notes where it comes from (`inv why .autosync-outside/notes` says where)    |
        | SEC001 in .autosync-outside/notes/a.md                  | on            | mend .autosync-outside/notes/a.md                                                                  |
        | SEC001 in notes/a.md                                    | on            | mend notes/a.md                                                                                    |
        | SEC001 in a\nb.md                                       | on            | mend a\\x0ab.md                                                                                    |

    Scenario: what waits, and for which of them
      Then of these changes quarantine keeps:
        | changes                      | findings                           | and keeps                                                                          |
        | a.md, b.md                   | SEC001 in a.md                     | a.md: in quarantine (SEC001): mend it                                              |
        | a.md, b.md                   | SEC001 in a.md, JSN001 in b.md     | a.md: in quarantine (SEC001): mend it; b.md: in quarantine (JSN001): mend it       |
        | a.md, b.md                   | FS005 in a.md                      | nothing                                                                            |
        | a.md, b.md                   | FS005 in a.md, SEC001 in b.md      | b.md: in quarantine (SEC001): mend it                                              |
        | a.md > c.md, b.md            | SEC001 in c.md                     | c.md: in quarantine (SEC001): mend it                                              |
        | a.md > c.md, b.md            | SEC001 in a.md                     | c.md: in quarantine (SEC001): mend it                                              |
        | note, note/today.md, b.md    | SEC001 in note                     | note: in quarantine (SEC001): mend it; note/today.md: in quarantine (a companion): mend it |
        | a.md, b.md                   | SEC001 in z.md                     | all of them                                                                        |
        | a.md, b.md                   | SEC001 in a.md, SEC001 in z.md     | all of them                                                                        |
        | a.md, b.md                   | SEC000 in a.md                     | all of them                                                                        |
        | a.md, b.md                   | INT001 in a.md, SEC001 in b.md     | all of them                                                                        |
        | a.md, b.md                   | INT002 in b.md                     | all of them                                                                        |

    Scenario: what a person does about what is left out
      Then of what is left out a person is told:
        | left out                 | the way in                                                                    |
        | unreadable: a.md         | a.md: give yourself the permission to read it, or mend what the reason names          |
        | unreadable: .            | the folder itself: give yourself the permission to read it, or mend what the reason names |
        | protected: .env          |                                                                               |
        | too large: a.bin         | a.bin: move it out of the tree, or raise the limit (`inv set-config MAX_FILE_SIZE=…`) |
        | nested repository: x/.git |                                                                              |
        | moving: a.md             | a.md: nothing, if a program is writing to it: the next sync looks again       |
        | special: a\nb            | a\\x0ab: move it out of the tree: only files, folders and links can be backed up |
