Feature: Each kind of secret is told by its name, and what is near to it is not
  Who reads "a random value under a secret's name" knows what to look at. A warning says that somebody should look; what is
  plainly an example, a name or a template is not told at all. Words in capitals are made up by the test.

  Rule: Tokens and keys

    Scenario: web tokens
      Then of each of these files alone is told:
        | holds                                                                          | told                                   |
        | BASE64({"alg":"HS256"}).BASE64({"sub":"annab"}).DRAWN43                        | SEC001 1:1 jwt                         |
        | BASE64({"alg":"HS256"}).BASE64({"who":"John Doe"}).DRAWN43                     | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"who":"JOHN DOE"}).DRAWN43                     | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"sub": "1234567890"}).DRAWN43                  | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"u":"a@example.com"}).DRAWN43                  | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"user": "test_user"}).DRAWN43                  | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"user":  "testuser"}).DRAWN43                  | SEC102 jwt of an example               |
        | BASE64({"alg":"HS256"}).BASE64({"iss":"supabase", "role":"anon"}).DRAWN43      | SEC102 a key that is made to be public |
        | BASE64({"alg":"HS256"}).BASE64({"iss":"supabase","role": "anon"}).DRAWN43      | SEC102 a key that is made to be public |
        | BASE64({"alg":"HS256"}).BASE64({"iss":"supabase", "role":"service"}).DRAWN43   | SEC001 jwt                             |
        | BASE64({"alg":"HS256"}).BASE64({"iss":"other.net","role":"anon"}).DRAWN43      | SEC001 jwt                             |
        | BASE64({"alg":"HS256"}).eyJDRAWN21.DRAWN43                                     | SEC001 jwt                             |
        | BASE64({"alg":"HS256"}).eyJDRAWN22.DRAWN43                                     | SEC001 jwt                             |
        | BASE64({"alg":"HS256"}).eyJDRAWN23.DRAWN43                                     | SEC001 jwt                             |
        | BASE64({"alg":"HS256"}).eyJDRAWN24.DRAWN43                                     | SEC001 jwt                             |
        | BASE64({"alg": "none"}).BASE64({"sub":"annab"}). is it                         | nothing                                |
        | BASE64({"alg":"HS256"}).BASE64({"sub":"annab"}).expired                        | nothing                                |
        | BASE64({"alg":"HS256"}).BASE64({"sub":"annab"}).signature                      | nothing                                |
        | {"t": "BASE64({"alg":"HS256"}).BASE64({"sub":"annab"}).signature\\n\\nmore"}   | nothing                                |
        | BASE64({"alg":"HS256"}).BASE64({"sub":"annab"}).your-signature-goes-here       | nothing                                |

    Scenario: private keys
      Then of each of these files alone is told:
        | holds                                                                          | told               |
        | PEM(RSA)\nKEYLINES\nPEMEND(RSA)                                                | SEC002 private key |
        | PEM(RSA)\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,UPPER32\n\nKEYLINES\nPEMEND(RSA) | SEC002 private key |
        | PEM(RSA)\nDEK-Info: AES-256-CBC,HEX32\n\nKEYLINES                              | SEC002 private key |
        | {"k": "PEM(EC)\\nDRAWN64\\n"}                                                  | SEC002 private key |
        | {"k": "PEM(EC)\\r\\nDRAWN64\\r\\n"}                                            | SEC002 private key |
        | {"k": "PEM(EC)\\nUPPER64\\n"}                                                  | nothing            |
        | PEM(RSA)\nDRAWN24\nPEMEND(RSA)                                                 | SEC002 private key |
        | PEM(RSA)\nDRAWN23\nPEMEND(RSA)                                                 | nothing            |
        | PEM(RSA)\nSMALL64\nPEMEND(RSA)                                                 | nothing            |
        | PEM(RSA)\nEXAMPLEDRAWN57\nPEMEND(RSA)                                          | nothing            |
        | PEM(RSA)\nPEMEND(RSA)\nDRAWN64                                                 | nothing            |
        | PEM(RSA) TIMES(59, word )DRAWN64                                               | SEC002 private key |
        | PEM(RSA) TIMES(61, word )DRAWN64                                               | nothing            |
        | k = BASE64(PEM(RSA) DRAWN64 DRAWN64)                                           | SEC002 private key |
        | k = BASE64(-----BEGIN CERTIFICATE-----DRAWN64DRAWN64)                          | nothing            |
        | Private-Lines: 8\nDRAWN64\nDRAWN64                                             | SEC002 private key |
        | Private-Lines: 8\nEXAMPLEDRAWN57                                               | nothing            |

    Scenario: keys of providers, and what has their form
      Then of each of these files alone is told:
        | holds                                                            | told                                     |
        | sk-DRAWN48                                                       | SEC001 1:1 a key of a model's provider   |
        | sk-LETTERS57                                                     | SEC001 a key of a model's provider       |
        | sk-LETTERS56                                                     | nothing                                  |
        | sk-LOWER60                                                       | nothing                                  |
        | sk-HEX20-LETTERS23                                               | SEC001 a key of a model's provider       |
        | sk-HEX20-LETTERS24                                               | nothing                                  |
        | sk-HEX31-LETTERS24                                               | nothing                                  |
        | sk-HEX32-LETTERS24                                               | SEC001 a key of a model's provider       |
        | sk-HEX32-LOWER20TIMES(1, 1937)                                   | SEC001 a key of a model's provider       |
        | sk-HEX31-LOWER19TIMES(1, 1937)X                                  | nothing                                  |
        | sk-a-fifteenlettersa-of-the-handbook-2024                        | nothing                                  |
        | sk-a-sixteenlettersin-of-the-handbook-2024                       | SEC001 a key of a model's provider       |
        | sk-HEX20-DRAWN24                                                 | SEC001 a key of a model's provider       |
        | sk_DRAWN36                                                       | SEC001 a key of a model's provider       |
        | sk-slovak-translation-of-the-handbook-2024                       | nothing                                  |
        | sk-EXAMPLEDRAWN48                                                | nothing                                  |
        | A bad example: sk-abc123TIMES(1, def456)ghi789jkl012mno345       | nothing                                  |
        | The one of may: sk-abc123TIMES(1, def456)ghi789jkl012mno345      | SEC001 a key of a model's provider       |
        | sk_live_DRAWN24                                                  | SEC001 1:1 stripe                        |
        | A bad example: sk_live_abc123TIMES(1, def456)ghi789              | nothing                                  |
        | The one of may: sk_live_abc123TIMES(1, def456)ghi789             | SEC001 stripe                            |
        | pk_live_51DRAWN90                                                | SEC102 a key that is made to be public   |
        | pk_test_51DRAWN90                                                | SEC102 a key that is made to be public   |
        | phc_DRAWN43                                                      | SEC102                                   |
        | discord_client_id = DIGITS18                                     | SEC102 a key that is made to be public   |
        | acme_DRAWN36                                                     | SEC102 a word with a provider's prefix   |
        | acme_LETTERS36                                                   | nothing                                  |
        | run_DRAWN36                                                      | nothing                                  |
        | A bad example: acme_abc123TIMES(1, def456)ghi789jkl012mno345pqr678 | nothing                                |
        | The one of may: acme_abc123TIMES(1, def456)ghi789jkl012mno345pqr678 | SEC102 a word with a provider's prefix |
        | bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tDRAWN24              | SEC001 aws bedrock key                   |
        | bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tDRAWN23              | SEC102 a word with a provider's prefix   |
        | bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t DRAWN24             | nothing                                  |
        | aws key: DRAWN40                                                 | SEC005 aws secret access key             |
        | AWS KEY: DRAWN40                                                 | SEC005 aws secret access key             |
        | s3 key: DRAWN40                                                  | SEC101 a random value under the name of a key |
        | aws key: HEX40                                                   | SEC101 a random value under the name of a key |
        | aws key: DRAWN33EXAMPLE                                          | nothing                                  |
        | AKIAUPPER16                                                      | SEC102 aws key id                        |
        | AKIAUPPER9EXAMPLE                                                | nothing                                  |

  Rule: Values under a name

    Scenario: names of services, of keys and of no secret
      Then of each of these files alone is told:
        | holds                                                  | told                                          |
        | CODECOV_TOKEN=DRAWN32                                  | SEC005 a random value under a secret's name   |
        | token = DRAWN32                                        | SEC101 a random value under the name of a key |
        | token = DRAWN19X                                       | SEC101 a random value under the name of a key |
        | token = DRAWN20                                        | SEC101 a random value under the name of a key |
        | token = DRAWN19                                        | nothing                                       |
        | foo_key = DRAWN32                                      | SEC101 a random value under the name of a key |
        | **codecov_token:** `DRAWN32`                           | SEC005 a random value under a secret's name   |
        | - **Token:** DRAWN32                                   | SEC101 a random value under the name of a key |
        | **Authorization:** Bearer DRAWN32                      | SEC005 a token in an authorization header     |
        | **Token:** ask Anna for it, she knows                  | nothing                                       |
        | __codecov_token:__ DRAWN32                             | SEC005 a random value under a secret's name   |
        | __codecov_token__: DRAWN32                             | SEC005 a random value under a secret's name   |
        | ***codecov_token:*** DRAWN32                           | SEC005 a random value under a secret's name   |
        | `codecov_token:` DRAWN32                               | SEC005 a random value under a secret's name   |
        | codecov_token:: DRAWN32                                | SEC005 a random value under a secret's name   |
        | __Authorization:__ Bearer DRAWN32                      | SEC005 a token in an authorization header     |
        | \| **codecov_token:** \| DRAWN32 \|                    | SEC005 a random value under a secret's name   |
        | \| __Token:__ \| `DRAWN32` \|                          | SEC101 a random value under the name of a key |
        | <b>codecov_token:</b> DRAWN32                          | SEC005 a random value under a secret's name   |
        | <b>Token</b>: <code>DRAWN32</code>                     | SEC101 a random value under the name of a key |
        | <td><b>codecov_token</b></td>\n<td class="x">DRAWN32</td> | SEC005 a random value under a secret's name   |
        | <codecov_token>DRAWN32</codecov_token>                 | SEC005 a random value under a secret's name   |
        | <b>Token:</b> ask Anna for it, she knows               | nothing                                       |
        | <cacheKey>DRAWN32</cacheKey>                           | nothing                                       |
        | cacheKey = DRAWN32                                     | nothing                                       |
        | a note of DRAWN32                                      | nothing                                       |
        | codecov_token:\nDRAWN32                                | nothing                                       |
        | token = acme-DRAWN24                                   | SEC005 a token with a provider's prefix       |
        | token = acmecorp_platform_staging_DRAWN20              | SEC005 a token with a provider's prefix       |
        | cacheKey = acme-DRAWN24                                | nothing                                       |
        | {"key":"v1-deps-HEX40"}                                | SEC102 a word with a provider's prefix        |
        | {"key":"v1-deps-HEX39"}                                | SEC005 a token with a provider's prefix       |
        | Key: Linux-node-HEX64                                  | SEC102 a word with a provider's prefix        |
        | foo_key: v1-deps-HEX40                                 | SEC005 a token with a provider's prefix       |
        | EXA_API_KEY=A_UUID                                     | SEC005 a UUID under a secret's name           |
        | exa_secret_key: A_UUID.                                | SEC005 a UUID under a secret's name           |
        | exa-api-token: A_UUID!                                 | SEC005 a UUID under a secret's name           |
        | EXA_SECRET: A_UUID?                                    | SEC005 a UUID under a secret's name           |
        | exa_api_key: A_UUID*                                   | SEC005 a UUID under a secret's name           |
        | exa_apikey=A_UUID&                                     | SEC005 a UUID under a secret's name           |
        | EXA_TOKEN=A_UUID                                       | SEC101 a UUID under a secret's name           |
        | api_key=A_UUID                                         | SEC101 a UUID under a secret's name           |
        | EXA_API_KEY=12345678-DRAWN4-DRAWN4-DRAWN4-DRAWN12      | nothing                                       |
        | deploy --codecov-token DRAWN32.                        | SEC005 a random value under a secret's name   |
        | deploy --exa-api-key=A_UUID.                           | SEC005 a UUID under a secret's name           |
        | ["deploy", "--codecov-token", "DRAWN32"]               | SEC005 a random value under a secret's name   |
        | {"name": "X-Api-Key", "value": "acme-DRAWN24"}         | SEC005 a token in an authorization header     |
        | {"name": "X-Acme-Auth", "value": "DRAWN32"}            | nothing                                       |
        | {"name": "Authorization", "value": "Bearer DRAWN32"}   | SEC005 a token in an authorization header     |
        | {"name": "authorization", "value": "A_UUID"}           | nothing                                       |
        | {"name": "My-Authorization-Token", "value": "DRAWN32"} | SEC101 a random value under the name of a key |
        | - name: CODECOV_TOKEN\n  value: DRAWN32                | SEC005 a random value under a secret's name   |
        | - name: MY_TOKEN\n  value: DRAWN32                     | SEC101 a random value under the name of a key |
        | - name: CODECOV_TOKEN\n  value: a\n- name: CACHE_KEY\n  value: DRAWN32 | nothing                       |
        | - name: CACHE_KEY\n  value: a\n- name: CODECOV_TOKEN\n  value: DRAWN32 | SEC005 a random value under a secret's name |

    Scenario: in the agents' own settings
      Then of each of these files alone is told:
        | file                 | holds                                            | told                                         |
        | opencode.json        | {"apiKey": "DRAWN32"}                            | SEC005 a random value under a secret's name  |
        | opencode.json        | {"foo_key": "DRAWN32"}                           | SEC101 a random value under the name of a key |
        | opencode.json        | {"token": "A_UUID"}                              | SEC005 a UUID under a secret's name          |
        | opencode.json        | {"foo_key": "A_UUID"}                            | SEC101 a UUID under a secret's name          |
        | other.json           | {"token": "A_UUID"}                              | SEC101 a UUID under a secret's name          |
        | opencode.json        | {"headers": {"Authorization": "Bearer A_UUID"}}  | SEC005 a token in an authorization header    |
        | opencode.json        | {"headers": {"Authorization": "Bearer LETTERS32"}} | nothing                                    |
        | other.json           | {"headers": {"Authorization": "Bearer A_UUID"}}  | nothing                                      |
        | opencode.json        | {"url": "https://mcp.corp.net/?sig=DRAWN32"}     | SEC005 a token in a URL                      |
        | opencode.json        | {"url": "https://mcp.corp.net/?sig=A_UUID"}      | SEC005 a token in a URL                      |
        | opencode.json        | {"url": "https://mcp.corp.net/?sig=LETTERS32"}   | nothing                                      |
        | other.json           | {"url": "https://mcp.corp.net/?sig=DRAWN32"}     | SEC101 a token in a URL                      |
        | other.json           | {"url": "https://mcp.corp.net/?sig=A_UUID"}      | nothing                                      |
        | other.json           | {"url": "https://mcp.corp.net/?sig=acme-DRAWN24"} | SEC005 a token in a URL                     |

  Rule: Passwords

    Scenario: of services
      Then of each of these files alone is told:
        | holds                                                | told                           |
        | POSTGRES_PASSWORD: aB3kQ7mR2w                        | SEC005 a password of a service |
        | POSTGRES_PASSWORD: "aB3kQ7mR2w"                      | SEC005 a password of a service |
        | POSTGRES_PASSWORD: ab3kq7mr2w                        | nothing                        |
        | POSTGRES_PASSWORD: Kq1234567zP                       | nothing                        |
        | POSTGRES_PASSWORD: Pa$saB3kQ7mR2w                    | nothing                        |
        | POSTGRES_PASSWORD: aB3kittenQ7                       | nothing                        |
        | POSTGRES_PASSWORD: "aB3kQ 7mR2w"                     | nothing                        |
        | POSTGRES_PASSWORD: /aB3kQ7mR2w                       | nothing                        |
        | POSTGRES_PASSWORD: Kq-Rt-Xy1234                      | nothing                        |
        | POSTGRES_PASSWORD: kittENS!12345                     | nothing                        |
        | POSTGRES_PASSWORD: [aB3kQ7mR2w]                      | nothing                        |
        | Never do this: POSTGRES_PASSWORD=abc123Def456        | nothing                        |
        | Do it like so: POSTGRES_PASSWORD=abc123Def456        | SEC005 a password of a service |
        | POSTGRES_PASSWORD=get_secret(aB3kQ7mR2w)             | nothing                        |
        | POSTGRES_PASSWORD=vault.read(aB3kQ7mR2w)             | nothing                        |
        | POSTGRES_PASSWORD=read(aB3kQ7mR2w)                   | nothing                        |
        | POSTGRES_PASSWORD=aB3kQ7mR2w(x                       | SEC005 a password of a service |
        | <password>aB3kQ7mR2w</password>                      | SEC005 a password of a service |
        | ALTER USER app WITH PASSWORD 'aB3kQ7mR2w'            | SEC005 a password of a service |
        | CREATE USER app IDENTIFIED BY 'aB3kQ7mR2w'           | SEC005 a password of a service |
        | Reset it by PASSWORD aB3kQ7mR2w                      | nothing                        |
        | CREATE USER app IDENTIFIED BY aB3kQ7mR2w             | nothing                        |

    Scenario: given to a program
      Then of each of these files alone is told:
        | holds                                                        | told                                   |
        | REDISCLI_AUTH=DRAWN12 serve                                      | SEC005 a password given to a program   |
        | REDISCLI_AUTH=kitten serve                                       | SEC101 a password given to a program   |
        | REDISCLI_AUTH=kitt7 serve                                        | SEC101 a password given to a program   |
        | REDISCLI_AUTH=kitt7n serve                                       | SEC005 a password given to a program   |
        | REDISCLI_AUTH=KITTen serve                                       | SEC005 a password given to a program   |
        | REDISCLI_AUTH=kitt!n serve                                       | SEC005 a password given to a program   |
        | REDISCLI_AUTH='DRAWN12' serve                                    | SEC005 a password given to a program   |
        | REDISCLI_AUTH=qqqqqqq1q2q3 serve                                 | nothing                                |
        | REDISCLI_AUTH=get_secret(DRAWN12)                               | nothing                                |
        | REDISCLI_AUTH=vault.read(DRAWN12)                               | nothing                                |
        | REDISCLI_AUTH=read(DRAWN12)                                     | nothing                                |
        | Never do this: REDISCLI_AUTH=abc123Def456 serve                  | nothing                                |
        | Do it like so: REDISCLI_AUTH=abc123Def456 serve                  | SEC005 a password given to a program   |
        | default login ana password aB3kQ7mR2w                        | SEC005 a password given to a program   |
        | default login anonymous password aB3kQ7mR2w                  | nothing                                |
        | default login ftp password aB3kQ7mR2w                        | nothing                                |
        | echo aB3kQ7mR2w \| docker login -u ana --password-stdin      | SEC005 a password given to a program   |
        | echo "aB3kQ 7mR2w" \| docker login -u ana --password-stdin   | nothing                                |
        | curl -u ana:DRAWN10 https://a.net                            | SEC001 1:9 user and password of curl   |
        | curl -u "DRAWN32:" https://a.net                             | SEC001 user and password of curl       |
        | curl -u "password:" https://a.net                            | nothing                                |
        | curl -u ana:password https://a.net                           | nothing                                |
        | curl -u ana:ana https://a.net                                | nothing                                |
        | curl -u "kittens:kittens" https://a.net                      | nothing                                |
        | curl -u 'kittens:kittens' https://a.net                      | nothing                                |
        | curl -u "kittens":"DRAWN10" https://a.net                    | SEC001 user and password of curl       |
        | curl -s https://a.net & tool -u ana:DRAWN10                  | SEC001 user and password of curl       |
        | curl -s https://a.net; tool -u ana:DRAWN10                   | nothing                                |
        | curl -s https://a.net && tool -u ana:DRAWN10                 | nothing                                |
        | curl -s https://a.net \| tool -u ana:DRAWN10                 | nothing                                |
        | curl -s https://a.net\ntool -u ana:DRAWN10                   | nothing                                |
        | curl -s \\\n -u ana:DRAWN10 https://a.net                    | SEC001 user and password of curl       |
        | curl -s https://b.net \| jq .\ncurl -u ana:DRAWN10 https://a.net | SEC001 user and password of curl  |
        | curl -u ana:DRAWN10 https://a.net; echo done\n               | SEC001 user and password of curl       |
        | tool -u ana:ana; curl -u bob:DRAWN10 https://a.net           | SEC001 user and password of curl       |

    Scenario: in addresses
      Then of each of these files alone is told:
        | holds                                                   | told                                |
        | postgres://ana:DRAWN16@db.corp.net/app                  | SEC003 1:16 a password in a URL     |
        | redis://:DRAWN16@cache.corp.net                         | SEC003 1:10 a password in a URL     |
        | postgres://ana:kitten7@db.corp.net/app                  | SEC003 a password in a URL          |
        | postgres://ana:kitten7kitt@localhost/a                  | SEC103 user and password in a URL   |
        | postgres://ana:kitten7kitte@localhost/a                 | SEC003 a password in a URL          |
        | postgres://ana:password@db.corp.net/app                 | SEC103 user and password in a URL   |
        | postgres://kittens7:kittens7@db.corp.net/app            | SEC103 user and password in a URL   |
        | neptune://app:neptunepassword@db.corp.net               | SEC103 user and password in a URL   |
        | postgres://ana:corppassword@corp.net                    | SEC103 user and password in a URL   |
        | postgres://ana:kittpassword@corp.net                    | SEC003 a password in a URL          |
        | postgres://ana:xkcdpassword@xkcd                        | SEC103 user and password in a URL   |
        | postgres://{user}:DRAWN16@db.corp.net                   | nothing                             |
        | postgres://(user):DRAWN16@db.corp.net                   | nothing                             |
        | postgres://*user*:DRAWN16@db.corp.net                   | nothing                             |
        | postgres://[redacted:DRAWN16@db.corp.net                | nothing                             |
        | postgres://$USER:DRAWN16@db.corp.net                    | nothing                             |
        | postgres://ana:{{password}}@db.corp.net                 | nothing                             |

    Scenario: in headers
      Then of each of these files alone is told:
        | holds                                                                  | told                                                  |
        | Authorization: Bearer DRAWN32                                          | SEC005 1:23 a token in an authorization header        |
        | Authorization: Bearer DRAWN32...                                       | nothing                                               |
        | Authorization: Bearer acmecorp_platform_staging_DRAWN20                | SEC005 a token in an authorization header             |
        | Authorization: Bearer LETTERS32                                        | nothing                                               |
        | Authorization: Basic BASE64(ana:DRAWN12)                               | SEC005 user and password in an authorization header   |
        | Authorization: Basic BASE64(ana:ana)                                   | SEC101 user and password in an authorization header   |
        | Authorization: Basic BASE64(kittens:kittens)                           | SEC101 user and password in an authorization header   |
        | Authorization: Basic BASE64(ana:open sesame)                           | SEC101 user and password in an authorization header   |
        | Authorization: Basic BASE64(your_user:kQ7x9Zq1Ww)                      | SEC101 user and password in an authorization header   |
        | curl -H "Authorization: Bearer DRAWN16" https://a.net                  | SEC001 1:32 a token in an authorization header        |
        | curl -H "Authorization: Bearer DRAWN15" https://a.net                  | SEC101 a token in an authorization header             |
        | curl -H "Authorization: Bearer DIGITS32" https://a.net                 | SEC101 a token in an authorization header             |
        | curl -H "Authorization: Bearer LETTERS32" https://a.net                | SEC101 a token in an authorization header             |
        | curl -H "Authorization: Bearer A_UUID" https://a.net                   | SEC101 a UUID in an authorization header              |
        | curl -H "Authorization: Bearer Kq1234567zPw9xRt2" https://a.net        | nothing                                               |
        | curl -H "Authorization: Bearer hidden-kQ7x9Zq1WwEr" https://a.net      | nothing                                               |
        | A bad one: curl -H "Authorization: Bearer abc123TIMES(1, def456)ghi789" https://a.net | nothing                                |
        | In May: curl -H "Authorization: Bearer abc123TIMES(1, def456)ghi789" https://a.net | SEC001 a token in an authorization header |
        | curl -H "Authorization: Basic BASE64(user:password)" https://a.net     | SEC101 user and password in an authorization header   |
        | curl -H "Authorization: Basic BASE64(ana:DRAWN12)" https://a.net       | SEC001 a token in an authorization header             |

    Scenario: logins, cookies and registries
      Then of each of these files alone is told:
        | holds                                                                  | told                              |
        | curl -b 'sessionid=SMALL32' https://a.net                              | SEC005 a session cookie           |
        | curl -b 'sessionid=LOWER11%LOWER11x12' https://a.net                   | SEC005 a session cookie           |
        | curl -b 'sessionid=a.b.LOWER22x12q9' https://a.net                       | SEC005 a session cookie           |
        | curl -b 'sessionid=LETTERS40' https://a.net                            | nothing                           |
        | curl -b 'sessionid=A_UUID' https://a.net                               | nothing                           |
        | curl -b 'sessionid=Kq1234567zPw9xRt2' https://a.net                    | nothing                           |
        | {"authCookie": "my_Session_name_v2_of_1"}                              | nothing                           |
        | {"authCookie": "DRAWN42=="}                                            | SEC005 a session cookie           |
        | {"a": {"type": "oauth", "access": "LETTERS12"}}                        | SEC005 1:36 a token of a login    |
        | {"a": {"type": "oauth", "access": "LETTERS11"}}                        | nothing                           |
        | {"a": {"type": "oauth", "access": "Kq1234567zPwR"}}                    | nothing                           |
        | {"a": {"type": "oauth", "access": "[Kq7x9Zq1WwErT]"}}                  | nothing                           |
        | {"a": {"type": "api", "access": "LETTERS12"}}                          | nothing                           |
        | {"a": {"email": "a@b.net", "refresh": "DRAWN20"}}                      | SEC005 a refresh token            |
        | {"a": {"email": "a@b.net", "refresh": "DRAWN19"}}                      | nothing                           |
        | {"a": {"email": "a@b.net", "refresh": "walking-home-in-the-rain"}}     | nothing                           |
        | {"a": {"email": "a@b.net", "access": "DRAWN20"}}                       | nothing                           |
        | {"hostname": "0.0.0.0", "port": 4096, "password": "kQ7x9Zq1"}          | SEC005 the password of a server   |
        | {"hostname": "0.0.0.0", "port": 4096, "password": "LETTERS16"}         | SEC005 the password of a server   |
        | {"hostname": "0.0.0.0", "port": 4096, "password": "LETTERS15"}         | nothing                           |
        | {"hostname": "0.0.0.0", "port": 4096, "password": "LOWER16"}           | nothing                           |
        | {"hostname": "0.0.0.0", "port": 4096, "password": "my-Kitten-and-Mouse"} | nothing                         |
        | {"hostname": "0.0.0.0", "password": "kQ7x9Zq1"}                        | nothing                           |
        | {"auths": {"r.corp.net": {"auth": "BASE64(ana:DRAWN12)"}}}             | SEC005 1:36 the login of a registry |
        | {"auths": {"r.corp.net": {"auth": "BASE64(ana:ana)"}}}                 | nothing                           |
        | {"auths": {"r.corp.net": {"auth": "BASE64(kittens:kittens)"}}}         | nothing                           |
        | {"auths": {"r.corp.net": {"auth": "BASE64(annabel:)"}}}                | nothing                           |
        | {"auths": {"r.corp.net": {"auth": "BASE64(annabell7xQ)"}}}             | nothing                           |
        | //npm.corp.net/:_authToken=A_UUID                                      | SEC005 the login of a registry    |
        | //npm.corp.net/:_authToken = "A_UUID"                                  | SEC005 the login of a registry    |
        | //npm.corp.net/:_authToken=DRAWN32                                     | SEC005 the login of a registry    |
        | //npm.corp.net/:_authToken=acmecorp_platform_staging_DRAWN20           | SEC005 a token with a provider's prefix |
        | //npm.corp.net/:_authToken=LETTERS32                                   | nothing                           |
        | //npm.corp.net/:_authToken=00000000-0000-0000-0000-000000000000        | nothing                           |
        | //npm.corp.net/:_auth=BASE64(ana:DRAWN12)                              | SEC005 the login of a registry    |
        | //npm.corp.net/:_password=BASE64(DRAWN12)                              | SEC005 the login of a registry    |
        | //npm.corp.net/:_password=BASE64(hunter2)                              | nothing                           |
        | //npm.corp.net/:_password=kQ7x9Zq1Ww                                   | nothing                           |
