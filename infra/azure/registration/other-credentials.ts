import type { Given } from '../run/given.ts'
import type { Registration } from './find-registration.ts'

/** Credentials of another kind than tenant.json names that still prove the application: a sentence for each kind. */
export function otherCredentials(
  { passwordCredentials, keyCredentials }: Registration,
  { wish, clock }: Pick<Given, 'wish' | 'clock'>,
): string[] {
  const isGood = ({ endDateTime }: { endDateTime?: string | null }) => !endDateTime || new Date(endDateTime) > clock()
  const kinds = [
    { kind: 'secret', what: 'client secret', good: (passwordCredentials ?? []).filter(isGood) },
    { kind: 'certificate', what: 'certificate', good: (keyCredentials ?? []).filter(isGood) },
  ]
  return kinds
    .filter(({ kind, good }) => kind !== wish.credential.kind && good.length > 0)
    .map(
      ({ what, good }) =>
        `${good.length} ${what}${good.length > 1 ? 's' : ''} of ${wish.name}, good as proof until removed in the portal (Certificates & secrets)`,
    )
}
