import { expect, test } from 'vitest'
import { createBoard } from '../../../src/session/replicas/board.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const board = createBoard({ redis, seal, prefix, about: 'group' })
const now = Date.parse('2026-03-02T12:00:00Z')
const lifeMs = 60_000
const news = (text: string, at = now) => ({ at, text, lifeMs })

test('news is read by its name', async () => {
  await board.post('read', news('text'))
  expect(await board.read('read')).toBe('text')
})

test('news lies under a key that tells what it is about, for as long as was asked', async () => {
  await board.post('key', news('text'))
  expect(await redis.pttl(`${prefix}board:key:group`)).toBeGreaterThan(lifeMs - 10_000)
})

test('news is kept sealed', async () => {
  await board.post('sealed', news('Alice'))
  expect(await redis.get(`${prefix}board:sealed:group`)).not.toContain('Alice')
})

test('news under the name of other news does not open', async () => {
  await board.post('one', news('text'))
  await redis.set(`${prefix}board:moved:group`, (await redis.get(`${prefix}board:one:group`)) ?? '')
  expect(await board.read('moved')).toBeUndefined()
})

test('who posts news hears that it is there', async () => {
  expect(await board.post('heard', news('text'))).toBe(true)
})

test('newer news takes the place of older news', async () => {
  await board.post('newer', news('older'))
  await board.post('newer', news('newer', now + 1))
  expect(await board.read('newer')).toBe('newer')
})

test('who posts old news hears that it is not there', async () => {
  await board.post('old', news('newer', now + 1))
  expect(await board.post('old', news('older'))).toBe(false)
})

test('news of a clock that is a little ahead stands in the way of older news', async () => {
  await board.post('ahead', news('ahead', now + 30_000))
  expect(await board.post('ahead', news('older'))).toBe(false)
})

test('news of a clock that was wrong does not stand in the way', async () => {
  await board.post('wrong', news('wrong', now + 30_001))
  expect(await board.post('wrong', news('right'))).toBe(true)
})

test('news that is to take the place of certain news takes it, however old it is', async () => {
  await board.post('instead', news('certain'))
  expect(await board.post('instead', { ...news('older', now - 1), instead: now })).toBe(true)
})

test('news that is to take the place of certain news leaves any other', async () => {
  await board.post('other', news('other', now + 1))
  expect(await board.post('other', { ...news('newest', now + 2), instead: now })).toBe(false)
})

test('news that is to be the first leaves what is there', async () => {
  await board.post('first', news('there'))
  expect(await board.post('first', { ...news('late', now + 1), instead: 0 })).toBe(false)
})

test('the instant of news is known without its text', async () => {
  await board.post('instant', news('text'))
  expect(await board.at('instant')).toBe(now)
})

test('no news is of no instant', async () => {
  expect(await board.at('none')).toBe(0)
})

test('no news has no text', async () => {
  expect(await board.read('none')).toBeUndefined()
})

test('a key of another type counts as no news', async () => {
  await redis.lpush(`${prefix}board:list:group`, 'no news')
  expect([await board.at('list'), await board.read('list')]).toEqual([0, undefined])
})

test('a key of another type is replaced by news', async () => {
  await redis.lpush(`${prefix}board:replaced:group`, 'no news')
  expect(await board.post('replaced', news('text'))).toBe(true)
})

test.each(['post', 'at', 'read'] as const)('%s says that Redis is away', async method => {
  const away = createBoard({ redis: awayRedis, seal, prefix })
  await expect(away[method]('name', news('text'))).rejects.toMatchObject({ code: 'redis-away' })
})
