import type { SetupFinding } from '../finding.ts'
import { type KeptCheck, type KeptFinding, knownForMs } from './kept-check.ts'

/** What a look at the tenant gave. `isWhole`: Microsoft answered all that was asked. */
export type LookedAtTenant = { findings: readonly SetupFinding[]; isWhole: boolean }
/** What the log says of a finding: that it is not right, or that it is right again. */
export type SayingOfFinding = { say: 'not-right' | 'right-again'; finding: KeptFinding }

/** What is still wrong is said once a day. Checks are a little less than a day apart at times. */
const sayAgainMs = 20 * 3_600_000

/**
 * What is kept of a look at the tenant, after the check before it, and what the log says. Where Microsoft did not answer, a
 * finding of before stays for three days: an outage makes nothing right, and what was right long ago proves nothing.
 */
export function nextCheck(
  { findings, isWhole }: LookedAtTenant,
  before: KeptCheck | undefined,
  now: number,
): { kept: KeptCheck; sayings: readonly SayingOfFinding[] } {
  const sayings: SayingOfFinding[] = []
  const kept = findings.map(({ check, verdict, what, fix }): KeptFinding => {
    const earlier = before?.findings.find(each => each.check === check)
    const seenAt = earlier?.seenAt ?? before?.at ?? now
    if (verdict === 'cannot-tell' && !isWhole && earlier && now - seenAt < knownForMs) return { ...earlier, seenAt }
    const finding = { check, verdict, what, fix, seenAt: now }
    if (verdict === 'right') {
      if (earlier && earlier.verdict !== 'right') sayings.push({ say: 'right-again', finding })
      return finding
    }
    const saidAt = earlier?.verdict === verdict ? earlier.saidAt : undefined
    const isNews = saidAt === undefined || (verdict === 'wrong' && now - saidAt >= sayAgainMs)
    if (isNews) sayings.push({ say: 'not-right', finding })
    return { ...finding, saidAt: isNews ? now : saidAt }
  })
  return { kept: { at: now, isWhole, findings: kept }, sayings }
}
