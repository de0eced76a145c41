// OpenCode 1: hooks of one folder. The named export is for versions before 1.14, which call each export that is a
// function; later ones take `server` of the default export alone.

// `opencode run` has no toasts; its terminal is a line printer. The terminal program owns its screen: never print there.
const printing = () => process.argv.slice(1, 4).includes("run")

const voiceOfOne = (client) => ({
  api: 1,
  opencode: "",
  log: (level, message, extra) =>
    quietly(() => client?.app?.log({ body: { service: "autosync", level, message: plain(message), extra } })),
  tell: async (variant, message) => {
    if (printing()) await quietly(() => process.stderr.write(`autosync: ${message}\n`))
    await quietly(() => client?.tui?.showToast({ body: { title: "Backup", message, variant, duration: 6000 } }))
  },
})

const server = async ({ client } = {}) => {
  const voice = voiceOfOne(client)
  leaveWord(1, "")
  sweep()
  const version = setTimeout(async () => {
    const health = await within(5000, () => client?._client?.get({ url: "/global/health" }))
    voice.opencode = health?.data?.version ?? ""
    if (voice.opencode) leaveWord(1, voice.opencode)
  }, 1000) // not while OpenCode still starts
  version.unref?.()
  let ours = false // whether /backup is this plugin's, not the person's own
  return {
    event: async ({ event } = {}) => {
      await quietly(() => {
        if (event?.type === "file.edited") note(event.properties?.file)
        const session = finished(event)
        if (session !== undefined && fresh(event, session)) ask(voice)
      })
    },
    config: async (config) => {
      await quietly(() => {
        config.command ??= {}
        ours = !config.command.backup
        if (ours) config.command.backup = { description: ABOUT_COMMAND, template: "Say how the backup stands: $ARGUMENTS" }
      })
    },
    "command.execute.before": async (input, output) => {
      await quietly(async () => {
        if (!ours || input?.command !== "backup") return
        const said = await answer(1, asked(input.arguments))
        const words = `The backup program says:\n\n${said}\n\nPass this on in a sentence or two, and do nothing else.`
        output.parts.splice(0, output.parts.length, { type: "text", text: words })
      })
    },
    // Versions before 1.14.49 take nothing but Zod here; what the arguments are is told by the definition below.
    tool: { config_backup: { description: ABOUT_TOOL, args: {}, execute: (input) => answer(1, input ?? {}) } },
    "tool.definition": async (input, output) => {
      await quietly(() => {
        if (input?.toolID === "config_backup" && "jsonSchema" in output) output.jsonSchema = INPUT
      })
    },
    "tool.execute.after": async (input) => {
      await quietly(() => {
        if (["bash", "shell", "patch", "apply_patch", "task"].includes(input?.tool)) note(`tool ${input.tool}`)
      })
    },
    dispose: async () => {
      if (!shared.running && shared.noted.size) await quietly(() => ask(voice)) // it ended before it was idle
      if (shared.running) await within(DISPOSE_WAIT_MS, () => shared.running)
    },
  }
}

export const AutosyncTasks = server
