import { describe, expect, test } from 'vitest'
import type { Plan } from '../../../src/session/record/plan.ts'
import type { GateFacts, SessionRecord } from '../../../src/session/record/record.ts'
import { isStoredSession, sessionIn, storedFrom } from '../../../src/session/stored/stored-session.ts'
import { alice, recordAt, yes } from '../../support/alice.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const scope = { app: 'app', tenantId: alice.tenantId }
const record = recordAt(start)
const scopeOf = (group: string) => ({ ...scope, gates: { members: group } })
const stored = (
  changes: Partial<SessionRecord> = {},
  { group = 'group', before }: { group?: string; before?: string } = {},
) => storedFrom({ cookie: {}, record: { ...record, ...changes } } as never, scopeOf(group), before)
/** All that is known, where there is one gate. */
const at = (known: GateFacts) => ({ gates: { members: known } })
const unproven = { ...record, ...at({ membership: 'unknown' }) }
const planned = (plan: Plan) => at({ ...yes(start), plan })
const read = (text: string, group = 'group') => sessionIn(text, scopeOf(group))?.record
/** A stored session with fields of its record changed, as another release might write it. */
const bent = (text: string, changes: object) => {
  const session = JSON.parse(text)
  return JSON.stringify({ ...session, record: { ...session.record, ...changes } })
}

describe('the addresses of a session', () => {
  const from = { signedInFrom: '203.0.113.7', lastSeenFrom: '2001:db8::1' }
  test('are read as they were written', () => {
    expect(read(stored(from))).toMatchObject(from)
  })

  test('are absent where an earlier release wrote none', () => {
    expect(Object.keys(read(stored()) ?? {}).filter(name => name.endsWith('From'))).toEqual([])
  })

  test.each(['', 'a'.repeat(1_000), '<b>', 7, null])('are not believed where they are none: %j', address => {
    const text = bent(stored(from), { signedInFrom: address })
    expect(read(text)).not.toHaveProperty('signedInFrom')
    expect(read(text)).toHaveProperty('lastSeenFrom')
  })
})

describe('a session for one group', () => {
  test('is read as it was stored', () => {
    expect(read(stored())).toEqual(record)
  })

  test('is never read into the same objects twice, so that nobody changes what another holds', () => {
    const text = stored()
    expect(isStoredSession(text)).toBe(true)
    const [one, other] = [sessionIn(text, scopeOf('group')), sessionIn(text, scopeOf('group'))]
    expect(one).toEqual(other)
    expect(one?.record.identity).not.toBe(other?.record.identity)
  })

  test('is read from its own text, whichever text was looked at last', () => {
    expect(isStoredSession(stored({ lineage: 'another' }))).toBe(true)
    expect(read(stored())).toEqual(record)
  })

  test('is read as before after a text that is no session', () => {
    expect(isStoredSession('{}')).toBe(false)
    expect(() => sessionIn('{}', scopeOf('group'))).toThrow()
  })

  test('is read with its lineage', () => {
    const lineage = 'lineage'
    expect(read(stored({ lineage }))).toEqual({ ...record, lineage })
  })

  test('has no proof of a membership in another group', () => {
    expect(read(stored(), 'another')).toEqual(unproven)
  })

  test('has no proof where another release wrote a shape unknown here', () => {
    expect(read(bent(stored(), { groups: { group: { membership: 'of another shape' } } }))).toMatchObject(
      at({ membership: 'unknown' }),
    )
  })

  test('has no proof where the first release wrote it, which knows no marks', () => {
    expect(read(bent(stored(), { app: undefined, groups: undefined }))).toEqual(unproven)
  })

  test('keeps what is known of another group', () => {
    expect(read(stored({ browser: 'newer' }, { group: 'another', before: stored() }))).toEqual({
      ...record,
      browser: 'newer',
    })
  })

  test('keeps what is known of the twenty other groups that came last, for so many gates may another replica have', () => {
    const groups = Array.from({ length: 22 }, (_, index) => `group ${index}`)
    let text: string | undefined
    for (const group of groups) text = stored({}, { group, ...(text && { before: text }) })
    expect(Object.keys(JSON.parse(text ?? '').record.groups)).toEqual(groups.slice(-21))
  })

  test('gives its place to no other group when it is written often', () => {
    let text = stored({}, { group: 'another' })
    for (let times = 0; times < 5; times++) text = stored({}, { before: text })
    expect(Object.keys(JSON.parse(text).record.groups)).toEqual(['another', 'group'])
  })

  test('counts as the newest of the groups when it is written', () => {
    const before = stored({}, { group: 'another', before: stored() })
    expect(Object.keys(JSON.parse(stored({}, { before })).record.groups)).toEqual(['another', 'group'])
  })
})

describe('the version of a stored session', () => {
  test.each([
    [1, true],
    [2, true],
    [undefined, true],
    [0, false],
    [3, false],
    [1.5, false],
  ])('%s can be gone on with here: %s', (v, expected) => {
    expect(isStoredSession(bent(stored(), { v }))).toBe(expected)
  })

  test('is 2 when this release writes it', () => {
    expect(JSON.parse(stored()).record.v).toBe(2)
  })
})

describe('a plan of the first release', () => {
  const until = start + hour
  const period = { askedAt: start, from: start - hour, until }
  const ended = { ...period, until: start, endedAt: start }
  /** The plan that counts here, where the first release wrote `plan` beside the `known` one. */
  const counting = (plan: Plan | undefined, known?: Plan) =>
    read(bent(stored(known && planned(known)), { plan }))?.gates.members?.plan

  test('is the bound where no plan is known here', () => {
    expect(counting({ ...period, order: 7, act: 7, shownAt: start })).toEqual({ ...period, order: 1 })
  })

  test('is the bound without an end, too', () => {
    expect(counting({ askedAt: start })).toEqual({ askedAt: start, order: 1 })
  })

  test('gives way to the plan that is known here', () => {
    const known = { askedAt: start - hour, until: start + 2 * hour }
    expect(counting(period, known)).toEqual(known)
  })

  test('that the person ended there counts over the plan that is known here, and over questions asked before', () => {
    const known = { askedAt: start - hour, until, order: start + hour }
    expect(counting(ended, known)).toEqual({ ...ended, order: start + hour + 10_000 })
  })

  test('that the person ended there counts over questions asked before it, where no plan is known here', () => {
    expect(counting(ended)).toEqual({ ...ended, order: start + 10_000 })
  })

  test('that the person ended there counts over an earlier end that is known here', () => {
    const known = { ...period, endedAt: start - 1 }
    expect(counting(ended, known)).toMatchObject({ endedAt: start })
  })

  test('gives way to the same end that is known here', () => {
    const known = { ...ended, order: start }
    expect(counting(ended, known)).toEqual(known)
  })

  test('that is none leaves what is known here', () => {
    expect(counting(undefined, period)).toEqual(period)
  })

  test('that is none binds nothing', () => {
    expect(counting(undefined)).toBeUndefined()
  })

  test('says nothing where the session knows of other groups', () => {
    const both = stored({}, { before: stored({}, { group: 'another' }) })
    expect(read(bent(both, { plan: ended }))).toEqual(record)
  })

  test('is the bound where the session knows of no group', () => {
    expect(read(bent(stored(), { groups: undefined, plan: period }))?.gates.members?.plan).toEqual({
      ...period,
      order: 1,
    })
  })
})

describe('the first release', () => {
  test('reads the plan that is known here', () => {
    const plan = { askedAt: start, until: start + hour }
    expect(JSON.parse(stored(planned(plan))).record.plan).toEqual(plan)
  })

  test('reads no membership but its own', () => {
    const membership = { member: true, provenAt: start }
    const before = bent(stored(), { membership })
    expect(JSON.parse(stored()).record.membership).toBe('unknown')
    expect(JSON.parse(stored({}, { before })).record.membership).toEqual(membership)
  })
})
