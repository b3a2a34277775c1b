/**
 * How our cookies are named, and what browsers may do with them. Over https the prefix of the name makes browsers refuse
 * such a cookie from any other host.
 * Source: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
 */
export function createCookies(baseUrl: string) {
  const isSecure = baseUrl.startsWith('https:')
  return {
    attributes: { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const,
    named: (name: string): string => `${isSecure ? '__Host-' : ''}${name}`,
  }
}
export type OurCookies = ReturnType<typeof createCookies>
