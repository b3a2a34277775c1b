import { createPrivateKey } from 'node:crypto'
import { checkpointText } from '../../audit/notes/checkpoint.ts'
import { vkeyOf } from '../../audit/notes/note-key.ts'
import { noteKeyOfSigner, signNote } from '../../audit/notes/signed-note.ts'
import { rootOf } from '../../audit/tree/compact-range.ts'
import type { Secret } from '../../config/secret.ts'
import { type Folded, rangeOfFolded } from './folded.ts'
import type { StoredCheckpoint } from './head.ts'

/** The signing keys: one, or two while it changes. Both sign then, the first one first. */
export type SigningKeys = readonly Secret[]

/** Makes checkpoints. Without a key they are not signed, and prove nothing outside. `origin` names the trail in each of them. */
export function createSigning(origin: string, keys: SigningKeys) {
  let signers = signersOf(keys)
  function signersOf(given: SigningKeys) {
    return given.map(key => ({ name: origin, privateKey: createPrivateKey(key.reveal()) }))
  }
  const vkeys = (): string[] => signers.map(signer => vkeyOf(noteKeyOfSigner(signer)))
  return {
    origin,
    /** The public keys, as they are given to whoever verifies. */
    vkeys,
    /** The checkpoint of a tree. */
    checkpointOf(folded: Folded): StoredCheckpoint {
      const root = rootOf(rangeOfFolded(folded))
      const note =
        signers.length > 0 ? signNote(checkpointText({ origin, size: folded.size, root }), signers) : undefined
      return { size: folded.size, root: root.toString('base64'), ...(note && { note }), vkeys: vkeys() }
    },
    /** Signs with these keys from here on. */
    renew(given: SigningKeys): void {
      signers = signersOf(given)
    },
  }
}
export type Signing = ReturnType<typeof createSigning>
