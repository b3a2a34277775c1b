import { describe, expect, test } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { createLooking } from '../../../src/pim/wish/looking.ts'
import { surelyListedMs } from '../../../src/session/record/plan.ts'
import { openAtPim } from '../at-pim.ts'
import { firstRequest, span, start, who } from '../bens.ts'

const hour = 3_600_000
const startsAt = (span.until ?? 0) + 1_000
const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/' } as const

/** A wish, and a PIM that shows its request with this status or answers otherwise. */
async function openLooking(
  more: Partial<Activation>,
  status: PimRequest['status'] = 'granted',
  answers: Partial<Pim> = {},
) {
  const recorded: unknown[] = []
  const times = { asked: 0 }
  const parts = openAtPim({
    request: async (_token, id) => {
      times.asked++
      return { ...firstRequest, id, status }
    },
    requests: async () => {
      times.asked++
      return []
    },
    ...answers,
  })
  const activation = await parts.activations.begin(who, { ...wish, ...more })
  if (!activation) throw new Error('another wish stands in the way')
  const look = createLooking({ ...parts, trail: { found: async (...all) => void recorded.push(all) } })
  return {
    ...parts,
    activation,
    recorded,
    times,
    look: (even?: 'at-once', by: object = {}) => look({ ...who, ...by }, activation, even),
    kept: () => parts.activations.read(who),
  }
}
const asking = { stage: 'asking', askedAt: start } as const
const waiting = { stage: 'waiting', request: 'r-2', status: 'pendingapproval', askedAt: start } as const

describe('a wish that was sent', () => {
  test('is not asked about while the answer is under way', async () => {
    const { look, activation, pass, times } = await openLooking({ ...asking, request: 'r-2' })
    pass(4_499)
    expect([await look(), times.asked]).toEqual([activation, 0])
  })
  test('is asked about after that', async () => {
    const { look, pass } = await openLooking({ ...asking, request: 'r-2' })
    pass(4_500)
    expect(await look()).toMatchObject({ stage: 'accepted', request: 'r-2' })
  })
  test('is asked about at once where that is wanted', async () => {
    const { look } = await openLooking({ ...asking, request: 'r-2' })
    expect(await look('at-once')).toMatchObject({ stage: 'accepted' })
  })
  test('is asked about at once where nobody wrote down when it was sent', async () => {
    const { look } = await openLooking({ stage: 'asking', request: 'r-2' })
    expect(await look()).toMatchObject({ stage: 'accepted' })
  })
  test('is on its way while lists may not show it yet', async () => {
    const { look, activation, pass, recorded } = await openLooking(asking)
    pass(surelyListedMs - 1)
    expect([await look(), recorded]).toEqual([activation, []])
  })
  test('was not received where lists would surely show it', async () => {
    const { look, kept, pass, recorded } = await openLooking(asking)
    pass(surelyListedMs)
    const lost = { stage: 'over', ending: { code: 'not-done', at: start + surelyListedMs } }
    expect(await look()).toMatchObject(lost)
    expect(await kept()).toMatchObject(lost)
    expect(recorded).toMatchObject([['activation', {}, { verdict: 'failed' }]])
  })
  test('that waits is not lost where PIM does not show its request', async () => {
    const { look, activation, pass } = await openLooking({ ...waiting }, 'granted', { request: async () => undefined })
    pass(surelyListedMs)
    expect(await look()).toEqual(activation)
  })
})

describe('a wish whose request PIM shows', () => {
  test('is changed, and its result is in the trail', async () => {
    const { look, kept, recorded, activation } = await openLooking(waiting)
    const found = await look()
    expect(found).toMatchObject({ stage: 'accepted', status: 'granted' })
    expect(await kept()).toEqual(found)
    expect(found).not.toHaveProperty('ending')
    const doing = { act: activation.id, actor: who.identity }
    expect(recorded).toEqual([
      ['activation', doing, { ...wish.wish, verdict: 'done', request: 'r-2', status: 'granted' }],
    ])
  })
  test('stays as it is where nothing is new, and the trail hears nothing', async () => {
    const { look, activation, recorded } = await openLooking(waiting, 'pendingapproval')
    expect([await look(), recorded]).toEqual([activation, []])
  })
  test('stays as somebody else left it meanwhile', async () => {
    const house = await openLooking(waiting, 'granted', {
      request: async (_token, id) => {
        await house.activations.change(who, house.activation.id, found => ({ ...found, stage: 'over' }))
        return { ...firstRequest, id, status: 'granted' }
      },
    })
    expect(await house.look()).toEqual(house.activation)
    expect(await house.kept()).toMatchObject({ stage: 'over' })
    expect(house.recorded).toEqual([])
  })
  test('that was denied says who did, and why', async () => {
    const reviewedBy = { id: 'lena', name: 'Lena Fischer' }
    const stage = {
      id: 's',
      status: '',
      result: 'deny',
      comment: 'Not today',
      reviewedBy,
      assignedToMe: false,
    } as const
    const { look } = await openLooking(waiting, 'denied', { approval: async (_token, id) => ({ id, stages: [stage] }) })
    const ending = { code: 'denied', by: 'Lena Fischer', byId: 'lena', comment: 'Not today' }
    expect(await look()).toMatchObject({ stage: 'over', ending })
  })
  test('that came to nothing otherwise has nobody who said no', async () => {
    let times = 0
    const { look } = await openLooking(waiting, 'canceled', {
      approval: async (_token, id) => {
        times++
        return { id, stages: [] }
      },
    })
    expect((await look()).ending).toEqual({ code: 'cancelled' })
    expect(times).toBe(0)
  })
  test('is asked about once by pages that look at the same moment', async () => {
    const { look, times, recorded } = await openLooking(waiting)
    await Promise.all([look(), look()])
    expect([times.asked, recorded.length]).toEqual([1, 1])
  })
  test('is not taken for another wish that is looked at in the same moment', async () => {
    const house = await openLooking(waiting)
    const look = createLooking({ ...house, trail: { found: async () => {} } })
    const other = { ...house.activation, id: 'another' }
    await Promise.all([look(who, house.activation), look(who, other)])
    expect(house.times.asked).toBe(2)
  })
  test('is known later where the page waits no longer', async () => {
    const answer = Promise.withResolvers<PimRequest>()
    const { look, kept } = await openLooking(waiting, 'granted', { request: () => answer.promise })
    await expect(look(undefined, { waitsUntil: performance.now() })).rejects.toThrow(NoAnswer)
    answer.resolve({ ...firstRequest, id: 'r-2', status: 'granted' })
    await expect.poll(async () => (await kept())?.stage).toBe('accepted')
  })
})

describe('an extension', () => {
  const taken = { kind: 'extend', stage: 'accepted', acceptedAt: start, request: 'r-2', startsAt } as const
  test('that PIM granted after it took it is learnt by sessions that begin later', async () => {
    const { look, planOfNewSession } = await openLooking({ ...taken, status: 'pendingprovisioning' })
    await look()
    expect(await planOfNewSession()).toMatchObject({ until: startsAt + hour, seamAt: startsAt })
  })
  test('that PIM could not carry out changes no plan', async () => {
    const { look, planOfNewSession } = await openLooking({ ...taken, status: 'pendingprovisioning' }, 'failed')
    expect(await look()).toMatchObject({ stage: 'over', ending: { code: 'failed' } })
    expect(await planOfNewSession()).toBeUndefined()
  })
  test('that was in force before changes no plan again', async () => {
    const { look, planOfNewSession } = await openLooking({ ...taken, status: 'granted' }, 'provisioned')
    expect(await look()).toMatchObject({ status: 'provisioned' })
    expect(await planOfNewSession()).toBeUndefined()
  })
  test('is what changes a plan, and no other wish', async () => {
    const { look, planOfNewSession } = await openLooking(waiting)
    await look()
    expect(await planOfNewSession()).toBeUndefined()
  })
})

describe('a wish that is long in force', () => {
  const inForce = { stage: 'accepted', acceptedAt: start, request: 'r-2', status: 'provisioned' } as const
  const lookAfter = async (more: Partial<Activation>, spans: Pim['spans']) => {
    const house = await openLooking({ ...inForce, ...more }, 'provisioned', { spans })
    house.pass(surelyListedMs)
    return { ...house, found: await house.look() }
  }
  const now = start + surelyListedMs

  test('stays so while its period is there, and nobody asks about its request', async () => {
    const { found, activation, times } = await lookAfter({}, async () => [span])
    expect([found, times.asked]).toEqual([activation, 0])
  })
  test('stays so while a period has no end', async () => {
    const { found, activation } = await lookAfter({}, async () => [{ kind: 'assigned', from: start }])
    expect(found).toEqual(activation)
  })
  test('stays so while one of several periods goes on', async () => {
    const { found, activation } = await lookAfter({}, async () => [{ ...span, until: start }, span])
    expect(found).toEqual(activation)
  })
  const ended = { stage: 'over', ending: { code: 'ended-elsewhere', at: now } }
  test('was ended elsewhere where no period is there', async () => {
    const { found, kept } = await lookAfter({}, async () => [])
    expect(found).toMatchObject(ended)
    expect(await kept()).toMatchObject(ended)
  })
  test('was ended elsewhere where its period is over', async () => {
    expect((await lookAfter({}, async () => [{ ...span, until: now }])).found).toMatchObject(ended)
  })
  test('was ended elsewhere where only the period before an extension is there', async () => {
    const began = { kind: 'extend', startsAt: start - hour } as const
    const { look, pass } = await openLooking({ ...inForce, ...began, acceptedAt: 0 }, 'provisioned', {
      spans: async () => [{ ...span, until: start }],
    })
    pass(surelyListedMs)
    expect(await look()).toMatchObject({ stage: 'over' })
  })
  test('stays as somebody else left it meanwhile', async () => {
    const house = await openLooking(inForce, 'provisioned', {
      spans: async () => {
        await house.activations.change(who, house.activation.id, found => ({ ...found, stage: 'in' }))
        return []
      },
    })
    house.pass(surelyListedMs)
    expect(await house.look()).toEqual(house.activation)
    expect(await house.kept()).toMatchObject({ stage: 'in' })
  })
})
