import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, test } from 'vitest'
import { z } from 'zod'
import { Secret } from '../../../src/config/secret.ts'
import { createNotes, noteOf, parsedNote } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())
const prefix = `test-${randomUUID()}:`
const seal = createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')])
const notes = createNotes({ redis, seal, prefix })
const lifeMs = 60_000

test('a note is read by its name, and by no other', async () => {
  await notes.change('one', () => 'text', lifeMs)
  expect(await notes.read('one')).toBe('text')
  expect(await notes.read('other')).toBeUndefined()
})
test('a note is kept sealed, bound to its name', async () => {
  await notes.change('sealed', () => 'Refund 8841', lifeMs)
  const stored = (await redis.get(`${prefix}note:sealed`)) ?? ''
  expect(stored).not.toContain('Refund')
  await redis.set(`${prefix}note:moved`, stored)
  expect(await notes.read('moved')).toBeUndefined()
})
test('two requests that change a note at once both count, one made from the other', async () => {
  const count = () => notes.change('count', text => String(Number(text ?? 0) + 1), lifeMs)
  await Promise.all(Array.from({ length: 20 }, count))
  expect(await notes.read('count')).toBe('20')
})
test('a request that was late hears so, and changes nothing', async () => {
  await notes.change('once', () => 'taken', lifeMs)
  expect(await notes.change('once', text => (text === undefined ? 'mine' : undefined), lifeMs)).toBe(false)
  expect(await notes.read('once')).toBe('taken')
})
test('a note goes when it is removed, or when its time is up', async () => {
  await notes.change('gone', () => 'text', lifeMs)
  expect(await redis.pttl(`${prefix}note:gone`)).toBeGreaterThan(lifeMs - 5_000)
  await notes.change('gone', () => null, lifeMs)
  expect(await notes.read('gone')).toBeUndefined()
})
test('a note that was damaged counts as none, and can be written anew', async () => {
  await redis.set(`${prefix}note:damaged`, 'junk')
  expect(await notes.read('damaged')).toBeUndefined()
  await notes.change('damaged', text => (text === undefined ? 'new' : undefined), lifeMs)
  expect(await notes.read('damaged')).toBe('new')
})

test('a change of a key that holds no text is not tried for ever', async () => {
  await redis.set(`${prefix}note:bytes`, Buffer.from([0xff, 0xfe]))
  await expect(notes.change('bytes', () => 'text', lifeMs)).rejects.toThrow('redis-away')
})

test('each person has notes of their own, of each kind one, and their names name nobody', () => {
  const ana = { tenantId: 'tenant-1', objectId: 'object-1' }
  const names = [
    noteOf('plan', ana),
    noteOf('wish', ana),
    noteOf('plan', { ...ana, objectId: 'object-2' }),
    noteOf('plan', { ...ana, tenantId: 'tenant-2' }),
  ]
  expect(new Set(names).size).toBe(4)
  expect(noteOf('plan', ana)).toBe(names[0])
  expect(names.join()).not.toMatch(/tenant|object/)
})

test('a note is read by its shape, and counts as none where there is none or it has another', () => {
  const shape = z.object({ at: z.int() })
  expect(parsedNote(shape, '{"at":1}')).toEqual({ at: 1 })
  expect(parsedNote(shape, '{"at":"noon"}')).toBeUndefined()
  expect(parsedNote(shape, undefined)).toBeUndefined()
})
