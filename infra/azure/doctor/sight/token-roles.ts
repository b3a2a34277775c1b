import { z } from 'zod'

const payload = z.object({ roles: z.array(z.string()).optional() })

/**
 * The application permissions that a token for Graph carries; undefined where the token does not show them. Such a token is
 * made for Graph alone and may change its form, so this is a hint where nothing better can be seen.
 * Source: https://learn.microsoft.com/entra/identity-platform/access-tokens
 */
export function rolesInToken(token: string): ReadonlySet<string> | undefined {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
    const read = payload.safeParse(JSON.parse(text)).data
    return read && new Set(read.roles)
  } catch {
    return undefined
  }
}
