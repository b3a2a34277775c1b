import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import { shortestStayMs } from '../../src/entra/pim/limits.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import { Problem } from '../../src/errors.ts'
import { createExtending } from '../../src/pim/extending.ts'
import type { Activation } from '../../src/pim/wish/activation.ts'
import type { Send } from '../../src/pim/wish/sending.ts'
import { openAtPim } from './at-pim.ts'
import { firstRequest, span, start, who } from './bens.ts'

const until = span.until ?? 0
const minute = 60_000
const second = 1_000

/** Somebody who asks for more time. `sent` says what becomes of the wish that is sent. */
function openExtending({ answers = {}, sent = {} }: { answers?: Partial<Pim>; sent?: Partial<Activation> } = {}) {
  const parts = openAtPim(answers)
  const seen: unknown[] = []
  const times = { sent: 0 }
  const send: Send = async (_who, id) => {
    times.sent++
    await parts.activations.change(who, id, found => ({ ...found, stage: 'asking', ...sent }))
    return { kind: 'progress' }
  }
  const needs = {
    ...parts,
    send,
    ownPlan: { ...parts.ownPlan, seen: async (...all: unknown[]) => void seen.push(all.slice(0, 2)) },
  }
  const { extend, extensionOf } = createExtending(needs)
  return {
    ...needs,
    seen,
    times,
    extensionOf,
    extend: (form: unknown = { minutes: '60' }) => extend(who, form, '/'),
    wish: async () => (await parts.activations.read(who))?.wish,
  }
}

describe('more time', () => {
  test('is asked for from a second after the present period', async () => {
    const { extend, activations } = openExtending()
    expect(await extend()).toEqual({ kind: 'progress' })
    const wish = { reason: 'Refund 8841 for a customer', minutes: 60 }
    expect(await activations.read(who)).toMatchObject({ kind: 'extend', wish, returnTo: '/', startsAt: until + second })
  })
  test('is not asked for where nothing runs', async () => {
    const { extend, times } = openExtending({ answers: { spans: async () => [] } })
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'not-on' } })
    expect(times.sent).toBe(0)
  })
  test('is not asked for where the person ended what lists still show', async () => {
    const { extend, ownPlan, pass } = openExtending()
    pass(minute)
    await ownPlan.ended(who)
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'not-on' } })
  })
  test('is there already where another period follows, and every session learns of it', async () => {
    const spans = [span, { ...span, from: until + second, until: until + 60 * minute }]
    const { extend, seen, times } = openExtending({ answers: { spans: async () => spans } })
    expect(await extend()).toEqual({ kind: 'lasts-already', until: until + 60 * minute })
    expect([seen, times.sent]).toEqual([[[who, spans]], 0])
  })
  test('is there already where access has no end', async () => {
    const { extend, seen } = openExtending({
      answers: { spans: async () => [{ ...span, kind: 'assigned', until: undefined }] as never },
    })
    const told = await extend()
    expect(told).toStrictEqual({ kind: 'lasts-already' })
    expect(seen).toHaveLength(1)
  })
  test('is not asked for while an extension is on its way', async () => {
    const { extend, times } = openExtending()
    await extend()
    expect(await extend()).toEqual({ kind: 'progress' })
    expect(times.sent).toBe(1)
  })
})

describe('the wish for more time', () => {
  test('is the shortest choice where the form names none', async () => {
    const { extend, wish } = openExtending()
    await extend({})
    expect(await wish()).toMatchObject({ minutes: 30 })
  })
  test.each([[undefined], [null], ['minutes=60']])('is made without a form, too (%j)', async form => {
    const { extend, wish } = openExtending()
    await extend(form ?? null)
    expect(await wish()).toEqual({ reason: 'Refund 8841 for a customer', minutes: 30 })
  })
  test('has the reason and the ticket of the present period', async () => {
    const { extend, wish } = openExtending({
      answers: { requests: async () => [{ ...firstRequest, ticket: 'INC-1' }] },
    })
    await extend()
    expect(await wish()).toEqual({ reason: 'Refund 8841 for a customer', ticket: 'INC-1', minutes: 60 })
  })
  test('has the reason and the ticket of the form where it brings others', async () => {
    const { extend, wish } = openExtending({
      answers: { requests: async () => [{ ...firstRequest, ticket: 'INC-1' }] },
    })
    await extend({ minutes: '60', reason: 'Refund 8842 for a customer', ticket: 'INC-2' })
    expect(await wish()).toEqual({ reason: 'Refund 8842 for a customer', ticket: 'INC-2', minutes: 60 })
  })
  test('has words of ours where the portal took a reason that is too short', async () => {
    const { extend, wish } = openExtending({ answers: { requests: async () => [{ ...firstRequest, reason: 'Fix' }] } })
    await extend({ minutes: '60', reason: 'Fix' })
    expect(await wish()).toMatchObject({ reason: 'Access is needed for longer' })
  })
  test('has the reason of the form where nobody knows that of the present period', async () => {
    const { extend, wish } = openExtending({ answers: { requests: async () => [] } })
    await extend({ minutes: '60', reason: 'Refund 8842 for a customer' })
    expect(await wish()).toMatchObject({ reason: 'Refund 8842 for a customer' })
  })
  test('has words of ours where nobody knows the reason of the present period', async () => {
    const { extend, wish } = openExtending({ answers: { requests: async () => [] } })
    await extend()
    expect(await wish()).toMatchObject({ reason: 'Access is needed for longer' })
  })
  test('with a fault leads back to the form, with the text that was typed', async () => {
    const { extend, times, activations } = openExtending()
    const told = await extend({ minutes: '7', reason: 'Refund 8842 for a customer' })
    expect(told).toMatchObject({
      kind: 'form',
      offer: {
        kind: 'form',
        form: {
          errors: { minutes: expect.any(String) },
          typed: { reason: 'Refund 8842 for a customer', minutes: '7' },
        },
      },
    })
    expect([times.sent, await activations.read(who)]).toEqual([0, undefined])
  })
  test('waits for the check that the policy demands', async () => {
    const { extend, times, activations } = openExtending({
      answers: { rules: async () => ({ ...defaultRules, context: 'c1' }) },
    })
    const told = await extend()
    const begun = await activations.read(who)
    expect(told).toEqual({ kind: 'step-up', activation: begun?.id, claims: begun?.claims, returnTo: '/' })
    expect(times.sent).toBe(0)
  })
  test('that Microsoft wants another check for leads to that', async () => {
    const parts = openExtending()
    const demanded = { kind: 'step-up', activation: 'a', claims: '{}', returnTo: '/' } as const
    const { extend } = createExtending({ ...parts, send: async () => demanded })
    expect(await extend(who, { minutes: '60' }, '/')).toBe(demanded)
  })
})

describe('an extension', () => {
  test('that Microsoft granted lasts from the end of the present period', async () => {
    const { extend } = openExtending({ sent: { stage: 'accepted', acceptedAt: start, status: 'granted' } })
    expect(await extend()).toEqual({ kind: 'extended', was: until, until: until + second + 60 * minute })
  })
  test('that Microsoft only took is on its way', async () => {
    const { extend } = openExtending({ sent: { stage: 'accepted', acceptedAt: start, status: 'pendingprovisioning' } })
    expect(await extend()).toEqual({ kind: 'progress' })
  })
  test.each(['already-on', 'time-invalid'])(
    'that this tenant does not take (%s) lets people end, and begin again',
    async code => {
      const { extend } = openExtending({ sent: { stage: 'over', ending: { code } } })
      const canEndAt = span.from + shortestStayMs
      expect(await extend()).toMatchObject({ kind: 'end-and-again', problem: { code }, canEndAt })
    },
  )
  test('that was refused for another reason says which', async () => {
    const { extend } = openExtending({ sent: { stage: 'over', ending: { code: 'not-eligible' } } })
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'not-eligible' } })
  })
  test('that could not be sent says that it failed', async () => {
    const { extend } = openExtending({ sent: { stage: 'over' } })
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'failed' } })
  })

  const granted = {
    stage: 'accepted',
    acceptedAt: start,
    status: 'granted',
    wish: { reason: '', minutes: 60 },
  } as const
  test('that an earlier release wrote without its beginning begins now', async () => {
    const { activations, extensionOf } = openExtending()
    await activations.begin(who, { ...granted, kind: 'extend', returnTo: '/' })
    expect(await extensionOf(who, 0)).toEqual({ kind: 'extended', was: start - second, until: start + 60 * minute })
  })
  test('has no result where the person has another wish by now', async () => {
    const { activations, extensionOf } = openExtending()
    await activations.begin(who, { ...granted, kind: 'turn-on', returnTo: '/' })
    expect(await extensionOf(who, 0)).toEqual({ kind: 'progress' })
  })
  test('has no result where the person has no wish', async () => {
    expect(await openExtending().extensionOf(who, 0)).toEqual({ kind: 'progress' })
  })
})

describe('a question that Microsoft', () => {
  test('does not answer has changed nothing', async () => {
    const { extend } = openExtending({ answers: { spans: () => Promise.reject(new NoAnswer('silence')) } })
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'busy' } })
  })
  test('refuses is told as that', async () => {
    const refused = new GraphRefusal('PermissionScopeNotGranted')
    const { extend } = openExtending({ answers: { spans: () => Promise.reject(refused) } })
    expect(await extend()).toMatchObject({ kind: 'refused', problem: { code: 'app-lacks-permission' } })
  })
  test('cannot be asked, because Redis is away, rises', async () => {
    const { extend } = openExtending({ answers: { spans: () => Promise.reject(new Problem('redis-away')) } })
    await expect(extend()).rejects.toMatchObject({ code: 'redis-away' })
  })
})
