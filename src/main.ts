import { setImmediate } from 'node:timers/promises'
import { endAtOnceWhenTold } from './life/signals.ts'

// Before the rest is loaded, because loading takes longest of all.
endAtOnceWhenTold()
const { start } = await import('./start.ts')
// Signals that arrived during the loading are handled first.
await setImmediate()
await start({ environment: process.env, flags: process.argv.slice(2) })
