Feature: Where a remote may lie, and what of its address is told
  An address is copied from anywhere, and may hold a password or a token. A backup goes only where nothing of it can be read
  on the way and nothing is run to get there; what in the address is secret is in no message and no file of this program's.

  Rule: It goes to https, to ssh and to folders

    Scenario: addresses that are gone to
      Then a remote of these addresses is reached and told so:
        | address                            | by    | is told as                   | folder     | secret                              |
        | https://a.net/ana/x.git            | https | https://a.net/ana/x.git      |            |                                     |
        | https://a.net                      | https | https://a.net                |            |                                     |
        | https://a.net:8443/x               | https | https://a.net:8443/x         |            |                                     |
        | HTTPS://A.net/X                    | https | https://A.net/X              |            |                                     |
        | https://my_host-1.a.net/x          | https | https://my_host-1.a.net/x    |            |                                     |
        | https://[2001:db8::1]:99/x         | https | https://[2001:db8::1]:99/x   |            |                                     |
        | https://@a.net/x                   | https | https://a.net/x              |            |                                     |
        | https://kitten@a.net/x             | https | https://a.net/x              |            | kitten                              |
        | https://kit%74en@a.net/x           | https | https://a.net/x              |            | kit%74en kitten                     |
        | https://ana:kitten@a.net/x         | https | https://a.net/x              |            | ana:kitten kitten                   |
        | https://ana:kit%74en@a.net/x       | https | https://a.net/x              |            | ana:kit%74en kit%74en kitten        |
        | https://ana:kit:ten@a.net/x        | https | https://a.net/x              |            | ana:kit:ten kit:ten                 |
        | https://ana:kit@ten@a.net/x        | https | https://a.net/x              |            | ana:kit@ten kit@ten                 |
        | https://:kitten@a.net/x            | https | https://a.net/x              |            | :kitten kitten                      |
        | https://kitten:@a.net/x            | https | https://a.net/x              |            | kitten: kitten                      |
        | http://localhost/x                 | http  | http://localhost/x           |            |                                     |
        | http://LocalHost:8080/x            | http  | http://LocalHost:8080/x      |            |                                     |
        | http://127.0.0.1:1/x               | http  | http://127.0.0.1:1/x         |            |                                     |
        | http://[::1]/x                     | http  | http://[::1]/x               |            |                                     |
        | http://[::1]:8080/x                | http  | http://[::1]:8080/x          |            |                                     |
        | http://kitten@localhost/x          | http  | http://localhost/x           |            | kitten                              |
        | ssh://a.net/x                      | ssh   | ssh://a.net/x                |            |                                     |
        | ssh://ana@a.net:22/x               | ssh   | ssh://ana@a.net:22/x         |            |                                     |
        | ssh://ana:kit%74en@a.net/x         | ssh   | ssh://ana@a.net/x            |            | kit%74en kitten                     |
        | ssh://ana:@a.net/x                 | ssh   | ssh://ana@a.net/x            |            |                                     |
        | git+ssh://a.b-c+d_e@a.net/x        | ssh   | ssh://a.b-c+d_e@a.net/x      |            |                                     |
        | SSH+GIT://a.net                    | ssh   | ssh://a.net                  |            |                                     |
        | ana@a.net:x/y.git                  | ssh   | ana@a.net:x/y.git            |            |                                     |
        | a.net:/x                           | ssh   | a.net:/x                     |            |                                     |
        | a.net:~/x:y                        | ssh   | a.net:~/x:y                  |            |                                     |
        | ana@[2001:db8::1]:x                | ssh   | ana@[2001:db8::1]:x          |            |                                     |
        | https:x                            | ssh   | https:x                      |            |                                     |
        | /mnt/a stick/x.git                 | file  | /mnt/a stick/x.git           | /mnt/a stick/x.git |                             |
        | /mnt/a:b                           | file  | /mnt/a:b                     | /mnt/a:b   |                                     |
        | /mnt/x?y#z                         | file  | /mnt/x?y#z                   | /mnt/x?y#z |                                     |
        | file:///mnt/x                      | file  | file:///mnt/x                | /mnt/x     |                                     |
        | FILE://localhost/mnt/x             | file  | FILE://localhost/mnt/x       | /mnt/x     |                                     |
        | /TIMES(4095, x)                    | file  | /TIMES(4095, x)              | /TIMES(4095, x) |                                |

    Scenario: addresses that are not
      Then a remote of these addresses is refused with these words:
        | address                      | because                                                                                    |
        |                              | it is empty, too long, or holds control characters                                         |
        | /TIMES(4096, x)              | it is empty, too long, or holds control characters                                         |
        | /mnt/a\nb                    | it is empty, too long, or holds control characters                                         |
        | /mnt/a\x1fb                  | it is empty, too long, or holds control characters                                         |
        | https://a.net/\x7f           | it is empty, too long, or holds control characters                                         |
        | -oProxyCommand=x@a.net:x     | it begins with a dash, like an option                                                      |
        | --upload-pack=x              | it begins with a dash, like an option                                                      |
        | ext::sh -c x                 | ext:: would run a program; allowed are https, ssh and file                                 |
        | fd::7                        | fd:: would run a program; allowed are https, ssh and file                                  |
        | https::https://a.net/x       | https:: would run a program; allowed are https, ssh and file                               |
        | TIMES(20, x)y::z             | TIMES(20, x) would run a program; allowed are https, ssh and file                          |
        | file://a.net/x               | a file address names no other host (file:///folder)                                        |
        | file://                      | FULL PATH                                                                                  |
        | x                            | FULL PATH                                                                                  |
        | a/b:c                        | FULL PATH                                                                                  |
        | a/b:c/d                      | FULL PATH                                                                                  |
        | ../x                         | FULL PATH                                                                                  |
        | ~/x                          | FULL PATH                                                                                  |
        | https://a b/x                | its host is no name of a host                                                              |
        | https:///x                   | its host is no name of a host                                                              |
        | https://-a.net/x             | its host is no name of a host                                                              |
        | https://ana@/x               | its host is no name of a host                                                              |
        | https://a.net:123456/x       | its host is no name of a host                                                              |
        | https://a.net:/x             | its host is no name of a host                                                              |
        | https://é.net/x              | its host is no name of a host                                                              |
        | ftp://a b/x                  | its host is no name of a host                                                              |
        | https://a.net/x?token=kitten | it holds a query or a fragment, which may be a token                                       |
        | ssh://a.net/x#kitten         | it holds a query or a fragment, which may be a token                                       |
        | ssh://-l@a.net/x             | its user is no name of a user                                                              |
        | ssh://@a.net/x               | its user is no name of a user                                                              |
        | ssh://a;b:kitten@a.net/x     | its user is no name of a user                                                              |
        | a b@a.net:x                  | its user is no name of a user                                                              |
        | http://a.net/x               | plain http can be read and changed on the way; use https or ssh                            |
        | http://127.0.0.1.a.net/x     | plain http can be read and changed on the way; use https or ssh                            |
        | http://a.net:80/x            | plain http can be read and changed on the way; use https or ssh                            |
        | ftp://a.net/x                | ftp:// is not allowed; allowed are https, ssh and file                                     |
        | git://a.net/x                | git:// is not allowed; allowed are https, ssh and file                                     |
        | TIMES(20, x)y://a.net/x      | TIMES(20, x):// is not allowed; allowed are https, ssh and file                            |
        | :x                           | UNKNOWN                                                                                    |
        | a.net:                       | UNKNOWN                                                                                    |
        | ana@:x                       | UNKNOWN                                                                                    |
        | ana@b@a.net:x                | UNKNOWN                                                                                    |
        | ana@-a.net:x                 | UNKNOWN                                                                                    |
        | https:/a.net/x               | after https: come two slashes                                                              |
        | HTTP:/a.net/x                | after HTTP: come two slashes                                                               |
        | ssh:/a.net/x                 | after ssh: come two slashes                                                                |
        | file:/mnt/x                  | after file: come two slashes                                                               |

  Rule: What of an address is secret is told by nobody and written nowhere

    Scenario: whatever git or a host says of it
      Then of what is said of these remotes this is told:
        | address                     | said                                                       | told                                                   |
        | https://ana:kitten@a.net/x  | unable to access 'https://ana:kitten@a.net/x': no          | unable to access 'https://***@a.net/x': no             |
        | https://ana:kitten@a.net/x  | ana:kitten has no kitten                                   | *** has no ***                                         |
        | https://ana:kitten@a.net/x  | ana may not                                                | ana may not                                            |
        | https://kitten@a.net/x      | kitten is out of date                                      | *** is out of date                                     |
        | https://ana:kit%74en@a.net/x | kit%74en or kitten                                        | *** or ***                                             |
        | https://ana:kit@a.net/x     | a kit of https://ana:kit@a.net                             | a kit of https://***@a.net                             |
        | https://ana:kitt@a.net/x    | a kitt                                                     | a ***                                                  |
        | https://ana:k-t@a.net/x     | a k-t                                                      | a ***                                                  |
        | ssh://ana:kitten@a.net/x    | ana@a.net: kitten?                                         | ana@a.net: ***?                                        |
        | ana@a.net:x                 | ana@a.net: Permission denied                               | ana@a.net: Permission denied                           |
        | /mnt/x                      | moved to https://ana:kitten@a.net/x and ssh://b:puppy@b.net | moved to https://***@a.net/x and ssh://***@b.net      |
        | /mnt/x                      | https://a.net/x?token=kitten is gone                       | https://a.net/x?*** is gone                            |
        | /mnt/x                      | see "https://a.net/x?a=1&b=2" and 'ssh://a.net/x?y'        | see "https://a.net/x?***" and 'ssh://a.net/x?***'      |
        | /mnt/x                      | why? ask me@a.net                                          | why? ask me@a.net                                      |
        |                             | https://ana:kitten@a.net/x has no kitten                   | https://***@a.net/x has no kitten                      |

    Scenario: however the address is tried
      Given a config tree backed up at 09:00
      And a remote that every sync pushes to
      When the remote has each of these addresses, one after the other, it says:
        | address                         | told                                  |
        | https://ana:kitten@a.net/x      | pushes would go to https://a.net/x    |
        | ssh://ana:kitten@a.net/x        | pushes would go to ssh://ana@a.net/x  |
        | https://a.net/x?token=kitten    | it holds a query or a fragment        |
        | http://kitten@a.net/x           | plain http can be read                |
        | ftp://ana:kitten@a.net/x        | ftp:// is not allowed                 |
        | ssh://a;b:kitten@a.net/x        | its user is no name of a user         |
      And a person asks for the status at 20:00
      Then "kitten" was told to nobody and is in no file of this program's

  Rule: A machine's own branch is named after it

    Scenario: names of machines
      Then machines of these names have branches of their own of these:
        | machine         | branch       | beside it                             |
        | desk            | desk         | autosync/parked/desk/main             |
        | ana's laptop    | ana-s-laptop | autosync/parked/ana-s-laptop/main     |
        | A_b-9           | A_b-9        | autosync/parked/A_b-9/main            |
        | a.b.lan         | a-b-lan      | autosync/parked/a-b-lan/main          |
        | X--box X        | X-box-X      | autosync/parked/X-box-X/main          |
        | .-x-.           | x            | autosync/parked/x/main                |
        | é               | this-machine | autosync/parked/this-machine/main     |
        |                 | this-machine | autosync/parked/this-machine/main     |
        | main            | main-2       | autosync/parked/main/main             |
        | TIMES(60, x)    | TIMES(60, x) | autosync/parked/TIMES(60, x)/main     |
        | TIMES(61, x)    | TIMES(60, x) | autosync/parked/TIMES(60, x)/main     |
