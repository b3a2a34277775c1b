import type { Clock } from '../../clock.ts'
import type { Log } from '../../observability.ts'
import type { Board } from '../../session/replicas/board.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import { createKeptCheck, type KeptCheck, type KeptFinding } from './kept-check.ts'
import { type LookedAtTenant, nextCheck, type SayingOfFinding } from './next-check.ts'

const everyMs = 24 * 3_600_000
/** Where Microsoft did not answer all, or nobody can read what was found. */
const soonMs = 10 * 60_000
/** How often (ms) a replica looks at what the others found. The first look comes after everything that a start waits for. */
const lookMs = 60_000
/** A replica that dies while it checks leaves the check to the others after so long. */
const leaseMs = 30_000

/**
 * Checks the set-up of the tenant once a day, by one replica for all; every replica knows what was found within a minute.
 * The log says each finding that is not right, and that it is right again. Where Redis is away, the last findings stay.
 */
export function createDailyCheck({
  clock,
  board,
  leases,
  lookAtTenant,
  log,
}: {
  clock: Clock
  board: Board
  leases: Pick<Leases, 'hold'>
  lookAtTenant: () => Promise<LookedAtTenant>
  log: Pick<Log, 'info' | 'warn'>
}) {
  const store = createKeptCheck({ board, clock })
  let known: KeptCheck | undefined
  let timer: NodeJS.Timeout | undefined
  let isRetired = false
  let stopped = Promise.withResolvers<void>()
  let looking: Promise<void> | undefined

  async function once(): Promise<void> {
    if (!isRetired && (await isDue())) await leases.hold('setup', leaseMs, check)
    await learn()
  }

  async function learn(): Promise<void> {
    const at = await store.at()
    if (at !== known?.at) known = at === 0 ? undefined : await store.read()
  }

  async function isDue(): Promise<boolean> {
    await learn()
    const age = clock().getTime() - (await store.at())
    return age >= (known?.isWhole ? everyMs : soonMs)
  }

  async function check(): Promise<void> {
    // Another replica may have checked while this one asked for the lease.
    if (!(await isDue())) return
    const looked = await Promise.race([lookAtTenant(), stopped.promise])
    if (!looked) return
    const { kept, sayings } = nextCheck(looked, known, clock().getTime())
    // Where a newer check is there already, the replica that made it has said what there is to say.
    if (await store.write(kept)) sayings.forEach(say)
  }

  function say({ say, finding: { check, verdict, what, fix } }: SayingOfFinding): void {
    if (say === 'right-again') log.info({ event: 'setup-right-again', check, what })
    else log[verdict === 'wrong' ? 'warn' : 'info']({ event: 'setup-finding', check, verdict, what, fix })
  }

  /** Looks now, and checks where that is due. Throws Problem('redis-away'). */
  function look(): Promise<void> {
    looking ??= once().finally(() => {
      looking = undefined
    })
    return looking
  }

  function again(): void {
    timer = setTimeout(() => {
      // While Redis is away the log says so elsewhere.
      look()
        .catch(() => {})
        .finally(() => {
          if (timer) again()
        })
    }, lookMs).unref()
  }

  return {
    look,
    /** What the newest check found; undefined while nobody knows. */
    known: (): readonly KeptFinding[] | undefined => known?.findings,
    start(): void {
      stopped = Promise.withResolvers()
      again()
    },
    /** Leaves checking to the other replicas. */
    retire(): void {
      isRetired = true
    },
    /** Ends also a check that is under way: the next replica begins it anew. */
    stop(): void {
      clearTimeout(timer)
      timer = undefined
      stopped.resolve()
    },
  }
}
export type DailyCheck = ReturnType<typeof createDailyCheck>
