Feature: JSON with comments and commas is read to the letter
  What OpenCode takes is taken, and nothing else. The place that is told is the one to mend, however the text is laid out.

  Rule: Comments and commas at the end are left out, and nothing moves

    Scenario: comments
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | a.json | {"a": 1} // x |  |
        | a.json | {"a": 1, //\n"b": 2} // |  |
        | a.json | // x\n{"a": 1} |  |
        | a.jsonc | {"a": 1, /**/ "b": 2} |  |
        | a.json | {"a": 1, /***/ "b": 2, /* ** / * */ "c": 3} |  |
        | a.json | {"a": "/* x", "b": "// y"} |  |
        | a.json | {"a": "\\"/*", "b": "\\\\"} |  |
        | a.json | {"a": 1 /* "b */} |  |
        | a.json | {"a": 1, // "b\n"c": "d"} |  |
        | a.json | {"a": 1, /*/ "b": 2} | JSN002 1:10 The comment that begins here has no end. |
        | a.json | {"a": 1} /* x */ /* y * | JSN002 1:18 The comment that begins here has no end. |
        | a.json | {"a": "b"} /* x */ / | JSN002 1:20 A value is expected here. |
        | a.json | / | JSN002 1:1 A value is expected here. |
        | a.json | // a\n// b\n{"a" 1} | JSN002 3:6 A colon is missing here. |
        | a.json | /* a\nb */ {"a" 1} | JSN002 2:11 A colon is missing here. |
        | a.json | /* a\\r\nb */ {"a" 1} | JSN002 2:11 A colon is missing here. |
        | a.json | {"a": 1 /* x */, "b": "c | JSN002 1:23 The string that begins here has no end on its line. |
        | a.json | /* a\nb */ {"a": "c | JSN002 2:12 The string that begins here has no end on its line. |
        | a.json | {"a": 1, /* x */ "b": 1, /* y */ "c | JSN002 1:34 The string that begins here has no end on its line. |
        | a.json | {"a": 1, /* x */\n"b": 1, /* y */ "b": 2} | JSN003 2:17 The key "b" stands twice. |

    Scenario: commas
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | a.json | {"a": [1, 2,],} |  |
        | a.json | {"a": [1,\n 2 ,\\r\n\\t],\n} |  |
        | a.json | {"a": ",]", "b": ",}"} |  |
        | a.json | {"a": 1, // x\n} |  |
        | a.json | [,] | JSN002 1:2 A value is expected here. |
        | a.json | [\n ,] | JSN002 2:2 A value is expected here. |
        | a.json | {,} | JSN002 1:2 A key in double quotes is expected here. |
        | a.json | {"a": 1,}, | JSN002 1:10 The document has ended before this. |
        | a.json | {"a": 1, "b"} | JSN002 1:13 A colon is missing here. |

  Rule: Each fault has its words

    Scenario: faults
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | a.json | {"a": "b\\tc"} | JSN002 1:9 A control character stands inside a string. |
        | a.json | {"a": "\\q"} | JSN002 1:8 A backslash in a string is followed by a character it cannot escape. |
        | a.json | {'a': 1} | JSN002 1:2 A key in double quotes is expected here. |
        | a.json | {"a": 'b'} | JSN002 1:7 A value is expected here. |
        | a.json | {"a": tru} | JSN002 1:7 A value is expected here. |
        | a.json | {"a": 1 "b": 2} | JSN002 1:9 A comma is missing here. |
        | a.json | [1 2] | JSN002 1:4 A comma is missing here. |
        | a.json | {} {} | JSN002 1:4 The document has ended before this. |
        | a.json | \xef\xbb\xbf\xef\xbb\xbf{} | JSN002 1:1 This is not JSON. |
        | a.json | {"N": "NaN", "I": "Infinity", "b":\n NaN} | JSN002 2:2 NaN and Infinity are not JSON. |
        | a.json | {"I": [1, Infinity]} | JSN002 1:11 NaN and Infinity are not JSON. |
        | a.json | "a | JSN002 1:1 The string that begins here has no end on its line. |
        | a.json | {"a": "b\\", "c": 1} | JSN002 1:15 The string that begins here has no end on its line. |
        | a.json | {"a": "\xff"} |  |
        | a.json | {"a": 1e5, "b": -0.5, "c": null} |  |
        | a.json | {"a": TIMES(99, 9), "b": TIMES(5000, 9)} |  |
        | a.json | {"a": -TIMES(5000, 9)} |  |

    Scenario: depth
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | a.json | TIMES(200, [)TIMES(200, ]) |  |
        | a.json | TIMES(201, [)TIMES(201, ]) | JSN008 1:1 Nested more than 200 levels deep. |
        | a.json | TIMES(100, {"a": [)TIMES(100, ]}) |  |
        | a.json | \n[TIMES(101, {"a": [)TIMES(101, ]})] | JSN008 1:1 Nested more than 200 levels deep. |
        | a.json | [TIMES(300, [], )[]] |  |
        | a.json | {"a": "TIMES(300, [)"} |  |

    Scenario: keys that stand twice
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | a.json | {"a": 1,\n"b": 1, "b": 2,\n "a": 3, "a": 4} | JSN003 2:9 The key "b" stands twice.; JSN003 3:2 The key "a" stands twice.; JSN003 3:10 The key "a" stands twice. |
        | a.json | [{"a": 1, "a": 2}] | JSN003 1:11 The key "a" stands twice. |
        | a.json | \n\n{"a": 1, "a": 2,\n\n"a": 3} | JSN003 3:10 The key "a" stands twice.; JSN003 5:1 The key "a" stands twice. |
        | a.json | {"a": {"b": 1}, "c": [{"b": 1}, "b", "b"], "a": 1} | JSN003 1:44 The key "a" stands twice. |
        | a.json | {"a": ["b", "b"], "c": "a", "d": "a"} |  |
        | a.json | {"a": {"a": {"a": 1}}} |  |
        | a.json | {"a": 1, "A": 2, "a ": 3} |  |
        | a.json | {"\\ud800": 1, "\\ud800": 2} | JSN003 1:15 The key "�" stands twice. |
        | a.json | {"": 1, "": 2} | JSN003 1:9 The key "" stands twice. |
        | a.json | {"\\u0061": 1, "a": 2} | JSN003 1:15 The key "a" stands twice. |
        | a.json | {"é": 1, "é" : 2} | JSN003 1:10 The key "é" stands twice. |
        | a.json | {"TIMES(60, k)": 1, "TIMES(60, k)": 2} | JSN003 1:69 The key "TIMES(60, k)" stands twice. |
        | a.json | {"TIMES(61, k)": 1, "TIMES(61, k)": 2} | JSN003 1:70 The key "TIMES(59, k)…" stands twice. |

  Rule: Whose file it is says how grave that is

    Scenario: files by their names
      Then of one file alone this is told, with line and column:
        | agent | file | holds | told |
        | opencode | opencode.json | {"a" 1} | JSN001 1:6 A colon is missing here. |
        | opencode | opencode.jsonc | {"a" 1} | JSN001 1:6 A colon is missing here. |
        | opencode | config.json | {"a" 1} | JSN001 1:6 A colon is missing here. |
        | opencode | x/.opencode/opencode.json | {"a" 1} | JSN001 1:6 A colon is missing here. |
        | opencode | x/opencode.json | {"a" 1} | JSN002 1:6 A colon is missing here. |
        | opencode | opencode.json | TIMES(201, [)TIMES(201, ]) | JSN008 1:1 Nested more than 200 levels deep. |
        | opencode | opencode.json5 | {"a" 1} |  |
        | opencode | a.json.bak | {"a" 1} |  |
        | opencode | .json | {"a" 1} | JSN002 1:6 A colon is missing here. |
        | opencode | a.JSON | {"a" 1} |  |
        | opencode | opencode.json |  |  |
        | opencode | opencode.jsonc | \n | JSN001 2:1 A value is expected here. |
        | opencode | x.json |  | JSN002 1:1 A value is expected here. |
        | claude | a\xff.json |  | FS009 0:0 The name is not UTF-8.; JSN002 1:1 A value is expected here. |
        | opencode | package.json | [] | JSN007 1:1 package.json does not hold one object. |
        | opencode | package.json | "a" | JSN007 1:1 package.json does not hold one object. |
        | opencode | x/.opencode/package.json | 5 | JSN007 1:1 package.json does not hold one object. |
        | opencode | x/package.json | [] |  |
        | opencode | package.json | {"a": 1, "a": 2} | JSN003 1:10 The key "a" stands twice. |
        | opencode | package-lock.json | [] |  |
        | opencode | config.json | [] | JSN001 1:1 OpenCode wants one object `{…}` here. |
        | opencode | opencode.json | null | JSN001 1:1 OpenCode wants one object `{…}` here. |
        | opencode | config.json | {"unheard": 1, "model": 5} |  |
        | opencode | opencode.json | {"unheard": 1, "model": 5} | JSN004 0:0 At the top level: there is no such key as unheard.; JSN009 0:0 At model: the value should be of type string. |
        | opencode | opencode.json | {"model": "a/b", "model": "c/d"} | JSN003 1:18 The key "model" stands twice. |
        | opencode | opencode.json | → {"a" 1} | FS007 0:0 The link's target is not in the tree. |
        | claude | package.json | [] |  |
        | claude | x/opencode.json | {"a" 1} | JSN002 1:6 A colon is missing here. |
        | claude | opencode.json | {"unheard": {"file": "{file:gone.md}"}} |  |
        | claude | settings.json |  |  |
        | claude | x.json |  | JSN002 1:1 A value is expected here. |
        | gemini | x/settings.json | {"a": 1, "a": 2} | JSN003 1:10 The key "a" stands twice. |

    Scenario: a config that only version 1 reads
      Then of one file alone this is told, with line and column:
        | file | beside | holds | told |
        | config.json | cli.json | {} | JSN010 0:0 config.json is read by OpenCode 1 alone; version 2 is in use here. |
        | config.json | opencode.json | {} |  |
        | config.json | x/cli.json | {"agents": {}} |  |
        | config.json | cli.json | [] | JSN010 0:0 config.json is read by OpenCode 1 alone; version 2 is in use here.; JSN001 1:1 OpenCode wants one object `{…}` here. |
        | .opencode/config.json | .opencode/cli.json | {} | JSN010 0:0 config.json is read by OpenCode 1 alone; version 2 is in use here. |
        | .opencode/config.json | cli.json | {} |  |
        | opencode.json | config.json | {"agents": {}} | JSN010 0:0 config.json is read by OpenCode 1 alone; version 2 is in use here. |
        | opencode.json | config.json, cli.json | {"agents": {}} |  |
        | opencode.json | config.json | {"agent": {}} |  |
        | opencode.json | x/config.json | {"agents": {}} |  |
        | a.json | config.json | {"agents": {}} |  |
        | opencode.json | cli.json | {"agents": {}} |  |
        | x/config.json | x/cli.json | {} |  |

  Rule: What a config names must be there

    Scenario: files
      Then of one file alone this is told, with line and column:
        | file | beside | holds | told |
        | opencode.json | a/b.md | {"username": "{file:a/b.md}"} |  |
        | opencode.json | a/b.md | {"username": "{file:./a/../a//b.md}"} |  |
        | opencode.json | a/b.md | {"username": "{file: a/b.md }"} |  |
        | opencode.json | a/b.md | {"username": "{file:a/c.md}"} | JSN005 1:15 a/c.md does not exist. |
        | opencode.json | a/b.md | {"username": "é{file:gone.md} {file:gone2.md}"} | JSN005 1:16 gone.md does not exist.; JSN005 1:31 gone2.md does not exist. |
        | opencode.json | a/b.md | {"username": "{file:}{file}{files:gone.md}"} |  |
        | opencode.json |  | {\n  // {file:gone.md}\n"username": "x" // {file:gone2.md}\n} | JSN005 3:20 gone2.md does not exist. |
        | opencode.json |  | {"username": "{file:/gone.md}{file:~/gone.md}{file:../gone.md}"} |  |
        | opencode.json |  | {"username": "{file:node_modules/gone.md}{file:x/node_modules/gone.md}"} |  |
        | opencode.json |  | {"username": "{file:node_modules2/gone.md}"} | JSN005 1:15 node_modules2/gone.md does not exist. |
        | opencode.json |  | {"username": "{file:.env}{file:keys/x.pem}"} |  |
        | opencode.json | a | {"username": "{file:a/b.md}"} |  |
        | opencode.json | a, a/c.md | {"username": "{file:a/b.md}"} | JSN005 1:15 a/b.md does not exist. |
        | opencode.json | nothing | {"username": "{file:gone.md}"} |  |
        | .opencode/opencode.json | a.md | {"username": "{file:a.md}"} | JSN005 1:15 a.md does not exist. |
        | .opencode/opencode.json | a.md | {"username": "{file:../a.md}"} |  |
        | .autosync-outside/.opencode/opencode.json |  | {"username": "{file:gone.md}"} |  |
        | x/opencode.json |  | {"username": "{file:gone.md}"} |  |
        | opencode.json |  | {"a" "{file:gone.md}" | JSN001 1:6 A colon is missing here.; JSN005 1:7 gone.md does not exist. |
        | opencode.json |  | {"username": "{file:TIMES(400, x)}"} | JSN005 1:15 TIMES(79, x)… does not exist. |
        | opencode.json |  | {"username": "{file:TIMES(401, x)}"} |  |

    Scenario: variables
      Then of one file alone this is told, with line and column:
        | file | variables | holds | told |
        | opencode.json | A_KEY | {"username": "{env:A_KEY}"} |  |
        | opencode.json | A_KEY | {"username": "{env: A_KEY }"} |  |
        | opencode.json | A_KEY | {"username": "{env:a_key}"} | JSN006 1:15 a_key is not set here. |
        | opencode.json |  | {\n// {env:GONE}\n"username": "x"} | JSN006 2:4 GONE is not set here. |
        | opencode.json | ? | {"username": "{env:GONE}"} |  |
        | opencode.json |  | {"username": "{env:TIMES(61, X)}"} | JSN006 1:15 TIMES(59, X)… is not set here. |
        | x/opencode.json |  | {"username": "{env:GONE}"} |  |
