import { describe, expect, test } from 'vitest'
import { createOwnPlan } from '../../src/pim/reading/own-plan.ts'
import { recentIn } from '../../src/pim/reading/uses.ts'
import type { Plan } from '../../src/session/record/plan.ts'
import { accessEnd } from '../../src/web/access/how-access-ended.ts'
import { asked, inMinutes, now } from './people/lists-of.ts'

const takenAway: Plan = {
  askedAt: now,
  from: inMinutes(-30),
  until: now,
  endedAt: now,
  endedBy: { name: 'Lee Park', comment: 'Use staging for this' },
  heldUntil: inMinutes(30),
}
const who = { identity: { objectId: 'ana' } as never, sessionId: 'session' }

/** The plan of a person after an act of theirs, where this plan was known before. */
async function planAfter(known: Plan, act: (ownPlan: ReturnType<typeof createOwnPlan>) => Promise<void>) {
  let plan: Plan | undefined = known
  const ownPlan = createOwnPlan({
    clock: () => new Date(inMinutes(1)),
    activations: { read: async () => undefined, change: async () => undefined },
    sessions: { changeAll: async () => {} },
    knownPlans: {
      act: async (_, edit) => {
        plan = edit(plan)
        return plan
      },
      latest: async () => plan,
      learned: async () => plan,
    },
  })
  await act(ownPlan)
  return plan
}

describe('an end that an administrator gave', () => {
  test('is not lifted by an extension that the person asks for', async () => {
    const activation = { startsAt: inMinutes(30), keptAt: inMinutes(1), wish: { minutes: 30 } } as never
    expect(await planAfter(takenAway, ({ prolonged }) => prolonged(who, activation))).toEqual(takenAway)
    const { endedBy: _, heldUntil: __, ...own } = takenAway
    expect(await planAfter(own, ({ prolonged }) => prolonged(who, activation))).toMatchObject({ until: inMinutes(60) })
  })

  test('is not lifted by taking back an extension', async () => {
    const span = { kind: 'activated', from: inMinutes(-30), until: inMinutes(30) } as const
    expect(await planAfter(takenAway, ({ endsWith }) => endsWith(who, span))).toEqual(takenAway)
    expect(await planAfter({ askedAt: now }, ({ endsWith }) => endsWith(who, span))).toMatchObject({
      until: inMinutes(30),
    })
  })

  test("is told with the administrator's name and comment, and as an end of the person's own without them", () => {
    const told = (plan: Plan) =>
      accessEnd({ facts: {}, record: { plan, signedInAt: now }, lastUse: undefined }, new Date(inMinutes(1)))
    expect(told(takenAway)).toMatchObject({ how: 'removed', by: 'Lee Park', comment: 'Use staging for this' })
    expect(told({ ...takenAway, endedBy: {} })).toEqual({ at: expect.anything(), how: 'removed' })
    const { endedBy: _, ...own } = takenAway
    expect(told(own)).toMatchObject({ how: 'by-you' })
  })

  test('stands among the last uses as ended by somebody else', () => {
    const shown = { now: inMinutes(1), spans: [], endedAt: now }
    expect(recentIn([asked('ana')], { ...shown, endedBy: { name: 'Lee Park' } })).toMatchObject([
      { how: 'by-other', by: 'Lee Park', until: now },
    ])
    expect(recentIn([asked('ana')], shown)).toMatchObject([{ how: 'by-you', until: now }])
  })
})
