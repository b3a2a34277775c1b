import type { Fact } from '../../../../src/setup/facts/fact.ts'
import { askOnce, type HeardAnswer } from './ask-once.ts'

/** What the application itself answers at its address. */
export type HouseSight = {
  /** To somebody without a cookie who opens the first page. */
  home: Fact<HeardAnswer>
  /** At the beginning of a sign-in. */
  signIn: Fact<HeardAnswer>
  /** To a probe. */
  ready: Fact<HeardAnswer>
  /** Under the name of another host. */
  elsewhere: Fact<HeardAnswer>
}

const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
/** A name that leads nowhere. Source: https://www.rfc-editor.org/rfc/rfc6761#section-6.4 */
const otherHost = 'gatehouse.invalid'

/** Looks at the application as a browser without a cookie does. Never rejects. */
export async function lookAtHouse(baseUrl: string, { ca }: { ca?: string } = {}): Promise<HouseSight> {
  const ask = async (path: string, headers: Record<string, string>): Promise<Fact<HeardAnswer>> => {
    try {
      return { value: await askOnce(baseUrl + path, { headers, ...(ca && { ca }) }) }
    } catch (error) {
      return { unseen: `${baseUrl} does not answer: ${whyOf(error)}.`, remedy: remedyOf(baseUrl) }
    }
  }
  const [home, signIn, ready, elsewhere] = await Promise.all([
    ask('/', navigation),
    ask('/auth/sign-in', navigation),
    ask('/health/ready', {}),
    ask('/', { ...navigation, host: otherHost }),
  ])
  return { home, signIn, ready, elsewhere }
}

const remedyOf = (baseUrl: string) =>
  `Start the application, see that ${baseUrl} leads to it from here, and check again.`

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name leads nowhere',
  EAI_AGAIN: 'the name leads nowhere',
  ECONNRESET: 'the connection was cut',
  EPROTO: 'no TLS is spoken there',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
}

/** Why there is no answer, in words. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'it takes too long'
  const code = 'code' in error ? String(error.code) : ''
  const first = error instanceof AggregateError ? error.errors[0] : undefined
  if (code.startsWith('ERR_SSL_')) return 'no TLS is spoken there'
  return words[code] ?? (first ? whyOf(first) : code || error.name)
}
