import { describe, expect, test } from 'vitest'
import type { SignedIn } from '../../src/entra/oidc/signed-in.ts'
import { createMembershipProof } from '../../src/gate/membership-proof.ts'
import { now } from './memberships.ts'

const tokens = { accessToken: 'a', idToken: 'i', accessTokenExpiresAt: now }
const gates = [
  { name: 'members', groupId: 'g-members' },
  { name: 'operators', groupId: 'g-operators' },
  { name: 'readers', role: 'Payments.Read' },
  { name: 'payers', groupId: 'g-payers', role: 'Payments.Pay' },
]
const yes = { member: true, provenAt: now }
const no = { member: false, provenAt: now, reason: 'not-in-group' }
const silence = new Error('silence')

type Told = Partial<Pick<SignedIn, 'groups' | 'roles'>> & { held?: readonly string[]; of?: typeof gates }

/** What one answer of Entra proves. `held`: what Graph knows; left out: it is silent. `asked`: what Graph is asked. */
async function proven({ groups = [], roles = [], held, of = gates }: Told) {
  const asked: unknown[] = []
  const graph = {
    async memberOf(...question: unknown[]) {
      asked.push(question)
      if (!held) throw silence
      return new Set(held)
    },
  }
  const prove = createMembershipProof({ graph: graph as never, gates: of })
  return { ...(await prove({ groups, roles, tokens }, new Date(now))), asked }
}

describe('one answer of Entra', () => {
  test('proves every gate, and Graph is not asked', async () => {
    expect(await proven({ groups: ['g-operators', 'g-other'], roles: ['Payments.Pay'] })).toEqual({
      memberships: { members: no, operators: yes, readers: no, payers: yes },
      asked: [],
    })
  })

  test('that cannot list the groups has Graph asked once, for all gates of a group', async () => {
    const { memberships, missing, asked } = await proven({
      groups: 'overage',
      roles: ['Payments.Read'],
      held: ['g-members', 'g-operators'],
    })
    expect(memberships).toEqual({ members: yes, operators: yes, readers: yes, payers: no })
    expect([missing, asked]).toEqual([undefined, [[['g-members', 'g-operators'], 'a']]])
  })

  test('that cannot list the groups proves gates of a role alone without Graph', async () => {
    const ofRoles = gates.filter(({ role }) => role)
    const { memberships, missing, asked } = await proven({ groups: 'overage', roles: ['Payments.Pay'], of: ofRoles })
    expect([memberships, missing, asked]).toEqual([{ readers: no, payers: yes }, undefined, []])
  })
})

describe('a gate of a role', () => {
  test.for([
    ['the role', ['Payments.Read'], true],
    ['the role among others', ['Payments.Pay', 'Payments.Read'], true],
    ['the role in another case', ['payments.read'], false],
    ['a text that holds the role', ['Payments.Read.All', ' Payments.Read'], false],
    ['no role', [], false],
  ] as const)('with %s in the token: %j is proven: %s', async ([, roles, member]) => {
    expect((await proven({ roles })).memberships.readers).toEqual(member ? yes : no)
  })

  test('is not proven by the group that carries the role', async () => {
    expect((await proven({ groups: ['g-payers'] })).memberships.payers).toEqual(no)
  })

  test('is proven while Graph is silent about groups, and nothing is said of the gates of a group', async () => {
    const { memberships, missing } = await proven({ groups: 'overage', roles: ['Payments.Read'] })
    expect(memberships).toEqual({ readers: yes, payers: no })
    expect(missing).toMatchObject({ code: 'membership-unknown', cause: silence })
  })
})
