import type { CalledPerson, Period, Permission, RefusedAtGate, UngrantedRequest } from './period.ts'

/** What an auditor asks about first. */
export const exceptionKinds = [
  'no ticket',
  'not through PIM',
  'long',
  'own',
  'denied',
  'refused',
  'refused at the gate',
] as const
export type ExceptionKind = (typeof exceptionKinds)[number]

/** Instants in epoch ms. `detail`: what else there is to say, e.g. who denied it, or the code of the refusal. */
export type AccessException = {
  kind: ExceptionKind
  gate: string
  person: CalledPerson | undefined
  at: number
  end: number | undefined
  detail: string
  /** The numbers of the records that say so, the lowest first. */
  records: readonly number[]
}

type Found = {
  periods: readonly Period[]
  ungranted: readonly UngrantedRequest[]
  refusals: readonly RefusedAtGate[]
  permissions: readonly Permission[]
}
type Within = { from: number; to: number; asOf: number; longerThanMs: number }

/** What stands out in a span of time, the oldest first. */
export function exceptionsIn({ periods, ungranted, refusals, permissions }: Found, within: Within): AccessException[] {
  const found = [
    ...periods.flatMap(period => ofPeriod(period, permissions, within)),
    ...ungranted.flatMap(ofRequest),
    ...refusedOften(refusals),
  ]
  return found.sort((one, other) => one.at - other.at)
}

function ofPeriod(
  period: Period,
  permissions: readonly Permission[],
  { asOf, longerThanMs }: Within,
): AccessException[] {
  const { gate, person, how, since, end, ticket, records } = period
  const at = since ?? end ?? 0
  const about = { gate, person, at, end, records }
  const lasted = since === undefined ? 0 : (end ?? asOf) - since
  const giver = ownGiver(period, permissions)
  return [
    ...(ticket === undefined && (how === 'turned on' || how === 'assigned')
      ? [{ ...about, kind: 'no ticket', detail: '' } as const]
      : []),
    ...(how === 'not through PIM' ? [{ ...about, kind: 'not through PIM', detail: '' } as const] : []),
    ...(lasted > longerThanMs ? [{ ...about, kind: 'long', detail: '' } as const] : []),
    ...(giver ? [{ ...about, kind: 'own', ...giver } as const] : []),
  ]
}

/** Whether the same person stands on both sides: who approved or gave access, and who used it. */
function ownGiver({ gate, person, since, approvedBy, givenBy, records }: Period, permissions: readonly Permission[]) {
  if (approvedBy?.objectId === person.objectId) return { detail: 'approved by the same person', records }
  if (givenBy?.objectId === person.objectId) return { detail: 'given by the same person', records }
  const permission = permissions.findLast(
    each => each.gate === gate && each.person.objectId === person.objectId && each.at <= (since ?? 0),
  )
  if (permission?.by?.objectId !== person.objectId || permission.is === 'taken away') return undefined
  return { detail: 'permission given by the same person', records: [...new Set([...permission.records, ...records])] }
}

function ofRequest({ gate, person, from, to, state, by, status, records }: UngrantedRequest): AccessException[] {
  if (state !== 'denied' && state !== 'refused') return []
  const detail = state === 'denied' ? (by ? `by ${by.called}` : '') : (status ?? '')
  return [{ kind: state, gate, person, at: from, end: to, detail, records }]
}

/** Refusals of one person at one gate for one reason, told once with their number. */
function refusedOften(refusals: readonly RefusedAtGate[]): AccessException[] {
  const groups = Map.groupBy(refusals, ({ gate, person, code }) => [gate, person?.objectId, code].join(' '))
  return [...groups.values()].map(all => {
    const [{ gate, person, at, code }] = all as [RefusedAtGate, ...RefusedAtGate[]]
    const detail = all.length === 1 ? code : `${code} (${all.length} times)`
    const records = all.map(({ record }) => record)
    return { kind: 'refused at the gate', gate, person, at, end: all.at(-1)?.at, detail, records }
  })
}
