import { expect } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { openOver } from '../../support/redis/own-redis.ts'
import { eventsIn } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let alice: Visitor
const test = testInNew(async () => {
  const redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] })
  return openOver(redis, { settings: { MEMBERSHIP_GRACE_SECONDS: '0' } })
})
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice')
  expect((await alice.get('/')).status).toBe(200)
  house.clock.advance({ minutes: 2 })
})
const failed = (house: House) => eventsIn(house.logged, 'recheck-failed')

test('where Redis keeps us from asking Microsoft, the page and the log say Redis', async ({ house }) => {
  await house.redis.config('SET', 'maxmemory', '1')
  for (let times = 0; times < 4; times++) {
    const answer = await alice.get('/')
    expect(answer.status).toBe(503)
    expect(answer.headers['retry-after']).toBeTruthy()
    expect(answer.text).toContain('We cannot look up your sign-in right now')
    expect(answer.text).not.toContain('Microsoft')
  }
  expect((await alice.fetch('/')).body).toMatchObject({ status: 503, code: 'redis-away' })
  const { oid } = house.tenant.people.find(({ key }) => key === 'alice') ?? {}
  expect(failed(house)).toMatchObject([{ code: 'redis-away', oid, error: { cause: { redis: { word: 'OOM' } } } }])
  expect(eventsIn(house.logged, 'redis-refuses')).toMatchObject([{ word: 'OOM' }])
  await house.redis.config('SET', 'maxmemory', '0')
  await expect.poll(async () => (await alice.get('/')).status).toBe(200)
})

test('where Microsoft does not answer, the page and the log say Microsoft', async ({ house }) => {
  house.tenant.set({ down: true })
  const answer = await alice.get('/')
  expect(answer.status).toBe(503)
  expect(answer.text).toContain('Microsoft does not answer')
  expect(failed(house)).toMatchObject([{ code: 'entra-unreachable' }])
})

test('and when one is mended and the other breaks, each is named in its turn', async ({ house }) => {
  await house.redis.config('SET', 'maxmemory', '1')
  expect((await alice.get('/')).text).toContain('We cannot look up your sign-in right now')
  await house.redis.config('SET', 'maxmemory', '0')
  house.tenant.set({ down: true })
  expect((await alice.get('/')).text).toContain('Microsoft does not answer')
  // What was heard of Microsoft a moment ago is not heard of Redis.
  expect((await alice.get('/')).text).toContain('Microsoft does not answer')
})

test('a list of the group that Graph gave and Redis does not take is not called a fault of Graph', async ({
  house,
}) => {
  const settings = { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '5' }
  const permissions = ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
  const tenant = { switches: { appPermissions: permissions } }
  await house.redis.acl('SETUSER', 'default', 'resetkeys', '%R~*', '~*:lease:*', '~*:pause:*', '~*:ready:*')
  await using watching = await openHouse({ redisUrl: house.server.url, settings, tenant })
  try {
    await expect.poll(() => watching.members.news.roster(), { timeout: 5_000 }).toBeDefined()
    await expect.poll(() => eventsIn(watching.logged, 'redis-refuses').length, { timeout: 5_000 }).toBe(1)
    expect(eventsIn(watching.logged, 'redis-refuses')).toMatchObject([{ word: 'NOPERM', command: 'eval' }])
    expect(eventsIn(watching.logged, 'roster-failed')).toEqual([])
  } finally {
    await house.redis.acl('SETUSER', 'default', '~*')
  }
})

test('a fault of ours on the way to Redis is not called a fault of Redis', async ({ house }) => {
  const { sessions } = house.services
  const id = decodeURIComponent(alice.cookies().get('gatehouse') ?? '').replace(/^s:|\..*$/g, '')
  const bug = new TypeError('ours')
  const thrown = await sessions
    .change(id, () => {
      throw bug
    })
    .catch((error: unknown) => error)
  expect(thrown).toBe(bug)
})
