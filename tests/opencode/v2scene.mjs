// Plays a scene on the stand-in for OpenCode 2 and prints what came of it as JSON.
// node v2scene.mjs PLUGIN '{"options": {…}, "steps": [["open", DIR], ["turn", SESSION, OUTCOME, DIR], …]}'
import { appendFileSync, existsSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { createHost, load } from "./v2host.mjs"

const [, , file, scene] = process.argv
const { options = {}, steps = [], log = "" } = JSON.parse(scene)
const said = [], answers = [], turns = []
const stubs = { "session.synthetic": async (input) => {
  said.push(input)
  if (options.synthetic === "throws") throw new Error("no such session")
  if (options.synthetic === "hangs") await new Promise(() => {})
} }
const host = createHost({ ...options, stubs })
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const count = (word) => (existsSync(log) ? readFileSync(log, "utf8").split("\n").filter((line) => line.startsWith(word)).length : 0)
const item = (name) => host.instances.findLast((one) => one.items.has(name)).items.get(name)

let plugin = await load(file)
const play = {
  open: async (place) => host.activate(plugin, place),
  reload: async (number, orphan) => { // the file was read anew; an orphan is dropped without its cleanup
    await host.unload(host.instances[number], { orphan })
    plugin = await load(file, { fresh: true })
    await host.activate(plugin, host.instances[number].location)
  },
  turn: async (session, outcome, location, more = {}) => { host.turn(session, outcome, { location, ...more }); turns.push(Date.now()) },
  emit: async (type, data, how) => host.emit(type, data, how),
  break: async () => host.breakStreams(),
  wait: pause,
  // until so many syncs have ended (at most 10 s), and a moment longer: one too many is seen too
  syncs: async (number) => {
    for (let n = 0; count("end") < number; n++) { if (n === 500) throw new Error(`${count("end")} syncs, not ${number}`); await pause(20) }
    await pause(250)
  },
  began: async (number) => { for (let n = 0; count("begin") < number && n < 500; n++) await pause(20) },
  tool: async (input) => answers.push((await item("tool:config_backup").execute(input, { signal: new AbortController().signal })).content),
  command: async (text) => void (await item("command:backup").execute({ sessionID: "ses_0", prompt: { text }, delivery: "queue" })),
  random: async (number) => { // turns at random distances; what is lost and doubled is decided by the host's seed
    for (let n = 0; n < number; n++) {
      const one = host.instances[n % host.instances.length]
      host.turn(`ses_${n % 3}`, ["succeeded", "failed", "interrupted"][n % 3], { location: one.location })
      turns.push(Date.now())
      await pause((n * 37) % 90)
    }
  },
  die: async () => { appendFileSync(log, "die\n"); process.kill(-process.pid, "SIGKILL") }, // with its whole group, as a terminal does
}
try { process.chdir(homedir()) } catch {} // the shared server runs in the home directory, not in a project
for (const [name, ...rest] of steps) await play[name](...rest)
const report = await host.close()
console.log(JSON.stringify({ ...report, said, answers, turns }))
process.exit(0)
