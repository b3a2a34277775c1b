import type { Folded } from './folded.ts'
import type { TreeHeadShared } from './head.ts'
import { type Tiles, unlessMissing } from './tiles.ts'

/**
 * What Redis shows now, beside what this replica remembers. 'extends': the tree goes on from there. 'shorter', 'differs': it
 * does not, and is put back. 'contradicts': another replica put back a tree that is not ours either.
 */
export type Judgement = 'extends' | 'shorter' | 'differs' | 'contradicts'

/**
 * What this replica remembers of the tree, in its own memory: whoever changes Redis, or a fail-over that lost something,
 * meets it here.
 */
export function createWitness({ tiles }: { tiles: Tiles }) {
  let newest: TreeHeadShared | undefined
  let signed: Folded | undefined

  async function goesOnFrom(before: Folded, folded: Folded): Promise<boolean> {
    if (folded.size < before.size) return false
    const found = await tiles.earlier(folded, before.size).catch(unlessMissing)
    return found !== undefined && isSame(found, before)
  }

  return {
    /** The newest head that this replica believed. */
    newest: (): TreeHeadShared | undefined => newest,

    async judge(found: TreeHeadShared | undefined): Promise<Judgement> {
      if (!newest || found?.id === newest.id) return 'extends'
      if (!found) return newest.folded.size > 0 ? 'shorter' : 'extends'
      if (found.era < newest.era) return 'shorter'
      if (found.era === newest.era) {
        if (found.folded.size < newest.folded.size) return 'shorter'
        return (await goesOnFrom(newest.folded, found.folded)) ? 'extends' : 'differs'
      }
      tiles.forget()
      return !signed || (await goesOnFrom(signed, found.folded)) ? 'extends' : 'contradicts'
    },

    /** From here on this head is what the replica remembers. */
    async believe(head: TreeHeadShared): Promise<void> {
      if (newest && newest.era !== head.era) tiles.forget()
      newest = head
      await tiles.remember(head.folded)
      if (head.checkpoint.note === undefined) return
      signed = (await tiles.earlier(head.folded, head.checkpoint.size).catch(unlessMissing)) ?? signed
    },
  }
}
export type Witness = ReturnType<typeof createWitness>

const isSame = (one: Folded, other: Folded): boolean =>
  one.edge.every((hashes, level) => {
    const others = other.edge[level] ?? []
    return hashes.length === others.length && hashes.every((hash, at) => hash.equals(others[at] as Buffer))
  })
