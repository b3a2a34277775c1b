import type { Config } from '../config/load.ts'
import { fingerprint } from './sealing/seal.ts'

/**
 * Short marks that say which installation something is about. Everything in Redis and in browsers carries one of them, so
 * that two installations made from one template (the same Redis, prefix and secret) believe nothing of each other. The
 * same holds for an installation that was given another group.
 */
export type Scope = {
  /** The tenant and the client: identities, contexts and tokens hold for these. */
  app: string
  /** By the name of each gate: the tenant, the client, and the group or role. Proofs, plans and wishes hold for these. */
  gates: Readonly<Record<string, string>>
  tenantId: string
}

/** The marks of an installation with these settings. */
export function scopeOf({ entra, gates }: Pick<Config, 'entra' | 'gates'>): Scope {
  const app = [entra.tenantId, entra.clientId]
  const markOf = ({ groupId, role }: Config['gates'][number]) =>
    mark([...app, ...(groupId ? [groupId] : []), ...(role ? ['role', role] : [])])
  return {
    app: mark(app),
    gates: Object.fromEntries(gates.map(gate => [gate.name, markOf(gate)])),
    tenantId: entra.tenantId,
  }
}

/** The mark of an installation itself: what it knows about all of its gates together, at its address, holds for it alone. */
export function installationMark({ baseUrl, ...config }: Pick<Config, 'baseUrl' | 'entra' | 'gates'>): string {
  const { app, gates } = scopeOf(config)
  return mark([app, baseUrl, ...Object.values(gates)])
}

/** 96 bits. The ids of settings are read in lower case, so one group has one mark. */
const mark = (ids: readonly string[]): string => fingerprint(ids.join('\n')).slice(0, 16)

/** The end of a key that carries a mark. A key without a mark is about nothing in particular. */
export const ending = (mark: string | undefined): string => (mark ? `:${mark}` : '')

/** Where keys lie in Redis: under the prefix of REDIS_PREFIX, and where `about` is given, with that mark at their end. */
export type KeySpace = { prefix: string; about?: string }

/** The key of a thing of this kind and name. */
export const keyIn = ({ prefix, about }: KeySpace, kind: string, name: string): string =>
  `${prefix}${kind}:${name}${ending(about)}`
