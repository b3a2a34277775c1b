import { createHash } from 'node:crypto'

/**
 * The id of the app role with this value: the same in every run, so that a second run finds what the first one made.
 * It is a UUID of version 8, which is for ids made by a rule of one's own.
 */
export function appRoleId(value: string): string {
  const hex = createHash('sha256').update(`gatehouse app role ${value}`).digest('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)]
  return parts.join('-')
}

/** Everybody who is assigned has this role, where the assignment names no other. It is in no token. */
export const defaultAccess = '00000000-0000-0000-0000-000000000000'
