import { z } from 'zod'
import type { Extended } from '../pim/access.ts'
import { instant } from './instant.ts'
import type { Circumstances } from './offer-model.ts'
import { json, type Reply, redirect, view } from './page.ts'
import { turnedOn } from './turned-on.ts'

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
    case 'end-and-again': {
      const isTooSoon = outcome.canEndAt > now.getTime()
      const canEndAt = isTooSoon ? instant(new Date(outcome.canEndAt), now) : undefined
      const model = { problem: outcome.problem.sentence, canEndAt, isRefused: false, returnTo }
      return view('not-extended', 'Access was not extended', model, { status: 422 })
    }
    case 'refused': {
      const model = { problem: outcome.problem.sentence, canEndAt: undefined, isRefused: true, returnTo }
      return view('not-extended', 'Access was not extended', model, { status: 422 })
    }
    case 'form':
      if (outcome.offer.kind !== 'form')
        return view('not-extended', 'Access was not extended', notNow(returnTo), { status: 422 })
      return turnedOn(outcome, { ...about, action: '/access/extend', button: 'Extend access' })
    default:
      return turnedOn(outcome, about)
  }
}

const notNow = (returnTo: string) => ({
  problem: 'That cannot be asked for now. My access shows what can.',
  canEndAt: undefined,
  isRefused: true,
  returnTo,
})

/** Everything but a plain yes needs a page: the script says so and links to it. */
function forScript(outcome: Extended, now: Date): object {
  if (outcome.kind === 'extended') {
    const until = instant(new Date(outcome.until), now)
    return { extended: true, until: until.iso, absolute: until.absolute }
  }
  const sentence = 'problem' in outcome ? outcome.problem.sentence : 'This takes one more step.'
  return { extended: false, sentence }
}
