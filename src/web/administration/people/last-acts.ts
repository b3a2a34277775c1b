import type { Ledger } from '../../../session/ledger/ledger.ts'
import { personIn } from '../trail/facts-of-record.ts'

/** When a person last did something at a gate, and the number of its record. */
export type LastAct = { at: number; seq: number }

/** So many of the newest records are looked at: what was done long ago is found in the trail itself. */
const mostRecords = 2_000

/**
 * The newest thing that each person did at a gate, by gate and object id: a form that they sent to a page, or an act about
 * access that was completed. Throws Problem('redis-away').
 */
export async function lastActsOf(ledger: Pick<Ledger, 'read'>): Promise<ReadonlyMap<string, LastAct>> {
  const found = new Map<string, LastAct>()
  for (const { seq, record } of await ledger.read({}, { newestFirst: true, count: mostRecords })) {
    const doer = personIn(record, 'actor')
    if (!doer || (record.event !== 'wrote' && !record.event.endsWith('Completed'))) continue
    const place = `${record.gate} ${doer.objectId}`
    if (!found.has(place)) found.set(place, { at: Date.parse(record.at), seq })
  }
  return found
}
