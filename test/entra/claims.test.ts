import { describe, expect, test } from 'vitest'
import { assertSamePerson, assertSameTenant, isSamePerson, readIdToken } from '../../src/entra/claims.ts'

const now = new Date('2026-03-02T12:00:00Z')
const seconds = now.getTime() / 1000
const expected = {
  issuer: 'https://login.microsoftonline.com/3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30/v2.0',
  clientId: '8a6f2c1d-94b7-4e53-a0d8-1b7c3e9f6a24',
  tenantId: '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30',
  now,
}
const good = {
  iss: expected.issuer,
  aud: expected.clientId,
  tid: expected.tenantId,
  sub: 'qW3rTz',
  oid: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  iat: seconds - 300,
  nbf: seconds - 300,
  exp: seconds + 3600,
  name: 'Alice Lindqvist',
  preferred_username: 'alice@contoso.example',
  groups: ['5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'],
}
const read = (change: Record<string, unknown>) => readIdToken({ ...good, ...change }, expected)
const without = (name: string) => ({ [name]: undefined })

test('a good token says who someone is, and which groups and roles it names', () => {
  expect(read({})).toEqual({
    identity: {
      tenantId: good.tid,
      objectId: good.oid,
      subject: good.sub,
      name: good.name,
      username: good.preferred_username,
    },
    groups: good.groups,
    roles: [],
    contexts: [],
  })
})

const lies: [what: string, change: Record<string, unknown>, claim: string][] = [
  ['no issuer', without('iss'), 'iss'],
  ['another issuer', { iss: expected.issuer.replace('v2.0', 'v1.0') }, 'iss'],
  ['an issuer that begins like ours', { iss: `${expected.issuer}/` }, 'iss'],
  ['several issuers', { iss: [expected.issuer] }, 'iss'],
  ['no audience', without('aud'), 'aud'],
  ['another audience', { aud: expected.tenantId }, 'aud'],
  ['several audiences', { aud: [expected.clientId, 'another'] }, 'aud'],
  ['our audience in a list', { aud: [expected.clientId] }, 'aud'],
  ['another authorized party', { azp: 'another' }, 'azp'],
  ['an empty authorized party', { azp: '' }, 'azp'],
  ['an authorized party that is no text', { azp: 1 }, 'azp'],
  ['no tenant', without('tid'), 'tid'],
  ['another tenant', { tid: good.oid }, 'tid'],
  ['a tenant that is no GUID', { tid: 'contoso.example' }, 'tid'],
  ['several tenants', { tid: [expected.tenantId] }, 'tid'],
  ['no object id', without('oid'), 'oid'],
  ['an object id that is no GUID', { oid: 'alice' }, 'oid'],
  ['an empty object id', { oid: '' }, 'oid'],
  ['an object id with something after it', { oid: `${good.oid} ` }, 'oid'],
  ['an object id that is an object', { oid: { toString: () => good.oid } }, 'oid'],
  ['no subject', without('sub'), 'sub'],
  ['an empty subject', { sub: '' }, 'sub'],
  ['a subject that is a number', { sub: 1 }, 'sub'],
  ['a subject longer than any', { sub: 'x'.repeat(256) }, 'sub'],
  ['no time of issue', without('iat'), 'iat'],
  ['issued 31 seconds from now', { iat: seconds + 31 }, 'iat'],
  ['issued more than ten minutes ago', { iat: seconds - 601 }, 'iat'],
  ['issued at no time', { iat: Number.NaN }, 'iat'],
  ['issued at the end of time', { iat: Number.MAX_VALUE }, 'iat'],
  ['a time of issue as text', { iat: String(seconds) }, 'iat'],
  ['a time of issue in milliseconds', { iat: now.getTime() }, 'iat'],
  ['a time of issue before 1970', { iat: -seconds }, 'iat'],
  ['good only 31 seconds from now', { nbf: seconds + 31 }, 'nbf'],
  ['a beginning as text', { nbf: 'now' }, 'nbf'],
  ['no end', without('exp'), 'exp'],
  ['ended 30 seconds ago', { exp: seconds - 30 }, 'exp'],
  ['ended in 1970', { exp: 1 }, 'exp'],
  ['an end in more than 25 hours', { exp: seconds + 25 * 3600 + 1 }, 'exp'],
  ['an end as text', { exp: String(seconds + 3600) }, 'exp'],
  ['no end at all', { exp: Number.POSITIVE_INFINITY }, 'exp'],
]

describe('nobody is anybody with', () => {
  test.each(lies)('%s', (_what, change, claim) => {
    expect(() => read(change)).toThrow(
      expect.objectContaining({ code: 'sign-in-not-proven', cause: expect.objectContaining({ code: claim }) }),
    )
  })

  test.each([undefined, null, 'text', 1, [], [good]])('%j for claims', claims => {
    expect(() => readIdToken(claims, expected)).toThrow(expect.objectContaining({ code: 'sign-in-not-proven' }))
  })
})

describe('clocks may differ by 30 seconds, no more', () => {
  test.each([
    ['issued 30 seconds from now', { iat: seconds + 30 }],
    ['issued ten minutes ago', { iat: seconds - 600 }],
    ['good 30 seconds from now', { nbf: seconds + 30 }],
    ['ended 29 seconds ago', { exp: seconds - 29 }],
    ['without a beginning', without('nbf')],
    ['an end in 25 hours', { exp: seconds + 25 * 3600 }],
  ])('%s is taken', (_what, change) => {
    expect(() => read(change)).not.toThrow()
  })
})

test('our own authorized party is taken', () => {
  expect(() => read({ azp: expected.clientId })).not.toThrow()
})

test('ids are the same person in capitals', () => {
  expect(read({ oid: good.oid.toUpperCase(), tid: good.tid.toUpperCase() }).identity).toEqual(read({}).identity)
})

describe('groups', () => {
  const [group] = good.groups
  test.each<[string, Record<string, unknown>, unknown]>([
    ['a list is the groups', {}, [group]],
    ['no claim is no groups', without('groups'), []],
    ['an empty list is no groups', { groups: [] }, []],
    ['a text is no groups, though it is the very id', { groups: group }, []],
    ['an object is no groups', { groups: { 0: group, length: 1 } }, []],
    ['a number is no groups', { groups: 1 }, []],
    ['null is no groups', { groups: null }, []],
    ['a list with anything but text is no groups', { groups: [group, 1] }, []],
    ['a list in a list is no groups', { groups: [[group]] }, []],
    ['a list of objects is no groups', { groups: [{ id: group }] }, []],
    [
      '_claim_names with groups: more than the token lists',
      { groups: undefined, _claim_names: { groups: 's' } },
      'overage',
    ],
    ['_claim_names with groups outweighs a list', { _claim_names: { groups: 'src1' } }, 'overage'],
    ['_claim_names without groups says nothing', { _claim_names: { wids: 'src1' } }, [group]],
    ['_claim_names as text says nothing', { _claim_names: 'groups' }, [group]],
    ['_claim_names as null says nothing', { _claim_names: null }, [group]],
    ['hasgroups: more than the token lists', { groups: undefined, hasgroups: true }, 'overage'],
    ['hasgroups as text', { hasgroups: 'true' }, 'overage'],
    ['hasgroups false says nothing', { hasgroups: false }, [group]],
  ])('%s', (_what, change, groups) => {
    expect(read(change).groups).toEqual(groups)
  })
})

describe('names are for display only', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['a name', {}, 'Alice Lindqvist'],
    ['control characters go', { name: 'Al\u0000ice\n\u0085Lind\u001bqvist' }, 'AliceLindqvist'],
    ['an absent name is the user name', without('name'), good.preferred_username],
    ['a name that is no text is the user name', { name: { first: 'Alice' } }, good.preferred_username],
    ['without both it is the object id', { name: 1, preferred_username: [] }, good.oid],
    ['a very long name is cut', { name: 'x'.repeat(5000) }, 'x'.repeat(200)],
  ])('%s', (_what, change, name) => {
    expect(read(change).identity.name).toBe(name)
  })
})

describe('what is optional is left out when it is not of its type', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['sid', { sid: good.oid.toUpperCase() }, { sid: good.oid }],
    ['sid that is no GUID', { sid: 'all' }, {}],
    ['sid that is no text', { sid: [good.oid] }, {}],
    ['login_hint', { login_hint: 'O.Ci123' }, { loginHint: 'O.Ci123' }],
    ['login_hint that is empty', { login_hint: '' }, {}],
    ['login_hint that is longer than an address takes', { login_hint: 'x'.repeat(2049) }, {}],
  ])('%s', (_what, change, more) => {
    expect(read(change).identity).toEqual({ ...read({}).identity, ...more })
  })
})

test('the error names the claim and never its value', () => {
  try {
    read({ oid: 'canary', preferred_username: 'canary' })
    expect.unreachable()
  } catch (thrown) {
    const { message, cause } = thrown as Error
    expect([message, String(cause)]).toEqual(['sign-in-not-proven', 'ClaimError: oid'])
  }
})

describe('a person', () => {
  const { identity } = read({})

  test.each(['tenantId', 'objectId', 'subject'] as const)('with another %s is somebody else', name => {
    const other = { ...identity, [name]: 'another' }
    expect([isSamePerson(identity, other), isSamePerson(other, identity)]).toEqual([false, false])
    expect(() => assertSamePerson(identity, other)).toThrow(
      expect.objectContaining({ code: 'other-person', cause: expect.objectContaining({ code: name }) }),
    )
  })

  test('with other names, and in another session of Entra, is the same', () => {
    const later = { ...identity, name: 'Alice Berg', username: 'berg@contoso.example', sid: good.oid }
    expect(isSamePerson(identity, later)).toBe(true)
    expect(() => assertSamePerson(identity, later)).not.toThrow()
  })

  test.each([
    ['as it is', good.tid],
    ['in capitals', good.tid.toUpperCase()],
    ['not at all', undefined],
    ['as a number', 1],
    ['as a list', [good.oid]],
  ])('is of the same tenant where a token names it %s', (_how, tenant) => {
    expect(() => assertSameTenant(identity, tenant)).not.toThrow()
  })

  test.each([good.oid, '', `${good.tid} `])('is not of the tenant %j', tenant => {
    expect(() => assertSameTenant(identity, tenant)).toThrow(
      expect.objectContaining({ code: 'other-person', cause: expect.objectContaining({ code: 'tenantId' }) }),
    )
  })
})
