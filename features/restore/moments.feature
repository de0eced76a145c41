Feature: A moment is named as people name it
  `--at` takes a day, a time, how long ago, or a commit. What could be read in two ways is read in the one that loses
  nothing, and what is no moment is refused with the forms that are.

  Rule: Days, times and how long ago

    Scenario: moments, on the 10th of March 2026 at noon, two hours before Greenwich
      Then these words mean these moments:
        | words                       | moment                         |
        | now                         | 2026-03-10 12:00:00 +02:00     |
        | \x20NOW\x20                 | 2026-03-10 12:00:00 +02:00     |
        | yesterday                   | 2026-03-09 23:59:59 +02:00     |
        | Yesterday                   | 2026-03-09 23:59:59 +02:00     |
        | 90s                         | 2026-03-10 11:58:30 +02:00     |
        | 90m                         | 2026-03-10 10:30:00 +02:00     |
        | 12h                         | 2026-03-10 00:00:00 +02:00     |
        | 7d                          | 2026-03-03 12:00:00 +02:00     |
        | 2w                          | 2026-02-24 12:00:00 +02:00     |
        | 999h                        | 2026-01-27 21:00:00 +02:00     |
        | 3 days ago                  | 2026-03-07 12:00:00 +02:00     |
        | 1 hour ago                  | 2026-03-10 11:00:00 +02:00     |
        | 2026-01-05                  | 2026-01-05 23:59:59 +02:00     |
        | 2026-01-05 14:30            | 2026-01-05 14:30:00 +02:00     |
        | 2026-01-05T14:30            | 2026-01-05 14:30:00 +02:00     |
        | 2026-01-05T14:30:15         | 2026-01-05 14:30:15 +02:00     |
        | 2026-01-05 14:30:15.5       | 2026-01-05 14:30:15.5 +02:00   |
        | 2026-01-05T14:30Z           | 2026-01-05 14:30:00 +00:00     |
        | 2026-01-05 14:30 Z          | 2026-01-05 14:30:00 +00:00     |
        | 2026-01-05 14:30 +01:00     | 2026-01-05 14:30:00 +01:00     |
        | 2026-01-05 14:30-0130       | 2026-01-05 14:30:00 -01:30     |
        | 1970-01-01T00:00Z           | 1970-01-01 00:00:00 +00:00     |
        | 2030-01-01                  | 2030-01-01 23:59:59 +02:00     |

    Scenario: commits and branches
      Then these words mean these commits:
        | words                  | commit                 |
        | 1a2b                   | 1a2b                   |
        | 1A2B3C4                | 1a2b3c4                |
        | 2000                   | 2000                   |
        | 1234d                  | 1234d                  |
        | TIMES(40, a)           | TIMES(40, a)           |
        | main                   | main                   |
        | Main                   | Main                   |
        | main~2                 | main~2                 |
        | HEAD^                  | HEAD^                  |
        | HEAD^2~10              | HEAD^2~10              |
        | feature/a.b-c_d        | feature/a.b-c_d        |
        | abc                    | abc                    |

  Rule: What is no moment is refused with the forms that are

    Scenario: what is refused
      Then these words are refused, with the forms that are taken:
        | words                  | because                                               |
        |                        | --at '' is neither a time nor a commit                |
        | two words              | --at 'two words' is neither a time nor a commit       |
        | -x                     | --at '-x' is neither a time nor a commit              |
        | a..b                   | --at 'a..b' is neither a time nor a commit            |
        | a.                     | --at 'a.' is neither a time nor a commit              |
        | a/                     | --at 'a/' is neither a time nor a commit              |
        | 5.1.2026               | --at '5.1.2026' is neither a time nor a commit        |
        | 2026/01/05             | --at '2026/01/05' is neither a time nor a commit      |
        | 26-01-05               | --at '26-01-05' is neither a time nor a commit        |
        | 2026-01-05 14          | --at '2026-01-05 14' is neither a time nor a commit   |
        | 3 moons ago            | --at '3 moons ago' is neither a time nor a commit     |
        | 2026-02-30             | --at '2026-02-30' is no time that there is            |
        | 2026-01-05 25:00       | --at '2026-01-05 25:00' is no time that there is      |
        | 1969-12-31             | --at '1969-12-31' is before 1970                      |
        | 1969-12-31T23:59:59Z   | --at '1969-12-31T23:59:59Z' is before 1970            |
        | 999999 days ago        | --at '999999 days ago' is before 1970                 |
