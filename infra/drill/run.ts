import { setTimeout as after } from 'node:timers/promises'
import type { Drill, Group } from './drills.ts'
import { judged } from './judge.ts'
import type { Size } from './size.ts'
import type { Row } from './table.ts'
import { openWorld, type World } from './world.ts'

export type Say = (text: string) => void

/** Plays the drills, each group in a world of its own. Returns the measurements in the order of the drills. */
export async function runDrills(groups: readonly Group[], size: Size, say: Say = () => {}): Promise<Row[]> {
  const wanted = groups.filter(({ drills }) => drills.length > 0)
  if (size.together) return (await Promise.all(wanted.map(group => runGroup(group, size, say)))).flat()
  const rows: Row[] = []
  for (const group of wanted) rows.push(...(await runGroup(group, size, say)))
  return rows
}

async function runGroup({ settings, drills }: Group, size: Size, say: Say): Promise<Row[]> {
  const began = performance.now()
  const world = await openWorld(size, settings)
  try {
    await world.admit(size.sessions)
    say(`${size.sessions} sessions after ${Math.round((performance.now() - began) / 1000)} s`)
    const rows: Omit<Row, 'overStays' | 'longestStay'>[] = []
    for (const drill of drills) {
      await drill.prepare?.(world)
      rows.push(await play(drill, world, settings.MEMBERSHIP_ROSTER === 'on'))
      say(`${drill.name} is over`)
    }
    // Some ends are noticed only now, after the drill in which they came.
    await world.people.allOut()
    const { overStays, longestStay } = world.people
    return rows.map(row => ({ ...row, overStays: overStays(row.drill), longestStay: longestStay(row.drill) }))
  } finally {
    await world.close()
  }
}

async function play(drill: Drill, world: World, isRosterOn: boolean): Promise<Omit<Row, 'overStays' | 'longestStay'>> {
  const { size, fleet, load, people } = world
  const { name } = drill
  const isAmong = (names: 'all' | readonly string[]) => names === 'all' || names.includes(name)
  const [isRemoving, isEnding] = [isAmong(size.removals), isRosterOn && isAmong(size.knownEnds)]
  // A removal just before the fault would be noticed only when Entra is back.
  if (!drill.isEntraThere) await people.allOut()
  await people.need(Number(isRemoving) + Number(isEnding))
  await calm(world)
  if (isEnding) {
    // All replicas know this end when the fault begins, and the end comes during the fault.
    const leadMs = size.rosterSeconds * 1_000 + 4_000
    await people.end(name, 'known', Date.now() + leadMs + size.endAfterMs)
    await after(leadMs)
  }
  const complaintsBefore = fleet.complaints().length
  const before = fleet.residentMb()
  load.taken()

  const from = Date.now()
  const removal = isRemoving && after(size.endAfterMs).then(() => people.end(name, 'removed'))
  const { felt, mendedAt: to = Date.now() } = await drill.run(world)
  await removal
  await calm(world)
  const judgement = judged(load.taken(), { from, to, mayRefuse: drill.mayRefuse, recoverMs: size.recoverMs })

  const { whileAnsweredSeconds, whateverFailsSeconds } = fleet.worstCase()
  people.settle(name, {
    answeredFrom: drill.isEntraThere && !drill.mayRefuse ? from : to + judgement.recoverSeconds * 1_000,
    whileAnsweredMs: (drill.name === 'graph-429' ? size.recheckSeconds : whileAnsweredSeconds) * 1_000,
    whateverFailsMs: whateverFailsSeconds * 1_000,
  })
  return {
    drill: name,
    seconds: (to - from) / 1_000,
    ...judgement,
    felt: felt(judgement.later),
    unhandled: fleet.complaints().slice(complaintsBefore),
    memory: { before, after: fleet.residentMb() },
  }
}

/** Waits until nothing has gone wrong for a while, but not for ever: the judge counts what is still wrong. */
async function calm({ load, size }: World): Promise<void> {
  const end = performance.now() + size.recoverMs + 2 * size.calmMs
  // Every earlier request has been answered by then.
  await after(size.calmMs)
  while (load.calmFor() < size.calmMs && performance.now() < end) await after(50)
}
