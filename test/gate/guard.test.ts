import type { Request, Response } from 'express'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { personOf } from '../../src/gate/guard.ts'
import { type House, openHouse } from '../support/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
  // Nobody can tell of someone in more groups than a token lists.
  house.tenant.set({ graphError: { what: '503', where: 'check' } })
})
afterAll(() => house[Symbol.asyncDispose]())

const lines = (path: string, event: string) =>
  house.logged.map(line => JSON.parse(line)).filter(line => line.event === event && (!path || line.path === path))

test.each(['signed-in', 'members'] as const)(
  'a request without any session is a fault, never "nobody" (%s)',
  async audience => {
    const guard = house.services.guard({ audience })
    let isPassed = false
    const pass = () => {
      isPassed = true
    }
    await expect(guard({} as Request, { locals: {} } as Response, pass)).rejects.toThrow('redis-away')
    expect(isPassed).toBe(false)
  },
)

test('there is no person where no guard ran', () => {
  expect(() => personOf({} as Request)).toThrow('without passing a guard')
})

test.each([
  ['oskar', 'not-a-member'],
  ['mona', 'membership-unknown'],
])('that %s is refused is logged once, with the reason and the object id', async (key, reason) => {
  const before = lines('', 'refused').length
  const visitor = await house.visitor(key, { signIn: false })
  await visitor.signIn('/sessions')
  const oid = house.tenant.people.find(person => person.key === key)?.oid
  expect(lines('', 'refused').slice(before)).toEqual([expect.objectContaining({ reason, oid })])
})

test('the log says who was let in, by object id', async () => {
  const alice = await house.visitor('alice')
  await alice.get('/sessions?who')
  const oid = house.tenant.people.find(person => person.key === 'alice')?.oid
  await expect.poll(() => lines('/sessions', 'request').some(line => line.oid === oid)).toBe(true)
})
