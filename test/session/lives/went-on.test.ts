import { expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createWentOnes } from '../../../src/session/lives/went-on.ts'
import { createSeal, fingerprint } from '../../../src/session/sealing/seal.ts'
import { alice } from '../../support/alice.ts'

const seal = createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')])
const key = `test:went-on:${fingerprint('old')}`
const { tenantId, objectId } = alice

/** Over a Redis that is a map, and notes for how long it keeps each key. */
function open() {
  const texts = new Map<string, string>()
  const lives: unknown[][] = []
  const redis = {
    get: async (key: string) => texts.get(key) ?? null,
    set: async (key: string, text: string, ...life: unknown[]) => {
      texts.set(key, text)
      lives.push([key, ...life])
    },
  }
  return { texts, lives, wentOnes: createWentOnes({ redis: redis as never, seal, prefix: 'test:' }) }
}

test('a session that went on is found by its old id', async () => {
  const { wentOnes } = open()
  const found = { identity: { tenantId, objectId, sid: 'the-sid' }, lineage: 'the lineage' }
  await wentOnes.remember('old', found)
  expect(await wentOnes.find('old')).toEqual(found)
})

test('a session that went on is found without a session of Entra', async () => {
  const { wentOnes } = open()
  await wentOnes.remember('old', { identity: { tenantId, objectId }, lineage: 'the lineage' })
  expect(await wentOnes.find('old')).toEqual({ identity: { tenantId, objectId }, lineage: 'the lineage' })
})

test('a session that did not go on is not found', async () => {
  expect(await open().wentOnes.find('old')).toBeUndefined()
})

test('the old id of a session is remembered without giving it away, for five minutes', async () => {
  const { wentOnes, lives } = open()
  await wentOnes.remember('old', { identity: alice, lineage: 'the lineage' })
  expect(lives).toEqual([[key, 'PX', 5 * 60_000]])
})

test('nothing of a person is remembered but the ids', async () => {
  const { wentOnes, texts } = open()
  await wentOnes.remember('old', { identity: alice, lineage: 'the lineage' })
  expect(seal.open(texts.get(key) ?? '', key)).toMatchObject({
    text: JSON.stringify({ identity: { tenantId, objectId }, lineage: 'the lineage' }),
  })
})

test.for(['{}', '{"identity":{},"lineage":"the lineage"}', '{"identity":{"tenantId":"t","objectId":"o"}}'])(
  'a text of another release is no session that went on: %s',
  async (text, { expect }) => {
    const { wentOnes, texts } = open()
    texts.set(key, seal.close(text, key))
    expect(await wentOnes.find('old')).toBeUndefined()
  },
)
