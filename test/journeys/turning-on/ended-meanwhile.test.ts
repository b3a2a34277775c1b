import { describe, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const test = testIn()
test.afterEach(({ house }) => house.tenant.reset())

/** Goes to Entra and back, and stops before the callback: its address is the answer. */
async function atTheDoor(house: House, visitor: Visitor): Promise<string> {
  for (let at = `${house.baseUrl}/auth/sign-in`, hops = 0; hops < 20; hops++) {
    if (at.startsWith(`${house.baseUrl}/auth/callback`)) return at
    at = new URL((await visitor.get(at)).headers.location ?? '', at).href
  }
  throw new Error('Entra did not send the visitor back')
}
const sidOf = async (house: House, visitor: Visitor) =>
  (await house.services.sessions.read(sessionIdOf(visitor)))?.identity.sid ?? expect.fail('no sid')
const isIn = async (visitor: Visitor) => (await visitor.get('/')).status === 200

describe('a sign-in that is on its way', () => {
  test('does not count when its session of Entra ends before it is back, and the next one does', async ({ house }) => {
    const alice = await house.visitor('alice')
    const sid = await sidOf(house, alice)
    const callback = await atTheDoor(house, alice)
    await alice.get(`/auth/front-channel-logout?sid=${sid}`)
    const answer = await alice.get(callback)
    expect([answer.status, await isIn(alice)]).toEqual([403, false])
    expect(answer.text).toContain('You were signed out meanwhile')
    expect((await alice.signIn('/')).status).toBe(200)
  })

  test('does not count when its browser signs out before it is back, and the next one does', async ({ house }) => {
    const alice = await house.visitor('alice')
    const callback = await atTheDoor(house, alice)
    await alice.post('/auth/sign-out')
    expect([(await alice.get(callback)).status, await isIn(alice)]).toEqual([400, false])
    expect((await alice.signIn('/')).status).toBe(200)
  })

  test.for([
    ['all sessions', (alice: Visitor) => alice.post('/sessions/end', { which: 'all' })],
    ['all other sessions', (alice: Visitor) => alice.post('/sessions/end', { which: 'others' })],
  ] as const)(
    'does not count when its person ends %s while Entra is asked about it',
    async ([_which, end], { house }) => {
      const [desk, phone] = [await house.visitor('alice'), await house.visitor('alice', { signIn: false })]
      house.tenant.set({ slow: { token: 500 } })
      const before = house.tenant.calls.token
      const signingIn = phone.signIn('/')
      await expect.poll(() => house.tenant.calls.token).toBe(before + 1)
      await end(desk)
      expect((await signingIn).text).toContain('You were signed out meanwhile')
      expect(await isIn(phone)).toBe(false)
      house.tenant.set({ slow: {} })
      expect((await phone.signIn('/')).status).toBe(200)
    },
  )
})
