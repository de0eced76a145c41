Feature: One answer for every situation
  Whether a sync goes follows from what is pending, who asks and what was before, and from nothing else. The same situation
  gets the same answer and the same words, whoever looks; nothing that waits is forgotten.

  Rule: How much is pending, and for how long

    Scenario: of what starts a sync
      Then at 10:00 these syncs are decided so:
        | pending                                        | asked by     | besides                | the sync            | because                                                           |
        |                                                | the watcher  |                        | is skipped          | nothing to do                                                     |
        |                                                | a person     |                        | is skipped          | nothing to do                                                     |
        | 1 log                                          | the watcher  | 1 failure until 10:20  | is skipped          | nothing to do                                                     |
        | 1 note                                         | the schedule |                        | is skipped          | no change lies inside `sync_triggers`                             |
        | 1 note                                         | a person     |                        | goes                | asked for by hand                                                 |
        | 1 note                                         | the watcher  | insisting              | goes                | forced                                                            |
        | 1 document                                     | the watcher  |                        | waits until 10:00 tomorrow | 1 change of medium priority, and more than 3 start a sync   |
        | 3 documents, 5 notes                           | the watcher  |                        | waits until 10:00 tomorrow | 3 changes of medium priority, and more than 3 start a sync  |
        | 4 documents                                    | the watcher  |                        | goes                | 4 changes of medium priority                                      |
        | 1 context file                                 | the workflow |                        | goes                | 1 change of high priority                                         |
        | 2 context files, 9 documents, 1 note           | the schedule |                        | goes                | 2 changes of high priority                                        |
        | 1 document since 09:30, 1 document since 09:00 | the watcher  |                        | waits until 09:00 tomorrow | 2 changes of medium priority, and more than 3 start a sync  |
        | 1 document since 10:00 yesterday               | the watcher  |                        | goes                | a change has waited 24 hours or more                              |
        | 1 document since 10:01 yesterday               | the watcher  |                        | waits until 10:01   | 1 change of medium priority, and more than 3 start a sync         |
        | 1 document, 1 document since 09:00 yesterday   | the watcher  |                        | goes                | a change has waited 24 hours or more                              |
        | 1 document since 10:30                         | the watcher  |                        | goes                | a change has waited 24 hours or more                              |
        | 1 note since 09:00 yesterday                   | the watcher  |                        | is skipped          | no change lies inside `sync_triggers`                             |
        | 1 context file                                 | the watcher  | 2 are needed           | waits until 10:00 tomorrow | 1 change pending, and a sync needs 2                        |
        | 2 context files, 1 note                        | the watcher  | 3 are needed           | waits until 10:00 tomorrow | 2 changes pending, and a sync needs 3                       |
        | 2 context files                                | the watcher  | 2 are needed           | goes                | 2 changes of high priority                                        |
        | 3 documents                                    | the watcher  | 2 are needed           | waits until 10:00 tomorrow | 3 changes of medium priority, and more than 3 start a sync  |
        | 1 context file since 10:00 yesterday           | the watcher  | 2 are needed           | goes                | a change has waited 24 hours or more                              |
        | 1 context file                                 | a person     | 2 are needed           | goes                | asked for by hand                                                 |
        | 1 context file                                 | the watcher  | switched off           | is skipped          | auto-sync is disabled                                             |
        |                                                | the workflow | switched off           | is skipped          | auto-sync is disabled                                             |
        | 1 context file                                 | the watcher  | switched off, insisting | goes               | forced                                                            |
        | 1 context file                                 | a person     | switched off           | goes                | asked for by hand                                                 |

  Rule: What was before

    Scenario: the last sync, and failures since
      Then at 10:00 these syncs are decided so:
        | pending                          | asked by     | besides                                        | the sync                   | because                                                     |
        | 1 context file                   | the watcher  | a sync at 09:55                                | goes                       | 1 change of high priority                                   |
        | 1 context file                   | the watcher  | a sync at 09:56                                | waits until 10:01          | the limit of one sync in 5 minutes                          |
        | 1 context file                   | the watcher  | a sync at 10:00                                | waits until 10:05          | the limit of one sync in 5 minutes                          |
        | 1 context file                   | the watcher  | a sync at 10:01                                | goes                       | 1 change of high priority                                   |
        | 1 context file                   | a person     | a sync at 10:00                                | goes                       | asked for by hand                                           |
        | 1 context file                   | the workflow | a sync at 10:00, insisting                     | goes                       | forced                                                      |
        | 1 context file                   | the watcher  | 1 failure until 10:03                          | waits until 10:03          | the wait after 1 failure in a row                           |
        | 1 context file                   | the watcher  | 3 failures until 10:20                         | waits until 10:20          | the wait after 3 failures in a row                          |
        | 1 context file                   | the watcher  | 3 failures until 10:00                         | goes                       | 1 change of high priority                                   |
        | 1 context file                   | the watcher  | 3 failures until 16:00                         | waits until 16:00          | the wait after 3 failures in a row                          |
        | 1 context file                   | the watcher  | 3 failures until 16:01                         | goes                       | 1 change of high priority                                   |
        | 1 context file                   | the watcher  | 0 failures until 10:20                         | goes                       | 1 change of high priority                                   |
        | 1 context file                   | a person     | 3 failures until 10:20                         | goes                       | asked for by hand                                           |
        | 1 context file                   | the watcher  | a sync at 09:58, 1 failure until 10:02         | waits until 10:03          | the limit of one sync in 5 minutes                          |
        | 1 context file                   | the watcher  | a sync at 09:58, 1 failure until 10:03         | waits until 10:03          | the limit of one sync in 5 minutes                          |
        | 1 context file                   | the watcher  | a sync at 09:58, 1 failure until 10:04         | waits until 10:04          | the wait after 1 failure in a row                           |
        | 1 document                       | the watcher  | a sync at 09:58                                | waits until 10:00 tomorrow | 1 change of medium priority, and more than 3 start a sync   |
        | 1 document since 10:01 yesterday | the watcher  | a sync at 09:58                                | waits until 10:03          | 1 change of medium priority, and more than 3 start a sync   |
        | 1 document since 10:05 yesterday | the watcher  | a sync at 09:58                                | waits until 10:05          | 1 change of medium priority, and more than 3 start a sync   |
        | 1 document since 09:00 yesterday | the watcher  | a sync at 09:58                                | waits until 10:03          | the limit of one sync in 5 minutes                          |
        | 1 note                           | the watcher  | a sync at 09:58                                | is skipped                 | no change lies inside `sync_triggers`                       |
      And after these failures at 10:00 the next try is:
        | failures | a limit of | at the earliest | and at the latest |
        | 1        | 5 minutes  | 10:05           | 10:05:30          |
        | 2        | 5 minutes  | 10:10           | 10:11             |
        | 4        | 5 minutes  | 10:40           | 10:44             |
        | 7        | 5 minutes  | 15:20           | 15:52             |
        | 8        | 5 minutes  | 16:00           | 16:00             |
        | 99       | 5 minutes  | 16:00           | 16:00             |
        | 1        | 0 seconds  | 10:01           | 10:01:06          |
        | 3        | 0 seconds  | 10:04           | 10:04:24          |
        | 1        | 1 hour     | 11:00           | 11:06             |

  Rule: What a person must look at first

    Scenario: losses, and branches of others
      Then at 10:00 these syncs are decided so:
        | pending              | asked by    | besides                                     | the sync   | because                                                               |
        | 21 deletions         | the watcher | of 40                                       | is blocked | 21 of the 40 files in the backup are gone from the source             |
        | 21 deletions         | a person    | of 40, insisting                            | is blocked | 21 of the 40 files in the backup are gone from the source             |
        | 20 deletions         | the watcher | of 40                                       | goes       | 20 changes of high priority                                           |
        | 10 deletions         | the watcher | of 11                                       | goes       | 10 changes of high priority                                           |
        | 11 deletions         | the watcher | of 12                                       | is blocked | 11 of the 12 files in the backup are gone from the source             |
        | 11 deletions, 1 note | a person    | of 12, of "notes/"                          | goes       | asked for by hand                                                     |
        | 11 emptied files     | the watcher | of 900                                      | is blocked | 11 files were emptied at once                                         |
        | 10 emptied files     | the watcher | of 10                                       | goes       | 10 changes of high priority                                           |
        | 11 emptied files, 1 note | a person | of 900, of "notes/"                        | goes       | asked for by hand                                                     |
        | 1 deletion           | the watcher | of 1, nothing left                          | is blocked | the source is empty, but the backup holds 1 file of it                |
        | 1 deletion           | the watcher | of 0, nothing left                          | goes       | 1 change of high priority                                             |
        | 1 deletion           | the watcher | of 3, one left                              | goes       | 1 change of high priority                                             |
        | 12 deletions         | a person    | of 12, these are allowed                    | goes       | asked for by hand                                                     |
        | 12 deletions         | a person    | of 12, others are allowed                   | is blocked | 12 of the 12 files in the backup are gone from the source; what was allowed (aa) is another set of deletions |
        |                      | the watcher | another's branch                            | is blocked | the backup's branch belongs to another source (b0b)                   |
        | 1 context file       | a person    | another's branch, insisting                 | is blocked | the backup's branch belongs to another source (b0b)                   |
        | 1 context file       | a person    | another's branch, taking over               | goes       | asked for by hand                                                     |
        |                      | a person    | another's branch, taking over               | goes       | takes the branch over from another source (b0b)                       |
        |                      | a person    | taking over                                 | is skipped | nothing to do                                                         |
        | 1 context file       | the watcher | 2 in the way                                | is blocked | the backup's branch got 2 other files at paths of the source          |
        | 1 context file       | the watcher | 1 in the way, at first                      | is blocked | the backup's branch already holds 1 other file at paths of the source |
        | 1 context file       | a person    | 2 in the way, taking over                   | goes       | asked for by hand                                                     |
        | 1 context file       | the watcher | another's branch, switched off              | is skipped | auto-sync is disabled                                                 |

  Rule: What a part takes

    Scenario: by its kind, its pattern and who asks
      Then at 10:00 these syncs are decided so:
        | pending                                | asked by     | besides                      | the sync   | because                     | taken                       |
        | 1 context file, 1 document, 1 tool in bin | a person  | of context only              | goes       | asked for by hand           | 1 context file, 1 document  |
        | 1 context file, 1 tool in bin, 1 skill | a person     | of tools only                | goes       | asked for by hand           | 1 tool in bin               |
        | 1 command, 1 plugin, 1 mode            | a person     | of tools only                | goes       | asked for by hand           | 1 command, 1 plugin         |
        | 1 context file, 1 tool in bin, 1 note  | a person     | of context only, of tools only | goes     | asked for by hand           | 1 context file, 1 tool in bin |
        | 1 context file, 1 note                 | a person     | of "notes/"                  | goes       | asked for by hand           | 1 note                      |
        | 1 context file, 1 note                 | a person     | of "notes/", of context only | is skipped | nothing to do               |                             |
        | 1 log, 1 context file                  | a person     |                              | goes       | asked for by hand           | 1 context file              |
        | 1 log, 1 context file                  | a person     | with low priority            | goes       | asked for by hand           | 1 log, 1 context file       |
        | 1 log, 1 context file                  | the schedule | with low priority            | goes       | 1 change of high priority   | 1 context file              |
        | 1 private key                          | a person     | with low priority            | is skipped | nothing to do               |                             |
        | 1 context file, 1 note                 | the watcher  |                              | goes       | 1 change of high priority   | 1 context file, 1 note      |
        | 3 documents, 1 tool in bin             | the watcher  | of context only              | waits until 10:00 tomorrow | 3 changes of medium priority, and more than 3 start a sync | |
        | 1 log                                  | the watcher  | of context only              | is skipped | nothing to do               |                             |

    Scenario: what stays, and what it waits for
      Then at 10:00 what stays waits for:
        | pending        | asked by     | besides                      | what it waits for                                                                                 |
        | 1 document     | the watcher  |                              | more than 3 pending changes of medium priority, one of high priority, or 24 hours of waiting      |
        | 1 note         | the watcher  |                              | the next sync (it lies outside `sync_triggers` and starts none itself)                            |
        | 1 note, 1 document | the watcher |                           | the next sync (it lies outside `sync_triggers` and starts none itself)                            |
        | 1 context file | the watcher  | 2 are needed                 | 2 pending changes, or 24 hours of waiting                                                         |
        | 1 note, 1 context file | the watcher | 2 are needed          | the next sync (it lies outside `sync_triggers` and starts none itself)                            |
        | 1 context file | the watcher  | a sync at 09:58              | the limit of one sync in 5 minutes                                                                |
        | 1 context file | the watcher  | 2 failures until 10:20       | the wait after 2 failures in a row                                                                |
        | 1 context file | the watcher  | switched off                 | auto-sync to be enabled, or a sync by hand                                                        |
        | 1 log          | the watcher  |                              | a sync by hand with --include-low (its priority is low)                                           |
        | 1 private key  | a person     | with low priority            | nothing: it is protected and never goes into the backup                                           |
        | 1 tool in bin, 1 note | a person | of context only           | the next sync without --context-only                                                              |
        | 1 note         | a person     | of tools only, of "docs/"    | the next sync without --tools-only --include                                                      |
        | 1 log          | a person     | of context only              | a sync by hand with --include-low (its priority is low)                                           |
        | 12 deletions   | a person     | of 12                        | a person: `inv restore` brings them back                                                          |
        | 1 context file | a person     | 1 in the way                 | a person: move those files away, or replace them with --adopt                                     |
        | 1 context file | a person     | another's branch             | a person: `inv bootstrap ADDRESS` brings its tree here                                            |
