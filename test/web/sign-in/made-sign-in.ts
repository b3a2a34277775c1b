import { vi } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { Pending, SignInPurpose } from '../../../src/session/sign-in-record.ts'
import { createCallbackDoor } from '../../../src/web/sign-in/callback.ts'
import { personMark } from '../../../src/web/sign-in/who-began.ts'
import { aliceIdentity, aliceRecord, madeNow, madeRequest, madeResponse } from '../made-request.ts'

export const madeTokens = {
  accessToken: 'access',
  refreshToken: 'refresh',
  idToken: 'id',
  accessTokenExpiresAt: madeNow,
}
export const madeMember = { member: true, provenAt: madeNow } as const
export const ofAlice = { person: personMark(aliceIdentity) }

/** A sign-in that this browser began. */
export const pendingFor = (purpose: SignInPurpose, over: Partial<Pending> = {}): Pending => ({
  attempt: { state: 'state', nonce: 'nonce', verifier: 'verifier' },
  returnTo: '/sessions',
  purpose,
  retries: 0,
  startedAt: madeNow - 60_000,
  ...over,
})

/** All that a browser needs to come back from Entra, made up: each call is written down in `done`, each observation in `sights`. */
export function madeNeeds() {
  const done: [what: string, ...given: unknown[]][] = []
  const noting =
    <T>(what: string, answer: T) =>
    (...given: unknown[]): T => {
      done.push([what, ...given])
      return answer
    }
  const access = {
    claimsFor: vi.fn(async (..._given: unknown[]): Promise<string | undefined> => 'claims'),
    resume: vi.fn(async (..._given: unknown[]): Promise<unknown> => ({ kind: 'progress' })),
  }
  const sights: [event: string, facts: object][] = []
  const seeing = (event: string) => (facts: object) => void sights.push([event, facts])
  const needs = {
    config: { baseUrl: 'https://admin.example', entra: { authority: 'https://login.example' } },
    chrome: { environmentName: '', selfService: true },
    clock: () => new Date(madeNow),
    seal: createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')]),
    meter: { signIn: noting('counted', undefined) },
    oidc: {
      issuer: 'https://login.example/v2.0',
      newAttempt: () => ({ state: 'new', nonce: 'new', verifier: 'new' }),
      signInUrl: vi.fn(async () => new URL('https://login.example/authorize')),
      signOutUrl: vi.fn((): URL | undefined => new URL('https://login.example/logout')),
      redeem: vi.fn(async (..._given: unknown[]) => ({
        identity: aliceIdentity,
        groups: [],
        roles: [],
        contexts: ['c1', 'c2'],
        tokens: madeTokens,
      })),
    },
    sessions: {
      recordOf: vi.fn((): unknown => aliceRecord),
      farewell: vi.fn(async (..._given: unknown[]): Promise<unknown> => undefined),
      moment: async () => 77,
      begin: vi.fn(async (...given: unknown[]) => void done.push(['begun', ...given])),
      renew: vi.fn(async (...given: unknown[]) => void done.push(['renewed', ...given])),
      end: vi.fn(async (...given: unknown[]) => void done.push(['ended', ...given])),
      endOfEntraSession: vi.fn(async (...given: unknown[]) => void done.push(['ended-of', ...given])),
    },
    signIns: {
      find: vi.fn((): Pending | undefined => undefined),
      finished: vi.fn(async (): Promise<string | undefined> => undefined),
      finish: vi.fn(async () => true),
      forget: noting('forgotten', undefined),
      forgetAll: noting('all-forgotten', undefined),
      wasBegun: vi.fn(() => false),
      begin: noting('begun-anew', undefined),
    },
    proof: vi.fn(async (): Promise<unknown> => ({ memberships: { members: madeMember } })),
    observations: {
      signedIn: seeing('signedIn'),
      steppedUp: seeing('steppedUp'),
      signedOut: seeing('signedOut'),
      sessionEnded: seeing('sessionEnded'),
      wrote: seeing('wrote'),
    },
    seenByToken: seeing('by token'),
    setUp: { saw: () => {}, tooManyGroups: () => {} },
    gates: {
      all: [
        { name: 'members', firstEnd: async (...given: unknown[]) => void done.push(['end-asked', ...given]) },
      ] as unknown[],
    },
    pimToken: { keep: async (...given: unknown[]) => void done.push(['kept', ...given]) },
    selfService: [{ gate: 'members', access }] as unknown[],
  }
  return { needs, access, done, sights, doneAs: (what: string) => done.filter(([each]) => each === what) }
}
export type MadeNeeds = ReturnType<typeof madeNeeds>

/** Brings a browser back from Entra, and says what it is answered; or the problem that it meets. */
export async function comeBack({ needs }: MadeNeeds, query = 'code=code&state=state', headers = {}) {
  const request = madeRequest({ url: `/auth/callback?${query}`, headers })
  const { response, answered } = madeResponse(request)
  using _clock = vi.spyOn(performance, 'now').mockReturnValue(2_000)
  const open = createCallbackDoor(needs as never)
  const work = async () => open(request, response, () => {})
  const problem = await work().then(
    () => undefined,
    (thrown: unknown) => thrown as { code: string; facts: object },
  )
  return { request, response, answered, problem }
}
