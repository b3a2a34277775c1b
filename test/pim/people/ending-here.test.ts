import { expect, test } from 'vitest'
import { withinPlan } from '../../../src/gate/plan/bound.ts'
import { planFrom } from '../../../src/gate/plan/from-periods.ts'
import { createEndingHere, type EndGiven } from '../../../src/pim/people/ending-here.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import { inMinutes, now } from './lists-of.ts'

const given: EndGiven = {
  by: 'Lee Park',
  comment: 'Use staging',
  period: { from: inMinutes(-3), until: inMinutes(57) },
}
const person = { tenantId: 't', objectId: 'ana' }

/** Ends access where this plan and this wish are known, and returns what every session then remembers. */
function openEnding({ plan, wish }: { plan?: Plan; wish?: { id: string; stage: string } } = {}) {
  let at = now
  let kept = plan
  let record = { membership: { member: true, provenAt: now } } as GateRecord
  const wishes: object[] = []
  const ending = createEndingHere({
    clock: () => new Date(at),
    sessions: {
      changeAll: async (_, edit) => {
        record = edit(record)
      },
    },
    knownPlans: {
      act: async (_, edit) => {
        kept = { ...edit(kept), order: (kept?.order ?? now) + 1 }
        return kept
      },
    },
    activations: {
      read: async () => wish as never,
      change: async (_who, _id, edit) => void wishes.push(edit(wish as never) as object) as never,
    },
  })
  return {
    ...ending,
    wishes,
    plan: () => kept,
    record: () => record,
    later: (ms: number) => {
      at = ms
    },
    /** Whether a proof of this instant lets the person in at that instant. */
    letsIn: (provenAt: number) => {
      const membership = withinPlan(record.plan, { member: true, provenAt }, at)
      return membership !== 'unknown' && membership.member
    },
  }
}

test('an end holds until the period would have ended, however new a proof is', async () => {
  const ending = openEnding()
  await ending.begin(person, given)
  expect(ending.record().membership).toEqual({ member: false, provenAt: now, reason: 'ended', endedAt: now })
  expect(ending.plan()).toMatchObject({ until: now, endedAt: now, heldUntil: inMinutes(57), from: inMinutes(-3) })
  expect(ending.plan()?.endedBy).toEqual({ name: 'Lee Park', comment: 'Use staging' })
  ending.later(inMinutes(58))
  expect(ending.letsIn(inMinutes(57) - 1)).toBe(false)
  expect(ending.letsIn(inMinutes(57))).toBe(true)
})

test.each([
  ['has no end', { from: inMinutes(-3) }],
  ['is not known', undefined],
  ['ends in a month', { from: inMinutes(-3), until: inMinutes(43_200) }],
] as const)('an end of a period that %s holds for a day', async (_, period) => {
  const ending = openEnding()
  await ending.begin(person, { ...given, period })
  expect(ending.plan()?.heldUntil).toBe(inMinutes(1440))
})

test('once Microsoft has carried it out, only what lags behind is held', async () => {
  const ending = openEnding()
  await ending.begin(person, given)
  ending.later(inMinutes(6))
  await ending.carriedOut(person, now)
  expect(ending.plan()).toMatchObject({ endedAt: now, endedBy: { name: 'Lee Park' }, heldUntil: inMinutes(8) })
  ending.later(inMinutes(9))
  expect(ending.letsIn(inMinutes(8) - 1)).toBe(false)
  expect(ending.letsIn(inMinutes(8))).toBe(true)
})

test('a removal that was not begun here ends access all the same', async () => {
  const ending = openEnding({ plan: { askedAt: now, until: inMinutes(30) } })
  await ending.carriedOut(person, now)
  expect(ending.plan()).toMatchObject({ until: now, endedAt: now, endedBy: {}, heldUntil: inMinutes(2) })
})

test('the first of two ends stays as it was given, while it holds', async () => {
  const ending = openEnding()
  await ending.begin(person, given)
  ending.later(inMinutes(1))
  await ending.begin(person, { ...given, by: 'Sam Okoro' })
  expect(ending.plan()).toMatchObject({ endedAt: now, endedBy: { name: 'Lee Park' } })
  ending.later(inMinutes(57))
  await ending.begin(person, { ...given, by: 'Sam Okoro' })
  expect(ending.plan()).toMatchObject({ endedAt: inMinutes(57), endedBy: { name: 'Sam Okoro' } })
})

test('a second end is given anew where the person began a period after the first, though the first still holds', async () => {
  const ending = openEnding()
  await ending.begin(person, given)
  await ending.carriedOut(person, now)
  ending.later(inMinutes(1.5))
  const period = { from: inMinutes(1), until: inMinutes(31) }
  await ending.begin(person, { by: 'Sam Okoro', comment: 'Not now either', period })
  expect(ending.plan()).toMatchObject({ endedAt: inMinutes(1.5), endedBy: { name: 'Sam Okoro' }, from: inMinutes(1) })
  const seen = planFrom([{ kind: 'activated', ...period }], { askedAt: inMinutes(2), before: ending.plan() })
  expect(seen.heldUntil).toBe(inMinutes(31))
})

test('that Microsoft carried it out may be heard of late, and then ends nothing that began since', async () => {
  const again: Plan = { askedAt: inMinutes(40), from: inMinutes(40), until: inMinutes(100) }
  const turnedOn = openEnding({ plan: again })
  turnedOn.later(inMinutes(50))
  await turnedOn.carriedOut(person, now)
  expect(turnedOn.plan()).toMatchObject(again)
  expect(turnedOn.plan()).not.toHaveProperty('endedAt')

  const ended = openEnding()
  ended.later(inMinutes(50))
  await ended.begin(person, { ...given, period: { from: inMinutes(40), until: inMinutes(100) } })
  await ended.carriedOut(person, now)
  expect(ended.plan()?.heldUntil).toBe(inMinutes(100))
})

test('heard of when the end holds no longer, it holds nobody out once more', async () => {
  const ending = openEnding()
  await ending.begin(person, given)
  ending.later(inMinutes(58))
  await ending.carriedOut(person, now)
  expect(ending.letsIn(inMinutes(58))).toBe(true)
})

test('a period that began by a clock ahead of ours does not lift its own end', async () => {
  const ending = openEnding()
  const period = { from: now + 20_000, until: inMinutes(57) }
  await ending.begin(person, { ...given, period })
  const before = ending.plan()
  const seen = planFrom([{ kind: 'activated', ...period }], { askedAt: inMinutes(1), before })
  expect(seen.heldUntil).toBe(inMinutes(57))
})

test('a period that began after an end that was carried out counts, though our clock was ahead when it was given', async () => {
  const seen = (before: Plan | undefined, from: number) =>
    planFrom([{ kind: 'activated', from, until: inMinutes(57) }], { askedAt: inMinutes(1), before })
  const ending = openEnding()
  await ending.begin(person, given)
  expect(seen(ending.plan(), now - 15_000)).toHaveProperty('heldUntil')
  await ending.carriedOut(person, now)
  expect(seen(ending.plan(), now - 15_000)).toMatchObject({ from: now - 15_000, until: inMinutes(57) })
  expect(seen(ending.plan(), now - 15_000)).not.toHaveProperty('heldUntil')
  expect(seen(ending.plan(), now - 31_000)).toHaveProperty('heldUntil')
  expect(seen(ending.plan(), inMinutes(-3))).toHaveProperty('heldUntil')
})

test('where Microsoft does not say which period runs, a second end is given anew once the first was carried out', async () => {
  const ending = openEnding()
  const again = { by: 'Sam Okoro', comment: 'Not now either' }
  await ending.begin(person, given)
  ending.later(inMinutes(1))
  await ending.begin(person, again)
  expect(ending.plan()).toMatchObject({ endedAt: now, endedBy: { name: 'Lee Park' } })
  await ending.carriedOut(person, now)
  await ending.begin(person, again)
  expect(ending.plan()).toMatchObject({ endedAt: inMinutes(1), endedBy: { name: 'Sam Okoro' } })
  expect(ending.plan()).not.toHaveProperty('isCarriedOut')
})

test('the end that the person made themselves gives way', async () => {
  const ending = openEnding({ plan: { askedAt: now, until: inMinutes(-1), endedAt: inMinutes(-1) } })
  await ending.begin(person, given)
  expect(ending.plan()?.endedBy?.name).toBe('Lee Park')
})

test('a wish that was granted is over by it; one that waits for an answer is not', async () => {
  for (const stage of ['accepted', 'in']) {
    const ending = openEnding({ wish: { id: 'w', stage } })
    await ending.begin(person, given)
    expect(ending.wishes).toMatchObject([{ stage: 'over', ending: { code: 'ended-elsewhere', by: 'Lee Park' } }])
  }
  for (const stage of ['waiting', 'asking', 'over']) {
    const ending = openEnding({ wish: { id: 'w', stage } })
    await ending.begin(person, given)
    expect(ending.wishes).toEqual([])
  }
})

test('a period that began a moment before the end does not lift it, and one that begins after it does', async () => {
  const ending = openEnding()
  await ending.begin(person, { ...given, period: { from: now - 2_000, until: inMinutes(57) } })
  const before = ending.plan()
  const seen = (from: number) =>
    planFrom([{ kind: 'activated', from, until: inMinutes(57) }], { askedAt: inMinutes(1), before })
  expect(seen(now - 2_000)).toMatchObject({ until: now, endedBy: { name: 'Lee Park' }, heldUntil: inMinutes(57) })
  expect(seen(now - 1_000)).toMatchObject({ until: now, endedBy: { name: 'Lee Park' } })
  expect(seen(now)).toMatchObject({ until: inMinutes(57) })
  expect(seen(now)).not.toHaveProperty('heldUntil')
})
