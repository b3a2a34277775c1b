import type { Activation } from '../../../src/pim/wish/activation.ts'
import type { shownOf, WishState } from '../../../src/pim/wish/stages.ts'

export const hour = 3_600_000
export const reason = 'Refund 8841 for a customer'

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
export const states = Object.keys(wishes) as WishState[]

/** The pages as people see them: written once more, so that a wrong row of the application's own table is found. */
export const seen: Record<WishState, (typeof shownOf)[WishState]> = {
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
export const wishIn = (state: WishState, kind: Activation['kind'], now: number): Activation => ({
  id: `${state} ${now}`,
  kind,
  wish: { reason, minutes: 60 },
  returnTo: '/',
  keptAt: now,
  challenges: 0,
  ...(kind === 'extend' && { startsAt: now + hour }),
  ...wishes[state](now),
})
