import { expect } from 'vitest'
import { personBy } from '../../../infra/tenant/directory/people.ts'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { observedIn, openSelfService, progressOf, someoneIn, turnOnWithPasskey } from '../../support/self-service.ts'
import { testInNew } from '../../support/test-in.ts'

const test = testInNew(() => openSelfService())
const minutes = 60_000

/** What was seen of somebody, oldest first. */
const seenOf = async (house: House, key: string, ...events: string[]) =>
  (await observedIn(house, ...events)).filter(({ actor, subject }) => (subject ?? actor).objectId === personBy(key).oid)

test('of a first turning on is recorded each step, up to the first page', async ({ house }) => {
  house.tenant.set({ tokenLagSeconds: 4 })
  const from = house.clock.read().toISOString()
  const ben = await someoneIn(house)
  await ben.get('/')
  await ben.get('/sessions')
  const { name } = personBy('ben')
  expect(await seenOf(house, 'ben')).toMatchObject([
    { event: 'signedIn', actor: { name }, address: '127.0.0.1' },
    { event: 'refused', gate: 'members', code: 'not-a-member' },
    { event: 'steppedUp', context: 'c1' },
    { event: 'seenIn', gate: 'members', source: 'token' },
    { event: 'effective', gate: 'members', act: expect.any(String), seconds: 4 },
    { event: 'usedFirst', gate: 'members', since: from },
  ])
})

test('what is known of a period is not recorded again by another replica', async ({ house }) => {
  const ben = await someoneIn(house)
  await ben.get('/')
  await using other = await openReplica(house)
  await ben.get(other.at('/'))
  await other.services.observations.settled()
  expect(await seenOf(house, 'ben', 'usedFirst', 'seenIn')).toHaveLength(2)
})

test('a storm of refusals is one record, whichever replicas refuse', async ({ house }) => {
  const oskar = await house.visitor('oskar')
  await using other = await openReplica(house)
  for (let times = 0; times < 20; times++)
    await Promise.all([oskar.fetch('/'), oskar.get(other.at('/')), oskar.post('/sessions/end'), oskar.get('/nowhere')])
  await other.services.observations.settled()
  expect(await seenOf(house, 'oskar', 'refused')).toMatchObject([{ gate: 'members', code: 'not-a-member' }])
})

test('a request that nobody answered in a day has lapsed, once', async ({ house }) => {
  house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
  const ben = await house.visitor('ben')
  await turnOnWithPasskey(ben)
  for (const hours of [8, 8, 8]) {
    house.clock.advance({ hours, minutes: 1 })
    await ben.get('/sessions')
  }
  for (let looks = 0; looks < 2; looks++) expect((await progressOf(ben)).step).toBe('lapsed')
  expect(await seenOf(house, 'ben', 'lapsed')).toMatchObject([{ gate: 'members', request: expect.any(String) }])
})

test('the end of a session is recorded: signed out here, or elsewhere, or because Entra said so', async ({ house }) => {
  const alice = await house.visitor('alice')
  await alice.post('/auth/sign-out')
  expect(await seenOf(house, 'alice', 'signedOut', 'sessionEnded')).toMatchObject([{ event: 'signedOut' }])
  const again = await house.visitor('alice')
  house.tenant.disable('alice')
  house.clock.advance({ minutes: 2 })
  await again.get('/')
  expect((await seenOf(house, 'alice', 'sessionEnded')).at(-1)).toMatchObject({ code: expect.any(String) })
})

test('without a list of the group, a session that finds the membership gone says so', async ({ house }) => {
  const ben = await someoneIn(house, 'ben', { minutes: '30' })
  house.clock.advance({ minutes: 31 })
  await ben.get('/')
  house.clock.advance({ minutes: 3 })
  await ben.get('/')
  const [came, went, ...more] = await seenOf(house, 'ben', 'seenIn', 'seenOut')
  expect(went).toMatchObject({ gate: 'members', since: came.since, how: 'ran-out' })
  expect([Date.parse(went.until) - Date.parse(came.since) <= 30 * minutes, more]).toEqual([true, []])
})
