import type { Answer } from './client.ts'

/** What an answer was to somebody who is signed in. */
export type Kind = 'in' | 'out' | 'sign-in' | 'later' | 'failed'
/** One request: when it was sent and answered (epoch ms), how, in short words, and whether a refusal would be right. */
export type Sample = { at: number; done: number; kind: Kind; said: string; mayBeOut: boolean }
/** From when to when something was broken on purpose; whether 503 with Retry-After may come of it, and for how long after. */
export type Fault = { from: number; to: number; mayRefuse: boolean; recoverMs: number }
export type Judgement = {
  answers: number
  forcedSignIns: number
  /** Not asked for by the fault, by what was said. */
  unexplained: Record<string, number>
  /** Answers 503 that the fault explains. */
  later: number
  /** From the end of the fault to the first moment from which everything was answered as it should be. */
  recoverSeconds: number
}

export function kindOf({ status, location, retryAfter, isWordless = false }: Answer): Kind {
  if (status === 200) return 'in'
  if (status === 302 && location.startsWith('/auth/sign-in')) return 'sign-in'
  if (status === 403) return 'out'
  // Without both nobody knows what happened, and that coming back helps: so answers a proxy that has nobody to ask.
  if (status === 503 && retryAfter !== undefined && !isWordless) return 'later'
  return 'failed'
}

export function judged(samples: readonly Sample[], fault: Fault): Judgement {
  const unexplained: Record<string, number> = {}
  const wrong = samples.filter(sample => !isExplained(sample, fault) && sample.kind !== 'sign-in')
  for (const { said } of wrong) unexplained[said] = (unexplained[said] ?? 0) + 1
  const last = Math.max(fault.to, ...samples.filter(isTrouble).map(({ done }) => done))
  return {
    answers: samples.length,
    forcedSignIns: samples.filter(({ kind }) => kind === 'sign-in').length,
    unexplained,
    later: samples.filter(sample => sample.kind === 'later' && isExplained(sample, fault)).length,
    recoverSeconds: (last - fault.to) / 1000,
  }
}

/** Anything but the page, or the refusal that somebody is due. */
export const isTrouble = ({ kind, mayBeOut }: Sample): boolean => kind !== 'in' && !(kind === 'out' && mayBeOut)

const isExplained = (sample: Sample, { from, to, mayRefuse, recoverMs }: Fault) =>
  !isTrouble(sample) || (sample.kind === 'later' && mayRefuse && sample.done >= from && sample.at <= to + recoverMs)

/** Somebody's access that ended: by itself at a time that was known, or taken away. */
export type Ending = { person: string; at: number; how: 'known' | 'removed' }

/**
 * From when nobody may see them inside any more. A known end is kept to the second, whatever fails. A removal is learned
 * of within the worst case of the settings: while Entra answers, or counted from when it does again, or whatever fails.
 */
export function deadlineOf(
  { at, how }: Ending,
  {
    answeredFrom,
    whileAnsweredMs,
    whateverFailsMs,
  }: { answeredFrom: number; whileAnsweredMs: number; whateverFailsMs: number },
): number {
  if (how === 'known') return at
  return Math.min(at + whateverFailsMs, Math.max(at, answeredFrom) + whileAnsweredMs)
}
