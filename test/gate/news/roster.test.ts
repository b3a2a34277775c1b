import { describe, expect, test } from 'vitest'
import { membershipIn, readRoster, rosterFrom } from '../../../src/gate/news/roster.ts'

const ana = 'a0000000-0000-4000-8000-000000000001'
const sam = 'a0000000-0000-4000-8000-000000000002'
const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const on = (principalId: string, until?: string, startsAt = '08:00:00') => ({
  principalId,
  startsAt: at(startsAt),
  ...(until && { until: at(until) }),
})
const asked = (clock: string, before?: ReturnType<typeof rosterFrom>) => ({ askedAt: at(clock), before })

test('someone with an active assignment is a member until its end', () => {
  const roster = rosterFrom({ assignments: [on(ana, '13:00:00')], members: [ana] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toEqual({ member: true, provenAt: at('12:00:00'), until: at('13:00:00') })
})

test('someone who is not listed is not a member', () => {
  const roster = rosterFrom({ assignments: [], members: [] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toEqual({ member: false, provenAt: at('12:00:00'), reason: 'not-in-group' })
})

test('without any roster nothing is known', () => {
  expect(membershipIn(undefined, ana)).toBe('unknown')
})

test('an assignment counts although the list of members does not show it yet', () => {
  const roster = rosterFrom({ assignments: [on(ana, '13:00:00', '11:59:00')], members: [] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toMatchObject({ member: true })
})

test('someone whom another administrator took out of the group is out, though PIM still lists the assignment', () => {
  const roster = rosterFrom({ assignments: [on(ana, '13:00:00')], members: [] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toMatchObject({ member: false })
})

test('an assignment that begins later is none yet', () => {
  const roster = rosterFrom({ assignments: [on(ana, '15:00:00', '14:00:00')], members: [] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toMatchObject({ member: false })
})

test('an assignment whose end has come is none any more, though it is still listed', () => {
  const roster = rosterFrom({ assignments: [on(ana, '12:00:00')], members: [] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toMatchObject({ member: false })
})

test('of two assignments the later end counts', () => {
  const roster = rosterFrom(
    { assignments: [on(ana, '14:00:00'), on(ana, '13:00:00')], members: [ana] },
    asked('12:00:00'),
  )
  expect(membershipIn(roster, ana)).toMatchObject({ until: at('14:00:00') })
})

test('an assignment without an end outlasts one with an end', () => {
  const roster = rosterFrom({ assignments: [on(ana, '13:00:00'), on(ana)], members: [ana] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toEqual({ member: true, provenAt: at('12:00:00') })
})

test('a member whom PIM does not know was added outside it and has no end', () => {
  const roster = rosterFrom({ assignments: [], members: [sam] }, asked('12:00:00'))
  expect(membershipIn(roster, sam)).toEqual({ member: true, provenAt: at('12:00:00') })
})

test('a list of members that lags behind lets nobody stay whose assignment has just ended', () => {
  const before = rosterFrom({ assignments: [on(ana, '12:00:00')], members: [ana] }, asked('11:59:50'))
  const roster = rosterFrom({ assignments: [], members: [ana] }, asked('12:00:10', before))
  expect(membershipIn(roster, ana)).toMatchObject({ member: false, reason: 'ran-out', endedAt: at('12:00:00') })
})

test('someone added directly after their assignment has ended is a member once the lists have settled', () => {
  const before = rosterFrom({ assignments: [on(ana, '12:00:00')], members: [ana] }, asked('11:59:50'))
  const lagging = rosterFrom({ assignments: [], members: [ana] }, asked('12:00:10', before))
  const roster = rosterFrom({ assignments: [], members: [ana] }, asked('12:02:01', lagging))
  expect(membershipIn(roster, ana)).toEqual({ member: true, provenAt: at('12:02:01') })
})

test('someone removed before their end is told when that was noticed', () => {
  const before = rosterFrom({ assignments: [on(ana, '13:00:00')], members: [ana] }, asked('12:00:00'))
  const roster = rosterFrom({ assignments: [], members: [] }, asked('12:00:15', before))
  expect(membershipIn(roster, ana)).toMatchObject({ member: false, reason: 'ended', endedAt: at('12:00:15') })
})

test('an end is forgotten when the person is in again', () => {
  const before = rosterFrom({ assignments: [on(ana, '12:00:00')], members: [ana] }, asked('11:59:50'))
  const ended = rosterFrom({ assignments: [], members: [] }, asked('12:00:10', before))
  const again = rosterFrom({ assignments: [on(ana, '14:00:00')], members: [ana] }, asked('12:01:00', ended))
  expect(again.ended).toEqual({})
})

for (const text of ['', 'null', '[]', '{"askedAt":"x"}', '{"askedAt":1,"members":[],"ended":{}}'])
  test(`a shared roster that reads ${text || 'empty'} is no roster`, () => {
    expect(readRoster(text)).toBeUndefined()
  })

test('a list of members that lags makes nobody a member again in the polls after their end', () => {
  const end = Date.parse('2026-03-02T12:00:00Z')
  const id = '9d3f6f0e-3c53-4a3a-9a49-6b1c2a2f7a10'
  const before = { askedAt: end - 10_000, members: { [id]: { until: end } }, ended: {} }
  const lagging = { assignments: [], members: [id] }
  let roster: Parameters<typeof membershipIn>[0] = before
  for (const seconds of [10, 50, 119]) {
    roster = rosterFrom(lagging, { askedAt: end + seconds * 1000, before: roster })
    expect([seconds, membershipIn(roster, id)]).toEqual([
      seconds,
      expect.objectContaining({ member: false, endedAt: end }),
    ])
  }
  const gone = { assignments: [], members: [] }
  roster = rosterFrom(gone, { askedAt: end + 3_600_000, before: roster })
  expect(membershipIn(roster, id)).toMatchObject({ member: false, reason: 'ran-out', endedAt: end })
})

const after = (clock: string, count: number) => new Date(at(clock) + count * 1000).toISOString().slice(11, 23)
const listedWith = (assignment: ReturnType<typeof on>, members = [ana]) =>
  membershipIn(rosterFrom({ assignments: [assignment], members }, asked('12:00:00')), ana)

test.each<[when: string, ago: number, membership: object]>([
  ['half a minute ago counts for nothing any more', 30, { member: true }],
  ['less than half a minute ago has run out', 29, { member: false, reason: 'ran-out', endedAt: at('11:59:31') }],
])('of somebody whom the directory lists an assignment that ended %s', (_when, ago, membership) => {
  expect(listedWith(on(ana, after('12:00:00', -ago)))).toEqual({ provenAt: at('12:00:00'), ...membership })
})

test.each([
  ['thirty seconds from now', 30, true, [ana]],
  ['later', 31, false, []],
])(
  'of somebody whom the directory lists an assignment that begins %s counts with its end: %s',
  (_when, ahead, counts) => {
    const found = listedWith(on(ana, '13:00:00', after('12:00:00', ahead)))
    expect(found).toEqual({ member: true, provenAt: at('12:00:00'), ...(counts && { until: at('13:00:00') }) })
  },
)

test.each([
  ['at this instant counts', 0, true],
  ['a second from now does not', 1, false],
])('of somebody whom the directory does not list yet an assignment that begins %s', (_when, ahead, member) => {
  expect(listedWith(on(ana, '13:00:00', after('12:00:00', ahead)), [])).toMatchObject({ member })
})

test.each([
  [119, true],
  [120, false],
])(
  'somebody whom the directory does not list %i seconds after their assignment began is a member: %s',
  (ago, member) => {
    expect(listedWith(on(ana, '13:00:00', after('12:00:00', -ago)), [])).toMatchObject({ member })
  },
)

test('an assignment without an end stays without one beside one that ends', () => {
  const roster = rosterFrom({ assignments: [on(ana), on(ana, '13:00:00')], members: [ana] }, asked('12:00:00'))
  expect(membershipIn(roster, ana)).toEqual({ member: true, provenAt: at('12:00:00') })
})

test('somebody without a known end who is gone has no end to be told of', () => {
  const before = rosterFrom({ assignments: [], members: [sam] }, asked('12:00:00'))
  const roster = rosterFrom({ assignments: [], members: [] }, asked('12:00:15', before))
  expect(membershipIn(roster, sam)).toEqual({ member: false, provenAt: at('12:00:15'), reason: 'not-in-group' })
})

test('an end is told of for a day', () => {
  const end = at('12:00:00')
  const before = { askedAt: end, members: {}, ended: { [ana]: { at: end, ranOut: true } } }
  const dayMs = 24 * 3_600_000
  const later = (askedAt: number) => rosterFrom({ assignments: [], members: [] }, { askedAt, before })
  expect(membershipIn(later(end + dayMs - 1), ana)).toMatchObject({ reason: 'ran-out', endedAt: end })
  expect(later(end + dayMs).ended).toEqual({})
})

describe('of an end that has come since the roster was asked for', () => {
  const roster = rosterFrom({ assignments: [on(ana, '12:00:10')], members: [ana] }, asked('12:00:00'))
  const until = at('12:00:10')

  test('the roster still says that it comes: whoever reads it asks whether it was prolonged', () => {
    expect(membershipIn(roster, ana, at('12:00:20'))).toEqual({ member: true, provenAt: at('12:00:00'), until })
  })

  test('a roster of a clock that is ahead says that it comes, where it has not come by ours', () => {
    const ahead = { ...roster, askedAt: until }
    expect(membershipIn(ahead, ana, until - 1)).toMatchObject({ member: true, until })
    expect(membershipIn(ahead, ana, until)).toEqual({
      member: false,
      provenAt: until,
      reason: 'ran-out',
      endedAt: until,
    })
  })
})

test('a roster that another replica shares is read as it was written', () => {
  const roster = {
    askedAt: at('12:00:00'),
    members: { [ana]: { until: at('13:00:00') }, [sam]: {} },
    ended: { other: { at: at('11:00:00'), ranOut: false } },
  }
  expect(readRoster(JSON.stringify(roster))).toEqual(roster)
  expect(readRoster(undefined)).toBeUndefined()
})

test.each([
  [119, false],
  [120, true],
])('somebody whom the directory still lists %i seconds after their assignment ended is a member: %s', (ago, member) => {
  const end = at('12:00:00')
  const before = { askedAt: end, members: {}, ended: { [ana]: { at: end, ranOut: true } } }
  const roster = rosterFrom({ assignments: [], members: [ana] }, { askedAt: end + ago * 1000, before })
  expect(membershipIn(roster, ana)).toMatchObject({ member })
})
