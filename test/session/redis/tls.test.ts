import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { openHouse } from '../../support/house.ts'
import { canaries, startTlsRedis } from '../../support/redis/redis-servers.ts'
import { eventsIn } from '../../support/stored.ts'
import {
  everythingWorks,
  expectNobodySuffered,
  inShape,
  lastBadAt,
  patience,
  recovered,
  visitingDuring,
  waitingAt,
} from './shapes.ts'

const shape = inShape(startTlsRedis)

everythingWorks('on one Redis behind TLS, as a user of its own', shape)

test('the user that the documentation shows was refused nothing', async () => {
  const refused = (await shape.place.inspect.acl('LOG')) as unknown as (string | number)[][]
  expect(refused.map(entry => entry[entry.indexOf('object') + 1])).toEqual([])
})

test.each(['get other:session', 'keys *', 'scan 0', 'flushall', 'config get requirepass', 'acl list'])(
  'that user may not say %s',
  async said => {
    const [name = '', ...words] = said.split(' ')
    const user = new Redis(shape.place.url, { tls: { ca: shape.place.ca }, disableClientInfo: true })
    await expect(user.call(name, ...words)).rejects.toThrow('NOPERM')
    user.disconnect()
  },
)

test('nobody is signed out when Redis is killed and comes back, and that takes seconds', async () => {
  const alice = await shape.house.visitor('alice')
  let backAt = 0
  const seen = await visitingDuring(shape, alice, async () => {
    await shape.place.kill()
    await expect.poll(() => waitingAt(shape), patience).toEqual({ status: 'ready', waiting: ['redis'] })
    await shape.place.startAgain()
    backAt = performance.now()
    await recovered(shape, alice)
  })
  expectNobodySuffered(seen)
  expect(lastBadAt(seen) - backAt).toBeLessThan(5_000)
})

everythingWorks('and when it was killed and came back', shape)

const wrong: [what: string, reply: string | undefined, change: (url: string) => string, authority: boolean][] = [
  ['the password is wrong', 'WRONGPASS', url => url.replace(/:[^:@]+@/, ':another@'), true],
  ['there is no password', 'NOAUTH', url => url.replace(/\/[^/@]+@/, '/'), true],
  ['the certificate is of an authority that nobody knows', undefined, url => url, false],
  ['its database may not be selected', 'NOPERM', url => `${url}/2`, true],
  ['TLS is left out', undefined, url => url.replace('rediss:', 'redis:'), false],
]
test.each(wrong)('the house says where %s, waits, and gives nothing away', async (_what, reply, change, isKnown) => {
  await using house = await openHouse({
    redisUrl: change(shape.place.url),
    inspect: shape.place.inspect,
    settings: isKnown ? shape.place.settings : {},
  })
  const nobody = await house.visitor('alice', { signIn: false })
  expect((await nobody.fetch('/health/ready')).body).toEqual({ status: 'not-ready', waiting: ['redis'] })
  await expect.poll(() => eventsIn(house.logged, 'redis-away').length, patience).toBe(1)
  expect(eventsIn(house.logged, 'redis-away')[0].reply).toBe(reply)
  for (const secret of [...canaries, ...canaries.map(encodeURIComponent), 'another'])
    expect(house.logged.join()).not.toContain(secret)
})
