import { z } from 'zod'
import type { ExtendAnswer } from '../../pim/answers.ts'
import { json, type Reply, redirect, view } from '../page.ts'
import { instantOf } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'
import { turnedOn } from './turn-on-reply.ts'

const formShape = z.object({ as: z.literal('script') })
/** Whether the line under the header sent this form by script, so that a half-filled form on the page stays there. */
export const isForScript = (form: unknown): boolean => formShape.safeParse(form).success

/** The reply to a form that extends access: JSON for the script, a redirect or a page for everybody else. */
export function extended(
  outcome: ExtendAnswer,
  about: Circumstances,
  { isForScript }: { isForScript: boolean },
): Reply {
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

/** The page after access was not extended. Without a problem it offers to end access and to turn it on again. */
function notExtended(
  { now, gate, named, returnTo, reference }: Circumstances,
  { problem = '', canEndAt = 0 }: { problem?: string; canEndAt?: number },
): Reply {
  const wait = canEndAt > now.getTime() ? instantOf(new Date(canEndAt), now) : undefined
  const model = { problem, canEndAt: wait, gate, named, returnTo, reference }
  return view('not-extended', 'Access was not extended', model, { status: 422 })
}

/** A period that existed already is not called extended, because this form asked Microsoft for nothing. */
function lasting(until: number | undefined, now: Date): string {
  if (until === undefined) return 'Access is always on for you, so there is nothing to extend.'
  const end = instantOf(new Date(until), now).absolute
  return `Access already lasts until ${end}, because another period follows this one. You can extend it again once that period has begun.`
}

/** The JSON for the page's script. Everything but a plain yes needs a page, so the script says one sentence and links there. */
function forScript(outcome: ExtendAnswer, now: Date): object {
  if (outcome.kind === 'extended') {
    const { iso, absolute } = instantOf(new Date(outcome.until), now)
    const was = outcome.was === undefined ? {} : { was: instantOf(new Date(outcome.was), now).absolute }
    return { extended: true, until: iso, absolute, ...was }
  }
  if (outcome.kind === 'lasts-already') return { extended: false, sentence: lasting(outcome.until, now) }
  const sentence = 'problem' in outcome ? outcome.problem.sentence : 'This takes one more step.'
  return { extended: false, sentence }
}
