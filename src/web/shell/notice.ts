import type { Response } from 'express'
import type { PageAct } from '../../endings.ts'
import type { Problem } from '../../errors.ts'

/** The model of a page that says one thing and one next act; `returnTo` is where an act with an empty href leads. */
export type Notice = { title: string; detail: string; act: PageAct; returnTo: string; reference?: string }

export const retryAfterSeconds = 15

/** Says that asking again later makes sense, where it does. */
export function setRetryAfter(response: Response, status: number): void {
  if (status === 503) response.setHeader('Retry-After', String(retryAfterSeconds))
}

/** The RFC 9457 answer for whoever is not a browser going somewhere. */
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
