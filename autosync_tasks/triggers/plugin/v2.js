// OpenCode 2: one instance for each open project, all in one background server that may stay up for days. Every instance
// hears the events of all projects, an event may be lost, and a reload may leave an old instance running.

const STIRS = ["session.execution.started", "session.step.ended", "session.tool.success", "filesystem.changed"]
const SLOWEST_MS = 1000 // for anything that OpenCode is asked during its start
const RETRY_MS = [1000, 5000, 30000, 60000] // after the stream of events broke

// There is no toast and no log for a plugin: what a person must act upon is told in the session that has just ended its
// turn, as a notice that starts no new turn, and once until it changes. What went well is not told.
const say = (ctx, session, text, about) =>
  within(5000, () => ctx.session.synthetic({ sessionID: session, text, description: about, resume: false }))

const voiceOfTwo = (ctx, session) => ({
  api: 2,
  opencode: ctx.app.version,
  log: async () => {},
  tell: async (variant, message) => {
    const before = shared.told
    shared.told = variant === "success" ? "" : message
    if (variant === "success" || before === message || !session) return
    await say(ctx, session, `[autosync: a notice for the person, nothing to do for the agent] ${message}`, message)
  },
})

const hear = (ctx, event) => {
  if (STIRS.includes(event?.type)) shared.stirred = true
  const session = finished(event)
  if (session !== undefined && fresh(event, session)) ask(voiceOfTwo(ctx, session))
}

const pause = (ms, signal) =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    timer.unref?.()
    signal.addEventListener("abort", resolve, { once: true })
  })

const listen = async (ctx, signal) => {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      for await (const event of ctx.event.subscribe({ signal })) {
        failures = 0
        await quietly(() => hear(ctx, event))
      }
    } catch {
      // what the stream says of itself helps nobody here
    }
    if (signal.aborted) return
    await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)], signal)
    if (!signal.aborted) await quietly(() => ask(voiceOfTwo(ctx, ""))) // a turn may have ended unheard
  }
}

// An event that tells the end of a turn may be lost. One timer for all projects, made anew by the newest copy of this file.
const lookNowAndThen = (ctx) => {
  clearInterval(shared.timer)
  shared.timer = setInterval(() => {
    leaveWord(2, ctx.app.version)
    quietly(() => ask(voiceOfTwo(ctx, "")))
  }, SETUP.look_ms)
  shared.timer.unref?.()
}

// The last one to leave starts a sync of its own where one is due: this process may be about to end, so nobody waits.
const leave = (ctx, place, mine) => {
  mine.abort()
  if (shared.places.get(place) !== mine) return
  shared.places.delete(place)
  if (shared.places.size) return
  clearInterval(shared.timer)
  if (!shared.stirred && !shared.again) return
  shared.again = false
  quietly(() => sync(voiceOfTwo(ctx, "")))
}

const offer = async (ctx) => {
  const run = async (input) => ({ content: await answer(2, input ?? {}) })
  const tool = { name: "config_backup", description: ABOUT_TOOL, input: INPUT, options: { codemode: false }, execute: run }
  await quietly(() => ctx.tool.transform((editor) => void editor.add(tool)))
  const tree = dirname(dirname(fileURLToPath(import.meta.url)))
  if (taken([tree, join(ctx.location.directory, ".opencode")])) return
  const execute = async ({ sessionID, prompt } = {}) => {
    const said = await answer(2, asked(prompt?.text))
    await say(ctx, sessionID, `[the answer to /backup, for the person; nothing to do for the agent]\n${said}`, said)
  }
  const command = { name: "backup", description: ABOUT_COMMAND, execute }
  await quietly(() => ctx.command.transform((editor) => void editor.add(command)))
}

const setup = async (ctx) => {
  const mine = new AbortController()
  let place = ""
  await quietly(() => {
    place = `${ctx.location.directory}\0${ctx.location.workspaceID ?? ""}`
    shared.places.get(place)?.abort() // an instance that a reload forgot
    shared.places.set(place, mine)
    leaveWord(2, ctx.app.version)
    sweep()
    listen(ctx, mine.signal)
    lookNowAndThen(ctx)
  })
  await within(SLOWEST_MS, () => offer(ctx))
  return () => {
    quietly(() => leave(ctx, place, mine))
  }
}

export default { id: "autosync-tasks", server, setup }
