import { expect } from 'vitest'
import { type House, sessionSecret } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { eventsIn, sessionKeyOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'

const newSecret = 'newer-0123456789-abcdefghij-KLMNOP'
const test = testIn()

const replicaWith = (house: House, ...secrets: string[]) => openReplica(house, { SESSION_SECRET: secrets.join() })
const aMinuteLater = (house: House) => house.clock.advance({ minutes: 1 })

test('changing the secret in three steps, replica by replica, signs nobody out', async ({ house }) => {
  await using both = await replicaWith(house, sessionSecret, newSecret)
  await using turned = await replicaWith(house, newSecret, sessionSecret)
  const alice = await house.visitor('alice')
  // In each step replicas of the step before still run, and each visit is also written down.
  for (const replicas of [
    [house, both],
    [both, turned],
  ])
    for (const { baseUrl } of [...replicas, ...replicas]) {
      aMinuteLater(house)
      expect((await alice.get(`${baseUrl}/`)).status).toBe(200)
    }
})

test('a replica that only opens with the new secret knows a person who signed in with it', async ({ house }) => {
  await using turned = await replicaWith(house, newSecret, sessionSecret)
  await using both = await replicaWith(house, sessionSecret, newSecret)
  const alice = await house.visitor('alice', { signIn: false })
  alice.cookies().set('gatehouse', '')
  const back = await signInAt(house, turned, alice)
  expect(back.status).toBe(303)
  expect((await alice.get(`${both.baseUrl}/`)).status).toBe(200)
})

test('a replica that has only the old secret does not open a session that the new one sealed, and does not end it either', async ({
  house,
}) => {
  await using turned = await replicaWith(house, newSecret, sessionSecret)
  const alice = await house.visitor('alice')
  aMinuteLater(house)
  expect((await alice.get(`${turned.baseUrl}/`)).status).toBe(200)
  await expect.poll(() => house.redis.get(sessionKeyOf(house, alice))).not.toMatch(await keyIdOfHouse(house))
  house.logged.length = 0

  expect((await alice.get('/')).status).toBe(302)
  expect((await alice.fetch('/')).status).toBe(401)
  expect(eventsIn(house.logged, 'session-sealed-with-unknown-secret')).toHaveLength(1)
  expect((await alice.get(`${turned.baseUrl}/`)).status).toBe(200)
})

test('a replica that has only the old secret neither believes nor ends a session whose cookie the new one signed', async ({
  house,
}) => {
  await using turned = await replicaWith(house, newSecret, sessionSecret)
  const alice = await house.visitor('alice', { signIn: false })
  await signInAt(house, turned, alice)
  expect((await alice.get('/')).status).toBe(302)
  expect((await alice.get(`${turned.baseUrl}/`)).status).toBe(200)
})

test('sessions of the old secret are over without it, and signing in works at once', async ({ house }) => {
  await using after = await replicaWith(house, newSecret)
  const alice = await house.visitor('alice')
  expect((await alice.get(`${after.baseUrl}/`)).status).toBe(302)
  expect((await signInAt(house, after, alice)).status).toBe(303)
  expect((await alice.get(`${after.baseUrl}/`)).status).toBe(200)
})

async function keyIdOfHouse(house: House): Promise<RegExp> {
  const visitor = await house.visitor('alice')
  const [, keyId = ''] = ((await house.redis.get(sessionKeyOf(house, visitor))) ?? '').split('.')
  return new RegExp(`^1\\.${keyId}\\.`)
}

/** Signs in through a replica; its public address is the house's, so the way back is turned to where it listens. */
async function signInAt(
  house: House,
  replica: Awaited<ReturnType<typeof openReplica>>,
  visitor: Awaited<ReturnType<House['visitor']>>,
) {
  const out = await visitor.get(`${replica.baseUrl}/auth/sign-in`)
  let at = out.headers.location ?? ''
  while (!at.startsWith(`${house.baseUrl}/auth/callback`)) {
    const page = await visitor.get(at)
    const answer = page.headers.location ? page : await visitor.post(at, { person: visitor.key, method: 'password' })
    at = new URL(answer.headers.location ?? '', at).href
  }
  return visitor.get(replica.at(at))
}
