Feature: Each thing that is wrong has its remedy
  What a crash, a person or a disk left is named in words, with what mends it, before anything is done. Nothing that is in
  the way is thrown away, nothing steps back before what could come back has come, and what is lost is said to be lost.

  Rule: Problems are told with their remedies, in the order in which they are mended

    Scenario: what git left, and what it can make anew
      Then what was seen of a backup is told and mended so:
        | what was seen | told, and mended |
        | head: branch | nothing |
        | config: bad line 3; locks: a | the repository's own settings cannot be read (bad line 3) → keep what git can read of it, and move it aside |
        | locks: a | a killed git left 1 file behind (a) → clear them away: no process uses them |
        | locks: a b c | a killed git left 3 files behind (a, b, c) → clear them away: no process uses them |
        | locks: a b c d e | a killed git left 5 files behind (a, b, c and 2 more) → clear them away: no process uses them |
        | locks: a b; in use: git (12) | a killed git left 2 files behind (a, b) → left alone: git (12) may be using them; run it again later |
        | derived: x | files that git makes to be quicker are damaged (x) → move them aside: git makes them anew |
        | derived: x y z w | files that git makes to be quicker are damaged (x, y, z and 1 more) → move them aside: git makes them anew |
        | stops: x | git does not work with what stands there (x) → move it aside |
        | derived: x; stops: y | files that git makes to be quicker are damaged (x) → move them aside: git makes them anew; git does not work with what stands there (y) → move it aside |
        | locks: a; derived: x | a killed git left 1 file behind (a) → clear them away: no process uses them; files that git makes to be quicker are damaged (x) → move them aside: git makes them anew |
        | index: the index is empty | the index is empty → move it aside and build it anew from the commit |
        | incoming: r | 1 commit of a killed run never reached the branch → forget them: the next sync makes them anew |
        | incoming: r s | 2 commits of a killed run never reached the branch → forget them: the next sync makes them anew |
        | derived: x; incoming: r | files that git makes to be quicker are damaged (x) → move them aside: git makes them anew |

    Scenario: where the work tree stands
      Then what was seen of a backup is told and mended so:
        | what was seen | told, and mended |
        | head: damaged | HEAD of the backup is damaged: it names nothing → let it name main again |
        | head: damaged; locks: a; index: bad | HEAD of the backup is damaged: it names nothing → let it name main again |
        | head: elsewhere; head name: other | the backup's work tree stands on other, not on main → save edits of backed up files as a stash entry and stand on main again |
        | head: detached; head commit: A | the backup's work tree stands on no branch (detached at aaaaaaa) → save edits of backed up files as a stash entry and stand on main again |
        | head: detached; head commit: A; head kept: no | the backup's work tree stands on no branch (detached at aaaaaaa) → keep that commit as the branch autosync/kept/aaaaaaaaaa, save edits of backed up files as a stash entry and stand on main again |
        | operations: merge | a merge was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: rebase | a rebase was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: am | a series of patches was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: cherry-pick | a cherry-pick was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: revert | a revert was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: bisect | a bisect was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | operations: merge; head: detached; head commit: A | a merge was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |
        | index: the index is empty; head: elsewhere; head name: other | the index is empty → move it aside and build it anew from the commit; the backup's work tree stands on other, not on main → save edits of backed up files as a stash entry and stand on main again |

    Scenario: the branch, and other names
      Then what was seen of a backup is told and mended so:
        | what was seen | told, and mended |
        | ref: none | nothing |
        | ref: lost | the branch main is gone → no whole commit of it is known here; fetch the branch from the remote, or restore the backup folder |
        | ref: damaged | the branch main is damaged: it names no commit → no whole commit of it is known here; fetch the branch from the remote, or restore the backup folder |
        | ref: lost; candidate: A; candidate from: the history | the branch main is gone → set it to aaaaaaa, the newest whole backup (the history) |
        | ref: damaged; candidate: A; candidate from: the log | the branch main is damaged: it names no commit → set it to aaaaaaa, the newest whole backup (the log) |
        | ref: lost; candidate: A; back: yes; unasked: it is away | the branch main is gone → the remote may have a newer one than aaaaaaa and could not be asked (it is away): run it again when it can be reached, or take it out of the backup (git remote remove) to go back to that |
        | ref: lost; candidate: A; candidate from: the history; unasked: it is away | the branch main is gone → set it to aaaaaaa, the newest whole backup (the history) |
        | ref: lost; candidate: A; candidate from: the history; back: yes | the branch main is gone → set it to aaaaaaa, the newest whole backup (the history) |
        | ref: lost; candidate: A; back: yes; remote: origin | the newest commit that the branch main is known to have named is not here → fetch what the remote origin has of it |
        | ref: lost; candidate: A; candidate from: the history; remote: origin | the branch main is gone → set it to aaaaaaa, the newest whole backup (the history) |
        | ref: damaged; remote: origin | the newest commit that the branch main is known to have named is not here → fetch what the remote origin has of it |
        | ref: good; remote: origin | nothing |
        | ref: lost; remote: origin; packs: p is empty | p is empty → take what is whole out of it and move it aside |
        | ref: lost; incoming: r; index: bad | the branch main is gone → no whole commit of it is known here; fetch the branch from the remote, or restore the backup folder; 1 commit of a killed run never reached the branch → forget them: the next sync makes them anew; bad → move it aside and build it anew from the commit |
        | refs: refs/heads/x, is empty | refs/heads/x is empty → move it aside: no commit that it named is there any more |
        | refs: refs/heads/x, is empty, B | refs/heads/x is empty → set it to bbbbbbb, the last that is known of it |
        | refs: packed-refs, holds a line that is no ref | packed-refs holds a line that is no ref → keep the lines that are refs, and move it aside |
        | refs: refs/autosync/remote/1, is empty | refs/autosync/remote/1 is empty → move it aside: the next push finds out anew where the remote is |
        | refs: refs/heads/HEAD, is no ref git reads, B | refs/heads/HEAD is no ref git reads → move it aside, and keep the commit that it names |
        | refs: refs/a, is empty; refs: refs/b, is gone | refs/a is empty → move it aside: no commit that it named is there any more; refs/b is gone → move it aside: no commit that it named is there any more |
        | departed: A | the branch main was set back or replaced: the backup aaaaaaa left its history → keep that backup, and those before it, as the branch autosync/kept/aaaaaaaaaa |
        | departed: A; refs: refs/a, is empty; incoming: r; index: bad; operations: am | refs/a is empty → move it aside: no commit that it named is there any more; the branch main was set back or replaced: the backup aaaaaaa left its history → keep that backup, and those before it, as the branch autosync/kept/aaaaaaaaaa; 1 commit of a killed run never reached the branch → forget them: the next sync makes them anew; bad → move it aside and build it anew from the commit; a series of patches was begun in the backup and not finished → save the edits there as a stash entry, then end it with git's own --abort (git bisect: reset) |

    Scenario: contents and packs that the store lost
      Then what was seen of a backup is told and mended so:
        | what was seen | told, and mended |
        | damaged: blob A agents/x.md C | the blob aaaaaaaaaa of agents/x.md is missing or damaged (in ccccccc) → its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it |
        | damaged: blob A - C | the blob aaaaaaaaaa is missing or damaged (in ccccccc) → its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it |
        | damaged: blob A x.md C refs/tags/t | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc, which refs/tags/t names) → its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it |
        | damaged: tree B - C | the tree bbbbbbbbbb is missing or damaged (in ccccccc) → it cannot be put together again here: it is lost, unless a remote or a copy of the backup has it |
        | damaged: commit B - C | the commit bbbbbbbbbb is missing or damaged (in ccccccc) → it cannot be put together again here: it is lost, unless a remote or a copy of the backup has it |
        | damaged: blob A x.md C; heals: A the source:x | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → put it back from the source:x |
        | damaged: blob A x.md C; remote: origin | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → fetch it from the remote origin |
        | damaged: blob A x.md C; unasked: it is away | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → it is nowhere on this machine, and the remote could not be asked (it is away) |
        | damaged: tree B - C; unasked: it is away | the tree bbbbbbbbbb is missing or damaged (in ccccccc) → it is nowhere on this machine, and the remote could not be asked (it is away) |
        | damaged: blob A x.md C; heals: A the source:x; remote: origin | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → put it back from the source:x |
        | packs: p | p is damaged → take what is whole out of it and move it aside |
        | packs: p is empty | p is empty → take what is whole out of it and move it aside |
        | packs: p is empty; damaged: blob A x.md C | p is empty → take what is whole out of it and move it aside |
        | packs: p is empty; damaged: blob A x.md C; remote: origin | p is empty → take what is whole out of it and move it aside |
        | packs: p is empty; damaged: blob A x.md C; heals: A the source:x | p is empty → take what is whole out of it and move it aside; the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → put it back from the source:x |
        | packs: p; packs: q is cut off | p is damaged → take what is whole out of it and move it aside; q is cut off → take what is whole out of it and move it aside |
        | damaged: blob A x.md C; damaged: tree B - C; heals: B the remote | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it; the tree bbbbbbbbbb is missing or damaged (in ccccccc) → put it back from the remote |
        | damaged: blob A x.md C; ref: lost; candidate: D; candidate from: the log | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → its bytes are nowhere on this machine: that version is lost, unless a remote or a copy has it; the branch main is gone → set it to ddddddd, the newest whole backup (the log) |
        | damaged: blob A x.md C; remote: origin; ref: lost | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → fetch it from the remote origin |
        | damaged: blob A x.md C; heals: A the source:x; ref: lost; candidate: D; index: bad | the blob aaaaaaaaaa of x.md is missing or damaged (in ccccccc) → put it back from the source:x |
