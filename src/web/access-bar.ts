import type { Request } from 'express'
import { admissionOf } from '../gate/guard.ts'
import type { Standing } from '../gate/standing.ts'
import { duration, type Instant, instant } from './instant.ts'

/** PIM does not let an activation end sooner. Source: Microsoft Learn, groups-activate-roles. */
const earliestEndMs = 5 * 60_000
const minuteMs = 60_000

/** The line under the header: until when access is on, and what can be done about it. */
export type AccessBar = {
  /** Absent: no end is set at all. */
  until?: Instant
  left: string
  minutes: number
  stage: 'on' | 'soon' | 'near' | 'last'
  now: string
  /** Whether it can be extended and ended here. */
  canAct: boolean
  /** When Microsoft will allow ending it, where it does not yet. */
  canEndAt?: Instant
  returnTo: string
}

/** Undefined for whoever is not in, and where no end is known. */
export function accessBarOf(
  { record, membership }: Standing,
  now: Date,
  { selfService, returnTo }: { selfService: boolean; returnTo: string },
): AccessBar | undefined {
  if (!isIn({ record, membership }, now) || membership === 'unknown' || !membership.member) return undefined
  const plan = selfService ? record.plan : undefined
  const until = membership.until ?? plan?.until
  const isAlways = plan !== undefined && plan.from !== undefined && until === undefined && plan.endedAt === undefined
  const quiet = { left: '', minutes: 0, stage: 'on' as const, now: now.toISOString(), canAct: false, returnTo }
  if (until === undefined) return isAlways ? quiet : undefined
  const leftMs = until - now.getTime()
  if (leftMs <= 0) return undefined
  const canEndAt = plan?.from === undefined ? 0 : plan.from + earliestEndMs
  return {
    ...quiet,
    until: instant(new Date(until), now),
    left: leftMs < minuteMs ? 'less than a minute' : duration(leftMs),
    minutes: Math.floor(leftMs / minuteMs),
    stage: stageOf(leftMs),
    canAct: selfService,
    ...(canEndAt > now.getTime() && { canEndAt: instant(new Date(canEndAt), now) }),
  }
}

function stageOf(leftMs: number): AccessBar['stage'] {
  if (leftMs <= minuteMs) return 'last'
  if (leftMs <= 5 * minuteMs) return 'near'
  return leftMs <= 15 * minuteMs ? 'soon' : 'on'
}

/** How whoever makes this request stands, if a guard let it pass; a page of bad news may come without. */
export function standingIfAny(request: Request): Standing | undefined {
  try {
    return admissionOf(request).standing
  } catch {
    return undefined
  }
}

/** For what a page shows, not for what it lets happen: that is the gate's. */
export function isIn({ record: { plan }, membership }: Standing, now: Date): boolean {
  if (membership === 'unknown' || !membership.member) return false
  if (plan?.endedAt !== undefined && plan.endedAt >= (plan.from ?? 0)) return false
  const until = membership.until ?? plan?.until
  return until === undefined || now.getTime() < until
}
