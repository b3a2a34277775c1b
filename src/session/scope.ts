import type { Config } from '../config/load.ts'
import { fingerprint } from './sealing/seal.ts'

/**
 * Short marks of what this installation is about. What lies in Redis or in a browser carries one of them, so that two
 * installations made from one template (the same Redis, prefix and secret) believe nothing of each other, and neither
 * does one that was given another group.
 */
export type Scope = {
  /** The tenant and the client: who somebody is, their contexts and their tokens hold for these. */
  app: string
  /** The tenant, the client and the group: whatever was proven, planned or wished for of the group holds for these. */
  group: string
  tenantId: string
}

export function scopeOf({ entra, access }: Pick<Config, 'entra' | 'access'>): Scope {
  const app = [entra.tenantId, entra.clientId]
  return { app: mark(app), group: mark([...app, access.groupId]), tenantId: entra.tenantId }
}

/** 96 bits. The settings are read in lower case, so one group has one mark. */
const mark = (ids: readonly string[]): string => fingerprint(ids.join('\n')).slice(0, 16)

/** How a name ends that carries a mark; without one it is about nothing in particular. */
export const ending = (mark: string | undefined): string => (mark ? `:${mark}` : '')
