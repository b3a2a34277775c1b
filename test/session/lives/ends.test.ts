import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { createEnds, type EndedSessions, type Ends } from '../../../src/session/lives/ends.ts'
import { fingerprint } from '../../../src/session/sealing/seal.ts'
import { alice } from '../../support/alice.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const now = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const maxMs = 600 * minute
const clock = () => new Date(now)

let prefix: string
let ends: Ends
beforeEach(() => {
  prefix = `test-${randomUUID()}:`
  ends = createEnds({ redis, prefix, maxMs, clock })
})

const identity = { ...alice, sid: 'the-sid' }
const { sid: _, ...withoutSid } = identity
const ofPerson = { person: identity }
const ofLineage = { lineage: 'the-lineage' }
const ofEntraSession = { entraSession: 'the-sid', isOverThere: false, isKnown: true }
const overThere = { ...ofEntraSession, isOverThere: true }

/** Whether a session is ended that begins now, and about which this word is left then. */
async function isEndedBy(ended: EndedSessions, born: Partial<Parameters<Ends['areAbout']>[0]> = {}): Promise<boolean> {
  const since = await ends.moment()
  await ends.remember(ended)
  return ends.areAbout({ identity, lineage: 'the-lineage', since, ...born })
}

describe('a session that is being born ends', () => {
  const all: [string, EndedSessions][] = [
    ['all sessions of its person', ofPerson],
    ['all but another session of its person', { ...ofPerson, but: 'another' }],
    ['that session itself', ofLineage],
    ['the sessions that its session of Entra opened', ofEntraSession],
  ]
  test.for(all)('when %s were ended since', async ([_what, ended], { expect }) => {
    expect(await isEndedBy(ended)).toBe(true)
  })

  test.for(all)('not when %s were ended before', async ([_what, ended], { expect }) => {
    await ends.remember(ended)
    expect(await ends.areAbout({ identity, lineage: 'the-lineage', since: await ends.moment() })).toBe(false)
  })

  const others: [string, EndedSessions][] = [
    ['all other sessions of its person', { ...ofPerson, but: 'the-lineage' }],
    ['the sessions of another person', { person: { ...identity, objectId: 'another' } }],
    ['the sessions of that person in another tenant', { person: { ...identity, tenantId: 'another' } }],
    ['another session', { lineage: 'another' }],
    ['the sessions of another session of Entra', { ...overThere, entraSession: 'another' }],
  ]
  test.for(others)('not when %s were ended since', async ([_what, ended], { expect }) => {
    expect(await isEndedBy(ended, { startedAt: now - 1 })).toBe(false)
  })

  test('not when the sessions of a nameless session of Entra were ended, and none opened it', async () => {
    expect(await isEndedBy({ ...overThere, entraSession: '' }, { identity: withoutSid })).toBe(false)
  })

  test('when its session of Entra ended there after its sign-in began', async () => {
    await ends.remember(overThere)
    const since = await ends.moment()
    expect(await ends.areAbout({ identity, lineage: 'the-lineage', since, startedAt: now - 1 })).toBe(true)
  })

  test('not when its session of Entra ended there just before its sign-in began', async () => {
    await ends.remember(overThere)
    const since = await ends.moment()
    expect(await ends.areAbout({ identity, lineage: 'the-lineage', since, startedAt: now })).toBe(false)
  })

  test('not by an end here of what its session of Entra opened, before it began', async () => {
    await ends.remember(ofEntraSession)
    const since = await ends.moment()
    expect(await ends.areAbout({ identity, lineage: 'the-lineage', since, startedAt: 1 })).toBe(false)
  })

  test('not by a key of another type: nobody here wrote it', async () => {
    await redis.rpush(`${prefix}ended:${fingerprint('lineage\nthe-lineage')}`, 'a', 'list')
    expect(await ends.areAbout({ identity, lineage: 'the-lineage', since: 0 })).toBe(false)
  })
})

describe('the word of an end', () => {
  const keys: [string, EndedSessions, string][] = [
    ['a person', ofPerson, `person\n${identity.tenantId}\n${identity.objectId}`],
    ['a lineage', ofLineage, 'lineage\nthe-lineage'],
    ['a session of Entra', ofEntraSession, 'entra-session\nthe-sid'],
  ]
  test.for(keys)(
    'about %s lies where replicas of other releases look for it',
    async ([_of, ended, name], { expect }) => {
      await ends.remember(ended)
      expect(await redis.exists(`${prefix}ended:${fingerprint(name)}`)).toBe(1)
    },
  )

  const words: [string, EndedSessions, string][] = [
    ['its count', ofLineage, '|0|'],
    ['the instant of an end at Entra', overThere, `|${now}|`],
    ['no instant of an end here', ofEntraSession, '|0|'],
    ['the lineage that does not end', { ...ofPerson, but: 'another' }, '|0|another'],
    ['no lineage where all end', ofPerson, '|0|'],
  ]
  test.for(words)('holds %s', async ([_what, ended, rest], { expect }) => {
    await ends.remember(ended)
    const [key = ''] = await redis.keys(`${prefix}ended:*`)
    expect(await redis.get(key)).toBe(`${await ends.moment()}${rest}`)
  })

  const lives: [string, EndedSessions, number][] = [
    ['a quarter of an hour for a person', ofPerson, 15],
    ['a quarter of an hour for a session of Entra that opened a session here', overThere, 15],
    ['two minutes for a session of Entra that nobody here knows', { ...overThere, isKnown: false }, 2],
  ]
  test.for(lives)('lasts %s', async ([_what, ended, minutes], { expect }) => {
    await ends.remember(ended)
    const [key = ''] = await redis.keys(`${prefix}ended:*`)
    const left = await redis.pttl(key)
    expect(left).toBeGreaterThan((minutes - 1) * minute)
    expect(left).toBeLessThanOrEqual(minutes * minute)
  })
})

describe('the count of ends', () => {
  test('goes up with each end', async () => {
    await ends.remember(ofLineage)
    const before = await ends.moment()
    await ends.remember(ofPerson)
    expect(await ends.moment()).toBe(before + 1)
  })

  test('is not changed by a look', async () => {
    await ends.remember(ofLineage)
    expect(await ends.moment()).toBe(await ends.moment())
  })

  test('begins with the time of Redis', async () => {
    const [seconds = 0] = (await redis.time()).map(Number)
    expect(await ends.moment()).toBeGreaterThanOrEqual(seconds * 1000)
  })

  test('leaves nothing in Redis where nothing was ended', async () => {
    await ends.moment()
    expect(await redis.keys(`${prefix}*`)).toEqual([])
  })

  test('lasts for an hour', async () => {
    await ends.remember(ofLineage)
    const left = await redis.pttl(`${prefix}ends`)
    expect(left).toBeGreaterThan(59 * minute)
    expect(left).toBeLessThanOrEqual(60 * minute)
  })
})

describe('an end of which no word can be left', () => {
  const failing = (error: unknown) =>
    createEnds({ redis: { eval: () => Promise.reject(error) } as never, prefix, maxMs, clock }).remember(ofLineage)

  test('goes on in a Redis that is full', async () => {
    const full = new Error("OOM command not allowed when used memory > 'maxmemory'.")
    await expect(failing(full)).resolves.toBeUndefined()
  })

  test('fails in a Redis that does not answer', async () => {
    await expect(failing(new Error('Connection is closed.'))).rejects.toMatchObject({ code: 'redis-away' })
  })

  test('fails with a fault of our own as it is', async () => {
    const fault = new TypeError('OOM')
    await expect(failing(fault)).rejects.toBe(fault)
  })

  test('fails where what Redis says is no error', async () => {
    await expect(failing('OOM')).rejects.toMatchObject({ code: 'redis-away' })
  })
})

describe('an end of all sessions', () => {
  const born = (since: number, lineage = 'the-lineage') => ends.areAbout({ identity, lineage, since })

  test('is about a session that was being born', async () => {
    const since = await ends.moment()
    await ends.remember({ everyone: true })
    expect(await born(since)).toBe(true)
  })

  test('is not about a session that began after it', async () => {
    await ends.remember({ everyone: true })
    expect(await born(await ends.moment())).toBe(false)
  })

  test('is not about the session that it spares', async () => {
    const since = await ends.moment()
    await ends.remember({ everyone: true, but: 'the-lineage' })
    expect([await born(since), await born(since, 'another')]).toEqual([false, true])
  })

  test('is not about those of another installation', async () => {
    const since = await ends.moment()
    await createEnds({ redis, prefix, about: 'another', maxMs, clock }).remember({ everyone: true })
    expect(await born(since)).toBe(false)
  })

  test('is remembered for as long as a session may last', async () => {
    await ends.remember({ everyone: true })
    const ttls = await Promise.all((await redis.keys(`${prefix}ended:*`)).map(key => redis.pttl(key)))
    expect(Math.max(...ttls)).toBeGreaterThan(maxMs - minute)
  })

  test.each([
    [now - 1, true],
    [now, true],
    [now + 1, false],
  ])('has missed a session that was not listed and began at %s: %s', async (signedInAt, isMissed) => {
    await ends.remember({ everyone: true })
    expect(await ends.haveMissed({ lineage: 'the-lineage', signedInAt })).toBe(isMissed)
  })

  test('has not missed the session that it spares', async () => {
    await ends.remember({ everyone: true, but: 'the-lineage' })
    expect(await ends.haveMissed({ lineage: 'the-lineage', signedInAt: 0 })).toBe(false)
  })

  test('that never was has missed nothing', async () => {
    expect(await ends.haveMissed({ lineage: 'the-lineage', signedInAt: 0 })).toBe(false)
  })
})
