Feature: A secret is known by its form, its name and its place
  A rule that only knows forms misses passwords; one that stops at every long word is switched off. So each value is
  weighed: what it looks like, what it is called, and where it stands. Words in capitals here are made up by the test.

  Background:
    Given a config tree backed up at 09:00

  Rule: A provider's token is known by its form

    Scenario: in the text of a note
      When these files appear:
        | holds                              | told   |
        | The key is TOKEN(Slack bot).       | SEC001 |
        | The key is TOKEN(OpenAI).          | SEC001 |
        | The key is TOKEN(Anthropic).       | SEC001 |
        | The key is TOKEN(Google).          | SEC001 |
        | The key is TOKEN(GitHub).          | SEC001 |
        | The key is TOKEN(GitLab).          | SEC001 |
        | The key is TOKEN(Stripe).          | SEC001 |
        | The key is TOKEN(Hugging Face).    | SEC001 |
        | The key is TOKEN(DeepSeek).        | SEC001 |
        | The key is TOKEN(Telegram bot).    | SEC001 |
        | The key is TOKEN(Slack webhook)    | SEC001 |
        | The key is TOKEN(Discord webhook)  | SEC001 |
        | The key is TOKEN(JWT).             | SEC001 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: whatever stands around it
      When these files appear:
        | file           | holds                                                 | told             |
        | a/prompt.json  | {"prompt": "Use this:\\nTOKEN(GitHub)\\nand no other"} | SEC001 in line 1 |
        | a/compact.json | {"prompt":"Use_this:\\nTOKEN(Stripe)"}                 | SEC001           |
        | a/php.json     | {"url": "postgres:\\/\\/ana:DRAWN16@db.corp.net\\/a"}  | SEC003           |
        | a/slash.txt    | \\/ "postgres:\\/\\/ana:DRAWN16@db.corp.net\\/a"         | SEC003           |
        | a/query.md     | https://a.net/?q=value%3DTOKEN(GitHub)%26page=2       | SEC001           |
        | a/list.csv     | The keys: ABSKDRAWN120, ABSKDRAWN120, and no more     | SEC001, SEC001   |
        | a/lines.json   | {"prompt": "Use:\\nTOKEN(Stripe)\\nor\\nTOKEN(Groq)"}   | SEC001, SEC001   |
        | a/late.md      | codecov_api9_token, = DRAWN32                         | nothing          |
        | a/jwt.md       | BASE64({"alg":"HS256"}).BASE64({"who":"John Doe"}).DRAWN43 | SEC102      |
        | a/end.md       | # Notes\n\nUse it:\nTOKEN(GitHub).                    | SEC001 in line 4 |
        | a/link.md      | See [it](TOKEN(GitHub)), or *TOKEN(Groq)*             | SEC001, SEC001   |
        | a/encoded.md   | data: BASE64(token = ghp_DRAWN36)                     | SEC001           |
        | a/id.md        | run_DRAWN36 and acme_DRAWN36                          | SEC102           |
        | a/public.md    | pk_live_51DRAWN90 and phc_DRAWN43                     | SEC102, SEC102   |
        | a/anon.md      | BASE64({"alg":"HS256"}).BASE64({"iss":"supabase", "role":"anon"}).DRAWN43 | SEC102 |
        | a/two.md       | TOKEN(GitHub)\nTOKEN(GitHub)                          | SEC001 in line 1, SEC001 in line 2 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: whatever the encoding
      When these files appear:
        | written in | holds                       | told             |
        | utf-16     | # Notes\nTOKEN(GitHub)\n    | SEC001 in line 2 |
        | utf-16-le  | # Notes\nTOKEN(GitHub)\n    | SEC001 in line 2 |
        | utf-16-be  | # Notes\nTOKEN(GitHub)\n    | SEC001 in line 2 |
        | utf-32     | # Notes\nTOKEN(GitHub)\n    | SEC001 in line 2 |
        | utf-32-be  | BOM# Notes\nTOKEN(GitHub)\n | SEC001 in line 2 |
        | utf-8-sig  | # Notes\nTOKEN(GitHub)\n    | SEC001 in line 2 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: A random value is told by the name it is given to

    Scenario: names
      When these files appear:
        | holds                                      | told    |
        | CODECOV_TOKEN=DRAWN32                      | SEC005  |
        | codecov_token: "DRAWN32".                  | SEC005  |
        | const codecovToken = "Bearer DRAWN32"      | SEC005  |
        | \| CODECOV_TOKEN \| DRAWN32 \|             | SEC005  |
        | os.environ.get("CODECOV_TOKEN", "DRAWN32") | SEC005  |
        | deploy --codecov-token DRAWN32             | SEC005  |
        | token = acme-DRAWN24                       | SEC005  |
        | token = DRAWN32                            | SEC101  |
        | apiKey: DRAWN32                            | SEC101  |
        | deploy --api-key=DRAWN32                   | SEC101  |
        | deploy "--token", "DRAWN32"                | SEC101  |
        | foo_key = DRAWN32                          | SEC101  |
        | const k = process.env.CODECOV_TOKEN ?? "DRAWN32"    | SEC005  |
        | const k = process.env.CODECOV_TOKEN \|\| 'DRAWN32' | SEC005  |
        | const k = env.CODECOV_TOKEN ?? makeTokenAsync2()    | nothing |
        | CODECOV_TOKEN ?= DRAWN32                   | SEC005  |
        | ENV CODECOV_TOKEN DRAWN32                  | SEC005  |
        | set -gx CODECOV_TOKEN DRAWN32              | SEC005  |
        | setx CODECOV_TOKEN "DRAWN32"               | SEC005  |
        | aws configure set aws_secret_access_key DRAWN40 | SEC005 |
        | - name: CODECOV_TOKEN\n  value: DRAWN32    | SEC005  |
        | - name: CACHE_KEY\n  value: DRAWN32        | nothing |
        | {"name": "Authorization", "value": "Bearer DRAWN32"} | SEC005 |
        | cacheKey = DRAWN32                         | nothing |
        | codecov_public_key = DRAWN32               | nothing |
        | SESSION_SECRET = DRAWN32                   | SEC101  |
        | EXA_API_KEY=A_UUID                         | SEC005  |
        | ACME_TOKEN=A_UUID                          | SEC101  |
        | foo_key = A_UUID                           | SEC101  |
        | token = DRAWN16                            | nothing |
        | token = DRAWN7TIMES(1, 4)DRAWN4TIMES(1, 7)DRAWN3TIMES(1, 2)DRAWN3 | SEC101  |
        | token = DRAWN4096                          | SEC101  |
        | token = LETTERS8TIMES(1, 4)LETTERS8TIMES(1, 7)LETTERS8 | SEC101 |
        | token = LETTERS8TIMES(1, 4)LETTERS16       | nothing |
        | token = HEX32                              | SEC101  |
        | token = DIGITS32                           | nothing |
        | token = LETTERS32                          | nothing |
        | token = getAccessTokenFromKeychain2        | nothing |
        | token = ./keys/DRAWN32                     | nothing |
        | token = session-2024-01-05-first-of-all    | nothing |
        | CODECOV_TOKEN=sample-DRAWN32               | nothing |
        | CODECOV_TOKEN=${DRAWN32}                   | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: in a config every key counts
      When these files appear:
        | file          | holds                                                | told    |
        | a/config.json | {"apiKey": "DRAWN32"}                                | SEC005  |
        | b/config.json | {"foo_key": "DRAWN32"}                               | SEC101  |
        | c/config.json | {"token": "A_UUID"}                                  | SEC005  |
        | d/config.json | {"foo_key": "A_UUID"}                                | SEC101  |
        | e/config.json | {"headers": {"Authorization": "Bearer A_UUID"}}      | SEC005  |
        | f/config.json | {"url": "https://mcp.corp.net/?sig=DRAWN32"}         | SEC005  |
        | g/config.json | {"url": "https://mcp.corp.net/?sig=A_UUID"}          | SEC005  |
        | h/other.json  | {"apiKey": "DRAWN32"}                                | SEC101  |
        | i/other.json  | {"headers": {"Authorization": "Bearer A_UUID"}}      | nothing |
        | j/other.json  | {"url": "https://mcp.corp.net/?sig=DRAWN32"}         | SEC101  |
        | k/other.json  | {"url": "https://mcp.corp.net/?sig=A_UUID"}          | nothing |
        | l/other.json  | {"url": "https://mcp.corp.net/?apiKey=acme-DRAWN24"} | SEC005  |
        | m/files.json  | {"agent/ops.md": "HEX64"}                            | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: Passwords are told by where they stand

    Scenario: in addresses
      When these files appear:
        | holds                                                   | told    |
        | postgres://ana:DRAWN16@db.corp.net/app                  | SEC003  |
        | redis://:DRAWN16@cache.corp.net                         | SEC003  |
        | postgres://ana:DRAWN16@db.example.com/app               | SEC003  |
        | https://ana:kitten7@git.corp.net/a.git                  | SEC003  |
        | https://ana:kitten7@git.example.com/a.git               | SEC103  |
        | https://ana:kitten7@localhost:8080/                     | SEC103  |
        | postgres://user:password@db.corp.net/app                | SEC103  |
        | postgres://ana:ana@db.corp.net/app                      | SEC103  |
        | redis://:changeme@cache.corp.net                        | SEC103  |
        | postgres://app_user:app_password@db.corp.net/app        | SEC103  |
        | postgres://ana:my-corp-db-pass@db.corp.net/app          | SEC103  |
        | postgres://ana:corpsecret@corp.net/app                  | SEC103  |
        | postgres://ana:DB_PASSWORD@db.corp.net/app              | SEC103  |
        | postgres://ana:passw0rd@db.corp.net/app                 | SEC103  |
        | postgres://ana:kitten7@db.corp.net/app                  | SEC003  |
        | postgres://ana:kitten7@db:5432/app                      | SEC103  |
        | postgres://ana:kitten7@db-host/app                      | SEC103  |
        | postgres://ana:********@db.corp.net/app                 | nothing |
        | postgres://ana:Host7x@Host7x.corp.net/app               | SEC103  |
        | postgres://ana:xyxyxyx@db.corp.net/app                  | SEC103  |
        | postgres://ana:$DB_PASS@db.corp.net/app                 | nothing |
        | postgres://${DB_USER}:DRAWN16@db.corp.net/app           | nothing |
        | postgres://[REDACTED:DATABASE]@db.corp.net/app          | nothing |
        | https://git.corp.net/a.git                              | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: in headers and on command lines
      When these files appear:
        | holds                                                               | told    |
        | Authorization: Bearer DRAWN32                                       | SEC005  |
        | X-Api-Key: acme-DRAWN24                                             | SEC005  |
        | Authorization: Basic BASE64(ana:DRAWN12)                            | SEC005  |
        | Authorization: Basic BASE64(user:password)                          | SEC101  |
        | Authorization: Bearer YOUR_TOKEN_GOES_HERE                          | nothing |
        | Authorization: Bearer A_UUID                                        | nothing |
        | curl -u ana:DRAWN10 https://a.net                                   | SEC001  |
        | curl -u 'ana:DRAWN10' https://a.net                                 | SEC001  |
        | curl -s \\\n  -u ana:DRAWN10 https://a.net                          | SEC001  |
        | curl https://b.net && curl -u ana:DRAWN10 https://a.net             | SEC001  |
        | curl -u ana:anab7 https://a.net                                      | SEC001  |
        | curl -u 'annabel:annabel' https://a.net                             | nothing |
        | curl -u anna:anna https://a.net                                     | nothing |
        | curl -u "$KEY:" https://a.net                                       | nothing |
        | curl -s https://a.net \| tool -u ana:DRAWN10                        | nothing |
        | curl -s https://a.net\ntool -u ana:DRAWN10                          | nothing |
        | curl -H "Authorization: Bearer DRAWN32" https://a.net               | SEC001  |
        | curl -H "Authorization: Bearer A_UUID" https://a.net                | SEC101  |
        | curl -H "Authorization: Bearer LETTERS32" https://a.net             | SEC101  |
        | curl -H "Authorization: Basic BASE64(user:password)" https://a.net  | SEC101  |
        | curl -u "DRAWN32:" https://a.net                                    | SEC001  |
        | PGPASSWORD=DRAWN12 psql                                             | SEC005  |
        | PGPASSWORD=kitten psql                                              | SEC101  |
        | PGPASSWORD=kit7n psql                                               | SEC101  |
        | PGPASSWORD=ki7ten psql                                              | SEC005  |
        | PGPASSWORD=a7b psql                                                 | nothing |
        | PGPASSWORD=aQ7bzzzzzbcz psql                                        | SEC005  |
        | PGPASSWORD="$DB_PASSWORD" psql                                      | nothing |
        | PGPASSWORD=your_password psql                                       | nothing |
        | sshpass -p 'DRAWN12' ssh ana@host                                   | SEC005  |
        | psql "host=db.corp.net user=app password=DRAWN12 dbname=app"        | SEC005  |
        | machine git.corp.net login ana password DRAWN12                     | SEC005  |
        | password = "kittens and"                                            | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: where programs keep theirs
      When these files appear:
        | holds                                                                  | told    |
        | {"auths": {"r.corp.net": {"auth": "BASE64(ana:DRAWN12)"}}}             | SEC005  |
        | {"auths": {"r.corp.net": {"auth": "BASE64(user:password)"}}}           | nothing |
        | {"auth": "bearerAuthentication"}                                       | nothing |
        | //npm.corp.net/:_authToken=A_UUID                                      | SEC005  |
        | //npm.corp.net/:_authToken=${NPM_TOKEN}                                | nothing |
        | //npm.corp.net/:_auth=BASE64(ana:DRAWN12)                              | SEC005  |
        | //npm.corp.net/:_password=BASE64(DRAWN12)                              | SEC005  |
        | //npm.corp.net/:_password=BASE64(your-password)                        | SEC101  |
        | default login ana password DRAWN12                                     | SEC005  |
        | echo DRAWN12 \| docker login -u ana --password-stdin                   | SEC005  |
        | echo "$TOKEN" \| docker login -u ana --password-stdin                  | nothing |
        | az login --service-principal -u app -p DRAWN12                         | SEC005  |
        | POSTGRES_PASSWORD: aB3kQ7mR2w                                          | SEC005  |
        | POSTGRES_PASSWORD: devdb2024                                           | nothing |
        | ADMIN_PASSWORD="NewP@ssw0rd1"                                          | nothing |
        | <username>ana</username><password>aB3kQ7mR2w</password>                | SEC005  |
        | <password>${env.MAVEN_PASSWORD}</password>                             | nothing |
        | ALTER USER app WITH PASSWORD 'aB3kQ7mR2w'                              | SEC005  |
        | CREATE USER app IDENTIFIED BY 'app_password'                           | nothing |
        | PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 8\nDRAWN64              | SEC002  |
        | PrivateKey = DRAWN43=                                                  | SEC001  |
        | [user]\n\tsigningkey = HEX40                                           | nothing |
        | https://mcp.zapier.com/api/mcp/s/DRAWN64/mcp                           | SEC001  |
        | https://mcp.zapier.com/api/mcp/s/YOUR_ZAPIER_MCP_KEY_GOES_HERE/mcp     | nothing |
        | the client secret: DRAWN3TIMES(1, 8)Q~DRAWN34                          | SEC001  |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: in cookies and logins
      When these files appear:
        | file      | holds                                                                                  | told    |
        | a/get.sh  | curl -H "Cookie: theme=a; sessionid=SMALL32" https://a.net                             | SEC005  |
        | p/get.sh  | curl -H "Cookie: my-token=DRAWN42==" https://a.net                                     | SEC005  |
        | b/get.sh  | curl -H "Cookie: session=my_application_session_name_v2" https://a.net                 | nothing |
        | c/get.sh  | curl -H "Cookie: session=A_UUID" https://a.net                                         | nothing |
        | d/get.sh  | curl -H "Cookie: session=YOUR_SESSION_COOKIE" https://a.net                            | nothing |
        | e/q.json  | {"authCookie": "DRAWN120"}                                                             | SEC005  |
        | f/q.json  | {"a": {"type": "oauth", "refresh": "DRAWN40"}}                                         | SEC005  |
        | g/q.json  | {"a": {"type": "oauth", "access": "LETTERS12"}}                                        | SEC005  |
        | h/q.json  | {"a": {"type": "oauth", "access": "LETTERS11"}}                                        | nothing |
        | i/q.json  | {"a": {"type": "oauth", "access": "your-access-token"}}                                | nothing |
        | j/q.json  | {"accounts": [{"email": "a@b.net", "refreshToken": "DRAWN60"}]}                        | SEC005  |
        | k/q.json  | {"accounts": [{"email": "a@b.net", "refreshToken": "LETTERS19"}]}                      | nothing |
        | l/q.json  | {"hostname": "0.0.0.0", "port": 4096, "password": "DRAWN32"}                           | SEC005  |
        | m/q.json  | {"hostname": "0.0.0.0", "port": 4096, "password": "change-this-password-1"}            | nothing |
        | o/q.json  | {"hostname": "0.0.0.0", "port": 4096, "password": "LETTERS16"}                         | SEC005  |
        | p/q.json  | {"hostname": "0.0.0.0", "port": 4096, "password": "LETTERS15"}                         | nothing |
        | n/q.json  | {"port": 4096, "password": "DRAWN12"}                                                  | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: Keys are more than their first line

    Scenario: private keys and pairs
      When these files appear:
        | holds                                                                                                       | told               |
        | PEM(RSA)\nKEYLINES\nPEMEND(RSA)                                    | SEC002 in line 1   |
        | The key:\nPEM(OPENSSH)\nKEYLINES                                                     | SEC002 in line 2   |
        | {"key": "PEM(EC)\\nDRAWN64\\nDRAWN64"}                                               | SEC002             |
        | PEM(RSA)\nMIIE...\nPEMEND(RSA)                                     | nothing            |
        | Look for `PEM(RSA)` and `PEM(EC)`.                            | nothing            |
        | -----BEGIN CERTIFICATE-----\nKEYLINES\n-----END CERTIFICATE-----                                            | nothing            |
        | KEY=BASE64(PEM(RSA) DRAWN64 DRAWN64)                                                 | SEC002             |
        | aws_access_key_id = AKIAUPPER16\naws_secret_access_key = DRAWN40                                            | SEC102, SEC005     |
        | The key is AKIAUPPER16, the rest DRAWN40                                                                    | SEC102, SEC005     |
        | The key is ASIAUPPER16, the rest DRAWN40                                                                    | SEC102, SEC005     |
        | The key is AKIAUPPER16                                                                                      | SEC102             |
        | The commit is HEX40, the key AKIAUPPER16                                                                    | SEC102             |
        | PEM(RSA)\nKEYLINES\nAKIAUPPER16\nPEMEND(RSA)                                                                | SEC002 in line 1   |
        | bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tDRAWN40                                                         | SEC001             |
        | The rule is bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t                                                    | nothing            |
        | The key is TOKEN(DeepSeek) or sk-LETTERS64                                                                  | SEC001, SEC001     |
        | The tool is sk-a1b2-LOWER30                                                                                 | nothing            |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: What is plainly made up blocks nothing

    Scenario: stand-ins for a token
      When these files appear:
        | holds                                                | told    |
        | ghp_SAME36                                           | nothing |
        | ghp_ALPHABET36                                       | nothing |
        | ghp_TIMES(9, ab1c)                                   | nothing |
        | ghp_TIMES(5, ab1c)DRAWN16                            | nothing |
        | ghp_TIMES(4, ab1c)DRAWN20                            | SEC001  |
        | ghp_qqq1q2q3q4q5q6q7q8q9qaqbqcqdqeqfqgqh             | nothing |
        | ghp_EXAMPLEDRAWN29                                   | nothing |
        | ghp_**DRAWN34                                        | nothing |
        | sk-TIMES(2, 1234567890abcdef)                  | nothing |
        | sk-proj-your-openai-api-key-goes-here-1234           | nothing |
        | Authorization: Bearer ${GITHUB_TOKEN}                | nothing |
        | Never do this:\n    key = "sk_live_abc123TIMES(1, def456)ghi789" # BAD | SEC101 in line 2 |
        | Never do this:\n    key = "sk_live_DRAWN24" # BAD    | SEC001 in line 2  |
        | token = "eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE2MDAwMDAwMDB9.expired" | nothing |
        | NEXTAUTH_SECRET=generate-with-openssl-rand-base64-32 | nothing |
        | sha256: HEX64                                        | nothing |
        | Fixed in HEX40                                       | nothing |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: Where there is no scanner for the machine, the program's own rules judge

    Scenario: the forms that most people have
      Given a machine for which there is no scanner
      When these files appear:
        | holds                                  | told             |
        | The key is TOKEN(Slack bot).           | SEC001           |
        | The key is TOKEN(Anthropic).           | SEC001           |
        | The key is TOKEN(DeepSeek).            | SEC001           |
        | The key is TOKEN(Stripe).              | SEC001           |
        | The key is TOKEN(Hugging Face).        | SEC001           |
        | The key is TOKEN(Discord bot).         | SEC001           |
        | The key is TOKEN(Telegram bot).        | SEC001           |
        | The key is TOKEN(Doppler service).     | SEC001           |
        | The key is TOKEN(Mailchimp).           | SEC001           |
        | The key is TOKEN(Contentful).          | SEC001           |
        | The key is TOKEN(Context7).            | SEC001           |
        | The key is TOKEN(Langfuse).            | SEC001           |
        | The key is TOKEN(Atlassian).           | SEC001           |
        | The key is TOKEN(Mapbox).              | SEC001           |
        | The key is TOKEN(Supabase).            | SEC001           |
        | The key is TOKEN(Figma).               | SEC001           |
        | The key is TOKEN(Railway).             | SEC001           |
        | The key is TOKEN(Google OAuth refresh) | SEC001           |
        | The address is TOKEN(Teams webhook)    | SEC001           |
        | The address is TOKEN(Discord webhook)  | SEC001           |
        | CODECOV_TOKEN=DRAWN32                  | SEC005           |
        | \| CODECOV_TOKEN \| DRAWN32 \|         | SEC005           |
        | deploy --codecov-token DRAWN32         | SEC005           |
        | Authorization: Bearer DRAWN32          | SEC005           |
        | https://a.net/?sig=acme-DRAWN40        | SEC005           |
        | postgres://ana:DRAWN16@db.corp.net/app | SEC003           |
        | PGPASSWORD=DRAWN12 psql                | SEC005           |
        | Server=db;User Id=app;Password=DRAWN12; | SEC005          |
        | sshpass -p 'DRAWN12' ssh ana@host      | SEC005           |
        | mysql -u app -pDRAWN12 app             | SEC005           |
        | machine git.corp.net login ana password DRAWN12 | SEC005  |
        | PEM(RSA)\nKEYLINES | SEC002        |
        | {"type": "oauth", "refresh": "DRAWN40"} | SEC005          |
        | Nothing is in this one.                | nothing          |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says
