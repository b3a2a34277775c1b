import { isDeepStrictEqual } from 'node:util'
import type { Known } from '../model/known.ts'
import type { PlanLine } from '../model/plan-line.ts'
import type { Thing } from '../model/thing.ts'

/** A thing with its line in the plan, and what stands beside it and is left alone. */
export type Planned = { thing: Thing; line: PlanLine; left: readonly string[] }

/** Reads every thing, in order, and says what would change. Writes nothing. */
export async function planOf(things: readonly Thing[], known: Known): Promise<Planned[]> {
  const planned: Planned[] = []
  for (const thing of things) planned.push(await plannedOf(thing, known))
  return planned
}

/** Reads one thing, and says what would change. */
export async function plannedOf(thing: Thing, known: Known): Promise<Planned> {
  const before = asJson(await thing.read(known))
  const after = asJson(thing.after(known, before))
  const action = before === undefined ? 'create' : isDeepStrictEqual(before, after) ? 'nothing' : 'change'
  const line = { object: thing.object, action, before: before ?? null, after } as const
  return { thing, line, left: before === undefined ? [] : (thing.leaves?.(known, before) ?? []) }
}

/** As it would be read back from JSON: a field without a value is no field. */
const asJson = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
