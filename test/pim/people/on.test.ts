import { describe, expect, test } from 'vitest'
import { periodsOn } from '../../../src/pim/people/on.ts'
import { asked, held, inMinutes, listsOf, member, now } from './lists-of.ts'

const on = (lists: Parameters<typeof listsOf>[0]) => periodsOn(listsOf(lists), now)
const one = (lists: Parameters<typeof listsOf>[0]) => {
  const found = on(lists)
  expect(found).toHaveLength(1)
  return found[0]
}

test('a period that was turned on has the name of the directory, and the reason and ticket of its request', () => {
  expect(one({ active: [held('ana')], members: [member('ana', 'Ana Costa')], requests: [asked('ana')] })).toEqual({
    id: 'ana',
    kind: 'person',
    name: 'Ana Costa',
    username: 'ana@contoso.example',
    from: inMinutes(-30),
    until: inMinutes(30),
    how: 'turned-on',
    isThroughGroup: false,
    request: asked('ana'),
    later: [],
    isGone: false,
  })
})

test('the request that made the schedule counts before one that began at the same time', () => {
  const right = asked('ana', { id: 'right', scheduleId: 'schedule', startsAt: inMinutes(-29) })
  const found = one({
    active: [held('ana', { scheduleId: 'schedule' })],
    requests: [asked('ana', { id: 'near', createdAt: inMinutes(-28) }), right],
  })
  expect(found?.request?.id).toBe('right')
})

test.each([
  ['denied', { status: 'denied' }],
  ['failed', { status: 'failed' }],
  ["of an administrator's removal", { action: 'adminremove' }],
  ["of an administrator's assignment", { action: 'adminassign' }],
  ['of another person', { principalId: 'ben' }],
  ['for another time', { startsAt: inMinutes(-90) }],
] as const)('a request %s explains no period that was turned on', (_, more) => {
  expect(one({ active: [held('ana')], requests: [asked('ana', more)] })?.request).toBeUndefined()
})

test('access that an administrator gave is assigned, and its reason is that of the assignment', () => {
  const request = asked('ana', { action: 'adminassign', reason: 'Joins the team' })
  const active = [held('ana', { kind: 'assigned' })]
  expect(one({ active, requests: [asked('ana'), request] })).toMatchObject({ how: 'assigned', request })
})

describe('an extension', () => {
  const second = asked('ana', { id: 'second', startsAt: inMinutes(30) + 1_000, minutes: 30, status: 'granted' })

  test('that was granted moves the end, and is told as what follows', () => {
    expect(one({ active: [held('ana')], requests: [asked('ana'), second] })).toMatchObject({
      until: inMinutes(60) + 1_000,
      later: [second],
    })
  })

  test('that does not begin where the period ends is another period', () => {
    const apart = { ...second, startsAt: inMinutes(45) }
    expect(one({ active: [held('ana')], requests: [asked('ana'), apart] })).toMatchObject({
      until: inMinutes(30),
      later: [],
    })
  })

  test.each(['pendingapproval', 'canceled', 'denied', 'revoked'] as const)('that is %s moves nothing', status => {
    expect(one({ active: [held('ana')], requests: [asked('ana'), { ...second, status }] })?.until).toBe(inMinutes(30))
  })

  test('that has begun is one period with the one before it', () => {
    const from = inMinutes(-10)
    const first = asked('ana', { id: 'first', createdAt: inMinutes(-70), startsAt: inMinutes(-70) - 1_000 })
    const running = asked('ana', { id: 'running', createdAt: inMinutes(-20), startsAt: from })
    const found = one({ active: [held('ana', { from })], requests: [first, running] })
    expect(found).toMatchObject({ from: inMinutes(-70) - 1_000, until: inMinutes(30), request: running })
  })

  test('that is listed beside the period before it is one row with that', () => {
    const active = [held('ana', { from: inMinutes(30), until: inMinutes(60) }), held('ana')]
    expect(one({ active })).toMatchObject({ from: inMinutes(-30), until: inMinutes(60) })
  })
})

test('access without an end stays without one, whatever is listed beside it', () => {
  const { until: _, ...endless } = held('ana', { kind: 'assigned' })
  expect(one({ active: [endless, held('ana', { kind: 'assigned' })] })?.until).toBeUndefined()
})

test('what was turned on and what was assigned are two rows', () => {
  expect(on({ active: [held('ana'), held('ana', { kind: 'assigned' })] })).toHaveLength(2)
})

test('a period that has ended is not on any more', () => {
  expect(on({ active: [held('ana', { until: now })] })).toEqual([])
})

describe('a member of whom PIM knows nothing', () => {
  test('is past PIM', () => {
    expect(one({ members: [member('bot', 'Build Bot')] })).toMatchObject({
      id: 'bot',
      how: 'past-pim',
      name: 'Build Bot',
    })
  })

  test("is told only where PIM's list can be seen", () => {
    expect(on({ active: 'role', members: [member('bot')] })).toEqual([])
  })

  test('is past PIM also where PIM lists them without instants and without a request', () => {
    const bare = { principalId: 'bot', kind: 'assigned', isThroughGroup: false } as const
    expect(one({ active: [bare], members: [member('bot')], requests: [asked('ana')] })?.how).toBe('past-pim')
    expect(one({ active: [bare], members: [member('bot')], requests: 'role' })?.how).toBe('assigned')
  })
})

test('a period of somebody whom the directory does not list is marked, once lists would surely show them', () => {
  expect(one({ active: [held('ana')] })?.isGone).toBe(true)
  expect(one({ active: [held('ana', { from: inMinutes(-1) })] })?.isGone).toBe(false)
  expect(one({ active: [held('ana')], members: 'permission' })?.isGone).toBe(false)
  expect(one({ active: [held('ana', { isThroughGroup: true })] })?.isGone).toBe(false)
})
