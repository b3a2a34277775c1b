import { isAuditShortened } from '../../audit/about-itself.ts'
import type { CompactRange } from '../../audit/tree/compact-range.ts'
import { emptyRoot } from '../../audit/tree/hashes.ts'
import { inclusionProof } from '../../audit/tree/inclusion.ts'
import type { trailFaults } from '../../labels.ts'
import type { Log } from '../../observability.ts'
import type { Redis } from '../redis/redis.ts'
import type { Leases } from '../replicas/lease.ts'
import { createAppending, type KnownLength } from './appending.ts'
import { createCaretaker } from './caretaker.ts'
import { createCarrying } from './carrying.ts'
import { createCut } from './cut.ts'
import { createDropping } from './dropping.ts'
import { createErasing } from './erasing.ts'
import { nothingFolded, rangeOfFolded } from './folded.ts'
import { createPatrol } from './patrol.ts'
import { createTrailReading } from './reading.ts'
import { createSharedHead } from './shared-head.ts'
import { createSigning, type SigningKeys } from './signing.ts'
import { createTending } from './tending.ts'
import { createTiles, MissingHash } from './tiles.ts'
import { trailKeys } from './trail-keys.ts'
import { createWitness } from './witness.ts'

/** A checkpoint as readers get it. `note` is signed; undefined without a key. */
export type TrailCheckpoint = {
  origin: string
  size: number
  root: Buffer
  note: string | undefined
  vkeys: readonly string[]
}

type TrailFault = (typeof trailFaults)[number]

/** The origin of a trail in its checkpoints. Source, for the form: https://c2sp.org/tlog-checkpoint */
export const originOf = (baseUrl: string): string => `${new URL(baseUrl).host}/trail`

type Needs = {
  redis: Redis
  prefix: string
  /** The mark of the application. */
  mark: string
  log: Log
  leases: Leases
  /** Names the trail in its checkpoints. */
  origin: string
  signingKeys: SigningKeys
  keepDays: number
  /** Hears of each fault once. */
  onFault?: (fault: TrailFault) => void
}

/**
 * The audit trail of an installation: a transparency log in Redis. Every record and every checkpoint is a line of the log on
 * stdout, too, whatever LOG_LEVEL says: the copy in the operator's log store is the witness.
 *
 * From `start` to `stop` one replica at a time folds new records into the tree, and each replica checks that the tree goes on
 * from what it remembers, and that the records are what was folded. All of it once a second.
 */
export function createLedger({
  redis,
  prefix,
  mark,
  log,
  leases,
  origin,
  signingKeys,
  keepDays,
  onFault = () => {},
}: Needs) {
  const keys = trailKeys({ prefix, mark })
  const outside = log.child({}, { level: 'info' })
  const signing = createSigning(origin, signingKeys)
  const place = { redis, keys }
  const tiles = createTiles(place)
  const witness = createWitness({ tiles })
  const reading = createTrailReading(place)
  const shared = createSharedHead(place)
  const cut = createCut(place)

  let length = 0
  const known: KnownLength = {
    size: () => Math.max(length, witness.newest()?.folded.size ?? 0),
    written(records) {
      for (const record of records) {
        outside.info({ event: 'audit', record })
        const { seq, ...facts } = JSON.parse(record)
        length = Math.max(length, seq + 1)
        patrol.expect(seq, record)
        if (!isAuditShortened(facts)) continue
        log.error({ event: 'audit-shortened', from: facts.from, to: facts.to })
        onFault('shortened')
      }
    },
  }
  const patrol = createPatrol({
    reading,
    tiles,
    cut: cut.at,
    onFaults([first, ...more]) {
      log.error({ event: 'audit-not-verified', ...first, more: more.length })
      onFault('differs')
    },
  })
  const { append, carry, close } = createAppending({ ...place, known })
  const needs = { ...place, reading, tiles, cut, append }
  const tend = createTending({
    ...{ ...needs, shared, witness, signing, close },
    tidings: {
      begun: () => log.info({ event: 'audit-begun' }),
      checkpoint: note => outside.info({ event: 'audit-checkpoint', note }),
      restored(facts) {
        log.error({ event: 'audit-restored', ...facts })
        onFault('restored')
      },
    },
  })
  const carrying = createCarrying({ ...place, carry })
  const caretaker = createCaretaker({
    ...{ shared, reading, witness, patrol, tend, leases },
    carrying,
    drop: createDropping({ ...needs, keepDays }),
    knownSize: known.size,
    onContradiction(size) {
      log.error({ event: 'audit-contradicted', size })
      onFault('differs')
    },
  })
  const { erase, idsOf, countOf } = createErasing({ ...place, reading, append, carryOver: carrying.carryOver })

  const headNow = async () => (await shared.read()).head ?? witness.newest()

  return {
    append,
    read: reading.read,
    size: reading.size,
    seqAt: reading.seqAt,
    erase,
    idsOf,
    countOf,

    /** The newest checkpoint. `vkeys`: the public keys that signed it. Of no records at all where there is none yet. */
    async checkpoint(): Promise<TrailCheckpoint> {
      const checkpoint = (await headNow())?.checkpoint
      if (!checkpoint) return { origin, size: 0, root: emptyRoot(), note: undefined, vkeys: [] }
      const { size, root, note, vkeys } = checkpoint
      return { origin, size, root: Buffer.from(root, 'base64'), note, vkeys }
    },

    /** The tree over the records whose contents were dropped; empty where none were. */
    cut: async (): Promise<CompactRange> => rangeOfFolded((await cut.tree()) ?? nothingFolded),

    /**
     * The proof that the record `seq` is in the tree of the first `size` records, which is at most that of the newest
     * checkpoint. Rejects with MissingHash where there is no such place, and where the hashes were dropped or lost.
     */
    async proofOf(seq: number, size: number): Promise<Buffer[]> {
      const mine = witness.newest()
      const head = mine && mine.folded.size >= size ? mine : await headNow()
      if (!head || head.folded.size < size || !(seq >= 0 && seq < size))
        throw new MissingHash(`no ${seq} among ${size}`)
      return inclusionProof({ index: seq, size }, tiles.subtreesOf(head.folded))
    },

    /** The public keys that sign from now on; none: checkpoints prove nothing outside. */
    vkeys: signing.vkeys,
    renewSigningKeys(given: SigningKeys): void {
      signing.renew(given)
      caretaker.signAnew()
    },

    state: caretaker.state,
    look: caretaker.look,
    /** Drops what was kept for long enough, as the ledger does once an hour. Throws Problem('redis-away'). */
    drop: caretaker.drop,
    start(): void {
      if (signing.vkeys().length === 0) log.warn({ event: 'audit-unsigned' })
      else caretaker.signAnew()
      caretaker.start()
    },
    stop: caretaker.stop,
    /** Folds and signs what there is. Never throws: another replica, or the next start, goes on. */
    finish: caretaker.finish,
  }
}
export type Ledger = ReturnType<typeof createLedger>
