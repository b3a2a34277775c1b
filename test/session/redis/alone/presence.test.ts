import { EventEmitter } from 'node:events'
import { describe, expect, test } from 'vitest'
import { createPresence } from '../../../../src/session/redis/presence.ts'
import type { Redis } from '../../../../src/session/redis/redis.ts'

/** A Redis that keeps texts, but refuses what `refuses` names, and answers what `answers` says in place of the truth. */
function open() {
  const texts = new Map<string, string>()
  const asked: string[] = []
  const wrong: { refuses?: (command: string, key: string) => boolean; answers?: Record<string, string> } = {}
  const answer = async (command: string, key: string, truth: () => unknown) => {
    asked.push(`${command} ${key}`)
    if (wrong.refuses?.(command, key)) throw new Error('NOPERM')
    const told = truth()
    return wrong.answers?.[command] ?? told
  }
  const redis = Object.assign(new EventEmitter(), {
    set: (key: string, text: string, unit: string, ms: number) =>
      answer('set', key, () => unit === 'PX' && ms === 10_000 && texts.set(key, text)),
    get: (key: string) => answer('get', key, () => texts.get(key) ?? null),
    eval: (script: string, count: number, key: string) =>
      answer('eval', key, () => {
        const found = texts.get(key)
        if (count === 1 && script.includes("'del'")) texts.delete(key)
        return found
      }),
    exists: (key: string) => answer('exists', key, () => Number(texts.has(key))),
  })
  const presence = createPresence({ redis: redis as unknown as Redis, prefix: 'ours:' })
  return { ...presence, redis, wrong, asked, texts }
}

describe('the first proof', () => {
  test('is not there before Redis was asked', () => {
    expect(open().wasThere()).toBe(false)
  })

  test('is a write, a read and a script', async () => {
    const { isThere, wasThere } = open()
    expect([await isThere(), wasThere()]).toEqual([true, true])
  })

  test('takes sixteen keys under our prefix, so that they are on all nodes', async () => {
    const { isThere, asked } = open()
    await isThere()
    const keys = asked.filter(each => each.startsWith('set ')).map(each => each.slice('set '.length))
    expect(new Set(keys).size).toBe(16)
    for (const key of keys) expect(key).toMatch(/^ours:ready:[\w-]{36}:\d+$/)
  })

  test('leaves nothing behind', async () => {
    const { isThere, texts } = open()
    await isThere()
    expect(texts.size).toBe(0)
  })

  test.each(['set', 'get', 'eval'])('fails where %s is refused', async command => {
    const { isThere, wasThere, wrong } = open()
    wrong.refuses = each => each === command
    expect([await isThere(), wasThere()]).toEqual([false, false])
  })

  test.each(['get', 'eval'])('fails where %s tells another text', async command => {
    const { isThere, wrong } = open()
    wrong.answers = { [command]: 'another' }
    expect(await isThere()).toBe(false)
  })

  test('fails where one of the keys is refused', async () => {
    const { isThere, wrong } = open()
    wrong.refuses = (_command, key) => key.endsWith(':15')
    expect(await isThere()).toBe(false)
  })

  test('asks about one key only where the first is refused', async () => {
    const { isThere, asked, wrong } = open()
    wrong.refuses = () => true
    await isThere()
    expect(asked).toHaveLength(3)
  })

  test('is asked for once where several ask at the same time', async () => {
    const { isThere, asked } = open()
    expect(await Promise.all([isThere(), isThere()])).toEqual([true, true])
    expect(asked).toHaveLength(48)
  })

  test('is asked for anew after it failed', async () => {
    const { isThere, wrong } = open()
    wrong.refuses = () => true
    await isThere()
    delete wrong.refuses
    expect(await isThere()).toBe(true)
  })

  test('begins with the first connection', async () => {
    const { redis, wasThere } = open()
    redis.emit('ready')
    await expect.poll(wasThere).toBe(true)
  })

  test('is not asked for again by a later connection', async () => {
    const { redis, isThere, asked } = open()
    await isThere()
    redis.emit('ready')
    expect(asked).toHaveLength(48)
  })
})

describe('once proven, Redis', () => {
  test('is asked about one key under our prefix', async () => {
    const { isThere, asked } = open()
    await isThere()
    asked.length = 0
    expect([await isThere(), asked]).toEqual([true, ['exists ours:ready']])
  })

  test('is not there while it does not answer', async () => {
    const { isThere, wrong } = open()
    await isThere()
    wrong.refuses = () => true
    expect(await isThere()).toBe(false)
  })

  test('was there, whatever it answers now', async () => {
    const { isThere, wasThere, wrong } = open()
    await isThere()
    wrong.refuses = () => true
    await isThere()
    expect(wasThere()).toBe(true)
  })
})
