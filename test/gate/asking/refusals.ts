import * as client from 'openid-client'
import { Problem } from '../../../src/errors.ts'

/** What is thrown where Entra refuses a token with this AADSTS number. */
export const refusedWith = (aadsts: number): Problem =>
  new Problem('sign-in-refused', { cause: new Error('refused', { cause: { error_codes: [aadsts] } }) })

const tooMuch = new client.ResponseBodyError('busy', {
  cause: { error: 'temporarily_unavailable' },
  response: new Response(null, { status: 400 }),
} as never)
/** What is thrown where Entra says that it has too much to do. */
export const busy = new Problem('entra-unreachable', { cause: tooMuch })
