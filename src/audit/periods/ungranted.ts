import { textFact } from './facts.ts'
import type { UngrantedRequest } from './period.ts'
import type { Around } from './story.ts'
import type { ToldOfOne, TrailAct } from './told.ts'

/** Nobody may decide on a request after 24 hours. Source: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/groups-approval-workflow */
const undecidedMs = 24 * 3_600_000

type Result = Pick<UngrantedRequest, 'state' | 'to'> & {
  by?: TrailAct['by']
  records?: readonly number[]
  comment?: string | undefined
}

/** The requests of a person at a gate that led to nothing, or not yet. `used`: the acts of which there are periods. */
export function ungrantedIn({ told, call, asOf }: Around, used: ReadonlySet<TrailAct>): UngrantedRequest[] {
  const asked = told.acts.filter(
    act => /^(activation|extension)$/.test(act.kind) && !used.has(act) && act.is !== 'Completed',
  )
  return asked.map(act => {
    const { state, to, by, records: more = [] } = resultOf(act, told, asOf)
    const records = [...act.records, ...more].sort((one, other) => one - other)
    const { status, reason, ticket } = act.facts
    return {
      ...{ gate: told.gate, from: act.requestedAt ?? act.at, to, state, status, reason, ticket, records },
      person: call(told, records),
      by: by && call(by, records),
    }
  })
}

function resultOf(act: TrailAct, { acts, more }: ToldOfOne, asOf: number): Result {
  const { at, facts, by } = act
  const about = (kind: string) =>
    acts.find(
      each =>
        each.kind === kind &&
        each.is === 'Completed' &&
        facts.request !== undefined &&
        each.facts.request === facts.request,
    )
  const denial = about('denial')
  if (denial) return { state: 'denied', to: denial.at, by: denial.actor, records: denial.records }
  const status = (facts.status ?? '').toLowerCase()
  if (status === 'denied') return { state: 'denied', to: at, by }
  const back = about('cancellation')
  if (back) return { state: 'taken back', to: back.at, by: back.actor, records: back.records }
  if (/^cancell?ed$/.test(status)) return { state: 'taken back', to: at }
  const lapse = more.find(({ record }) => record.event === 'lapsed' && isAbout(record, act))
  if (lapse) return { state: 'not decided in time', to: lapse.at, records: [lapse.seq] }
  if (status === 'lapsed') return { state: 'not decided in time', to: at }
  if (act.is === 'Failed') return { state: 'refused', to: at }
  if (act.is !== 'Waiting') return { state: 'not known', to: at }
  const last = (act.requestedAt ?? at) + undecidedMs
  return last <= asOf ? { state: 'not decided in time', to: last } : { state: 'waiting', to: undefined }
}

const isAbout = (record: Parameters<typeof textFact>[0], { id, facts: { request } }: TrailAct): boolean =>
  textFact(record, 'act') === id || (request !== undefined && textFact(record, 'request') === request)
