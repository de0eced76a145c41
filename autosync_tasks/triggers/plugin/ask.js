// What a person or the agent can ask: four questions, each one call of the program that passes no guard, writes nothing
// into the config tree, and prints no contents.

const ABOUT_TOOL =
  "Asks the program that backs up the OpenCode config tree (agents, commands, skills, context, opencode.json). " +
  "Arguments: action, one of status (is my config safe? one sentence), sync (back it up now; only when the person asks " +
  "for it), why (what is with one path, and why it waits), restore (what bringing one path back would write: a " +
  "proposal, the person runs it); path, relative to the config tree, for why and restore; at, optional, for restore: " +
  "which backup, such as '3 days ago'."
const ABOUT_COMMAND = "Is my config backed up? (sync, why PATH, restore PATH)"
const ACTIONS = ["status", "sync", "why", "restore"]
const INPUT = {
  type: "object",
  properties: {
    action: { type: "string", enum: ACTIONS },
    path: { type: "string", description: "for why and restore: a path in the config tree" },
    at: { type: "string", description: "for restore: which backup, such as '3 days ago'" },
  },
  required: ["action"],
  additionalProperties: false,
}

// A word that could be taken for a flag, or would break a line, is refused: a tool's arguments come from a model.
const odd = (text) => typeof text !== "string" || text.startsWith("-") || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)
const quoted = (text) => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

const wordsFor = (action, path, at) => {
  if (action === "sync") return ["sync", "--json", "--hint=asked for inside OpenCode"]
  if (action === "why") return ["why", "--path", path]
  if (action === "restore") return ["restore", "--path", path, ...(at ? ["--at", at] : []), "--check"]
  return ["status", "--short"]
}

const lines = (path) =>
  fs
    .readFileSync(path, "utf8")
    .split("\n")
    .map((line) => plain(line, LONGEST_ANSWER))
    .filter(Boolean)
    .join("\n")
    .slice(0, LONGEST_ANSWER)

const answer = async (api, { action = "status", path = "", at = "" } = {}) => {
  if (!ACTIONS.includes(action)) return `There is no action of that name; there are ${ACTIONS.join(", ")}.`
  if (odd(path) || odd(at)) return "That is no path, or no time, that can be asked for."
  if (["why", "restore"].includes(action) && !path) return `Name a path: ${action} is for one path of the config tree.`
  const words = [SETUP.program, ...wordsFor(action, path, at)]
  const slow = `The program has not answered within ${ANSWER_WAIT_MS / 1000} s; it goes on. See: autosync status`
  const said = await within(ANSWER_WAIT_MS, () =>
    child(words, environment(api), true, ({ code, fault }, output) => {
      if (fault) return GONE
      if (action === "sync") {
        const told = read(output)
        return `${outcomeOf(code, told)}: ${sentence(told) || "see autosync status"}`
      }
      if (action !== "restore" || code !== 5) return lines(output) || `The program ended with exit code ${code}.`
      const typed = words.slice(0, -1).map(quoted).join(" ")
      return `${lines(output)}\nNothing has been written. If the person wants it, the person types: ${typed}`
    }),
  )
  return said ?? slow
}

// "/backup", "/backup sync", "/backup why PATH", "/backup restore PATH --at WHEN": an action and the rest of the line.
const unquoted = (text) => text.trim().replace(/^(["'])(.*)\1$/s, "$2")
const asked = (text) => {
  const [, action, rest] = /^(\S*)\s*(.*)$/s.exec(unquoted(String(text ?? "")))
  const [path, at] = rest.split(" --at ").map(unquoted)
  return { action: action || "status", path, at }
}

// Nothing of the person's own is hidden: a command file of that name keeps it.
const taken = (folders) =>
  folders.some((folder) => ["command", "commands"].some((name) => fs.existsSync(join(folder, name, "backup.md"))))
