import { expect, test } from 'vitest'
import { type AccessNow, createAccessNow } from '../../../src/gate/asking/access-now.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const member = { member: true, provenAt: now } as const
const outside = { member: false, provenAt: now } as Membership
const record = {
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
  membership: 'unknown',
  contexts: {},
} as unknown as GateRecord

const createFor = (authContext?: string) =>
  createAccessNow({
    config: { membership: { recheckMs: 60_000, graceMs: 300_000, authContext } } as never,
    clock: () => new Date(now),
  })
const accessNow = createFor()
const off = { state: 'off' } as const
const unknown = { state: 'unknown' } as const
const on = { state: 'on', isAlways: false } as const
const from = now - hour
const seam = { from, until: now + hour, seamAt: now + 1 }

const cases: [string, Membership, Omit<Plan, 'askedAt'> | undefined, AccessNow][] = [
  ['access of somebody in the group is on', member, undefined, on],
  ['access of somebody outside the group is off', outside, undefined, off],
  ['access of somebody outside the group is off, whatever the plan says', outside, { from, until: now + hour }, off],
  ['access that nobody can tell of is unknown', 'unknown', undefined, unknown],
  ['access is on to the end of re-check and grace', { member: true, provenAt: now - 360_000 }, undefined, on],
  ['access is unknown beyond re-check and grace', { member: true, provenAt: now - 360_001 }, undefined, unknown],

  ['access ends with the membership', { ...member, until: now + 1 }, undefined, { ...on, until: now + 1 }],
  ['access is off at the end of the membership', { ...member, until: now }, undefined, off],
  ['access ends with its plan', member, { from, until: now + 1 }, { ...on, from, until: now + 1 }],
  [
    'the end of the membership goes before that of the plan',
    { ...member, until: now + 1 },
    { from, until: now + hour },
    { ...on, from, until: now + 1 },
  ],
  ['access with a plan that tells no beginning has none', member, { until: now + hour }, { ...on, until: now + hour }],

  ['a plan that is over says nothing of access that is on', member, { from, until: now }, on],
  ['a plan that the person ended says nothing of access that is on', member, { until: now + 1, endedAt: now + 1 }, on],

  ['access that was turned on without an end is always on', member, { from }, { state: 'on', isAlways: true, from }],
  ['access with an end is not always on', member, { from, until: now + hour }, { ...on, from, until: now + hour }],
  ['access whose beginning is not known is not always on', member, {}, on],
  ['access that the person ended once is not always on', member, { from, endedAt: now - 1 }, { ...on, from }],

  [
    'an extension says when access would have ended, a second before its seam',
    member,
    seam,
    { ...on, from, until: now + hour, was: now - 999 },
  ],
  [
    'an extension that has begun says no more when access would have ended',
    member,
    { ...seam, seamAt: now },
    { ...on, from, until: now + hour },
  ],
  [
    'a seam at the end of access is no extension',
    member,
    { ...seam, seamAt: now + hour },
    { ...on, from, until: now + hour },
  ],
  [
    'a seam shortly before the end of access is an extension',
    member,
    { ...seam, seamAt: now + hour - 1 },
    { ...on, from, until: now + hour, was: now + hour - 1_001 },
  ],
  [
    'a seam of access without an end is no extension',
    member,
    { from, seamAt: now + 1 },
    { state: 'on', isAlways: true, from },
  ],
]

test.for(cases)('%s', ([, membership, plan, expected]) => {
  const session = { ...record, ...(plan && { plan: { askedAt: now, ...plan } }) }
  expect(accessNow({ record: session, membership })).toStrictEqual(expected)
})

test('access is on without the authentication context that pages for members need', () => {
  expect(createFor('c1')({ record, membership: member })).toEqual(on)
})
