import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import { rememberToken } from '../access-tokens.ts'
import { graphPermissions } from '../directory/permissions.ts'
import type { TenantState } from '../state.ts'
import { person } from '../switches/parts.ts'

export const operatorWish = z.strictObject({
  /** By name. Without it: every permission of Graph that this tenant knows. */
  permissions: z.array(z.string()).optional(),
  /** Whose token it is. Without it: Ada's, a Global Administrator. */
  person: person.default('ada'),
  /** A token of an app itself, with nobody behind it. */
  application: z.boolean().default(false),
})
export type OperatorWish = z.input<typeof operatorWish>

export const operatorTokenSeconds = 3600

const units = ['AdministrativeUnit.Read.All', 'AdministrativeUnit.ReadWrite.All']
const contexts = Array.from({ length: 99 }, (_, n) => `c${n + 1}`)

/**
 * An access token for Graph like that of somebody who sets up the tenant, signed in with a passkey. It is good for
 * `operatorTokenSeconds`. Throws (zod) on a wish of the wrong shape, or on a person who does not exist.
 */
export function giveOperatorToken(state: TenantState, wish: unknown): string {
  const { permissions, person, application } = operatorWish.parse(wish ?? {})
  const known = graphPermissions.filter(each => (application ? each.application : each.delegated) !== undefined)
  const value = `operator.${randomUUID()}`
  rememberToken(state, value, {
    person: application ? undefined : person,
    permissions: new Set(permissions ?? [...known.map(({ name }) => name), ...units]),
    contexts: new Set(application ? [] : contexts),
    methods: application ? [] : ['fido'],
    seconds: operatorTokenSeconds,
    takesChallenges: true,
  })
  return value
}
