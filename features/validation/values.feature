Feature: What a value looks like, what it is called, and where it stands
  Whether something is a secret is weighed from three sides. No side decides alone: chance gives words, people write
  what looks drawn, and documentation shows keys that are none. Words in capitals here are made up by the test.

  Rule: A value looks drawn, or says what it stands for

    Scenario: what each looks like
      Then these values look like this, and like nothing else:
        | the value                                                                | looks                                                       |
        | DRAWN20                                                                  | random, mixed                                               |
        | DRAWN19                                                                  | mixed                                                       |
        | DRAWN30                                                                  | random, mixed, one word                                     |
        | HEX32                                                                    | random, mixed, one word                                     |
        | HEX40                                                                    | random, mixed, one word                                     |
        | HEX19                                                                    | mixed                                                       |
        | LETTERS30                                                                |                                                             |
        | LOWER30                                                                  |                                                             |
        | SMALL24                                                                  | random, mixed, one word                                     |
        | SMALL32                                                                  | random, mixed, one word                                     |
        | UPPER32                                                                  | random, mixed, one word                                     |
        | DIGITS32                                                                 |                                                             |
        | DRAWN4096                                                                | random, mixed, one word                                     |
        | DRAWN4097                                                                | mixed, one word                                             |
        | DRAWN40                                                                  | random, mixed, one word, the half of a pair                 |
        | DRAWN39                                                                  | random, mixed, one word                                     |
        | DRAWN36==                                                                | random, mixed                                               |
        | aBcDeFgH1jK                                                              | mixed, a placeholder, weak                                  |
        | aBcDeFgHijK                                                              | a placeholder, weak                                         |
        | qwxz71bnmk93                                                             | mixed                                                       |
        | qwxz71bnmkpr                                                             |                                                             |
        | abcd1E2F3G                                                               |                                                             |
        | abcd1E2F3G4                                                              | mixed                                                       |
        | X509_get_pub_key5                                                        | words                                                       |
        | _lib.X509GetPubkey24                                                     |                                                             |
        | Zebra+lion/Trick9y                                                       | mixed                                                       |
        | s3://DRAWN30                                                             | mixed                                                       |
        | /DRAWN30                                                                 | mixed                                                       |
        | ./DRAWN30                                                                | mixed                                                       |
        | ../DRAWN30                                                               | mixed                                                       |
        | ~/DRAWN30                                                                | mixed                                                       |
        | std::DRAWN30                                                             | mixed                                                       |
        | DRAWN30()                                                                | mixed                                                       |
        | DRAWN15//DRAWN15                                                         | random, mixed                                               |
        | aK-9x-Qz-4m-Lb-7T-wR-3c-Xe-5H-jV-8s-Ny-2G                                | mixed                                                       |
        | 2024-01-05-DRAWN12                                                       | random, mixed                                               |
        | A_UUID                                                                   | mixed, a UUID                                               |
        | acme-DRAWN24                                                             | random, mixed, a provider's                                 |
        | acme_DRAWN24                                                             | random, mixed, a provider's                                 |
        | acme.DRAWN20                                                             | random, mixed, a provider's                                 |
        | acme-app-DRAWN24                                                         | random, mixed, a provider's                                 |
        | a-DRAWN24                                                                | random, mixed                                               |
        | acmecorporation-DRAWN24                                                  | mixed, the half of a pair                                   |
        | acme-LETTERS24                                                           |                                                             |
        | acme-DRAWN19                                                             | random, mixed                                               |
        | acme-A_UUID                                                              | mixed                                                       |
        | BASE64(ana:DRAWN12)                                                      | random, mixed, user and password                            |
        | BASE64(anaDRAWN12)                                                       | random, mixed                                               |
        | BASE64(ana:é)                                                            |                                                             |
        | BASE64(-----BEGIN PRIVATE KEY-----DRAWN40)                               | random, mixed, a key in base64                              |
        | BASE64(-----BEGIN PUBLIC KEY-----DRAWN40)                                | random, mixed, one word                                     |
        | BASE64(a text that is longer than eighty letters are in base64 and only then says PRIVATE KEY) | random, mixed                                               |
        | ${NAME}                                                                  | a template, a placeholder, a stand-in, words, weak          |
        | $NAME                                                                    | a template, a placeholder, a stand-in, words, weak          |
        | {{name}}                                                                 | a template, a placeholder, a stand-in, words, weak          |
        | <name>                                                                   | a template, a placeholder, a stand-in, words, weak          |
        | %(name)s                                                                 | a template, a placeholder, a stand-in, words, weak          |
        | %NAME%                                                                   | a template, a placeholder, a stand-in, words, weak          |
        | process.env.KEY                                                          | a template, a placeholder, a stand-in, spelled, words, weak |
        | env.API_KEY                                                              | a template, a placeholder, a stand-in, spelled, words, weak |
        | DRAWN20env.API_KEY                                                       | random, mixed                                               |
        | secrets.TOKEN                                                            | a template, a placeholder, a stand-in, spelled, words, weak |
        | {env:KEY}                                                                | a template, a placeholder, a stand-in, words, weak          |
        | @name                                                                    | a template, a placeholder, a stand-in, words, weak          |
        | your-token                                                               | a placeholder, a stand-in, spelled, words, weak             |
        | YOUR_TOKEN                                                               | a placeholder, a stand-in, spelled, words, weak             |
        | yourtoken                                                                | a placeholder, a stand-in, spelled, weak                    |
        | your-DRAWN20                                                             | mixed, a provider's, a placeholder, a stand-in, weak        |
        | sample-DRAWN20                                                           | mixed, a provider's, a placeholder, a stand-in, weak        |
        | DRAWN10xxxxxxDRAWN10                                                     | mixed, one word, a placeholder, a stand-in, weak            |
        | DRAWN10...DRAWN10                                                        | mixed, a placeholder, a stand-in, weak                      |
        | ********                                                                 | a placeholder, a stand-in, words, weak                      |
        | xxxxxxxx                                                                 | a placeholder, a stand-in, weak                             |
        | [redacted]                                                               | a placeholder, a stand-in, words, weak                      |
        | ghp_SAME36                                                               | a placeholder, a stand-in, words, weak                      |
        | ghp_ALPHABET36                                                           | a placeholder, a stand-in, weak                             |
        | ghp_DRAWN36                                                              | random, mixed, the half of a pair, a provider's             |
        | ghp_EXAMPLEDRAWN29                                                       | mixed, the half of a pair, a placeholder, a stand-in, weak  |
        | ghp_abcdefgh1234567DRAWN21                                               | mixed, the half of a pair, a placeholder, weak              |
        | ghp_DRAWN20TIMES(8, q)DRAWN8                                             | random, mixed, the half of a pair, a provider's, a stand-in |
        | ghp_DRAWN20TIMES(7, q)DRAWN8                                             | random, mixed, a provider's                                 |
        | ghp_TIMES(10, ab1)DRAWN6                                                 | a stand-in                                                  |
        | ghp_TIMES(4, ab1)DRAWN24                                                 | random, mixed, the half of a pair, a provider's             |
        | ghp_TIMES(16, q)TIMES(1, x9Z2)DRAWN11                                    | a stand-in                                                  |
        | ghp_${X}DRAWN20                                                          | mixed, a template, a placeholder, a stand-in, weak          |
        | 1234567890abcdef1234567890abcdef                                         | mixed, one word, a placeholder, a stand-in, weak            |
        | DRAWN12-1234567890abcdef                                                 | mixed, a placeholder, a stand-in, weak                      |
        | eyJDRAWN20.eyJDRAWN20.expired                                            | mixed, a placeholder                                        |
        | eyJDRAWN20.eyJDRAWN20.DRAWN43                                            | random, mixed                                               |
        | password                                                                 | a placeholder, a stand-in, spelled, weak                    |
        | passw0rd                                                                 | weak                                                        |
        | p@ssw0rd                                                                 | weak                                                        |
        | hunter2                                                                  | weak                                                        |
        | aaab                                                                     | a placeholder, a stand-in, weak                             |
        | aabc                                                                     | a placeholder, weak                                         |
        | abab                                                                     | a placeholder, weak                                         |
        | xyz                                                                      | a placeholder, weak                                         |
        | pw                                                                       | a placeholder, a stand-in, spelled, weak                    |
        | db-pass                                                                  | a placeholder, a stand-in, spelled, words, weak             |
        | app_password                                                             | a placeholder, a stand-in, spelled, words, weak             |
        | my-awesome-db-pass                                                       | a placeholder, a stand-in, spelled, words, weak             |
        | correct-horse-battery                                                    | words                                                       |
        | redispassword                                                            | a placeholder, a stand-in, spelled, weak                    |
        | kittenpassword                                                           |                                                             |
        | passwordlocal2024                                                        | a placeholder, a stand-in, spelled, weak                    |
        | passwordlocal20245                                                       |                                                             |
        | DB_PASSWORD                                                              | a placeholder, a stand-in, spelled, words, weak             |
        | MY CAPITALS                                                              | words, weak                                                 |
        | NEO4J_PASSWORD                                                           | mixed, weak                                                 |
        | Host7x!kQ9                                                               | mixed                                                       |
        | kP7vQ2mX9sLw                                                             | mixed                                                       |
        | my_session_name_v2                                                       | mixed, words                                                |
        | MySession-Name12                                                         | mixed                                                       |
        | session                                                                  | a placeholder                                               |
        | q7w_x9k2_p                                                               | mixed                                                       |
        | two words12345                                                           |                                                             |
        | qwertyuiopasdfg-token                                                    | a placeholder, a stand-in, spelled, words, weak             |
        | qwertyuiopasdfgh-token                                                   | words                                                       |
        | TIMES(10, password)                                                      | a placeholder, a stand-in, spelled, weak                    |
        | TIMES(10, password)1                                                     | a stand-in                                                  |
        | TIMES(41, pw)                                                            | a placeholder, a stand-in, weak                             |
        | tokenization                                                             |                                                             |
        | accesstokensecret                                                        | a placeholder, a stand-in, spelled, weak                    |
        | apitokenqz                                                               |                                                             |
        | 1password                                                                |                                                             |
        | abcdefghijklmnopqrstuv1234                                               | one word, a placeholder, a stand-in, weak                   |
        | aaaaaaaaaaaaaaaaaaaaaaaa12                                               | a placeholder, a stand-in, weak                             |
        | a1b2c3d4e5f6a1b2c3d4e5f6                                                 | random, mixed, one word                                     |
        | 1a2b3c4d1a2b3c4d1a2b3c4d                                                 | random, mixed                                               |

    Scenario: what its name says
      Then a name says this of its value:
        | the name              | says      |
        | codecov_token         | service   |
        | codecovToken          | service   |
        | CODECOV_TOKEN         | service   |
        | token                 | generic   |
        | TOKEN                 | generic   |
        | apiKey                | generic   |
        | api_key               | generic   |
        | apikey2               | generic   |
        | foo_key               | key       |
        | foo.keys              | key       |
        | session_key           | generic   |
        | cacheKey              | no secret |
        | publicKey             | no secret |
        | codecov_public_key    | no secret |
        | key                   | key       |
        | myKey                 | key       |
        | ab_token              | generic   |
        | abc_token             | service   |
        | AWS_SECRET_ACCESS_KEY | service   |
        | GITHUB_PAT            | service   |
        | file_hash             | no secret |
        | author                | no secret |
        | x-acme-signature      | service   |
        | sessionLock           | no secret |
        | the_access_keys       | generic   |
        | XMLParserToken        | no secret |
        | 1234                  | no secret |
        | signing-key           | generic   |
        | acme-signing-key      | service   |
        | acme_cursor_token     | no secret |
        | password              | generic   |
        | DB_PASSWORD           | generic   |
        | STRIPE_PASSWORD       | service   |

  Rule: Where it stands decides what it is worth

    Scenario: a token that a rule knows by its form
      Then a hit of the scanner's is worth this where it stands:
        | rule                                               | text                                                    | told    |
        | any.rule                                           | «DRAWN36»                                               | SEC001  |
        | any.rule                                           | the «"DRAWN36"»                                         | SEC001  |
        | any.rule                                           | «https://hooks.slack.com/services/your-example/DRAWN24» | SEC001  |
        | any.rule                                           | «hooks.corp.net/your-example/DRAWN24»                   | SEC001  |
        | any.rule                                           | «https://corp.net/your-example/DRAWN24»                 | SEC001  |
        | any.rule                                           | «https://corp.net/DRAWN24/your-example»                 | nothing |
        | any.rule                                           | «your-example/DRAWN24»                                  | nothing |
        | any.rule                                           | a.md: «HEX40»                                           | nothing |
        | any.rule                                           | "agent/a.json": "«HEX64»"                               | nothing |
        | any.rule                                           | a.md: «HEX39»                                           | SEC001  |
        | any.rule                                           | a.png=«HEX32»                                           | nothing |
        | any.rule                                           | amd: «HEX40»                                            | SEC001  |
        | any.rule                                           | a.md: «DRAWN40»                                         | SEC001  |
        | any.rule                                           | «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»                   | SEC001  |
        | any.rule                                           | a bad example: «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»    | nothing |
        | any.rule                                           | a bad example: «ghp_DRAWN36»                            | SEC001  |
        | any.rule                                           | «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»  # never do this  | nothing |
        | any.rule                                           | «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»\nnever do this    | SEC001  |
        | any.rule                                           | badTIMES(297, .)«ghp_abcdefg1hijklmn2opqrstu3DRAWN12»   | nothing |
        | any.rule                                           | badTIMES(298, .)«ghp_abcdefg1hijklmn2opqrstu3DRAWN12»   | SEC001  |
        | any.rule                                           | «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»TIMES(157, .)bad   | nothing |
        | any.rule                                           | «ghp_abcdefg1hijklmn2opqrstu3DRAWN12»TIMES(158, .)bad   | SEC001  |
        | any.rule                                           | «abcdefghijklmnopqrstuvwx1q9Z7»                         | nothing |
        | any.rule unsure                                    | «DRAWN36»                                               | SEC102  |
        | own prefixed                                       | «acme_DRAWN36»                                          | SEC102  |
        | own prefixed                                       | «run_DRAWN36»                                           | nothing |
        | own prefixed                                       | «sha256-DRAWN36»                                        | nothing |
        | own prefixed                                       | «example_DRAWN36»                                       | nothing |
        | own prefixed                                       | «acme_LETTERS36»                                        | nothing |
        | own prefixed                                       | a bad one: «acme_abcdefg1hijklmn2opqrstu3DRAWN12»       | nothing |
        | own sk                                             | «sk-DRAWN48»                                            | SEC001  |
        | own sk                                             | docs/«sk-slovak-translation-of-the-handbook-2024».md    | nothing |
        | own sk                                             | «sk-task-2024-01-05-write-the-tests-first»              | nothing |
        | own sk                                             | «sk-a-lineofletterss-of-the-handbook-2024»              | nothing |
        | own sk                                             | «sk-a-alineofletterssss-of-the-handbook-2024»           | SEC001  |
        | own sk                                             | «sk-a-DRAWN8-of-the-handbook-and-others»                | SEC001  |
        | own sk                                             | «sk-LETTERS57»                                          | SEC001  |
        | own sk                                             | «sk-LETTERS56»                                          | nothing |
        | own sk                                             | «sk-LOWER60»                                            | nothing |
        | own sk                                             | «sk-HEX26-TIMES(6, abcAB)»                              | nothing |
        | own sk                                             | «sk-EXAMPLEDRAWN48»                                     | nothing |
        | own sk                                             | «sk-HEX20-LETTERS24»                                    | nothing |
        | own sk                                             | «sk-HEX20-LETTERS23»                                    | SEC001  |
        | own sk                                             | «sk-HEX40-LETTERS24»                                    | SEC001  |
        | own sk                                             | «sk_DRAWN24»                                            | SEC001  |
        | own jwt                                            | «eyJDRAWN20.BASE64({"sub": "ana@corp.net"}).DRAWN43»    | SEC001  |
        | own jwt                                            | «eyJDRAWN20.BASE64({"name": "John Doe"}).DRAWN43»       | SEC102  |
        | own jwt                                            | «eyJDRAWN20.BASE64({"sub": "1234567890"}).DRAWN43»      | SEC102  |
        | own jwt                                            | «eyJDRAWN20.!.DRAWN43»                                  | SEC001  |
        | own jwt                                            | «eyJDRAWN20.DRAWN20»                                    | SEC001  |
        | own jwt                                            | «eyJDRAWN20.eyJDRAWN20.expired»                         | SEC001  |
        | own jwt                                            | «eyJDRAWN20.BASE64({"e": "a@example.com"}).DRAWN43»     | SEC102  |
        | betterleaks.aws-amazon-bedrock-api-key-short-lived | «bedrock-api-key-»DRAWN24                               | SEC001  |
        | betterleaks.aws-amazon-bedrock-api-key-short-lived | «bedrock-api-key-»DRAWN23                               | nothing |
        | betterleaks.aws-amazon-bedrock-api-key-short-lived | «bedrock-api-key-» DRAWN24                              | nothing |

    Scenario: keys, and the halves of a pair
      Then a hit of the scanner's is worth this where it stands:
        | rule                    | text                                                  | told    |
        | rules.aws-access-token  | «AKIAUPPER16»                                         | nothing |
        | own aws-key-id          | «AKIAUPPER16»                                         | SEC102  |
        | own aws-key-id          | «AKIAIOSFODNN7EXAMPLE»                                | nothing |
        | x.aws-secret-access-key | aws: «DRAWN40»                                        | SEC005  |
        | x.aws-secret-access-key | AWS = «DRAWN40»                                       | SEC005  |
        | x.aws-secret-access-key | s3: «DRAWN40»                                         | nothing |
        | x.aws-secret-access-key | awsTIMES(57, .)«DRAWN40»                              | SEC005  |
        | x.aws-secret-access-key | awsTIMES(58, .)«DRAWN40»                              | nothing |
        | x.aws-secret-access-key | aws: «HEX40»                                          | nothing |
        | x.aws-secret-access-key | aws: «DRAWN39»                                        | nothing |
        | x.aws-secret-access-key | aws: «DRAWN33EXAMPLE»                                 | nothing |
        | own pem-base64          | «BASE64(-----BEGIN PRIVATE KEY-----DRAWN40)»          | SEC002  |
        | own pem-base64          | «BASE64(-----BEGIN CERTIFICATE-----DRAWN40)»          | nothing |
        | own pem-header          | «PEM(RSA)»\nDRAWN64\nPEMEND(RSA)                      | SEC002  |
        | own pem-header          | «PEM(RSA)»\\nDRAWN64\\nPEMEND(RSA)                    | SEC002  |
        | own pem-header          | «PEM(RSA)»\nEXAMPLEexampleEXAMPLEexample\nPEMEND(RSA) | nothing |
        | own pem-header          | «PEM(RSA)»\nPEMEND(RSA)\nDRAWN64                      | nothing |
        | own pem-header          | «PEM(RSA)»TIMES(150, ..)DRAWN64\nPEMEND(RSA)          | SEC002  |
        | own pem-header          | «PEM(RSA)»TIMES(151, ..)DRAWN64\nPEMEND(RSA)          | nothing |
        | own pem-header          | «PEM(RSA)»\nDRAWN23\nPEMEND(RSA)                      | nothing |
        | own pem-header          | «PEM(RSA)»\nDRAWN24\nPEMEND(RSA)                      | SEC002  |
        | own pem-header          | «PEM(RSA)»\nSMALL64\nPEMEND(RSA)                      | nothing |
        | own pem-header          | «PEM(RSA)»\nUPPER64\nPEMEND(RSA)                      | nothing |
        | own pem-header          | «PEM(RSA)»\nDRAWN64                                   | SEC002  |
        | own pem-header          | «PEM(RSA)»                                            | nothing |
        | own pem-header          | «-----BEGIN RSA PRIVATE KEY»                          | nothing |
        | betterleaks.private-key | «PEM(EC)»\nDRAWN64                                    | SEC002  |
        | x.new-private-key       | «PEM(EC)»\nDRAWN64                                    | SEC002  |
        | x.new-private-key       | «DRAWN64»                                             | SEC001  |

    Scenario: a value under a name
      Then a hit of the scanner's is worth this where it stands:
        | rule            | text                                                              | told    |
        | own assignment  | codecov_token: «DRAWN32»                                          | SEC005  |
        | own assignment  | codecov_token: Bearer «DRAWN32»                                   | SEC005  |
        | own assignment  | codecov_token = "«DRAWN32»"                                       | SEC005  |
        | own assignment  | codecov_token:\n«DRAWN32»                                         | nothing |
        | own assignment  | codecov_token: «DRAWN32.»                                         | SEC005  |
        | own assignment  | token: «DRAWN32»                                                  | SEC101  |
        | own assignment  | cache_key: «DRAWN32»                                              | nothing |
        | own assignment  | foo_key: «DRAWN32»                                                | SEC101  |
        | own assignment  | token: «acme-DRAWN24»                                             | SEC005  |
        | own assignment  | cache_key: «acme-DRAWN24»                                         | nothing |
        | own assignment  | token: «LETTERS30»                                                | nothing |
        | own assignment  | token: «your-DRAWN24»                                             | nothing |
        | own assignment  | acme_api_key: «A_UUID»                                            | SEC005  |
        | own assignment  | acme_token: «A_UUID»                                              | SEC101  |
        | own assignment  | api_key: «A_UUID»                                                 | SEC101  |
        | own assignment  | acme_secret: «A_UUID»                                             | SEC005  |
        | own assignment  | acme_keys: «A_UUID»                                               | SEC101  |
        | own assignment  | «DRAWN32»                                                         | nothing |
        | own assignment  | : «DRAWN32»                                                       | nothing |
        | own assignment  | acme_keyTIMES(111, =)«DRAWN32»                                    | SEC101  |
        | own assignment  | lock codecov_token: «DRAWN32»                                     | SEC005  |
        | own assignment  | codecov_token: «DRAWN32»\nlock                                    | SEC005  |
        | own beside      | codecov_token \| «DRAWN32»                                        | SEC005  |
        | own option      | deploy --codecov-token «DRAWN32»                                  | SEC005  |
        | own option      | deploy --codecov-token=«DRAWN32»                                  | SEC005  |
        | own option      | "--codecov-token", "«DRAWN32»                                     | SEC005  |
        | own option      | deploy codecov «DRAWN32»                                          | nothing |
        | own option      | deploy --token «DRAWN32.»                                         | SEC101  |
        | own option      | --id «DRAWN32»                                                    | SEC101  |
        | own oauth-value | {"type": "oauth", "access": "«DRAWN40»"}                          | SEC005  |
        | own oauth-value | {"type": "oauth", "access": "«LETTERS12»"}                        | SEC005  |
        | own oauth-value | {"type": "oauth", "access": "«LETTERS11»"}                        | nothing |
        | own oauth-value | type: 'oauth' «DRAWN40»                                           | SEC005  |
        | own oauth-value | {"type": "api", "access": "«DRAWN40»"}                            | nothing |
        | own oauth-value | {"type": "oauth", "access": "«your-access-token»"}                | nothing |
        | own oauth-value | "type":"oauth"TIMES(786, .)«DRAWN40»                              | SEC005  |
        | own oauth-value | "type":"oauth"TIMES(787, .)«DRAWN40»                              | SEC005  |
        | own oauth-value | «DRAWN40»TIMES(786, .)"type":"oauth"                              | SEC005  |
        | own oauth-value | «DRAWN40»TIMES(787, .)"type":"oauth"                              | nothing |
        | own oauth-value | "refresh": "«DRAWN20»                                             | SEC005  |
        | own oauth-value | "refresh": "«DRAWN19»                                             | nothing |
        | own oauth-value | "refreshToken": "«DRAWN40»                                        | SEC005  |
        | own oauth-value | "refresh": "«walking-home-in-the-rain»                            | nothing |
        | own oauth-value | "renew": "«DRAWN20»                                               | nothing |
        | own oauth-value | "hostname": 1, "port": 2, "password": "«DRAWN32»                  | SEC005  |
        | own oauth-value | "port": 2, "password": "«DRAWN32»                                 | nothing |
        | own oauth-value | "hostname": 1, "port": 2, "password": "«LETTERS16»                | SEC005  |
        | own oauth-value | "hostname": 1, "port": 2, "password": "«LETTERS15»                | nothing |
        | own oauth-value | "hostname": 1, "port": 2, "password": "«LOWER16»                  | nothing |
        | own oauth-value | "hostname": 1, "port": 2, "passphrase": "«DRAWN32»                | nothing |
        | own oauth-value | "hostname": 1, "port": 2, "password": "«walking-home-in-the-rain» | nothing |
        | own oauth-value | "cors": 1, "url": 2, "password": "«k7Qz9mX2»                      | SEC005  |

    Scenario: a value in a header, an address or a command
      Then a hit of the scanner's is worth this where it stands:
        | rule                         | text                                        | told    |
        | own header                   | «DRAWN32»                                   | SEC005  |
        | own header                   | «acme-DRAWN24»                              | SEC005  |
        | own header                   | «A_UUID»                                    | nothing |
        | own header                   | «LETTERS32»                                 | nothing |
        | own header                   | «BASE64(ana:DRAWN12)»                       | SEC005  |
        | own header                   | «BASE64(ana:ana)»                           | SEC101  |
        | own header                   | «BASE64(user:password)»                     | SEC101  |
        | own header                   | «YOUR_TOKEN»                                | nothing |
        | own header                   | «DRAWN32:»                                  | SEC005  |
        | own parameter                | https://a.net/?sig=«DRAWN32»                | SEC101  |
        | own parameter                | ?k=«acme-DRAWN24»                           | SEC005  |
        | own parameter                | ?k=«A_UUID»                                 | nothing |
        | own parameter                | ?k=«LETTERS32»                              | nothing |
        | own url                      | postgres://ana:«DRAWN16»@db.corp.net        | SEC003  |
        | own url                      | postgres://ana:«kitten7»@db.corp.net        | SEC003  |
        | own url                      | postgres://ana:«kitten7»@db:5432            | SEC103  |
        | own url                      | postgres://ana:«kitten7»@db-host/a          | SEC103  |
        | own url                      | postgres://ana:«kitten7»@mysql.corp.net     | SEC003  |
        | own url                      | postgres://ana:«kitten7»@database.          | SEC103  |
        | own url                      | postgres://ana:«kitten7»@db.example.com     | SEC103  |
        | own url                      | postgres://ana:«kitten7»@localhost/a        | SEC103  |
        | own url                      | postgres://ana:«kitten7kitt1»@localhost/a   | SEC003  |
        | own url                      | postgres://ana:«kitten7kit1»@localhost/a    | SEC103  |
        | own url                      | postgres://ana:«DRAWN20»@localhost/a        | SEC003  |
        | own url                      | postgres://ana:«ana»@db.corp.net            | SEC103  |
        | own url                      | postgres://ana:«corp.net»@corp.net          | SEC003  |
        | own url                      | neptune://app:«neptunepassword»@db.corp.net | SEC103  |
        | own url                      | postgres://ana:«corppassword»@corp.net      | SEC103  |
        | own url                      | postgres://ana:«kittpassword»@corp.net      | SEC003  |
        | own url                      | postgres://${USER}:«DRAWN16»@db             | nothing |
        | own url                      | postgres://ana:«${PASS}»@db                 | nothing |
        | own url                      | postgres://[redacted:«DRAWN16]»@db          | nothing |
        | own url                      | «DRAWN16»@db.corp.net                       | SEC003  |
        | own url                      | postgres://ana:«kitten7»@@localhost         | SEC003  |
        | own url                      | postgres://ana:«kitten7» @localhost         | SEC103  |
        | own url                      | postgres://ana:«password»@db                | SEC103  |
        | own url                      | a://b TIMES(290, .)x:«DRAWN16»@db           | SEC003  |
        | own curl-user                | curl -u «ana:DRAWN10»                       | SEC001  |
        | own curl-user                | curl -u «"ana:DRAWN10"»                     | SEC001  |
        | own curl-user                | tool -u «ana:DRAWN10»                       | SEC001  |
        | own curl-user                | curl a \| tool -u «ana:DRAWN10»             | nothing |
        | own curl-user                | curl a; tool -u «ana:DRAWN10»               | nothing |
        | own curl-user                | curl a && tool -u «ana:DRAWN10»             | nothing |
        | own curl-user                | curl a & tool -u «ana:DRAWN10»              | SEC001  |
        | own curl-user                | curl a\n-u «ana:DRAWN10»                    | nothing |
        | own curl-user                | curl a \\\n-u «ana:DRAWN10»                 | SEC001  |
        | own curl-user                | curl -u «DRAWN20:»                          | SEC001  |
        | own curl-user                | curl -u «DRAWN20»                           | nothing |
        | own curl-user                | curl -u «ana:$PASS»                         | nothing |
        | own curl-user                | curl -u «ana:ana»                           | nothing |
        | own curl-user                | curl -u «https://a.net:DRAWN10»             | nothing |
        | own curl-user                | curl -u «password:»                         | nothing |
        | betterleaks.curl-auth-header | «DRAWN32»                                   | SEC001  |
        | betterleaks.curl-auth-header | «DRAWN16»                                   | SEC001  |
        | betterleaks.curl-auth-header | «DRAWN15»                                   | SEC101  |
        | betterleaks.curl-auth-header | «LETTERS32»                                 | SEC101  |
        | betterleaks.curl-auth-header | «A_UUID»                                    | SEC101  |
        | betterleaks.curl-auth-header | «YOUR_TOKEN»                                | nothing |
        | betterleaks.curl-auth-header | «ghp_TIMES(10, ab1)DRAWN6»                  | nothing |
        | betterleaks.curl-auth-header | «Basic BASE64(ana:DRAWN12)»                 | SEC001  |
        | betterleaks.curl-auth-header | «Basic BASE64(user:password)»               | SEC101  |
        | betterleaks.curl-auth-header | «DIGITS32»                                  | SEC101  |
        | own netrc                    | «k7Qz»                                      | SEC101  |
        | own netrc                    | «k7Q»                                       | nothing |
        | own netrc                    | «kittens»                                   | SEC101  |
        | own netrc                    | «kitt7»                                     | SEC101  |
        | own netrc                    | «kitt7n»                                    | SEC005  |
        | own netrc                    | «kitt!n»                                    | SEC005  |
        | own netrc                    | «password»                                  | nothing |
        | own netrc                    | «ghp_SAME36»                                | nothing |
        | own password-option          | «'DRAWN12'»                                 | SEC005  |
        | own password-option          | «DRAWN12!»                                  | SEC005  |
        | own password-variable        | «$PASS»                                     | nothing |
        | own password-libpq           | «DRAWN12»                                   | SEC005  |
        | own cookie                   | «session=SMALL32»                           | SEC005  |
        | own cookie                   | «SMALL32»                                   | SEC005  |
        | own cookie                   | «a=b=DRAWN42==»                             | SEC005  |
        | own cookie                   | «session=A_UUID»                            | nothing |
        | own cookie                   | «session=my_session_name_v2»                | nothing |
        | own cookie                   | «session=YOUR_SESSION»                      | nothing |
        | own cookie-value             | «LETTERS40»                                 | nothing |
        | own cookie-value             | «a%20SMALL24»                               | SEC005  |
        | own cookie-value             | «abcdabcdabcdabcdabcd12»                    | nothing |
        | own cookie-value             | «LOWER22x12»                                | SEC005  |

    Scenario: in the agents' own settings
      Then a hit of the scanner's is worth this where it stands:
        | rule           | file                       | text                          | told    |
        | own assignment | opencode.json              | token: «DRAWN32»              | SEC005  |
        | own assignment | a/opencode.jsonc           | token: «DRAWN32»              | SEC005  |
        | own assignment | myopencode.json            | token: «DRAWN32»              | SEC101  |
        | own assignment | opencode.json              | foo_key: «DRAWN32»            | SEC101  |
        | own assignment | opencode.json              | token: «A_UUID»               | SEC005  |
        | own assignment | opencode.json              | foo_key: «A_UUID»             | SEC101  |
        | own assignment | settings.json              | token: «DRAWN32»              | SEC005  |
        | own assignment | a/settings.json            | token: «DRAWN32»              | SEC101  |
        | own assignment | config.toml                | token: «DRAWN32»              | SEC005  |
        | own assignment | a.config.toml              | token: «DRAWN32»              | SEC005  |
        | own assignment | .mcp.json                  | token: «DRAWN32»              | SEC005  |
        | own assignment | mcp-x.json                 | token: «DRAWN32»              | SEC005  |
        | own assignment | .autosync-outside/x.json   | token: «DRAWN32»              | SEC005  |
        | own assignment | .autosync-outside/a/x.json | token: «DRAWN32»              | SEC101  |
        | own header     | opencode.json              | «A_UUID»                      | SEC005  |
        | own header     | tui.json                   | «A_UUID»                      | SEC005  |
        | own parameter  | opencode.json              | ?k=«DRAWN32»                  | SEC005  |
        | own parameter  | opencode.json              | ?k=«A_UUID»                   | SEC005  |
        | own parameter  | opencode.json              | ?k=«walking-home-in-the-rain» | nothing |
        | own parameter  | opencode.json              | ?k=«acme-DRAWN24»             | SEC005  |
