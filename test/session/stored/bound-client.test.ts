import { describe, expect, test } from 'vitest'
import { createBoundClient } from '../../../src/session/stored/bound-client.ts'
import { unread } from '../../../src/session/stored/sealed-client.ts'
import { alice, recordAt } from '../../support/alice.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
const scope = { app: 'app', gates: { members: 'mark' }, tenantId: alice.tenantId }
const session = { cookie: { path: '/' }, record: recordAt(start) }
const changed = { ...session, record: { ...session.record, browser: 'changed' } }

/** Clients over a Redis that is a map: that of our application, and those of others. */
function open() {
  const texts = new Map<string, string>()
  const written: unknown[] = []
  const sealed = {
    get: async (key: string) => texts.get(key) ?? null,
    set: async (key: string, text: string, ...life: unknown[]) => {
      texts.set(key, text)
      written.push(...life)
    },
    change: async (key: string, edit: (text: string) => string | undefined, seconds: (text: string) => number) => {
      const before = texts.get(key)
      if (before === undefined) return null
      const after = edit(before)
      if (!texts.has(key)) return null
      if (after === undefined) return before
      written.push(seconds(after))
      texts.set(key, after)
      return after
    },
    del: async (keys: string[]) => keys.filter(key => texts.delete(key)).length,
    expectBirth: () => {},
  }
  const clientOf = (of: Partial<typeof scope>) => createBoundClient(sealed, { ...scope, ...of })
  return { client: clientOf({}), clientOf, texts, written }
}
type Opened = ReturnType<typeof open>
async function kept(): Promise<Opened> {
  const opened = open()
  await opened.client.set('key', JSON.stringify(session), 'EX', 60)
  opened.written.length = 0
  return opened
}
const read = async ({ client }: Opened) => JSON.parse((await client.get('key')) ?? 'null')
const edit = () => JSON.stringify(changed)
const seconds = () => 7

describe('a session of this application', () => {
  test('is read as it was written', async () => {
    expect(await read(await kept())).toEqual(session)
  })

  test('is kept for as long as was asked', async () => {
    const { client, written } = open()
    await client.set('key', JSON.stringify(session), 'EX', 60)
    expect(written).toEqual(['EX', 60])
  })

  test('is kept with the mark of the application', async () => {
    expect(JSON.parse((await kept()).texts.get('key') ?? '')).toMatchObject({ record: { app: 'app' } })
  })

  test('is none where Redis keeps none', async () => {
    expect(await open().client.get('key')).toBeNull()
  })

  test('stays unread where only another release can read it', async () => {
    const { client, texts } = open()
    texts.set('key', unread)
    expect(await client.get('key')).toBe(unread)
  })

  test('is read as it was changed', async () => {
    const opened = await kept()
    await opened.client.change('key', edit, seconds)
    expect(await read(opened)).toEqual(changed)
  })

  test('comes back from a change as it is afterwards', async () => {
    const { client } = await kept()
    expect(JSON.parse((await client.change('key', edit, seconds)) ?? '')).toEqual(changed)
  })

  test('is changed from what counts here', async () => {
    const { client } = await kept()
    const seen: string[] = []
    await client.change('key', text => void seen.push(text), seconds)
    expect(seen.map(text => JSON.parse(text))).toEqual([session])
  })

  test('is kept after a change for as long as the change says', async () => {
    const { client, written } = await kept()
    await client.change('key', edit, seconds)
    expect(written).toEqual([7])
  })

  test('comes back from a change that changes nothing', async () => {
    const { client } = await kept()
    expect(JSON.parse((await client.change('key', () => undefined, seconds)) ?? '')).toEqual(session)
  })

  test('is not written by a change that changes nothing', async () => {
    const { client, written } = await kept()
    await client.change('key', () => undefined, seconds)
    expect(written).toEqual([])
  })

  test('keeps through a change what is known of other groups', async () => {
    const opened = await kept()
    await opened.clientOf({ gates: { members: 'another' } }).change('key', edit, seconds)
    expect(await read(opened)).toEqual(changed)
  })

  test('comes to nothing when Redis keeps none to change', async () => {
    expect(await open().client.change('key', edit, seconds)).toBeNull()
  })

  test('comes to nothing when it went away while it was changed', async () => {
    const { client, texts } = await kept()
    const goneMeanwhile = () => {
      texts.delete('key')
      return edit()
    }
    expect(await client.change('key', goneMeanwhile, seconds)).toBeNull()
  })

  test('can be removed', async () => {
    const { client, texts } = await kept()
    expect([await client.del(['key']), texts.size]).toEqual([1, 0])
  })
})

describe.each([
  ['application', { app: 'another' }],
  ['tenant', { tenantId: 'another' }],
])('a session of another %s', (_what, of) => {
  test('counts as nothing', async () => {
    const { clientOf } = await kept()
    expect(await clientOf(of).get('key')).toBeNull()
  })

  test('is not given to a change', async () => {
    const { clientOf } = await kept()
    let isGiven = false
    const give = () => {
      isGiven = true
      return undefined
    }
    await clientOf(of).change('key', give, seconds)
    expect(isGiven).toBe(false)
  })

  test('comes to nothing when it is changed', async () => {
    const { clientOf } = await kept()
    expect(await clientOf(of).change('key', edit, seconds)).toBeNull()
  })

  test('stays as it is', async () => {
    const opened = await kept()
    await opened.clientOf(of).change('key', edit, seconds)
    expect(await read(opened)).toEqual(session)
  })
})
