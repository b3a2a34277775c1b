import type { Request } from 'express'
import { expect, test } from 'vitest'
import { createTrail } from '../../src/audit/trail.ts'
import { Problem } from '../../src/errors.ts'
import { createEndingSessions, type EndOrder, verdictOfBrokenEnd } from '../../src/session/ending-sessions.ts'
import { alice } from '../support/alice.ts'

const now = new Date('2026-03-02T12:00:00Z')
const request = {} as Request
const actor = { objectId: 'the-actor', name: 'Ada', username: 'ada@contoso.example' }
const subject = { objectId: alice.objectId, name: alice.name, username: alice.username }
const one = { which: { whose: 'one', person: alice, handle: 'x' }, subject, listed: 1 } as const

/** Ends sessions, with every record and every end in order. */
async function ended(order: Partial<EndOrder>, work: () => Promise<number> = async () => 3) {
  const steps: Record<string, unknown>[] = []
  const trail = createTrail({
    gate: 'administrators',
    append: async record => void steps.push(record),
    verdictOfThrown: verdictOfBrokenEnd,
    onLost: () => {},
  })
  const sessions = {
    endEveryones: (...args: unknown[]) => {
      steps.push({ event: 'end', args })
      return work()
    },
  }
  const end = createEndingSessions({ clock: () => now, sessions, trail })
  const result = await end(request, { actor, reason: 'Lost laptop', ...one, ...order }).catch(error => error.code)
  return { steps, result }
}

test('an end is recorded before and after, with how many sessions were meant and how many ended', async () => {
  const { steps, result } = await ended({ listed: 5 })
  expect(steps).toMatchObject([
    { event: 'sessionsEndingRequested', reason: 'Lost laptop', whose: 'one', sessions: 5, subject, person: alice.name },
    { event: 'end' },
    { event: 'sessionsEndingCompleted', reason: 'Lost laptop', whose: 'one', sessions: 3, subject },
  ])
  expect(result).toBe(3)
})

test('it ends what was ordered, and leaves word of who did it, why and when', async () => {
  const { steps } = await ended({})
  expect(steps[1]).toEqual({
    event: 'end',
    args: [request, one.which, { by: 'Ada', reason: 'Lost laptop', at: now.getTime() }],
  })
})

test('both records are of one act, and each end is an act of its own', async () => {
  const [first, second] = [(await ended({})).steps, (await ended({})).steps]
  expect(first[0]?.act).toBe(first[2]?.act)
  expect(first[0]?.act).not.toBe(second[0]?.act)
})

test.each([
  ['all', { whose: 'all' }],
  ['all-but-this', { whose: 'all', but: 'own' }],
] as const)('an end of %s names nobody', async (whose, facts) => {
  const { steps } = await ended({ which: { whose }, subject: undefined })
  expect(steps[0]).toMatchObject(facts)
  expect(Object.keys(steps[0] ?? {}).filter(name => name === 'subject' || (name === 'but' && whose === 'all'))).toEqual(
    [],
  )
})

test('an end that broke off may have ended some', async () => {
  const { steps, result } = await ended({}, () => Promise.reject(new Problem('redis-away')))
  expect([steps.at(-1)?.event, result]).toEqual(['sessionsEndingUnanswered', 'redis-away'])
})
