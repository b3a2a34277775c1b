import type { Graph } from '../entra/graph/graph.ts'
import { GraphRefusal } from '../entra/graph/refusal.ts'
import { isOfTheAccount } from '../entra/oidc/aadsts.ts'
import { signInRefusalOf } from '../entra/oidc/errors.ts'
import type { Oidc } from '../entra/oidc/oidc.ts'
import type { SignedIn, Tokens } from '../entra/oidc/signed-in.ts'
import { Problem } from '../errors.ts'
import type { Membership } from '../session/record/membership.ts'

type Evidence = Pick<SignedIn, 'groups' | 'tokens'> & Partial<Pick<SignedIn, 'identity'>>

/**
 * Reads a membership from what Entra said, at sign-in and at every re-check alike: yes only on an exact match of the
 * group's object id (whatever the case of its letters). When the token could not list the groups, Graph is asked with
 * the person's own token, never at the address in the claim. Throws Problem('membership-unknown') when Graph does not
 * answer. `provenAt` is our clock when Entra was asked, never the token's `iat`, which lies five minutes in the past.
 *
 * The token of a sign-in says who a person is, and no more. For Graph another token is made, with the scopes that it
 * needs, and `keep` gets the tokens that come with it. Throws Problem('too-many-groups') where an administrator has not
 * consented to those scopes.
 * Source: https://learn.microsoft.com/entra/identity-platform/scopes-oidc
 */
export const createMembershipProof =
  ({ graph, groupId, oidc }: { graph: Graph; groupId: string; oidc?: Pick<Oidc, 'refresh'> | undefined }) =>
  async (signedIn: Evidence, askedAt: Date, keep?: (tokens: Tokens) => unknown): Promise<Membership> => {
    const { groups } = signedIn
    const provenAt = askedAt.getTime()
    const member = groups === 'overage' ? await knownToGraph() : groups.some(group => group.toLowerCase() === groupId)
    return member ? { member, provenAt } : { member, provenAt, reason: 'not-in-group' }

    async function knownToGraph(): Promise<boolean> {
      const token = await tokenForGraph(signedIn, { oidc, keep })
      return graph.isMember(groupId, token).catch(noAnswer)
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
