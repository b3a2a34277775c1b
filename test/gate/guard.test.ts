import type { Request, Response } from 'express'
import { expect } from 'vitest'
import { personOf } from '../../src/gate/admission.ts'
import type { House } from '../support/house.ts'
import { testIn } from '../support/test-in.ts'

const test = testIn()
test.beforeAll(async ({ house }) => {
  // Nobody can tell of someone in more groups than a token lists.
  house.tenant.set({ graphError: { what: '503', where: 'check' } })
})

const lines = (house: House, path: string, event: string) =>
  house.logged.map(line => JSON.parse(line)).filter(line => line.event === event && (!path || line.path === path))

test.for(['signed-in', 'members'] as const)(
  'a request without any session is a fault, never "nobody" (%s)',
  async (audience, { house }) => {
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

test.for([
  ['oskar', 'not-a-member'],
  ['mona', 'membership-unknown'],
] as const)(
  'that %s is refused is logged once, with the reason and the object id',
  async ([key, reason], { house }) => {
    const before = lines(house, '', 'refused').length
    const visitor = await house.visitor(key, { signIn: false })
    await visitor.signIn('/sessions')
    const oid = house.tenant.people.find(person => person.key === key)?.oid
    expect(lines(house, '', 'refused').slice(before)).toEqual([expect.objectContaining({ reason, oid })])
  },
)

test('the log says who was let in, by object id', async ({ house }) => {
  const alice = await house.visitor('alice')
  await alice.get('/sessions?who')
  const oid = house.tenant.people.find(person => person.key === 'alice')?.oid
  await expect.poll(() => lines(house, '/sessions', 'request').some(line => line.oid === oid)).toBe(true)
})
