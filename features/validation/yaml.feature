Feature: The YAML of a front matter is read as OpenCode reads it
  OpenCode cuts it with gray-matter and reads it with js-yaml, which take some things for text that other readers do not.
  Whoever is told of a fault must find it there, and in words that say what to change.

  Rule: It is what stands between two lines of three dashes, at the very beginning

    Scenario: where it begins and ends
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: d\n---\nBe: kind: x |  |
        | agent/a.md | ---\ndescription: d\n--- |  |
        | agent/a.md | ---\ndescription: d\n---- |  |
        | agent/a.md | ---\ndescription: d\n |  |
        | agent/a.md | ---\ndescription: d\n --- |  |
        | agent/a.md | --- \ndescription: d\n---\n |  |
        | agent/a.md | ---yaml\ndescription: d\n---\n |  |
        | agent/a.md | --- yml\ndescription: d\n---\n |  |
        | agent/a.md | ---YAML\ndescription: d\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | ---toml\ndescription: d\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | ----\ndescription: d\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | --\ndescription: d\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | \n---\ndescription: d\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | \xef\xbb\xbf---\ndescription: d\nmode: x\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md | \n\xef\xbb\xbf---\nmode: x\n---\n | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | ---\n---\nmode: x\n---\n | MDF003 1:0 The agent has no description. |
        | agent/a.md | ---\n\n---\nmode: x: y\n---\n | MDF003 1:0 The agent has no description. |
        | agent/a.md | --- | MDF003 1:0 The agent has no description. |
        | agent/a.md | ---\ndescription: d\n---x\nmode: y |  |
        | agent/a.md | ---\\r\ndescription: d\\r\nmode: x\\r\n---\\r\nBe kind. | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md | ---\n# a note\n\ndescription: d\nmode: x\n---\n | MDF002 5:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md |  | MDF003 1:0 The agent has no front matter with a `description`. |
        | agent/a.md | → x | FS007 0:0 The link's target is not in the tree. |

    Scenario: it has an end
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\nx: TIMES(65516, y)\ndescription: d\n---\n |  |
        | agent/a.md | ---\nx: TIMES(65517, y)\ndescription: d\n---\n | MDF001 2:0 The front matter is not YAML: it is longer than 64 KB or has no end. |
        | agent/a.md | ---\ndescription: d\n---\nTIMES(70000, y)  |  |
        | agent/a.md | ---\ndescription: d\nTIMES(70000, y)  | MDF001 2:0 The front matter is not YAML: it is longer than 64 KB or has no end. |

  Rule: Values are what js-yaml takes them for

    Scenario: text that other readers take for something else
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: yes\n---\n |  |
        | agent/a.md | ---\ndescription: No\n---\n |  |
        | agent/a.md | ---\ndescription: ON\n---\n |  |
        | agent/a.md | ---\ndescription: off\n---\n |  |
        | agent/a.md | ---\ndescription: y\n---\n |  |
        | agent/a.md | ---\ndescription: =\n---\n |  |
        | agent/a.md | ---\ndescription: <<\n---\n |  |
        | agent/a.md | ---\ndescription: tRUE\n---\n |  |
        | agent/a.md | ---\ndescription: true story\n---\n |  |
        | agent/a.md | ---\ndescription: 01.5\n---\n |  |
        | agent/a.md | ---\ndescription: 01e3\n---\n |  |
        | agent/a.md | ---\ndescription: 1e\n---\n |  |
        | agent/a.md | ---\ndescription: -.5\n---\n |  |
        | agent/a.md | ---\ndescription: 0.1_\n---\n |  |
        | agent/a.md | ---\ndescription: ""\n---\n |  |
        | agent/a.md | ---\ndescription: "5"\n---\n |  |
        | agent/a.md | ---\ndescription: d\nhidden: yes\n---\n | MDF002 3:0 `hidden` should be true or false. |
        | agent/a.md | ---\ndescription: d\nhidden: tRUE\n---\n | MDF002 3:0 `hidden` should be true or false. |
        | agent/a.md | ---\ndescription: d\nhidden: "true"\n---\n | MDF002 3:0 `hidden` should be true or false. |
        | agent/a.md | ---\ndescription: d\nhidden: true\ndisable: True\n---\n |  |
        | agent/a.md | ---\ndescription: d\nhidden: TRUE\ndisable: false\n---\n |  |
        | agent/a.md | ---\ndescription: d\nhidden: False\ndisable: FALSE\n---\n |  |

    Scenario: and what is no text
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: true\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: FALSE\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 5\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 0x1f\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 1.5\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: .inf\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 1e3\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: .5e3\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 5.e3\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: +1E+3\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: 2026-01-01\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: null\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: ~\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription:\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: [a]\n---\n | MDF002 2:0 `description` should be text. |
        | agent/a.md | ---\ndescription: {a: b}\n---\n | MDF002 2:0 `description` should be text. |

    Scenario: a value with a colon is taken as text when nothing else fits
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: use: this\n---\n |  |
        | agent/a.md | ---\ndescription: use: it's mine: yes\nmode: x\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md | ---\ndescription \t: use: this\\r\nmode: x\\r\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md | ---\ndescription: d\n_a9: b: c\n---\n |  |
        | agent/a.md | ---\ndescription: d\na-b: b: c\n---\n | MDF001 3:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: d\n9a: b: c\n---\n | MDF001 3:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: d\n  a: b: c\n---\n | MDF001 3:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: "use": this\n---\n | MDF001 2:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: 'use': this\n---\n | MDF001 2:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: d\nx: a: b\ny: *c\n---\n | MDF001 3:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\ndescription: > # a: b\n  c\nx: a: b\n---\n |  |
        | agent/a.md | ---\ndescription: \| # a: b\n  c\nx: a: b\n---\n |  |
        | agent/a.md | ---\ndescription: d\nhomepage: http://a.net:80/x\n---\n |  |
        | agent/a.md | ---\ndescription: *x: y\n---\n |  |
        | agent/a.md | ---\ndescription: 5: 6\n---\n |  |
        | agent/a.md | ---\ndescription: d\nmode: all: x\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |

  Rule: What is no YAML is told with its line and what to change

    Scenario: faults by their words
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: @x\n---\n | MDF001 2:0 The front matter is not YAML: a value begins with a character that needs quotes. |
        | agent/a.md | ---\ndescription: %x\n---\n | MDF001 2:0 The front matter is not YAML: a value begins with a character that needs quotes. |
        | agent/a.md | ---\ndescription: d\nother\n---\n | MDF001 4:0 The front matter is not YAML: a colon is missing. |
        | agent/a.md | ---\ndescription: "d\n---\n | MDF001 3:0 The front matter is not YAML: a quote has no end. |
        | agent/a.md | ---\ndescription: *d\n---\n | MDF001 2:0 The front matter is not YAML: `*` needs quotes. |
        | agent/a.md | ---\ndescription: "a" b\n---\n | MDF001 2:0 The front matter is not YAML: an indentation or a quote does not fit. |
        | agent/a.md | ---\na: b\n c: d\n---\n | MDF001 3:0 The front matter is not YAML: a value holds `: ` and needs quotes. |
        | agent/a.md | ---\na: {b\nc: d\n---\n | MDF001 3:0 The front matter is not YAML: a bracket has no end. |
        | agent/a.md | ---\na: [b\nc: d\n---\n | MDF001 3:0 The front matter is not YAML: a bracket has no end. |
        | agent/a.md | ---\n\tdescription: d\n---\n | MDF001 2:0 The front matter is not YAML: a value begins with a character that needs quotes. |
        | agent/a.md | ---\ndescription: d\npermission: !x y\n---\n | MDF001 3:0 The front matter is not YAML: a tag (`!…`) is not known, or not for such a value. |
        | agent/a.md | ---\ndescription: d\ncolor: !!str [a]\n---\n | MDF001 3:0 The front matter is not YAML: a tag (`!…`) is not known, or not for such a value. |
        | agent/a.md | ---\ndescription: d\ntools: !!map x\n---\n | MDF001 3:0 The front matter is not YAML: a tag (`!…`) is not known, or not for such a value. |
        | agent/a.md | ---\ndescription: d\ntemperature: !!int [a]\n---\n | MDF001 3:0 The front matter is not YAML: a tag (`!…`) is not known, or not for such a value. |
        | agent/a.md | ---\ndescription: d\nx:\n  - {y: &a [z], a: *a}\n  - !y {z: a}\n---\n | MDF001 5:0 The front matter is not YAML: a tag (`!…`) is not known, or not for such a value. |
        | agent/a.md | ---\ndescription: d\ntools: {bash: !x y}\n---\n | MDF002 3:0 `tools` should be tools by name, each true or false. |
        | agent/a.md | ---\ndescription: !!str 5\nx: !!set {a}\ny: !!binary aGk=\n---\n |  |
        | agent/a.md | ---\ndescription: Be quick!\n---\n |  |
        | agent/a.md | ---\ndescription: "\\q"\n---\n | MDF001 2:0 The front matter is not YAML: it cannot be read. |
        | agent/a.md | ---\ndescription: a\x01b\n---\n | MDF001 0:0 The front matter is not YAML: it cannot be read. |
        | agent/a.md | ---\n- a\n- b\n---\n | MDF003 1:0 The agent has no description. |
        | agent/a.md | ---\njust text\n---\n | MDF003 1:0 The agent has no description. |
        | agent/a.md | ---\n? [description]\n: d\n---\n |  |
        | agent/a.md | ---\ndescription: \xff\n---\n |  |

    Scenario: what is nested deeper than anybody writes
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: d\nx:\n TIMES(100, - )y\n---\n |  |
        | agent/a.md | ---\ndescription: d\nx:\nTIMES(101,  - y\n)---\n |  |
        | agent/a.md | ---\ndescription: d\nx:\n TIMES(101, - )y\n---\n | MDF001 2:0 The front matter is not YAML: it is nested too deeply. |
        | agent/a.md | ---\ndescription: 'TIMES(100, [{)'\n---\n |  |
        | agent/a.md | ---\ndescription: '[TIMES(100, [{)'\n---\n | MDF001 2:0 The front matter is not YAML: it is nested too deeply. |


  Rule: What OpenCode wants of each key is asked, and nothing of what it skips

    Scenario: numbers, and several values
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | agent/a.md | ---\ndescription: d\ntemperature: a:b\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: 1:30.5\ntop_p: 0x1f\n---\n |  |
        | agent/a.md | ---\ndescription: d\ntemperature: 08\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: -.5\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: 01.5\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: -0.5\ntop_p: .5\nsteps: 0b1\n---\n |  |
        | agent/a.md | ---\ndescription: d\ntemperature: .NaN\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: 0o17\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: .inf\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: 1e400\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: 1_000.5\n---\n |  |
        | agent/a.md | ---\ndescription: d\ntemperature: '1'\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: {a: 1}\n---\n | MDF002 3:0 `temperature` should be a number. |
        | agent/a.md | ---\ndescription: d\ntemperature: -1\nsteps: 1e2\nmaxSteps: 2.0\n---\n |  |
        | agent/a.md | ---\ndescription: d\nsteps: -1\n---\n | MDF002 3:0 `steps` should be a whole number from 1 on. |
        | agent/a.md | ---\ndescription: d\nsteps: a:b\n---\n | MDF002 3:0 `steps` should be a whole number from 1 on. |
        | agent/a.md | ---\ndescription: d\npermission: {bash: deny, edit: nope}\n---\n | MDF002 3:0 `permission` should be permissions, each one of allow, ask and deny. |
        | agent/a.md | ---\ndescription: d\npermission: {bash: {a: deny, b: nope}}\n---\n | MDF002 3:0 `permission` should be permissions, each one of allow, ask and deny. |
        | agent/a.md | ---\ndescription: d\npermission: {bash: {a: deny, b: ask}, edit: allow}\n---\n |  |
        | agent/a.md | ---\ndescription: d\npermission: {bash: {a: {b: ask}}}\n---\n | MDF002 3:0 `permission` should be permissions, each one of allow, ask and deny. |
        | agent/a.md | ---\ndescription: d\npermission: {bash: {webfetch: {b: ask}}}\n---\n | MDF002 3:0 `permission` should be permissions, each one of allow, ask and deny. |
        | agent/a.md | ---\ndescription: d\npermission: [ask]\n---\n | MDF002 3:0 `permission` should be permissions, each one of allow, ask and deny. |
        | agent/a.md | ---\ndescription: d\ntools: {a: true, b: x}\n---\n | MDF002 3:0 `tools` should be tools by name, each true or false. |
        | agent/a.md | ---\ndescription: d\ncolor: "#00AAff"\nmode: subagent\n---\n |  |
        | agent/a.md | ---\ndescription: d\ncolor: "#00aaffx"\n---\n | MDF002 3:0 `color` should be a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info. |
        | agent/a.md | ---\ndescription: d\ncolor: accent\ntemperature: 1__0\n---\n |  |
        | agent/a.md | ---\ndescription: d\ncolor: [a]\n---\n | MDF002 3:0 `color` should be a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info. |
        | agent/a.md | ---\ndescription: d\ncolor: 5\n---\n | MDF002 3:0 `color` should be a color such as #00aaff in quotes, or one of primary, secondary, accent, success, warning, error, info. |
        | agent/a.md | ---\ndescription: d\nmode: [all]\n---\n | MDF002 3:0 `mode` should be one of subagent, primary and all. |
        | agent/a.md | ---\nmode: x\ndescription: 5\nTIMES(41, k): 1\nTIMES(41, k): 2\n---\n | MDF007 5:0 The key "TIMES(39, k)…" stands twice. |

    Scenario: which version it is written for
      Then of one file alone this is told, with line and column:
        | file | holds | told |
        | command/a.md | ---\ndescription: d\nagent: a\nmodel: 5\nsubagent: a\nsubtask: x\narguments: x\n---\n |  |
        | command/a.md | ---\nmodel: 5\nsubagent: a\ntemplate: x\n---\n | MDF002 2:0 `model` should be text. |
        | command/a.md | ---\nmodel: 5\n---\n | MDF002 2:0 `model` should be text. |
        | agent/a.md | ---\ndescription: d\nmodel: {providerID: a, model: b}\nmode: x\n---\n |  |
        | agent/a.md | ---\ndescription: d\nmodel: {providerID: a, model: b, variant: c}\nmode: x\n---\n |  |
        | agent/a.md | ---\ndescription: d\nmodel: {providerID: a, model: 5}\n---\n | MDF002 3:0 `model` should be text. |
        | agent/a.md | ---\ndescription: d\nmodel: {providerID: a}\n---\n | MDF002 3:0 `model` should be text. |
        | agent/a.md | ---\ndescription: d\nmodel: [providerID, model]\n---\n | MDF002 3:0 `model` should be text. |
        | agent/a.md | ---\ndescription: d\nsystem: x\nmode: x\n---\n |  |
        | agent/a.md | ---\ndescription: d\nrequest: {}\nmode: x\n---\n |  |
        | agent/a.md | ---\ndescription: d\ndisabled: true\nmode: x\n---\n |  |
        | agent/a.md | ---\ndescription: d\nvariant: x\nmode: x\n---\n | MDF002 4:0 `mode` should be one of subagent, primary and all. |
        | mode/a.md | ---\nsystem: x\ntemperature: x\n---\n | MDF008 3:0 `temperature` should be a number. |
        | skill/a/SKILL.md | ---\nname: a\ndescription: 5\n---\n | MDF004 1:0 The skill has no `description` as text. |
        | skill/a/SKILL.md | ---\nname: 5\n---\n | MDF004 1:0 The skill has no `name` as text. |
