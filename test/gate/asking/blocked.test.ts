import { expect, test } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import { createBlocked } from '../../../src/gate/asking/blocked.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { noteOf } from '../../../src/session/replicas/notes.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' }
const error = new Problem('sign-in-refused')

/** What is counted and logged of somebody whom a policy threw out for the so-many-th time. */
async function thrownOut({ age = 60_000, times = 1 }) {
  const counted: unknown[][] = []
  const logged: unknown[][] = []
  const blocked = createBlocked({
    clock: () => new Date(now),
    counters: {
      count: async (...counting) => {
        counted.push(counting)
        return { count: times, leftMs: hour }
      },
      localSize: () => 0,
    },
    log: { error: (...line: unknown[]) => void logged.push(line) } as never,
  })
  await blocked({ identity, signedInAt: now - age } as SessionRecord, error)
  return { counted, logged }
}

test('each person is counted apart, within an hour', async () => {
  expect((await thrownOut({})).counted).toEqual([[noteOf('blocked', identity), hour]])
})

test('somebody whom a policy throws out once is no news', async () => {
  expect((await thrownOut({ times: 1 })).logged).toEqual([])
})

test.for([2, 3])('the log says of somebody whom a policy throws out again, and how often: %i times', async times => {
  expect((await thrownOut({ times })).logged).toEqual([
    [
      { event: 'blocked-at-recheck', oid: 'o', times, error },
      expect.stringContaining('name that among the trusted locations'),
    ],
  ])
})

test('a session of an hour counts', async () => {
  expect((await thrownOut({ age: hour })).counted).toHaveLength(1)
})

test('a session older than an hour was ended by a policy that is new, and does not count', async () => {
  expect(await thrownOut({ age: hour + 1, times: 2 })).toEqual({ counted: [], logged: [] })
})
