import type { RequestHandler } from 'express'
import { addressIn } from '../../address.ts'
import type { Observations } from '../../audit/observations.ts'
import type { Config } from '../../config/load.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import { Problem } from '../../errors.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { SignIns } from '../../session/sign-ins.ts'
import { allowFramingBy } from '../entrance/security.ts'
import type { Chrome } from '../shell/chrome.ts'
import { show } from '../shell/layout.ts'
import { leaveFor } from './going-on.ts'

type Needs = {
  config: Pick<Config, 'entra'>
  oidc: Oidc
  sessions: Sessions
  signIns: Pick<SignIns, 'forgetAll'>
  observations: Pick<Observations, 'signedOut' | 'sessionEnded'>
  chrome: Chrome
}

/** POST /auth/sign-out: ends the session here first, with its tokens, and then leads to Entra to end the session there. */
export const createSignOutDoor =
  ({ oidc, sessions, signIns, observations, chrome }: Needs): RequestHandler =>
  async (request, response) => {
    const identity = sessions.recordOf(request)?.identity
    await sessions.end(request, response).catch(cause => {
      throw new Problem('sign-out-unconfirmed', { cause })
    })
    signIns.forgetAll(request, response)
    if (identity) {
      response.locals.log.info({ event: 'signed-out', oid: identity.objectId })
      observations.signedOut({ actor: identity, address: addressIn(request.ip) })
    }
    // The browser drops its copies of gated pages too, also those for the Back button.
    response.setHeader('Clear-Site-Data', '"cache"')
    const returnTo = '/auth/signed-out'
    const url = oidc.signOutUrl({ logoutHint: identity?.loginHint, returnTo })
    if (url) leaveFor(request, response, { url, chrome })
    else response.redirect(303, returnTo)
  }

/** GET /auth/signed-out: says so. Nobody is signed in by this page; that takes a press of its button. */
export const createSignedOutDoor =
  ({ chrome }: Needs): RequestHandler =>
  (_request, response) => {
    const title = 'You are signed out'
    const detail = 'Your session here has ended. If others use this device, close this browser too.'
    const act = { label: 'Sign in', href: '/auth/sign-in' }
    const model = { title, detail, act, returnTo: '/', reference: undefined }
    show(response, { chrome, person: undefined, title, page: 'notice', model })
  }

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * GET /auth/front-channel-logout: Entra's hidden call when a person signs out elsewhere. No cookie comes with this call,
 * so the session is found by `sid`; `iss` is checked when it is there. The answer is the same whatever happened.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export const createFrontChannelLogoutDoor =
  ({ config, oidc, sessions, observations }: Needs): RequestHandler =>
  async (request, response) => {
    const { sid, iss } = request.query
    if (typeof sid === 'string' && guid.test(sid) && (iss === undefined || iss === oidc.issuer))
      await sessions.endOfEntraSession(sid.toLowerCase()).then(
        actor => {
          response.locals.log.info({ event: 'front-channel-logout' })
          if (actor) observations.sessionEnded({ actor, code: 'signed-out-elsewhere' })
        },
        error => response.locals.log.error({ event: 'front-channel-logout-failed', error }),
      )
    allowFramingBy(config.entra.authority, response)
    response.status(200).end()
  }
