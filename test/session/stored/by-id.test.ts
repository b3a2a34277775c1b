import { describe, expect, test } from 'vitest'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { createSessionsById } from '../../../src/session/stored/by-id.ts'
import { alice, recordAt } from '../../support/alice.ts'

const record = recordAt(Date.parse('2026-03-02T12:00:00Z'))
const elsewhere = (found: SessionRecord): SessionRecord => ({ ...found, browser: 'elsewhere' })

/** Sessions over a Redis that is a map. `rounds` are the ids that the registry lists, one list each time it is asked. */
function open({
  ids = ['one'],
  past = [],
  rounds = [],
  isCounting = true,
}: {
  ids?: string[]
  past?: string[]
  rounds?: string[][]
  isCounting?: boolean
} = {}) {
  const texts = new Map(ids.map(id => [`session:${id}`, JSON.stringify({ cookie: { path: '/' }, record })]))
  const written: { key: string; seconds: number }[] = []
  const counted: unknown[][] = []
  const client = {
    get: async (key: string) => texts.get(key) ?? null,
    change: async (key: string, edit: (text: string) => string | undefined, seconds: (text: string) => number) => {
      const before = texts.get(key)
      if (before === undefined) return null
      const after = edit(before)
      if (after === undefined) return before
      written.push({ key, seconds: seconds(after) })
      texts.set(key, after)
      return after
    },
  }
  const byId = createSessionsById({
    client: client as never,
    keyOf: id => `session:${id}`,
    registry: { ofPerson: async () => rounds.shift() ?? [] } as never,
    lifetimes: {
      isPast: (id: string) => past.includes(id),
      ttlSeconds: (found?: SessionRecord) => (found?.browser === 'elsewhere' ? 7 : 1),
    } as never,
    gateCensus: isCounting ? { changed: (...seen) => void counted.push(seen) } : undefined,
  })
  return { byId, texts, written, counted }
}

describe('a session that is read by its id', () => {
  test('is the record that Redis keeps', async () => {
    expect(await open().byId.read('one')).toEqual(record)
  })

  test('is none where Redis keeps none', async () => {
    expect(await open().byId.read('another')).toBeUndefined()
  })

  test('is none when its time is up', async () => {
    expect(await open({ past: ['one'] }).byId.read('one')).toBeUndefined()
  })

  test('is none where only another release can read it', async () => {
    const { byId, texts } = open()
    texts.set('session:one', JSON.stringify({ cookie: {}, isUnread: true }))
    expect(await byId.read('one')).toBeUndefined()
  })
})

describe('a session that is changed by its id', () => {
  test('comes back as it is afterwards', async () => {
    expect(await open().byId.change('one', elsewhere)).toEqual({ ...record, browser: 'elsewhere' })
  })

  test('is written with what else Redis keeps of it', async () => {
    const { byId, texts } = open()
    await byId.change('one', elsewhere)
    expect(JSON.parse(texts.get('session:one') ?? '')).toEqual({ cookie: { path: '/' }, record: elsewhere(record) })
  })

  test('is kept for as long as its new record says', async () => {
    const { byId, written } = open()
    await byId.change('one', elsewhere)
    expect(written).toEqual([{ key: 'session:one', seconds: 7 }])
  })

  test('is not written when the change changes nothing', async () => {
    const { byId, written } = open()
    await byId.change('one', found => ({ ...found }))
    expect(written).toEqual([])
  })

  test('comes back, too, when the change changes nothing', async () => {
    expect(await open().byId.change('one', found => ({ ...found }))).toEqual(record)
  })

  test('is counted anew, as it was and as it is now', async () => {
    const { byId, counted } = open()
    await byId.change('one', elsewhere)
    expect(counted).toEqual([['one', record, elsewhere(record)]])
  })

  test('comes back also where nobody counts sessions', async () => {
    expect(await open({ isCounting: false }).byId.change('one', elsewhere)).toEqual(elsewhere(record))
  })

  test('is none where Redis keeps none, and is not counted', async () => {
    const { byId, counted } = open()
    expect([await byId.change('another', elsewhere), counted]).toEqual([undefined, []])
  })

  test('is none when it went away while it was changed, and is not counted', async () => {
    const { texts } = open()
    const client = {
      change: async (key: string, edit: (text: string) => string | undefined) => {
        edit(texts.get(key) ?? '')
        return null
      },
    }
    const counted: unknown[] = []
    const gateCensus = { changed: (id: string) => counted.push(id) }
    const byId = createSessionsById({ client, keyOf: (id: string) => `session:${id}`, gateCensus } as never)
    expect([await byId.change('one', elsewhere), counted]).toEqual([undefined, []])
  })
})

describe('a change of all sessions of a person', () => {
  const counted = async (needs: Parameters<typeof open>[0]) => {
    let edits = 0
    const { byId, written } = open(needs)
    await byId.changeAll(alice, found => {
      edits++
      return elsewhere(found)
    })
    return { edits, keys: written.map(({ key }) => key) }
  }

  test('changes each that is listed', async () => {
    const { keys } = await counted({ ids: ['one', 'two'], rounds: [['one', 'two'], []] })
    expect(keys).toEqual(['session:one', 'session:two'])
  })

  test('changes one that is listed only in the second round', async () => {
    expect((await counted({ ids: ['one', 'two'], rounds: [['one'], ['two']] })).keys).toEqual([
      'session:one',
      'session:two',
    ])
  })

  test('edits a session once that both rounds list', async () => {
    expect((await counted({ rounds: [['one'], ['one']] })).edits).toBe(1)
  })

  test('changes a session in the second round that was not there in the first', async () => {
    const { byId, texts, written } = open({
      ids: ['two'],
      rounds: [
        ['one', 'two'],
        ['one', 'two'],
      ],
    })
    await byId.changeAll(alice, found => {
      texts.set('session:one', JSON.stringify({ cookie: {}, record }))
      return elsewhere(found)
    })
    expect(written.map(({ key }) => key)).toEqual(['session:two', 'session:one'])
  })
})
