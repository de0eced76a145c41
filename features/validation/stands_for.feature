Feature: What only stands for a secret is told from one by what it is made of
  Authors of documentation write words, rows of letters and names of variables where a key would be. Those never block; a
  value that only holds such a thing by chance does. Words in capitals are made up by the test.

  Rule: A password that is made of words says itself that it is none

    Scenario: words of examples, of the user and of the host
      Then of each of these files alone is told:
        | holds                                                            | told   |
        | postgres://ana:kQ7x9Zq1WwEr@db.corp.net                          | SEC003 |
        | postgres://ana:app_password@db.corp.net                          | SEC103 |
        | postgres://ana:redispassword@db.corp.net                         | SEC103 |
        | postgres://ana:accesstokensecret@db.corp.net                     | SEC103 |
        | postgres://ana:kittenpassword@db.corp.net                        | SEC003 |
        | postgres://ana:my-awesome-db-pass@db.corp.net                    | SEC103 |
        | postgres://ana:correct-horse-battery@db.corp.net                 | SEC003 |
        | postgres://ana:localstaging@db.corp.net                          | SEC003 |
        | postgres://ana:passwordlocal2024@db.corp.net                     | SEC103 |
        | postgres://ana:passwordlocal20245@db.corp.net                    | SEC003 |
        | postgres://ana:pass-kitten3456@db.corp.net                        | SEC103 |
        | postgres://ana:pass-kitten34567@db.corp.net                       | SEC003 |
        | postgres://ana:pass-123@db.corp.net                              | SEC103 |
        | postgres://ana:pass!@db.corp.net                                 | SEC103 |
        | postgres://ana:kitten7-token@db.corp.net                         | SEC103 |
        | postgres://ana:Kitten7-Token@db.corp.net                         | SEC003 |
        | postgres://ana:Kitten-Token@db.corp.net                          | SEC103 |
        | postgres://ana:KittenToken@db.corp.net                           | SEC103 |
        | postgres://ana:qwertyuiopasdfg-token@db.corp.net                 | SEC103 |
        | postgres://ana:qwertyuiopasdfgh-token@db.corp.net                | SEC003 |
        | postgres://ana:TIMES(10, password)@db.corp.net                   | SEC103 |
        | postgres://ana:TIMES(10, password)1@db.corp.net                  | SEC003 |
        | postgres://neptune:neptunepassword@db.corp.net                   | SEC103 |
        | postgres://ana:neptunepassword@db.corp.net                       | SEC003 |
        | postgres://ana:neptunepassword@neptune.corp.net                  | SEC103 |
        | postgres://ana:neptunepassword@db.neptune.net                    | SEC003 |
        | neptune://ana:neptunepassword@db.corp.net                        | SEC103 |
        | The neptune: postgres://ana:neptunepassword@db.corp.net          | SEC003 |
        | postgres://abc:abcpassword@db.corp.net                           | SEC103 |
        | postgres://sec-ret:stagingsecret@db.corp.net                     | SEC103 |
        | postgres://ab:abpassword@db.corp.net                             | SEC003 |
        | postgres://annabelleannabelle:annabelleannabellepass@db.corp.net | SEC103 |
        | postgres://hunter:hunter@db.corp.net                             | SEC103 |
        | postgres://Hunter:huntER@db.corp.net                             | SEC103 |
        | postgres://ana:Host7x9@Host7x9.corp.net                          | SEC103 |
        | postgres://ana:letmein@db.corp.net                               | SEC103 |
        | postgres://ana:HUNTER2@db.corp.net                               | SEC103 |
        | postgres://ana:hunter3@db.corp.net                               | SEC003 |
        | postgres://ana:xyzxyzxyz@db.corp.net                             | SEC103 |
        | postgres://ana:wxyzwxyz@db.corp.net                              | SEC003 |
        | postgres://ana:hidden-kQ7x9@db.corp.net                          | SEC103 |
        | postgres://ana:(kQ7x9Zq1)@db.corp.net                            | SEC103 |
        | postgres://ana:my-example-kQ7@db.corp.net                        | SEC103 |
        | postgres://ana:KITTEN_MOUSE@db.corp.net                          | SEC103 |
        | postgres://ana:KITTEN_mouse@db.corp.net                          | SEC003 |
        | postgres://ana:NEO4J_PASSWORD@db.corp.net                        | SEC103 |
        | postgres://ana:NEO4J_PASSWORDS@db.corp.net                       | SEC003 |

    Scenario: hosts that only examples and the own machine have
      Then of each of these files alone is told:
        | holds                                     | told   |
        | postgres://ana:kitten7@db.corp.net        | SEC003 |
        | postgres://ana:kitten7@localhost          | SEC103 |
        | postgres://ana:kitten7@127.0.0.1:5432     | SEC103 |
        | postgres://ana:kitten7@0.0.0.0            | SEC103 |
        | postgres://ana:kitten7@[::1]:5432         | SEC103 |
        | postgres://ana:kitten7@sub.example.org    | SEC103 |
        | postgres://ana:kitten7@example.de         | SEC003 |
        | postgres://ana:kitten7@myhost.net         | SEC103 |
        | postgres://ana:kitten7@mysql.net          | SEC003 |
        | postgres://ana:kitten7@your-host          | SEC103 |
        | postgres://ana:kitten7@postgres:5432/a    | SEC103 |
        | postgres://ana:kitten7@postgres.corp.net  | SEC003 |
        | postgres://ana:kitten7@postgresql.net     | SEC003 |

  Rule: A token that is one sign, a row or a repetition in most places is none

    Scenario: how much of it
      Then of each of these files alone is told:
        | holds                                                    | told    |
        | ghp_DRAWN36                                              | SEC001  |
        | ghp_TIMES(8, q)DRAWN28                                   | nothing |
        | ghp_TIMES(7, q)DRAWN29                                   | SEC001  |
        | ghp_q1q2q3q4q5q6q7q8q9qaqbqcqdqeqfqgqhqi                 | SEC001  |
        | ghp_q1q2q3q4q5q6q7q8q9qaqbqcqdqeqfqgqhqq                 | nothing |
        | ghp_TIMES(6, ab1)DRAWN18                                 | SEC001  |
        | ghp_TIMES(7, ab1)DRAWN15                                 | nothing |
        | REDISCLI_AUTH=qqqqqqq1x2y3 serve                         | nothing |
        | REDISCLI_AUTH=qqqqqqq1x2y3z serve                        | SEC005  |
        | REDISCLI_AUTH=kBwTXqqqqq1x2y serve                       | SEC005  |
        | REDISCLI_AUTH=kBwTqqqqqq1x2y serve                       | nothing |
        | REDISCLI_AUTH=kBwTabcdefghijklmnopR serve                | nothing |
        | Never do this: REDISCLI_AUTH=abc123xyzKqT serve          | nothing |
        | Never do this: REDISCLI_AUTH=abc123KqTwRz serve          | SEC005  |
        | Never do this: REDISCLI_AUTH=890abKxyzTqR serve          | SEC005  |
        | Never do this: REDISCLI_AUTH=abc890xyzKqT serve          | nothing |
        | Never do this: REDISCLI_AUTH=890abcKxyzTqR serve         | nothing |
        | As an example: REDISCLI_AUTH=abc123xyzKqT serve          | nothing |
        | On every host: REDISCLI_AUTH=abc123xyzKqT serve          | SEC005  |
        | Never do this.TIMES(272, .)REDISCLI_AUTH=abc123xyzKqT serve | nothing |
        | Never do this.TIMES(273, .)REDISCLI_AUTH=abc123xyzKqT serve | SEC005 |
        | REDISCLI_AUTH=abc123xyzKqT serve # never do this         | nothing |
        | REDISCLI_AUTH=abc123xyzKqT serve\nnever do this          | SEC005  |
        | ghp_bcdefghijklmnopqDRAWN20                              | nothing |
        | ghp_bcdefghijklmnopDRAWN21                               | SEC001  |
        | sk_test_TIMES(1, 4eC39HqLyj)WDarjtT1zdp7dc               | nothing |
        | PrivateKey = yAnz5TF+lXXJte14tji3TIMES(1, zlMNq+hd2rYUIgJBgB3fBmk=) | SEC101 |
        | ghp_[DRAWN34]                                            | nothing |
        | EXA_API_KEY=11112222-3333-4444-1111-222233334444         | nothing |
        | EXA_API_KEY=11112222-3333-4444-5555-222233334444         | SEC005  |

  Rule: A value is random by how often it changes, not by how long it is

    Scenario: under a name
      Then of each of these files alone is told:
        | holds                                              | told    |
        | token = DRAWN20                                    | SEC101  |
        | token = DRAWN19                                    | nothing |
        | token = DRAWN4096                                  | SEC101  |
        | token = /DRAWN32                                   | nothing |
        | token = ./DRAWN32                                  | nothing |
        | token = ../DRAWN32                                 | nothing |
        | token = ~/DRAWN32                                  | nothing |
        | token = s3://DRAWN32                               | nothing |
        | token = std::DRAWN32                               | nothing |
        | token = DRAWN16/DRAWN16                            | SEC101  |
        | token = DIGITS32                                   | nothing |
        | token = HEX32                                      | SEC101  |
        | token = UPPER32                                    | SEC101  |
        | token = LETTERS8TIMES(1, 4)LETTERS8TIMES(1, 7)LETTERS8 | SEC101 |
        | token = LETTERS8TIMES(1, 4)LETTERS16               | nothing |
        | token = LOWER12TIMES(1, 12)LOWER10TIMES(1, 3)LOWER10TIMES(1, 4) | SEC101 |
        | token = LOWER12TIMES(1, 12)LOWER12TIMES(1, 34)LOWER10TIMES(1, 5) | nothing |
        | token = TIMES(3, DRAWN20)                          | SEC101  |
        | token = DRAWN19X                                   | SEC101  |
        | token = DRAWN4-DRAWN4-DRAWN4-DRAWN4-DRAWN4-DRAWN4-  | SEC101 |
        | token = DRAWN4-DRAWN4-DRAWN4-DRAWN4-DRAWN4-DRAWN4-- | nothing |
        | token = aB3k+Q7mR2kitchenlightQ7aB3kZ9             | SEC101  |
        | token = aB3k+Q7mR2kitchenlightsQ7aB3kZ9            | nothing |
        | token = aB3kQ7mR2kitchenlightQ7aB3kZ9              | nothing |
        | token = aB3k+Q7mR2kitchenlightbulbQ7aB3kZ9xW4tY6uP8sD1gH | SEC101 |
        | token = aB3k+Q7mR2kitchenlightbulbsQ7aB3kZ9xW4tY6uP8sD1g | nothing |
        | token = 1024-3048.5796_8192:16                     | nothing |
        | {"hostname": 1, "port": 2, "password": "10245-30487.9-6"} | nothing |
        | {"hostname": 1, "port": 2, "password": "10245-3048x.9-6"} | SEC005 |
        | {"hostname": 1, "port": 2, "password": "KITTEN-12345-mOUSE"} | SEC005 |
        | {"hostname": 1, "port": 2, "password": "KITTEN-12345-MOUSE"} | nothing |
        | curl -b 'sessionid=Q7+LOWER20Q7+Q7aB3kZ9xW4tY6uP8+Q7aB3kZ9xW4tY6uv' https://a.net | SEC005 |
        | curl -b 'sessionid=Q7+LOWER21Q7+Q7aB3kZ9xW4tY6uP8+Q7aB3kZ9xW4tY6u' https://a.net | nothing |
        | token = _lib.X509_get_pubkey_of24                  | nothing |
        | token = acme-DRAWN24                               | SEC005  |
        | token = a-DRAWN24                                  | SEC101  |
        | token = acme-DRAWN19                               | SEC101  |
        | token = acme-A_UUID                                | nothing |
        | token = acme-staging-eu-DRAWN24                    | SEC005  |
        | token = A_UUID                                     | SEC101  |
        | REDISCLI_AUTH=aB3kQ7mR(x1y serve                   | SEC005  |
        | REDISCLI_AUTH=aB3kQ7m(x1y serve                    | nothing |
        | REDISCLI_AUTH=aBcDeFgHiJ(x1y serve                 | nothing |
        | REDISCLI_AUTH=abc1defg(x1y serve                  | nothing |
        | REDISCLI_AUTH=abc1defG(x1y serve                  | SEC005  |
        | REDISCLI_AUTH=get_aB3kQ7mR(x1y serve               | nothing |
        | REDISCLI_AUTH=a.aB3kQ7mR(x1y serve                 | nothing |
        | curl -b 'sessionid=Q7+LOWER18Q7' https://a.net     | SEC005  |
        | curl -b 'sessionid=Q7+LOWER19Q7' https://a.net     | nothing |
        | curl -b 'sessionid=LOWER21x12' https://a.net       | SEC005  |
        | curl -b 'sessionid=LOWER20x12' https://a.net       | nothing |
        | curl -b 'sessionid=LOWER20x12X' https://a.net      | SEC005  |
        | curl -b 'sessionid=LOWER22x1y' https://a.net       | nothing |
        | curl -b 'sessionid=DIGITS32' https://a.net         | nothing |
        | AKIAUPPER16 and SMALL40                            | SEC102  |
        | AKIAUPPER16 and UPPER40                            | SEC102  |
        | AKIAUPPER16 and LETTERS40                          | SEC102  |
        | Authorization: Basic BASE64(ana:\\tDRAWN30)        | SEC005 a token in an authorization header |
        | Authorization: Basic BASE64(anaDRAWN13)            | SEC005 a token in an authorization header |

    Scenario: names, in an agent's settings and elsewhere
      Then of each of these files alone is told:
        | file          | holds                            | told    |
        | opencode.json | {"codecov_token": "DRAWN32"}     | SEC005  |
        | a/other.json  | {"codecov_token": "DRAWN32"}     | SEC005  |
        | opencode.json | {"token": "DRAWN32"}             | SEC005  |
        | a/other.json  | {"token": "DRAWN32"}             | SEC101  |
        | opencode.json | {"session_key": "DRAWN32"}       | SEC005  |
        | opencode.json | {"the_access_keys": "DRAWN32"}   | SEC005  |
        | opencode.json | {"signing-key": "DRAWN32"}       | SEC005  |
        | a/other.json  | {"signing-key": "DRAWN32"}       | SEC101  |
        | a/other.json  | {"acme-signing-key": "DRAWN32"}  | SEC005  |
        | opencode.json | {"key": "DRAWN32"}               | SEC101  |
        | opencode.json | {"myKey": "DRAWN32"}             | SEC101  |
        | opencode.json | {"foo_key": "DRAWN32"}           | SEC101  |
        | opencode.json | {"foo_keys": "DRAWN32"}          | SEC101  |
        | a/other.json  | {"ab_token": "DRAWN32"}          | SEC101  |
        | a/other.json  | {"abc_token": "DRAWN32"}         | SEC005  |
        | a/other.json  | {"apikey_token": "DRAWN32"}      | SEC101  |
        | a/other.json  | {"XMLParserToken": "DRAWN32"}    | nothing |
        | opencode.json | {"cacheKey": "DRAWN32"}          | nothing |
        | opencode.json | {"publicKey": "DRAWN32"}         | nothing |
        | opencode.json | {"acme_cursor_token": "DRAWN32"} | nothing |
