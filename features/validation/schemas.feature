Feature: Values are of the kinds that their reader wants
  OpenCode, Claude Code and Codex each have a description of what may stand where. Told is the place, by its keys, and what
  is wanted there; what stands there is never told.

  Rule: Each thing that such a description can ask for is asked

    Scenario: kinds of values
      Then of these values and what is wanted of them this is told:
        | wanted | value | told |
        | {} | 5 |  |
        | {"type": "string"} | "a" |  |
        | {"type": "string"} | 5 | the top level: the value should be of type string (type) |
        | {"type": "string"} | null | the top level: the value should be of type string (type) |
        | {"type": "string"} | ["a"] | the top level: the value should be of type string (type) |
        | {"type": "object"} | {} |  |
        | {"type": "object"} | [] | the top level: the value should be of type object (type) |
        | {"type": "array"} | [] |  |
        | {"type": "array"} | {} | the top level: the value should be of type array (type) |
        | {"type": "boolean"} | false |  |
        | {"type": "boolean"} | 0 | the top level: the value should be of type boolean (type) |
        | {"type": "boolean"} | "true" | the top level: the value should be of type boolean (type) |
        | {"type": "null"} | null |  |
        | {"type": "null"} | 0 | the top level: the value should be of type null (type) |
        | {"type": "integer"} | 5 |  |
        | {"type": "integer"} | 5.0 |  |
        | {"type": "integer"} | 5.5 | the top level: the value should be of type integer (type) |
        | {"type": "integer"} | true | the top level: the value should be of type integer (type) |
        | {"type": "integer"} | "5" | the top level: the value should be of type integer (type) |
        | {"type": "number"} | 5 |  |
        | {"type": "number"} | 5.5 |  |
        | {"type": "number"} | true | the top level: the value should be of type number (type) |
        | {"type": "number"} | null | the top level: the value should be of type number (type) |
        | {"type": "unheard"} | 5 | the top level: the value should be of type unheard (type) |

    Scenario: which of them
      Then of these values and what is wanted of them this is told:
        | wanted | value | told |
        | {"enum": ["a", 1, true]} | "a" |  |
        | {"enum": ["a", 1, true]} | 1 |  |
        | {"enum": ["a", 1, true]} | true |  |
        | {"enum": ["a", 1]} | true | the top level: the value should be one of a, 1 (enum) |
        | {"enum": [true]} | 1 | the top level: the value should be one of True (enum) |
        | {"enum": ["a", "b"]} | "c" | the top level: the value should be one of a, b (enum) |
        | {"pattern": "^#[0-9a-f]{6}$"} | "#00aaff" |  |
        | {"pattern": "^#[0-9a-f]{6}$"} | "x#00aaff" | the top level: the value has not the form that is wanted (pattern) |
        | {"pattern": "b"} | "abc" |  |
        | {"pattern": "b"} | 5 |  |
        | {"minimum": 2} | 2 |  |
        | {"minimum": 2} | 1.9 | the top level: the value should be 2 or more (minimum) |
        | {"minimum": 2} | "1" |  |
        | {"minimum": 2} | true |  |
        | {"minimum": 0} | -1 | the top level: the value should be 0 or more (minimum) |
        | {"exclusiveMinimum": 0} | 0 | the top level: the value should be more than 0 (exclusiveMinimum) |
        | {"exclusiveMinimum": 0} | 0.1 |  |
        | {"maximum": 2} | 2 |  |
        | {"maximum": 2} | 2.1 | the top level: the value should be 2 or less (maximum) |
        | {"maximum": 0} | 1 | the top level: the value should be 0 or less (maximum) |
        | {"minimum": 3, "exclusiveMinimum": 3, "maximum": 1} | 2 | the top level: the value should be 3 or more (minimum); the top level: the value should be more than 3 (exclusiveMinimum); the top level: the value should be 1 or less (maximum) |
        | {"anyOf": [{"type": "string"}, {"type": "null"}]} | null |  |
        | {"anyOf": [{"type": "string"}, {"type": "null"}]} | "a" |  |
        | {"anyOf": [{"type": "string"}, {"type": "null"}]} | 5 | the top level: the value has none of the forms that are allowed (anyOf) |
        | {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]} | ["a", 5] | the top level: the value has none of the forms that are allowed (anyOf) |

    Scenario: objects
      Then of these values and what is wanted of them this is told:
        | wanted | value | told |
        | {"required": ["a", "b"]} | {"a": 1, "b": 2} |  |
        | {"required": ["a", "b", "c"]} | {"b": 1} | the top level: a, c is missing (required) |
        | {"required": ["a"]} | ["b"] |  |
        | {"properties": {"a": {"type": "string"}}} | {"a": "x", "b": 5} |  |
        | {"properties": {"a": {"type": "string"}}} | {"a": 5, "b": 5} | a: the value should be of type string (type) |
        | {"properties": {"a": {"type": "string"}}, "additionalProperties": false} | {"a": "x"} |  |
        | {"properties": {"a": {"type": "string"}}, "additionalProperties": false} | {"b": 5, "a": 5} | the top level: there is no such key as b (additionalProperties); a: the value should be of type string (type) |
        | {"additionalProperties": false} | {"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1} | the top level: there is no such key as a, b, c, d, e (additionalProperties) |
        | {"additionalProperties": false} | {"TIMES(41, k)": 1} | the top level: there is no such key as TIMES(39, k)… (additionalProperties) |
        | {"additionalProperties": true} | {"b": 5} |  |
        | {"properties": {"a": {}}, "additionalProperties": {"type": "string"}} | {"a": 5, "b": 5} | b: the value should be of type string (type) |
        | {"additionalProperties": {"additionalProperties": {"type": "string"}}} | {"a": {"b": "x"}, "c": {"d": 5}} | c.d: the value should be of type string (type) |
        | {"additionalProperties": {"type": "string"}} | {"TIMES(41, k)": 1} | TIMES(39, k)…: the value should be of type string (type) |
        | {"additionalProperties": {"type": "string"}} | {"a\u202eb": 1} | a�b: the value should be of type string (type) |

    Scenario: lists
      Then of these values and what is wanted of them this is told:
        | wanted | value | told |
        | {"items": {"type": "string"}} | ["a", 5, "b", 6] | 1: the value should be of type string (type); 3: the value should be of type string (type) |
        | {"items": {"items": {"type": "string"}}} | [["a"], ["b", 5]] | 1.1: the value should be of type string (type) |
        | {"items": false} | [5] |  |
        | {"prefixItems": [{"type": "string"}, {"type": "number"}]} | ["a", 5, null] |  |
        | {"prefixItems": [{"type": "string"}, {"type": "number"}]} | [5, "a", null] | 0: the value should be of type string (type); 1: the value should be of type number (type) |
        | {"prefixItems": [{"type": "string"}], "items": {"type": "null"}} | ["a", null, 5] | 2: the value should be of type null (type) |
        | {"minItems": 2} | [1] | the top level: the list has not the length that is wanted (items) |
        | {"minItems": 2} | [1, 2] |  |
        | {"maxItems": 2} | [1, 2] |  |
        | {"maxItems": 2} | [1, 2, 3] | the top level: the list has not the length that is wanted (items) |
        | {"minItems": 1, "maxItems": 2} | [] | the top level: the list has not the length that is wanted (items) |
        | {"minItems": 2} | {"a": 1} |  |

  Rule: Of OpenCode's two versions each has its own form

    Scenario: which version a config is written for
      Then these configs are written for:
        | config | version |
        | {} | 1 |
        | [] | 1 |
        | {"agent": {"a": {"model": "a/b", "steps": 5}}, "mcp": {"a": {"type": "local"}}} | 1 |
        | {"agents": {}} | 2 |
        | {"cache": {}} | 2 |
        | {"commands": {}} | 2 |
        | {"media": {}} | 2 |
        | {"permissions": []} | 2 |
        | {"plugins": []} | 2 |
        | {"providers": {}} | 2 |
        | {"snapshots": true} | 2 |
        | {"update": true} | 2 |
        | {"voice": {}} | 2 |
        | {"warming": {}} | 2 |
        | {"websearch": {}} | 2 |
        | {"worktree": {}} | 2 |
        | {"plugin": [], "snapshot": true, "command": {}} | 1 |
        | {"$schema": "https://opencode.ai/v2/config.json"} | 2 |
        | {"$schema": "https://opencode.ai/config.json"} | 1 |
        | {"$schema": 5} | 1 |
        | {"skills": []} | 2 |
        | {"skills": {}} | 1 |
        | {"compaction": {"buffer": 1}} | 2 |
        | {"compaction": {"keep": 1}} | 2 |
        | {"compaction": {"auto": true}} | 1 |
        | {"compaction": ["keep"]} | 1 |
        | {"experimental": {"portable_shell_scanner": 1}} | 2 |
        | {"experimental": {"subagent_depth": 1}} | 2 |
        | {"experimental": {"subagent_fork": 1}} | 2 |
        | {"experimental": {"keep": 1}} | 1 |
        | {"experimental": {"policies": [{"action": "provider.use"}, {"action": "tool.use"}]}} | 2 |
        | {"experimental": {"policies": [{"action": "provider.use"}, {}, 5]}} | 1 |
        | {"experimental": {"policies": {"action": "tool.use"}}} | 1 |
        | {"experimental": 5} | 1 |
        | {"mcp": {"servers": {}}} | 2 |
        | {"mcp": {"servers": {"a": {}}}} | 2 |
        | {"mcp": {"servers": {"type": "local"}}} | 1 |
        | {"mcp": {"servers": {"command": ["a"]}}} | 1 |
        | {"mcp": {"servers": {"url": "a"}}} | 1 |
        | {"mcp": {"servers": []}} | 1 |
        | {"mcp": []} | 1 |
        | {"mcp": {"timeout": {"startup": 1}}} | 2 |
        | {"mcp": {"timeout": {"type": "local"}}} | 1 |
        | {"mcp": {"timeout": 5}} | 1 |
        | {"model": {"providerID": "a"}} | 2 |
        | {"model": "a/b"} | 1 |
        | {"system": "x"} | 2 |
        | {"request": {}} | 2 |
        | {"disabled": true} | 2 |
        | {"agent": {"a": {}, "b": {"model": {}}}} | 2 |
        | {"agent": {"a": {"permissions": []}}} | 2 |
        | {"agent": {"a": {"system": "x"}}} | 2 |
        | {"agent": {"a": {"request": {}}}} | 2 |
        | {"agent": {"a": {"disabled": true}}} | 2 |
        | {"agent": {"a": {"disable": true}, "b": 5}} | 1 |
        | {"agent": [{"system": "x"}]} | 1 |

    Scenario: what stops version 1, and what only does not fit
      Then of one file alone this is told, with line and column:
        | file | variables | holds | told |
        | opencode.json | | {"model": "{env:A}"} | JSN006 1:12 A is not set here. |
        | opencode.json | A | {"share": "{env:A}"} | JSN004 0:0 At share: the value should be one of manual, auto, disabled. |
        | opencode.json | | {"share": "{file:/a}"} | JSN004 0:0 At share: the value should be one of manual, auto, disabled. |
        | opencode.json | | {"share": "env:A"} | JSN009 0:0 At share: the value should be one of manual, auto, disabled. |
        | opencode.json | | {"agents": {}, "share": 5} |  |
        | opencode.json | | {"agent": {"a": {"steps": 0, "unheard": 1}}} | JSN009 0:0 At agent.a.steps: the value should be more than 0. |
        | opencode.json | | {"mcp": {"a": {"type": "local", "command": ["npx"], "unheard": 1}}} | JSN004 0:0 At mcp.a: the value has none of the forms that are allowed. |
        | opencode.json | | {"server": {"port": 0, "unheard": 1}} | JSN004 0:0 At server: there is no such key as unheard.; JSN009 0:0 At server.port: the value should be more than 0. |
