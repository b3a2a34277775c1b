import type { Activation } from './activation.ts'

/**
 * The states of a wish that pages tell apart: the stages, but with two of them divided. An `accepted` wish whose time is up
 * is `run-out`, and a wish that is `over` is named by how it ended. `unsent`: PIM could not be asked, and the wish is kept
 * only because of the text that was typed.
 */
export type WishState =
  | Exclude<Activation['stage'], 'over'>
  | 'run-out'
  | 'unsent'
  | 'denied'
  | 'lapsed'
  | 'cancelled'
  | 'ended'
  | 'refused'

/**
 * The part that a wish has in each page. `pim`: none, the page shows what PIM's lists say.
 *
 * - `answer`: where the form leads once it was sent: to the progress page, or back, with what went wrong.
 * - `offer`: the refused page, for a wish to turn on. (For an extension it is always `pim`.)
 * - `form`: every form for turning on: blank, with the typed text, or with the typed text and what went wrong.
 * - `progress`: the progress page. (A person who is a member by now is led in instead.)
 * - `mine`: My access. `turning-on` and `new` show where PIM's lists show nothing that runs; `new` only for as long as the
 *   lists may lag. `not-extended`: for an extension, that it came to nothing, until the present period ends.
 */
type Shown = {
  answer: 'progress' | 'back'
  offer: 'turning-on' | 'waiting' | 'pim'
  form: 'blank' | 'typed' | 'typed-and-why'
  progress: 'none' | 'asking' | 'waiting' | 'accepted' | 'denied' | 'lapsed' | 'cancelled' | 'refused' | 'pim'
  mine: 'turning-on' | 'new' | 'waiting' | 'not-extended' | 'pim'
}

/** The one table of wishes: for each state, what each page shows. */
export const shownOf: Readonly<Record<WishState, Shown>> = {
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

const overStates: Record<string, WishState> = {
  denied: 'denied',
  lapsed: 'lapsed',
  cancelled: 'cancelled',
  'ended-here': 'ended',
  'ended-elsewhere': 'ended',
}

/** The state of a wish at `now` (epoch ms). */
export function stateOf(activation: Activation, now: number): WishState {
  const { stage, ending } = activation
  if (stage === 'accepted') return now < timeIsUpAt(activation) ? 'accepted' : 'run-out'
  if (stage !== 'over') return stage
  return ending ? (overStates[ending.code] ?? 'refused') : 'unsent'
}

const timeIsUpAt = ({ startsAt, acceptedAt = 0, wish }: Activation) => (startsAt ?? acceptedAt) + wish.minutes * 60_000

/** Whether the person can begin no other wish of this kind meanwhile. `now` in epoch ms. */
export function isOnItsWay(activation: Activation | undefined, now: number): activation is Activation {
  const state = activation && stateOf(activation, now)
  return state === 'asking' || state === 'waiting' || state === 'accepted'
}

/** Whether an extension came to nothing, and the period that it was to follow still runs. `now` in epoch ms. */
export const isNotExtended = ({ kind, stage, startsAt = 0 }: Activation, now: number): boolean =>
  kind === 'extend' && stage === 'over' && now < startsAt
