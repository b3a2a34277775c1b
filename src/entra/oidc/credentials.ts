import type { Certificate, Credential } from '../../config/credential.ts'
import type { Secret } from '../../config/secret.ts'
import type { Log } from '../../observability.ts'

/** One way to prove that we are the application. */
export type Proof =
  | { kind: 'secret'; secret: Secret }
  | { kind: 'certificate'; certificate: Certificate }
  | { kind: 'federated'; file: string }

/**
 * The application's credential, of which there may be two while its secret is being changed: the one that works is
 * remembered, and when Entra refuses it the other is tried at once. The log says which, by its place, never by its value.
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
   * Does the work with the proof that is known to work, and once more with the other when `refusalOf` finds, in what it
   * threw, that Entra refused the proof itself (by its AADSTS number).
   */
  async function proving<T>(
    work: (proof: Proof) => Promise<T>,
    refusalOf: (thrown: unknown) => number | undefined,
  ): Promise<T> {
    const known = proofs
    const began = current
    for (let tried = 1; ; tried++) {
      const index = (began + tried - 1) % known.length
      try {
        const value = await work(known[index] as Proof)
        if (known === proofs) worked(index)
        return value
      } catch (thrown) {
        const aadsts = refusalOf(thrown)
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
    /** As the settings name it now. */
    current: (): Credential => credential,
    /** Another one, without a restart; the first of several is tried first. */
    renew(next: Credential): void {
      credential = next
      proofs = proofsOf(next)
      current = 0
      refused.clear()
    },
  }
}
export type Credentials = ReturnType<typeof createCredentials>

const proofsOf = (credential: Credential): readonly Proof[] =>
  credential.kind === 'secret' ? credential.secrets.map(secret => ({ kind: 'secret', secret })) : [credential]
