Feature: What is told of a remote's address and of its host's answers
  Git has one exit code for all that can go wrong. Whoever reads the message should know what to do, not look it up.

  Background:
    Given a config tree backed up at 09:00
    And a remote that every sync pushes to

  Rule: Only addresses that run nothing and give nothing away are gone to

    Scenario: addresses
      When the remote has each of these addresses, one after the other, it says:
        | address                           | told                                             |
        |                                   | it is empty, too long                            |
        | {}/x                              | it is empty, too long                            |
        | ext::sh -c x                      | ext:: would run a program                        |
        | a/b                               | a folder is named by its full path               |
        | a/b:c                             | a folder is named by its full path               |
        | file://host/x                     | a file address names no other host               |
        | file:relative                     | pushes would go to file:relative                 |
        | https://a b/x                     | its host is no name of a host                    |
        | https://a.net:123456/x            | its host is no name of a host                    |
        | https://a.net/x?token=1           | a query or a fragment                            |
        | https://a.net/x#f                 | a query or a fragment                            |
        | ssh://-o@host/x                   | its user is no name of a user                    |
        | -o@host:x                         | begins with a dash                               |
        | me!@host:x                        | its user is no name of a user                    |
        | http://a.net/x                    | plain http can be read                           |
        | http://a.net:80/x                 | plain http can be read                           |
        | ftp://a.net/x                     | ftp:// is not allowed                            |
        | :x                                | it is no address that git knows                  |
        | host:                             | it is no address that git knows                  |
        | http://localhost:1/x              | pushes would go to http://localhost:1/x and      |
        | https://ana:kitten@a.net/x        | pushes would go to https://a.net/x and           |
        | https://kitten@a.net/x            | pushes would go to https://a.net/x and           |
        | git+ssh://ana:kitten@a.net/x      | pushes would go to ssh://ana@a.net/x and         |
        | SSH://a.net/x                     | pushes would go to ssh://a.net/x and             |
        | ana@a.net:x                       | pushes would go to ana@a.net:x and               |
        | file://localhost/x                | pushes would go to file://localhost/x and        |

  Rule: What of an address is secret is not told, whoever says it

    Scenario: a host that repeats the password
      Given the remote is reached by ssh with the password "kitten"
      When its host answers, one after the other, it says:
        | how      | said                                         | told                                   |
        | hangs up | kitten is out of date\n\nask for another one | *** is out of date; ask for another one |

  Rule: What the host says is told with what helps

    Scenario: answers
      Given the remote is reached by ssh
      When its host answers, one after the other, it says:
        | how      | said                                                  | told                                                   |
        | hangs up | Host key verification failed.                         | Host key verification failed … connect to that host once by hand |
        | hangs up | git@x: Permission denied (publickey,password).        | log in there once with plain git                       |
        | hangs up | fatal: detected dubious ownership in repository at '/srv/a b' | safe.directory '/srv/a b'                      |
        | hangs up | fatal: unable to access 'https://a.net/x/': SSL certificate problem | http.https://a.net.sslCAInfo FILE        |
        | hangs up | ERROR: Repository 'x' not found                       | make the repository there                              |
        | hangs up | No space left on device                               | mend what git names there                              |
        | refuses  | GH001: Large files detected.                          | recover --forget                                       |
        | refuses  | No space left on device                               | there is no room left at that place                    |
        | refuses  | insufficient permission for adding an object          | you may not write there                                |
        | refuses  | no pushes on Sunday                                   | pre-receive hook declined … no pushes on Sunday … look at the rules of that branch |
