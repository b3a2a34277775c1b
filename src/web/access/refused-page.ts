import type { ErrorRequestHandler, Request, Response } from 'express'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { type Problem, type ProblemFacts, problemOf } from '../../errors.ts'
import type { Access, Offer, Use } from '../../pim/answers.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import { formPathIn } from '../kept-form/path.ts'
import { isNavigation, ownPath, signInPath, turningOnPath, whoOf } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { type Instant, instantOf } from '../shell/instant.ts'
import { show } from '../shell/layout.ts'
import type { Navigation } from '../shell/navigation.ts'
import { retryAfterSeconds } from '../shell/notice.ts'
import { sendOn } from '../sign-in/after-form.ts'
import type { ToStepUp } from '../sign-in/step-up.ts'
import { offerModel } from './offer-model.ts'

/** The page of the Entra admin center where eligible people turn on a membership: PIM, My roles, Groups. */
const pimBlade = '/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

export type RefusalNeeds = {
  chrome: Chrome
  navigation: Navigation
  sessions: Pick<Sessions, 'recordOf'>
  config: Pick<Config, 'baseUrl' | 'cloud'>
  clock: Clock
  access?: Access | undefined
}

/**
 * "Not signed in" becomes the way to sign in, a missing authentication context the way to meet it, "not a
 * member" the page that says what to do, at the same URL.
 */
export const createRefusedPage = (needs: RefusalNeeds & { toStepUp: ToStepUp }): ErrorRequestHandler => {
  const showRefused = createShowRefused(needs)
  return async function refusedPage(thrown, request, response, next) {
    const problem = problemOf(thrown)
    if (response.headersSent || !isNavigation(request)) return next(thrown)
    const target = ownPath(request, needs.config.baseUrl)
    if (problem.code === 'not-signed-in') return response.redirect(302, signInPath(target))
    if (problem.code === 'auth-context-missing' && problem.facts.context)
      return needs.toStepUp(request, response, { context: problem.facts.context, returnTo: target })
    const record = isRefusal(problem) ? recordOf(needs.sessions, request) : undefined
    if (!record) return next(thrown)
    await showRefused(request, response, { facts: problem.facts, record, returnTo: target })
  }
}

/** Whether the gate says that this person is not in. */
export const isRefusal = ({ code }: Pick<Problem, 'code'>) => code === 'not-a-member' || code === 'access-ended'

const recordOf = (sessions: RefusalNeeds['sessions'], request: Request) =>
  request.session ? sessions.recordOf(request) : undefined

type Refused = { facts: ProblemFacts; record: SessionRecord; returnTo: string }

/** Shows somebody whose access is off what they can do. `returnTo` is the path that opens once access is on. */
export const createShowRefused =
  ({ access, chrome, navigation, clock, config: { baseUrl, cloud } }: RefusalNeeds) =>
  async (request: Request, response: Response, { facts, record, returnTo }: Refused): Promise<void> => {
    const { identity } = record
    const offer = await access?.offer(whoOf(record, request, response))
    if (offer?.kind === 'turning-on' || offer?.kind === 'on') return sendOn(request, response, turningOnPath(returnTo))
    const now = clock()
    const { name, username } = identity
    const { groupName, environmentName } = chrome
    const { reference } = response.locals
    const ended = endOf({ facts, record, lastUse: offer?.lastUse }, now)
    const about = { now, groupName, environmentName, name, username, baseUrl, returnTo, reference }
    const prefill = { prefill: ended !== undefined, ...(ended && { button: 'Turn on again' }) }
    const again = offer?.kind === 'form' && !offer.form.needs.approval ? prefill : { prefill: prefill.prefill }
    const model = {
      name,
      username,
      groupName,
      askedAt: instantOf(now, now),
      endedAt: ended?.at,
      ranOut: ended?.how === 'ran-out',
      endedByYou: ended?.how === 'by-you',
      endedBy: ended?.by ?? '',
      offer: offer && offerModel(offer, { ...about, ...again }),
      keptFrom: keptFrom(returnTo),
      pimUrl: `${cloud.adminCenter}${pimBlade}`,
      returnTo,
      reference,
    }
    const nav = navigation({ isMember: false })
    if (offer?.kind === 'cannot-tell') response.setHeader('Retry-After', String(retryAfterSeconds))
    response.status(403)
    show(response, { chrome, person: { name, username }, title: titleOf(offer), page: 'refused', model, nav })
  }
export type ShowRefused = ReturnType<typeof createShowRefused>

const titleOf = (offer: Offer | undefined) => (offer?.kind === 'waiting' ? 'Waiting for approval' : 'Access is off')

type Known = { facts: ProblemFacts; record: SessionRecord; lastUse: Use | undefined }
type End = { at: Instant; how: 'by-you' | 'ran-out' | 'removed'; by?: string }

/**
 * When access ended and how. An act of the person here counts more than Microsoft's lists. PIM's log knows who took access
 * away and that it ended early; a list shows only that the person is missing.
 */
function endOf(
  { facts: { endedAt, ranOut }, record: { plan, signedInAt }, lastUse }: Known,
  now: Date,
): End | undefined {
  const byYou = plan?.endedAt
  const at = (ms: number) => instantOf(new Date(ms), now)
  // An earlier act does not count: access may have been turned on and lost again since.
  if (byYou !== undefined && byYou >= (plan?.from ?? 0) && byYou >= (endedAt ?? 0) - clockToleranceMs)
    return { at: at(byYou), how: 'by-you' }
  const logged = lastUse?.until ?? (lastUse?.how === 'by-other' ? endedAt : undefined)
  // The log's entry must be about this period of access. A log without a removal does not prove that there was none.
  const isNews = lastUse?.how !== 'ran-out' || endedAt === undefined
  const since = plan?.from ?? (endedAt === undefined ? signedInAt : endedAt - lateMs)
  if (lastUse && isNews && logged !== undefined && logged >= since)
    return { at: at(logged), how: howOf[lastUse.how] ?? 'removed', ...(lastUse.by && { by: lastUse.by }) }
  if (endedAt === undefined) return undefined
  return { at: at(endedAt), how: ranOut ? 'ran-out' : 'removed' }
}

/** A list shows an end only when it is read next, up to this long after the end. */
const lateMs = 10 * 60_000
const howOf: Partial<Record<Use['how'], End['how']>> = {
  'by-you': 'by-you',
  'ran-out': 'ran-out',
  'by-other': 'removed',
}

/** The path of the page whose form is kept at this address; undefined where no form is kept. */
const keptFrom = (returnTo: string) => (returnTo.includes('draft=') ? formPathIn(returnTo) : undefined)
