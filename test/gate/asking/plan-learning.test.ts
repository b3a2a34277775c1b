import { describe, expect, test } from 'vitest'
import type { Span } from '../../../src/entra/pim/standing.ts'
import { createPlanLearning } from '../../../src/gate/asking/plan-learning.ts'
import { isPimNeeded } from '../../../src/gate/plan/when-to-ask.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import { createKnownPlans } from '../../../src/session/replicas/known-plans.ts'
import { inMemory } from '../property/in-memory.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'n', username: 'u' }
const span: Span = { from: at('12:00:00'), until: at('13:00:00'), kind: 'activated' }
const yes = { member: true, provenAt: at('12:10:00') } as const
const no = { member: false, provenAt: at('13:00:10'), reason: 'not-in-group' } as const

/** One session over a PIM that shows `spans`; `asked` counts how often. */
function openScene({ now = '12:10:00', plan }: { now?: string; plan?: Plan } = {}) {
  const time = { now: at(now) }
  const clock = () => new Date(time.now)
  const knownPlans = createKnownPlans({ notes: inMemory(), clock })
  const pim = { asked: 0, spans: [span] as Span[], answers: async () => {} }
  const state = {
    record: {
      identity,
      membership: yes,
      contexts: {},
      signedInAt: 0,
      ...(plan && { plan }),
    } as unknown as GateRecord,
    takesWrites: true,
    isOver: false,
    writes: 0,
  }
  const told: { warned: unknown[]; asking: unknown[] } = { warned: [], asking: [] }
  const plans = createPlanLearning({
    clock,
    pim: {
      spans: async () => {
        pim.asked += 1
        const { spans } = pim
        await pim.answers()
        return spans
      },
    },
    token: {
      get: async who => {
        told.asking.push(who)
        return 'token'
      },
    },
    sessions: {
      read: async () => (state.isOver ? undefined : state.record),
      change: async (_id, edit) => {
        if (!state.takesWrites) throw new Error('takes no writes')
        state.writes += 1
        state.record = edit(state.record)
        return state.record
      },
    },
    knownPlans,
    log: { warn: (line: unknown) => void told.warned.push(line) } as never,
  })
  return { time, knownPlans, pim, plans, state, told }
}

describe('of two plans of one person', () => {
  test('what another session learned binds also where it cannot be written down', async () => {
    const { knownPlans, plans, state } = openScene()
    await knownPlans.act(identity, () => ({ askedAt: 1, until: 2 }))
    state.takesWrites = false
    expect((await plans.recall('session', state.record)).plan).toMatchObject({ until: 2 })
  })
  test('the newer one of another session replaces the older one of this session', async () => {
    const { knownPlans, plans, state } = openScene({ plan: { askedAt: at('11:00:00'), until: at('11:30:00') } })
    await knownPlans.act(identity, () => ({ askedAt: at('12:05:00'), until: at('12:45:00') }))
    expect((await plans.recall('session', state.record)).plan?.until).toBe(at('12:45:00'))
  })
  test('one that was over before this session began is nothing to it', async () => {
    const { knownPlans, plans, state } = openScene()
    state.record = { ...state.record, signedInAt: at('12:09:00') }
    await knownPlans.act(identity, () => ({ askedAt: at('11:00:00'), until: at('12:00:00') }))
    expect((await plans.recall('session', state.record)).plan).toBeUndefined()
  })
  test.for([
    ['two minutes before this session began is nothing to it', '12:08:00', undefined],
    ['less than two minutes before this session began binds it', '12:07:59', at('12:06:00')],
  ] as const)('one that was over %s', async ([, signedIn, expected]) => {
    const { knownPlans, plans, state } = openScene()
    state.record = { ...state.record, signedInAt: at(signedIn) }
    await knownPlans.act(identity, () => ({ askedAt: at('11:00:00'), until: at('12:06:00') }))
    expect((await plans.recall('session', state.record)).plan?.until).toBe(expected)
  })
  test('one that is known already is not written again', async () => {
    const { plans, state } = openScene({ plan: { askedAt: 1, until: 2 } })
    expect(await plans.recall('session', state.record)).toBe(state.record)
    expect(state.writes).toBe(0)
  })
  test('a Redis that does not answer leaves the one there is', async () => {
    const { plans, state, knownPlans } = openScene({ plan: { askedAt: 1, until: 2 } })
    knownPlans.latest = () => Promise.reject(new Error('away'))
    expect(await plans.recall('session', state.record)).toBe(state.record)
  })
  test('an answer of PIM from before an act does not overwrite what the act made', async () => {
    const { knownPlans, pim, plans, state } = openScene()
    pim.answers = async () => {
      const end = at('12:10:00')
      await knownPlans.act(identity, () => ({ askedAt: end, until: end, endedAt: end }))
    }
    await plans.renew('session', state.record)
    expect(await knownPlans.latest(identity)).toMatchObject({ endedAt: at('12:10:00') })
    expect(state.record.plan).toMatchObject({ endedAt: at('12:10:00') })
  })
  test('a slow answer does not overwrite that of a later question', async () => {
    const { knownPlans, pim, plans, state, time } = openScene()
    pim.answers = async () => {
      time.now += 3_000
      const made = { askedAt: time.now, from: span.from, until: at('12:40:00') }
      await knownPlans.learned(identity, { base: undefined, askedAt: time.now }, () => made)
    }
    await plans.renew('session', state.record)
    expect(state.record.plan?.until).toBe(at('12:40:00'))
  })
  test('an act is the newest also after one that a clock an hour ahead wrote', async () => {
    const { knownPlans, time } = openScene()
    time.now += 3_600_000
    await knownPlans.act(identity, () => ({ askedAt: time.now, until: at('15:00:00') }))
    time.now -= 3_600_000
    await knownPlans.act(identity, () => ({ askedAt: time.now, until: time.now, endedAt: time.now }))
    expect(await knownPlans.latest(identity)).toMatchObject({ endedAt: at('12:10:00') })
  })
})

describe('what PIM says', () => {
  test('is asked with the token of the session for its own person', async () => {
    const { plans, state, told } = openScene()
    await plans.renew('session', state.record)
    expect(told.asking).toEqual([{ sessionId: 'session', identity }])
  })
  test('is remembered in the session and for the person', async () => {
    const { knownPlans, plans, state } = openScene()
    const plan = { askedAt: at('12:10:00'), from: at('12:00:00'), until: at('13:00:00') }
    expect((await plans.renew('session', state.record)).plan).toMatchObject(plan)
    expect([state.record.plan, await knownPlans.latest(identity)]).toMatchObject([plan, plan])
  })
  test('leaves an end that is known where PIM shows nothing more', async () => {
    const { pim, plans, state } = openScene({ plan: { askedAt: at('11:00:00'), until: at('12:09:00') } })
    pim.spans = []
    await plans.renew('session', state.record)
    expect(state.record.plan).toMatchObject({ askedAt: at('12:10:00'), until: at('12:09:00') })
  })
  test('changes nothing where the session is over meanwhile', async () => {
    const { plans, state } = openScene()
    const { record } = state
    state.isOver = true
    expect(await plans.renew('session', record)).toBe(record)
  })
})

describe('a PIM that does not answer', () => {
  const error = new Error('silence')
  const openSilent = () => {
    const scene = openScene({ plan: { askedAt: 1, until: 2 } })
    scene.pim.answers = () => Promise.reject(error)
    return scene
  }
  test('leaves the plan as it was', async () => {
    const { plans, state } = openSilent()
    expect((await plans.renew('session', state.record)).plan).toEqual({ askedAt: 1, until: 2 })
  })
  test('is logged with whom it was asked about', async () => {
    const { plans, state, told } = openSilent()
    await plans.renew('session', state.record)
    expect(told.warned).toEqual([{ event: 'plan-unknown', oid: 'o', error }])
  })
})

describe('PIM is asked in the background', () => {
  test('for a member whose end is not known', async () => {
    const { plans, state } = openScene()
    plans.learn('session', state.record)
    await expect.poll(() => state.record.plan?.until).toBe(at('13:00:00'))
  })
  test('for nobody whose end was asked for a moment ago', () => {
    const { plans, state, pim } = openScene({ plan: { askedAt: at('12:09:59'), until: at('13:00:00') } })
    plans.learn('session', state.record)
    expect([pim.asked, plans.askedAt('session')]).toEqual([0, 0])
  })
})

describe('PIM is asked', () => {
  test('for one session at most every second and a half', async () => {
    const { pim, plans, state, time } = openScene()
    await plans.renew('session', state.record)
    await plans.renew('session', state.record)
    time.now += 1_600
    await plans.renew('session', state.record)
    expect(pim.asked).toBe(2)
  })
  test('by each of two replicas once in ten seconds, though their clocks differ by 25', async () => {
    const over: Plan = { askedAt: at('12:50:00'), from: span.from, until: at('13:00:00') }
    const { knownPlans, pim, plans, state, time } = openScene({ now: '13:00:10', plan: over })
    pim.spans = []
    const ahead = { ...over, askedAt: at('13:00:35') }
    await plans.renew('session', state.record)
    await knownPlans.act(identity, () => ahead)
    const moment = { now: time.now, pimAskedAt: plans.askedAt('session') }
    expect(isPimNeeded(ahead, no, moment)).toBe(false)
  })
})
