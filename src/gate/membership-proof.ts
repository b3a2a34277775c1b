import type { GateSettings } from '../config/gates.ts'
import type { Graph } from '../entra/graph/graph.ts'
import { GraphRefusal } from '../entra/graph/refusal.ts'
import { isOfTheAccount } from '../entra/oidc/aadsts.ts'
import { signInRefusalOf } from '../entra/oidc/errors.ts'
import type { Oidc } from '../entra/oidc/oidc.ts'
import type { SignedIn, Tokens } from '../entra/oidc/signed-in.ts'
import { Problem } from '../errors.ts'
import type { Membership } from '../session/record/membership.ts'

type Evidence = Pick<SignedIn, 'groups' | 'roles' | 'tokens'> & Partial<Pick<SignedIn, 'identity'>>

/** The memberships that Entra's answer proves, by gate. `missing`: why the gates that are not among them cannot be told. */
export type Proofs = { memberships: Readonly<Record<string, Membership>>; missing?: unknown }

type ProvenGate = Pick<GateSettings, 'name' | 'groupId' | 'role'>

/**
 * Reads the memberships of all gates from one answer of Entra, at sign-in and at every re-check alike. A gate of a role
 * asks for the exact value among the token's roles. Every other gate asks for an exact match of its group's object id
 * (whatever the case of its letters). When the token could not list the groups, Graph is asked once about all of them, with
 * the person's own token, never at the address in the claim. `missing` is Problem('membership-unknown') when Graph does not
 * answer. `provenAt` is our clock when Entra was asked, never the token's `iat`, which lies five minutes in the past.
 *
 * The token of a sign-in says who a person is, and no more. For Graph another token is made, with the scopes that it
 * needs, and `keep` gets the tokens that come with it. `missing` is Problem('too-many-groups') where an administrator has
 * not consented to those scopes. The function never rejects.
 * Source: https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
export function createMembershipProof({
  graph,
  gates,
  oidc,
}: {
  graph: Graph
  gates: readonly ProvenGate[]
  oidc?: Pick<Oidc, 'refresh'> | undefined
}) {
  const byRole = gates.filter(({ role }) => role !== undefined)
  const byGroup = gates.flatMap(({ name, role, groupId }) => (role === undefined && groupId ? [{ name, groupId }] : []))

  return async (signedIn: Evidence, askedAt: Date, keep?: (tokens: Tokens) => unknown): Promise<Proofs> => {
    const { groups, roles } = signedIn
    const answer = (member: boolean): Membership => {
      const provenAt = askedAt.getTime()
      return member ? { member, provenAt } : { member, provenAt, reason: 'not-in-group' }
    }
    const proven = byRole.map(({ name, role }) => [name, answer(roles.includes(role as string))] as const)
    try {
      const held = groups === 'overage' ? await knownToGraph() : new Set(groups.map(group => group.toLowerCase()))
      for (const { name, groupId } of byGroup) proven.push([name, answer(held.has(groupId))])
      return { memberships: Object.fromEntries(proven) }
    } catch (missing) {
      return { memberships: Object.fromEntries(proven), missing }
    }

    async function knownToGraph(): Promise<ReadonlySet<string>> {
      if (byGroup.length === 0) return new Set()
      const token = await tokenForGraph(signedIn, { oidc, keep })
      const groupIds = byGroup.map(({ groupId }) => groupId)
      return graph.memberOf(groupIds, token).catch(noAnswer)
    }
  }
}
export type MembershipProof = ReturnType<typeof createMembershipProof>

async function tokenForGraph(
  { identity, tokens }: Evidence,
  { oidc, keep }: { oidc: Pick<Oidc, 'refresh'> | undefined; keep: ((tokens: Tokens) => unknown) | undefined },
): Promise<string> {
  if (!oidc || !identity || !tokens.refreshToken) return tokens.accessToken
  const made = await oidc.refresh(tokens.refreshToken, identity, 'groups').catch(notConsented)
  await keep?.(made.tokens)
  return made.tokens.accessToken
}

/**
 * The same refresh token has just been redeemed for fewer scopes. So it is these scopes that are refused, unless Entra
 * says otherwise.
 */
function notConsented(cause: unknown): never {
  if (!(cause instanceof Problem)) throw cause
  if (cause.code === 'sign-in-misconfigured') throw new Problem('too-many-groups', { cause })
  const refusal = cause.code === 'sign-in-refused' ? signInRefusalOf(cause) : undefined
  if (refusal === undefined || refusal === 'not-assigned' || isOfTheAccount(refusal)) throw cause
  const isOfConsent = refusal === 'consent-missing' || refusal === 'sign-in-refused'
  throw new Problem(isOfConsent ? 'too-many-groups' : 'membership-unknown', { cause })
}

function noAnswer(cause: unknown): never {
  const isForbidden = cause instanceof GraphRefusal && cause.status === 403
  throw new Problem(isForbidden ? 'too-many-groups' : 'membership-unknown', { cause })
}
