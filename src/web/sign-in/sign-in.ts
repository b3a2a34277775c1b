import type { RequestHandler } from 'express'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { Sessions } from '../../session/sessions.ts'
import { isAheadOfTime, returnPath } from '../request.ts'
import { createSayingFarewell } from './farewell.ts'
import { createToEntra, type ToEntraNeeds } from './to-entra.ts'
import { loginHintOf } from './who-began.ts'

type Needs = ToEntraNeeds & {
  clock: Clock
  config: Pick<Config, 'baseUrl'>
  sessions: Pick<Sessions, 'recordOf' | 'farewell'>
}

/**
 * GET /auth/sign-in: sends the browser to Entra and remembers where it wanted to go. With `account=another` the person
 * chooses an account at Entra; otherwise a person who is signed in is signed in again as themselves, silently. A person
 * whose session an administrator ended is first told so, once.
 */
export const createSignInDoor = (needs: Needs): RequestHandler => {
  const toEntra = createToEntra(needs)
  const saysFarewell = createSayingFarewell(needs)
  return async (request, response) => {
    const another = request.query.account === 'another'
    const returnTo = returnPath(request.query.returnTo, needs.config.baseUrl)
    const identity = needs.sessions.recordOf(request)?.identity
    response.locals.returnTo = returnTo
    if (!identity && !isAheadOfTime(request) && (await saysFarewell(request, response, returnTo))) return
    await toEntra(request, response, {
      returnTo,
      purpose: { kind: 'sign-in' },
      retries: 0,
      ...(another ? { prompt: 'select_account' } : { loginHint: identity && loginHintOf(identity) }),
    })
  }
}
