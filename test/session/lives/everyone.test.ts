import type { Request } from 'express'
import { describe, expect, test } from 'vitest'
import type { Identity } from '../../../src/entra/claims.ts'
import { createEveryone } from '../../../src/session/lives/everyone.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, recordAt } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const farewell = { by: 'Ada', reason: 'Because of that', at: now }
const ben = { ...alice, objectId: 'ben' }
const request = { sessionID: 'own' } as Request
const recordOf = (lineage: string, lastSeenAt = now): SessionRecord => ({ ...recordAt(now), lineage, lastSeenAt })

/** Everyone's sessions: those listed, the records that can be read of them, and those that are there at all. */
function open({
  listed = [],
  records = {},
  longOver = [],
  there = [],
}: {
  listed?: string[]
  records?: Record<string, SessionRecord>
  longOver?: string[]
  there?: string[]
} = {}) {
  const steps: unknown[][] = []
  const ending =
    (name: string) =>
    async (...args: unknown[]) => {
      steps.push([name, ...args.filter(arg => typeof arg !== 'function')])
      const beforehand = args.at(-1) as (whose: Identity) => Promise<void>
      for (const whose of [alice, ben]) await beforehand(whose)
      return 7
    }
  const everyone = createEveryone({
    clock: () => new Date(now),
    redis: { exists: async (key: string) => Number(there.includes(key)) },
    keyOf: (id: string) => `session:${id}`,
    records: new WeakMap([[request, recordOf('own-lineage')]]),
    census: {
      all: async () => listed,
      longOver: async (at: number) => (at === now ? longOver : []),
      gone: (id: string) => void steps.push(['gone', id]),
    },
    byId: { read: async (id: string) => records[id] },
    endOf: { lineage: ending('one'), person: ending('person'), everyone: ending('everyone') },
    farewells: { leave: async (...args: unknown[]) => void steps.push(['farewell', ...args]) },
  } as never)
  return { everyone, steps }
}

describe('the sessions of everyone', () => {
  test('are those that can be read, by their handles', async () => {
    const records = { one: recordOf('one-lineage'), two: { ...recordAt(now), lastSeenAt: now } }
    const { everyone } = open({ listed: ['one', 'two', 'over'], records })
    const found = await everyone.everyone(request)
    expect(found.map(({ handle }) => handle)).toEqual(['one-lineage', handleOf('two')])
  })

  test('say which is this one', async () => {
    const records = { one: recordOf('one-lineage'), own: recordOf('own-lineage') }
    const found = await open({ listed: ['one', 'own'], records }).everyone.everyone(request)
    expect(found.map(({ isThisOne }) => isThisOne)).toEqual([false, true])
  })

  test.each([
    ['before', 'after'],
    ['after', 'before'],
  ])('count one that goes on under another id once, as it was seen last: %s, %s', async (...listed) => {
    const records = { before: recordOf('one', now - 1), after: recordOf('one', now) }
    const found = await open({ listed, records }).everyone.everyone(request)
    expect(found.map(({ record }) => record.lastSeenAt)).toEqual([now])
  })

  test('are read all, however many there are', async () => {
    const listed = Array.from({ length: 1_001 }, (_, index) => `id-${index}`)
    const records = Object.fromEntries(listed.map(id => [id, recordOf(id)]))
    expect(await open({ listed, records }).everyone.everyone(request)).toHaveLength(1_001)
  })

  test('lose an entry that is long over, if its session is no more', async () => {
    const { everyone, steps } = open({ longOver: ['gone', 'still-there'], there: ['session:still-there'] })
    await everyone.everyone(request)
    expect(steps).toEqual([['gone', 'gone']])
  })
})

describe('an administrator’s end', () => {
  const person = alice
  test('of one is that of its lineage', async () => {
    const { everyone, steps } = open()
    const which = { whose: 'one', person, handle: 'the-handle' } as const
    expect(await everyone.endEveryones(request, which, farewell)).toBe(7)
    expect(steps[0]).toEqual(['one', person, 'the-handle'])
  })

  test('of a person spares none of them', async () => {
    const { everyone, steps } = open()
    expect(await everyone.endEveryones(request, { whose: 'person', person }, farewell)).toBe(7)
    expect(steps[0]).toEqual(['person', person, undefined])
  })

  test.each([
    ['all', undefined],
    ['all-but-this', 'own-lineage'],
  ] as const)('of %s spares %s', async (whose, spared) => {
    const { everyone, steps } = open()
    expect(await everyone.endEveryones(request, { whose }, farewell)).toBe(7)
    expect(steps[0]).toEqual(['everyone', spared])
  })

  test('leaves word for the others, and not for the one who asks', async () => {
    const { everyone, steps } = open()
    await everyone.endEveryones(request, { whose: 'all' }, farewell)
    expect(steps.slice(1)).toEqual([['farewell', ben, farewell]])
  })
})
