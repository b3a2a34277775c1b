import { randomUUID } from 'node:crypto'
import type { TenantState } from './state.ts'

const texts: Record<number, string> = {
  16000: 'The account that is signed in is not the one the application asked for.',
  50011: 'The redirect URI of the request is not one of those registered for the application.',
  50020: 'The account belongs to another directory and is not a guest in this one.',
  50057: 'The account is disabled.',
  50058: 'A silent sign-in was asked for, but nobody is signed in.',
  50076: 'A policy asks for a stronger sign-in than the one that was used.',
  50105:
    'The application admits only people assigned to it, and this person is neither assigned nor directly in an assigned group.',
  50173: 'The grant was revoked; a fresh sign-in is needed.',
  53003: 'A Conditional Access policy does not allow a token to be issued.',
  54005: 'The authorization code has been redeemed before.',
  65004: 'The person declined to consent.',
  70003: 'The grant type is not supported.',
  70005: 'The response type is not supported.',
  70008: 'The code or refresh token has expired.',
  70011: 'A requested scope is not valid.',
  70043: 'The refresh token is past the sign-in frequency that a policy demands.',
  700016: 'The application was not found in this directory.',
  700082: 'The refresh token was not used for 90.00:00:00 and has expired.',
  7000215: 'The client secret is not valid: was the id of the secret sent instead of its value?',
  7000218: 'The request carries no client credential.',
  7000222: 'The client secret has expired.',
  90002: 'No directory has the name or id given in the address.',
  90006: 'The service is temporarily unavailable.',
  90033: 'A transient fault occurred.',
  90055: 'There are too many requests; try again later.',
  900144: 'The request lacks a required parameter.',
  901002: 'The resource parameter is not supported.',
  9002313: 'The request is malformed or not valid.',
  500112: 'The redirect URI differs from the one the code was issued for.',
  501481: 'The code verifier does not match the code challenge.',
}

export type Stamp = ReturnType<typeof stamp>

/** What every error carries for looking it up: codes, time and the two ids. */
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
