Feature: What cannot hold a secret does not wait for the scanner
  Loading the scanner takes half a second, and most texts hold nothing that any of its rules could match. So each rule is
  read, and what it cannot match without is looked for first. In doubt the scanner is asked: no secret is missed for speed.

  Rule: A rule is asked of each text in which it might match

    Scenario: letter by letter, between two words
      Then between "key" and "end" a rule may match this and cannot match that:
        | the rule          | may               | cannot                |
        | a                 | a, A              | b, aa, (empty)        |
        | A                 | a, A              | b                     |
        | a{2}              | aa, Aa            | a, aaa                |
        | a{1,2}            | a, aa             | (empty), aaa, b       |
        | a{0,2}b           | b, ab, aab        | aaab, a, ba           |
        | a?b               | b, ab             | aab, a                |
        | a??b              | b, ab             | aab                   |
        | a{1,2}?b          | ab, aab           | b, aaab               |
        | a{1,2}+b          | ab, aab           | b, aaab               |
        | a+                | a                 | (empty), b            |
        | a{2,}             | aa                | a, (empty), ab        |
        | a*                | (empty), a, aa    |                       |
        | (?:a\|bb)0        | a0, bb0           | b0, ab0, abb0, a      |
        | (a\|bb)0          | a0, bb0           | b0, abb0              |
        | (\|a)b            | b, ab             | aab, a                |
        | (?:ab)?0?         | (empty), ab, ab0, 0 | a0, abab, ab00      |
        | (?:ab){2}         | abab              | ab, ababab            |
        | (?:[ab]0){1,2}    | a0, b0a0          | a, ab0, a0a0a0        |
        | [ab]              | a, b, A           | c, ab, (empty)        |
        | [a-c]             | a, b, c           | d, -                  |
        | [A-C]             | a, C              | d                     |
        | [a-c0_]           | a, 0, _           | d, 1, -               |
        | []a]              | ], a              | [, b                  |
        | [\\]a]            | ], a              | \\, b                 |
        | [a-]              | a, -              | b                     |
        | [-a]              | a, -              | b                     |
        | [\\-a]            | a, -              | \\                    |
        | [a-a]             | a                 | b, -                  |
        | [.#^]             | ., #, ^           | a                     |
        | [\\x30-\\x32]     | 0, 2              | 3, x                  |
        | [\\d_]            | 0, 9, _           | a, d                  |
        | [^a]              | b, 0, é, A        | (empty), aaaaa        |
        | [^a-c0]           | d, 1, A           | 0                     |
        | [^]]              | a                 | ]                     |
        | [^\\d]            | a                 | 0                     |
        | [^\\]]            | a, \\             | ]                     |
        | [^\\x7f]          | a                 | \x7f                  |
        | (?i)a             | a, A              | b                     |
        | (?i)[A-B]         | a, B              | c                     |
        | (?i)[^a]          | b                 | a, A                  |
        | (?i:a)b           | ab, AB            | b                     |
        | (?i)a(?-i)b       | ab                | a                     |
        | (?s)a             | a                 | b                     |
        | (?-i)a            | a                 | b                     |
        | (?i-x)a           | a                 | b                     |
        | (?P<n>a)b         | ab                | b, nab                |
        | (?<n>a)b          | ab                | b, nab                |
        | (?<Xn>a)b         | ab                | xnab                  |
        | .                 | a, 0, é, \n       | (empty), aaaaa        |
        | \\w               | a, 0, _, é        | -, .                  |
        | \\d               | 0, 9              | a, _                  |
        | \\s               | \x20, \n, \t      | a, -                  |
        | \\D               | a, -              | 0, (empty)            |
        | \\W               | -, .              | a, 0                  |
        | \\S               | a, 0              | \x20                  |
        | \\.               | .                 | a                     |
        | \\-\\]            | -]                | -, ]                  |
        | \\\\a             | \\a               | a                     |
        | \\n               | \n                | n                     |
        | \\t               | \t                | t                     |
        | \\x41             | a, A              | b                     |
        | \\x2d             | -                 | x2d                   |
        | \\ba\\B           | a                 | ba, bab               |
        | a\\b              | a                 | ab                    |
        | ^a$               | a                 | ^a, b                 |
        | \\Aa\\z           | a                 | az, za                |
        | a\\Z              | a                 | az                    |
        | [[:alpha:]]       | a, Z              | 0, _                  |
        | [[:digit:]_]      | 0, _              | a, -                  |
        | [[:alnum:]]       | a, 0              | _                     |
        | [[:xdigit:]]      | 0, f, F           | g                     |
        | [[:space:]]       | \x20              | a                     |
        | [[:lower:][:digit:]] | a, 0           | -                     |
        | [[:upper:]]       | A                 | 0                     |
        | [[:word:]]        | _, a              | -                     |
        | [^[:alpha:]]      | 0                 | a                     |
        | [^\\s_]           | a                 | _                     |
        | (?x: a b )        | ab                | a b, a                |
        | (?x: a # c\nb )   | ab                | a, acb                |
        | (?x: a{1,2} )     | a, aa             | aaa                   |
        | (?x: a {2} )      | aa                | a                     |
        | (?x: \\# a )      | #a                | a                     |
        | (?x: ( a \| b ) 0 ) | a0, b0          | ab0                   |
        | (?x: a )\x20      | a\x20             | a                     |

    Scenario: words, runs, and how far they are apart
      Then a rule may match in this text and cannot match in that:
        | the rule                              | may                                  | cannot                                   |
        | sk-[a-z0-9]{20}                       | sk-ALPHABET20, the sk- is SK-ALPHABET20, x sk-sk-ALPHABET20 | sk-ALPHABET19, sk_ALPHABET20, ALPHABET30 |
        | [0-9]{10}[a-f]{10}                    | xDIGITS10AAAAAAAAAA                  | DIGITS20, DIGITS10aaaaaaaaa, aaaaaaaaaaDIGITS10 |
        | (?:ab)?[0-9]{9}                       | DIGITS9, abDIGITS9, xxabDIGITS9      | some words and no more, 12345678          |
        | abc.{400,}xyz[0-9]{12}                | abcTIMES(400, .)xyzDIGITS12          | abc, xyzDIGITS12, abcTIMES(400, .)zyxDIGITS12, abcTIMES(400, .)xyz |
        | abc.{0,400}xyz                        | abc xyz, xyz abc                     | abc, xyz                                 |
        | abc.{0,4}xyz                          | abcxyz, abc....xyz                   | xyz abc                                  |
        | x[0-9]{5}key                          | x12345key, a key and x12345KEY       | x1234key, x12345aaaaakey, key            |
        | (?:[0-9]{12}@\|[a-f])key              | DIGITS12@key, fkey                   | 9key, gkey                               |
        | (?:[a-z]{5}\|[0-9]{6}\|)key           | key, -key, abcdekey                  | ke                                       |
        | (?:alpha\|beta)[0-9]{2,5}\|gamma-[a-z]{4} | alpha12, BETA345, gamma-abcd     | alpha1, gamma-abc, delta12, gamma12      |
        | (?:aa\|bb\|cc)(?:ff\|gg)-[0-9]{4}     | aaff-1234, ccgg-1234                 | aabb-1234, ddff-1234, ffaa-1234          |
        | a(?:bcd\|bc\|bce)?e-[A-Z]{16}         | ae-LETTERS16, abcde-LETTERS16, abcee-LETTERS16 | abe-LETTERS16, abcde-LETTERS15 |
        | (?:[0-9]{8}\|[a-f]{9}\|key[0-9]{3})   | 12345678, abcdefabc, key123          | 1234567, abcdefab, key12, kex1234        |
        | [^\\s]{5,400}zz9[0-9]{30}             | abcdezz9DIGITS30                     | abcdzz9DIGITS30, abcdezz9DIGITS29, abcde zz9DIGITS30 |
        | (?i)KEY\\s{0,3}=\\s*[0-9a-f]{32}      | Key=HEX32, key  =TIMES(9, \x20)HEX32 | keyHEX32, key-=HEX32, k=HEX32 |
        | tok_[0-9A-Za-z]{22}_[a-z]{4}          | tok_ALPHABET22_abcd                  | tok_ALPHABET21_abcd, tok_ALPHABET22_abc  |
        | (?:xox[bp]-)(?:[0-9]{12}-){2}[a-z]{8} | xoxb-DIGITS12-DIGITS12-abcdefgh      | xoxc-DIGITS12-DIGITS12-abcdefgh, xoxb-DIGITS12-abcdefgh |
        | [a-z]{40}                             | TIMES(40, a)                         | TIMES(39, a), TIMES(39, a)-a             |
        | [0-9]{8}-[0-9a-f]{8}                  | DIGITS8-deadbeef                     | DIGITS8deadbeef, DIGITS7-deadbeef        |

    Scenario: what is looked for, the rarest first
      Then of these rules this is looked for:
        | the rule                              | what                                                                                          |
        | sk-[a-z0-9]{20}                       | sk- (20 of alnum, 0 before, 23 behind): sk\\x2d[0-9a-z]{20} |
        | (?i)KEY\\s{0,3}=\\s*[0-9a-f]{32}      | key (3 of alnum, 0 before, 16 behind): key[^\\x00-\\x08\\x0e-\\x1f\\x21-\\x7f]{0,12}\\x3d |
        | ab.{400,}cd[0-9]{12}                  | cd (12 of digit, 300 before, 14 behind): [^A-Z]{300}cd[0-9]{12} and ab (2 of hex, 0 before, 302 behind): ab[^A-Z]{300} |
        | (?:aa\|bb\|cc\|dd\|ee)(?:ff\|gg\|hh\|ii\|jj) | aa\|bb\|cc\|dd\|ee (4 of alnum, 0 before, 4 behind): (?:aa\|bb\|cc\|dd\|ee)(?:ff\|gg\|hh\|ii\|jj) |
        | [0-9]{10}[a-f]{10}                    | nothing (20 of hex, 0 before, 0 behind): [0-9]{10}[a-f]{10} |
        | (?:alpha\|beta)[0-9]{2,5}\|gamma-[a-z]{4} | alpha\|beta (6 of alnum, 0 before, 7 behind): (?:alpha\|beta)[0-9]{2}; or gamma- (10 of word, 0 before, 10 behind): gamma\\x2d[a-z]{4} |
        | x?abc[ab]?d{2,3}                      | abc (5 of hex, 0 before, 7 behind): abc[a-b]{0,1}(?:ddd\|dd) |
        | [^\\s]{5,400}zz9[0-9]{30,}            | zz9 (30 of digit, 5 before, 33 behind): [^\\x09-\\x0d\\x20A-Z]{5}zz9[0-9]{30} |
        | a(?:bcd\|bc\|bce)?e-[A-Z]{16}         | abcde-\|abce-\|abcee-\|ae- (16 of alnum, 0 before, 22 behind): (?:abcde\\x2d\|abcee\\x2d\|abce\\x2d\|ae\\x2d)[a-z]{16} |
        | (?:[0-9]{8}\|[a-f]{9}\|key[0-9]{3})   | nothing (8 of digit, 0 before, 0 behind): [0-9]{8}; or nothing (9 of hex, 0 before, 0 behind): [a-f]{9}; or key (3 of digit, 0 before, 6 behind): key[0-9]{3} |
        | (?:aa\|bb\|cc\|dd)(?:ee\|ff\|gg\|hh\|ii\|jj) | aaee\|aaff\|aagg\|aahh\|aaii\|aajj\|bbee\|bbff\|bbgg\|bbhh\|bbii\|bbjj\|ccee\|ccff\|ccgg\|cchh\|ccii\|ccjj\|ddee\|ddff\|ddgg\|ddhh\|ddii\|ddjj (4 of alnum, 0 before, 4 behind): (?:aaee\|aaff\|aagg\|aahh\|aaii\|aajj\|bbee\|bbff\|bbgg\|bbhh\|bbii\|bbjj\|ccee\|ccff\|ccgg\|cchh\|ccii\|ccjj\|ddee\|ddff\|ddgg\|ddhh\|ddii\|ddjj) |
        | [a-z]{30}[.][a-z]{9}[+=]              | . (30 of alnum, 30 before, 11 behind): [a-z]{30}\\x2e[a-z]{9}[\\x2b\\x3d] |
        | (?:pk\|sk)_(?:live\|test)_[0-9a-zA-Z]{24} | pk_live_\|pk_test_\|sk_live_\|sk_test_ (32 of word, 0 before, 32 behind): (?:pk\\x5flive\\x5f\|pk\\x5ftest\\x5f\|sk\\x5flive\\x5f\|sk\\x5ftest\\x5f)[0-9a-z]{24} |
        | [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12} | - (36 of uuid, 23 before, 13 behind): [0-9a-f]{8}[\\x2d0-9a-f]{15}\\x2d[0-9a-f]{12} |
        | (?:[0-9]{12}@\|[a-f]{3}){1}key-[0-9]{4} | @key- (12 of digit, 12 before, 9 behind): [0-9]{12}\\x40key\\x2d[0-9]{4}; or key- (4 of digit, 3 before, 8 behind): [a-f]{3}key\\x2d[0-9]{4} |

  Rule: In doubt the scanner is asked

    Scenario: of a rule that is not understood nothing is concluded
      Then a rule with this in it is asked of every text:
        | the rule      |
        | (?=a)a        |
        | (?!a)a        |
        | (?<=a)b       |
        | (?<=a>b)c     |
        | (?<!a)b       |
        | \\k           |
        | \\1           |
        | \\p{L}        |
        | [a&&b]        |
        | [a--b]        |
        | [a~~b]        |
        | [a[b]]        |
        | [a-\\d]       |
        | [^a-\\xff]    |
        | [[:odd:]]     |
        | \\b{start}    |
        | (?q)a         |
        | (?x)[a b]     |
        | (?x)[a#]      |
        | a{x}          |
        | (?:*a)        |
        | {2}a          |
        | é             |
        | (a            |
        | a)            |
        | [a            |
        | \\x4          |
        | .{0,9}        |
        | [a-z]{7}      |

    Scenario: a text that only the scanner may judge, and what base64 hides
      Then the scanner is asked about these texts, or not, for a rule on "secret-word":
        | text                                                | is asked  |
        | nothing of the kind                                 | not       |
        | a secret-word                                       | for it    |
        | a SECRET-Word                                       | for it    |
        | \xff\xfea                                           | in any case |
        | a \xfe\xff                                          | in any case |
        | \x00                                                | in any case |
        | 1234567\x00                                         | not       |
        | 123456\x00                                          | in any case |
        | a\xc5\xbf                                           | in any case |
        | a\xe2\x84\xaa                                       | in any case |
        | aTIMES(262143, .)                                   | not       |
        | aTIMES(262144, .)                                   | in any case |
        | BASE64(the secret-word is here)                     | for it    |
        | x BASE64(the secret-word is here)\n                 | for it    |
        | aBASE64(the secret-word is here)                    | for it    |
        | aaaBASE64(the secret-word is here)b                 | for it    |
        | BASE64(BASE64(the secret-word is here))             | for it    |
        | BASE64(BASE64(BASE64(the secret-word is here)))     | for it    |
        | BASE64(BASE64(BASE64(BASE64(the secret-word is here)))) | not   |
        | BASE64(no word of any kind is here)                 | not       |
