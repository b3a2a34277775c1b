import type { Progress } from '../answers.ts'
import type { Activation } from './activation.ts'
import { isInForce, problemIn } from './outcome.ts'

/** The progress of a wish that was sent, as the progress page shows it. */
export function underWay(step: 'asking' | 'accepted', activation: Activation): Progress {
  const { kind, wish, returnTo, askedAt, keptAt, acceptedAt, steppedUpAt, request, wasOn } = activation
  return {
    step,
    kind,
    since: askedAt ?? acceptedAt ?? keptAt,
    isInForce: isInForce(activation),
    ...(wasOn && { wasOn }),
    ...(acceptedAt !== undefined && { acceptedAt }),
    ...(steppedUpAt !== undefined && { steppedUpAt }),
    minutes: wish.minutes,
    returnTo,
    ...(request && { reference: request }),
  }
}

/** The progress of a wish that is over, as the progress page shows it. */
export function endedAs(
  step: 'none' | 'denied' | 'lapsed' | 'cancelled' | 'refused',
  activation: Activation,
): Progress {
  const { kind, stage, returnTo, ending } = activation
  if (step === 'refused') return { step, kind, problem: problemIn(activation), returnTo }
  if (step === 'none') return { step, kind, ...(stage === 'kept' && { isKept: true }), returnTo }
  if (step !== 'denied') return { step, kind, returnTo }
  const { by, at, comment } = ending ?? {}
  return {
    step,
    kind,
    returnTo,
    ...(by !== undefined && { by }),
    ...(at !== undefined && { at }),
    ...(comment !== undefined && { comment }),
  }
}
