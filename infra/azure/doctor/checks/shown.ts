import type { IncomingHttpHeaders } from 'node:http'

const halfAYearSeconds = 180 * 86_400

/** What is wrong with the headers of a page, a sentence each. */
export function headerFaults(headers: IncomingHttpHeaders, { isTls }: { isTls: boolean }): string[] {
  const policy = String(headers['content-security-policy'] ?? '')
  const age = Number(/max-age=(\d+)/.exec(headers['strict-transport-security'] ?? '')?.[1] ?? 0)
  const faults: [boolean, string][] = [
    [
      !/(^|;)\s*default-src\s+'self'\s*(;|$)/i.test(policy),
      'There is no Content-Security-Policy that allows only what is our own.',
    ],
    [/unsafe-(inline|eval)/.test(policy), 'The Content-Security-Policy allows scripts or styles within pages.'],
    [!policy.includes("frame-ancestors 'none'"), 'The Content-Security-Policy lets other sites frame the pages.'],
    [isTls && age < halfAYearSeconds, 'Strict-Transport-Security is missing, or lasts less than half a year.'],
    [headers['x-content-type-options'] !== 'nosniff', 'X-Content-Type-Options is not nosniff.'],
    [
      !String(headers['cache-control']).includes('no-store'),
      'Pages may be kept in caches: Cache-Control has no no-store.',
    ],
    [headers['x-powered-by'] !== undefined, 'X-Powered-By tells what the server runs.'],
  ]
  return faults.flatMap(([isFault, sentence]) => (isFault ? [sentence] : []))
}

/** What is wrong with a cookie of ours, a sentence each. */
export function cookieFaults(cookie: string, { isTls }: { isTls: boolean }): string[] {
  const [pair = '', ...rest] = cookie.split(';').map(part => part.trim())
  const attributes = rest.map(part => part.toLowerCase())
  const faults: [boolean, string][] = [
    [isTls && !pair.startsWith('__Host-'), 'Its name has lost the prefix __Host-.'],
    [isTls && !attributes.includes('secure'), 'It is not Secure.'],
    [!attributes.includes('httponly'), 'It is not HttpOnly.'],
    [!attributes.includes('samesite=lax'), 'It is not SameSite=Lax.'],
    [!attributes.includes('path=/'), 'Its path is not /.'],
    [attributes.some(part => part.startsWith('domain=')), 'It has a Domain, so other hosts get it.'],
  ]
  return faults.flatMap(([isFault, sentence]) => (isFault ? [sentence] : []))
}
