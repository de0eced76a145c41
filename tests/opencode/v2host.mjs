#!/usr/bin/env node
// A strict stand-in for the server-side plugin host of OpenCode 2, whose packages cannot be had everywhere. It checks a
// plugin against the contract; it runs no model and no real server. State: 2.0.22 to 2.0.32, written from public sources:
// anomalyco/opencode, packages/core/src/plugin/{module,host,supervisor,source-directory}.ts, location-service-map.ts,
// packages/plugin/src/{host.ts,promise/*.ts,README.md}, packages/schema/src/{event,session-event}.ts, and the plugin pages
// of opencode.ai/v2/docs. Stricter than the original on purpose: that one has no time limits, and gives undefined for an
// unknown property. Library: load(), discover(), createHost(). Command line: node v2host.mjs PLUGIN [options], see the end.
import { existsSync, readdirSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join, resolve } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { parseArgs } from "node:util"

export const LOAD_MESSAGE = "Plugin must export a default definition with an id and an effect or setup function."
export class LoadError extends Error { constructor(detail) { super(LOAD_MESSAGE); this.name = "PluginModule.LoadError"; this.detail = detail } }
const SUFFIX = [".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs"]
/** A file is its own entry; a directory is entered through server.* and then index.*. */
export function entrypoint(path) {
  if (existsSync(path) && !statSync(path).isDirectory()) return path
  for (const name of ["server", "index"]) for (const end of SUFFIX) if (existsSync(join(path, name + end))) return join(path, name + end)
  throw new Error(`Plugin entrypoint not found: ${path}`)
}
/** What a config directory contributes: plugin/ and plugins/, not recursive, *.ts / *.js files and direct directories. */
export function discover(configDirectory) {
  const folders = ["plugin", "plugins"].map((name) => join(configDirectory, name)).filter((path) => existsSync(path))
  return folders.flatMap((path) => readdirSync(path).map((name) => join(path, name)))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() || /\.(ts|js)$/.test(path)).sort()
}
/** Only the default export counts; named exports and extra keys (such as V1's server) are ignored. */
export function decode(module) {
  const value = Object.hasOwn(module, "default") ? module.default : undefined
  if (value === undefined) throw new LoadError('no "default" export')
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new LoadError("default export is not an object")
  if (typeof value.id !== "string") throw new LoadError("default.id is not a string")
  const kind = ["effect", "setup"].find((key) => typeof value[key] === "function")
  if (!kind) throw new LoadError("default has no effect or setup function")
  return { id: value.id, kind, [kind]: value[kind] } // a decoded copy: `this` inside setup has no other keys
}
/** fresh: a new copy of the module in the same process, as after a reload (globalThis is shared, module state is not). */
export async function load(path, { fresh = false } = {}) {
  return decode(await import(pathToFileURL(entrypoint(resolve(path))).href + (fresh ? `?copy=${Math.random()}` : "")))
}

const TRANSFORM = "transform reload", CRUD = "list get default add set update remove order namespace"
const METHODS = {
  agent: `get list ${TRANSFORM}`, aisdk: "hook", command: `list ${TRANSFORM}`, generate: "text", mcp: `list ${TRANSFORM}`,
  integration: `list get ${TRANSFORM}`, "integration.connect": "key", "integration.oauth": "connect status complete cancel",
  "integration.command": "connect status cancel", "integration.connection": "active resolve status",
  model: `list default ${TRANSFORM}`, permission: "hook list get reply", plugin: "list", provider: `list get ${TRANSFORM}`,
  reference: `list ${TRANSFORM}`, shell: "hook", skill: `list ${TRANSFORM}`, tool: `list hook ${TRANSFORM}`,
  session: "hook create get remove switchAgent switchModel prompt generate command compact synthetic interrupt update move wait context",
  vcs: `base get status diff ${TRANSFORM}`, "vcs.branch": "list", websearch: `providers query ${TRANSFORM}`,
  worktree: `list create remove refresh ${TRANSFORM}`, experimental: "", "experimental.terminal": "read",
}
const HOOKS = { tool: ["execute.before", "execute.after"], permission: ["evaluate"], shell: ["create.before"] } // others: any name
const EDITOR = { tool: "list get namespace add update remove", command: "add" } // other domains: CRUD
const TERMINAL = ["succeeded", "failed", "interrupted"], words = (text) => text.split(" ").filter(Boolean)
const shown = (error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const within = (ms, work) => new Promise((done) => { // -> { value } | { error } | { late: true }; never rejects
  const timer = setTimeout(() => done({ late: true }), ms), end = (result) => { clearTimeout(timer); done(result) }
  ;(async () => work())().then((value) => end({ value }), (error) => end({ error: error ?? new Error("rejected without a reason") }))
})

/** One shared server process: several locations, one setup per plugin and location, one event hub for all of them. */
export function createHost(options = {}) {
  const o = { unknown: "throw", faults: [], setupMs: 2000, cleanupMs: 3000, hookMs: 1000, drop: 0, duplicate: 0, seed: 1, legacyIdle: false,
    app: { name: "opencode", version: "2.0.32", channel: "latest" }, stubs: {}, ...options }
  const problems = [], notes = [], instances = [], hub = new Set(), sessions = new Map(), store = new Map()
  let state = o.seed >>> 0, serial = 0
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const problem = (text) => { problems.push(text) }, traps = ["uncaughtException", "unhandledRejection"].map((kind) => [kind, (error) => problem(`${kind}: ${shown(error)}`)])

  const strict = (target, path) => new Proxy(target, { // an unknown property throws; `in` and hasOwn probes are fine
    get(self, key) {
      if (typeof key === "symbol" || Object.hasOwn(self, key)) return self[key]
      if (["then", "toJSON", "constructor"].includes(key)) return // promise, JSON and console probes
      const text = `${path}.${key} is not part of OpenCode 2's plugin context`
      if (o.unknown === "throw") { problem(text); throw new TypeError(text) }
      if (!notes.includes(text)) notes.push(text)
    },
    set(self, key) { problem(`write to ${path}.${String(key)}`); return false },
  })

  // A subscription starts at its first next(), replays nothing, queues without bound and ends on abort without throwing.
  function subscribe(instance, input) {
    if (o.faults.includes("event.subscribe")) throw new Error("no events")
    const signal = input?.signal
    if (input !== undefined && Object.keys(Object(input)).some((key) => key !== "signal")) problem(`${instance.name}: subscribe takes only { signal }`)
    if (signal !== undefined && !(signal instanceof AbortSignal)) problem(`${instance.name}: signal is not an AbortSignal`)
    return { [Symbol.asyncIterator]() {
      let queue = [], waiting = [], closed = false, failure
      const settle = () => { while (waiting.length && (queue.length || failure || closed)) {
        const [done, fail] = waiting.shift()
        if (queue.length) done({ done: false, value: queue.shift() })
        else if (failure) { fail(failure); failure = undefined; closed = true } else done({ done: true, value: undefined })
      } }
      const stream = { owner: instance, push(event) { queue.push(event); settle() },
        fail(error) { failure = error; hub.delete(stream); settle() },
        close() { closed = true; queue.length = 0; hub.delete(stream); settle() } }
      if (signal?.aborted) stream.close(); else signal?.addEventListener?.("abort", stream.close, { once: true })
      return { next: () => new Promise((...pair) => { if (!closed && !failure) hub.add(stream); waiting.push(pair); settle() }),
        return: async () => { stream.close(); return { done: true, value: undefined } } }
    } }
  }

  function editorOf(domain) { // -> [editor, what it added]
    const added = new Map(), need = (ok, text) => { if (!ok) throw new TypeError(`${domain}.transform: ${text}`) }
    const act = { list: () => [...added.values()], get: (id) => added.get(id), set: (id, item) => { added.set(id, item) },
      remove: (id) => { added.delete(id) }, default() {}, order() {}, namespace() {}, add(item) {
        need(typeof item?.name === "string" && item.name, "add() needs an object with a name")
        need(domain !== "tool" || (typeof item.description === "string" && item.input && typeof item.input === "object"), `${item.name} has no description or input schema`)
        need(!EDITOR[domain] || typeof item.execute === "function", `${item.name} has no execute function`)
        added.set(item.name, item)
      }, update(id, change) { // an agent is created when unknown, a tool is left alone
        if (!added.has(id) && domain !== "tool") added.set(id, { id, permissions: [], request: { headers: {}, body: {} } })
        if (added.has(id)) change(added.get(id))
      } }
    return [strict(Object.fromEntries(words(EDITOR[domain] ?? CRUD).map((name) => [name, act[name]])), `${domain} editor`), added]
  }

  function context(instance, location, pluginOptions) {
    const call = (path) => async (...input) => {
      if (o.stubs[path]) return o.stubs[path](...input)
      if (path !== "session.get") return /\.(list|providers|context)$/.test(path) ? [] : undefined
      if (!sessions.has(input[0]?.sessionID)) throw Object.assign(new Error("session not found"), { name: "Session.NotFoundError" })
      return sessions.get(input[0].sessionID)
    }
    const transform = (domain) => async (change) => { if (o.faults.includes(`${domain}.transform`)) throw new Error("transform failed") // the callback is synchronous; a throw fails the plugin
      const [editor, added] = editorOf(domain), result = change(editor)
      if (typeof result?.then === "function") { problem(`${instance.name}: ${domain}.transform callback is asynchronous`); result.then(null, () => {}) }
      for (const [name, item] of added) { instance.added.add(`${domain}:${name}`); instance.items.set(`${domain}:${name}`, item) }
      return { dispose: async () => {} } // `added` keeps what was ever registered, for the report
    }
    const hook = (domain) => async (name, handler) => {
      if (HOOKS[domain] && !HOOKS[domain].includes(name)) throw new TypeError(`unknown ${domain} hook: ${name}`)
      if (typeof handler !== "function") throw new TypeError(`${domain} hook needs a function`)
      const entry = { key: `${domain}.${name}`, handler }; instance.hooks.add(entry); instance.added.add(`hook:${entry.key}`)
      return { dispose: async () => { instance.hooks.delete(entry) } }
    }
    const raw = {}, special = { transform, hook }, key = (name) => `${instance.id}\0${name}` // storage is kept per plugin id, for all locations
    const ctx = { options: pluginOptions, app: strict({ ...o.app }, "ctx.app"),
      event: strict({ subscribe: (input) => subscribe(instance, input) }, "ctx.event"),
      rpc: strict(Object.assign(call("rpc"), { register: async () => ({ events: { emit: async () => {} }, dispose: async () => {} }) }), "ctx.rpc"),
      location: strict({ directory: location, workspaceID: undefined,
        project: strict({ id: "emulated", directory: location, canonical: location }, "ctx.location.project") }, "ctx.location"),
      storage: strict({ get: async (name) => structuredClone(store.get(key(name))), remove: async (name) => { store.delete(key(name)) },
        set: async (name, value) => { store.set(key(name), JSON.parse(JSON.stringify(value))) },
        scan: async ({ prefix = "", after = "", limit = 100 } = {}) => ({ entries: [...store].filter(([name]) => name.startsWith(key(prefix)))
          .map(([name, value]) => ({ key: name.slice(key("").length), value })).filter((entry) => entry.key > after).slice(0, limit) }) }, "ctx.storage") }
    for (const [path, methods] of Object.entries(METHODS)) {
      const [domain, part] = path.split(".")
      const own = Object.fromEntries(words(methods).map((name) => [name, special[name]?.(domain) ?? call(`${path}.${name}`)]))
      if (part) raw[domain][part] = strict(own, `ctx.${path}`); else ctx[domain] = strict((raw[domain] = own), `ctx.${domain}`)
    }
    return strict(ctx, "ctx")
  }

  const host = { problems, notes, instances, sessions, store,
    /** Runs setup for one loaded plugin at one location; resolves to the instance, whose state is "active" or "failed". */
    async activate(plugin, location, pluginOptions = {}) {
      for (const [kind, trap] of traps) if (!process.listeners(kind).includes(trap)) process.on(kind, trap)
      const instance = { id: plugin.id, location, name: `${plugin.id} @ ${location}`, state: "active", hooks: new Set(), added: new Set(), items: new Map() }
      const fail = (text) => { instance.state = "failed"; instance.error = text; problem(`${instance.name}: ${text}`); host.closeStreams(instance) }
      const twin = instances.find((other) => other.id === plugin.id && other.location === location && other.state === "active")
      if (instances.push(instance) && twin) fail(`Duplicate plugin ID: ${plugin.id}`)
      else if (plugin.kind === "effect") { instance.state = "effect"; notes.push(`${instance.name}: effect plugins are accepted but not run here`) }
      else {
        const started = Date.now(), ran = await within(o.setupMs, () => plugin.setup(context(instance, location, pluginOptions)))
        if (ran.late) fail(`setup still pending after ${o.setupMs} ms (V2 waits without limit and holds the location's prompts)`)
        else if (ran.error) fail(`setup failed: ${shown(ran.error)}`)
        else if (ran.value && typeof ran.value !== "function") fail(`setup returned ${typeof ran.value}; only nothing or a cleanup function is allowed`)
        else Object.assign(instance, { setupMs: Date.now() - started, cleanup: ran.value || undefined })
      }
      return instance
    },
    /** Publishes one event to every open subscription of every instance; copies overrides drop and duplicate. */
    emit(type, data = {}, { location, durable, copies } = {}) {
      const event = { id: `evt_${String(++serial).padStart(6, "0")}`, created: Date.now(), type, data,
        ...(location && { location: { directory: location } }), ...(durable && { durable }) }
      for (const stream of [...hub])
        for (let n = copies ?? (random() < o.drop ? 0 : random() < o.duplicate ? 2 : 1); n > 0; n--) stream.push(structuredClone(event))
      return event
    },
    /** One busy period of a session with exactly one terminal event. outcome: succeeded, failed or interrupted. */
    turn(sessionID, outcome = "succeeded", { location = instances[0]?.location, parentID, reason = "user", error } = {}) {
      if (!TERMINAL.includes(outcome)) throw new Error(`unknown outcome: ${outcome}`)
      const parent = parentID && { parentID }, extra = { failed: { error: error ?? { type: "unknown", message: "emulated failure" } }, interrupted: { reason } }
      const say = (name, more) => host.emit(`session.${name}`, { sessionID, ...more }, { location, durable: { aggregateID: sessionID, seq: serial, version: 1 } })
      if (!sessions.has(sessionID)) say("created", parent)
      sessions.set(sessionID, { id: sessionID, ...parent, location: { directory: location }, title: sessionID })
      say("execution.started"); say("step.ended", { files: [] })
      const last = say(`execution.${outcome}`, extra[outcome])
      if (o.legacyIdle) { say("status", { status: { type: "idle" } }); say("idle") } // declared in V2, no producer in 2.0.22
      return last
    },
    /** Runs one kind of hook as V2 does: inline, one after the other, with a mutable event. */
    async trigger(key, event = {}) {
      for (const instance of instances) for (const hook of [...instance.hooks]) if (hook.key === key && instance.state === "active") {
        const ran = await within(o.hookMs, () => hook.handler(event))
        if (ran.late) problem(`${instance.name}: hook ${key} still pending after ${o.hookMs} ms (V2 has no limit)`)
        if (ran.error && key !== "tool.execute.before") problem(`${instance.name}: hook ${key} threw: ${shown(ran.error)}`)
      }
      return event
    },
    breakStreams(error = new Error("event stream failed")) { for (const stream of [...hub]) stream.fail(error) },
    closeStreams: (instance) => [...hub].filter((stream) => stream.owner === instance).map((stream) => stream.close()).length,
    /** V2's order: the plugin's cleanup, then the streams still open. orphan: dropped without cleanup (reload of a busy location). */
    async unload(instance, { orphan = false } = {}) {
      if (instance.state !== "active") return
      instance.state = orphan ? "orphan" : "unloaded"
      if (orphan) return // its loop goes on and its cleanup is never called
      const started = Date.now(), ran = await within(o.cleanupMs, () => instance.cleanup?.())
      instance.cleanupMs = Date.now() - started
      if (ran.late) problem(`${instance.name}: cleanup still pending after ${o.cleanupMs} ms`)
      if (ran.error) problem(`${instance.name}: cleanup failed: ${shown(ran.error)}`)
      const left = host.closeStreams(instance); instance.hooks.clear()
      if (left) notes.push(`${instance.name}: ${left} subscription(s) still open after cleanup`)
    },
    async close() {
      for (const instance of [...instances].reverse()) { await host.unload(instance); host.closeStreams(instance) }
      await pause(20) // late rejections of loops that have just ended
      for (const [kind, trap] of traps) process.off(kind, trap)
      return host.report()
    },
    report: () => ({ ok: problems.length === 0, problems, notes,
      instances: instances.map(({ name, cleanup, hooks, added, items, ...rest }) => ({ ...rest, hasCleanup: Boolean(cleanup), added: [...added] })) }),
  }
  return host
}

const USAGE = `usage: v2host.mjs PLUGIN [--location DIR]... [--turns N] [--drop P] [--duplicate P] [--seed N] [--legacyIdle] [--recordUnknown]
       [--setupMs N] [--cleanupMs N] [--settleMs N] [--options JSON]       exit: 0 clean, 1 problems, 2 not loadable or wrong usage`
async function main(args) {
  const numbers = ["turns", "drop", "duplicate", "seed", "setupMs", "cleanupMs", "settleMs"], flags = ["legacyIdle", "recordUnknown"]
  const schema = { location: { type: "string", multiple: true }, options: { type: "string" }, ...Object.fromEntries([
    ...numbers.map((name) => [name, { type: "string" }]), ...flags.map((name) => [name, { type: "boolean" }])]) }
  const given = parseArgs({ args, options: schema, allowPositionals: true, strict: false })
  if (given.positionals.length !== 1 || Object.keys(given.values).some((name) => !schema[name])) { console.error(USAGE); return 2 }
  const { location, options = "{}", recordUnknown, turns = 2, settleMs = 200, ...rest } = given.values
  const set = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value]))
  const host = createHost({ ...set, unknown: recordUnknown ? "record" : "throw" }), print = (value) => console.log(JSON.stringify(value, null, 2))
  const file = resolve(given.positionals[0]), locations = (location ?? ["."]).map((path) => resolve(path))
  try { process.chdir(homedir()) } catch {} // the shared server runs in the home directory, not in a project
  const plugin = await load(file).catch((error) => { print({ ok: false, loadable: false, error: shown(error), detail: error.detail }) })
  if (!plugin) return 2
  for (const place of locations) await host.activate(plugin, place, JSON.parse(options))
  for (let n = 0; n < Number(turns); n++, await pause(settleMs / turns))
    host.turn(`ses_${n % 2}`, TERMINAL[n % 3], { location: locations[n % locations.length] })
  const report = await pause(Number(settleMs)).then(() => host.close())
  print({ loadable: true, id: plugin.id, kind: plugin.kind, ...report })
  return report.ok ? 0 : 1
}
if (process.argv[1] && fileURLToPath(import.meta.url) === resolve(process.argv[1])) main(process.argv.slice(2)).then((code) => process.exit(code))
