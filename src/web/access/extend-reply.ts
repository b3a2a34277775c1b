import { z } from 'zod'
import type { Extended } from '../../pim/answers.ts'
import { json, type Reply, redirect, view } from '../page.ts'
import { instantOf } from '../shell/instant.ts'
import type { Circumstances } from './offer-model.ts'
import { turnedOn } from './turn-on-reply.ts'

const formShape = z.object({ as: z.literal('script') })
/** The line under the header asks by script, so that a half-filled form stays where it is. */
export const isForScript = (form: unknown): boolean => formShape.safeParse(form).success

/** What asking for more time led to. */
export function extended(outcome: Extended, about: Circumstances, { isForScript }: { isForScript: boolean }): Reply {
  const { now, returnTo } = about
  if (isForScript) return json(forScript(outcome, now))
  switch (outcome.kind) {
    case 'extended':
      return redirect(returnTo)
    case 'end-and-again':
      return notExtended(about, { canEndAt: outcome.canEndAt })
    case 'lasts-already':
      return notExtended(about, { problem: lasting(outcome.until, now) })
    case 'refused':
      return notExtended(about, { problem: outcome.problem.sentence })
    case 'form':
      if (outcome.offer.kind === 'form')
        return turnedOn(outcome, { ...about, action: '/access/extend', button: 'Extend access' })
      return notExtended(about, { problem: 'You cannot extend access now. My access shows what you can do.' })
    default:
      return turnedOn(outcome, about)
  }
}

/** With a problem nothing is left to do here; without one it can be ended and turned on again. */
function notExtended(
  { now, returnTo, reference }: Circumstances,
  { problem = '', canEndAt = 0 }: { problem?: string; canEndAt?: number },
): Reply {
  const wait = canEndAt > now.getTime() ? instantOf(new Date(canEndAt), now) : undefined
  const model = { problem, canEndAt: wait, returnTo, reference }
  return view('not-extended', 'Access was not extended', model, { status: 422 })
}

/** What was there already is no yes: nothing was asked for. */
function lasting(until: number | undefined, now: Date): string {
  if (until === undefined) return 'Access is always on for you, so there is nothing to extend.'
  const end = instantOf(new Date(until), now).absolute
  return `Access already lasts until ${end}, because another period follows this one. You can extend it again once that period has begun.`
}

/** Everything but a plain yes needs a page: the script says so and links to it. */
function forScript(outcome: Extended, now: Date): object {
  if (outcome.kind === 'extended') {
    const { iso, absolute } = instantOf(new Date(outcome.until), now)
    const was = outcome.was === undefined ? {} : { was: instantOf(new Date(outcome.was), now).absolute }
    return { extended: true, until: iso, absolute, ...was }
  }
  if (outcome.kind === 'lasts-already') return { extended: false, sentence: lasting(outcome.until, now) }
  const sentence = 'problem' in outcome ? outcome.problem.sentence : 'This takes one more step.'
  return { extended: false, sentence }
}
