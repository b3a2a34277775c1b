import type { IncomingHttpHeaders } from 'node:http'
import type { DoctorFacts } from '../../../infra/azure/doctor/own-check.ts'
import { checksOfWhatAnswers, checksOfWhatIsGiven } from '../../../infra/azure/doctor/own-checks.ts'
import type { HeardAnswer } from '../../../infra/azure/doctor/sight/ask-once.ts'
import type { WishInTenant } from '../../../infra/azure/doctor/wish-in-tenant.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { UnseenFact } from '../../../src/setup/facts/fact.ts'
import type { Judged } from '../../../src/setup/finding.ts'
import { wished, wishedAt } from '../wished.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const ids = { client: id(1), members: id(10), administrators: id(11), auditors: id(12), other: id(99) }
const baseUrl = 'https://admin.example.com'
const tenant = '11111111-2222-4333-8444-555555555555'

export const soundSettings = {
  BASE_URL: baseUrl,
  ENTRA_TENANT_ID: tenant,
  ENTRA_CLIENT_ID: ids.client,
  ENTRA_CLIENT_SECRET: 'aB3~dE6_gH9.jK2-mN5',
  ACCESS_GROUP_ID: ids.members,
  ADMIN_GROUP_ID: ids.administrators,
  AUDITOR_GROUP_ID: ids.auditors,
  AUTH_CONTEXT_ID: 'c1',
  ADMIN_AUTH_CONTEXT_ID: 'c2',
  MEMBERSHIP_ROSTER: 'on',
  PIM_SELF_SERVICE: 'on',
  SESSION_SECRET: 'kU8xJqv2mZt5RrWnYb1cLdPz7HfGsA3eQoXi9VwTyNuK',
  REDIS_URL: 'rediss://gatehouse:pw@redis.example.com:6380',
  AUDIT_SIGNING_KEY:
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n-----END PRIVATE KEY-----',
}

/** Settings on top of the sound ones; an empty one is left out. */
export const configWith = (settings: Record<string, string> = {}) => loadConfig({ ...soundSettings, ...settings })

const headers: IncomingHttpHeaders = {
  location: '/auth/sign-in?returnTo=%2F',
  'content-security-policy': "default-src 'self';object-src 'none';frame-ancestors 'none';form-action 'self'",
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}
export const answer = (parts: Partial<HeardAnswer> = {}): { value: HeardAnswer } => ({
  value: {
    status: 302,
    headers,
    cookies: [],
    body: '',
    certificate: { fault: undefined, from: inDays(-30), until: inDays(60) },
    ...parts,
  },
})
export const answerWith = (more: IncomingHttpHeaders) => answer({ headers: { ...headers, ...more } })
export function inDays(days: number): Date {
  return new Date(wishedAt.getTime() + days * 86_400_000)
}

export const signInAt = ({ tenantId = tenant, client = ids.client, redirect = `${baseUrl}/auth/callback` } = {}) =>
  `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/authorize?client_id=${client}&redirect_uri=${encodeURIComponent(redirect)}`
export const soundCookie = '__Host-gatehouse-sign-in-abc=x; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax'

/** What the doctor sees where all is as it should be. */
export function soundFacts(): DoctorFacts {
  const config = configWith()
  const wish = wished()
  const groups = new Map([
    ...wish.gates.map(({ name, group }) => [group, { id: ids[name as keyof typeof ids] }] as const),
    ['Gatehouse sign-in', { id: id(20) }],
    ['Emergency access', { id: id(21) }],
  ])
  const named: WishInTenant = { registration: { id: ids.client }, groups, people: new Map() }
  return {
    now: wishedAt,
    given: { kind: 'good', from: '.env', config, doubts: [] },
    config: { value: config },
    wish,
    place: {
      authority: 'https://login.microsoftonline.com',
      graphBase: 'https://graph.microsoft.com/v1.0',
      tenantId: tenant,
    },
    named,
    expected: {
      value: {
        ...{ tenantId: tenant, clientId: ids.client, baseUrl, credential: 'secret', gates: [] },
        features: {
          ...{ roster: true, notifications: false, selfService: true, administration: true },
          ...{ people: true, findings: true },
        },
      },
    },
    findings: [],
    metadata: { value: { isThere: true, issuer: undefined, graphHost: 'graph.microsoft.com', aheadMs: 200 } },
    credentials: { value: [{ kind: 'secret', position: 1, token: 'opaque' }] },
    redirect: { value: 'registered' },
    redis: { value: { works: true, lines: [], refused: [], keeping: [] } },
    house: {
      value: {
        home: answer(),
        signIn: answer({ headers: { location: signInAt() }, cookies: [soundCookie] }),
        ready: answer({ status: 200, body: '{"status":"ready"}' }),
        elsewhere: answer({ status: 421, headers: {} }),
      },
    },
  }
}

/** What each check says of these facts, by its name. */
export function judgedBy(facts: DoctorFacts): Record<string, Judged> {
  const checks = [...checksOfWhatIsGiven, ...checksOfWhatAnswers]
  return Object.fromEntries(
    checks.map(({ name, judge }): [string, Judged] => {
      try {
        return [name, judge(facts)]
      } catch (thrown) {
        if (!(thrown instanceof UnseenFact)) throw thrown
        return [name, { verdict: 'cannot-tell', what: thrown.message, fix: thrown.remedy }]
      }
    }),
  )
}
