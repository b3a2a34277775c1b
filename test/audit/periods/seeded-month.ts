import type { How } from '../../../src/audit/periods/period.ts'
import type { AuditRecord, AuditRecordRead } from '../../../src/audit/trail.ts'

/** A stay as it was, whoever saw it. */
export type TrueStay = {
  gate: string
  objectId: string
  how: How
  since: number
  end: number | undefined
  ended: string | undefined
  extensions: number
}

const minute = 60_000
const day = 24 * 60 * minute
export const monthBegins = Date.parse('2026-10-01T00:00:00Z')
const monthEnds = Date.parse('2026-11-01T00:00:00Z')

/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A month of many people at several gates: as it was, and as the trail tells it. `perPerson`: about so many stays each. */
export function seededMonth({ seed, people, perPerson = 3 }: { seed: number; people: number; perPerson?: number }) {
  const random = seeded(seed)
  const stays: TrueStay[] = []
  const written: [number, AuditRecord][] = []
  for (let index = 0; index < people; index++) {
    const objectId = `${String(index).padStart(8, '0')}-0000-4000-8000-000000000000`
    const person = { objectId, name: `Person ${index}`, username: `p${index}@contoso.example` }
    const gate = random() < 0.6 ? 'members' : random() < 0.5 ? 'operators' : 'administrators'
    const rare = random()
    if (rare < 0.06) alwaysOn(person, gate, rare < 0.02 ? 'role' : rare < 0.04 ? 'outside-pim' : 'assigned')
    else turnsOnNowAndThen(person, gate)
  }
  const records = written
    .toSorted(([one], [other]) => one - other)
    .map(
      ([at, record], seq): AuditRecordRead =>
        ({ v: 1, ...record, seq, at: new Date(at).toISOString() }) as AuditRecordRead,
    )
  return { stays, records, asOf: monthEnds }

  function write(at: number, record: AuditRecord): void {
    // What comes after the month is not told in it.
    if (at < monthEnds) written.push([at, record])
  }

  type Person = { objectId: string; name: string; username: string }
  function alwaysOn(subject: Person, gate: string, source: string): void {
    const how: How = source === 'role' ? 'role' : source === 'assigned' ? 'assigned' : 'not through PIM'
    const since = monthBegins + Math.floor(random() * 20 * day)
    const end = random() < 0.5 ? since + Math.floor((1 + random() * 8) * day) : undefined
    write(since + seenLate(), { event: 'seenIn', gate, subject, source, since: iso(since) })
    if (end !== undefined)
      write(end + seenLate(), { event: 'seenOut', gate, subject, since: iso(since), how: 'removed' })
    stays.push({
      gate,
      objectId: subject.objectId,
      how,
      since,
      end,
      ended: end && 'by an administrator',
      extensions: 0,
    } as TrueStay)
  }

  function turnsOnNowAndThen(person: Person, gate: string): void {
    let free = monthBegins + Math.floor(random() * 3 * day)
    const span = (monthEnds - monthBegins) / perPerson
    while (free < monthEnds - 30 * minute) {
      const stay = turnOn(person, gate, free)
      // PIM lets nobody in again at once, and people come back after a quarter of an hour or after days.
      free = (stay.end ?? monthEnds) + 6 * minute + Math.floor(random() ** 2 * 2 * span)
    }
  }

  function turnOn(person: Person, gate: string, askedAt: number): TrueStay {
    const isPortal = random() < 0.4
    const isApproved = random() < 0.2
    const act = `act-${stays.length}-${person.objectId}`
    const request = `request-${stays.length}`
    const reason = `Reason ${stays.length}`
    const minutes = 30 * (1 + Math.floor(random() * 12))
    const since = askedAt + (isApproved ? Math.floor((1 + random() * 90) * minute) : 0) + Math.floor(random() * 4_000)
    const wish = { gate, act, actor: person, reason, minutes, ...(random() < 0.8 && { ticket: `INC-${stays.length}` }) }
    if (!isPortal) {
      write(askedAt, { ...wish, event: 'activationRequested' })
      if (isApproved) {
        write(askedAt + 1_500, { ...wish, event: 'activationWaiting', request })
        const approver = { objectId: 'approver', name: 'Lee Park', username: 'lee@contoso.example' }
        write(since, { event: 'approvalCompleted', gate, act: `${act}-yes`, actor: approver, subject: person, request })
      }
      // Who waits for an approval may find out about it hours later.
      const foundOut = since + (isApproved ? Math.floor(random() * 3 * 60 * minute) : 1_200)
      write(foundOut, { ...wish, event: 'activationCompleted', request, status: 'provisioned' })
    }
    const sight = { gate, subject: person, source: 'turned-on' }
    let until = since + minutes * minute
    const isExtended = random() < 0.15
    write(since + seenLate(), {
      ...sight,
      event: 'seenIn',
      since: iso(since),
      until: iso(until),
      ...(random() < 0.9 && { request, reason }),
    })
    let began = since
    if (isExtended && until < monthEnds) {
      const more = 30 * (1 + Math.floor(random() * 4))
      const extendedAt = until - 5 * minute
      if (!isPortal) {
        const extension = { gate, act: `${act}-more`, actor: person, reason, minutes: more }
        write(extendedAt, { ...extension, event: 'extensionRequested' })
        write(extendedAt + 1_200, { ...extension, event: 'extensionCompleted', request: `${request}-more` })
      }
      began = until + 1_000
      until = began + more * minute
      write(began + seenLate(), {
        ...sight,
        event: 'seenIn',
        since: iso(began),
        until: iso(until),
        request: `${request}-more`,
      })
    }
    const { end, ended } = endOf(person, gate, { act, began, until })
    const stay = {
      gate,
      objectId: person.objectId,
      how: 'turned on' as const,
      since,
      end,
      ended,
      extensions: isExtended && began !== since ? 1 : 0,
    }
    stays.push(stay)
    return stay
  }

  function endOf(person: Person, gate: string, { act, began, until }: { act: string; began: number; until: number }) {
    const chance = random()
    const early = Math.floor(began + 5 * minute + random() * Math.max(0, until - began - 6 * minute))
    const out = (at: number, how: string) =>
      write(at + seenLate(), {
        event: 'seenOut',
        gate,
        subject: person,
        how,
        ...(random() < 0.7 && { since: iso(began) }),
        ...(random() < 0.7 && { until: iso(at) }),
      })
    const isOver = (at: number) => at < monthEnds
    if (chance < 0.6 || early >= until) {
      out(until, random() < 0.5 ? 'ran-out' : 'unknown')
      return isOver(until) ? { end: until, ended: 'ran out' } : { end: undefined, ended: undefined }
    }
    if (!isOver(early + 40_000)) return { end: undefined, ended: undefined }
    if (chance < 0.75) {
      write(early - 900, { event: 'endingRequested', gate, act: `${act}-end`, actor: person })
      write(early, { event: 'endingCompleted', gate, act: `${act}-end`, actor: person, status: 'revoked' })
      out(early, 'ended')
      return { end: early, ended: 'by the person' }
    }
    if (chance < 0.9) {
      out(early, 'ended')
      return { end: early, ended: 'by the person' }
    }
    const kim = { objectId: 'kim', name: 'Kim Roe', username: 'kim@contoso.example' }
    write(early, {
      event: 'removalCompleted',
      gate,
      act: `${act}-gone`,
      actor: kim,
      subject: person,
      kind: 'active',
      reason: 'Off the rota',
    })
    out(early, 'removed')
    return { end: early, ended: 'by an administrator' }
  }

  function seenLate(): number {
    return Math.floor(random() * 30_000)
  }
}

const iso = (ms: number) => new Date(ms).toISOString()
