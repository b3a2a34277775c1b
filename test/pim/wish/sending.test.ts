import { afterEach, describe, expect, test, vi } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import { Problem } from '../../../src/errors.ts'
import type { Log } from '../../../src/observability.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { createSending } from '../../../src/pim/wish/sending.ts'
import { notingWays, openAtPim } from '../at-pim.ts'
import { firstRequest, start, who } from '../bens.ts'

const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/orders' } as const
const progress = { kind: 'progress' }
const taken = (status: PimRequest['status'] = 'granted'): PimRequest => ({ ...firstRequest, id: 'r-2', status })

/** Somebody whose wish is sent to a PIM that answers like this. */
function openSending(activate: () => Promise<PimRequest> = async () => taken()) {
  const asked: unknown[] = []
  const ways: unknown[] = []
  const logged: Record<string, unknown>[] = []
  const prolonged: unknown[] = []
  const parts = openAtPim({
    activate: (_token: string, facts: Parameters<Pim['activate']>[1]) => {
      asked.push(facts)
      return activate()
    },
  })
  const write = (line: Record<string, unknown>) => void logged.push(line)
  const send = createSending({
    ...parts,
    asPerson: notingWays(ways),
    ownPlan: { prolonged: async (_who, activation) => void prolonged.push(activation.id) },
    log: { info: write, error: write } as unknown as Log,
  })
  let id = ''
  const begin = async (more: Partial<Activation> = {}) => {
    id = (await parts.activations.begin(who, { ...wish, ...more }))?.id ?? ''
  }
  const sendNow = (more: object = {}) => send({ ...who, ...more }, id)
  return {
    ...parts,
    asked,
    ways,
    logged,
    prolonged,
    id: () => id,
    begin,
    send: sendNow,
    /** Begins a wish and sends it. */
    sent: async (more: Partial<Activation> = {}) => {
      await begin(more)
      return sendNow()
    },
    kept: () => parts.activations.read(who),
  }
}
const refusing = (thrown: Error) => openSending(() => Promise.reject(thrown))

describe('a wish', () => {
  test('is sent once, however many requests send it', async () => {
    const { begin, send, asked } = openSending()
    await begin()
    await Promise.all([send(), send()])
    await send()
    expect(asked).toHaveLength(1)
  })
  test('that waited for the person longer than ten minutes is not sent', async () => {
    const { begin, send, pass, asked } = openSending()
    await begin()
    pass(10 * 60_000)
    expect(await send()).toEqual(progress)
    expect(asked).toEqual([])
  })
  test('is marked as sent before it is sent', async () => {
    const before: unknown[] = []
    const house = openSending(async () => {
      before.push(await house.kept())
      return taken()
    })
    await house.sent()
    expect(before).toMatchObject([{ stage: 'asking', askedAt: start }])
  })
  test('is sent as it was asked for, for the person', async () => {
    const { sent, asked } = openSending()
    expect(await sent()).toEqual(progress)
    expect(asked).toStrictEqual([{ principalId: 'ben', reason: 'Refund 8841', minutes: 60 }])
  })
  test('is sent with its ticket, and with the beginning of an extension', async () => {
    const { sent, asked } = openSending()
    await sent({ kind: 'extend', wish: { ...wish.wish, ticket: 'INC-1' }, startsAt: start + 5 })
    expect(asked).toMatchObject([{ ticket: 'INC-1', startsAt: start + 5 }])
  })
  test('is sent even where the person had Microsoft asked too often', async () => {
    const { sent, ways } = openSending()
    await sent()
    expect(ways).toEqual(['act'])
  })
  test('is settled by the status of its request', async () => {
    const { sent, kept } = openSending()
    await sent()
    expect(await kept()).toMatchObject({ stage: 'accepted', request: 'r-2', status: 'granted', acceptedAt: start })
  })
  test.each([
    ['turn-on', 'activation'],
    ['extend', 'extension'],
  ] as const)('to %s is in the trail, before and after', async (kind, act) => {
    const { sent, records, id } = openSending()
    await sent({ kind })
    const told = { act: id(), actor: { objectId: 'ben' }, reason: 'Refund 8841', minutes: 60 }
    expect(records).toMatchObject([
      { event: `${act}Requested`, ...told },
      { event: `${act}Completed`, ...told, request: 'r-2', status: 'granted' },
    ])
  })
  test('that somebody has changed meanwhile stays as they left it', async () => {
    const house = openSending(async () => {
      await house.activations.change(who, house.id(), found => ({ ...found, stage: 'over' }))
      return taken()
    })
    await house.sent()
    expect(await house.kept()).toMatchObject({ stage: 'over' })
  })
})

describe('an extension', () => {
  test('that was granted prolongs the plan', async () => {
    const { sent, prolonged, id } = openSending()
    await sent({ kind: 'extend' })
    expect(prolonged).toEqual([id()])
  })
  test('that only was taken prolongs nothing', async () => {
    const { sent, prolonged } = openSending(async () => taken('pendingprovisioning'))
    await sent({ kind: 'extend' })
    expect(prolonged).toEqual([])
  })
  test('is what prolongs a plan, and no other wish', async () => {
    const { sent, prolonged } = openSending()
    await sent()
    expect(prolonged).toEqual([])
  })
})

describe('a page', () => {
  afterEach(() => void vi.useRealTimers())
  test('waits no longer than four seconds, and the wish is settled all the same', async () => {
    const answer = Promise.withResolvers<PimRequest>()
    const { begin, send, kept } = openSending(() => answer.promise)
    await begin()
    vi.useFakeTimers()
    const sending = send()
    await vi.advanceTimersByTimeAsync(4_000)
    expect(await sending).toEqual(progress)
    expect(await kept()).toMatchObject({ stage: 'asking' })
    answer.resolve(taken())
    await expect.poll(async () => (await kept())?.stage).toBe('accepted')
  })
  test('that waits no longer leads to the progress page', async () => {
    const { begin, send } = openSending(() => new Promise(() => {}))
    await begin()
    expect(await send({ waitsUntil: performance.now() })).toEqual(progress)
  })
})

describe('a check that Microsoft demands', () => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
  const demanding = () => refusing(new GraphRefusal('RoleAssignmentRequestAcrsValidationFailed', { claims }))
  test('leads to that check, and the wish waits', async () => {
    const { sent, kept, id } = demanding()
    expect(await sent()).toEqual({ kind: 'step-up', activation: id(), claims, returnTo: '/orders' })
    expect(await kept()).toMatchObject({ stage: 'kept', claims, challenges: 1 })
  })
  test('by its name alone leads to a sign-in', async () => {
    const { sent, kept } = refusing(new GraphRefusal('RoleAssignmentRequestAcrsValidationFailed'))
    expect(await sent()).toMatchObject({ kind: 'step-up', claims: '{}' })
    expect(await kept()).toMatchObject({ stage: 'kept', challenges: 1 })
  })
  const inVain = { stage: 'over', ending: { code: 'step-up-in-vain', at: start } }
  test('was met already, so the wish is over', async () => {
    const { sent, kept } = demanding()
    expect(await sent({ claims, challenges: 1 })).toEqual(progress)
    expect(await kept()).toMatchObject(inVain)
  })
  test('after another one is made once more', async () => {
    const { sent, kept } = demanding()
    expect(await sent({ claims: '{}', challenges: 1 })).toMatchObject({ kind: 'step-up' })
    expect(await kept()).toMatchObject({ challenges: 2 })
  })
  test('after two others is not made again', async () => {
    const { sent, kept } = demanding()
    expect(await sent({ claims: '{}', challenges: 2 })).toEqual(progress)
    expect(await kept()).toMatchObject(inVain)
  })
})

describe('a wish that Microsoft', () => {
  test('refuses is over, and says why', async () => {
    const { sent, kept } = refusing(new GraphRefusal('EligibilityNotFound'))
    expect(await sent()).toEqual(progress)
    expect(await kept()).toMatchObject({ stage: 'over', ending: { code: 'not-eligible', at: start } })
  })
  test('refuses is in the log', async () => {
    const refusal = new GraphRefusal('EligibilityNotFound')
    const { sent, logged } = refusing(refusal)
    await sent()
    expect(logged).toEqual([{ event: 'activation-refused', oid: 'ben', error: refusal }])
  })
  test('does not answer stays as it was sent, because it may have worked', async () => {
    const { sent, kept, logged } = refusing(new NoAnswer('silence'))
    expect(await sent()).toEqual(progress)
    expect(await kept()).toMatchObject({ stage: 'asking' })
    expect(logged).toEqual([])
  })
  test('has no time for is over, because it was turned away', async () => {
    const { sent, kept } = refusing(new NoAnswer('later', { kind: 'throttled' }))
    await sent()
    expect(await kept()).toMatchObject({ stage: 'over', ending: { code: 'busy' } })
  })
  test('had no part in, because of a fault of ours, lets that fault rise', async () => {
    await expect(refusing(new TypeError('a bug')).sent()).rejects.toThrow('a bug')
  })
  test('cannot be asked about, because Redis is away, is a Problem that the log has too', async () => {
    const away = new Problem('redis-away')
    const { sent, logged } = refusing(away)
    await expect(sent()).rejects.toBe(away)
    expect(logged).toEqual([{ event: 'activation-failed', oid: 'ben', error: away }])
  })
})
