import { randomUUID } from 'node:crypto'
import type { TenantState } from './state.ts'

const texts: Record<number, string> = {
  16000: 'The account that is signed in is not the one the application asked for.',
  28000: 'The scope of the token request names more than one resource.',
  28002: 'The scope given for the token request is not valid.',
  28003: 'The scope of the token request is empty.',
  50011: 'The redirect URI of the request is not one of those registered for the application.',
  50012: 'The authority of the client assertion does not match.',
  50013: 'The client assertion is not valid.',
  50020: 'The account belongs to another directory and is not a guest in this one.',
  50033: 'A transient fault occurred.',
  50053: 'The account is locked, or the sign-in came from an address that is known for attacks.',
  50055: 'The password has expired.',
  50057: 'The account is disabled.',
  50058: 'A silent sign-in was asked for, but nobody is signed in.',
  50074: 'A stronger sign-in is needed.',
  50076: 'A policy asks for a stronger sign-in than the one that was used.',
  50078: 'The stronger sign-in has expired and must be repeated.',
  50079: 'The person must register for multi-factor sign-in.',
  50097: 'The device must be known to the directory.',
  50105:
    'The application admits only people assigned to it, and this person is neither assigned nor directly in an assigned group.',
  50129: 'The device is not joined to the directory.',
  50131: 'A Conditional Access policy was not satisfied.',
  50132: 'The session is not valid: the password has changed or expired.',
  50133: 'The session is not valid: the password has changed recently.',
  50158: 'An external challenge was not satisfied.',
  50173: 'The grant was revoked; a fresh sign-in is needed.',
  50194: 'The application is for one directory only and was asked for through a common address.',
  50196: 'The application asks again and again: a loop was detected.',
  53000: 'The device does not comply with the rules.',
  53001: 'The device is not joined to the domain.',
  53002: 'The application is not an approved one.',
  53003: 'A Conditional Access policy does not allow a token to be issued.',
  54005: 'The authorization code has been redeemed before.',
  65001: 'The person or an administrator has not consented to what the application asks for.',
  65004: 'The person declined to consent.',
  70000: 'The grant is not valid.',
  70001: 'The application is disabled or not installed in this directory.',
  70003: 'The grant type is not supported.',
  70005: 'The response type is not supported.',
  70008: 'The code or refresh token has expired.',
  70011: 'A requested scope is not valid.',
  70043: 'The refresh token is past the sign-in frequency that a policy demands.',
  70021: 'No federated identity record matches the assertion.',
  90002: 'No directory has the name or id given in the address.',
  90006: 'The service is temporarily unavailable.',
  90008: 'The application asks for a token for itself without the permission to do so.',
  90009: 'The application asks for a token for itself by a name that is not an id.',
  90014: 'A required field is missing.',
  90024: 'The budget of requests is used up.',
  90033: 'A transient fault occurred.',
  90055: 'There are too many requests; try again later.',
  90094: 'An administrator must consent to what the application asks for.',
  500011: 'The resource was not found in this directory.',
  500112: 'The redirect URI differs from the one the code was issued for.',
  500133: 'The assertion is outside its validity.',
  501481: 'The code verifier does not match the code challenge.',
  530032: 'A security policy of the directory does not allow a token to be issued.',
  530035: 'Security defaults do not allow the sign-in.',
  650052: 'The application needs a service that the directory has not subscribed to.',
  650053: 'The application asked for a scope that does not exist on the resource.',
  650056: 'The application is configured wrongly.',
  650057: 'The resource is not listed among those the application needs.',
  700005: 'The code was issued for another directory.',
  700016: 'The application was not found in this directory.',
  700022: 'The scopes belong to more than one resource.',
  700025: 'The client is public: it must not send a credential.',
  700027: 'The signature of the client assertion is not valid.',
  700211: 'No federated identity record matches the issuer of the assertion.',
  700081: 'The refresh token of a single-page application has reached its greatest age.',
  700082: 'The refresh token was not used for 90.00:00:00 and has expired.',
  700084: 'The refresh token of a single-page application has a fixed, limited life and has expired.',
  900144: 'The request lacks a required parameter.',
  901002: 'The resource parameter is not supported.',
  1000031: 'The application is not available at this time.',
  7000112: 'The application is disabled.',
  7000215: 'The client secret is not valid: was the id of the secret sent instead of its value?',
  7000218: 'The request carries no client credential.',
  7000222: 'The client secret has expired.',
  9002313: 'The request is malformed or not valid.',
}

export type Stamp = ReturnType<typeof stamp>

/** The fields by which an error can be looked up: codes, time and the two ids. */
export function stamp({ clock }: Pick<TenantState, 'clock'>, code: number, correlationId: string = randomUUID()) {
  return {
    error_codes: [code],
    timestamp: `${clock().toISOString().slice(0, 19).replace('T', ' ')}Z`,
    trace_id: randomUUID() as string,
    correlation_id: correlationId,
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  }
}

export function describe(code: number, separator: string, { trace_id, correlation_id, timestamp }: Stamp): string {
  const ids = [`Trace ID: ${trace_id}`, `Correlation ID: ${correlation_id}`, `Timestamp: ${timestamp}`]
  return [`AADSTS${code}: ${textOf(code)}`, ...ids].join(separator)
}

export const textOf = (code: number): string => texts[code] ?? 'The request cannot be completed.'
