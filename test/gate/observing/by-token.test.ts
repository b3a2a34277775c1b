import { beforeEach, expect, test } from 'vitest'
import { createSeenByToken } from '../../../src/gate/observing/by-token.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Notes } from '../../../src/session/replicas/notes.ts'
import { alice } from '../../support/alice.ts'
import { now as noon } from '../memberships.ts'
import { inMemory } from '../property/in-memory.ts'

let notes: Pick<Notes, 'change'>
let asked: number
let seen: unknown[]
let warned: unknown[]
beforeEach(() => {
  const kept = inMemory()
  asked = 0
  notes = {
    change: (...all) => {
      asked += 1
      return kept.change(...all)
    },
  }
  seen = []
  warned = []
})
const openReplica = () =>
  createSeenByToken({
    lifeMs: 36_000_000,
    gates: [{ name: 'members', notes: { change: (...all) => notes.change(...all) } }],
    observations: {
      cameIn: facts => void seen.push(['in', facts]),
      wentOut: facts => void seen.push(['out', facts]),
    },
    log: { warn: (line: unknown) => void warned.push(line) } as never,
  })
const hear = async (replica: ReturnType<typeof openReplica>, membership: Membership, gate = 'members') => {
  replica({ identity: alice, gates: { [gate]: { membership } } })
  await new Promise(resolve => setTimeout(resolve))
}
const iso = (at: number) => new Date(at).toISOString()
const yes = { member: true, provenAt: noon } as const
const no = { member: false, provenAt: noon + 60_000, reason: 'not-in-group' } as const
const { objectId, name, username } = alice
const period = { gate: 'members', subject: { objectId, name, username }, since: iso(noon) }

test('a membership is recorded once, with its end where that is known, whichever session finds it', async () => {
  const replica = openReplica()
  await hear(replica, { ...yes, until: noon + 60_000 })
  await hear(replica, { ...yes, provenAt: noon + 30_000 })
  await hear(openReplica(), yes)
  expect(seen).toEqual([['in', { ...period, until: iso(noon + 60_000), source: 'token' }]])
})

test('a session that knows nothing new asks nobody', async () => {
  const replica = openReplica()
  await hear(replica, yes)
  await hear(replica, yes)
  expect(asked).toBe(1)
})

test('the end of a membership is recorded once, with the period that it ends', async () => {
  await hear(openReplica(), yes)
  await hear(openReplica(), no)
  await hear(openReplica(), no)
  expect(seen.slice(1)).toEqual([['out', { ...period, until: iso(noon + 60_000), how: 'unknown', source: 'token' }]])
})

test('a membership whose time was up ran out at its end', async () => {
  const replica = openReplica()
  await hear(replica, yes)
  await hear(replica, { ...no, reason: 'ran-out', endedAt: noon + 50_000 })
  expect(seen.slice(1)).toEqual([['out', { ...period, until: iso(noon + 50_000), how: 'ran-out', source: 'token' }]])
})

test('somebody who never was in is not out', async () => {
  await hear(openReplica(), no)
  expect(seen).toEqual([])
})

test('who comes back later comes in anew', async () => {
  const replica = openReplica()
  await hear(replica, yes)
  await hear(replica, no)
  await hear(replica, { ...yes, provenAt: noon + 120_000 })
  expect(seen).toHaveLength(3)
})

test('an answer that says nothing, or is about a gate that is listed, is no change', async () => {
  const replica = openReplica()
  await hear(replica, 'unknown')
  await hear(replica, yes, 'operators')
  expect([seen, asked]).toEqual([[], 0])
})

test('what Redis did not take is found again by the next answer', async () => {
  const replica = openReplica()
  const { change } = notes
  notes = { change: () => Promise.reject(new Error('away')) }
  await hear(replica, yes)
  expect(warned).toEqual([{ event: 'membership-not-observed', gate: 'members', error: expect.any(Error) }])
  notes = { change }
  await hear(replica, yes)
  expect(seen).toHaveLength(1)
})
