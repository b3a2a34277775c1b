import { parseArgs } from 'node:util'
import { programPath } from '../demo/redis-server.ts'
import { groups } from './drills.ts'
import { runDrills } from './run.ts'
import { long, type Size, short } from './size.ts'
import { faultsIn, tableOf } from './table.ts'

/**
 * Breaks what the application depends on, while people use it, and measures what they see. Prints a table; exit code 1
 * when a number that must be zero is not. `--short` plays every drill briefly, `--only name` plays that drill alone.
 */
const names = groups.flatMap(({ drills }) => drills.map(({ name }) => name))
const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: names },
    sessions: { type: 'string' },
    'per-second': { type: 'string' },
  },
})

const unknown = values.only.find(name => !names.includes(name))
if (unknown) stop(`There is no drill ${unknown}; there are ${names.join(', ')}.`)
const missing = ['redis-server', 'caddy'].filter(name => !programPath(name))
if (missing.length > 0) {
  const names = missing.join(' and ')
  stop(`The drills need ${names} (on Debian or Ubuntu: apt-get install ${missing.join(' ')}).`)
}

const size = sizeOf(values.short ? short : long)
const wanted = groups.map(group => ({
  ...group,
  drills: group.drills.filter(({ name }) => values.only.includes(name)),
}))
const rows = await runDrills(wanted, size, text => console.error(text))
console.log(tableOf(rows))
const faults = faultsIn(rows)
for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)

function sizeOf(usual: Size): Size {
  const { sessions = usual.sessions, 'per-second': perSecond = usual.perSecond } = values
  return { ...usual, sessions: Number(sessions), perSecond: Number(perSecond) }
}

function stop(why: string): never {
  console.error(why)
  process.exit(2)
}
