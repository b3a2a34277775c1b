import { describe, expect, test } from 'vitest'
import type { PeopleFound } from '../../../src/entra/directory/people-search.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Held } from '../../../src/entra/pim/administration.ts'
import { createPreview, objectIdsIn } from '../../../src/pim/administration/preview.ts'
import { ada, person } from './at-orders.ts'

/** A directory in which a text means the people of these keys. */
function openPreview(directory: Record<string, string[]>, held: () => Promise<Held[]> = async () => []) {
  let [running, most] = [0, 0]
  const find = async (_token: string, text: string): Promise<PeopleFound> => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running -= 1
    return { people: (directory[text] ?? []).map(person), areMore: text === 'many' }
  }
  const asked: unknown[] = []
  const { lines } = createPreview({
    asAdministrator: (_who, call, even) => {
      asked.push(even)
      return call('a-token')
    },
    search: { find, byId: async () => undefined },
    administrationAt: () => ({ held }) as never,
  })
  return {
    lines: (...named: string[]) => lines(ada, named, { gate: 'members', kind: 'eligible' }),
    most: () => most,
    asked,
  }
}

describe('the preview', () => {
  test('says of each line whom it means and what would happen', async () => {
    const { lines } = openPreview(
      { ben: ['ben'], 'Ben again': ['ben'], ada: ['ada'], ok: ['oskar', 'lena'], many: ['mona'], alice: ['alice'] },
      async () => [{ principalId: 'alice', from: 0, until: 7, isTurnedOn: false }],
    )
    expect(await lines('ben', 'Ben again', 'ada', 'ok', 'many', 'alice', 'nobody')).toEqual([
      { text: 'ben', kind: 'found', person: person('ben') },
      { text: 'Ben again', kind: 'twice', person: person('ben') },
      { text: 'ada', kind: 'yourself', person: person('ada') },
      { text: 'ok', kind: 'ambiguous', people: [person('oskar'), person('lena')], areMore: false },
      { text: 'many', kind: 'ambiguous', people: [person('mona')], areMore: true },
      { text: 'alice', kind: 'has-it', person: person('alice'), until: 7, isTurnedOn: false },
      { text: 'nobody', kind: 'not-found' },
    ])
  })

  test('of somebody who has it twice says so, and of yourself twice the same each time', async () => {
    const { lines } = openPreview({ a: ['ben'], b: ['ben'], c: ['ada'], d: ['ada'] }, async () => [
      { principalId: 'ben', from: 0, isTurnedOn: true },
    ])
    expect((await lines('a', 'b', 'c', 'd')).map(({ kind }) => kind)).toEqual([
      'has-it',
      'twice',
      'yourself',
      'yourself',
    ])
  })

  test('looks up eight at a time, in order, whatever the budget of pages', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `p${index}`)
    const at = openPreview(Object.fromEntries(names.map(name => [name, [name]])))
    expect((await at.lines(...names)).map(({ text }) => text)).toEqual(names)
    expect([at.most(), new Set(at.asked)]).toEqual([8, new Set(['act'])])
  })

  test('says nothing of what this administrator may not see', async () => {
    const refused = new GraphRefusal('Authorization_RequestDenied', { status: 403 })
    expect(await openPreview({ ben: ['ben'] }, () => Promise.reject(refused)).lines('ben')).toMatchObject([
      { kind: 'found' },
    ])
  })

  test.each([new NoAnswer('status 503'), new GraphRefusal('x', { status: 401, claims: '{}' })])(
    'does not go on after %s',
    async thrown => {
      await expect(openPreview({}, () => Promise.reject(thrown)).lines('ben')).rejects.toBe(thrown)
    },
  )
})

test('object ids are read in lower case, each once, and nothing else is', () => {
  const id = '0D92F7B4-51C3-4E8F-A7D6-3B9C1E5F8A42'
  expect(objectIdsIn(` ${id} x ${id.toLowerCase()}\n../etc `)).toEqual([id.toLowerCase()])
})
