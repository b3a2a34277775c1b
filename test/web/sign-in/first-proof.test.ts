import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import { firstProof } from '../../../src/web/sign-in/first-proof.ts'
import { aliceIdentity, madeNow, madeResponse } from '../made-request.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

const tokens = { accessToken: 'first', idToken: 'id', accessTokenExpiresAt: madeNow }
const signedIn = { identity: aliceIdentity, groups: ['group'], roles: [], contexts: [], tokens } as never
const member = { member: true, provenAt: madeNow } as const

type Proof = (...given: [evidence: unknown, askedAt: Date, keep: (next: unknown) => void]) => Promise<unknown>

/** What a sign-in proves with this proof, and what is told of it. */
async function provenBy(proof: Proof, { leftMs = 5_000, passMs = 0 } = {}) {
  const told: unknown[] = []
  const { response, answered } = madeResponse()
  const proven = firstProof(signedIn, {
    askedAt: new Date(madeNow),
    proof: proof as never,
    setUp: {
      saw: (...of: unknown[]) => void told.push(['saw', ...of]),
      tooManyGroups: (...of: unknown[]) => void told.push(['tooManyGroups', ...of]),
    } as never,
    log: response.locals.log as never,
    leftMs,
  })
  await vi.advanceTimersByTimeAsync(passMs)
  return { proven: await proven, told, logged: answered.logged }
}
const members = { memberships: { members: member } }
const gates = { members: { membership: member } }
const failing = (missing: Error) => async () => ({ memberships: {}, missing })
const provingAfter = (ms: number) => () => new Promise(resolve => setTimeout(resolve, ms, members))

describe('a proof', () => {
  test('is what the session knows, with the tokens that came', async () => {
    const { proven, logged } = await provenBy(async () => members)
    expect([proven, logged]).toEqual([{ gates, tokens }, []])
  })

  test('is asked for by what came, as of when Entra was asked', async () => {
    const asked: unknown[] = []
    await provenBy(async (...given) => {
      asked.push(given.slice(0, 2))
      return members
    })
    expect(asked).toEqual([[signedIn, new Date(madeNow)]])
  })

  test('that renews the tokens leaves the newer ones', async () => {
    const newer = { ...tokens, accessToken: 'newer' }
    const { proven } = await provenBy(async (_evidence, _askedAt, keep) => {
      keep(newer)
      return members
    })
    expect(proven.tokens).toEqual(newer)
  })

  test('tells the set-up which groups were seen', async () => {
    expect((await provenBy(async () => members)).told).toEqual([['saw', aliceIdentity, ['group']]])
  })
})

describe('a person whose membership cannot be told', () => {
  const away = new Problem('entra-unreachable')
  const tooMany = new Problem('too-many-groups')

  test('is signed in all the same', async () => {
    expect((await provenBy(failing(away))).proven).toEqual({ gates: {}, tokens })
  })

  test('is in the log, with the reason', async () => {
    expect((await provenBy(failing(away))).logged).toEqual([
      { level: 'warn', event: 'membership-unknown', oid: 'alice-id', error: away },
    ])
  })

  test('says nothing of the set-up', async () => {
    expect((await provenBy(failing(away))).told).toEqual([])
  })

  test('is known to be in too many groups, where that is why', async () => {
    const { proven, told } = await provenBy(failing(tooMany))
    expect([proven, told]).toEqual([
      { gates: {}, unlistedAt: madeNow, tokens },
      [['tooManyGroups', aliceIdentity, tooMany]],
    ])
  })
})

describe('a browser that comes back waits', () => {
  test('up to 4 s', async () => {
    expect((await provenBy(provingAfter(3_999), { passMs: 4_000 })).proven.gates).toEqual(gates)
  })

  test('no longer than 4 s', async () => {
    const { proven, logged } = await provenBy(provingAfter(4_001), { passMs: 4_000 })
    expect([proven.gates, logged]).toEqual([
      {},
      [expect.objectContaining({ error: expect.objectContaining({ code: 'membership-unknown' }) })],
    ])
  })

  test('no longer than its page has left', async () => {
    expect((await provenBy(provingAfter(1_001), { leftMs: 1_000, passMs: 1_000 })).proven.gates).toEqual({})
  })
})
