Feature: No way of writing hides a secret
  A token stands in an escaped text, in a table without spaces, in a link's target or in UTF-16, and is a token still. What
  is told of it names its own place, and what is withheld is all of it and no more. Words in capitals are made up.

  Rule: Whatever the encoding

    Scenario: files of editors that write other than UTF-8
      Then of each of these files alone is told:
        | written in      | holds                                              | told                         |
        | utf-8           | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-8-sig       | TOKEN(Slack bot)\n                                    | SEC001 1:2 slack        |
        | utf-16          | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-le       | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-be       | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-be       | BOM# Notés\nTOKEN(Slack bot)\n                        | SEC001 2:1 slack        |
        | utf-32          | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-32-be       | BOM# Notes\nTOKEN(Slack bot)\n                        | SEC001 2:1 slack        |
        | utf-32-le       | # Notés, 漢 and 😀\nTOKEN(Slack bot)\n                | SEC001 2:1 slack        |
        | utf-32-be       | # Notés, 漢 and 😀\nTOKEN(Slack bot)\n                | SEC001 2:1 slack        |
        | utf-32-le, torn | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-32-be, torn | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-le       | TOKEN(Slack bot)                                      | SEC001 1:1 slack        |
        | utf-16-be       | TOKEN(Slack bot)                                      | SEC001 1:1 slack        |
        | utf-16, torn    | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-le, torn | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-be, torn | # Notes\nTOKEN(Slack bot)\n                           | SEC001 2:1 slack        |
        | utf-16-le       | TIMES(128, a )TIMES(900, 漢)\nTOKEN(Slack bot)\n      | SEC001 2:1 slack        |
        | utf-16-be       | TIMES(128, a )TIMES(900, 漢)\nTOKEN(Slack bot)\n      | SEC001 2:1 slack        |
        | utf-16-le       | TIMES(4, 漢)TIMES(60, a )\nTOKEN(Slack bot)\n         | SEC001 2:1 slack        |
        | utf-16          | TIMES(900, 漢)\nTOKEN(Slack bot)\n                    | SEC001 2:1 slack        |
        | latin-1         | Schlüssel: TOKEN(Slack bot)\n                         | SEC001 1:12 slack       |

  Rule: Whatever stands beside it

    Scenario: the punctuation of a sentence, a table and an address
      Then of each of these files alone is told:
        | holds                                                        | told                                            |
        | Use ABSKDRAWN120 or another                                  | SEC001 1:5 |
        | Use ABSKDRAWN120, or another                                 | SEC001 |
        | Use ABSKDRAWN120. Or another                                 | SEC001 |
        | Use ABSKDRAWN120: or another                                 | SEC001 |
        | Use ABSKDRAWN120! Or another                                 | SEC001 |
        | Use ABSKDRAWN120? Or another                                 | SEC001 |
        | See (ABSKDRAWN120) or another                                | SEC001 |
        | See [ABSKDRAWN120] or another                                | SEC001 |
        | See {ABSKDRAWN120} or another                                | SEC001 |
        | See <ABSKDRAWN120> or another                                | SEC001 |
        | See *ABSKDRAWN120* or another                                | SEC001 |
        | \| a \|ABSKDRAWN120\| b \|                                   | SEC001 |
        | 1,ABSKDRAWN120,2\n3,4,5                                      | SEC001 1:3 |
        | https://a.net/?v=ABSKDRAWN120&page=2 is it                   | SEC001 1:18 |
        | https://a.net/ABSKDRAWN120/more is it                        | SEC001 1:15 |
        | https://a.net/ABSKDRAWN120#more is it                        | SEC001 |
        | see notes/ABSKDRAWN120.md for it                             | SEC001 1:11 |
        | The keys: ABSKDRAWN120, ABSKDRAWN120, ABSKDRAWN120, and more | SEC001; SEC001; SEC001 |
        | A word of no meaning, some_long_word_with_7, and no more     | nothing |
        | codecov_api9_token, = DRAWN32                                | nothing |

    Scenario: a file of one word, a link's target, a name
      Then of each of these files alone is told:
        | file                    | holds                          | told                                            |
        | a.txt                   | a/doo_v1_HEX64/b               | SEC001 1:3            |
        | a.txt                   | a/doo_v1_HEX64/b\n             | SEC001 1:3            |
        | a.json                  | {"a":"x+doo_v1_HEX64+y"}       | SEC001 1:9            |
        | a.json                  | ["acme_TIMES(3, ab)","a"]      | nothing                                         |
        | link                    | → ../doo_v1_HEX64/b            | SEC001 1:4            |
        | link                    | → ../notes/b                   | nothing                                         |
        | a/doo_v1_HEX64/b.md     | Notes                          | SEC006                |
        | a/TOKEN(Slack bot).md      | Notes                          | SEC006 slack                               |
        | BASE64(PEM(RSA) DRAWN64 DRAWN64).txt | Notes             | SEC006 private key                              |
        | docs/codecov_token=DRAWN32.md | Notes                    | SEC006 a random value under a secret's name     |
        | docs/token=DRAWN32.md   | Notes                          | nothing                                         |
        | docs/a-note.md          | Notes                          | nothing                                         |
        | .env                    | A=1                            | SEC004                                          |
        | a/.env                  |                                | SEC004                                          |
        | .env                    | → a.md                         | SEC004                                          |
        | env.md                  | A=1                            | nothing                                         |

    Scenario: one name of very many
      Then of 2,500 names, among which are these, this is told:
        | at   | name                            | told                                        | shown                         |
        | 0    | TOKEN(Slack bot)                | SEC006 slack                                | [withheld]                    |
        | 1    | TOKEN(Slack bot).md             | SEC006 slack                                | [withheld].md                 |
        | 2    | of two\nlines                   | nothing                                     |                               |
        | 3    | TOKEN(Stripe).md                | SEC006 stripe                               | [withheld].md                 |
        | 999  | a/of two\nlines/TOKEN(Slack bot) | SEC006 slack                               | a/of two\nlines/[withheld]    |
        | 1000 | TOKEN(Stripe)                   | SEC006 stripe                               | [withheld]                    |
        | 1001 | notes/token=DRAWN32             | nothing                                     |                               |
        | 1999 | notes/TOKEN(Stripe)             | SEC006 stripe                               | notes/[withheld]              |
        | 2000 | codecov_token=DRAWN32           | SEC006 a random value under a secret's name | codecov_token=[withheld]      |
        | 2499 | BASE64(PEM(RSA) DRAWN64 DRAWN65) | SEC006 private key                         | [withheld]                    |

  Rule: However it is escaped

    Scenario: in JSON, in a shell's string, in an address and in a terminal's log
      Then of each of these files alone is told:
        | holds                                                        | told                           |
        | {"p": "Use:\\nTOKEN(Slack bot)\\nand"}                          | SEC001 1:14         |
        | {"p": "{\\"a\\":\\"TOKEN(Slack bot)\\"}"}                       | SEC001 1:17         |
        | {"p": "\\\\nTOKEN(Slack bot)"}                                  | SEC001 1:11         |
        | {"p": "\\u0022TOKEN(Slack bot)\\u0022"}                         | SEC001 1:14         |
        | echo '\\e[31mTOKEN(Slack bot)\\e[0m'                            | SEC001 1:13         |
        | echo '\\033[1;31mTOKEN(Slack bot)'                              | SEC001 1:17         |
        | ESC[1;31mTOKEN(Slack bot)ESC[0m                                 | SEC001 1:8          |
        | ?q=a%3DTOKEN(Slack bot)%26page=2                                | SEC001 1:8          |
        | ?q=a%0ATOKEN(Slack bot) and ?q=a%20TOKEN(Slack bot)                | SEC001; SEC001                 |
        | {"a": "\\nABSKDRAWN120", "b": "\\tABSKDRAWN120"}             | SEC001; SEC001                 |

    Scenario: addresses whose slashes are escaped, as some writers of JSON do
      Then of each of these files alone is told:
        | file   | holds                                                           | told                                |
        | a.json | {"u": "postgres:\\/\\/ana:DRAWN16@db.corp.net\\/a"}             | SEC003 1:25 a password in a URL     |
        | a.json | {"u": "postgres:\\/\\/ana:DRAWN16@db.corp.net\\/a\\/b\\/c"}     | SEC003 1:25 a password in a URL     |
        | a.json | {"u": "{\\"v\\": \\"postgres:\\\\/\\\\/ana:DRAWN16@db.net\\"}"} | SEC003                              |
        | a.json | {"u": "postgres:\\/\\/user:password@db.corp.net\\/a"}           | SEC103 1:26 user and password in a URL     |
        | a.json | {"u": "https:\\/\\/hooks.slack.com\\/services\\/TUPPER9\\/BUPPER9\\/DRAWN24"} | SEC001                |
        | a.json | {"n": "\\/a", "codecovToken": "DRAWN20\\/DRAWN20"}              | SEC005                              |
        | a.json | {"n": "\\/a\\/TOKEN(Slack bot)\\/b", "m": "TOKEN(Stripe)"}           | SEC001 1:13 slack; SEC001 1:81 stripe |
        | a.json | {"u": "https:\\/\\/git.corp.net\\/a"}                           | nothing                             |

  Rule: What is withheld is all of it, and no more

    Scenario: lines of keys and of tokens
      Then these lines of each are never shown:
        | holds                                                                             | lines      |
        | one\nThe token: TOKEN(Slack bot)\nthree                                              | 2          |
        | one\ntwo                                                                          | none       |
        | PEM(RSA)\nDRAWN64\nDRAWN64\nPEMEND(RSA)\nLETTERS30                                | 1, 2, 3, 4 |
        | PEM(RSA)\nDRAWN64\nDRAWN64\nThen words                                            | 1, 2, 3    |
        | PEM(RSA)\nDRAWN64\nDRAWN10==\nPEMEND(RSA)\nwords                                   | 1, 2, 3, 4 |
        | > PEM(RSA)\n> DRAWN64\n> DRAWN10==\n> PEMEND(RSA)\nwords                           | 1, 2, 3, 4 |
        | one\nPEM(OPENSSH)\nDRAWN64\nDRAWN16\nwords                                        | 2, 3, 4    |
        | PEM(RSA)\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,UPPER32\n\nDRAWN64\nDRAWN64\nwords | 1, 2, 3, 4, 5, 6 |
        | # PEM(RSA)\n# DRAWN64\n# DRAWN64\necho                                            | 1, 2, 3    |
        | > PEM(RSA)\n> DRAWN64\n> DRAWN64\nwords                                           | 1, 2, 3    |
        | k = BASE64(PEM(RSA) DRAWN64 DRAWN64)\nDRAWN64\nwords                              | 1, 2       |
        | k = BASE64(PEM(RSA) DRAWN64 DRAWN64)\nwords                                       | 1          |
        | PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 8\nDRAWN64\nDRAWN64\nPrivate-MAC: a | 3, 4      |
        | PEM(RSA)\nMIIE...\nPEMEND(RSA)                                                    | none       |
        | a AKIAUPPER16\nthe other half: DRAWN40\nthree                                     | 1, 2       |

    Scenario: what was accepted passes in another file, in other words and however it is escaped
      Then who accepts the first accepts the second too, or not:
        | first                            | second                                       | accepted |
        | The key: TOKEN(Slack bot)           | {"a": "TOKEN(Slack bot)"}                       | yes |
        | The key: TOKEN(Slack bot)           | a\n\nTOKEN(Slack bot), and more                 | yes |
        | The key: TOKEN(Slack bot)           | TOKEN(Slack bot) TOKEN(Slack bot)                  | no  |
        | The key: TOKEN(Slack bot)           | TOKEN(Stripe)                                  | no  |
        | ABSKDRAWN120                     | {"a": "\\/ABSKDRAWN120\\/b"}                 | yes |
        | ABSKDRAWN120                     | see notes/ABSKDRAWN120.md                    | yes |
        | postgres://ana:DRAWN16@a.net/x   | {"u": "postgres:\\/\\/bob:DRAWN16@b.net\\/y\\/z"} | yes |
        | postgres://ana:DRAWN16@a.net/x   | postgres://bob:DRAWN16@b.net/y               | yes |
        | CODECOV_TOKEN=DRAWN32            | acme_token: "DRAWN32"                        | yes |
        | CODECOV_TOKEN=DRAWN32            | postgres://bob:DRAWN32@b.net/y               | no  |

  Rule: Of two that lie over each other the surer one is told

    Scenario: a token in a header, in an address and under a name
      Then of each of these files alone is told:
        | holds                                                     | told                             |
        | CODECOV_TOKEN=TOKEN(Slack bot)                               | SEC001 1:15 slack           |
        | Authorization: Bearer TOKEN(Slack bot)                       | SEC001 1:23 slack           |
        | https://ana:TOKEN(Slack bot)@git.corp.net/a                  | SEC001 1:13 slack           |
        | PEM(RSA)\nDRAWN64\nAKIAUPPER16\nDRAWN64\nPEMEND(RSA)      | SEC002 1:1 private key           |
        | TOKEN(Slack bot) TOKEN(Stripe)                                 | SEC001 1:1 slack; SEC001 1:58 stripe |
        | token: DRAWN32 and codecov_token: DRAWN32                 | SEC101 1:8 a random value under the name of a key; SEC005 1:60 a random value under a secret's name |
        | AKIAUPPER16 DRAWN40                                       | SEC102 1:1 aws key id; SEC005 1:22 aws secret access key |
        | DRAWN40 is of AKIAUPPER16                                 | SEC005 1:1 aws secret access key; SEC102 1:48 aws key id |
        | ASIAUPPER16\n\nand DRAWN40                                | SEC102 1:1 aws key id; SEC005 3:5 aws secret access key |
        | AKIAUPPER16TIMES(350, .)DRAWN40                           | SEC102; SEC005 |
        | AKIAUPPER16TIMES(450, .)DRAWN40                           | SEC102 |
        | DRAWN40TIMES(350, .)AKIAUPPER16                           | SEC005; SEC102 |
        | AKIAUPPER9EXAMPLE and DRAWN40                             | nothing |
        | AKIAUPPER16 and DRAWN33EXAMPLE                            | SEC102 |
        | AKIAUPPER16 and HEX40                                     | SEC102 |
        | AKIAUPPER16 and DRAWN41                                   | SEC102 |
