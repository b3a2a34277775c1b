import { createHash } from 'node:crypto'
import { groups, guidFrom, tenantId } from './ids.ts'
import type { ManagedGroup } from './managed.ts'

export type Person = {
  key: string
  oid: string
  name: string
  username: string
  kind: 'member' | 'guest'
  /** The person's state towards the access group when the tenant starts. */
  access: 'active' | 'permanent' | 'eligible' | 'none'
  /** Other managed groups in which the person has a permanent assignment when the tenant starts. */
  permanentIn: readonly Exclude<ManagedGroup, 'members'>[]
  /** Ordinary memberships, which no PIM assignment touches. */
  standingGroups: readonly string[]
  globalAdministrator: boolean
  email?: string
  homeTenantId: string
  /** The sign-in page's sentence about what this person will meet in the app. */
  meets: string
}

/** More groups than the 200 that a token lists. Whoever is in them meets the overage, whatever the app asks for. */
export const projectGroups: readonly string[] = Array.from({ length: 250 }, (_, n) => guidFrom(`project group ${n}`))

const fabrikamTenantId = '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42'

export const people: readonly Person[] = [
  member(
    'alice',
    'Alice Lindqvist',
    'active',
    [groups.staff],
    'Is in the access group until later today: the doors open.',
  ),
  member(
    'ben',
    'Ben Okafor',
    'eligible',
    [groups.staff],
    'May turn on access: meets the page where he does it (sign in with a passkey when asked).',
  ),
  member('lena', 'Lena Fischer', 'none', [groups.staff], 'Approves requests for access when approval is on.'),
  member('oskar', 'Oskar Brandt', 'none', [groups.staff], 'Works here but was never offered access: is refused.'),
  member(
    'mona',
    'Mona Castellanos',
    'permanent',
    projectGroups,
    'Is in 250 groups, more than a token can list: the app asks Graph, and the doors open.',
  ),
  guest(
    'guido',
    'Guido Ferrante',
    'guido.ferrante@fabrikam.example',
    'Is a guest from another organisation, in no group: is refused.',
  ),
  {
    ...member('ada', 'Ada Nakamura', 'permanent', [groups.staff], 'Administers access and has it herself.'),
    permanentIn: ['administrators'],
    globalAdministrator: true,
  },
]

/**
 * The emergency-access accounts of the directory. Nobody signs in as them, so the sign-in page does not show them. Every
 * policy leaves their group out, so that a mistake in one locks nobody out for good.
 */
export const emergencyPeople: readonly Person[] = [1, 2].map(number => ({
  ...member(
    `emergency-${number}`,
    `Emergency access ${number}`,
    'none',
    [groups.emergency],
    'Is kept for an emergency.',
  ),
  globalAdministrator: true,
}))

/** Everybody whom the directory knows. */
export const everybody: readonly Person[] = [...people, ...emergencyPeople]

/** The person with this key. Throws on an unknown key. */
export function personBy(key: string): Person {
  const person = everybody.find(each => each.key === key)
  if (!person) throw new Error(`nobody in the tenant has the key '${key}'`)
  return person
}

/** The key of the person with this object id, if any. */
export const keyOf = (oid: string | undefined): string | undefined =>
  everybody.find(person => person.oid === oid?.toLowerCase())?.key

export const oidFor = (key: string): string => personBy(key).oid

/** The person an opaque or readable login hint names, if any. */
export function personHinted(hint: unknown): Person | undefined {
  if (typeof hint !== 'string') return undefined
  return people.find(person => loginHintOf(person) === hint || person.username.toLowerCase() === hint.toLowerCase())
}

/** The opaque `login_hint` claim. */
export function loginHintOf({ oid }: Person): string {
  return `O.Ci${createHash('sha512').update(`login hint ${oid}`).digest('base64url')}`
}

function member(
  key: string,
  name: string,
  access: Person['access'],
  standingGroups: readonly string[],
  meets: string,
): Person {
  const oid = guidFrom(`person ${key}`)
  const username = `${key}@contoso.example`
  return {
    key,
    oid,
    name,
    username,
    kind: 'member',
    access,
    permanentIn: [],
    standingGroups,
    globalAdministrator: false,
    homeTenantId: tenantId,
    meets,
  }
}

function guest(key: string, name: string, email: string, meets: string): Person {
  const username = `${email.replace('@', '_')}#EXT#@contoso.example`
  return { ...member(key, name, 'none', [], meets), username, email, kind: 'guest', homeTenantId: fabrikamTenantId }
}
