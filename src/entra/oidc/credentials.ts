import type { Certificate, Credential } from '../../config/credential.ts'
import type { Secret } from '../../config/secret.ts'
import type { Log } from '../../observability.ts'

/** One way to prove to Entra that we are the application. */
export type ClientProof =
  | { kind: 'secret'; secret: Secret }
  | { kind: 'certificate'; certificate: Certificate }
  | { kind: 'federated'; file: string }

/**
 * The application's credential. While its client secret is being changed there may be two: the one that works is
 * remembered, and when Entra refuses it, the other is tried at once. The log names a secret by its place in the setting,
 * from 1, never by its value.
 */
export function createCredentials(
  first: Credential,
  { log, onRefusal }: { log?: Pick<Log, 'warn' | 'info'>; onRefusal?: (position: number) => void } = {},
) {
  let credential = first
  let proofs = proofsOf(first)
  let current = 0
  const refused = new Set<number>()

  /**
   * Does the work with the proof that is known to work. If Entra refuses the proof itself, does the work once more with
   * the other proof. `secretRefusalOf` finds the AADSTS number of such a refusal in a thrown error.
   */
  async function proving<T>(
    work: (proof: ClientProof) => Promise<T>,
    secretRefusalOf: (thrown: unknown) => number | undefined,
  ): Promise<T> {
    const known = proofs
    const began = current
    for (let tried = 1; ; tried++) {
      const index = (began + tried - 1) % known.length
      try {
        const value = await work(known[index] as ClientProof)
        if (known === proofs) worked(index)
        return value
      } catch (thrown) {
        const aadsts = secretRefusalOf(thrown)
        if (aadsts !== undefined && known === proofs) wasRefused(index, aadsts)
        if (aadsts === undefined || tried === known.length) throw thrown
      }
    }
  }

  function wasRefused(index: number, aadsts: number): void {
    onRefusal?.(index + 1)
    if (refused.has(index)) return
    refused.add(index)
    log?.warn({ event: 'client-secret-refused', position: index + 1, of: proofs.length, aadsts })
  }

  function worked(index: number): void {
    const isNews = refused.delete(index) || index !== current
    current = index
    if (isNews) log?.info({ event: 'client-secret-works', position: index + 1, of: proofs.length })
  }

  return {
    proving,
    /** The credential in use. */
    current: (): Credential => credential,
    /** Uses another credential from now on, without a restart. Of several secrets the first is tried first. */
    renew(next: Credential): void {
      credential = next
      proofs = proofsOf(next)
      current = 0
      refused.clear()
    },
  }
}
export type Credentials = ReturnType<typeof createCredentials>

const proofsOf = (credential: Credential): readonly ClientProof[] =>
  credential.kind === 'secret' ? credential.secrets.map(secret => ({ kind: 'secret', secret })) : [credential]
