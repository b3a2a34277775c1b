import { describe, expect, test } from 'vitest'
import { createSealedTexts, wholeMs } from '../../../src/session/sealing/sealed-text.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const texts = createSealedTexts({ redis, seal })
const lifeMs = 60_000
let last = 0
const newKey = () => `${prefix}${++last}`
async function written(text = 'text', ms = lifeMs): Promise<string> {
  const key = newKey()
  await texts.write(key, text, ms)
  return key
}

describe('a text', () => {
  test('is read as it was written', async () => {
    expect(await texts.read(await written())).toBe('text')
  })

  test('is none where none was written', async () => {
    expect(await texts.read(newKey())).toBeUndefined()
  })

  test('is written whatever is there', async () => {
    const key = await written()
    await texts.write(key, 'another', lifeMs)
    expect(await texts.read(key)).toBe('another')
  })

  test('lasts for as long as was asked', async () => {
    const left = await redis.pttl(await written())
    expect(left).toBeGreaterThan(lifeMs - 10_000)
    expect(left).toBeLessThanOrEqual(lifeMs)
  })

  test('lies sealed in Redis', async () => {
    expect(await texts.sealedAt(await written('Alice'))).not.toContain('Alice')
  })

  test('lies nowhere where none was written', async () => {
    expect(await texts.sealedAt(newKey())).toBeNull()
  })

  test('does not open under another key', async () => {
    const other = newKey()
    await redis.set(other, (await texts.sealedAt(await written())) ?? '')
    expect(await texts.read(other)).toBeUndefined()
  })

  test('is none where the key is of another type', async () => {
    const key = newKey()
    await redis.lpush(key, 'no text')
    expect([await texts.read(key), await texts.sealedAt(key)]).toEqual([undefined, null])
  })
})

describe('a change', () => {
  test('is made from the text that is there', async () => {
    const key = await written('one')
    await texts.change(key, text => `${text} more`)
    expect(await texts.read(key)).toBe('one more')
  })

  test('says that the text was changed', async () => {
    expect(await texts.change(await written(), () => 'new')).toBe(true)
  })

  test('of no text writes the first', async () => {
    const key = newKey()
    await texts.change(key, text => String(text))
    expect(await texts.read(key)).toBe('undefined')
  })

  test('that leaves the text says so', async () => {
    expect(await texts.change(await written(), () => undefined)).toBe(false)
  })

  test('that leaves the text writes nothing', async () => {
    const key = await written()
    const before = await texts.sealedAt(key)
    await texts.change(key, () => undefined)
    expect(await texts.sealedAt(key)).toBe(before)
  })

  test('may remove the text', async () => {
    const key = await written()
    expect(await texts.change(key, () => null)).toBe(true)
    expect(await redis.exists(key)).toBe(0)
  })

  test('lets the text last for as long as was asked', async () => {
    const key = await written()
    await texts.change(key, () => 'new', 2 * lifeMs)
    expect(await redis.pttl(key)).toBeGreaterThan(lifeMs)
  })

  test('lets the text last for at least one ms', async () => {
    expect(await texts.change(await written(), () => 'new', -5)).toBe(true)
  })

  test('lets the text last for as long as before where nothing was asked', async () => {
    const key = await written('text', 2 * lifeMs)
    await texts.change(key, () => 'new')
    expect(await redis.pttl(key)).toBeGreaterThan(lifeMs)
  })

  test('is made anew where somebody else was first', async () => {
    const key = await written('one')
    const seen: unknown[] = []
    await texts.change(key, text => {
      seen.push(text)
      // Commands of one connection are carried out in their order: this one comes before the change.
      if (seen.length === 1) void texts.write(key, 'two', lifeMs)
      return `${text} more`
    })
    expect([seen, await texts.read(key)]).toEqual([['one', 'two'], 'two more'])
  })

  test('takes the place of a key of another type', async () => {
    const key = newKey()
    await redis.lpush(key, 'no text')
    expect(await texts.change(key, () => 'new', lifeMs)).toBe(true)
    expect(await texts.read(key)).toBe('new')
  })

  test('takes the place of a text that does not open', async () => {
    const key = newKey()
    await redis.set(key, 'junk')
    await texts.change(key, text => text ?? 'new', lifeMs)
    expect(await texts.read(key)).toBe('new')
  })
})

const away = createSealedTexts({ redis: awayRedis, seal })
test.each([
  ['sealedAt', () => away.sealedAt('key')],
  ['read', () => away.read('key')],
  ['write', () => away.write('key', 'text', lifeMs)],
  ['change', () => away.change('key', () => 'text')],
])('%s says that Redis is away', async (_method, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'redis-away' })
})

test.each([
  [[1.2], 2],
  [[0], 1],
  [[-5], 1],
  [[3_000, 2_000.5], 2_001],
])('of the lifetimes %j Redis is told %i ms', (lifetimes, expected) => {
  expect(wholeMs(...lifetimes)).toBe(expected)
})
