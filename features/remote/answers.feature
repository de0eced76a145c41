Feature: What git and a server say, and what it means
  Git has one exit code for all of it, so its words are read. What may pass by itself is tried again; of anything else a
  person is told at once what to do, for another try would only take time.

  Rule: Each has one meaning and one way on

    Scenario: what is said when a remote is looked at, fetched from or pushed to
      Then where git says this, it means:
        | git says                                                                           | it is                | again | what helps                                    |
        | ssh: connect to host a.net port 22: Connection timed out                           | away                 | yes   | look whether that place can be reached        |
        | fatal: the remote end hung up unexpectedly                                         | away                 | yes   | look whether that place can be reached        |
        | The requested URL returned error: 503                                              | away                 | yes   | look whether that place can be reached        |
        | something that nobody has heard of                                                 | away                 | yes   | look whether that place can be reached        |
        |                                                                                    | away                 | yes   | look whether that place can be reached        |
        | unable to access 'https://a.net/x/': Could not resolve host: a.net                 | away                 | yes   | look at the host's name in the address        |
        | ssh: Could not resolve hostname a.net: Name or service not known                   | away                 | yes   | look at the host's name in the address        |
        | ssh: a.net: Temporary failure in name resolution                                   | away                 | yes   | look at the host's name in the address        |
        | Host key verification failed.                                                      | host key             | no    | connect to that host once by hand with ssh    |
        | WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!                                   | host key             | no    | connect to that host once by hand with ssh    |
        | No ED25519 host key is known for a.net and you have requested strict checking.     | host key             | no    | connect to that host once by hand with ssh    |
        | Host key verification failed.\nPermission denied (publickey).                      | host key             | no    | connect to that host once by hand with ssh    |
        | SSL certificate problem: self-signed certificate                                   | certificate          | no    | nobody whom this machine trusts vouches       |
        | server certificate verification failed. CAfile: none                               | certificate          | no    | nobody whom this machine trusts vouches       |
        | SSL: no alternative certificate subject name matches target host name              | certificate          | no    | nobody whom this machine trusts vouches       |
        | SSL: certificate subject name (b.net) does not match target hostname 'a.net'       | certificate          | no    | nobody whom this machine trusts vouches       |
        | fatal: fsck error in packed object                                                 | unsound              | no    | git's own check refuses what lies there       |
        | error: object TIMES(40, a): hasDotgit: contains '.git'                             | unsound              | no    | git's own check refuses what lies there       |
        | fatal: Authentication failed for 'https://a.net/x/'                                | access               | no    | log in there once with plain git              |
        | could not read Username for 'https://a.net'                                        | access               | no    | log in there once with plain git              |
        | could not read Password for 'https://a.net'                                        | access               | no    | log in there once with plain git              |
        | terminal prompts disabled                                                          | access               | no    | log in there once with plain git              |
        | git@a.net: Permission denied (publickey,keyboard-interactive).                     | access               | no    | log in there once with plain git              |
        | The requested URL returned error: 401                                              | access               | no    | log in there once with plain git              |
        | The requested URL returned error: 403                                              | access               | no    | log in there once with plain git              |
        | remote: Invalid username or token.                                                 | access               | no    | log in there once with plain git              |
        | remote: Invalid username or password.                                              | access               | no    | log in there once with plain git              |
        | remote: HTTP Basic: Access denied                                                  | access               | no    | log in there once with plain git              |
        | ERROR: Permission to ana/x.git denied to bob.                                      | access               | no    | log in there once with plain git              |
        | ERROR: The key you are authenticating with has been marked as read only.           | access               | no    | log in there once with plain git              |
        | Received disconnect from 127.0.0.1 port 22:2: Too many authentication failures     | access               | no    | log in there once with plain git              |
        | fatal: remote error: upload-pack: not our ref TIMES(40, a)                         | moved                | no    | someone else pushed at the same time          |
        | error: Server does not allow request for unadvertised object TIMES(40, a)          | moved                | no    | someone else pushed at the same time          |
        | fatal: detected dubious ownership in repository                                    | owner                | no    | it belongs to another user                    |
        | fatal: the receiving end does not support this repository's hash algorithm         | hash                 | no    | it names its objects by another hash          |
        | fatal: mismatched algorithms: client sha1; server sha256                           | hash                 | no    | it names its objects by another hash          |
        | fatal: unknown object format 'sha512' specified                                    | hash                 | no    | it names its objects by another hash          |
        | fatal: protocol error: bad line length character: Welc                             | no git               | no    | what answers there does not speak git         |
        | bash: line 1: git-upload-pack: command not found                                   | no git               | no    | what answers there does not speak git         |
        | sh: 1: git-receive-pack: not found                                                 | no git               | no    | what answers there does not speak git         |
        | Received HTTP/0.9 when not allowed                                                 | no git               | no    | what answers there does not speak git         |
        | OpenSSL: error:0A00010B:SSL routines::wrong version number                         | no git               | no    | what answers there does not speak git         |
        | GnuTLS: An unexpected TLS packet was received.                                     | no git               | no    | what answers there does not speak git         |
        | remote: Repository not found.                                                      | missing              | no    | make the repository there                     |
        | fatal: repository 'https://a.net/x/' not found                                     | missing              | no    | make the repository there                     |
        | fatal: '/x' does not appear to be a git repository                                 | missing              | no    | make the repository there                     |
        | The requested URL returned error: 404                                              | missing              | no    | make the repository there                     |
        | The requested URL returned error: 410                                              | missing              | no    | make the repository there                     |
        | /mnt/x: No such file or directory                                                  | missing              | no    | make the repository there                     |
        | fatal: repository '/mnt/x' does not exist                                          | missing              | no    | make the repository there                     |
        | fatal: not a git repository: '/mnt/x'                                              | missing              | no    | make the repository there                     |
        | fatal: https://a.net/x/info/refs not valid: is this a git repository?              | missing              | no    | make the repository there                     |
        | fatal: invalid gitfile format: /etc/passwd                                         | missing              | no    | make the repository there                     |
        | remote: The project you were looking for could not be found                        | missing              | no    | make the repository there                     |
        | URL using bad/illegal format or missing URL                                        | missing              | no    | make the repository there                     |
        | ssh: Bad port '99999'                                                              | missing              | no    | make the repository there                     |
        | fatal: unable to update url base from redirection                                  | missing              | no    | make the repository there                     |
        | fatal: transport 'ext' not allowed                                                 | refused              | no    | look at the rules of that branch there        |
        | Protocol "gopher" not supported                                                    | refused              | no    | look at the rules of that branch there        |
        | Protocol "http" disabled in libcurl                                                | refused              | no    | look at the rules of that branch there        |
        | remote: This repository was archived so it is read-only.\nreturned error: 403      | refused              | no    | look at the rules of that branch there        |
        | error: write: No space left on device                                              | local                | no    | mend what git names there                     |
        | fatal: bad config line 1 in file /home/ana/.gitconfig                              | local                | no    | mend what git names there                     |
        | fatal: Unable to find remote helper for 'https'                                    | local                | no    | mend what git names there                     |
        | error: cannot run ssh: No such file or directory                                   | local                | no    | a missing program                            |
        | ssh -o BatchMode=yes: 1: ssh: not found                                            | local                | no    | a missing program                            |
        | bash: line 1: ssh: command not found                                               | local                | no    | a missing program                            |
        | Bad owner or permissions on /home/ana/.ssh/config                                  | local                | no    | mend what git names there                     |
        | Could not resolve proxy: proxy.a.net                                               | local                | no    | mend what git names there                     |

    Scenario: what of it is told
      Then of what git says this is told:
        | git says                                                                      | is told                                                                     |
        | fatal: no                                                                     | fatal: no                                                                   |
        |                                                                               | it ended without a word                                                     |
        | \n  \n                                                                        | it ended without a word                                                     |
        | Done\nEverything up-to-date\nTo /mnt/x                                        | it ended without a word                                                     |
        | \x20 one\n\n two \n                                                           | one; two                                                                    |
        | To /mnt/x\nfatal: no\nPlease make sure you have the correct access rights\nand the repository exists. | fatal: no                                           |
        | Tomorrow\nthe repository exists                                               | Tomorrow; the repository exists                                             |
        | TIMES(401, x)                                                                 | TIMES(400, x)                                                               |
        | firstTIMES(396, x)last                                                        | TIMES(396, x)last                                                           |
        | Permission denied (publickey).                                                | Permission denied (publickey).                                              |
        | To no such file or directory                                                  | missing                                                                     |
        | fatal: early EOF                                                              | the connection broke off in the middle of the transfer (fatal: early EOF)   |
        | fetch-pack: unexpected disconnect while reading sideband packet               | the connection broke off in the middle of the transfer (fetch-pack: unexpected disconnect while reading sideband packet) |
        | transfer closed with 7 bytes remaining to read                                | the connection broke off in the middle of the transfer (transfer closed with 7 bytes remaining to read) |
        | error: 12 bytes of body are still expected                                    | the connection broke off in the middle of the transfer (error: 12 bytes of body are still expected) |
        | error: RPC failed; curl 18 x                                                  | the connection broke off in the middle of the transfer (error: RPC failed; curl 18 x) |
        | error: RPC failed; curl 56 x                                                  | the connection broke off in the middle of the transfer (error: RPC failed; curl 56 x) |
        | error: RPC failed; curl 561 x                                                 | error: RPC failed; curl 561 x                                               |
        | TIMES(191, x) early EOF                                                       | the connection broke off in the middle of the transfer (TIMES(190, x) early EOF) |
        | early EOF\nremote: Repository not found                                       | early EOF; remote: Repository not found                                     |

    Scenario: the way on names the place
      Then where git says this, the way on has these words:
        | git says                                                                       | the way on                                       |
        | fatal: detected dubious ownership in repository at '/mnt/stick'\nTo add it     | --add safe.directory /mnt/stick                  |
        | fatal: detected dubious ownership in repository at '/mnt/a stick'              | --add safe.directory '/mnt/a stick'              |
        | fatal: detected dubious ownership in repository                                | --add safe.directory FOLDER                      |
        | fatal: unable to access 'https://a.net/x/': SSL certificate problem: expired   | git config --global http.https://a.net.sslCAInfo FILE |
        | fatal: unable to access 'https://a.net:8443/x/': SSL certificate problem       | git config --global http.https://a.net:8443.sslCAInfo FILE |
        | SSL certificate problem: expired                                               | git config --global http.FOLDER.sslCAInfo FILE   |

  Rule: A refused push says which rule of the host's it was

    Scenario: what is said when it does not take what is pushed
      Then where a push ends so, it means:
        | of the branch                                                  | besides                                                                  | it is        | again | what helps                      | is told                                                         |
        | * [new branch]                                                 |                                                                          | nothing      |       |                                 |                                                                 |
        | = [up to date]                                                 | remote: hello                                                            | nothing      |       |                                 |                                                                 |
        | !                                                              |                                                                          | nothing      |       |                                 |                                                                 |
        | ! [rejected] (fetch first)                                     | error: failed to push some refs                                          | moved        | no    | someone else pushed             | [rejected] (fetch first)                                        |
        | ! [rejected] (non-fast-forward)                                |                                                                          | moved        | no    | someone else pushed             | [rejected] (non-fast-forward)                                   |
        | ! [remote rejected] (failed to update ref)                     |                                                                          | moved        | no    | someone else pushed             | [remote rejected] (failed to update ref)                        |
        | ! [remote rejected] (cannot lock ref 'x': is at a but expected b) |                                                                       | moved        | no    | someone else pushed             | [remote rejected] (cannot lock ref 'x': is at a but expected b) |
        | ! [remote rejected] (incorrect old value provided)             |                                                                          | moved        | no    | someone else pushed             | [remote rejected] (incorrect old value provided)                |
        | ! [remote rejected] (protected branch hook declined)           |                                                                          | refused      | no    | look at the rules of that branch | [remote rejected] (protected branch hook declined)             |
        | ! [remote rejected] (pre-receive hook declined)                | remote: \nremote: no pushes\nremote:  on Sunday \nTo x                    | refused      | no    | look at the rules of that branch | [remote rejected] (pre-receive hook declined); no pushes; on Sunday |
        | ! [remote rejected] (no)                                       | remote: 1\nremote: 2\nremote: 3\nremote: 4\nremote: 5\nremote: 6          | refused      | no    | look at the rules of that branch | [remote rejected] (no); 1; 2; 3; 4; 5                           |
        | ! [remote rejected] (TIMES(400, x))                            |                                                                          | refused      | no    | look at the rules of that branch | [remote rejected] (TIMES(381, x)                                |
        | ! [remote rejected] (failed to update ref)                     | error: cannot lock ref 'refs/heads/a': 'refs/heads/a/b' exists; cannot create 'refs/heads/a' | name | no | delete it there, or take another | [remote rejected] (failed to update ref)        |
        | ! [remote rejected] (shallow update not allowed)               |                                                                          | shallow      | no    | git fetch --unshallow           | [remote rejected] (shallow update not allowed)                  |
        | ! [remote rejected] (pre-receive hook declined)                | remote: error: GH001: Large files detected.                              | too large    | no    | inv recover --forget FILE       | [remote rejected] (pre-receive hook declined); error: GH001: Large files detected. |
        | ! [remote rejected] (pre-receive hook declined)                | remote: this exceeds GitHub's file size limit of 100 MB                  | too large    | no    | inv recover --forget FILE       | [remote rejected] (pre-receive hook declined); this exceeds GitHub's file size limit of 100 MB |
        | ! [remote rejected] (file is larger than the maximum)          |                                                                          | too large    | no    | inv recover --forget FILE       | [remote rejected] (file is larger than the maximum)             |
        | ! [remote rejected] (file larger than the allowed size)        |                                                                          | too large    | no    | inv recover --forget FILE       | [remote rejected] (file larger than the allowed size)           |
        | ! [remote rejected] (unpacker error)                           | error: unable to write file: No space left on device                     | full         | no    | there is no room left           | [remote rejected] (unpacker error)                              |
        | ! [remote rejected] (unpacker error)                           | error: Disk quota exceeded                                               | full         | no    | there is no room left           | [remote rejected] (unpacker error)                              |
        | ! [remote rejected] (unpacker error)                           |                                                                          | not writable | no    | you may not write there         | [remote rejected] (unpacker error)                              |
        | ! [remote rejected] (n/a)                                      | remote: error: insufficient permission for adding an object              | not writable | no    | you may not write there         | [remote rejected] (n/a); error: insufficient permission for adding an object |
        | ! [remote rejected] (n/a)                                      | error: open: Permission denied                                           | not writable | no    | you may not write there         | [remote rejected] (n/a)                                         |
        | ! [remote rejected] (n/a)                                      | error: open: Read-only file system                                       | not writable | no    | you may not write there         | [remote rejected] (n/a)                                         |
        | ! [remote rejected] (failed to update ref)                     | error: Unable to create '/mnt/x/main.lock': File exists.                 | locked       | yes   | remove it, then run this again  | /mnt/x/main.lock is in the way there                            |
        | = [up to date]                                                 | error: Unable to create '/mnt/x/main.lock': File exists.                 | nothing      |       |                                 |                                                                 |

    Scenario: what has no words of git's
      Then these are told of a remote:
        | what                                    | it is   | again | is told                                                                                                     | what helps                              |
        | no answer in 20.4 seconds               | away    | yes   | no answer within 20 seconds                                                                                 | look whether that place can be reached  |
        | no answer in 30 seconds                 | away    | yes   | no answer within 30 seconds                                                                                 | look whether that place can be reached  |
        | more than 500000000 bytes               | refused | no    | it sends more than 500 MB, or what unfolds to more, too much for a backup of a config tree                  | git clone --bare it to a folder         |
        | more than 1500000000 bytes              | refused | no    | it sends more than 1,500 MB, or what unfolds to more, too much for a backup of a config tree                | git clone --bare it to a folder         |
        | more than 1000000000000 bytes           | refused | no    | it sends more than 1,000,000 MB, or what unfolds to more, too much for a backup of a config tree           | git clone --bare it to a folder         |
        | another hash                            | hash    | no    | its objects have SHA-256 names, those of a backup SHA-1 names                                               | git init --bare --object-format=sha1    |
        | a branch that moved                     | moved   | no    | the branch moved                                                                                            | someone else pushed at the same time    |
