import type { RequestHandler } from 'express'
import type { Config } from '../../config/load.ts'
import type { Sessions } from '../../session/sessions.ts'
import { returnPath } from '../request.ts'
import { createToEntra, type ToEntraNeeds } from './to-entra.ts'
import { loginHintOf } from './who-began.ts'

type Needs = ToEntraNeeds & { config: Pick<Config, 'baseUrl'>; sessions: Pick<Sessions, 'recordOf'> }

/**
 * GET /auth/sign-in: sends the browser to Entra and remembers where it wanted to go. With `account=another` the person
 * chooses an account at Entra; otherwise a person who is signed in is signed in again as themselves, silently.
 */
export const createSignInDoor = (needs: Needs): RequestHandler => {
  const toEntra = createToEntra(needs)
  return async (request, response) => {
    const another = request.query.account === 'another'
    const returnTo = returnPath(request.query.returnTo, needs.config.baseUrl)
    const identity = needs.sessions.recordOf(request)?.identity
    response.locals.returnTo = returnTo
    await toEntra(request, response, {
      returnTo,
      purpose: { kind: 'sign-in' },
      retries: 0,
      ...(another ? { prompt: 'select_account' } : { loginHint: identity && loginHintOf(identity) }),
    })
  }
}
