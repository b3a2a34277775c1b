import { describe, expect, test } from 'vitest'
import { permittedPeople } from '../../../src/pim/people/can-turn-on.ts'
import { endingSoon } from '../../../src/pim/people/ending-soon.ts'
import { missingIn, rowsIn } from '../../../src/pim/people/lists.ts'
import { periodsOn } from '../../../src/pim/people/on.ts'
import { waitingPeople } from '../../../src/pim/people/waiting-people.ts'
import { asked, held, inDays, inMinutes, listsOf, now } from './lists-of.ts'

const eligible = (id: string, more = {}) => {
  const { kind: _, ...row } = held(id, { from: inDays(-100), until: inDays(100), ...more })
  return row
}
const permitted = (lists: Parameters<typeof listsOf>[0]) => permittedPeople(listsOf(lists), now)

describe('who can turn on access', () => {
  test('has when they last did, how often in 90 days, and why they may', () => {
    const requests = [1, 30, 91].map(days => asked('ana', { id: `${days}`, startsAt: inDays(-days) }))
    const grants = [asked('ana', { action: 'adminassign', reason: 'Joins the rota', ticket: 'CHG-1' })]
    expect(permitted({ eligible: [eligible('ana')], requests, grants })).toEqual([
      {
        id: 'ana',
        from: inDays(-100),
        until: inDays(100),
        isThroughGroup: false,
        reason: 'Joins the rota',
        ticket: 'CHG-1',
        used: { last: inDays(-1), times: 2 },
      },
    ])
  })

  test('and never did has no last time', () => {
    expect(permitted({ eligible: [eligible('ana')], requests: [asked('ben')] })[0]?.used).toEqual({ times: 0 })
  })

  test('is not said to have never done it where the requests cannot be seen', () => {
    expect(permitted({ eligible: [eligible('ana')], requests: 'role' })[0]?.used).toBeUndefined()
  })

  test.each([['denied'], ['pendingapproval'], ['failed']] as const)(
    'has not used it by a request that is %s',
    status => {
      expect(permitted({ eligible: [eligible('ana')], requests: [asked('ana', { status })] })[0]?.used?.times).toBe(0)
    },
  )

  test('does not count a use that is still to come', () => {
    const requests = [asked('ana', { startsAt: inMinutes(5) })]
    expect(permitted({ eligible: [eligible('ana')], requests })[0]?.used).toEqual({ times: 0 })
  })

  test('is one person, until the later of two ends', () => {
    const two = [eligible('ana'), eligible('ana', { until: inDays(200), isThroughGroup: true })]
    expect(permitted({ eligible: two })).toMatchObject([{ until: inDays(200), isThroughGroup: false }])
    expect(permitted({ eligible: [eligible('ana'), { principalId: 'ana', isThroughGroup: false }] })[0]?.until).toBe(
      undefined,
    )
  })

  test('cannot yet, or cannot any more', () => {
    expect(permitted({ eligible: [eligible('ana', { from: inMinutes(1) }), eligible('ben', { until: now })] })).toEqual(
      [],
    )
  })

  test('may by the newest permission that was granted', () => {
    const grants = [
      asked('ana', { action: 'adminassign', reason: 'old', createdAt: inDays(-9) }),
      asked('ana', { action: 'adminextend', reason: 'new', createdAt: inDays(-8) }),
      asked('ana', { action: 'adminremove', reason: 'no grant', createdAt: inDays(-7) }),
      asked('ana', { action: 'adminupdate', reason: 'failed', status: 'failed', createdAt: inDays(-6) }),
    ]
    expect(permitted({ eligible: [eligible('ana')], grants })[0]?.reason).toBe('new')
  })
})

describe('who waits for approval', () => {
  const waiting = asked('ana', { status: 'pendingapproval', createdAt: inMinutes(-10) })

  test('waits since they asked, and for a day at most', () => {
    const late = asked('ben', { status: 'pendingapproval', createdAt: inDays(-1) })
    expect(waitingPeople(listsOf({ requests: [waiting, late, asked('eva')] }), now)).toEqual([
      {
        id: 'ana',
        request: 'request of ana',
        since: inMinutes(-10),
        lapsesAt: inMinutes(-10) + 86_400_000,
        minutes: 60,
        reason: 'Refund 8841',
        ticket: 'INC-20931',
      },
    ])
  })

  test('longest comes first, and an extension says when it would begin', () => {
    const before = { ...waiting, principalId: 'ben', createdAt: inMinutes(-20), startsAt: inMinutes(9) }
    expect(waitingPeople(listsOf({ requests: [waiting, before] }), now)).toMatchObject([
      { id: 'ben', startsAt: inMinutes(9) },
      { id: 'ana' },
    ])
  })
})

test('a permission ends soon within 14 days, whether it is on or may be turned on; what was turned on never does', () => {
  const lists = listsOf({
    active: [
      held('ana', { kind: 'assigned', until: inDays(14) }),
      held('ben', { kind: 'assigned', until: inDays(14) + 1 }),
      held('eva', { until: inMinutes(9) }),
    ],
    eligible: [eligible('sam', { until: inDays(3) }), eligible('lee', { until: inDays(15) })],
  })
  const soon = endingSoon({ on: periodsOn(lists, now), permitted: permittedPeople(lists, now) }, now)
  expect(soon.map(({ id, what }) => [id, what])).toEqual([
    ['sam', 'can-turn-on'],
    ['ana', 'assigned'],
  ])
})

test('a list that is missing has no rows, and says why', () => {
  const reading = listsOf({ eligible: 'permission', grants: 'role', active: [held('ana')] })
  expect(rowsIn(reading, 'eligible')).toEqual([])
  expect(rowsIn(reading, 'active')).toHaveLength(1)
  expect(missingIn(reading)).toEqual([
    { list: 'eligible', why: 'permission' },
    { list: 'grants', why: 'role' },
  ])
})
