import { createBoard } from '../../../src/session/replicas/board.ts'
import { createLeases } from '../../../src/session/replicas/lease.ts'
import { createDailyCheck } from '../../../src/setup/daily/daily-check.ts'
import type { LookedAtTenant } from '../../../src/setup/daily/next-check.ts'
import type { SetupFinding } from '../../../src/setup/finding.ts'
import type { ownKeys } from '../../session/own-keys.ts'
import { clockInHand } from '../../support/house.ts'

export const finding = (verdict: SetupFinding['verdict'], check = 'context-policy'): SetupFinding => ({
  check,
  verdict,
  what: `It is ${verdict}.`,
  why: 'It matters.',
  fix: verdict === 'right' ? '' : 'Mend it.',
})

type Line = { level: string; event: string; check: string; verdict?: string }

/** Replicas over one Redis that look at a tenant in hand, with the clock in hand. */
export function replicasOf({ redis, prefix, seal }: ReturnType<typeof ownKeys>, about = 'installation') {
  const clock = clockInHand('2026-03-02T12:00:00Z')
  const tenant = { findings: [finding('right')] as readonly SetupFinding[], isWhole: true, looks: 0 }
  const lines: Line[] = []
  const saying = (level: string) => (line: object) => void lines.push({ level, ...line } as Line)
  const lookUsually = async (): Promise<LookedAtTenant> => {
    tenant.looks += 1
    return { findings: tenant.findings, isWhole: tenant.isWhole }
  }
  return {
    clock,
    tenant,
    lines,
    /** Another replica. */
    replica: (lookAtTenant = lookUsually, mark = about) =>
      createDailyCheck({
        clock: clock.read,
        board: createBoard({ redis, seal, prefix, about: mark }),
        leases: createLeases({ redis, prefix, about: mark }),
        lookAtTenant,
        log: { info: saying('info'), warn: saying('warn') } as never,
      }),
  }
}

export const verdictsOf = (check: { known(): readonly { verdict: string }[] | undefined }): string[] | undefined =>
  check.known()?.map(({ verdict }) => verdict)
