import type { Offer, Progress } from '../../pim/answers.ts'
import { instantOf, spoken } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'
import { offerModel, waitingModel } from './offer-model.ts'
import { type AtGates, isUnsent } from './progress-of-all.ts'

const longerAfterSeconds = 30
const longAfterSeconds = 120
/** A browser without script reloads the page this often, so that people are in within five seconds of an approval. */
const refreshSeconds = 3

/** How long turning on has taken so far: as usual, longer than usual, or so long that the page offers an act. */
type Pace = 'usual' | 'longer' | 'long'
const paceOf = (seconds: number): Pace =>
  seconds < longerAfterSeconds ? 'usual' : seconds < longAfterSeconds ? 'longer' : 'long'

const isUnderWay = (progress: Progress) => progress.step === 'asking' || progress.step === 'accepted'
const secondsOf = (progress: Progress, now: Date) =>
  'since' in progress ? Math.max(0, Math.floor((now.getTime() - progress.since) / 1000)) : 0

/** The state for the page's script, with the pause until it asks again (ms). `mark` changes whenever the page would look different. */
export function progressState(at: AtGates, now: Date): object {
  const { progress } = at.lead
  const seconds = secondsOf(progress, now)
  return {
    step: progress.step,
    mark: markOf(at, seconds),
    seconds,
    againInMs: againInMs(at, seconds),
    ...(progress.step === 'in' && progress.until !== undefined && { until: new Date(progress.until).toISOString() }),
  }
}

/** A page of several gates also changes when something changes at a gate that it is not about. */
function markOf({ lead: { progress }, all }: AtGates, seconds: number): string {
  const mark = isUnderWay(progress) ? `${progress.step} ${paceOf(seconds)}` : progress.step
  return [mark, ...(all.length > 1 ? all.map(each => each.progress.step) : [])].join(' ')
}

/** So many gates are asked about as often as one. A page of more gates asks less often, so that Microsoft is asked no more. */
const gatesAtOnce = 5

const againInMs = (at: AtGates, seconds: number): number =>
  Math.ceil(at.all.length / gatesAtOnce) * againForOneInMs(at.lead.progress, seconds)

function againForOneInMs(progress: Progress, seconds: number): number {
  if (progress.step === 'waiting') return 2_500
  if (seconds < 10) return 1_000
  return seconds < longAfterSeconds ? 2_000 : 5_000
}

/** What the page is about: its form is about the gate (or gates) that it names. `query` names all that were turned on together. */
type AboutProgress = Circumstances & { query: string }

/**
 * The model and title of the waiting page, and how soon a browser without script reloads it (seconds; undefined: never). The
 * offer says what a person can do after their request came to nothing.
 */
export function progressPage(at: AtGates, offer: Offer | undefined, about: AboutProgress) {
  const { now, gate, beside = [], named, reference, query } = about
  const { progress } = at.lead
  const seconds = secondsOf(progress, now)
  const instant = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const steps = progress.step === 'asking' || progress.step === 'accepted' ? progress : undefined
  const end = progress.step === 'denied' ? progress : undefined
  const model = {
    step: progress.step,
    gate,
    query,
    beside: beside.map(each => each.gate),
    named,
    isKept: isUnsent(progress),
    title: titleOf(progress),
    isExtension: progress.kind === 'extend',
    isInForce: steps?.isInForce === true,
    wasOn: steps?.wasOn === true,
    mark: markOf(at, seconds),
    againInMs: againInMs(at, seconds),
    seconds,
    pace: paceOf(seconds),
    now: now.toISOString(),
    since: instant(steps?.since),
    steppedUpAt: instant(steps?.steppedUpAt),
    acceptedAt: instant(steps?.acceptedAt),
    length: steps ? spoken(steps.minutes) : '',
    // Our reference, not Microsoft's request id: the log has both on one line.
    reference,
    returnTo: about.returnTo,
    waiting: progress.step === 'waiting' ? waitingModel(progress, now) : undefined,
    deniedBy: end?.by ?? '',
    deniedAt: instant(end?.at),
    comment: end?.comment ?? '',
    problem: progress.step === 'refused' ? progress.problem.sentence : '',
    act: progress.step === 'refused' ? progress.problem.act : '',
    offer:
      offer &&
      offerModel(progress.step === 'none' ? withoutProblem(offer) : offer, {
        ...about,
        prefill: true,
        button: 'Ask again',
      }),
  }
  const isLive = isUnderWay(progress) || progress.step === 'waiting'
  return { model, title: model.title, refreshSeconds: isLive ? refreshSeconds : undefined }
}

/** The page itself says what is missing, and something else may be on. */
function withoutProblem(offer: Offer): Offer {
  if (offer.kind !== 'form') return offer
  const { problem: _, ...form } = offer.form
  return { ...offer, form }
}

/** Whether the request came to nothing, or was not sent, so that its page offers what the person can do instead. */
export const isFinished = (progress: Progress): boolean =>
  isUnsent(progress) || ['denied', 'lapsed', 'cancelled', 'refused'].includes(progress.step)

/** What became of turning on access, as the heading of its page says it. */
export const titleOf = (progress: Progress): string => {
  if (isUnsent(progress)) return 'Not asked for yet'
  return (progress.kind === 'extend' && ofExtension[progress.step]) || titles[progress.step]
}

const ofExtension: Partial<Record<Progress['step'], string>> = {
  asking: 'Extending access',
  accepted: 'Extending access',
  refused: 'Access was not extended',
}

const titles: Record<Progress['step'], string> = {
  none: 'Nothing is being turned on',
  asking: 'Turning on access',
  accepted: 'Turning on access',
  in: 'Access is on',
  'sign-in': 'Turning on access',
  waiting: 'Waiting for approval',
  denied: 'The answer was no',
  lapsed: 'Nobody answered',
  cancelled: 'You cancelled it',
  refused: 'Access was not turned on',
}
