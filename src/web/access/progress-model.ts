import type { Offer, Progress } from '../../pim/answers.ts'
import { instantOf, spoken } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'
import { offerModel, waitingModel } from './offer-model.ts'

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
export function progressState(progress: Progress, now: Date): object {
  const seconds = secondsOf(progress, now)
  return {
    step: progress.step,
    mark: markOf(progress, seconds),
    seconds,
    againInMs: againInMs(progress, seconds),
    ...(progress.step === 'in' && progress.until !== undefined && { until: new Date(progress.until).toISOString() }),
  }
}

const markOf = (progress: Progress, seconds: number) =>
  isUnderWay(progress) ? `${progress.step} ${paceOf(seconds)}` : progress.step

function againInMs(progress: Progress, seconds: number): number {
  if (progress.step === 'waiting') return 2_500
  if (seconds < 10) return 1_000
  return seconds < longAfterSeconds ? 2_000 : 5_000
}

/**
 * The model and title of the waiting page, and how soon a browser without script reloads it (seconds; undefined: never). The
 * offer says what a person can do after their request came to nothing.
 */
export function progressPage(progress: Progress, offer: Offer | undefined, about: Circumstances) {
  const { now, gate, gates = [gate].filter(Boolean), named, reference } = about
  const seconds = secondsOf(progress, now)
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const steps = progress.step === 'asking' || progress.step === 'accepted' ? progress : undefined
  const end = progress.step === 'denied' ? progress : undefined
  const model = {
    step: progress.step,
    gate,
    /** The query that names all gates that are turned on together. */
    query: gates.map(each => `gate=${encodeURIComponent(each)}`).join('&'),
    named,
    title: titleOf(progress),
    isExtension: progress.kind === 'extend',
    isInForce: steps?.isInForce === true,
    wasOn: steps?.wasOn === true,
    mark: markOf(progress, seconds),
    againInMs: againInMs(progress, seconds),
    seconds,
    pace: paceOf(seconds),
    now: now.toISOString(),
    since: at(steps?.since),
    steppedUpAt: at(steps?.steppedUpAt),
    acceptedAt: at(steps?.acceptedAt),
    length: steps ? spoken(steps.minutes) : '',
    // Our reference, not Microsoft's request id: the log has both on one line.
    reference,
    returnTo: about.returnTo,
    waiting: progress.step === 'waiting' ? waitingModel(progress, now) : undefined,
    deniedBy: end?.by ?? '',
    deniedAt: at(end?.at),
    comment: end?.comment ?? '',
    problem: progress.step === 'refused' ? progress.problem.sentence : '',
    act: progress.step === 'refused' ? progress.problem.act : '',
    offer: offer && offerModel(offer, { ...about, prefill: true, button: 'Ask again' }),
  }
  const isLive = isUnderWay(progress) || progress.step === 'waiting'
  return { model, title: model.title, refreshSeconds: isLive ? refreshSeconds : undefined }
}

/** Whether the request came to nothing, so that its page offers what the person can do instead. */
export const isFinished = ({ step }: Progress): boolean => ['denied', 'lapsed', 'cancelled', 'refused'].includes(step)

const titleOf = ({ step, kind }: Progress): string => (kind === 'extend' && ofExtension[step]) || titles[step]

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
