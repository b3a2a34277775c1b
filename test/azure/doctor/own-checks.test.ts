import { describe, expect, test } from 'vitest'
import type { DoctorFacts } from '../../../infra/azure/doctor/own-check.ts'
import type { HouseSight } from '../../../infra/azure/doctor/sight/house.ts'
import { wished } from '../wished.ts'
import {
  answer,
  answerWith,
  configWith,
  ids,
  inDays,
  judgedBy,
  signInAt,
  soundCookie,
  soundFacts,
  soundSettings,
} from './sound-facts.ts'

type Change = Partial<DoctorFacts>
const settings = (more: Record<string, string>): Change => {
  const config = configWith(more)
  return { given: { kind: 'good', from: '.env', config, doubts: [] }, config: { value: config } }
}
const house = (parts: Partial<HouseSight>): Change => {
  const sound = soundFacts().house
  return { house: 'value' in sound ? { value: { ...sound.value, ...parts } } : sound }
}
const redis = (parts: object): Change => ({
  redis: { value: { works: true, lines: [], refused: [], keeping: [], ...parts } },
})
const refused = (...numbers: number[]): Change => ({
  credentials: { value: [{ kind: 'secret', position: 1, refusedWith: numbers }] },
})
const certificate = (parts: object): Change =>
  house({ home: answer({ certificate: { fault: undefined, from: inDays(-30), until: inDays(60), ...parts } }) })
const cookie = (text: string): Change =>
  house({ signIn: answer({ headers: { location: signInAt() }, cookies: [text] }) })
const signIn = (parts: Parameters<typeof signInAt>[0]): Change =>
  house({ signIn: answer({ headers: { location: signInAt(parts) }, cookies: [soundCookie] }) })
const jwt = (payload: object) => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.x`

const faults: [check: string, fault: string, change: Change, says: RegExp][] = [
  [
    'settings-valid',
    'a doubtful setting',
    { given: { kind: 'good', from: '.env', config: configWith(), doubts: ['ENTRA_TENAT_ID is not a setting'] } },
    /ENTRA_TENAT_ID/,
  ],
  [
    'settings-ids',
    'a tenant that Entra does not know',
    { metadata: { value: { isThere: false, issuer: undefined, graphHost: undefined, aheadMs: 0 } } },
    /knows no tenant/,
  ],
  [
    'settings-ids',
    'a gate that tenant.json does not know',
    { wish: { ...wished(), gates: wished().gates.slice(0, 1) } },
    /tenant\.json knows no gate/,
  ],
  [
    'settings-ids',
    'a gate that asks for no context, and tenant.json wants one',
    { wish: { ...wished(), gates: wished().gates.map(gate => ({ ...gate, context: 'c9' })) } },
    /in the settings, and tenant\.json has c9/,
  ],
  [
    'base-url-sign-in',
    'a sign-in that leads to another place',
    house({
      signIn: answer({
        headers: { location: signInAt().replace('login.microsoftonline.com', 'login.example.net') },
        cookies: [soundCookie],
      }),
    }),
    /https:\/\/login\.example\.net as the place of sign-in/,
  ],
  [
    'base-url-headers',
    'a policy that allows everything beside what is our own',
    house({
      home: answerWith({
        'content-security-policy': "default-src 'self' *;object-src 'none';frame-ancestors 'none';form-action 'self'",
      }),
    }),
    /no Content-Security-Policy that allows only what is our own/,
  ],
  [
    'settings-ids',
    'another tenant than that of tenant.json',
    { wish: wished({ tenant: ids.other }) },
    /tenant\.json says/,
  ],
  [
    'settings-ids',
    'another registration',
    { named: { ...named(), registration: { id: ids.other } } },
    /ENTRA_CLIENT_ID is/,
  ],
  ['settings-ids', 'another group', settings({ ADMIN_GROUP_ID: ids.other }), /gate administrators is/],
  [
    'settings-cloud',
    'the Graph of another cloud',
    { metadata: { value: { isThere: true, issuer: undefined, graphHost: 'graph.microsoft.us', aheadMs: 0 } } },
    /graph\.microsoft\.us/,
  ],
  ['settings-cloud', 'another cloud than that of tenant.json', { wish: wished({ cloud: 'china' }) }, /China/],
  [
    'settings-redirect',
    'an address that is not registered',
    { redirect: { value: 'not-registered' } },
    /does not send people back/,
  ],
  [
    'settings-redirect',
    'another address than that of tenant.json',
    { wish: wished({ baseUrl: 'https://other.example.com' }) },
    /tenant\.json says/,
  ],
  [
    'named-objects',
    'a group that is not there',
    { named: { ...named(), groups: new Map([['Payments administrators', { none: 'absent' as const }]]) } },
    /There is no group Payments administrators/,
  ],
  [
    'named-objects',
    'a registration that is there twice',
    { named: { ...named(), registration: { none: 'several' } } },
    /more than one registration Gatehouse/,
  ],
  [
    'settings-features',
    'a part that tenant.json does not have',
    settings({ GRAPH_NOTIFICATIONS: 'on' }),
    /GRAPH_NOTIFICATIONS is on/,
  ],
  [
    'settings-features',
    'a part that is off, and wished for',
    settings({ MEMBERSHIP_ROSTER: 'off' }),
    /MEMBERSHIP_ROSTER is off/,
  ],
  [
    'settings-features',
    'turning on access at a strict front door',
    { wish: { ...wished(), frontDoor: 'strict' } },
    /strict front door/,
  ],
  [
    'settings-features',
    'a permission that the token lacks',
    { credentials: { value: [{ kind: 'secret', position: 1, token: jwt({ roles: ['GroupMember.Read.All'] }) }] } },
    /lacks PrivilegedAssignmentSchedule/,
  ],
  [
    'session-secret',
    'a secret of words',
    settings({ SESSION_SECRET: 'the-secret-of-the-house-of-payments' }),
    /can be guessed/,
  ],
  [
    'session-secret',
    'a secret that repeats itself',
    settings({ SESSION_SECRET: 'aZ3kQ9pLmX7b'.repeat(4) }),
    /can be guessed/,
  ],
  [
    'audit-signing-key',
    'no key, and readers of the trail',
    settings({ AUDIT_SIGNING_KEY: '' }),
    /administrators and auditors/,
  ],
  ['sign-in-with-credential', 'an expired secret', refused(7000222), /The client secret has expired \(AADSTS7000222\)/],
  ['sign-in-with-credential', 'a wrong secret', refused(7000215), /not one of the registration/],
  ['sign-in-with-credential', 'a refusal that nobody knows', refused(99), /was refused by Entra \(AADSTS99\)/],
  [
    'sign-in-with-credential',
    'one expired secret of two',
    {
      credentials: {
        value: [
          { kind: 'secret', position: 1, token: 'x' },
          { kind: 'secret', position: 2, refusedWith: [7000222] },
        ],
      },
    },
    /in place 2 has expired/,
  ],
  [
    'clock',
    'a clock that is behind',
    { metadata: { value: { isThere: true, issuer: undefined, graphHost: undefined, aheadMs: -31_000 } } },
    /31 seconds behind/,
  ],
  ['redis-reachable', 'a Redis that does not answer', redis({ works: false }), /does not answer/],
  [
    'redis-reachable',
    'a Redis that refuses',
    redis({ works: false, lines: [{ event: 'redis-refuses', word: 'WRONGPASS', remedy: 'see REDIS_URL' }] }),
    /WRONGPASS/,
  ],
  ['redis-user', 'a command that is not allowed', redis({ refused: ['xadd'] }), /may not use xadd/],
  [
    'redis-policy',
    'eviction',
    redis({ keeping: [{ event: 'redis-may-evict', policy: 'allkeys-lru' }] }),
    /allkeys-lru/,
  ],
  ['redis-policy', 'nothing kept', redis({ keeping: [{ event: 'redis-keeps-nothing' }] }), /keeps nothing/],
  ['redis-protected', 'no password', settings({ REDIS_URL: 'redis://redis:6379' }), /no password/],
  [
    'redis-protected',
    'no TLS over the internet',
    settings({ REDIS_URL: 'redis://gatehouse:pw@redis.example.com' }),
    /without TLS/,
  ],
  ['base-url-reachable', 'another program', house({ home: answerWith({ location: '/login' }) }), /answers with 302/],
  ['base-url-sign-in', 'an application with another client', signIn({ client: ids.other }), /as the client/],
  ['base-url-sign-in', 'an application with another tenant', signIn({ tenantId: ids.other }), /as the tenant/],
  [
    'base-url-sign-in',
    'an application with another address',
    signIn({ redirect: 'https://other.example.com/auth/callback' }),
    /as the redirect URI/,
  ],
  [
    'base-url-certificate',
    'a certificate for another name',
    certificate({ fault: 'ERR_TLS_CERT_ALTNAME_INVALID' }),
    /for another name/,
  ],
  [
    'base-url-certificate',
    'a certificate of 90 days with 8 left',
    certificate({ from: inDays(-82), until: inDays(8) }),
    /ends on 2026-12-07/,
  ],
  [
    'base-url-ready',
    'a replica that waits for Redis',
    house({ ready: answer({ status: 503, body: '{"status":"not-ready","waiting":["redis"]}' }) }),
    /waits for redis/,
  ],
  [
    'base-url-headers',
    'no policy',
    house({ home: answerWith({ 'content-security-policy': '' }) }),
    /no Content-Security-Policy/,
  ],
  [
    'base-url-headers',
    'inline scripts',
    house({
      home: answerWith({ 'content-security-policy': "default-src 'self' 'unsafe-inline';frame-ancestors 'none'" }),
    }),
    /within pages/,
  ],
  [
    'base-url-headers',
    'frames',
    house({ home: answerWith({ 'content-security-policy': "default-src 'self'" }) }),
    /frame the pages/,
  ],
  [
    'base-url-headers',
    'no HSTS',
    house({ home: answerWith({ 'strict-transport-security': 'max-age=3600' }) }),
    /Strict-Transport-Security/,
  ],
  ['base-url-headers', 'sniffing', house({ home: answerWith({ 'x-content-type-options': undefined }) }), /nosniff/],
  ['base-url-headers', 'caches', house({ home: answerWith({ 'cache-control': 'max-age=60' }) }), /no-store/],
  ['base-url-headers', 'X-Powered-By', house({ home: answerWith({ 'x-powered-by': 'Express' }) }), /X-Powered-By/],
  ['base-url-cookie', 'no cookie', cookie('proxy=1'), /No cookie/],
  ['base-url-cookie', 'a name without its prefix', cookie(soundCookie.replace('__Host-', '')), /prefix/],
  ['base-url-cookie', 'not Secure', cookie(soundCookie.replace(' Secure;', '')), /not Secure/],
  ['base-url-cookie', 'not HttpOnly', cookie(soundCookie.replace(' HttpOnly;', '')), /not HttpOnly/],
  ['base-url-cookie', 'SameSite', cookie(soundCookie.replace('Lax', 'None')), /SameSite/],
  ['base-url-cookie', 'a path', cookie(soundCookie.replace('Path=/', 'Path=/auth')), /path is not/],
  ['base-url-cookie', 'a domain', cookie(`${soundCookie}; Domain=example.com`), /has a Domain/],
  ['base-url-host', 'pages under any name', house({ elsewhere: answer() }), /name of another host/],
]

function named() {
  const { named } = soundFacts()
  if (!named) throw new Error('tenant.json is there')
  return named
}

const wrongIn = (change: Change) =>
  Object.entries(judgedBy({ ...soundFacts(), ...change })).flatMap(([name, { verdict }]) =>
    verdict === 'wrong' ? [name] : [],
  )

test('where all is as it should be, every check says so', () => {
  const verdicts = Object.entries(judgedBy(soundFacts())).map(([name, { verdict }]) => `${name} ${verdict}`)
  expect(verdicts.filter(each => !each.endsWith(' right'))).toEqual([])
  expect(verdicts.length).toBeGreaterThan(20)
})

describe('each fault is named by its check alone, with a remedy', () => {
  test.each(faults)('%s: %s', (check, _fault, change, says) => {
    expect(wrongIn(change)).toEqual([check])
    const { what, fix } = judgedBy({ ...soundFacts(), ...change })[check] ?? { what: '', fix: '' }
    expect(what).toMatch(says)
    expect(fix).not.toBe('')
  })
})

const noFaults: [what: string, change: Change][] = [
  [
    'two secrets, as while one is being changed',
    settings({ SESSION_SECRET: 'kU8xJqv2mZt5RrWnYb1cLdPz7HfGsA3eQoXi9VwTyNuK,Q1w2ZxE9rTyU4iOpA7sDfG5hJkL0zXcVbN8m' }),
  ],
  [
    'a clock that is half a minute ahead',
    { metadata: { value: { isThere: true, issuer: undefined, graphHost: undefined, aheadMs: 29_000 } } },
  ],
  ['a certificate of six days with one left', certificate({ from: inDays(-5), until: inDays(1) })],
  ['a Redis without TLS on this machine', settings({ REDIS_URL: 'redis://127.0.0.1:6379' })],
  [
    'a Redis without TLS beside the application, with a password',
    settings({ REDIS_URL: 'redis://gatehouse:pw@redis:6379' }),
  ],
  ['a proxy that refuses other hosts itself', house({ elsewhere: answer({ status: 404, headers: {} }) })],
  [
    'a redirect URI that the tenant itself shows',
    {
      redirect: { value: 'not-registered' },
      findings: [{ check: 'redirect-uris', verdict: 'wrong', what: '', why: '', fix: '' }],
    },
  ],
]
test.each(noFaults)('%s is no fault', (_what, change) => expect(wrongIn(change)).toEqual([]))

test('an application that does not run yet is no fault while only tenant.json is there', () => {
  const unseen = { unseen: 'https://admin.example.com does not answer: nothing listens there.', remedy: 'Start it.' }
  const away = house({ home: unseen, signIn: unseen, ready: unseen, elsewhere: unseen })
  expect(wrongIn(away)).toEqual(['base-url-reachable'])
  const none = { unseen: 'No settings were given.', remedy: 'Give them.' }
  expect(
    wrongIn({ ...away, given: { kind: 'none' }, config: none, credentials: none, redis: none, redirect: none }),
  ).toEqual([])
})

test('an application whose client id nobody could look up is not taken for another one', () => {
  const none = { unseen: 'No settings were given.', remedy: 'Give them.' }
  const registration = { none: 'unseen' as const }
  expect(wrongIn({ ...signIn({ client: ids.other }), config: none, named: { ...named(), registration } })).toEqual([])
})

describe('the place of sign-in without settings', () => {
  const none = { unseen: 'No settings were given.', remedy: 'Give them.' }
  const elsewhere = answer({
    headers: { location: signInAt().replace('login.microsoftonline.com', 'login.example.net') },
    cookies: [soundCookie],
  })
  const wrongAt = (authority: string) =>
    wrongIn({
      ...house({ signIn: elsewhere }),
      config: none,
      place: { authority, graphBase: `${authority}/graph`, tenantId: soundSettings.ENTRA_TENANT_ID },
    })

  test('is that of the cloud that tenant.json names', () =>
    expect(wrongAt('https://login.microsoftonline.com')).toContain('base-url-sign-in'))
  test('is not compared with a tenant on this machine, which goes by several names', () =>
    expect(wrongAt('http://localhost:3001')).toEqual([]))
})
