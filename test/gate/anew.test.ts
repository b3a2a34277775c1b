import { expect, test } from 'vitest'
import type { Recheck } from '../../src/gate/asking/answer.ts'
import { createStanding } from '../../src/gate/standing.ts'
import type { GateRecord } from '../../src/session/record/at-gate.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const yes: Membership = { member: true, provenAt: now - 1_000 }
const no: Membership = { member: false, provenAt: now - 1_000, reason: 'not-in-group' }
const recordWith = (membership: Membership, plan?: Plan): GateRecord => ({
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice@contoso.example' },
  membership,
  contexts: {},
  signedInAt: now - 60 * minute,
  lastSeenAt: now,
  browser: '',
  ...(plan && { plan }),
})

type Sources = { listed?: Membership; answer?: Recheck; planned?: GateRecord; hasPlans?: boolean }

/** Standing at noon, where the roster, Entra and PIM say this. `asked`: which of them was asked, and for what after which instant. */
function standing({ listed = 'unknown', answer = 'unanswered', planned, hasPlans = true }: Sources = {}) {
  const asked: (readonly [source: string, about?: unknown])[] = []
  return {
    asked,
    ...createStanding({
      config: {
        membership: { recheckMs: minute, graceMs: 5 * minute, roster: true, rosterMs: 15_000 },
      },
      clock: () => new Date(now),
      recheck: async (_id, after) => {
        asked.push(['refresh', after])
        return answer
      },
      roster: {
        membershipOf: () => listed,
        renew: async after => void asked.push(['roster', after]),
      },
      staleBefore: () => 0,
      plans: hasPlans
        ? {
            recall: async (_id, record) => record,
            learn: () => void asked.push(['learn']),
            askedAt: () => 0,
            renew: async (_id, record) => {
              asked.push(['plan', record])
              return planned ?? record
            },
          }
        : undefined,
    }),
  }
}

test('someone who waits has the roster, Entra and PIM asked, however fresh what is known', async () => {
  const { anew, asked } = standing({ listed: no })
  await anew('session', recordWith(no))
  expect(asked.map(([source]) => source)).toEqual(['roster', 'refresh', 'plan'])
})

test.each([
  ['seven tenths of a second ago answers someone who waits', undefined, now - 700],
  ['before the instant of a change does not', now - 100, now - 101],
  ['in the last seven tenths of a second does, though the change was long before', now - minute, now - 700],
  ['now does, where the change was dated by a clock ahead', now + minute, now - 1],
])('what was proven %s', async (_what, since, after) => {
  const { anew, asked } = standing()
  await anew('session', recordWith(no), since)
  expect(asked.slice(0, 2)).toEqual([
    ['roster', after],
    ['refresh', after],
  ])
})

test('someone who waits and whose session Entra ends is out, and PIM is not asked', async () => {
  const { anew, asked } = standing({ answer: 'over' })
  expect(await anew('session', recordWith(no))).toBeUndefined()
  expect(asked.map(([source]) => source)).toEqual(['roster', 'refresh'])
})

test('what Entra says of someone who waits is what PIM is asked about', async () => {
  const record = recordWith(yes)
  const { anew, asked } = standing({ answer: { record } })
  expect(await anew('session', recordWith(no))).toEqual({ record, membership: yes })
  expect(asked.at(-1)).toEqual(['plan', record])
})

test('where Entra does not answer, someone who waits is in by what PIM says', async () => {
  const plan = { askedAt: now, shownAt: now, from: now - 10 * minute, until: now + 50 * minute, seamAt: now }
  const { anew, asked } = standing({ planned: recordWith(no, plan) })
  const found = await anew('session', recordWith(no))
  expect(found?.membership).toEqual({ member: true, provenAt: now, until: now + 50 * minute })
  expect(asked.at(-1)).toEqual(['plan', recordWith(no)])
})

const until = now + 50 * minute
const plan = { askedAt: now, from: now - 10 * minute, until }
test.each<[who: string, isAsked: boolean, listed: Membership, record: GateRecord]>([
  ['a member whose end nobody told', true, yes, recordWith(yes)],
  ['a member whose end the list and PIM tell alike', false, { ...yes, until }, recordWith(yes, plan)],
  ['a member whose end the list alone tells', false, { ...yes, until }, recordWith(yes)],
  ['a member of whom the list and PIM tell different ends', true, { ...yes, until: until - 1 }, recordWith(yes, plan)],
  ['somebody who is out', false, no, recordWith(no, plan)],
])('that PIM is asked in the background about the end of %s is %s', async (_who, isAsked, listed, record) => {
  const { standingOf, asked } = standing({ listed })
  await standingOf('session', record)
  expect(asked).toEqual(isAsked ? [['learn']] : [])
})

const over: Plan = { askedAt: now - 10 * minute, from: now - 60 * minute, until: now - 7 * minute }

test('the page of somebody who is out past the end of their plan waits for what PIM says', async () => {
  const record = recordWith(no, over)
  const { standingOf, asked } = standing({ planned: recordWith(yes, { ...over, until }) })
  expect(await standingOf('session', record)).toMatchObject({ membership: { member: true, until } })
  expect(asked).toEqual([['plan', record]])
})

test('where their own token grows old, Entra is asked meanwhile', async () => {
  const provenAt = now - 7.5 * minute
  const record = recordWith({ member: true, provenAt }, over)
  const { standingOf, asked } = standing({ listed: no })
  await standingOf('session', record)
  expect(asked).toEqual([
    ['refresh', provenAt],
    ['plan', record],
  ])
})

test('where a no is too old too, PIM is asked after the roster and Entra', async () => {
  const record = recordWith({ ...no, provenAt: now - 6_000 }, over)
  const { standingOf, asked } = standing({ planned: recordWith(yes, { ...over, until }) })
  expect(await standingOf('session', record)).toMatchObject({ membership: { member: true, until } })
  expect(asked.map(([source]) => source)).toEqual(['roster', 'refresh', 'plan'])
})

test('someone who waits where people do not turn on their access is not asked about at PIM', async () => {
  const { anew, asked } = standing({ hasPlans: false, answer: { record: recordWith(yes) } })
  expect(await anew('session', recordWith(no))).toMatchObject({ membership: yes })
  expect(asked.map(([source]) => source)).toEqual(['roster', 'refresh'])
})
