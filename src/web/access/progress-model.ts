import type { Offer, Progress } from '../../pim/answers.ts'
import { instantOf, spoken } from '../shell/instant.ts'
import { type Circumstances, offerModel, waitingModel } from './offer-model.ts'

const longerAfterSeconds = 30
const longAfterSeconds = 120
/** A browser without script asks again so often: approved, people are in within five seconds. */
const refreshSeconds = 3

/** How long it takes already: as usual, longer than usual, or so long that there is something to do. */
type Pace = 'usual' | 'longer' | 'long'
const paceOf = (seconds: number): Pace =>
  seconds < longerAfterSeconds ? 'usual' : seconds < longAfterSeconds ? 'longer' : 'long'

const isUnderWay = (progress: Progress) => progress.step === 'asking' || progress.step === 'accepted'
const secondsOf = (progress: Progress, now: Date) =>
  'since' in progress ? Math.max(0, Math.floor((now.getTime() - progress.since) / 1000)) : 0

/** What the script is told: where it stands, and when to ask again. `mark` changes whenever the page would. */
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

/** The page: its view, title, and how soon it is asked for again. The offer is what can be done where it came to nothing. */
export function progressPage(progress: Progress, offer: Offer | undefined, about: Circumstances) {
  const { now, reference } = about
  const seconds = secondsOf(progress, now)
  const at = (ms: number | undefined) => (ms === undefined ? undefined : instantOf(new Date(ms), now))
  const steps = progress.step === 'asking' || progress.step === 'accepted' ? progress : undefined
  const end = progress.step === 'denied' ? progress : undefined
  const model = {
    step: progress.step,
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
    // Ours, not Microsoft's: that is a GUID, and in the log beside this one.
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

/** Whether nothing more comes of it, so that people need to know what they can do instead. */
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
  waiting: 'Waiting for approval',
  denied: 'The answer was no',
  lapsed: 'Nobody answered',
  cancelled: 'You cancelled it',
  refused: 'Access was not turned on',
}
