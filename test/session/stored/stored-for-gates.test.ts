import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/session/record/plan.ts'
import type { GateFacts, SessionRecord } from '../../../src/session/record/record.ts'
import { isStoredSession, sessionIn, storedFrom } from '../../../src/session/stored/stored-session.ts'
import { alice, recordAt, yes } from '../../support/alice.ts'
import { releaseOfOneGate, type SeenByOneGate } from './release-of-one-gate.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const marks: Readonly<Record<string, string>> = { members: 'm', operators: 'o', auditors: 'a' }
const scopeOf = (gates = marks) => ({ app: 'app', tenantId: alice.tenantId, gates })
const unknown: GateFacts = { membership: 'unknown' }
const no: GateFacts = { membership: { member: false, provenAt: start, reason: 'not-in-group' } }
const plan = { askedAt: start, order: start + 1, until: start + hour }
/** Alice is a member at two of three gates; the end of one membership is known. */
const gates = { members: yes(start), operators: { ...yes(start - 1), plan }, auditors: no }
const record: SessionRecord = { ...recordAt(start), gates }
const stored = (
  changes: Partial<SessionRecord> = {},
  { of = marks, before }: { of?: typeof marks; before?: string } = {},
) => storedFrom({ cookie: {}, record: { ...record, ...changes } } as never, scopeOf(of), before)
const read = (text: string, of = marks) => sessionIn(text, scopeOf(of))?.record
const groupsIn = (text: string): Record<string, unknown> => JSON.parse(text).record.groups

describe('a session for several gates', () => {
  test('is read as it was stored', () => {
    expect(read(stored())).toEqual(record)
  })

  test('is read with the instants at which Microsoft was asked', () => {
    const asked = { ownProvenAt: start + 5, unlistedAt: start + 6 }
    expect(read(stored(asked))).toEqual({ ...record, ...asked })
  })

  test('is read with these instants also where nothing was learned of any gate', () => {
    const asked = { ownProvenAt: start + 5, unlistedAt: start + 6 }
    expect(read(stored({ ...asked, gates: {} }))).toMatchObject(asked)
  })

  test('knows nothing of a gate that nobody asked about', () => {
    const { members } = gates
    expect(read(stored({ gates: { members } }))?.gates).toEqual({ members, operators: unknown, auditors: unknown })
  })

  test('has no proof at a gate that was given another group, and keeps those at the others', () => {
    const found = read(stored(), { ...marks, operators: 'another' })
    expect(found?.gates).toEqual({ ...gates, operators: unknown })
  })

  test('has its proof again at a gate that gets its group back', () => {
    const of = { ...marks, operators: 'another' }
    const meanwhile = stored({ gates: { ...gates, operators: no } }, { of, before: stored() })
    expect([read(meanwhile, of)?.gates.operators, read(meanwhile)?.gates]).toEqual([no, gates])
  })

  test('has no proof at a gate of which another release wrote a shape unknown here, and keeps those at the others', () => {
    const text = stored().replace(JSON.stringify({ ...no }), '{"membership":"of another shape"}')
    expect(read(text)?.gates).toEqual({ ...gates, auditors: unknown })
  })

  test('knows the gates of these settings and no others', () => {
    expect(read(stored(), { members: 'm' })?.gates).toEqual({ members: gates.members })
  })

  test('keeps what is known of a gate that these settings do not have', () => {
    const changed = stored({ browser: 'newer' }, { of: { members: 'm' }, before: stored() })
    expect(read(changed)).toEqual({ ...record, browser: 'newer' })
  })

  test('is stored without the facts of a gate that these settings do not have', () => {
    expect(Object.keys(groupsIn(stored({}, { of: { members: 'm' } })))).toEqual(['m'])
  })

  test('is stored also where nothing was proven of any gate', () => {
    expect(read(stored({ gates: {} }))?.gates).toEqual({ members: unknown, operators: unknown, auditors: unknown })
  })

  test('keeps what is known of the twenty groups of no gate that came last, beside its own', () => {
    const others = Array.from({ length: 22 }, (_, index) => `other ${index}`)
    const known = Object.fromEntries(['m', ...others, 'o', 'a'].map(mark => [mark, no]))
    const { record: found, ...session } = JSON.parse(stored())
    const before = JSON.stringify({ ...session, record: { ...found, groups: known } })
    const kept = groupsIn(stored({}, { before }))
    expect(Object.keys(kept)).toEqual([...others.slice(2), 'm', 'o', 'a'])
  })

  test('was asked about when the newest of its gates was', () => {
    const { record: found, ...session } = JSON.parse(stored())
    const { m, o, a } = found.groups
    const asked = (facts: object, ownProvenAt?: number, unlistedAt?: number) => ({ ...facts, ownProvenAt, unlistedAt })
    const groups = { m: asked(m, start + 1, start + 9), o: asked(o, start + 7), a: asked(a, start + 3, start + 2) }
    expect(read(JSON.stringify({ ...session, record: { ...found, groups } }))).toEqual({
      ...record,
      ...{ ownProvenAt: start + 7, unlistedAt: start + 9 },
    })
  })

  test('is read as it was stored at a gate called constructor', () => {
    const of = { members: 'm', constructor: 'c' }
    const both = { members: gates.members, constructor: gates.operators }
    expect(read(stored({ gates: both }, { of }), of)?.gates).toEqual(both)
  })

  test('knows nothing of a gate called constructor that nobody asked about', () => {
    expect(read(stored(), { members: 'm', constructor: 'c' })?.gates).toEqual({
      members: gates.members,
      constructor: unknown,
    })
  })
})

/** The release that knows one group: that of the gate members. */
const before = releaseOfOneGate({ app: 'app', group: 'm' })
const seen: SeenByOneGate = {
  ...{ identity: alice, contexts: { c1: start }, signedInAt: start, lastSeenAt: start, browser: 'Firefox' },
  ...{ membership: yes(start).membership, ownProvenAt: start + 1, unlistedAt: start + 2, plan, lineage: 'lineage' },
}

describe('a session of the release of one gate', () => {
  test('is read with what it knows as that of the gate members, and knows nothing of the others', () => {
    const { membership, plan: _, ...person } = seen
    const known = { members: { membership, plan }, operators: unknown, auditors: unknown }
    expect(read(before.write(seen))).toEqual({ ...person, gates: known })
  })

  test('can be gone on with here', () => {
    expect(isStoredSession(before.write(seen))).toBe(true)
  })

  test('keeps what it knew when this release changes it', () => {
    const text = before.write(seen)
    const { record: found, ...session } = sessionIn(text, scopeOf()) as { record: SessionRecord }
    const after = storedFrom(
      { ...session, record: { ...found, gates: { ...found.gates, auditors: no } } },
      scopeOf(),
      text,
    )
    expect(before.read(after)).toEqual(seen)
  })
})

describe('a session of the first release', () => {
  const ended = { askedAt: start, until: start, endedAt: start }
  const text = JSON.stringify({
    cookie: {},
    record: { ...{ ...recordAt(start), gates: undefined }, membership: yes(start).membership, plan: ended },
  })

  test('is bound at the gate members alone by the end that it knew, and proves nothing at any gate', () => {
    const bound = { ...unknown, plan: { ...ended, order: start + 10_000 } }
    expect(read(text)?.gates).toEqual({ members: bound, operators: unknown, auditors: unknown })
  })

  test('is bound also where no gate but another was asked about by now', () => {
    const { record: found } = JSON.parse(text)
    const groups = { o: gates.operators }
    expect(read(JSON.stringify({ cookie: {}, record: { ...found, groups } }))?.gates).toMatchObject({
      members: { plan: { endedAt: start } },
      operators: gates.operators,
    })
  })
})

describe('the release of one gate', () => {
  test('reads what this release knows of the gate members, and when Microsoft was asked', () => {
    const asked = { ownProvenAt: start + 5, unlistedAt: start + 6 }
    const text = stored({ ...asked, gates: { ...gates, members: { ...gates.members, plan } } })
    const { gates: _, ...person } = record
    expect(before.read(text)).toEqual({ ...person, ...asked, ...gates.members, plan })
  })

  test('finds the facts of each gate under its mark, beside no membership and the plan of the gate members', () => {
    const asked = { ownProvenAt: start + 5, unlistedAt: start + 6 }
    const known = { ...gates, members: { ...gates.members, plan: { askedAt: start } } }
    expect(JSON.parse(stored({ ...asked, gates: known })).record).toMatchObject({
      ...{ v: 2, app: 'app', membership: 'unknown', plan: { askedAt: start } },
      groups: {
        m: { ...known.members, ...asked },
        o: { ...known.operators, ...asked },
        a: { ...known.auditors, ...asked },
      },
    })
  })

  test('is not bound by an end at another gate', () => {
    expect(Object.keys(before.read(stored()))).not.toContain('plan')
    expect(Object.keys(JSON.parse(stored()).record)).not.toContain('plan')
  })

  test('that writes in between loses nothing that is known of the other gates', () => {
    const text = stored()
    const between = before.write({ ...before.read(text), ...no, browser: 'newer' }, text)
    expect(read(between)).toEqual({ ...record, browser: 'newer', gates: { ...gates, members: no } })
  })

  test('that learns of an end in between binds this release at the gate members alone', () => {
    const ended = { askedAt: start + 9, until: start + 9, endedAt: start + 9 }
    const text = stored()
    const between = before.write({ ...before.read(text), plan: ended }, text)
    expect(read(between)?.gates).toEqual({ ...gates, members: { ...gates.members, plan: ended } })
  })
})

describe('a group that was that of the gate members and is now that of another', () => {
  const ended = { askedAt: start, until: start, endedAt: start }
  const group = releaseOfOneGate({ app: 'app', group: 'o' })

  test.for<[what: string, known: Plan]>([
    ['its end', plan],
    ['the end that a person made', ended],
  ])('takes along %s, which does not bind the gate members', ([_what, known], { expect }) => {
    const text = group.write({ ...seen, plan: known })
    expect(read(text)?.gates).toMatchObject({ operators: { plan: known } })
    expect(read(text)?.gates.members).toEqual(unknown)
  })
})
