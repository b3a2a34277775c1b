import type { Identity } from '../../entra/claims.ts'
import { Problem } from '../../errors.ts'
import { fingerprint } from '../../session/sealing/seal.ts'

/** A mark of a person that tells nothing of them: two marks are equal for the same person only. */
export const personMark = ({ tenantId, objectId, subject }: Identity) =>
  fingerprint([tenantId, objectId, subject].join('\n'))

/**
 * The person who began this, while they are signed in here. Throws Problem('step-up-too-late') when nobody is signed in
 * any more, and Problem('other-person') when somebody else is.
 */
export function assertStillTheirs({ person }: { person: string }, signedIn: Identity | undefined): Identity {
  if (!signedIn) throw new Problem('step-up-too-late')
  if (personMark(signedIn) !== person) throw new Problem('other-person')
  return signedIn
}

/** The account that Entra should propose. The user name will do where Entra gave no hint: a wrong account is refused when it comes back. */
export const loginHintOf = ({ loginHint, username }: Identity): string | undefined =>
  loginHint ?? (username || undefined)
