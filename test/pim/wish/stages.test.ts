import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { isOnItsWay, shownOf, stateOf, type WishState } from '../../../src/pim/wish/stages.ts'
import { createNotes, noteOf } from '../../../src/session/replicas/notes.ts'
import { scopeOf } from '../../../src/session/scope.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import type { Visitor } from '../../support/visitor.ts'
import { openSelfService, progressOf, someoneIn } from '../house.ts'

const hour = 3_600_000
const reason = 'Refund 8841 for a customer'

/** A wish in each state, as it is written down at `now`. */
const wishes: Record<WishState, (now: number) => Pick<Activation, 'stage'> & Partial<Activation>> = {
  kept: () => ({ stage: 'kept', claims: '{}', challenges: 1 }),
  asking: now => ({ stage: 'asking', askedAt: now }),
  waiting: now => ({ stage: 'waiting', askedAt: now }),
  accepted: now => ({ stage: 'accepted', acceptedAt: now }),
  in: now => ({ stage: 'in', acceptedAt: now }),
  'run-out': now => ({ stage: 'accepted', acceptedAt: now - 2 * hour }),
  denied: () => ({ stage: 'over', ending: { code: 'denied' } }),
  lapsed: () => ({ stage: 'over', ending: { code: 'lapsed' } }),
  cancelled: () => ({ stage: 'over', ending: { code: 'cancelled' } }),
  ended: now => ({ stage: 'over', ending: { code: 'ended-here', at: now - 5 * hour } }),
  refused: () => ({ stage: 'over', ending: { code: 'failed' } }),
  unsent: () => ({ stage: 'over' }),
}
const states = Object.keys(wishes) as WishState[]

/** The pages as people see them: written once more, so that a wrong row of the application's own table is found. */
const seen: Record<WishState, (typeof shownOf)[WishState]> = {
  kept: { answer: 'progress', offer: 'pim', form: 'typed-and-why', progress: 'none', mine: 'pim' },
  asking: { answer: 'progress', offer: 'turning-on', form: 'blank', progress: 'asking', mine: 'turning-on' },
  waiting: { answer: 'progress', offer: 'waiting', form: 'blank', progress: 'waiting', mine: 'waiting' },
  accepted: { answer: 'progress', offer: 'turning-on', form: 'blank', progress: 'accepted', mine: 'new' },
  in: { answer: 'progress', offer: 'pim', form: 'blank', progress: 'pim', mine: 'new' },
  'run-out': { answer: 'progress', offer: 'pim', form: 'blank', progress: 'pim', mine: 'pim' },
  denied: { answer: 'back', offer: 'pim', form: 'typed', progress: 'denied', mine: 'not-extended' },
  lapsed: { answer: 'back', offer: 'pim', form: 'typed', progress: 'lapsed', mine: 'not-extended' },
  cancelled: { answer: 'back', offer: 'pim', form: 'typed', progress: 'cancelled', mine: 'pim' },
  ended: { answer: 'back', offer: 'pim', form: 'typed', progress: 'none', mine: 'pim' },
  refused: { answer: 'back', offer: 'pim', form: 'typed-and-why', progress: 'refused', mine: 'not-extended' },
  unsent: { answer: 'back', offer: 'pim', form: 'typed', progress: 'refused', mine: 'pim' },
}

/** A wish in this state, of this kind. An extension is to begin when the present period ends. */
const wishIn = (state: WishState, kind: Activation['kind'], now: number): Activation => ({
  id: `${state} ${now}`,
  kind,
  wish: { reason, minutes: 60 },
  returnTo: '/',
  keptAt: now,
  challenges: 0,
  ...(kind === 'extend' && { startsAt: now + hour }),
  ...wishes[state](now),
})

/** Writes down a wish of Ben's, as another page of the application would. */
async function write({ services, config, tenant, prefix, clock }: House, state: WishState, kind: Activation['kind']) {
  // Nobody asks Microsoft too often, and no question is shared with that of the state before.
  clock.advance({ minutes: 2 })
  const { redis } = services
  const notes = createNotes({ redis, seal: createSeal(config.session.secrets), prefix, about: scopeOf(config).group })
  const { oid = '' } = tenant.people.find(({ key }) => key === 'ben') ?? {}
  const name = noteOf('activation', { tenantId: tenant.tenantId, objectId: oid })
  const wish = wishIn(state, kind, clock.read().getTime())
  await notes.change(name, () => JSON.stringify(wish), hour)
}

test.each(states)('a wish that is %s is shown as its row says', state => expect(shownOf[state]).toEqual(seen[state]))
test.each(states)('a wish that is written down as %s is read as that', state => {
  expect(stateOf(wishIn(state, 'turn-on', hour), hour)).toBe(state)
})
test.each(states)('a wish that is %s is on its way exactly where the progress page shows it as that', state => {
  const isShown = ['asking', 'waiting', 'accepted'].includes(seen[state].progress)
  expect(isOnItsWay(wishIn(state, 'turn-on', hour), hour)).toBe(isShown)
})

describe('a wish to turn on', () => {
  let house: House
  let ben: Visitor
  beforeAll(async () => {
    house = await openSelfService()
    ben = await house.visitor('ben')
  })
  afterAll(() => house[Symbol.asyncDispose]())

  describe.each(states)('that is %s is shown as the table says', state => {
    const shown = seen[state]
    beforeAll(() => write(house, state, 'turn-on'))

    test('on the refused page', async () => {
      const page = await ben.get('/')
      if (shown.offer === 'turning-on') return expect(page.headers.location).toContain('/access/turning-on')
      expect(page.text).toContain(shown.offer === 'waiting' ? 'Waiting for approval' : 'name="reason"')
      const typed = /<textarea[^>]*name="reason"[^>]*>([^<]*)</.exec(page.text)?.[1] ?? ''
      const saysWhy = page.text.includes('class="problems"')
      expect([typed, saysWhy]).toEqual([shown.form === 'blank' ? '' : reason, shown.form === 'typed-and-why'])
    })
    test('on the progress page', async () => {
      expect((await progressOf(ben)).step).toBe(shown.progress === 'pim' ? 'none' : shown.progress)
    })
    test('on My access', async () => {
      const { text } = await ben.get('/access')
      expect(/being turned on/.test(text)).toBe(shown.mine === 'turning-on' || shown.mine === 'new')
      expect(text.includes('No request is waiting for approval.')).toBe(shown.mine !== 'waiting')
    })
  })
})

describe('an extension is shown as the table says on My access', () => {
  let house: House
  let ben: Visitor
  beforeAll(async () => {
    house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    ben = await someoneIn(house, 'ben', { minutes: '480' })
  })
  afterAll(() => house[Symbol.asyncDispose]())

  test.each(states)('when it is %s', async state => {
    await write(house, state, 'extend')
    const { text } = await ben.get('/access')
    expect(text.includes('Access was not extended')).toBe(seen[state].mine === 'not-extended')
  })
})
