import { shortestStayMs } from '../../entra/pim/limits.ts'
import type { AccessNow } from '../../gate/asking/access-now.ts'
import { type Instant, instantOf, lengthOf } from './instant.ts'

const minuteMs = 60_000

/** The line under the header: it says until when access is on, and lets the person extend or end it. */
export type AccessBar = {
  /** Absent where no end is set at all. */
  until?: Instant
  /** For access that was extended: when it would have ended otherwise. */
  was?: Instant
  /** The time left, in words. */
  left: string
  /** The time left, in whole minutes. */
  minutes: number
  stage: 'on' | 'soon' | 'near' | 'last'
  /** ISO 8601. */
  now: string
  /** Whether access can be ended here. */
  canAct: boolean
  canExtend: boolean
  /** When Microsoft will allow the person to end access; absent where it does so already. */
  canEndAt?: Instant
  returnTo: string
  /** Where there are several gates: the gate of this line, as doors are given it, and its title. */
  gate?: string
  title?: string
  /** A gate whose access ends sooner than that of this line. */
  sooner?: { title: string; until: Instant }
}

/** The line for access that is on. Undefined for a person who is not in, and while the end is not known. */
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
    stage: stageWith(leftMs),
    canAct: selfService,
    // PIM takes one further period at a time.
    canExtend: selfService && was === undefined,
    ...(canEndAt > now.getTime() && { canEndAt: instantOf(new Date(canEndAt), now) }),
  }
}

function stageWith(leftMs: number): AccessBar['stage'] {
  if (leftMs <= minuteMs) return 'last'
  if (leftMs <= 5 * minuteMs) return 'near'
  return leftMs <= 15 * minuteMs ? 'soon' : 'on'
}
