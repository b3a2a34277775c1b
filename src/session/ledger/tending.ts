import { auditRestored, auditShortened } from '../../audit/about-itself.ts'
import type { Append } from '../../audit/trail.ts'
import type { Cut } from './cut.ts'
import { nothingFolded } from './folded.ts'
import { type Gap, grownBy } from './growing.ts'
import { newHead, type TreeHeadShared } from './head.ts'
import type { TrailReading } from './reading.ts'
import type { FoundHead, SharedHead } from './shared-head.ts'
import type { Signing } from './signing.ts'
import type { Tiles } from './tiles.ts'
import type { Judgement, Witness } from './witness.ts'

const pageSize = 1_000
/** What is left is done the next time. */
const mostPages = 20

/** What somebody should hear of. */
export type Tidings = {
  begun(): void
  checkpoint(note: string): void
  restored(facts: { why: 'shorter' | 'differs'; size: number; found: number }): void
}

/**
 * The work of one replica for all: puts back what Redis lost of the tree, folds new records into it, and makes checkpoints.
 * Throws Problem('redis-away').
 */
export function createTending(needs: {
  shared: SharedHead
  reading: TrailReading
  witness: Witness
  tiles: Tiles
  signing: Signing
  cut: Cut
  append: Append
  /** Writes the record of a gap at the end of the stream, where there is one. */
  close: () => Promise<void>
  tidings: Tidings
}) {
  const { shared, reading, witness, tiles, signing, cut, append, close, tidings } = needs

  /** Writes a head, and remembers it. Undefined where somebody else was first: that one goes on. */
  async function put(found: FoundHead, ...[head, full]: [TreeHeadShared, Parameters<SharedHead['write']>[2]?]) {
    const written = await shared.write(found, head, full)
    if (written) await witness.believe(head)
    return written
  }

  /** The tree where it was never folded before, or nobody remembers that. */
  async function begin(found: FoundHead): Promise<FoundHead | undefined> {
    const folded = (await cut.tree()) ?? nothingFolded
    const written = await put(found, newHead({ era: 0, folded, checkpoint: signing.checkpointOf(folded) }))
    if (written) tidings.begun()
    return written
  }

  /** What this replica remembers takes the place of what is there. */
  async function putBack(found: FoundHead, why: 'shorter' | 'differs'): Promise<FoundHead | undefined> {
    const mine = witness.newest() as TreeHeadShared
    const { id: _id, ...facts } = mine
    const era = Math.max(mine.era, found.head?.era ?? 0) + 1
    const written = await put(found, newHead({ ...facts, era }), tiles.remembered(mine.folded))
    if (!written) return undefined
    tidings.restored({ why, size: mine.folded.size, found: found.head?.folded.size ?? 0 })
    await append(auditRestored({ why, size: mine.folded.size }))
    return written
  }

  async function fold(found: FoundHead): Promise<FoundHead | undefined> {
    const unsaid: Gap[] = []
    let now: FoundHead | undefined = found
    for (let page = 0; now?.head && page < mostPages; page++) {
      const { head } = now
      const entries = await reading.entries({ from: head.folded.size }, { count: pageSize })
      if (entries.length === 0) break
      const grown = grownBy(head.folded, entries)
      now = await put(now, newHead({ ...head, folded: grown.folded }), grown.full)
      if (now) unsaid.push(...grown.unsaid)
    }
    for (const gap of unsaid) await append(auditShortened(gap))
    return now
  }

  /** A checkpoint over the first `ripe` records, or over as many as before where the key has changed. */
  async function sign(found: FoundHead, ripe: number, isAnew: boolean): Promise<void> {
    const head = found.head as TreeHeadShared
    const size = Math.max(head.checkpoint.size, Math.min(ripe, head.folded.size))
    const isOtherKey = isAnew && signing.vkeys().join() !== head.checkpoint.vkeys.join()
    if (size === head.checkpoint.size && !isOtherKey) return
    const checkpoint = signing.checkpointOf(await tiles.earlier(head.folded, size))
    const isWritten = await put(found, newHead({ ...head, checkpoint }))
    if (isWritten && checkpoint.note) tidings.checkpoint(checkpoint.note)
  }

  const restored = (found: FoundHead, judgement: Judgement) =>
    judgement === 'shorter' || judgement === 'differs' ? putBack(found, judgement) : found.head ? found : begin(found)

  return async ({ ripe, isAnew }: { ripe: number; isAnew: boolean }): Promise<void> => {
    const found = await shared.read()
    const whole = await restored(found, await witness.judge(found.head))
    if (!whole) return
    await close()
    const grown = await fold(whole)
    if (grown) await sign(grown, ripe, isAnew)
  }
}
export type Tending = ReturnType<typeof createTending>
