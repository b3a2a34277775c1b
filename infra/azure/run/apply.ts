import { isNotShown } from '../graph/problem.ts'
import { bounds, createPatience } from '../graph/waiting.ts'
import type { Known } from '../model/known.ts'
import type { Thing } from '../model/thing.ts'
import { type Planned, plannedOf } from './plan.ts'
import { Unsettled } from './unsettled.ts'

type Time = { clock: () => Date; sleep: (ms: number) => Promise<void> }

/**
 * Works down a plan: each thing is read again, written where it differs, and read back until it is as it should be.
 * Running it again after an interruption goes on where it stopped. Throws Unsettled where Graph took a write and does
 * not show it within a bound.
 */
export async function applyPlan(
  planned: readonly Planned[],
  { known, time, told }: { known: Known; time: Time; told: (done: string) => void },
): Promise<void> {
  for (const { thing, line } of planned) {
    if (line.action === 'nothing') continue
    await applyThing(thing, known, time)
    told(line.object)
  }
}

async function applyThing(thing: Thing, known: Known, time: Time): Promise<void> {
  const { line } = await readPatiently(thing, known, time)
  if (line.action === 'nothing') return
  await thing.write(known, line.before ?? undefined)
  const wait = createPatience(time, bounds.shownMs)
  for (;;) {
    const shown = await plannedOf(thing, known).catch(notShownYet)
    if (shown?.line.action === 'nothing') return
    if (!(await wait())) throw new Unsettled(thing.object, shown?.line)
  }
}

/** Reads a thing whose group or application was created a moment ago, and may be shown in one answer and not in the next. */
async function readPatiently(thing: Thing, known: Known, time: Time): Promise<Planned> {
  const wait = createPatience(time, bounds.shownMs)
  for (;;)
    try {
      return await plannedOf(thing, known)
    } catch (error) {
      if (!isNotShown(error) || !(await wait())) throw error
    }
}

function notShownYet(error: unknown): undefined {
  if (!isNotShown(error)) throw error
}
