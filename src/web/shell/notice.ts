import type { Response } from 'express'
import type { PageAct } from '../../endings.ts'
import type { Problem } from '../../errors.ts'

/** The model of a page that says one thing and offers one next act. An act with an empty href leads to `returnTo`. */
export type Notice = { title: string; detail: string; act: PageAct; returnTo: string; reference?: string }

/** How soon a browser or script may ask again when something is away, in seconds. */
export const retryAfterSeconds = 15

/** Says when to ask again, for the one status that passes by itself (503). */
export function setRetryAfter(response: Response, status: number): void {
  if (status === 503) response.setHeader('Retry-After', String(retryAfterSeconds))
}

/** Answers a script with the problem as JSON. Source: RFC 9457. */
export function sendProblem(response: Response, { code, ending }: Problem): void {
  const { reference } = response.locals
  response
    .status(ending.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:gatehouse:problem:${code}`,
        title: ending.title,
        status: ending.status,
        detail: ending.detail,
        code,
        reference,
      }),
    )
}
