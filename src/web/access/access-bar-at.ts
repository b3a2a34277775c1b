import type { AccessNow } from '../../gate/asking/access-now.ts'
import { type Gates, knownStanding } from '../../gate/gates.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { type AccessBar, accessBarOf } from '../shell/access-bar.ts'
import { instantOf } from '../shell/instant.ts'
import { doorGate } from './circumstances.ts'

type Stands = { record: SessionRecord; gate: string; access: AccessNow }

/**
 * The line under the header for a page of one gate. It names the gate where there are several, and the gate whose access
 * ends sooner than this one's. Undefined for a person who is not in, and while the end is not known.
 */
export function accessBarAt(
  gates: Gates,
  { record, gate: name, access }: Stands,
  { now, returnTo }: { now: Date; returnTo: string },
): AccessBar | undefined {
  const { title, settings } = gates.named(name)
  const bar = accessBarOf(access, now, { selfService: settings.selfService, returnTo })
  if (!bar || gates.all.length === 1) return bar
  const sooner =
    access.state === 'on' ? soonest(gates, { record, gate: name, before: access.until ?? Infinity }) : undefined
  return {
    ...bar,
    gate: doorGate(name),
    title,
    ...(sooner && { sooner: { title: sooner.title, until: instantOf(new Date(sooner.until), now) } }),
  }
}

/** The gate whose access ends first, where that is before the end at the page's own gate. */
function soonest(gates: Gates, { record, gate, before }: { record: SessionRecord; gate: string; before: number }) {
  return gates.all
    .filter(({ name }) => name !== gate)
    .flatMap(each => {
      const access = each.accessNow(knownStanding(each, record))
      return access.state === 'on' && access.until !== undefined ? [{ title: each.title, until: access.until }] : []
    })
    .filter(({ until }) => until < before)
    .toSorted((one, other) => one.until - other.until)[0]
}
