import { beforeEach, describe, expect, test } from 'vitest'
import type { Decision, Person } from '../../../src/gate/decide.ts'
import { createSeenAtGate } from '../../../src/gate/observing/at-the-gate.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import { alice, recordAt } from '../../support/alice.ts'
import { now as noon } from '../memberships.ts'

let now: number
let counts: Map<string, number>
let windows: number[]
let seen: unknown[]
beforeEach(() => {
  now = noon
  counts = new Map()
  windows = []
  seen = []
})
const openReplica = () =>
  createSeenAtGate({
    clock: () => new Date(now),
    counters: {
      async count(name, windowMs) {
        windows.push(windowMs)
        counts.set(name, (counts.get(name) ?? 0) + 1)
        return { count: counts.get(name) ?? 0, leftMs: 1 }
      },
    },
    observations: {
      refused: facts => void seen.push(['refused', facts]),
      usedFirst: facts => void seen.push(['usedFirst', facts]),
    },
  })
type Come = { gate?: string; identity?: typeof alice; plan?: Plan }
async function decided(replica: ReturnType<typeof openReplica>, decision: Decision, come: Come = {}) {
  const { gate = 'members', identity = alice, plan } = come
  const record = { ...recordAt(0), identity, membership: 'unknown' as const, ...(plan && { plan }) }
  replica({ gate, decision, standing: { record, membership: 'unknown' } })
  await new Promise(resolve => setTimeout(resolve))
}
const refuse = { outcome: 'refuse', reason: 'not-a-member' } as const
const admit = { outcome: 'admit', person: alice as unknown as Person } as const
const hour = 3_600_000
const period = { askedAt: noon, from: noon, until: noon + hour }

describe('a refusal', () => {
  test('is recorded once an hour, whichever replica refuses', async () => {
    const replica = openReplica()
    for (const each of [replica, replica, openReplica()]) await decided(each, refuse)
    expect(seen).toEqual([['refused', { gate: 'members', actor: alice, code: 'not-a-member' }]])
    expect(windows).toEqual([hour, hour])
  })

  test('that this replica has seen costs nothing for an hour', async () => {
    const replica = openReplica()
    await decided(replica, refuse)
    now += hour - 1
    await decided(replica, refuse)
    expect(windows).toHaveLength(1)
    now += 1
    await decided(replica, refuse)
    expect(windows).toHaveLength(2)
  })

  test('at another gate, for another reason, or of another person is another one', async () => {
    const replica = openReplica()
    await decided(replica, refuse)
    await decided(replica, refuse, { gate: 'operators' })
    await decided(replica, { outcome: 'refuse', reason: 'access-ended', endedAt: 1 })
    await decided(replica, refuse, { identity: { ...alice, objectId: 'another' } })
    expect(seen).toHaveLength(4)
  })

  test('of nobody is none', async () => {
    openReplica()({ gate: 'members', decision: refuse, standing: undefined })
    expect(windows).toEqual([])
  })

  test.each<Decision>([
    { outcome: 'step-up', reason: 'auth-context-missing', context: 'c1' },
    { outcome: 'cannot-tell', reason: 'membership-unknown' },
    { outcome: 'sign-in', reason: 'not-signed-in' },
  ])('is not that the gate says $reason', async decision => {
    await decided(openReplica(), decision, { plan: period })
    expect(windows).toEqual([])
  })
})

describe('the first page', () => {
  test('in a period is recorded once, whichever replica shows it', async () => {
    const replica = openReplica()
    for (const each of [replica, replica, openReplica()]) await decided(each, admit, { plan: period })
    expect(seen).toEqual([['usedFirst', { gate: 'members', actor: alice, since: new Date(noon).toISOString() }]])
    expect(windows).toEqual([26 * hour, 26 * hour])
  })

  test('in the next period is another one', async () => {
    const replica = openReplica()
    await decided(replica, admit, { plan: period })
    await decided(replica, admit, { plan: { ...period, from: noon + 2 * hour } })
    expect(seen).toHaveLength(2)
  })

  test('in a period that goes on from another one is none', async () => {
    await decided(openReplica(), admit, { plan: { ...period, seamAt: noon } })
    expect(windows).toEqual([])
  })

  test('before the seam of a period that was extended is one', async () => {
    await decided(openReplica(), admit, { plan: { ...period, seamAt: noon + hour } })
    expect(seen).toHaveLength(1)
  })

  test('of somebody of whom PIM tells no period is none', async () => {
    await decided(openReplica(), admit)
    await decided(openReplica(), admit, { plan: { askedAt: noon, until: noon } })
    expect(windows).toEqual([])
  })
})
