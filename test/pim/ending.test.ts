import { expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph-refusal.ts'
import type { PimRequest, Span } from '../../src/entra/pim.ts'
import { createEnding } from '../../src/pim/ending.ts'
import type { Plan, SessionRecord } from '../../src/session/record.ts'

const now = Date.parse('2026-03-02T12:10:00Z')
const minutes = (count: number) => now + count * 60_000
const identity = { tenantId: 't', objectId: 'ben', subject: 's', name: 'Ben', username: 'ben@contoso.example' }
const who = { identity, sessionId: 'session' }
const span: Span = { kind: 'activated', from: minutes(-10), until: minutes(50) }
const next = { id: 'next', action: 'selfactivate', status: 'granted', startsAt: minutes(50) } as PimRequest

type Wish = { status?: string; refused?: GraphRefusal; spans?: Span[]; membership?: SessionRecord['membership'] }

/** Ends a person's access at a Microsoft that answers like this, and returns what every session then remembers. */
async function ended({ status = 'revoked', refused, spans = [span], membership = 'unknown' }: Wish) {
  let record = {
    identity,
    membership,
    contexts: {},
    signedInAt: now,
    lastSeenAt: now,
    browser: '',
    plan: { askedAt: now, from: minutes(-10), until: minutes(110), seamAt: minutes(50) },
  } as SessionRecord
  const kept: Plan[] = []
  const end = createEnding({
    clock: () => new Date(now),
    pim: {
      spans: async () => spans,
      requests: async () => [next],
      cancel: async () => {},
      deactivate: async () => {
        if (refused) throw refused
        return { status } as PimRequest
      },
    } as never,
    asPerson: (_who, call) => call('token'),
    activations: { read: async () => undefined } as never,
    sessions: {
      read: async () => record,
      changeAll: async (_identity, edit) => {
        record = edit(record)
      },
    },
    knownPlans: {
      act: async (_identity, edit) => {
        const plan = edit(undefined)
        kept.push(plan)
        return { ...plan, order: now + kept.length }
      },
    },
    trail: (async (_act: string, _who: object, _facts: object, work: () => Promise<unknown>) => work()) as never,
  })
  const answer = await end(who)
  return { answer, membership: record.membership, plan: record.plan, kept }
}

test('an end that Microsoft carried out closes every session, and binds those to come', async () => {
  const plan = { askedAt: now, until: now, endedAt: now }
  expect(await ended({})).toMatchObject({ answer: { ended: true }, membership: { member: false }, plan })
  expect((await ended({})).kept.at(-1)).toEqual(plan)
})

test.each(['denied', 'canceled', 'pendingapproval', 'failed'])('one that is %s has ended nothing', async status => {
  expect(await ended({ status })).toMatchObject({ answer: { ended: false }, membership: 'unknown' })
})

test('where it was refused, the extension that was taken back for it is gone all the same', async () => {
  const refused = new GraphRefusal('SomeCode', { status: 400 })
  const plan = { askedAt: now, shownAt: now, from: span.from, until: span.until }
  const found = await ended({ refused })
  expect(found).toMatchObject({ answer: { ended: false }, membership: 'unknown', plan })
  expect([found.plan?.seamAt, found.kept]).toEqual([undefined, [plan]])
})
