import { setImmediate } from 'node:timers/promises'
import { endAtOnceWhenTold } from './life/signals.ts'

// Before the rest is loaded, which takes longest of all.
endAtOnceWhenTold()
const { start } = await import('./start.ts')
// Loading leaves no time to hear what was said meanwhile.
await setImmediate()
await start({ environment: process.env, flags: process.argv.slice(2) })
