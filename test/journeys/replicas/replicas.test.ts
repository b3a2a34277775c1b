import { afterAll, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let replica: Awaited<ReturnType<typeof openReplica>>
const test = testIn()
test.beforeAll(async ({ house }) => {
  replica = await openReplica(house)
})
afterAll(() => replica[Symbol.asyncDispose]())

/** Begins at `out`, and comes back where `back` says. */
async function signIn(house: House, visitor: Visitor, out: string, back: (url: string) => string) {
  let at = (await visitor.get(`${out}/auth/sign-in?returnTo=/sessions`)).headers.location ?? ''
  while (!at.startsWith(`${house.baseUrl}/auth/callback`)) {
    const page = await visitor.get(at)
    const answer = page.headers.location ? page : await visitor.post(at, { person: visitor.key, method: 'password' })
    at = new URL(answer.headers.location ?? '', at).href
  }
  return visitor.get(back(at))
}
const nobody = (house: House) => house.visitor('alice', { signIn: false })
const statusAt = async (visitor: Visitor, where: { baseUrl: string }) => (await visitor.get(`${where.baseUrl}/`)).status

test('a sign-in begun at one replica ends at another, on the page first asked for', async ({ house }) => {
  const alice = await nobody(house)
  const answer = await signIn(house, alice, house.baseUrl, replica.at)
  expect([answer.status, answer.headers.location]).toEqual([303, '/sessions'])
  expect([await statusAt(alice, house), await statusAt(alice, replica)]).toEqual([200, 200])
})

test('and the other way round', async ({ house }) => {
  const alice = await nobody(house)
  expect((await signIn(house, alice, replica.baseUrl, url => url)).status).toBe(303)
  expect([await statusAt(alice, house), await statusAt(alice, replica)]).toEqual([200, 200])
})

test('a sign-in that one replica has finished is not finished again by another', async ({ house }) => {
  const alice = await nobody(house)
  const cookies: [string, string][] = []
  let came = ''
  await signIn(house, alice, house.baseUrl, url => {
    cookies.push(...alice.cookies())
    came = url
    return url
  })
  const thief = await nobody(house)
  for (const [name, value] of cookies) thief.cookies().set(name, value)
  expect((await thief.get(replica.at(came))).status).toBe(400)
  expect(await statusAt(thief, replica)).toBe(302)
})

test('signing out at one holds at the other at once', async ({ house }) => {
  const alice = await house.visitor('alice')
  const cookie = alice.cookies().get('gatehouse') ?? ''
  expect(await statusAt(alice, replica)).toBe(200)
  expect((await alice.post(`${replica.baseUrl}/auth/sign-out`)).status).toBe(200)
  alice.cookies().set('gatehouse', cookie)
  expect([await statusAt(alice, house), await statusAt(alice, replica)]).toEqual([302, 302])
})

test('ending one’s sessions at one ends those that were begun at the other', async ({ house }) => {
  const [one, other] = [await nobody(house), await nobody(house)]
  await signIn(house, one, house.baseUrl, url => url)
  await signIn(house, other, replica.baseUrl, replica.at)
  await one.post('/sessions/end', { which: 'others' })
  expect([await statusAt(one, replica), await statusAt(other, replica)]).toEqual([200, 302])
})

test('being seen at one counts at the other', async ({ house }) => {
  const alice = await house.visitor('alice')
  for (const where of [replica, house, replica]) {
    house.clock.advance({ minutes: 20 })
    expect(await statusAt(alice, where)).toBe(200)
  }
})
