Feature: The front matter of agents, commands, modes and skills is read as OpenCode reads it
  One wrong value keeps OpenCode from starting, another only has no effect. Each row was tried with OpenCode 1.18.33.

  Background:
    Given a config tree backed up at 09:00

  Rule: What OpenCode refuses blocks, with its line

    Scenario: values of agents
      When these files appear:
        | file        | holds                                                              | told             |
        | agent/a.md  | ---\ndescription: d\nmode: nope\n---\n                             | MDF002 in line 3 |
        | agent/b.md  | ---\ndescription: d\nmode: all\n---\n                              | nothing          |
        | agent/c.md  | ---\ndescription: 5\n---\n                                         | MDF002 in line 2 |
        | agent/d.md  | ---\ndescription: yes\n---\n                                       | nothing          |
        | agent/e.md  | ---\ndescription: true\n---\n                                      | MDF002           |
        | agent/f.md  | ---\ndescription: d\ntemperature: hot\n---\n                       | MDF002 in line 3 |
        | agent/g.md  | ---\ndescription: d\ntemperature: "0.5"\n---\n                     | MDF002           |
        | agent/h.md  | ---\ndescription: d\ntemperature: 1e-1\ntop_p: 1\n---\n            | nothing          |
        | agent/i.md  | ---\ndescription: d\ntemperature: .nan\n---\n                      | MDF002           |
        | agent/y.md  | ---\ndescription: d\ntemperature: [1]\n---\n                       | MDF002           |
        | agent/z.md  | ---\ndescription: d\ntemperature: 1:30.5\n---\n                    | nothing          |
        | agent/j.md  | ---\ndescription: d\ntemperature: -0.5\n---\n                      | nothing          |
        | agent/k.md  | ---\ndescription: d\nsteps: 0\n---\n                               | MDF002           |
        | agent/l.md  | ---\ndescription: d\nsteps: 1\nmaxSteps: 0x10\n---\n               | nothing          |
        | agent/m.md  | ---\ndescription: d\nsteps: 1.5\n---\n                             | MDF002           |
        | agent/n.md  | ---\ndescription: d\nsteps: 1_000\n---\n                           | nothing          |
        | agent/o.md  | ---\ndescription: d\nsteps: 1:30\n---\n                            | nothing          |
        | agent/p.md  | ---\ndescription: d\ndisable: yes\n---\n                           | MDF002           |
        | agent/q.md  | ---\ndescription: d\ndisable: TRUE\n---\n                          | nothing          |
        | agent/r.md  | ---\ndescription: d\ncolor: teal\n---\n                            | MDF002           |
        | agent/s.md  | ---\ndescription: d\ncolor: "#00aaFF"\n---\n                       | nothing          |
        | agent/t.md  | ---\ndescription: d\ncolor: accent\n---\n                          | nothing          |
        | agent/u.md  | ---\ndescription: d\noptions: fast\n---\n                          | MDF002           |
        | agent/v.md  | ---\ndescription: d\noptions:\n  a: 1\n---\n                       | nothing          |
        | agent/w.md  | ---\ndescription: !mine d\n---\n                                   | MDF001 in line 2 |
        | agent/x.md  | ---\ndescription: [a\n---\n                                        | MDF001           |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: what agents may do
      When these files appear:
        | file        | holds                                                                                              | told             |
        | agent/a.md  | ---\ndescription: d\ntools: [bash]\n---\n                                                          | MDF002           |
        | agent/b.md  | ---\ndescription: d\ntools:\n  bash: no\n---\n                                                     | MDF002 in line 4 |
        | agent/c.md  | ---\ndescription: d\ntools:\n  bash: false\n---\n                                                  | nothing          |
        | agent/d.md  | ---\ndescription: d\ntools:\n  bash: !mine x\n---\n                                                | MDF001 in line 4 |
        | agent/e.md  | ---\ndescription: d\npermission: allow\n---\n                                                      | nothing          |
        | agent/f.md  | ---\ndescription: d\npermission: maybe\n---\n                                                      | MDF002           |
        | agent/g.md  | ---\ndescription: d\npermission:\n  bash: deny\n---\n                                              | nothing          |
        | agent/h.md  | ---\ndescription: d\npermission:\n  bash: true\n---\n                                              | MDF002           |
        | agent/i.md  | ---\ndescription: d\npermission:\n  bash:\n    "git *": ask\n---\n                                 | nothing          |
        | agent/j.md  | ---\ndescription: d\npermission:\n  bash:\n    "git *":\n      deep: ask\n---\n                    | MDF002           |
        | agent/k.md  | ---\ndescription: d\npermission:\n  webfetch: ask\n---\n                                           | nothing          |
        | agent/l.md  | ---\ndescription: d\npermission:\n  webfetch:\n    "*": ask\n---\n                                 | MDF002           |
        | agent/m.md  | ---\ndescription: d\npermission:\n  ? [a, b]\n  : ask\n---\n                                       | nothing          |
        | agent/o.md  | ---\ndescription: d\npermission:\n  ? [webfetch]\n  : {a: ask}\n---\n                              | MDF002           |
        | agent/n.md  | ---\ndescription: d\nmodel:\n  ? [a]\n  : b\n---\n                                               | MDF002 in line 4 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: commands, modes, skills, and what is none of them
      When these files appear:
        | file                | holds                                              | told             |
        | command/a.md        | ---\ndescription: d\n---\n                         | nothing          |
        | command/b.md        | ---\nsubtask: "x"\n---\n                           | MDF002 in line 2 |
        | commands/c.md       | ---\nagent: 5\n---\n                               | MDF002           |
        | command/d.md        | ---\ntools: [a]\n---\n                             | nothing          |
        | command/e.md        | No front matter.                                   | nothing          |
        | mode/f.md           | ---\ntemperature: hot\n---\n                       | MDF008 in line 2 |
        | mode/g.md           | ---\nmode: nope\n---\n                             | nothing          |
        | mode/deep/h.md      | ---\ntemperature: hot\n---\n                       | nothing          |
        | agents/deep/i.md    | ---\ndescription: d\nmode: nope\n---\n             | MDF002 in line 3 |
        | .opencode/agent/j.md | ---\nmode: nope\n---\n                            | MDF002, MDF003   |
        | docs/k.md           | ---\nmode: nope\n---\n                             | nothing          |
        | agent/l.txt         | ---\nmode: nope\n---\n                             | nothing          |
        | agent/.md           | ---\nmode: nope\n---\n                             | MDF002, MDF003, STR004 |
        | skills/SKILL.md     | ---\nname: skills\n---\n                           | MDF004           |
        | skill/m/SKILL.md    | ---\nname: m\ndescription: d\n---\n                | nothing          |
        | skill/n/SKILL.md    | ---\ndescription: d\n---\n                         | MDF004 in line 1 |
        | skill/o/SKILL.md    | ---\nname: o\ndescription: 5\n---\n                | MDF004           |
        | skill/p/SKILL.md    | No front matter.                                   | MDF004           |
        | skill/q/SKILL.md    | ---\ndescription: d\nname: other\n---\n            | MDF005 in line 3 |
        | skill/r-/SKILL.md   | ---\nname: r-\ndescription: d\n---\n               | MDF005, STR004   |
        | skill/deep/s/SKILL.md | ---\nname: s\ndescription: d\n---\n              | nothing          |
        | skill/t/notes.md    | ---\nname: other\n---\n                            | nothing          |
        | skill/TIMES(65, u)/SKILL.md | No.                                        | MDF004           |
        | skill/TIMES(64, v)/SKILL.md | ---\nname: TIMES(64, v)\ndescription: d\n---\n | nothing    |
        | skill/TIMES(65, w)/SKILL.md | ---\nname: TIMES(65, w)\ndescription: d\n---\n | MDF005     |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

  Rule: What has no effect is told with its line and blocks nothing

    Scenario: it cannot be read
      When these files appear:
        | file        | holds                                                                     | told             |
        | agent/a.md  | No front matter.                                                          | MDF003 in line 1 |
        | agent/b.md  | ---\nmode: all\n---\n                                                     | MDF003           |
        | agent/c.md  | ---\ndescription: d\nmode: "all\n---\n                                    | MDF001 in line 4 |
        | agent/d.md  | ---\ndescription: *x\n---\n                                               | MDF001 in line 2 |
        | agent/e.md  | ---\n\tdescription: d\n---\n                                              | MDF001 in line 2 |
        | agent/f.md  | ---\ndescription: @x\n---\n                                               | MDF001 in line 2 |
        | agent/g.md  | ---\ndescription: use: this\nmode: all\n---\n                             | nothing          |
        | agent/h.md  | ---\ndescription: it's: this\r\n---\n                                     | nothing          |
        | agent/i.md  | ---\ndescription: d\nno end                                               | MDF001           |
        | agent/j.md  | ---\n---\nBe kind.                                                        | MDF003           |
        | agent/k.md  | ----\nmode: nope\n----\n                                                  | MDF003           |
        | agent/l.md  | ---yaml\ndescription: d\n---\n                                            | nothing          |
        | agent/m.md  | ---json\ndescription: d\n---\n                                            | MDF003           |
        | agent/n.md  | \n---\nmode: nope\n---\n                                                  | MDF003           |
        | agent/o.md  | ---\n- a\n- b\n---\n                                                      | MDF003           |
        | agent/p.md  | ---\ndescription: d\nzzz: 1\n---\n                                        | nothing          |
        | agent/r2.md | ---\ndescription: 'TIMES(200, [)'\n---\n                                   | nothing          |
        | agent/r3.md | ---\ndescription: 'TIMES(201, [)'\n---\n                                   | MDF001           |
        | agent/q.md  | ---\ndescription: d\ndescription: e\nmode: nope\n---\n                    | MDF007 in line 3 |
        | agent/r.md  | ---\ndescription: d\ntools:\n  a: true\n  a: false\n---\n                 | MDF007 in line 5 |
        | agent/s.md  | ---\ndescription: d\nlist:\n  - [{a: 1, a: 2}]\n---\n                     | MDF007 in line 4 |
        | agent/t.md  | ---\ndescription: d\na: &a {x: 1}\nb: [*a, *a]\n---\n                     | nothing          |
        | agent/u.md  | ---\ndescription: d\nlong: TIMES(70000, y)\n---\n                         | MDF001 in line 2 |
        | agent/v.md  | ---\ndescription: d\ndeep: TIMES(300, [)\n---\n                           | MDF001 in line 2 |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

    Scenario: what OpenCode 2 reads
      When these files appear:
        | file        | holds                                                                     | told    |
        | agent/a.md  | ---\ndescription: d\nmodel:\n  providerID: a\n  model: b\nsteps: 0\n---\n | nothing |
        | agent/b.md  | ---\ndescription: d\npermissions: []\nmode: nope\n---\n                   | nothing |
        | agent/c.md  | ---\ndescription: d\ndisabled: perhaps\n---\n                             | nothing |
        | command/d.md | ---\nsubagent: x\nmodel: 5\n---\n                                        | nothing |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says

    Scenario: and what it does not
      When these files appear:
        | file        | holds                                                                            | told   |
        | agent/a.md  | ---\ndescription: d\nmodel:\n  providerID: a\n  model: b\ntemperature: 1\n---\n  | MDF002 |
        | agent/b.md  | ---\ndescription: d\nmodel:\n  providerID: a\n---\n                              | MDF002 |
        | agent/c.md  | ---\ndescription: d\nmodel:\n  providerID: a\n  model: 5\n---\n                  | MDF002 |
        | agent/d.md  | ---\ndescription: d\npermissions: []\ntools: [a]\n---\n                          | MDF002 |
      And a person asks for a sync
      Then the sync is blocked
      And of each is told what the table says

    Scenario: two of the same name
      When these files appear:
        | file                  | holds                              | told   |
        | agent/twin.md         | ---\ndescription: d\n---\n         | MDF006 |
        | agents/twin.md        | ---\ndescription: d\n---\n         | MDF006 |
        | .opencode/agent/twin.md | ---\ndescription: d\n---\n       | nothing |
        | command/twin.md       | ---\ndescription: d\n---\n         | nothing |
        | agent/deep/twin.md    | ---\ndescription: d\n---\n         | nothing |
        | docs/twin.md          | Not an agent.                      | nothing |
      And a person asks for a sync
      Then the sync is done
      And of each is told what the table says
