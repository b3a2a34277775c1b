import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import type { ExtendAnswer, Offer } from '../../src/pim/answers.ts'
import { pimRefusal } from '../../src/pim/refusals/words.ts'
import { createTurningOn } from '../../src/pim/turning-on.ts'
import type { Activation } from '../../src/pim/wish/activation.ts'
import type { Send } from '../../src/pim/wish/sending.ts'
import { notingWays, openAtPim } from './at-pim.ts'
import { start, who } from './bens.ts'

const form = { reason: 'Refund 8841 for a customer', minutes: '60' }
const wish = { reason: form.reason, minutes: 60 }
const offered: Offer = { kind: 'form', form: {} as never }
const demanded = { kind: 'step-up', activation: 'a', claims: '{}', returnTo: '/' } as const

type House = {
  answers?: Partial<Pim>
  /** The offers, in their order; the last of them stands. */
  offers?: readonly Offer[]
  /** What becomes of the wish that is sent, or a check that Microsoft demands for it. */
  sent?: Partial<Activation> | 'step-up'
  extension?: ExtendAnswer['kind']
}

/** Somebody who sends the form. */
function openTurningOn({ answers = {}, offers = [offered], sent = {}, extension = 'progress' }: House = {}) {
  const parts = openAtPim(answers)
  const left = [...offers]
  const returned: unknown[] = []
  const times = { sent: 0 }
  const ways: unknown[] = []
  const send: Send = async (_who, id) => {
    times.sent++
    if (sent === 'step-up') return demanded
    await parts.activations.change(who, id, found => ({ ...found, stage: 'asking', ...sent }))
    return { kind: 'progress' }
  }
  const turning = createTurningOn({
    ...parts,
    asPerson: notingWays(ways),
    send,
    offers: {
      offer: async (_who, back) => {
        returned.push(back)
        return (left.length > 1 ? left.shift() : left[0]) ?? offered
      },
    },
    extensionOf: async (_who, from) => ({ kind: extension, from }) as never,
  })
  return {
    ...parts,
    ...turning,
    times,
    ways,
    returned,
    turnOn: (typed: unknown = form) => turning.turnOn(who, typed, '/orders'),
    begin: (more: Partial<Activation> = {}) =>
      parts.activations.begin(who, { kind: 'turn-on', wish, returnTo: '/orders', ...more }),
    kept: () => parts.activations.read(who),
  }
}
const silent = () => Promise.reject(new NoAnswer('silence'))

describe('the form', () => {
  test('is sent as a wish to turn on', async () => {
    const { turnOn, kept } = openTurningOn()
    expect(await turnOn()).toEqual({ kind: 'progress' })
    expect(await kept()).toMatchObject({ kind: 'turn-on', wish, returnTo: '/orders', stage: 'asking' })
  })
  test.each<Offer>([{ kind: 'on' }, { kind: 'turning-on' }, { kind: 'waiting', request: {} as never, approvers: [] }])(
    'is not needed where access is "$kind"',
    async offer => {
      const { turnOn, times } = openTurningOn({ offers: [offer] })
      expect(await turnOn()).toEqual({ kind: 'progress' })
      expect(times.sent).toBe(0)
    },
  )
  test('is read by rules that are asked for even where the person had Microsoft asked too often', async () => {
    const { turnOn, ways } = openTurningOn()
    await turnOn()
    expect(ways).toEqual(['act'])
  })
  test('waits for the check that the policy demands', async () => {
    const { turnOn, kept, times } = openTurningOn({
      answers: { rules: async () => ({ ...defaultRules, context: 'c1' }) },
    })
    const told = await turnOn()
    const begun = await kept()
    expect(told).toEqual({ kind: 'step-up', activation: begun?.id, claims: begun?.claims, returnTo: '/orders' })
    expect(begun?.claims).toContain('c1')
    expect(times.sent).toBe(0)
  })
  test('sends nothing beside a wish that is on its way', async () => {
    const { turnOn, begin, times } = openTurningOn()
    await begin({ stage: 'asking' })
    expect(await turnOn()).toEqual({ kind: 'progress' })
    expect(times.sent).toBe(0)
  })
})

describe('a form with a fault', () => {
  const faulty = { ...form, reason: 'Fix' }
  test('leads back, with the fault and the text that was typed', async () => {
    const { turnOn, returned, times, kept } = openTurningOn()
    expect(await turnOn(faulty)).toEqual({ kind: 'form', offer: offered })
    expect(returned).toMatchObject([undefined, { errors: { reason: expect.any(String) }, typed: { reason: 'Fix' } }])
    expect([times.sent, await kept()]).toEqual([0, undefined])
  })
  test('keeps the text where nobody can offer the form meanwhile', async () => {
    const { turnOn, kept } = openTurningOn({ offers: [offered, { kind: 'cannot-tell' }] })
    expect(await turnOn(faulty)).toEqual({ kind: 'form', offer: { kind: 'cannot-tell' } })
    expect(await kept()).toMatchObject({ stage: 'over', wish: { reason: 'Fix' } })
  })
})

describe('a ticket', () => {
  const ticketOf = async (answers: Partial<Pim>, typed: object) => {
    const { turnOn, returned } = openTurningOn({ answers })
    await turnOn({ ...form, ...typed })
    return (returned.at(-1) as { errors?: { ticket?: string } } | undefined)?.errors?.ticket
  }
  const unknown = { rules: () => Promise.reject(new GraphRefusal('no')) }
  test('is needed where the policy wants one', async () => {
    expect(await ticketOf({ rules: async () => ({ ...defaultRules, ticket: true }) }, {})).toContain('needed')
  })
  test('is not needed where the policy wants none, though the form had a field for it', async () => {
    expect(await ticketOf({}, { ticket: '' })).toBeUndefined()
  })
  test('is needed where Microsoft asked for one before, and its rules cannot be read', async () => {
    expect(await ticketOf(unknown, { ticket: '' })).toContain('needed')
  })
  test('is not needed where nobody asked for one, and the rules cannot be read', async () => {
    expect(await ticketOf(unknown, {})).toBeUndefined()
  })
  test.each([null, undefined, 'reason=x'])('is not asked for where nothing was typed at all (%j)', async typed => {
    const { returned, ...turning } = openTurningOn({ answers: unknown })
    await turning.turnOn(typed === undefined ? 0 : typed)
    expect(returned.at(-1)).not.toMatchObject({ errors: { ticket: expect.anything() } })
  })
})

describe('a form that nobody can take now', () => {
  const problem = pimRefusal('busy')
  test.each<Offer>([{ kind: 'cannot-tell' }, { kind: 'unavailable', problem }])('is kept ("$kind")', async offer => {
    const { turnOn, kept, times } = openTurningOn({ offers: [offer] })
    expect(await turnOn()).toEqual({ kind: 'form', offer })
    expect(await kept()).toMatchObject({ kind: 'turn-on', stage: 'over', wish, returnTo: '/orders' })
    expect(times.sent).toBe(0)
  })
  test('is not kept where the person may turn on nothing', async () => {
    const { turnOn, kept } = openTurningOn({ offers: [{ kind: 'not-eligible' }] })
    expect(await turnOn()).toEqual({ kind: 'form', offer: { kind: 'not-eligible' } })
    expect(await kept()).toBeUndefined()
  })
  test('is kept where Microsoft does not say its rules', async () => {
    const { turnOn, kept } = openTurningOn({ answers: { rules: silent } })
    expect(await turnOn()).toEqual({ kind: 'form', offer: { kind: 'cannot-tell' } })
    expect(await kept()).toMatchObject({ stage: 'over', wish })
  })

  const away = { offers: [{ kind: 'cannot-tell' } as const] }
  test('is not kept where nothing was typed', async () => {
    const { turnOn, kept } = openTurningOn(away)
    await turnOn({ minutes: '60' })
    expect(await kept()).toBeUndefined()
  })
  test.each([
    ['60', 60],
    ['45.7', 45],
    ['a while', 60],
    ['-5', 60],
    ['0', 60],
    ['0.5', 60],
  ])('is kept with its minutes, as far as they are some (%s)', async (minutes, expected) => {
    const { turnOn, kept } = openTurningOn(away)
    await turnOn({ ...form, minutes })
    expect((await kept())?.wish.minutes).toBe(expected)
  })
  test('is kept as it was typed, faults and all', async () => {
    const { turnOn, kept } = openTurningOn(away)
    await turnOn({ reason: 'Fix', ticket: 'INC-1', minutes: '7' })
    expect((await kept())?.wish).toEqual({ reason: 'Fix', ticket: 'INC-1', minutes: 7 })
  })
})

describe('a wish that was sent', () => {
  test('leads to one more check where Microsoft demands that', async () => {
    expect(await openTurningOn({ sent: 'step-up' }).turnOn()).toBe(demanded)
  })
  test('leads back to the form where it came to nothing', async () => {
    const again: Offer = { kind: 'not-eligible' }
    const sent = { stage: 'over', ending: { code: 'failed' } } as const
    expect(await openTurningOn({ sent, offers: [offered, again] }).turnOn()).toEqual({ kind: 'form', offer: again })
  })
  test('leads to the progress page where it is on its way', async () => {
    expect(await openTurningOn({ sent: { stage: 'waiting' } }).turnOn()).toEqual({ kind: 'progress' })
  })
  test('leads to the progress page where it is not there any more', async () => {
    const parts = openTurningOn()
    const activations = { ...parts.activations, read: async () => undefined }
    const { turnOn } = createTurningOn({
      ...parts,
      activations,
      offers: { offer: async () => offered },
      send: async () => ({ kind: 'progress' }),
      extensionOf: async () => ({ kind: 'progress' }),
    })
    expect(await turnOn(who, form, '/')).toEqual({ kind: 'progress' })
  })
})

describe('a wish that waited for the person', () => {
  test('is sent once they are back', async () => {
    const { begin, resume, kept, times } = openTurningOn()
    const begun = await begin()
    expect(await resume(who, begun?.id ?? '', start + 5)).toEqual({ kind: 'progress' })
    expect(times.sent).toBe(1)
    expect(await kept()).toMatchObject({ stage: 'asking', steppedUpAt: start + 5 })
  })
  test('is not sent again where it was sent already', async () => {
    const { begin, resume, kept, times } = openTurningOn()
    const begun = await begin({ stage: 'waiting' })
    expect(await resume(who, begun?.id ?? '', start)).toEqual({ kind: 'progress' })
    expect([times.sent, await kept()]).toEqual([0, begun])
  })
  test('that extends access leads to the progress page', async () => {
    const { begin, resume, kept } = openTurningOn({ extension: 'extended' })
    const begun = await begin({ kind: 'extend' })
    expect(await resume(who, begun?.id ?? '', start)).toEqual({ kind: 'progress' })
    expect(await kept()).toMatchObject({ returnTo: '/orders' })
  })
  test.each(['refused', 'end-and-again'] as const)(
    'that was to extend access, and was not taken (%s), leads to My access',
    async extension => {
      const { begin, resume, kept } = openTurningOn({ extension })
      const begun = await begin({ kind: 'extend' })
      expect(await resume(who, begun?.id ?? '', start)).toEqual({ kind: 'progress', returnTo: '/access' })
      expect(await kept()).toMatchObject({ stage: 'asking', returnTo: '/access' })
    },
  )
})

describe('the claims that Entra must prove', () => {
  const claims = '{"access_token":{}}'
  test('are those of the wish', async () => {
    const { begin, claimsFor } = openTurningOn()
    const begun = await begin({ claims })
    expect(await claimsFor(who, begun?.id ?? '')).toBe(claims)
  })
  test('are none of another wish', async () => {
    const { begin, claimsFor } = openTurningOn()
    await begin({ claims })
    expect(await claimsFor(who, 'another')).toBeUndefined()
  })
  test('are none where there is no wish', async () => {
    expect(await openTurningOn().claimsFor(who, 'another')).toBeUndefined()
  })
  test('are none once the wish has waited for ten minutes', async () => {
    const { begin, claimsFor, pass } = openTurningOn()
    const begun = await begin({ claims })
    pass(10 * 60_000)
    expect(await claimsFor(who, begun?.id ?? '')).toBeUndefined()
  })
})
