import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../../src/clock.ts'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { createPimToken } from '../../../src/gate/asking/pim-token.ts'
import type { GateFacts, SessionRecord } from '../../../src/session/record/record.ts'
import { ago, inSeconds, no, now, yes } from '../memberships.ts'
import { busy, refusedWith } from './refusals.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.advanceTimersByTime(60_000)
})
afterEach(() => void vi.useRealTimers())

/** The facts of a session of one gate. */
const at = (facts: GateFacts) => ({ members: facts })
const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' }
const who = { identity, sessionId: 'ana' }
const session = {
  identity,
  gates: at({ membership: yes(60) }),
  contexts: {},
  signedInAt: 0,
  lastSeenAt: 0,
  browser: 'b',
}
const kept: Tokens = { accessToken: 'a1', refreshToken: 'r1', idToken: 'i1', accessTokenExpiresAt: now }
const newer: Tokens = { ...kept, accessToken: 'for PIM', refreshToken: 'r2', accessTokenExpiresAt: inSeconds(3_600) }

type Scene = {
  /** The tokens for PIM that are found, look by look. */
  found?: (string | undefined)[]
  tokens?: Tokens | 'unknown-key' | undefined
  /** Another replica has put other tokens in the place of these. */
  isOvertaken?: boolean
  hold?: () => Promise<{ held: false }>
  record?: Partial<SessionRecord>
  /** The names of all gates. */
  gates?: readonly string[]
  work?: 'administration'
}

/** A replica that makes tokens for PIM. `entra.thrown` is what Entra throws; `did` is what else happens. */
function open(scene: Scene = {}) {
  const { found = [], isOvertaken = false, hold, record = {}, gates = ['members'], work } = scene
  const entra: { thrown?: unknown } = {}
  const did: unknown[][] = []
  const works = new Set<string>()
  const note = (...what: unknown[]): void => void did.push(what)
  const state = { record: { ...session, ...record } as SessionRecord }
  const pimToken = createPimToken({
    gates,
    ...(work && { work }),
    clock: () => new Date(now),
    oidc: {
      async refresh(...call: unknown[]) {
        note('redeemed', ...call)
        if (entra.thrown) throw entra.thrown
        return { tokens: newer }
      },
    } as never,
    vault: {
      async readPim(_id: string, work: string) {
        works.add(work)
        return found.shift()
      },
      read: async () => ('tokens' in scene ? scene.tokens : kept),
      async replace(...what: unknown[]) {
        note('replaced', ...what)
        return !isOvertaken
      },
      holds: async (_id: string, tokens: Tokens) => tokens === kept && !isOvertaken,
      keepPim: async (...what: unknown[]) => note('kept', ...what),
      dropPim: async (...what: unknown[]) => note('dropped', ...what),
    } as never,
    leases: {
      hold: hold ?? (async (_name: string, _ms: number, work: () => unknown) => ({ held: true, value: await work() })),
    } as never,
    sessions: {
      change: async (_id, edit) => {
        state.record = edit(state.record)
        return state.record
      },
      destroy: async (...what) => note('destroyed', ...what),
    },
    log: { info: (line: unknown) => note('logged', line) } as never,
  })
  const of = (what: string) => did.filter(([each]) => each === what)
  const failed = (thrown: unknown, { sessionId = 'ana' } = {}) => {
    entra.thrown = thrown
    return pimToken.get({ identity, sessionId }).then(
      () => expect.fail('there is a token'),
      (error: unknown) => error,
    )
  }
  return { ...pimToken, entra, did, of, failed, state, works }
}

describe('a token for PIM', () => {
  test('that is kept is used', async () => {
    const { get, did } = open({ found: ['a kept one'] })
    expect([await get(who), did]).toEqual(['a kept one', []])
  })

  test('that another replica made before our turn came is used', async () => {
    const { get, did } = open({ found: [undefined, 'their new one'] })
    expect([await get(who), did]).toEqual(['their new one', []])
  })

  test('is made from the refresh token of the person where none is kept', async () => {
    const { get, of } = open()
    expect(await get(who)).toBe('for PIM')
    expect(of('redeemed')).toEqual([['redeemed', 'r1', identity, { work: 'own-access' }]])
  })

  test('comes with tokens that take the place of those before', async () => {
    const { get, of } = open()
    await get(who)
    expect(of('replaced')).toEqual([['replaced', 'ana', kept, newer]])
  })

  test('is kept until a minute before it runs out', async () => {
    const { get, of } = open()
    await get(who)
    expect(of('kept')).toEqual([['kept', 'ana', newer, { until: inSeconds(3_540), now, work: 'own-access' }]])
  })

  test('serves once where another replica made newer tokens meanwhile', async () => {
    const { get, of } = open({ isOvertaken: true })
    expect([await get(who), of('kept')]).toEqual(['for PIM', []])
  })

  test('that Graph refused is dropped', async () => {
    const { drop, did } = open()
    await drop(who, 'a refused one')
    expect(did).toEqual([['dropped', 'ana', 'a refused one', 'own-access']])
  })

  test('for giving other people access is asked for, looked for, kept and dropped apart', async () => {
    const { get, drop, of, works } = open({ work: 'administration' })
    await get(who)
    await drop(who, 'a refused one')
    expect([...works]).toEqual(['administration'])
    expect(of('redeemed')).toMatchObject([['redeemed', 'r1', identity, { work: 'administration' }]])
    expect(of('kept')).toMatchObject([['kept', 'ana', newer, { work: 'administration' }]])
    expect(of('dropped')).toEqual([['dropped', 'ana', 'a refused one', 'administration']])
  })

  const { refreshToken: _none, ...withoutRefreshToken } = kept
  test.for([undefined, 'unknown-key', withoutRefreshToken] as const)(
    'cannot be made without a refresh token: %j',
    async tokens => {
      const { failed, of } = open({ tokens })
      expect(await failed(undefined)).toMatchObject({ code: 'sign-in-refused' })
      expect(of('redeemed')).toEqual([])
    },
  )

  test('is not to be had where its turn does not come while a page waits', async () => {
    const hold = async () => {
      vi.advanceTimersByTime(pageWaitMs)
      return { held: false } as const
    }
    await expect(open({ hold }).get(who)).rejects.toMatchObject({ code: 'entra-unreachable' })
  })
})

describe('after a failure', () => {
  const silent = new Problem('entra-unreachable', { cause: new NoAnswer('silence') })
  const toLater = new Problem('entra-unreachable', { cause: new NoAnswer('status 429', { retryAfterMs: 17_000 }) })

  test.for<[string, unknown, number]>([
    ['a second after silence', silent, 1_000],
    ['a second after a bug', new TypeError('a bug'), 1_000],
    ['five seconds where Entra has too much to do', busy, 5_000],
    ['as long as Entra asks', toLater, 17_000],
  ])('Entra is left alone about the session: %s', async ([, thrown, pauseMs]) => {
    const { failed, of } = open()
    await failed(thrown)
    vi.advanceTimersByTime(pauseMs - 1)
    expect([await failed(undefined), of('redeemed').length]).toEqual([thrown, 1])
    vi.advanceTimersByTime(1)
    await failed(thrown)
    expect(of('redeemed')).toHaveLength(2)
  })

  test('Entra is asked about another session', async () => {
    const { failed, of } = open()
    await failed(silent)
    await failed(silent, { sessionId: 'bert' })
    expect(of('redeemed')).toHaveLength(2)
  })

  test('a token that came meanwhile is used', async () => {
    const { failed, get } = open({ found: [undefined, undefined, 'a kept one'] })
    await failed(silent)
    expect(await get(who)).toBe('a kept one')
  })
})

describe('a refusal', () => {
  test.for<[string, Problem]>([
    ['revoked', refusedWith(50173)],
    ['expired', refusedWith(700082)],
    ['disabled', refusedWith(50057)],
    ['other-person', new Problem('other-person')],
  ])('of the account ends the session: %s', async ([reason, error]) => {
    const { failed, of } = open()
    expect(await failed(error)).toBe(error)
    expect([...of('logged'), ...of('destroyed')]).toEqual([
      ['logged', { event: 'session-over', oid: 'o', reason, error }],
      ['destroyed', 'ana', identity],
    ])
  })

  test.for<[string, unknown]>([
    ['refused for these scopes', refusedWith(65001)],
    ['refused without a known reason', new Problem('sign-in-refused')],
    ['not answered', new Problem('entra-unreachable')],
    ['refused as ours', new Problem('sign-in-misconfigured', { cause: refusedWith(50173).cause })],
    ['thrown by a bug', new TypeError('a bug')],
  ])('of a token that is %s ends no session and changes none', async ([, thrown]) => {
    const { failed, of, state } = open()
    expect(await failed(thrown)).toBe(thrown)
    expect([...of('logged'), ...of('destroyed')]).toEqual([])
    expect(state.record).toEqual(session)
  })

  test('of tokens that others have replaced meanwhile ends no session', async () => {
    const { failed, of } = open({ isOvertaken: true })
    await failed(refusedWith(50173))
    expect([...of('logged'), ...of('destroyed')]).toEqual([])
  })

  test('of somebody who is not assigned says so of their membership, and the session goes on', async () => {
    const { failed, of, state } = open()
    await failed(refusedWith(50105))
    const membership = { member: false, provenAt: now, reason: 'not-assigned' } as const
    expect(state.record).toEqual({ ...session, gates: at({ membership }), ownProvenAt: now })
    expect(of('destroyed')).toEqual([])
  })

  test('of somebody who is not assigned says so of their membership at every gate', async () => {
    const { failed, state } = open({ gates: ['members', 'operators'] })
    await failed(refusedWith(50105))
    const membership = { member: false, provenAt: now, reason: 'not-assigned' } as const
    expect(state.record.gates).toEqual({ members: { membership }, operators: { membership } })
  })

  test('of somebody who is not assigned does not take the place of a newer proof', async () => {
    const newest = { gates: at({ membership: yes(-5) }), ownProvenAt: inSeconds(7) }
    const { failed, state } = open({ record: newest })
    await failed(refusedWith(50105))
    expect(state.record).toEqual({ ...session, ...newest })
  })

  test('of somebody who is not assigned proves the account as of when Entra was asked', async () => {
    const { failed, state } = open({ record: { gates: at({ membership: no(60) }), ownProvenAt: ago(30) } })
    await failed(refusedWith(50105))
    expect(state.record.ownProvenAt).toBe(now)
  })
})
