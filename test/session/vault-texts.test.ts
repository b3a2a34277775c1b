import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import { createVault } from '../../src/session/vault.ts'

const redis = new Redis(inject('redisUrl'))
const prefix = `test-${randomUUID()}:`
const seal = createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')])
const vault = createVault({ redis, seal, prefix })
afterAll(async () => {
  await redis.del(...(await redis.keys(`${prefix}*`)), 'none')
  redis.disconnect()
})

const minute = 60_000
const now = Date.parse('2026-03-02T12:00:00Z')
const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id', accessTokenExpiresAt: now }
const newer = { ...tokens, accessToken: 'newer' }
const pim = { ...tokens, accessToken: 'pim' }
const counting = { until: now + 5 * minute, now }
const tokensKey = (id: string) => `${prefix}tokens:${id}`
const pimKey = (id: string) => `${prefix}pim-token:${id}`

/** The id of a session whose tokens are kept; with its token for PIM, if wished. */
async function begun({ withPim = false } = {}): Promise<string> {
  const id = randomUUID()
  await vault.keep(id, tokens, 10 * minute)
  if (withPim) await vault.keepPim(id, pim, counting)
  return id
}

const put = (key: string, text: string) => redis.set(key, seal.close(text, key))

/** A vault that notes for how long it lets each key last. */
function noting(needs: { idleMs?: number } = {}) {
  const lives: [key: string, ms: number][] = []
  const noted = Object.create(redis, {
    set: {
      value: (key: string, text: string, unit: 'PX', ms: number) => {
        lives.push([key, ms])
        return redis.set(key, text, unit, ms)
      },
    },
    pexpire: {
      value: (key: string, ms: number) => {
        lives.push([key, ms])
        return redis.pexpire(key, ms)
      },
    },
  })
  return { lives, vault: createVault({ redis: noted, seal, prefix, ...needs }) }
}

test('the tokens of a session are read as they were kept', async () => {
  expect(await vault.read(await begun())).toEqual(tokens)
})

test('the tokens of a session lie under a key of their own', async () => {
  expect(await redis.exists(tokensKey(await begun()))).toBe(1)
})

test('the tokens of a session are kept for as long as was asked', async () => {
  const { lives, vault } = noting()
  await vault.keep('as-asked', tokens, 10 * minute)
  expect(lives).toEqual([[tokensKey('as-asked'), 10 * minute]])
})

test('a session that has no tokens reads none', async () => {
  expect(await vault.read(randomUUID())).toBeUndefined()
})

test('tokens that were damaged are none', async () => {
  const id = await begun()
  await redis.set(tokensKey(id), 'junk')
  expect(await vault.read(id)).toBeUndefined()
})

test('tokens that another secret sealed may be read elsewhere', async () => {
  const other = createSeal([new Secret('other-0123456789-abcdefghij-KLMNOP')])
  const id = await begun()
  await redis.set(tokensKey(id), other.close(JSON.stringify(tokens), tokensKey(id)))
  expect(await vault.read(id)).toBe('unknown-key')
})

const { refreshToken: _, ...withoutRefresh } = tokens
const shapes: [what: string, text: string, expected: unknown][] = [
  ['with a field of another release are read with it', JSON.stringify({ ...tokens, more: 1 }), { ...tokens, more: 1 }],
  ['without a refresh token are read', JSON.stringify(withoutRefresh), withoutRefresh],
  ['that are no JSON may be read elsewhere', 'text', 'unknown-key'],
  ['of another shape may be read elsewhere', '{}', 'unknown-key'],
]
test.each(shapes)('tokens %s', async (_what, text, expected) => {
  const id = randomUUID()
  await put(tokensKey(id), text)
  expect(await vault.read(id)).toEqual(expected)
})

test('new tokens come in place of those that were redeemed', async () => {
  const id = await begun()
  await vault.replace(id, tokens, newer)
  expect(await vault.read(id)).toEqual(newer)
})

test('who puts new tokens in place hears that they are there', async () => {
  expect(await vault.replace(await begun(), tokens, newer)).toBe(true)
})

test('who redeemed tokens that are there no more hears so', async () => {
  expect(await vault.replace(await begun(), newer, pim)).toBe(false)
})

test('tokens stay that are not those that were redeemed', async () => {
  const id = await begun()
  await vault.replace(id, newer, pim)
  expect(await vault.read(id)).toEqual(tokens)
})

test('a session that ended gets no new tokens', async () => {
  const id = randomUUID()
  await vault.replace(id, tokens, newer)
  expect(await vault.read(id)).toBeUndefined()
})

test('a session holds the tokens that were kept', async () => {
  expect(await vault.holds(await begun(), tokens)).toBe(true)
})

test('a session does not hold other tokens', async () => {
  expect(await vault.holds(await begun(), newer)).toBe(false)
})

test('a session that goes on keeps its tokens for as long as was asked, in whole ms', async () => {
  const { lives, vault } = noting()
  await vault.prolong('goes-on', { lifeMs: 1000.2, now })
  expect(lives).toEqual([[tokensKey('goes-on'), 1001]])
})

test('a token for PIM lasts with its session', async () => {
  const id = await begun({ withPim: true })
  const { lives, vault } = noting()
  await vault.prolong(id, { lifeMs: minute, now })
  expect(lives).toContainEqual([pimKey(id), minute])
})

test('a token for PIM lasts no longer than it counts, however long its session goes on', async () => {
  const id = await begun({ withPim: true })
  const { lives, vault } = noting()
  await vault.prolong(id, { lifeMs: 10 * minute, now: now + 2 * minute })
  expect(lives).toContainEqual([pimKey(id), 3 * minute])
})

test('a token for PIM is read as it was kept', async () => {
  expect(await vault.readPim(await begun({ withPim: true }))).toBe('pim')
})

test('a token for PIM lies under a key of its own', async () => {
  expect(await redis.exists(pimKey(await begun({ withPim: true })))).toBe(1)
})

test('a token for PIM is kept for as long as it counts', async () => {
  const id = await begun()
  const { lives, vault } = noting()
  await vault.keepPim(id, pim, counting)
  expect(lives).toEqual([[pimKey(id), 5 * minute]])
})

test('a token for PIM is kept no longer than its session may be idle', async () => {
  const id = await begun()
  const { lives, vault } = noting({ idleMs: minute })
  await vault.keepPim(id, pim, counting)
  expect(lives).toEqual([[pimKey(id), minute]])
})

test('a token for PIM that has just run out is not kept', async () => {
  const id = await begun()
  const { lives, vault } = noting()
  await vault.keepPim(id, pim, { until: now, now })
  expect(lives).toEqual([])
})

test('a session that ended keeps no token for PIM', async () => {
  const id = randomUUID()
  await vault.keepPim(id, pim, counting)
  expect(await redis.exists(pimKey(id))).toBe(0)
})

test('a session without a token for PIM reads none', async () => {
  expect(await vault.readPim(await begun())).toBeUndefined()
})

test.each(['{}', '{"accessToken":"pim"}', '{"until":1}', 'text'])('a token for PIM kept as %s is none', async text => {
  const id = await begun()
  await put(pimKey(id), text)
  expect(await vault.readPim(id)).toBeUndefined()
})

test('a token for PIM is gone when it was dropped', async () => {
  const id = await begun({ withPim: true })
  await vault.dropPim(id, 'pim')
  expect(await redis.exists(pimKey(id))).toBe(0)
})

test('a token for PIM stays when an older one is dropped', async () => {
  const id = await begun({ withPim: true })
  await vault.dropPim(id, 'older')
  expect(await vault.readPim(id)).toBe('pim')
})

test('a token for PIM that is gone can be dropped', async () => {
  await expect(vault.dropPim(randomUUID(), 'pim')).resolves.toBeUndefined()
})

test('a session that is forgotten leaves no token', async () => {
  const id = await begun({ withPim: true })
  await vault.forget(id)
  expect(await redis.exists(tokensKey(id), pimKey(id))).toBe(0)
})

test('a token for giving other people access lies apart, lasts as long, and goes with the session', async () => {
  const id = await begun({ withPim: true })
  const key = `${prefix}administration-token:${id}`
  const { lives, vault } = noting()
  await vault.keepPim(id, { ...tokens, accessToken: 'admin' }, { ...counting, work: 'administration' })
  await vault.prolong(id, { lifeMs: 10 * minute, now: now + 2 * minute })
  expect([await vault.readPim(id), await vault.readPim(id, 'administration')]).toEqual(['pim', 'admin'])
  expect(lives.filter(([each]) => each === key).map(([, ms]) => ms)).toEqual([5 * minute, 3 * minute])
  await vault.dropPim(id, 'admin')
  expect(await vault.readPim(id, 'administration')).toBe('admin')
  await vault.dropPim(id, 'admin', 'administration')
  expect([await vault.readPim(id), await redis.exists(key)]).toEqual(['pim', 0])
  await vault.keepPim(id, pim, { ...counting, work: 'administration' })
  await vault.forget(id)
  expect(await redis.exists(key)).toBe(0)
})
