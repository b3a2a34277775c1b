import { describe, expect, test } from 'vitest'
import type { Identity } from '../../src/entra/claims.ts'
import type { Oidc } from '../../src/entra/oidc/oidc.ts'
import { Problem, type ProblemCode } from '../../src/errors.ts'
import { createMembershipProof } from '../../src/gate/membership-proof.ts'

const now = new Date('2026-03-02T12:00:00Z')
const identity: Identity = {
  tenantId: 't',
  objectId: 'o',
  subject: 's',
  name: 'Mona',
  username: 'mona@contoso.example',
}
const tokens = { accessToken: 'of the sign-in', refreshToken: 'refresh-1', idToken: '', accessTokenExpiresAt: 0 }
const made = { accessToken: 'for Graph', refreshToken: 'refresh-2', idToken: '', accessTokenExpiresAt: 0 }

/** The proof of somebody in more groups than a token lists, where Entra answers the request for a token like this. */
async function proven({
  evidence = {},
  refused,
  withOidc = true,
  isKept = true,
}: {
  evidence?: object
  refused?: Error
  withOidc?: boolean
  isKept?: boolean
}) {
  const asked: unknown[] = []
  const kept: unknown[] = []
  const refresh = async (...about: unknown[]) => {
    asked.push(about)
    if (refused) throw refused
    return { tokens: made }
  }
  const graph = {
    memberOf: async (...about: unknown[]) => {
      asked.push(about)
      return new Set(['group'])
    },
  }
  const proof = createMembershipProof({
    graph: graph as never,
    gates: [{ name: 'members', groupId: 'group' }],
    ...(withOidc && { oidc: { refresh } as unknown as Pick<Oidc, 'refresh'> }),
  })
  const { memberships, missing } = await proof(
    { groups: 'overage', roles: [], tokens, identity, ...evidence },
    now,
    isKept ? next => kept.push(next) : undefined,
  )
  if (missing) throw missing
  return { found: memberships.members, asked, kept }
}

describe('for somebody in more groups than a token lists', () => {
  test('a token is made that is for Graph, Graph is asked with it, and the tokens that came with it are kept', async () => {
    const { found, asked, kept } = await proven({})
    expect(asked).toEqual([
      ['refresh-1', identity, 'groups'],
      [['group'], 'for Graph'],
    ])
    expect(kept).toEqual([made])
    expect(found).toEqual({ member: true, provenAt: now.getTime() })
  })

  test('where nobody keeps tokens, Graph is asked all the same', async () => {
    expect((await proven({ isKept: false })).found).toMatchObject({ member: true })
  })

  test.each([
    ['there is no refresh token', { evidence: { tokens: { ...tokens, refreshToken: undefined } } }],
    ['it is not known who it is', { evidence: { identity: undefined } }],
    ['no token can be made', { withOidc: false }],
  ])('where %s, Graph is asked with the token of the sign-in', async (_where, given) => {
    const { asked, kept } = await proven(given)
    expect([asked, kept]).toEqual([[[['group'], 'of the sign-in']], []])
  })

  /** As Entra refuses: the number of its error, within the Problem that our client makes of it. */
  const refusal = (code: ProblemCode, aadsts?: number) =>
    new Problem(code, { cause: Object.assign(new Error('refused'), { cause: { error_codes: [aadsts] } }) })
  test.each<[what: string, refused: Error, code: ProblemCode]>([
    ['the permission is not registered', refusal('sign-in-misconfigured', 650057), 'too-many-groups'],
    ['an administrator has not consented', refusal('sign-in-refused', 65001), 'too-many-groups'],
    ['the reason is not in the table', refusal('sign-in-refused', 999_999), 'too-many-groups'],
    ['a policy wants more of the person', refusal('sign-in-refused', 50076), 'membership-unknown'],
    ['a policy forbids it', refusal('sign-in-refused', 53003), 'membership-unknown'],
  ])('it is said where %s', async (_what, refused, code) => {
    await expect(proven({ refused })).rejects.toMatchObject({ code, cause: refused })
  })

  test.each<[what: string, refused: Error]>([
    ['the application is not assigned', refusal('sign-in-refused', 50105)],
    ['the sessions were revoked', refusal('sign-in-refused', 50173)],
    ['the account is disabled', refusal('sign-in-refused', 50057)],
    ['Entra does not answer', refusal('entra-unreachable')],
    ['it is a fault of ours', new TypeError('a fault')],
  ])('nothing else is said where %s', async (_what, refused) => {
    await expect(proven({ refused })).rejects.toBe(refused)
  })
})
