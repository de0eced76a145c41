Feature: One verdict, whatever is out of order
  Whoever is told ten things does none of them. Status says the gravest first, in one sentence with what helps; a script reads
  the same from its exit code, which is 1 only where something is not protected.

  Rule: Each sign has its words

    Scenario: signs that alone leave nothing unprotected
      Then where a change may wait 26 hours, of these signs alone is said:
        | what is so                     | verdict   | exit | because                                                                 | next                                                                    |
        |                                | protected | 0    | everything that belongs in the backup is in it                          |                                                                         |
        | no trigger                     | protected | 0    | everything that belongs in the backup is in it                          |                                                                         |
        | 1 change                       | protected | 0    | 1 pending, none for longer than it may wait                             |                                                                         |
        | 12 changes of 26 hours         | protected | 0    | 12 pending, none for longer than it may wait                            |                                                                         |
        | 0 changes of 90 hours          | protected | 0    | everything that belongs in the backup is in it                          |                                                                         |
        | the newest damaged             | protected | 0    | everything that belongs in the backup is in it                          |                                                                         |
        | a block of 90 hours that is over | protected | 0  | everything that belongs in the backup is in it                          |                                                                         |
        | damage                         | attention | 0    | the newest backup is whole, but something older is damaged: a pack is gone | `inv recover --check` says what mends it                             |
        | a block                        | attention | 0    | the next sync is blocked: a secret                                      | mend it                                                                 |
        | a block without a way          | attention | 0    | the next sync is blocked: a fault                                       |                                                                         |
        | a block of 26 hours            | attention | 0    | the next sync is blocked: a secret                                      | mend it                                                                 |
        | a block of 1 hour, 1 change of 26 hours | attention | 0 | the next sync is blocked: a secret                                | mend it                                                                 |
        | a conflict of 1 second         | attention | 0    | in conflict with the remote; local commits go on                        | `inv recover` shows the ways out of the conflict                        |
        | a conflict of 26 hours         | attention | 0    | in conflict with the remote; local commits go on                        | `inv recover` shows the ways out of the conflict                        |
        | a push that failed             | attention | 0    | the last push did not succeed: it is away                               | `inv sync --push` tries again now                                       |
        | 1 failure                      | attention | 0    | the last sync failed                                                    | `inv sync` tries again now and says what is wrong                       |
        | 2 failures                     | attention | 0    | the last 2 syncs failed                                                 | `inv sync` tries again now and says what is wrong                       |
        | 1 in quarantine                | attention | 0    | 1 change in quarantine; the rest goes                                   | mend x.md                                                               |
        | 2 in quarantine, 2 changes     | attention | 0    | 2 changes in quarantine; the rest goes                                  | mend x.md                                                               |
        | 1 left out                     | attention | 0    | one path is left out                                                    | chmod x.md                                                              |
        | 2 left out                     | attention | 0    | 2 paths are left out                                                    | chmod x.md                                                              |
        | 1 change, no trigger           | attention | 0    | 1 change pending, and no trigger is installed                           | `inv sync` takes what is pending; `inv install-cron`, or another trigger, sees to it from then on |
        | 3 changes, no trigger          | attention | 0    | 3 changes pending, and no trigger is installed                          | `inv sync` takes what is pending; `inv install-cron`, or another trigger, sees to it from then on |
        | 1 change, switched off         | attention | 0    | 1 change pending, and auto-sync is disabled                             | `inv enable` turns it on; `inv sync` takes what is pending              |
        | 2 changes, switched off, no trigger | attention | 0 | 2 changes pending, and auto-sync is disabled                           | `inv enable` turns it on; `inv sync` takes what is pending              |
        | 1 link out                     | attention | 0    | 1 link out of the tree: its contents lie outside the backup             | `inv set-config FOLLOW_LINKS_INTO='["FOLDER"]'` names the folders whose contents belong in it |
        | 2 links out                    | attention | 0    | 2 links out of the tree: their contents lie outside the backup          | `inv set-config FOLLOW_LINKS_INTO='["FOLDER"]'` names the folders whose contents belong in it |
        | two notes                      | attention | 0    | one is odd                                                              |                                                                         |
        | switched off                   | attention | 0    | auto-sync is disabled                                                   | `inv enable` turns it on                                                |
        | two notes, switched off        | attention | 0    | one is odd                                                              |                                                                         |

    Scenario: signs that leave something unprotected
      Then where a change may wait 26 hours, of these signs alone is said:
        | what is so                                  | verdict       | exit | because                                                         | next                                                       |
        | a source that is empty                      | not protected | 1    | it is empty                                                     | name it                                                    |
        | a lost source                               | not protected | 1    | it is gone                                                      |                                                            |
        | no backup                                   | not protected | 1    | there is no backup yet                                          | `inv sync` makes the first one                             |
        | nothing to back up                          | not protected | 1    | there is no backup yet: it is empty                             | fill it                                                    |
        | damage, the newest damaged                  | not protected | 1    | the backup was damaged when it was last read: a pack is gone    | `inv recover --check` says what mends it                   |
        | a block without a way, 1 change of 27 hours | not protected | 1    | blocked for 27 hours: a fault                                   |                                                            |
        | a block of 26 hours 1 second                | not protected | 1    | blocked for 26 hours: a secret                                  | mend it                                                    |
        | a block of 27 hours, 1 change of 50 hours   | not protected | 1    | blocked for 2 days: a secret                                    | mend it                                                    |
        | a block of 50 hours, 1 change of 27 hours   | not protected | 1    | blocked for 2 days: a secret                                    | mend it                                                    |
        | a block of 1 hour, 1 change of 27 hours     | not protected | 1    | blocked for 27 hours: a secret                                  | mend it                                                    |
        | 1 change of 26 hours 1 second               | not protected | 1    | a change has waited for 26 hours                                | `inv sync` takes what is pending, `inv doctor` says why nothing did |
        | 2 changes of 72 hours                       | not protected | 1    | a change has waited for 3 days                                  | `inv sync` takes what is pending, `inv doctor` says why nothing did |
        | 1 change of 27 hours, no trigger            | not protected | 1    | a change has waited for 27 hours                                | `inv sync` takes what is pending; `inv install-cron`, or another trigger, sees to it from then on |
        | 1 change of 27 hours, switched off          | not protected | 1    | a change has waited for 27 hours                                | `inv enable` turns it on; `inv sync` takes what is pending |
        | 1 change of 27 hours, switched off, 1 in quarantine | not protected | 1 | a change has waited for 27 hours                           | mend x.md                                                  |
        | a conflict of 26 hours 1 second             | not protected | 1    | in conflict with the remote for 26 hours                        | `inv recover` shows the ways out of the conflict           |
        | silent triggers                             | not protected | 1    | cron (x) is installed but has not been seen for two of its periods | `inv doctor` says what keeps it away                    |
        | an unloaded plugin                          | not protected | 1    | the plugin is not loaded                                        | `inv doctor` says more                                     |

  Rule: The gravest is told, however many there are

    Scenario: what comes before what
      Then where a change may wait 26 hours, of any two of these the upper one is told:
        | what is so                   | verdict       | exit | because                                                            | next                                                       |
        | a source that is empty       | not protected | 1    | it is empty                                                        | name it                                                    |
        | no backup                    | not protected | 1    | there is no backup yet                                             | `inv sync` makes the first one                             |
        | damage, the newest damaged   | not protected | 1    | the backup was damaged when it was last read: a pack is gone       | `inv recover --check` says what mends it                   |
        | a block of 50 hours          | not protected | 1    | blocked for 2 days: a secret                                       | mend it                                                    |
        | 1 change of 27 hours         | not protected | 1    | a change has waited for 27 hours                                   | `inv sync` takes what is pending, `inv doctor` says why nothing did |
        | a conflict of 27 hours       | not protected | 1    | in conflict with the remote for 27 hours                           | `inv recover` shows the ways out of the conflict           |
        | silent triggers              | not protected | 1    | cron (x) is installed but has not been seen for two of its periods | `inv doctor` says what keeps it away                       |
        | an unloaded plugin           | not protected | 1    | the plugin is not loaded                                           | `inv doctor` says more                                     |
        | a push that failed           | attention     | 0    | the last push did not succeed: it is away                          | `inv sync --push` tries again now                          |
        | 3 failures                   | attention     | 0    | the last 3 syncs failed                                            | `inv sync` tries again now and says what is wrong          |
        | 1 left out                   | attention     | 0    | one path is left out                                               | chmod x.md                                                 |
        | 2 links out                  | attention     | 0    | 2 links out of the tree: their contents lie outside the backup     | `inv set-config FOLLOW_LINKS_INTO='["FOLDER"]'` names the folders whose contents belong in it |
        | two notes                    | attention     | 0    | one is odd                                                         |                                                            |
        |                              | protected     | 0    | everything that belongs in the backup is in it                     |                                                            |

    Scenario: and of what can wait
      Then where a change may wait 26 hours, of any two of these the upper one is told:
        | what is so              | verdict   | exit | because                                                                    | next                                              |
        | damage                  | attention | 0    | the newest backup is whole, but something older is damaged: a pack is gone | `inv recover --check` says what mends it          |
        | a block of 26 hours     | attention | 0    | the next sync is blocked: a secret                                         | mend it                                           |
        | a conflict of 26 hours  | attention | 0    | in conflict with the remote; local commits go on                           | `inv recover` shows the ways out of the conflict  |
        | a push that failed      | attention | 0    | the last push did not succeed: it is away                                  | `inv sync --push` tries again now                 |
        | 1 failure               | attention | 0    | the last sync failed                                                       | `inv sync` tries again now and says what is wrong |
        | 1 in quarantine         | attention | 0    | 1 change in quarantine; the rest goes                                      | mend x.md                                         |
        | 2 left out              | attention | 0    | 2 paths are left out                                                       | chmod x.md                                        |
        | 2 changes, switched off | attention | 0    | 2 changes pending, and auto-sync is disabled                               | `inv enable` turns it on; `inv sync` takes what is pending |
        | 1 link out              | attention | 0    | 1 link out of the tree: its contents lie outside the backup                | `inv set-config FOLLOW_LINKS_INTO='["FOLDER"]'` names the folders whose contents belong in it |
        | two notes               | attention | 0    | one is odd                                                                 |                                                   |

  Rule: A person is told once of each change, and of what stands nothing more

    Scenario: what is told after a run
      Then after what was told last, these runs tell:
        | told last               | verdict       | the run             | failures | told now                           | told from then on             |
        |                         | protected     | changed             | 0        |                                    | protected                     |
        |                         | protected     | ok                  | 0        |                                    | protected                     |
        |                         | attention     | changed             | 0        | attention: so it is                | attention                     |
        | attention               | attention     | changed             | 0        |                                    | attention                     |
        | attention               | not protected | failed by no space  | 1        | not protected: so it is            | not protected                 |
        | not protected           | attention     | changed             | 0        | attention: so it is                | attention                     |
        | not protected           | protected     | changed             | 0        | protected: so it is                | protected                     |
        |                         | attention     | blocked by a secret | 0        | blocked: a secret                  | attention by a secret         |
        | attention               | attention     | blocked by a secret | 0        | blocked: a secret                  | attention by a secret         |
        | attention by a secret   | attention     | blocked by a secret | 0        |                                    | attention by a secret         |
        | attention by a secret   | attention     | blocked by a loss   | 0        | blocked: a loss                    | attention by a loss           |
        | attention by a secret   | not protected | blocked by a secret | 0        | not protected: so it is            | not protected by a secret     |
        | attention by a secret   | attention     | deferred by a limit | 0        |                                    | attention                     |
        | attention by a secret   | protected     | changed             | 0        | protected: so it is                | protected                     |
        | attention               | attention     | failed by no space  | 2        |                                    | attention                     |
        | attention               | attention     | failed by no space  | 3        | 3 syncs in a row failed: no space  | attention, failures           |
        |                         | attention     | failed by no space  | 3        | 3 syncs in a row failed: no space  | attention, failures           |
        | attention, failures     | attention     | failed by no space  | 4        |                                    | attention, failures           |
        | attention, failures     | not protected | failed by no space  | 30       | not protected: so it is            | not protected, failures       |
        | attention, failures     | protected     | changed             | 0        | protected: so it is                | protected                     |
        | attention, failures     | attention     | failed by no space  | 1        |                                    | attention                     |
        | attention               | attention     | blocked by a secret | 3        | blocked: a secret                  | attention by a secret, failures |
        | attention by a secret   | attention     | blocked by a secret | 3        | 3 syncs in a row failed: a secret  | attention by a secret, failures |
