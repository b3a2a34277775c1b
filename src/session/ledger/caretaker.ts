import type { Leases } from '../replicas/lease.ts'
import type { Carrying } from './carrying.ts'
import type { TreeHeadShared } from './head.ts'
import type { Patrol } from './patrol.ts'
import type { TrailReading } from './reading.ts'
import type { SharedHead } from './shared-head.ts'
import type { Tending } from './tending.ts'
import type { Witness } from './witness.ts'

const everyMs = 1_000
const leaseMs = 10_000
/** So many looks lie between two tiles of old records that are checked, between two visits to the former stream, and between two drops. */
const stepEvery = 10
const carryEvery = 5
const dropEvery = 3_600
/** Not at the first looks, when much is to be done. */
const dropAt = 10

/** What the metrics tell of the trail. Undefined while it is not known. */
export type TrailState = {
  /** The number that the next record gets. */
  size: number | undefined
  /** For how long there have been records that no checkpoint covers. 0: it covers all. */
  uncoveredSeconds: number | undefined
  /** Whether everything that this replica compared is as it was. */
  isVerified: boolean | undefined
}

/** Looks after the trail once a second: checks it, and does what is to be done for all replicas, if nobody else is doing it. */
export function createCaretaker(needs: {
  shared: SharedHead
  reading: TrailReading
  witness: Witness
  patrol: Patrol
  tend: Tending
  leases: Leases
  carrying: Carrying
  drop: (head: TreeHeadShared) => Promise<void>
  /** The lowest number that is free, as far as this replica knows. */
  knownSize: () => number
  onContradiction: (size: number) => void
}) {
  const { shared, reading, witness, patrol, tend, leases, carrying, drop, knownSize, onContradiction } = needs
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let looks = 0
  /** What this replica saw at its last look may be signed: every other replica has had the time to see it, too. */
  let ripe = 0
  let isAnew = false
  let isContradicted = false
  let size: number | undefined
  let uncoveredSince: number | undefined

  async function once(): Promise<void> {
    const isDue = (every: number) => looks % every === 0
    if (isDue(carryEvery) && (await carrying.isDue())) await leases.hold('trail', leaseMs, carrying.carryOver)
    const before = witness.newest()
    const [{ head }, number] = [await shared.read(), await reading.size()]
    const judgement = await witness.judge(head)
    if (judgement === 'contradicts') {
      isContradicted = true
      onContradiction(head?.folded.size ?? 0)
    }
    const isBelieved = judgement === 'extends' || judgement === 'contradicts'
    if (isBelieved && head && head.id !== before?.id) await witness.believe(head)
    size = number
    const covered = head?.checkpoint.size ?? 0
    uncoveredSince = number > covered ? (uncoveredSince ?? performance.now()) : undefined

    const hasWork = !isBelieved || number > covered || number < knownSize() || (isAnew && head !== undefined)
    if (hasWork) {
      const { held } = await leases.hold('trail', leaseMs, () => tend({ ripe, isAnew }))
      if (held) isAnew = false
    }
    const newest = witness.newest()
    ripe = newest?.folded.size ?? 0
    if (newest && newest.id !== before?.id)
      await patrol.tail(newest.folded, before?.era === newest.era ? before.folded.size : 0)
    else if (newest && isDue(stepEvery)) await patrol.step(newest.folded)
    if (looks % dropEvery === dropAt) await dropNow()
    looks += 1
  }

  async function dropNow(): Promise<void> {
    const newest = witness.newest()
    if (newest) await leases.hold('trail', leaseMs, () => drop(newest))
  }

  /** Looks now. Throws Problem('redis-away'). */
  function look(): Promise<void> {
    looking ??= once().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    look,
    drop: dropNow,
    /** The next checkpoint is made anew, also where no record was added. */
    signAnew: (): void => {
      isAnew = true
    },
    state: (): TrailState => ({
      size,
      uncoveredSeconds:
        size === undefined ? undefined : uncoveredSince === undefined ? 0 : (performance.now() - uncoveredSince) / 1000,
      isVerified: isContradicted ? false : patrol.isWell(),
    }),
    start(): void {
      // While Redis is away the log says so elsewhere, and the time without a checkpoint grows.
      timer = setInterval(() => void look().catch(() => {}), everyMs).unref()
    },
    stop: (): void => clearInterval(timer),
    /** Folds what there is, and signs it: nobody may be there to do it later. */
    async finish(): Promise<void> {
      clearInterval(timer)
      await look().catch(() => {})
      await look().catch(() => {})
    },
  }
}
export type Caretaker = ReturnType<typeof createCaretaker>
