// autosync-tasks plugin for OpenCode. Written by install-hook, removed by uninstall-hook; edits in here are replaced.
//
// One file for OpenCode 1 and 2 (both load every loose file of a plugin folder, and nothing in it but one file).
// When a turn is over it starts one sync in a child process of its own and does not wait for it: the child outlives
// OpenCode if it must. It offers a command, /backup, and a tool that ask the program. Nothing in here may throw, and
// nothing may wait without a limit: a fault of the backup must never break a turn, nor the server that projects share.
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const SETUP = __AUTOSYNC_SETUP__

const DISPOSE_WAIT_MS = 30000 // longer than any usual sync; after it the child goes on alone
const ANSWER_WAIT_MS = 120000 // a person waits for this one; what takes longer goes on alone
const SAME_IDLE_MS = 250 // OpenCode 1 tells one idle twice (session.status and session.idle)
const LONGEST_MESSAGE = 300
const LONGEST_ANSWER = 6000
const MOST = 1000 // of anything that is remembered

// One per process, however many folders, scopes or copies load this file. Its name changes when its contents do.
const shared = (globalThis[Symbol.for("autosync-tasks/2")] ??= {
  running: null, // promise of the syncs under way
  again: false, // a turn ended while one was running
  voice: null, // who is told of the next sync
  stirred: false, // a turn has begun, or went on, since the last sync began (OpenCode 2)
  noted: new Set(), // what was seen to change: a hint for the log; the scan of the sync decides
  idles: new Map(), // session id -> which event told its end last, and when
  events: new Set(), // ids of the events that were acted upon: each may come once for each open project, or twice
  places: new Map(), // directory -> the controller of the instance that serves it (OpenCode 2)
  timer: null, // the periodic look (OpenCode 2)
  told: "", // the last message that asked a person to act
  runs: 0,
})

const quietly = async (act) => {
  try {
    return await act()
  } catch {
    return undefined
  }
}

const within = (ms, act) => {
  let timer
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([quietly(act), limit]).finally(() => clearTimeout(timer))
}

const plain = (text, longest = LONGEST_MESSAGE) =>
  String(text ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ")
    .trim()
    .slice(0, longest)

const remember = (seen, name) => {
  if (seen.size >= MOST) seen.delete(seen.keys().next().value)
  seen.add(name)
}

const note = (name) => {
  if (name && shared.noted.size < MOST) shared.noted.add(plain(name))
}

// Word for `status` and `doctor`: this plugin is loaded, by which OpenCode, and what went wrong last.
const leaveWord = (api, opencode, fault = "") =>
  quietly(() => {
    fs.mkdirSync(dirname(SETUP.word), { recursive: true, mode: 0o700 })
    const next = `${SETUP.word}.${process.pid}`
    const word = { at: Date.now() / 1000, api, opencode: plain(opencode), plugin: SETUP.version, fault: plain(fault) }
    fs.writeFileSync(next, JSON.stringify(word), { mode: 0o600 })
    fs.renameSync(next, SETUP.word)
  })

// Outputs whose reader was killed before it could take them away.
const sweep = () =>
  quietly(() => {
    for (const name of fs.readdirSync(SETUP.state)) {
      const path = join(SETUP.state, name)
      if (/^hook-\d+-\d+\.json$/.test(name) && Date.now() - fs.statSync(path).mtimeMs > 3600000) fs.unlinkSync(path)
    }
  })

// The program in a session of its own, with a file for its output: it must not die, or stumble over a closed pipe,
// when OpenCode ends. `act` gets {code} or {fault}, and the file's path.
const child = async (words, env, errors, act) => {
  let output, path
  try {
    fs.mkdirSync(SETUP.state, { recursive: true, mode: 0o700 })
    path = join(SETUP.state, `hook-${process.pid}-${++shared.runs}.json`)
    output = fs.openSync(path, "wx", 0o600)
    const ended = await new Promise((resolve) => {
      const started = spawn(words[0], words.slice(1), {
        cwd: "/",
        detached: true,
        env,
        stdio: ["ignore", output, errors ? output : "ignore"],
      })
      started.once("error", (fault) => resolve({ code: null, fault }))
      started.once("exit", (code) => resolve({ code }))
      started.unref?.()
    })
    return await act(ended, path)
  } catch (fault) {
    return await act({ code: null, fault }, "")
  } finally {
    await quietly(() => output !== undefined && fs.closeSync(output))
    await quietly(() => path && fs.unlinkSync(path))
  }
}

// OpenCode 2's server has the environment of whoever started it first: what means another tree or other settings
// than those that were recorded when the plugin was installed is left out.
const environment = (api) => {
  const env = { ...process.env }
  if (api === 2) for (const name of SETUP.unset) delete env[name]
  return { ...env, ...SETUP.env }
}

// The sync's answer: one JSON object on stdout; only the exit code counts where there is none.
const read = (path) => {
  try {
    const answer = JSON.parse(fs.readFileSync(path, "utf8"))
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
const GONE = "autosync is not where install-hook found it. Run: autosync install-hook"

const outcomeOf = (code, answer) => (code === 4 ? "conflict" : (answer.outcome ?? BY_CODE[code] ?? "failed"))
const sentence = (answer) =>
  [answer.reason ?? answer.error, answer.next_step ?? answer.hint].filter(Boolean).join(". ")

const report = async (voice, code, answer, changed) => {
  const outcome = outcomeOf(code, answer)
  const words = sentence(answer)
  await voice.log(outcome in MESSAGES && outcome !== "changed" ? "warn" : "info", `${outcome}: ${words}`, {
    exit_code: code,
    commit: answer.commit,
    hint: changed,
  })
  if (outcome in MESSAGES) {
    const [variant, start] = MESSAGES[outcome]
    await voice.tell(variant, plain(words ? `${start}: ${words}` : `${start}. See: autosync status`))
  } else if (outcome === "ok") shared.told = ""
}

const sync = async (voice) => {
  const changed = [...shared.noted].slice(0, 20)
  shared.noted.clear()
  shared.stirred = false
  await child(SETUP.command, environment(voice.api), false, async ({ code, fault }, path) => {
    if (!fault) return report(voice, code, read(path), changed)
    leaveWord(voice.api, voice.opencode, `cannot start ${SETUP.command[0]}: ${fault.message}`)
    await voice.log("error", `cannot start ${SETUP.command[0]}: ${fault.message}`)
    if (path) await voice.tell("error", GONE)
  })
}

// One at a time. A turn that ends meanwhile gets one more, since the scan of the one under way may have passed its files.
const ask = (voice) => {
  shared.voice = voice
  if (shared.running) {
    shared.again = true
    return
  }
  const all = async () => {
    do {
      shared.again = false
      await quietly(() => sync(shared.voice))
    } while (shared.again)
  }
  shared.running = all().finally(() => {
    shared.running = null
  })
}

// The session whose turn is over, or undefined. OpenCode 2 tells it by one of three events; a session that a shutdown
// interrupts goes on after the next start.
const finished = (event) => {
  const facts = event?.data ?? event?.properties ?? {}
  const session = facts.sessionID ?? ""
  if (["session.idle", "session.execution.succeeded", "session.execution.failed"].includes(event?.type)) return session
  if (event?.type === "session.execution.interrupted" && facts.reason !== "shutdown") return session
  if (event?.type === "session.status" && facts.status?.type === "idle") return session
  return undefined
}

// Whether this end was not heard of yet.
const fresh = (event, session) => {
  if (event.id) {
    if (shared.events.has(event.id)) return false
    remember(shared.events, event.id)
  }
  const now = Date.now()
  const last = shared.idles.get(session)
  if (shared.idles.size > MOST) shared.idles.clear()
  shared.idles.set(session, { type: event.type, at: now })
  const twice = last && last.type !== event.type && now - last.at < SAME_IDLE_MS
  return !(twice && !event.type.startsWith("session.execution."))
}
