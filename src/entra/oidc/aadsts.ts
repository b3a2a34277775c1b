/**
 * The token endpoint's AADSTS numbers, by what each is about. Entra asks applications to go by `error`; but Entra answers
 * `invalid_grant` to three different things, and only one of them ends a session.
 * Sources: https://learn.microsoft.com/entra/identity-platform/reference-error-codes and, for 50196,
 * https://learn.microsoft.com/entra/identity-platform/reference-breaking-changes
 */

/**
 * Where the cause of an error lies. 'person': in the person, their grant or a policy that holds for them. 'passing': in
 * load or a fault that passes. 'us': in this application.
 */
export type Blame = 'person' | 'passing' | 'us'

/** The reason why Entra refuses somebody, in our words. */
export type SignInRefusal = keyof typeof refusals

/**
 * All but one are for the log. 'not-assigned' is for the gate too: that person stays signed in at Entra, and a page can
 * tell them what to do.
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

/** Too many requests, or a part of Entra that is down or late. The same request may be answered later. */
const passing: readonly number[] = [
  ...[50196, 90055, 90024],
  ...[50000, 50033, 90006, 90012, 90033, 90036, 90090, 90091],
]

/** Our credential, our registration, our requests: nobody who signs in can mend these. */
const ofOurs: readonly number[] = [
  // The credential.
  ...[7000215, 7000222, 7000218, 700025, 700027, 50012, 50013, 500133, 70021, 700211, 700212, 700213],
  // The application, its service principal, its tenant or its cloud.
  ...[700016, 70001, 7000112, 7000114, 1000031, 90002, 50001, 50011, 50194, 900382, 900432, 900439, 90008, 90009],
  // The permissions that are asked for, and the form of the request.
  ...[650052, 650053, 650056, 650057, 70011, 28000, 28002, 28003, 700022, 70003, 901002],
]

/** Each of these errors is about the person, unless one of its numbers is about us. */
const errorsOfPeople = ['invalid_grant', 'interaction_required', 'login_required', 'consent_required', 'access_denied']
const passingErrors = ['temporarily_unavailable', 'server_error']

/**
 * Where the cause of an error lies, by its `error` and its AADSTS numbers. A fault that passes counts first: a session
 * that was ended cannot be taken back, while a request that is repeated is answered in the end. Where no number is in the
 * tables, `error` alone counts.
 */
export function blameFor(error: string, codes: readonly number[]): Blame {
  if (passingErrors.includes(error) || codes.some(code => passing.includes(code))) return 'passing'
  return errorsOfPeople.includes(error) && !codes.some(code => ofOurs.includes(code)) ? 'person' : 'us'
}

/** The refusal that these AADSTS numbers mean; 'sign-in-refused' where the table has none of them. */
export function signInRefusalIn(codes: readonly number[]): SignInRefusal {
  const found = Object.entries(refusals).find(([, ofThisKind]) =>
    codes.some(code => ofThisKind.some(each => each === code)),
  )
  return (found?.[0] ?? 'sign-in-refused') as SignInRefusal
}

/** Whether a refusal holds for the account, and so for every token. Others may be about the scopes of one request. */
export const isOfTheAccount = (refusal: SignInRefusal): boolean => ['revoked', 'expired', 'disabled'].includes(refusal)

/** AADSTS numbers of a client secret that is wrong or has expired. */
export const secretRefusals: readonly number[] = [7000215, 7000222]

/** A policy of Conditional Access forbids the token. At a refresh the policy sees the address of this server, not the person's. */
export const blockedByPolicy = 53003
