import type { Request, RequestHandler, Response } from 'express'
import type { Config } from '../../config/load.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { Pending } from '../../session/sign-in-record.ts'
import { returnPath } from '../request.ts'
import { createBackFromSignIn } from './back-from-sign-in.ts'
import { createBackFromStepUp } from './back-from-step-up.ts'
import { type AdministeringNeeds, createBackToAdministering } from './back-to-administering.ts'
import { createBackToTurningOn, type TurningOnNeeds } from './back-to-turning-on.ts'
import { answerIn } from './entra-answer.ts'
import type { Back } from './redeem.ts'
import { leadingBack } from './to-entra.ts'
import { createPathBack } from './turned-on-together.ts'

export type CallbackNeeds = TurningOnNeeds & AdministeringNeeds & { config: Pick<Config, 'baseUrl'> }

/** GET /auth/callback: Entra sends the browser back here. Entra is asked nothing unless this browser began this sign-in. */
export const createCallbackDoor = (needs: CallbackNeeds): RequestHandler => {
  const { config, meter, sessions, signIns } = needs
  const journey = createJourney(needs)

  return async (request, response) => {
    const answer = answerIn(request.originalUrl)
    const state = answer.get('state') ?? ''
    const pending = signIns.find(request, state)
    // Junk costs nothing: Redis is asked only for a browser that has a sign-in or a session to show.
    const landed = pending || sessions.recordOf(request) ? await signIns.finished(state) : undefined
    if (landed !== undefined) return landAgain(request, response, landed)
    if (!pending) return begunElsewhere(request, response, state)
    response.locals.returnTo = pending.returnTo
    signIns.forget(response, state)
    await countingFailures(journey({ request, response, answer, pending }))
  }

  function countingFailures(work: Promise<void>): Promise<void> {
    return work.catch((thrown: unknown) => {
      meter.signIn(problemOf(thrown).code)
      throw thrown
    })
  }

  /**
   * Office programs and scanners of links follow the way to Entra themselves, and hand the browser its last address.
   * People who are signed in get to the start page, others may sign in here; nothing that came with it counts.
   */
  function begunElsewhere(request: Request, response: Response, state: string) {
    // A person who took too long here is told so.
    if (!sessions.recordOf(request) || signIns.wasBegun(request, state)) throw new Problem('sign-in-not-started')
    response.redirect(303, '/')
  }

  /** After Reload and Back somebody who is signed in goes where that sign-in led; it counts for nobody else. */
  function landAgain(request: Request, response: Response, landed: string) {
    if (!sessions.recordOf(request)) throw new Problem('sign-in-not-started')
    response.redirect(303, returnPath(landed, config.baseUrl))
  }
}

/** Each purpose of a sign-in has its journey. Those of a person who is signed in already leave the session as it is when they fail. */
function createJourney(needs: TurningOnNeeds & AdministeringNeeds) {
  const fromSignIn = createBackFromSignIn(needs)
  const fromStepUp = createBackFromStepUp(needs)
  const toTurningOn = createBackToTurningOn(needs)
  const pathBack = createPathBack(needs)
  const toAdministering = createBackToAdministering(needs)

  return (back: Omit<Back, 'purpose'>): Promise<void> => {
    const { purpose, returnTo }: Pending = back.pending
    switch (purpose.kind) {
      case 'sign-in':
        return fromSignIn({ ...back, purpose })
      case 'step-up':
        return leadingBack(returnTo, fromStepUp({ ...back, purpose }))
      case 'turning-on':
        return leadingBack(pathBack(back.pending), toTurningOn({ ...back, purpose }))
      case 'administering':
        return leadingBack(returnTo, toAdministering({ ...back, purpose }))
      default:
        throw new Error('no such purpose', { cause: purpose satisfies never })
    }
  }
}
