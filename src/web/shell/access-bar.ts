import { shortestStayMs } from '../../entra/pim/limits.ts'
import type { AccessNow } from '../../gate/asking/access-now.ts'
import { type Instant, instantOf, lengthOf } from './instant.ts'

const minuteMs = 60_000

/** The line under the header: until when access is on, and what can be done about it. */
export type AccessBar = {
  /** Absent: no end is set at all. */
  until?: Instant
  /** When it would have ended, where it was extended. */
  was?: Instant
  left: string
  minutes: number
  stage: 'on' | 'soon' | 'near' | 'last'
  now: string
  /** Whether it can be ended here, and whether it can be extended. */
  canAct: boolean
  canExtend: boolean
  /** When Microsoft will allow ending it, where it does not yet. */
  canEndAt?: Instant
  returnTo: string
}

/** Undefined for whoever is not in, and where no end is known. */
export function accessBarOf(
  access: AccessNow,
  now: Date,
  { selfService, returnTo }: { selfService: boolean; returnTo: string },
): AccessBar | undefined {
  if (access.state !== 'on') return undefined
  const { until, was, from } = access
  const quiet = { left: '', minutes: 0, stage: 'on' as const, canAct: false, canExtend: false }
  const shown = { ...quiet, now: now.toISOString(), returnTo }
  if (until === undefined) return access.isAlways ? shown : undefined
  const leftMs = until - now.getTime()
  const canEndAt = selfService && from !== undefined ? from + shortestStayMs : 0
  return {
    ...shown,
    until: instantOf(new Date(until), now),
    ...(was !== undefined && { was: instantOf(new Date(was), now) }),
    left: leftMs < minuteMs ? 'less than a minute' : lengthOf(leftMs),
    minutes: Math.floor(leftMs / minuteMs),
    stage: stageOf(leftMs),
    canAct: selfService,
    // PIM takes one further period at a time.
    canExtend: selfService && was === undefined,
    ...(canEndAt > now.getTime() && { canEndAt: instantOf(new Date(canEndAt), now) }),
  }
}

function stageOf(leftMs: number): AccessBar['stage'] {
  if (leftMs <= minuteMs) return 'last'
  if (leftMs <= 5 * minuteMs) return 'near'
  return leftMs <= 15 * minuteMs ? 'soon' : 'on'
}
