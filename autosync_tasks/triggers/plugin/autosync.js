// autosync-tasks plugin for OpenCode. Written by install-hook, removed by uninstall-hook; edits in here are replaced.
//
// When a session goes idle it starts one sync in a child process of its own and does not wait for it: the turn is
// over by then, and the child outlives OpenCode if it must. On dispose (the end of `opencode run`, of a server, of
// the terminal program) it waits for a sync that is under way. Nothing in here may throw: a fault of the backup
// must never break a turn.
import { spawn } from "node:child_process"
import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync } from "node:fs"
import { join } from "node:path"

const SETUP = __AUTOSYNC_SETUP__

const DISPOSE_WAIT_MS = 30000 // longer than any usual sync; after it the child goes on alone
const SAME_IDLE_MS = 250 // OpenCode tells one idle twice (session.status and session.idle)
const LONGEST_MESSAGE = 300

// One per process, however many folders, scopes or copies load this file.
const shared = (globalThis[Symbol.for("autosync-tasks")] ??= {
  running: null, // promise of the syncs under way
  again: false, // something went idle while one was running
  noted: new Map(), // what was seen to change: a hint for the log; the scan of the sync decides
  idles: new Map(), // session id -> when it was last idle
  runs: 0,
})

const quietly = async (act) => {
  try {
    return await act()
  } catch {
    return undefined
  }
}

const plain = (text) =>
  String(text ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, LONGEST_MESSAGE)

const log = (client, level, message, extra) =>
  quietly(() => client?.app?.log({ body: { service: "autosync", level, message: plain(message), extra } }))

// `opencode run` has no toasts; its terminal is a line printer. The terminal program owns its screen: never print there.
const printing = () => process.argv.slice(1, 4).includes("run")

const tell = async (client, variant, message) => {
  const text = plain(message)
  if (printing()) await quietly(() => process.stderr.write(`autosync: ${text}\n`))
  await quietly(() => client?.tui?.showToast({ body: { title: "Backup", message: text, variant, duration: 6000 } }))
}

// The sync's answer: one JSON object on stdout; only the exit code counts where there is none.
const read = (path) => {
  try {
    const answer = JSON.parse(readFileSync(path, "utf8"))
    return answer && typeof answer === "object" ? answer : {}
  } catch {
    return {}
  }
}

const MESSAGES = {
  changed: ["success", "Backed up"],
  blocked: ["error", "The backup is blocked"],
  conflict: ["warning", "The backup needs your decision"],
  incomplete: ["warning", "The backup is incomplete"],
  failed: ["error", "The backup failed"],
}
const BY_CODE = { 0: "ok", 3: "blocked", 4: "conflict", 75: "deferred" }

const report = async (client, code, answer, changed) => {
  const outcome = code === 4 ? "conflict" : (answer.outcome ?? BY_CODE[code] ?? "failed")
  const words = [answer.reason ?? answer.error, answer.next_step ?? answer.hint].filter(Boolean).join(". ")
  await log(client, outcome in MESSAGES && outcome !== "changed" ? "warn" : "info", `${outcome}: ${words}`, {
    exit_code: code,
    commit: answer.commit,
    hint: changed,
  })
  if (outcome in MESSAGES) {
    const [variant, start] = MESSAGES[outcome]
    await tell(client, variant, words ? `${start}: ${words}` : `${start}. See: autosync status`)
  }
}

const child = (output) =>
  new Promise((resolve) => {
    // Its own session and a file for its output: it must not die, or stumble over a closed pipe, when OpenCode ends.
    const started = spawn(SETUP.command[0], SETUP.command.slice(1), {
      cwd: "/",
      detached: true,
      env: { ...process.env, ...SETUP.env },
      stdio: ["ignore", output, "ignore"],
    })
    started.once("error", (fault) => resolve({ code: null, fault }))
    started.once("exit", (code) => resolve({ code }))
    started.unref?.()
  })

const sync = async (client) => {
  const changed = [...shared.noted.keys()].slice(0, 20)
  shared.noted.clear()
  let output, path
  try {
    mkdirSync(SETUP.state, { recursive: true, mode: 0o700 })
    path = join(SETUP.state, `hook-${process.pid}-${++shared.runs}.json`)
    output = openSync(path, "wx", 0o600)
    const { code, fault } = await child(output)
    if (fault) {
      await log(client, "error", `cannot start ${SETUP.command[0]}: ${fault.message}`)
      await tell(client, "error", "autosync is not where install-hook found it. Run: autosync install-hook")
    } else await report(client, code, read(path), changed)
  } catch (fault) {
    await log(client, "error", `the sync could not be started: ${fault?.message}`)
  } finally {
    await quietly(() => output !== undefined && closeSync(output))
    await quietly(() => path && unlinkSync(path))
  }
}

const ask = (client) => {
  if (shared.running) {
    shared.again = true
    return
  }
  const all = async () => {
    do {
      shared.again = false
      await sync(client)
    } while (shared.again)
  }
  shared.running = all().finally(() => {
    shared.running = null
  })
}

const idleSession = (event) => {
  const properties = event?.properties ?? {}
  if (event?.type === "session.idle") return properties.sessionID ?? ""
  if (event?.type === "session.status" && properties.status?.type === "idle") return properties.sessionID ?? ""
  return undefined
}

const note = (name) => {
  if (name && shared.noted.size < 1000) shared.noted.set(plain(name), true)
}

export const AutosyncTasks = async ({ client } = {}) => ({
  event: async ({ event } = {}) => {
    await quietly(() => {
      if (event?.type === "file.edited") note(event.properties?.file)
      const session = idleSession(event)
      if (session === undefined) return
      const now = Date.now()
      if (now - (shared.idles.get(session) ?? 0) < SAME_IDLE_MS) return
      if (shared.idles.size > 500) shared.idles.clear()
      shared.idles.set(session, now)
      ask(client)
    })
  },
  "tool.execute.after": async (input) => {
    await quietly(() => {
      if (["bash", "shell", "patch", "apply_patch", "task"].includes(input?.tool)) note(`tool ${input.tool}`)
    })
  },
  dispose: async () => {
    await quietly(async () => {
      if (!shared.running && shared.noted.size) ask(client) // ended before it was idle: the last edit counts too
      if (!shared.running) return
      let timer
      const limit = new Promise((resolve) => {
        timer = setTimeout(resolve, DISPOSE_WAIT_MS)
      })
      await Promise.race([shared.running, limit])
      clearTimeout(timer)
    })
  },
})
