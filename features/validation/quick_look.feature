Feature: What the quick look passes, the whole scanner would have passed
  To load the scanner takes half a second, and nearly no file holds anything that one of its rules matches. So each rule is
  read, and a text is first looked at for what a match cannot be without. In doubt the scanner is asked: no key is missed
  for speed.

  Rule: Every kind of key that the scanner knows is stopped at, and most files pass

    Scenario: of each rule that it has today, and in base64
      Then the quick look stops at what is made up by any of the scanner's rules, for that rule
      And so it does where some of it stands in base64

    Scenario: what providers publish of the form of their keys
      Then the quick look stops at each published form of a key, for each rule that finds it

    Scenario: words and programs
      Then of the pages and the modules of this project nine of ten pass

  Rule: A rule is read as the scanner reads it

    Scenario: letters and sets
      Then between "key" and "end" a rule matches these, and cannot match those:
        | the rule            | matches          | cannot match       |
        | a                   | a                | b, aa, (empty)     |
        | A                   | A                | B, AA              |
        | -                   | -                | a, _               |
        | XY                  | XY               | (empty), X, Y      |
        | =a/                 | =a/              | =a, a/, =a.        |
        | [ab]                | a, b             | c, ab, (empty), \x00 |
        | [a-c]               | a, b, c          | d, -, `            |
        | [A-C]               | A, B, C          | D, @               |
        | [A-X]               | A, B, X          | Y, -               |
        | [a-c0_]             | a, c, 0, _       | d, 1, -            |
        | [Ab-c9-]            | A, b, c, 9, -    | d, 8               |
        | [a-a]               | a                | b, -               |
        | []a]                | ], a             | [, b               |
        | [\\]a]              | ], a             | \\, b              |
        | [a-]                | a, -             | b                  |
        | [-a]                | a, -             | b                  |
        | [\\-a]              | a, -             | \\                 |
        | [a-c-]              | b, -             | d                  |
        | [a^]                | a, ^             | b                  |
        | [.#^$*+?(){}\|]     | ., #, ^, $, \|   | a, !               |
        | [\\x30-\\x32]       | 0, 1, 2          | 3, /, x            |
        | [\\x41]             | A                | B, 4               |
        | [\\n\\t-]           | \n, \t, -        | n, \x20            |
        | [ -~]               | \x20, a, ~       | \n, \x7f           |
        | [\\x7f]             | \x7f             | ~, é               |
        | [a-\\xff]           | a, z, é          | 0, `               |
        | [\\x80-\\xff]       | é, \xc2\x80      | \x7f, e            |
        | [\\x7f-\\x80]       | \x7f, \xc2\x80   | ~, e               |
        | [^0]                | 1, a, é, 😀      | 0, (empty), TIMES(5, 1) |
        | [^0-2_]             | 3, a, -          | 0, 1, 2, _         |
        | [^]]                | [, a             | ]                  |
        | [^^]                | a                | ^                  |
        | [^-]                | a                | -                  |
        | [^\\]]              | a, \\            | ]                  |
        | [^\\x7f]            | a                | \x7f               |

    Scenario: classes and escapes
      Then between "key" and "end" a rule matches these, and cannot match those:
        | the rule             | matches          | cannot match     |
        | .                    | a, 0, -, é, 😀   | (empty), TIMES(5, a) |
        | \\d                  | 0, 9             | a, _, /, :       |
        | \\w                  | a, Z, 0, _, é    | -, ., @, [, {, `, \x00 |
        | \\s                  | \x20, \n, \t, \r | a, -, \x00       |
        | \\D                  | a, -, _          | 0, 9, (empty)    |
        | \\W                  | -, ., \x20       | a, Z, 0, _       |
        | \\S                  | a, 0, é          | \x20, \n         |
        | [\\d_]               | 0, 9, _          | a, -             |
        | [\\w-]               | a, 0, _, -       | ., +             |
        | [\\w.-]{3}           | a-b, a.1         | a+b, a-          |
        | [\\s\\d]             | \n, 5            | a                |
        | [^\\d]               | a, -             | 0                |
        | [^\\w]               | -                | a, 0, _          |
        | [^\\s_]              | a                | _, \x20          |
        | [^\\s\\d]            | a                | 5, \n            |
        | [^\\D]               | 0                | a, -             |
        | [^\\W]               | a, é             | -                |
        | [^\\S]               | \x20             | a                |
        | [[:alpha:]]          | a, Z             | 0, _             |
        | [[:digit:]_]         | 0, _             | a, -             |
        | [-[:alnum:]]         | a, 0, -          | _                |
        | [[:xdigit:]]         | 0, f, F          | g                |
        | [[:space:]]          | \x20, \n         | a                |
        | [[:lower:][:digit:]] | a, 0             | -                |
        | [[:upper:]]          | A                | 0                |
        | [[:word:]]           | _, a, 0          | -                |
        | [^[:alpha:]]         | 0, -             | a, Z             |
        | \\.                  | .                | a, -             |
        | \\-\\]               | -]               | -, ]             |
        | \\\\a                | \\a              | a, \\            |
        | \\$\\^\\*            | $^*              | *, $^            |
        | \\n                  | \n               | n, \x20          |
        | \\t\\r               | \t\r             | tr, \t           |
        | \\x41                | A                | B, 41            |
        | \\x7f                | \x7f             | a, ~             |
        | \\x2d\\x2D           | --               | -, x2d           |
        | \\"?                 | ", (empty)       | ', ""            |
        | \\B-?\\B             | (empty)          | a, --            |
        | \\b-\\b              | -                | (empty), a       |

    Scenario: how often
      Then between "key" and "end" a rule matches these, and cannot match those:
        | the rule              | matches                 | cannot match              |
        | a?                    | (empty), a              | aa, b                     |
        | a*                    | (empty), a, aaa         |                           |
        | a+                    | a, aaa                  | (empty), b, ab, ba        |
        | a+-                   | a-, aaa-                | -, a, b-                  |
        | a{2}                  | aa                      | a, aaa, (empty)           |
        | a{1,2}                | a, aa                   | (empty), aaa, b           |
        | a{0,2}b               | b, ab, aab              | aaab, a, ba               |
        | a{2,}                 | aa, aaa                 | a, (empty), ab, ba        |
        | a{0,}b                | b, aab                  | a, (empty)                |
        | a??b                  | b, ab                   | aab, a                    |
        | a*?b                  | b, aab                  | a, (empty)                |
        | a{1,2}?b              | ab, aab                 | b, aaab                   |
        | a{3}?b                | aaab                    | aab, aaaab                |
        | [ab]?                 | (empty), a, b           | c, ab, \x00               |
        | [ab]{3}               | aba, bbb                | ab, abab, abc             |
        | [ab]{1,4}             | a, abba                 | (empty), ababa            |
        | [ab]{1,5}             | a, ababa                | (empty), ababab           |
        | [0-9]{3,6}            | 123, 123456             | 12, 1234567, 12a          |
        | [a-f]{2}[0-9]{1,3}    | ab1, ff123              | ab, a12, ab1234           |
        | [a-f]?[0-9]{2}        | 12, a12                 | 1, ab12, a1               |
        | (?:ab){2}             | abab                    | ab, ababab, aabb          |
        | (?:ab){1,3}-          | ab-, ababab-            | -, abababab-              |
        | (?:ab)*-              | -, abab-                | ab, a                     |
        | (?:ab)+-              | ab-, abab-              | -, a-, ac-                |
        | (?:[ab]0){1,2}        | a0, b0a0                | a, ab0, a0a0a0            |
        | (?:[a-z][0-9]){2}     | a1b2                    | a1, 1a2b-                 |
        | (?:[a-z]{2}[0-9]?){2} | abcd, ab1cd2            | abc, ab1cd2e              |
        | (?:[a-z]{3}\|[0-9]{5}){1,2} | abc, 12345, abc12345 | ab, 12-               |
        | (?:[a-z]{3}-?){0,2}   | (empty), abc, abc-def-  | abc-def-ghi, abc1         |

    Scenario: alternatives and groups
      Then between "key" and "end" a rule matches these, and cannot match those:
        | the rule                          | matches              | cannot match                    |
        | (?:a\|bb)0                        | a0, bb0              | b0, ab0, abb0, a                |
        | (a\|bb)0                          | a0, bb0              | b0, abb0                        |
        | (\|a)b                            | b, ab                | aab, a                          |
        | (a\|)b                            | b, ab                | aab, a                          |
        | (?:ab)?0?                         | (empty), ab, ab0, 0  | a0, abab, ab00                  |
        | ((a)(b))                          | ab                   | a, b, ba                        |
        | (?:a\|b\|c)(?:1\|2)               | a1, b2, c1           | a3, d1, 1a                      |
        | (?:(?:a\|b)c\|d)e                 | ace, bce, de         | ce, abce, ade                   |
        | (?:a(?:bb\|c)\|dd)?0              | 0, abb0, ac0, dd0    | ab0, d0, acdd0                  |
        | (?:ab\|cd)(?:ef\|gh)-             | abef-, cdgh-         | abcd-, efab-, abe-              |
        | (?:[a-f]{4}\|[0-9]{3})            | abcd, 123            | abc, 12, ab12                   |
        | (?:[a-f]{4}\|[0-9]{3})?           | (empty), abcd, 123   | ab12c, abcg                     |
        | (?:[a-f]{4}\|[0-9]{3}\|-)         | abcd, 123, -         | (empty), g                      |
        | (?:[a-f]{4}\|[0-9]{3,}\|-)        | abcd, 12345678, -    | (empty), g, 12g                 |
        | (?:[a-f][0-9]+\|[xyz]\|--)        | a12345678, x, --     | g, -x-9g                        |
        | (?:[a-f]{4}\|[0-9]{3}\|)          | (empty), abcd, 123   | g, \x00, abcde                  |
        | (?:[a-f]{4}\|[0-9]{3}\|-_[xyzw])  | abcd, 123, -_x       | -_a, abc, 12, -_                |
        | (?:[a-f]{2}\|()[0-9]{3}\|-)       | ab, 123, -           | 1234, abcd                      |
        | (?P<n>a)b                         | ab                   | b, nab, aab                     |
        | (?<n>a)b                          | ab                   | b, nab, aab                     |
        | (?<name>a)(?P<other>b)            | ab                   | b, nameab                       |
        | (?:)a                             | a                    | b                               |
        | a()b                              | ab                   | a, b                            |
        | a(?:\|\\b)-                       | a-                   | -, ab-                          |

    Scenario: flags
      Then between "key" and "end" a rule matches these, and cannot match those:
        | the rule                    | matches        | cannot match           |
        | (?i)a                       | a, A           | b                      |
        | (?i)[A-B]                   | a, B           | c                      |
        | (?i:a)b                     | ab, Ab         | b, aa                  |
        | (?i)a(?-i)b                 | ab, Ab         | a, b                   |
        | (?s)a                       | a              | b                      |
        | (?m)a                       | a              | b                      |
        | (?-i)a                      | a              | b                      |
        | (?si:a)b                    | ab             | b, sib                 |
        | (?x: a b )                  | ab             | a, b, a b              |
        | (?x: a{1,2} )               | a, aa          | aaa, (empty)           |
        | (?x: a {2} )                | aa             | a                      |
        | (?x: a ? b )                | b, ab          | a, aab                 |
        | (?x: [ab] [01] )            | a0, b1         | a, 0, a 0              |
        | (?x: \\# \\  )              | #\x20          | #, \x20                |
        | (?x: ( a \| b ) 0 )         | a0, b0         | ab0, 0                 |
        | (?x: ( \| a \| ) 0 )        | a0, 0          | aa0                    |
        | (?x:\n a\n b\n)             | ab             | a, b                   |
        | (?x: a )\x20                | a\x20          | a                      |
        | (?:(?x) a )\x20             | a\x20          | a                      |
        | (?:(?x) a \| b )\x20        | a\x20, b\x20   | a, b, \x20b\x20        |
        | (?x: a (?-x: ) b )          | a b            | ab                     |
        | (?x: a (?i: b ) c )         | abc, aBc       | ac, a b c              |
        | (?x-i: a )                  | a              | \x20a\x20, b           |
        | (?i-x: a)                   | \x20a          | a                      |
        | (?x)(?-x: a) b              | \x20ab         | ab, a b                |

    Scenario: words, runs, and how far they are apart
      Then a rule matches in these texts, and cannot match in those:
        | the rule                              | matches in                            | cannot match in                          |
        | sk-[a-z0-9]{20}                       | sk-ALPHABET20, the sk- is sk-ALPHABET20, x sk-sk-ALPHABET20 | sk-ALPHABET19, sk_ALPHABET20, ALPHABET30 |
        | (?i)sk-[A-Z0-9]{20}                   | SK-ALPHABET20, sK-ALPHABET30          | S-ALPHABET20, SK-ALPHABET19              |
        | [0-9]{10}[a-f]{10}                    | xDIGITS10aaaaaaaaaa                   | DIGITS20, DIGITS10aaaaaaaaa, aaaaaaaaaaDIGITS10 |
        | (?:ab)?[0-9]{9}                       | DIGITS9, abDIGITS9, xxabDIGITS9       | some words and no more, 12345678         |
        | abc.{400,}xyz[0-9]{12}                | abcTIMES(400, .)xyzDIGITS12           | abc, xyzDIGITS12, abcTIMES(400, .)zyxDIGITS12, abcTIMES(400, .)xyz |
        | abc[0-9]{0,300}xyz                    | abcxyz, abcDIGITS300xyz               | xyz abc, abcDIGITS301xyz, abc-xyz        |
        | abc[0-9]{0,400}xyz                    | abcxyz, abcDIGITS400xyz               | abc, xyz                                 |
        | abc[0-9]{320}xyz                      | abcDIGITS320xyz                       | abcDIGITS99xyz, abcxyz, DIGITS320        |
        | abc.{0,4}xyz                          | abcxyz, abc....xyz                    | xyz abc                                  |
        | x[0-9]{5}key                          | x12345key, a key and x12345key        | x1234key, x12345aaaaakey, key            |
        | #[0-9]{0,9}@keyword[0-9]{0,9}#        | #@keyword#, #DIGITS9@keywordDIGITS9#, @keyword#@keyword# | #DIGITS10@keyword#, #@keywordDIGITS10#, @keyword |
        | [a-z]{3,5}-keyword-[0-9]{2,4}         | abc-keyword-12, xabcde-keyword-12345  | ab-keyword-12, abc-keyword-1             |
        | (?:[0-9]{12}@\|[a-f])key              | DIGITS12@key, fkey                    | 9key, gkey, DIGITS11@key                 |
        | (?:[a-z]{5}\|[0-9]{6}\|)key           | key, -key, abcdekey                   | ke                                       |
        | (?:alpha\|beta)[0-9]{2,5}\|gamma-[a-z]{4} | alpha12, beta345, gamma-abcd      | alpha1, gamma-abc, delta12, gamma12      |
        | (?:aa\|bb\|cc)(?:ff\|gg)-[0-9]{4}     | aaff-1234, ccgg-1234                  | aabb-1234, ddff-1234, ffaa-1234          |
        | a(?:bcd\|bc\|bce)?e-[A-Za-z]{16}      | ae-LETTERS16, abcde-LETTERS16, abcee-LETTERS16 | abe-LETTERS16, abcde-LETTERS15       |
        | (?:[0-9]{8}\|[a-f]{9}\|key[0-9]{3})   | 12345678, abcdefabc, key123           | 1234567, abcdefab, key12, kex1234        |
        | [^\\s]{5,400}zz9[0-9]{30}             | abcdezz9DIGITS30                      | abcdzz9DIGITS30, abcdezz9DIGITS29, abcde zz9DIGITS30 |
        | (?i)KEY\\s{0,3}=\\s*[0-9a-f]{32}      | Key=HEX32, key  =TIMES(9, \x20)HEX32  | keyHEX32, key-=HEX32, k=HEX32            |
        | tok_[0-9A-Za-z]{22}_[a-z]{4}          | tok_ALPHABET22_abcd                   | tok_ALPHABET21_abcd, tok_ALPHABET22_abc  |
        | (?:xox[bp]-)(?:[0-9]{12}-){2}[a-z]{8} | xoxb-DIGITS12-DIGITS12-abcdefgh       | xoxc-DIGITS12-DIGITS12-abcdefgh, xoxb-DIGITS12-abcdefgh |
        | :[0-9]{8}                             | :12345678, ::12345678                 | :1234567, 12345678                       |
        | [a-z]{40}                             | TIMES(40, a), -TIMES(41, a)-          | TIMES(39, a), TIMES(39, a)-a             |
        | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{12}  | deadbeef-0123-DIGITS12                | deadbeef-0123-DIGITS11, deadbeef-012-DIGITS12, deadbeef0123DIGITS12 |
        | [0-9]{8}-[0-9a-f]{8}                  | DIGITS8-deadbeef                      | DIGITS8deadbeef, DIGITS7-deadbeef        |
        | [A-Za-z0-9+/]{30}={2}                 | ALPHABET28+/==                        | ALPHABET28+/=, ALPHABET29==, ALPHABET28+== |
        | [\\w.-]{20}@[a-z]{3}                  | a.b-c_ALPHABET14@abc                  | a.b-c_ALPHABET13@abc, a.b-c_ALPHABET14@ab |
        | ^key-[0-9]{8}$                        | key-12345678                          | key-1234567                              |
        | \\Akey:[0-9]{8}\\z                    | key:12345678                          | key-12345678, key:1234567                |
        | secret\|[0-9]{8}                      | secret, 12345678                      | secre, 1234567                           |

  Rule: In doubt the scanner is asked

    Scenario: of a rule that is not understood, or that may match anything, nothing is concluded
      Then a rule with this in it is asked of every text:
        | the rule      |
        | (?=a)aaaaaaaa |
        | (?!a)aaaaaaaa |
        | (?<=a)bbbbbbb |
        | (?<=a>b)ccccc |
        | (?<!a)bbbbbbb |
        | (?>a)bbbbbbbb |
        | (?#a)bbbbbbbb |
        | (?P=a)bbb(?P<c>b) |
        | (?X)aaaaaaaaa |
        | (?q:aaaaaaaa) |
        | aaaaaaaa\\k   |
        | aaaaaaaa\\1   |
        | aaaaaaaa\\Z   |
        | aaaaaaaa\\<   |
        | \\>aaaaaaaa   |
        | aaa\\p{L}aaaa |
        | aaaaaaa\\x4   |
        | aaaaaa\\x{41} |
        | aaaaaaaa\\b{start} |
        | aaaaaaa[a&&b] |
        | aaaaaaa[a--b] |
        | aaaaaaa[^a--b] |
        | aaaaaaa[a~~b] |
        | aaaaaaa[a[b]] |
        | aaaaaa[a-\\d] |
        | aaaaaa[^\\xff] |
        | aaaaaa[^\\x80] |
        | aaaaaa[^a-\\xff] |
        | aaaaaa[c-a]   |
        | aaaa[[:odd:]] |
        | aaa[[:^alpha:]] |
        | (?x)aaaa[a b] |
        | (?x)aaaa[a#]  |
        | (?x)aaaaaaa#b |
        | aaaaaaaa{x}   |
        | aaaaaaaa{,3}  |
        | aaaaaaaa{3    |
        | aaaaaaaa++    |
        | aaaaaaaa**    |
        | aaaaaa{2}{3}  |
        | (?:*aaaaaaaa) |
        | +aaaaaaaa     |
        | {2}aaaaaaaa   |
        | aaaaaaaaé     |
        | aaaaaaaa(a    |
        | aaaaaaaa)     |
        | aaaaaaaa[a    |
        | aaaaaaaa[[:alpha |
        | aaaaaaaa(?    |
        | aaaaaaaa(?P<n |
        | aaaaaaaa\\    |
        | .{0,9}        |
        | [a-z]{7}      |
        | a?b?          |
        | secret\|[a-z]+ |

    Scenario: a text that is not plain, or too long, and what base64 hides
      Then for a rule on "secret-word" these texts pass, or the scanner is asked:
        | text                                                | the scanner is |
        | nothing of the kind                                 | not asked      |
        | a secret-word                                       | asked for it   |
        | a SECRET-Word                                       | asked for it   |
        | \xff\xfea                                           | asked          |
        | a \xfe\xff                                          | asked          |
        | \x00                                                | asked          |
        | 1234567\x00                                         | not asked      |
        | 123456\x00                                          | asked          |
        | a\xc5\xbf                                           | asked          |
        | a\xe2\x84\xaa                                       | asked          |
        | aTIMES(262143, .)                                   | not asked      |
        | aTIMES(262144, .)                                   | asked          |
        | BASE64(the secret-word is here)                     | asked for it   |
        | BASE64(A SECRET-WORD)                               | asked for it   |
        | x BASE64(the secret-word is here)\n                 | asked for it   |
        | x-BASE64(the secret-word is here)_y                 | asked for it   |
        | aBASE64(the secret-word is here)                    | asked for it   |
        | aaBASE64(the secret-word is here)                   | asked for it   |
        | aaaBASE64(the secret-word is here)b                 | asked for it   |
        | BASE64(secret-word!)                                | asked for it   |
        | BASE64(BASE64(the secret-word is here))             | asked for it   |
        | BASE64(BASE64(BASE64(the secret-word is here)))     | asked for it   |
        | BASE64(BASE64(BASE64(BASE64(the secret-word is here)))) | not asked  |
        | BASE64(no word of any kind is here)                 | not asked      |
