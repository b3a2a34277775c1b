import type { Request, RequestHandler, Response } from 'express'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { assertSamePerson, type Identity } from '../../entra/claims.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import { Problem, type ProblemCode, problemOf } from '../../errors.ts'
import type { FirstEnd } from '../../gate/asking/first-end.ts'
import type { PimToken } from '../../gate/asking/pim-token.ts'
import type { MembershipProof } from '../../gate/membership-proof.ts'
import type { SetUp } from '../../gate/set-up.ts'
import type { Meter } from '../../meter/meter.ts'
import type { Access } from '../../pim/answers.ts'
import type { Pending } from '../../session/pending-sign-ins.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { SignIns } from '../../session/sign-ins.ts'
import { leftMs, returnPath, whoOf } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { firstProof } from './first-proof.ts'
import { assertMet, assertStillTheirs, hintOf, leadingBack } from './step-up.ts'
import { createToEntra } from './to-entra.ts'

export type CallbackNeeds = {
  config: Pick<Config, 'baseUrl' | 'access'>
  clock: Clock
  meter: Pick<Meter, 'signIn'>
  oidc: Oidc
  sessions: Sessions
  signIns: SignIns
  proof: MembershipProof
  setUp: SetUp
  pimToken: PimToken
  /** Where people turn on their own access; elsewhere nothing waits for what they prove. */
  access: Access | undefined
  firstEnd: FirstEnd | undefined
  chrome: Chrome
}

/** GET /auth/callback: what Entra sends back. Nothing is asked of anyone unless this browser began this sign-in. */
export const createCallback = (needs: CallbackNeeds): RequestHandler => {
  const { access, clock, config, firstEnd, meter, oidc, pimToken, proof, sessions, setUp, signIns } = needs
  const toEntra = createToEntra(needs)

  return async (request, response) => {
    const query = queryOf(request.originalUrl)
    const state = query.get('state') ?? ''
    const pending = signIns.find(request, state)
    // Junk costs nothing: only a browser with something to show is looked up.
    const landed = pending || sessions.recordOf(request) ? await signIns.finished(state) : undefined
    if (landed !== undefined) return landAgain(request, response, landed)
    if (!pending) return begunElsewhere(request, response, state)
    response.locals.returnTo = pending.returnTo
    signIns.forget(response, state)
    const work = finish(request, response, { query, pending })
    await counted(pending.stepUp || pending.activation ? leadingBack(pending.returnTo, work) : work)
  }

  function counted(work: Promise<void>): Promise<void> {
    return work.catch((thrown: unknown) => {
      meter.signIn(problemOf(thrown).code)
      throw thrown
    })
  }

  async function finish(
    request: Request,
    response: Response,
    { query, pending }: { query: URLSearchParams; pending: Pending },
  ): Promise<void> {
    const { returnTo, retries, stepUp, activation } = pending
    const more = stepUp ?? activation
    const before = more && assertStillTheirs(more, sessions.recordOf(request)?.identity)
    assertOurIssuer(query, oidc.issuer)
    const refusal = query.get('error')
    // The wish was kept: the page that it came from says what is missing, with all that was typed.
    if (refusal === 'access_denied' && activation) return response.redirect(303, returnTo)
    if (refusal !== null) throw new Problem(problemOfRefusal(refusal, query.get('error_subcode'), stepUp))
    const since = await sessions.moment()
    const askedAt = clock()
    const claims = activation && before && (await claimsOf(activation.id, request, before))
    const forPim = activation && { claims }
    const signedIn = await oidc.redeem(query, pending.attempt, forPim).catch(async (thrown: unknown) => {
      // A used or stale code: begin anew by ourselves, but only once.
      if (!(thrown instanceof Problem) || thrown.code !== 'sign-in-refused' || retries > 0) throw thrown
      response.locals.log.info({ event: 'sign-in-again', error: thrown })
      return undefined
    })
    if (!signedIn)
      return toEntra(request, response, {
        returnTo,
        stepUp,
        activation,
        claims,
        retries: retries + 1,
        loginHint: before && hintOf(before),
      })
    if (stepUp && before) assertMet(stepUp, before, signedIn)
    if (activation && before) assertSamePerson(before, signedIn.identity)
    const { identity } = signedIn
    const { log } = response.locals
    const { tokens, ...found } = await firstProof(signedIn, { askedAt, proof, setUp, log, leftMs: leftMs(response) })
    const contexts = Object.fromEntries(signedIn.contexts.map(context => [context, askedAt.getTime()]))
    if (!(await signIns.finish(pending))) throw new Problem('sign-in-not-started')
    const proven = { identity, ...found, ownProvenAt: askedAt.getTime(), contexts }
    const { startedAt } = pending
    await (more
      ? sessions.renew(request, proven, tokens)
      : sessions.begin(request, proven, tokens, { since, startedAt }))
    response.locals.oid = identity.objectId
    meter.signIn(more ? 'stepped-up' : 'signed-in')
    log.info({
      event: more ? 'stepped-up' : 'signed-in',
      oid: identity.objectId,
      context: stepUp?.context,
      member: found.membership === 'unknown' ? found.membership : found.membership.member,
    })
    if (!activation || !access) {
      const record = sessions.recordOf(request)
      if (record) await firstEnd?.(request.sessionID, record, leftMs(response))
      return response.redirect(303, returnTo)
    }
    const who = whoOf({ identity }, request, response)
    // Precisely this token: an older one would be refused again.
    await pimToken.keep(who.sessionId, signedIn.tokens)
    const next = await access.resume(who, activation.id, askedAt.getTime())
    if (next.kind === 'step-up') {
      const again = { id: next.activation, person: activation.person }
      return toEntra(request, response, { ...next, activation: again, retries, loginHint: hintOf(identity) })
    }
    if (next.kind === 'form') return response.redirect(303, returnTo)
    response.redirect(303, `${progressPath}?returnTo=${encodeURIComponent(next.returnTo ?? returnTo)}`)
  }

  /** What this wish needs proved. One that cannot be sent any more needs nothing, and its person goes back to the page. */
  async function claimsOf(id: string, request: Request, identity: Identity): Promise<string | undefined> {
    return access?.claimsFor({ identity, sessionId: request.sessionID }, id)
  }

  /**
   * Office programs and scanners of links follow the way to Entra themselves, and hand the browser its last address:
   * whoever is signed in goes in, whoever is not may sign in here. Nothing that came with it counts.
   */
  function begunElsewhere(request: Request, response: Response, state: string) {
    // Whoever took too long here is told so.
    if (!sessions.recordOf(request) || signIns.wasBegun(request, state)) throw new Problem('sign-in-not-started')
    response.redirect(303, '/')
  }

  /** Reload and Back: someone who is in goes where that sign-in led; it counts for nobody else. */
  function landAgain(request: Request, response: Response, landed: string) {
    if (!sessions.recordOf(request)) throw new Problem('sign-in-not-started')
    response.redirect(303, returnPath(landed, config.baseUrl))
  }
}

/** Where a wish that was sent is seen to go on. */
const progressPath = '/access/turning-on'

const single = ['code', 'state', 'error', 'error_subcode', 'error_description', 'iss', 'session_state']

function queryOf(url: string): URLSearchParams {
  const query = new URLSearchParams(url.split('?')[1] ?? '')
  if (single.some(name => query.getAll(name).length > 1)) throw new Problem('sign-in-not-started')
  return query
}

function assertOurIssuer(query: URLSearchParams, issuer: string) {
  const claimed = query.get('iss')
  if (claimed !== null && claimed !== issuer) throw new Problem('sign-in-not-proven')
}

const ours = [
  'invalid_request',
  'unauthorized_client',
  'invalid_client',
  'unsupported_response_type',
  'invalid_scope',
  'invalid_resource',
]

/**
 * By `error` and `error_subcode` only: Entra asks not to read its descriptions, and anyone can write them.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
function problemOfRefusal(error: string, subcode: string | null, stepUp: Pending['stepUp']): ProblemCode {
  if (error === 'access_denied' && subcode === 'cancel') return stepUp ? 'step-up-cancelled' : 'sign-in-cancelled'
  if (error === 'access_denied') return 'consent-missing'
  if (error === 'consent_required') return 'consent-missing'
  if (error === 'server_error' || error === 'temporarily_unavailable') return 'entra-unreachable'
  return ours.includes(error) ? 'sign-in-misconfigured' : 'sign-in-refused'
}
