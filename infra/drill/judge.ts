import type { Answer } from './client.ts'

/** What an answer meant for a person who is signed in. */
export type Kind = 'in' | 'out' | 'sign-in' | 'later' | 'failed'
/**
 * One request: when it was sent and answered (epoch ms), the answer in short words, and whether a refusal would be
 * right.
 */
export type Sample = { at: number; done: number; kind: Kind; said: string; mayBeOut: boolean }
/** The time of a fault, whether it explains 503 with Retry-After, and for how long after its end. */
export type Fault = { from: number; to: number; mayRefuse: boolean; recoverMs: number }
export type Judgement = {
  answers: number
  forcedSignIns: number
  /** Answers that the fault does not explain, counted by kind. */
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
  // An explained 503 has a page and Retry-After. Without both, the proxy answered by itself because no replica was ready.
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

/** Whether the answer was neither the page nor the refusal that was due. */
export const isTrouble = ({ kind, mayBeOut }: Sample): boolean => kind !== 'in' && !(kind === 'out' && mayBeOut)

const isExplained = (sample: Sample, { from, to, mayRefuse, recoverMs }: Fault) =>
  !isTrouble(sample) || (sample.kind === 'later' && mayRefuse && sample.done >= from && sample.at <= to + recoverMs)

/** The end of a person's access: at a known time, or taken away. */
export type Ending = { person: string; at: number; how: 'known' | 'removed' }

/**
 * The instant from which the person must be outside. A known end is kept to the second, whatever fails. A removal is noticed
 * within the worst case of the settings: while Entra answers, counted from when it answers again, or whatever fails.
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
