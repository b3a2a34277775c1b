import { expect, test } from 'vitest'
import { guidFrom } from '../../../infra/tenant/directory/ids.ts'
import { createNamesOfMany } from '../../../src/entra/directory/names-of-many.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'

const ids = Array.from({ length: 40 }, (_, index) => guidFrom(`person ${index}`))

/** Names as a Graph that knows everybody gives them, unless `answer` throws. */
function openNames(answer: (call: number) => Error | undefined = () => undefined) {
  let now = 0
  const asked: string[][] = []
  const named = createNamesOfMany({
    clock: () => new Date(now),
    graph: {
      call: async path => {
        const found = decodeURIComponent(path).match(/[0-9a-f-]{36}/g) ?? []
        asked.push(found)
        const thrown = answer(asked.length)
        if (thrown) throw thrown
        return { value: found.map(id => ({ id, displayName: `Name of ${id}`, userPrincipalName: null })) }
      },
    },
  })
  const pass = (ms: number) => {
    now += ms
  }
  return { named, asked, pass }
}

test('forty names take three calls of fifteen at most, and each is asked for once', async () => {
  const { named, asked } = openNames()
  const found = await named('token', [...ids, ...ids])
  expect(found.size).toBe(40)
  expect(found.get(ids[0] as string)).toEqual({ name: `Name of ${ids[0]}` })
  expect(asked.map(({ length }) => length)).toEqual([15, 15, 10])
})

test('names are remembered for an hour', async () => {
  const { named, asked, pass } = openNames()
  await named('token', ids.slice(0, 2))
  pass(3_599_999)
  await named('token', ids.slice(0, 3))
  expect(asked[1]).toEqual([ids[2]])
  pass(1)
  await named('token', ids.slice(0, 2))
  expect(asked[2]).toEqual(ids.slice(0, 2))
})

test.each([new GraphRefusal('Authorization_RequestDenied', { status: 403 }), new NoAnswer('time-out')])(
  'names that may not be read, or are not answered, are left out: %s',
  async thrown => {
    const { named } = openNames(() => thrown)
    expect(await named('token', ids)).toEqual(new Map())
  },
)

test('a refusal is met once, and not by every call that would follow', async () => {
  const many = Array.from({ length: 200 }, (_, index) => guidFrom(`one of many ${index}`))
  const { named, asked } = openNames(() => new NoAnswer('time-out'))
  await named('token', many)
  expect(asked).toHaveLength(4)
})

test('one call that fails leaves the names of the others', async () => {
  const { named } = openNames(call => (call === 2 ? new NoAnswer('time-out') : undefined))
  expect((await named('token', ids)).size).toBe(25)
})
