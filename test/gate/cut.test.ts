import { expect, test } from 'vitest'
import { pages } from '../../src/pages.ts'
import { openHouse } from '../support/house.ts'

test('an answer that takes longer than the access lasts is cut off at its end', async () => {
  const begun = Promise.withResolvers<void>()
  const never = {
    method: 'get',
    path: '/long',
    requirement: { audience: 'members' },
    create: () => () => {
      begun.resolve()
      return new Promise<never>(() => {})
    },
  } as const
  await using house = await openHouse({
    now: '2026-03-02T12:00:00Z',
    settings: { MEMBERSHIP_ROSTER: 'on' },
    pages: [...pages, never],
  })
  house.tenant.end('alice')
  house.clock.advance({ minutes: 6 })
  house.tenant.assign('alice', { minutes: 10, reason: 'Refund 8841' })
  const alice = await house.visitor('alice')
  house.clock.set('2026-03-02T12:15:59Z')
  await expect.poll(() => house.members.news.roster()?.askedAt).toBe(Date.parse('2026-03-02T12:15:59Z'))
  const answer = alice.get('/long').catch((thrown: Error) => thrown.message)
  await begun.promise
  expect(await answer).toContain('socket hang up')
})
