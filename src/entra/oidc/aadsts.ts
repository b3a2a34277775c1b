/**
 * The token endpoint's AADSTS numbers, by what they are about. Entra asks applications to go by `error`; but it answers
 * `invalid_grant` to three different things, and of those only one ends a session.
 * Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes and, for 50196,
 * https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes
 */

/** The person, their grant or a policy that holds for them; load or a fault that passes; the application itself. */
export type About = 'person' | 'passing' | 'us'

/** What Entra holds against someone, in our words. */
export type Refusal = keyof typeof refusals

/**
 * All but one are for the log: 'not-assigned' is told apart, because that person stays signed in at Entra and can be
 * told what to do.
 */
const refusals = {
  'not-assigned': [50105],
  revoked: [50173, 50132, 50133],
  expired: [700082, 700081, 700084, 70008, 70043, 70044],
  blocked: [53003, 53000, 53001, 53002, 53004, 530032, 530035, 50097, 50129, 50131, 50053],
  'mfa-needed': [50074, 50076, 50078, 50079, 50072, 50125, 50158],
  disabled: [50057, 50034],
  'password-needed': [50055, 50126],
  'consent-missing': [65001, 65004, 90094, 90095],
  'sign-in-refused': [],
} as const satisfies Record<string, readonly number[]>

/** Too many requests, of one kind or at all; a part of Entra that is down or late. Asking later may be answered. */
const passing: readonly number[] = [
  ...[50196, 90055, 90024],
  ...[50000, 50033, 90006, 90012, 90033, 90036, 90090, 90091],
]

/** Our credential, our registration, our requests: nobody who signs in can mend it. */
const ofOurs: readonly number[] = [
  // The credential.
  ...[7000215, 7000222, 7000218, 700025, 700027, 50012, 50013, 500133, 70021, 700211, 700212, 700213],
  // The application, its service principal, the tenant or the cloud that it is looked for in.
  ...[700016, 70001, 7000112, 7000114, 1000031, 90002, 50001, 50011, 50194, 900382, 900432, 900439, 90008, 90009],
  // What it asks for, and how.
  ...[650052, 650053, 650056, 650057, 70011, 28000, 28002, 28003, 700022, 70003, 901002],
]

/** One of these says no about a person, if its numbers do not say that it is about something else. */
const errorsOfPeople = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required', 'access_denied']
const passingErrors = ['temporarily_unavailable', 'server_error']

/**
 * What an error is about. A fault that passes comes first: what is ended cannot be taken back, and what is asked again
 * is answered in the end. A number that is not in the table leaves it to `error`.
 */
export function aboutOf(error: string, codes: readonly number[]): About {
  if (passingErrors.includes(error) || codes.some(code => passing.includes(code))) return 'passing'
  return errorsOfPeople.includes(error) && !codes.some(code => ofOurs.includes(code)) ? 'person' : 'us'
}

export function refusalIn(codes: readonly number[]): Refusal {
  const found = Object.entries(refusals).find(([, ofThisKind]) =>
    codes.some(code => ofThisKind.some(each => each === code)),
  )
  return (found?.[0] ?? 'sign-in-refused') as Refusal
}

/** These hold whatever a token was asked for; others may be about the scopes that were named. */
export const isOfTheAccount = (refusal: Refusal): boolean => ['revoked', 'expired', 'disabled'].includes(refusal)

/** A client secret that is wrong, or has expired. */
export const secretRefusals: readonly number[] = [7000215, 7000222]

/** A policy of Conditional Access forbids a token. At a refresh it sees the address of this server, not the person's. */
export const blockedByPolicy = 53003
