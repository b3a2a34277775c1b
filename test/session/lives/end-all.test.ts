import { expect, test } from 'vitest'
import { createEndAll, type ToEnd } from '../../../src/session/lives/end-all.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, recordAt } from '../../support/alice.ts'

/**
 * Ends what is listed in rounds, one each time the list is asked for; the last stays. `lineages` names the lineage of each
 * session that can be read. Sessions of `there` can be destroyed, once each.
 */
async function ended(
  rounds: string[][],
  { lineages = {}, ...more }: Partial<ToEnd> & { lineages?: Record<string, string> } = {},
  there = new Set(rounds.flat()),
) {
  const steps: string[] = []
  let looks = 0
  const endAll = createEndAll({
    byId: {
      read: async (id: string): Promise<SessionRecord | undefined> =>
        lineages[id] && there.has(id) ? { ...recordAt(0), lineage: lineages[id] as string } : undefined,
    },
    removal: {
      destroy: async (id: string) => {
        steps.push(`ended ${id}`)
        return there.delete(id)
      },
    },
  } as never)
  const count = await endAll({
    listed: async () => rounds[Math.min(looks++, rounds.length - 1)] ?? [],
    isMeant: () => true,
    beforehand: async ({ objectId }) => void steps.push(`before ${objectId}`),
    ...more,
  })
  return { count, steps, looks, left: [...there] }
}

test('it says how many sessions there were', async () => {
  expect((await ended([['one', 'two', 'gone']], {}, new Set(['one', 'two']))).count).toBe(2)
})

test('hundreds end together, and each once', async () => {
  const ids = Array.from({ length: 250 }, (_, index) => `id-${index}`)
  const { count, left } = await ended([ids])
  expect([count, left]).toEqual([250, []])
})

test('what is to be done beforehand is done before a session ends, and only for sessions that can be read', async () => {
  const { steps } = await ended([['one', 'two']], { lineages: { one: 'a' } })
  const before = `before ${alice.objectId}`
  expect(steps.indexOf(before)).toBeLessThan(steps.indexOf('ended one'))
  expect(steps.filter(step => step === before)).toHaveLength(1)
})

test('nothing is done beforehand for a session that is not meant', async () => {
  const { steps } = await ended([['one']], { lineages: { one: 'a' }, isMeant: () => false })
  expect(steps).toEqual([])
})

test('a session that goes on under another id meanwhile ends under that id', async () => {
  const { left } = await ended([['one'], ['two']], { lineages: { one: 'a', two: 'a' }, sparesNewcomers: true })
  expect(left).toEqual([])
})

test('a session that began meanwhile is spared where newcomers are', async () => {
  const { left } = await ended([['one'], ['new']], { lineages: { one: 'a', new: 'b' }, sparesNewcomers: true })
  expect(left).toEqual(['new'])
})

test('a session that began meanwhile ends where newcomers are not spared', async () => {
  expect((await ended([['one'], ['new']], { lineages: { one: 'a', new: 'b' } })).left).toEqual([])
})

test('a session that cannot be read ends also where newcomers are spared', async () => {
  expect((await ended([['one'], ['unread']], { lineages: { one: 'a' }, sparesNewcomers: true })).left).toEqual([])
})

test('a session that cannot be read is named by its id', async () => {
  const { left } = await ended([['one', 'two']], { isMeant: handle => handle === handleOf('two'), identity: alice })
  expect(left).toEqual(['one'])
})

test('it looks until there is nothing new', async () => {
  expect((await ended([['one'], ['one', 'two'], ['two']])).looks).toBe(3)
})

test('it follows nobody for ever', async () => {
  const rounds = Array.from({ length: 30 }, (_, index) => [`id-${index}`])
  expect((await ended(rounds)).looks).toBe(10)
})
