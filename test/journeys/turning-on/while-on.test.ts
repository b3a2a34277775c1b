import { describe, expect, test } from 'vitest'
import type { House } from '../../support/house.ts'
import { askedOf, openSelfService, someoneIn, trailOf, until } from '../../support/self-service.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { wayOn } from '../../support/visitor.ts'

const on = async (options: Parameters<typeof openSelfService>[0] = {}) => {
  const house = await openSelfService(options)
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  const end = () => askedOf(house).at(-1)?.until?.getTime() ?? 0
  return { house, ben, end, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}
const at = (ms: number) => new Date(ms).toISOString()

describe('End now', () => {
  test('is not possible in PIM’s first five minutes, and the page says from when', async () => {
    await using scene = await on()
    const { house, ben } = scene
    const answer = await ben.post('/access/end')
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('12:05')
    expect(house.tenant.requests.some(({ action }) => action === 'selfDeactivate')).toBe(false)
    expect((await ben.get('/')).status).toBe(200)
  })
  test('closes the gate here at once, and the sign-in stays', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    await ben.post('/access/end')
    expect((await ben.get('/')).status).toBe(403)
    expect((await ben.get('/access')).status).toBe(200)
  })
  test('closes the gate in all of the person’s browsers', async () => {
    await using scene = await on()
    const { house, ben } = scene
    const other = await house.visitor('ben')
    house.clock.advance({ minutes: 6 })
    expect((await other.get('/')).status).toBe(200)
    await ben.post('/access/end')
    expect((await other.get('/')).status).toBe(403)
  })
  test('keeps the gate closed while tokens and lists still show the old state', async () => {
    await using scene = await on({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    house.tenant.set({ tokenLagSeconds: 90, membersLagSeconds: 90, rosterLagSeconds: 90 })
    await ben.post('/access/end')
    for (let seconds = 0; seconds < 120; seconds += 15) {
      expect((await ben.get('/')).status).toBe(403)
      house.clock.advance({ seconds: 15 })
    }
  })
  test('cannot be got around by signing out and in again, or in another browser', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    house.tenant.set({ tokenLagSeconds: 60 })
    await ben.post('/access/end')
    await ben.post('/auth/sign-out')
    expect((await ben.signIn('/')).status).toBe(403)
    expect((await (await house.visitor('ben')).get('/')).status).toBe(403)
  })
  test('does not bind a browser that signs in after access was turned on again elsewhere', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    await ben.post('/access/end')
    house.clock.advance({ minutes: 1 })
    house.tenant.activate('ben', { minutes: 30, reason: 'Turned on in the portal' })
    expect((await (await house.visitor('ben')).get('/')).status).toBe(200)
  })
  test.each([400, 404, 409])(
    'ends access though Microsoft answers %i to taking back what comes later',
    async status => {
      await using scene = await on()
      const { house, ben } = scene
      house.clock.advance({ minutes: 6 })
      await ben.post('/access/extend', { minutes: '60' })
      house.tenant.set({
        graphError: { what: 'refusal', status, code: 'SomeCode', where: 'requests', method: 'POST', when: 'next' },
      })
      expect((await ben.post('/access/end')).status).toBe(303)
      expect((await ben.get('/')).status).toBe(403)
    },
  )
  test('ends nothing for a person who never turned access on, says so, and leaves nothing in the trail', async () => {
    await using house = await openSelfService()
    const oskar = await house.visitor('oskar')
    const answer = await oskar.post('/access/end')
    expect([answer.status, await trailOf(house)]).toEqual([422, []])
    expect((await oskar.get('/')).text).not.toContain('You ended access')
  })
  test('ends nothing for a person whom an administrator added directly, and says so', async () => {
    await using house = await openSelfService()
    house.tenant.addDirectly('oskar')
    const oskar = await house.visitor('oskar')
    expect((await oskar.post('/access/end')).status).toBe(422)
    expect((await oskar.get('/')).status).toBe(200)
  })
  test('takes an accepted extension with it', async () => {
    await using scene = await on()
    const { house, ben, end } = scene
    const first = end()
    house.clock.advance({ minutes: 50 })
    await ben.post('/access/extend', { minutes: '30' })
    await ben.post('/access/end')
    house.clock.set(at(first + 60_000))
    expect((await ben.get('/')).status).toBe(403)
    house.clock.set(at(first + 200_000))
    expect((await ben.get('/')).status).toBe(403)
  })
  test('can be followed by turning on again', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    await ben.post('/access/end')
    house.clock.advance({ seconds: 20 })
    await ben.post('/access', { reason: 'Refund 8842, the second one', minutes: '30', returnTo: '/' })
    expect(await until(house, ben, 'in')).toBeLessThanOrEqual(2)
    expect((await ben.get('/')).status).toBe(200)
  })
  test('is recorded before and after', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    await ben.post('/access/end')
    expect((await trailOf(house)).map(({ event }) => event).slice(-2)).toEqual(['endingRequested', 'endingCompleted'])
  })
  test.each(['error', 'failed'] as const)(
    'that Microsoft refuses as %s leaves the person in, and tells them why',
    async tooShortAs => {
      await using scene = await on()
      const { house, ben } = scene
      house.tenant.set({ tooShortAs })
      house.clock.advance({ minutes: 6 })
      const code = 'ActiveDurationTooShort'
      house.tenant.set({
        graphError: {
          what: 'refusal',
          code,
          message: 'The Active duration is too short.',
          where: 'requests',
          method: 'POST',
          when: 'next',
        },
      })
      const answer = await ben.post('/access/end')
      expect(answer.status).toBe(422)
      expect(answer.text).not.toContain(code)
      expect((await ben.get('/')).status).toBe(200)
    },
  )
})

describe('a known end', () => {
  test('holds in a browser that signs in after it, though tokens lag', async () => {
    await using scene = await on()
    const { house, end } = scene
    const first = end()
    house.tenant.set({ tokenLagSeconds: 120 })
    for (const seconds of [1, 30, 100]) {
      house.clock.set(at(first + seconds * 1000))
      expect([seconds, (await (await house.visitor('ben')).get('/')).status]).toEqual([seconds, 403])
    }
  })
  test('holds in a browser that was signed in before, and never on a page that asks for it', async () => {
    await using scene = await on()
    const { house, end } = scene
    const other = await house.visitor('ben', { signIn: false })
    await other.signIn('/access')
    house.tenant.set({ tokenLagSeconds: 120 })
    house.clock.set(at(end() + 10_000))
    expect((await other.get('/')).status).toBe(403)
  })
})

describe('Extend', () => {
  test('that is taken back elsewhere keeps nobody in', async () => {
    await using scene = await on()
    const { house, ben, end } = scene
    const first = end()
    house.clock.advance({ minutes: 10 })
    await ben.post('/access/extend', { minutes: '60' })
    for (const request of askedOf(house))
      if (request.status === 'Granted') house.tenant.cancelRequest(request.id, 'ben')
    house.tenant.set({ tokenLagSeconds: 60 })
    const endOnPage = async () => /data-until="([^"]*)"/.exec((await ben.get('/')).text)?.[1]
    house.clock.advance({ minutes: 20 })
    await expect.poll(endOnPage).toBe(at(first))
    house.clock.set(at(first + 1_000))
    expect((await ben.get('/')).status).toBe(403)
  })
  test('leads from one period into the next, and nobody is out for a second', async () => {
    await using scene = await on()
    const { house, ben, end } = scene
    const first = end()
    house.clock.advance({ minutes: 50 })
    expect((await ben.post('/access/extend', { minutes: '30' })).status).toBeLessThan(400)
    const second = end()
    expect(second).toBeGreaterThan(first)
    for (const ms of [-2000, -500, 0, 500, 1000, 2000, 5000, 15_000, 40_000, 90_000, 200_000]) {
      house.clock.set(at(first + ms))
      expect([ms, (await ben.get('/')).status]).toEqual([ms, 200])
    }
    house.clock.set(at(second))
    expect((await ben.get('/')).status).toBe(403)
  })
  test.each(['off', 'on'])(
    'holds the seam while Microsoft shows nobody in the group for 20 seconds (roster %s)',
    async roster => {
      await using scene = await on({ settings: { MEMBERSHIP_ROSTER: roster } })
      const { house, ben, end } = scene
      const first = end()
      house.tenant.set({ seamGapSeconds: 20 })
      house.clock.advance({ minutes: 50 })
      await ben.post('/access/extend', { minutes: '30' })
      for (let ms = -3000; ms <= 60_000; ms += 1500) {
        house.clock.set(at(first + ms))
        expect([ms, (await ben.get('/')).status]).toEqual([ms, 200])
      }
    },
  )
  test('holds the seam in another browser of the same person, too', async () => {
    await using scene = await on()
    const { house, ben, end } = scene
    const other = await house.visitor('ben')
    const first = end()
    house.tenant.set({ seamGapSeconds: 10 })
    house.clock.advance({ minutes: 50 })
    await other.get('/')
    await ben.post('/access/extend', { minutes: '30' })
    for (let ms = -3000; ms <= 40_000; ms += 1500) {
      house.clock.set(at(first + ms))
      expect([ms, (await other.get('/')).status]).toEqual([ms, 200])
    }
  })
  test('that Microsoft takes for one period too many leaves the person in, and offers to end and turn on again', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.tenant.set({ extension: 'refused' })
    house.clock.advance({ minutes: 50 })
    const answer = await ben.post('/access/extend', { minutes: '30' })
    expect(answer.text).toMatch(/turn (it )?on again/i)
    expect((await ben.get('/')).status).toBe(200)
  })
  test('does not keep in a person who is removed after it was accepted: they are out at the next re-check, also at the seam', async () => {
    await using scene = await on()
    const { house, ben, end } = scene
    const first = end()
    house.clock.advance({ minutes: 50 })
    await ben.post('/access/extend', { minutes: '30' })
    house.clock.advance({ minutes: 5 })
    house.tenant.end('ben')
    for (const request of askedOf(house))
      if (request.status === 'Granted') house.tenant.cancelRequest(request.id, 'ben')
    house.clock.advance({ seconds: 60 })
    expect((await ben.get('/')).status).toBe(403)
    for (const ms of [-2000, 0, 1500, 3000, 10_000]) {
      house.clock.set(at(first + ms))
      expect([ms, (await ben.get('/')).status]).toEqual([ms, 403])
    }
  })
  test('asks for the passkey where the policy does, and keeps the sign-in', async () => {
    await using scene = await on()
    const { house, ben } = scene
    house.tenant.setPolicy({ context: 'c1' })
    house.clock.advance({ minutes: 50 })
    const sent = await ben.post('/access/extend', { minutes: '30', returnTo: '/sessions' })
    expect(wayOn(sent)).toContain('/authorize')
    const asked = await ben.follow(wayOn(sent) ?? '')
    const back = await ben.answer(asked, { method: 'passkey' })
    expect(back.status).toBe(200)
    expect(askedOf(house)).toHaveLength(2)
    expect(sessionIdOf(ben)).not.toBe('')
  })
})

describe('a person of whom Entra says, when their own access is read, that they are signed in no longer', () => {
  test.each([
    ['was disabled', (house: House) => house.tenant.disable('oskar')],
    ['was revoked', (house: House) => house.tenant.set({ revoked: ['oskar'] })],
    ['is somebody else', (house: House) => house.tenant.set({ refreshedAs: 'alice' })],
  ])('has no session any more, because their account %s', async (_what, happens) => {
    await using house = await openSelfService()
    const oskar = await house.visitor('oskar')
    // The person's token for PIM is gone, as when it has run out.
    await house.redis.del(`${house.prefix}pim-token:${sessionIdOf(oskar)}`)
    happens(house)
    await oskar.get('/access')
    expect((await oskar.get('/access')).headers.location).toContain('/auth/sign-in')
  })
  test('stays signed in where Entra only lacks a consent', async () => {
    await using house = await openSelfService()
    const oskar = await house.visitor('oskar')
    await house.redis.del(`${house.prefix}pim-token:${sessionIdOf(oskar)}`)
    house.tenant.set({ tokenError: { what: '65001', on: 'refresh', when: 'always' } })
    await oskar.get('/access')
    expect((await oskar.get('/access')).headers.location ?? '').not.toContain('/auth/sign-in')
  })
})

describe('the line under the header', () => {
  const barOn = (text: string) => /data-access-bar[^>]*>/.test(text)
  test('says nothing on any page once the roster has no such access', async () => {
    await using scene = await on({ settings: { MEMBERSHIP_ROSTER: 'on' } })
    const { house, ben } = scene
    house.clock.advance({ minutes: 6 })
    expect(barOn((await ben.get('/access')).text)).toBe(true)
    house.tenant.end('ben')
    await house.members.news.announce()
    await expect.poll(async () => barOn((await ben.get('/access')).text)).toBe(false)
  })
  test('offers nothing to press where a form waits to be sent', async () => {
    await using scene = await on()
    const { house, ben } = scene
    const record = await house.services.sessions.read(sessionIdOf(ben))
    const person = record?.identity as NonNullable<typeof record>['identity']
    const draft = await house.services.drafts.keep({ person, path: '/sessions/end' }, [['which', 'others']])
    const page = await ben.get(`/kept-form/sessions/end?draft=${draft}`)
    expect([page.status, barOn(page.text)]).toEqual([200, true])
    expect(page.text).not.toContain('/access/extend')
  })
  test('shows a person without access no way to pages for members, also on a page of bad news', async () => {
    await using house = await openSelfService()
    const answer = await (await house.visitor('oskar')).get('/approvals/none')
    expect([answer.status, answer.text.includes('Your sessions')]).toEqual([404, false])
  })
})
