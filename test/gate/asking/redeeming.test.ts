import { describe, expect, test } from 'vitest'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../../src/errors.ts'
import { createRedeeming } from '../../../src/gate/asking/redeeming.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { no, now, yes } from '../memberships.ts'
import { refusedWith } from './refusals.ts'

const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' }
const record = { identity, membership: 'unknown', contexts: {}, signedInAt: 0, lastSeenAt: 0, browser: 'b' } as const
const kept: Tokens = { accessToken: 'a1', refreshToken: 'r1', idToken: 'i1', accessTokenExpiresAt: now }
const newer: Tokens = { ...kept, accessToken: 'a2', refreshToken: 'r2' }
const asked = now + 7
const silent = new Problem('entra-unreachable')

type Scene = {
  record?: SessionRecord | undefined
  isProven?: boolean
  tokens?: Tokens | 'unknown-key' | undefined
  /** What Entra throws. */
  thrown?: unknown
  /** What stands in place of the answer about the group. */
  unproven?: unknown
  membership?: SessionRecord['membership']
  groups?: readonly string[]
  /** Another replica has put other tokens in the place of these. */
  isOvertaken?: boolean
  /** The session ends while Entra is asked. */
  endsMeanwhile?: boolean
  isWatched?: boolean
}

/** A session whose refresh token is redeemed; `did` is all that happens to it. */
async function redeemed(scene: Scene = {}) {
  const { isProven = false, thrown, unproven, isOvertaken, endsMeanwhile, isWatched = true } = scene
  const { membership = yes(0), groups = ['g'] } = scene
  let found: SessionRecord | undefined = 'record' in scene ? scene.record : record
  const did: unknown[][] = []
  const note = (...what: unknown[]): void => void did.push(what)
  const redeem = createRedeeming({
    oidc: {
      async refresh(...call) {
        note('redeemed', ...call)
        if (endsMeanwhile) found = undefined
        if (thrown) throw thrown
        return { identity, groups, contexts: [], tokens: newer } as never
      },
    },
    vault: {
      read: async () => ('tokens' in scene ? scene.tokens : kept),
      async replace(...what) {
        note('replaced', ...what)
        return true
      },
      holds: async (_id, tokens) => tokens === kept && !isOvertaken,
    },
    sessions: {
      read: async () => found,
      change: async (_id: string, edit: (found: SessionRecord) => SessionRecord) => {
        if (found) found = edit(found)
        return found
      },
    } as never,
    async proof(signedIn, at, keep) {
      note('proven', signedIn.tokens, at)
      if (unproven) throw unproven
      await keep?.({ ...newer, accessToken: 'a3' })
      return membership
    },
    provenSince: { isProvenSince: () => isProven, note: (...what) => note('noted', ...what) },
    unanswered: {
      answered: id => note('answered', id),
      async leave(_id, _record, problem) {
        note('left', problem)
        return 'unanswered'
      },
      async end(_id, _record, why) {
        note('ended', why)
        return 'over'
      },
    },
    latest: () => asked,
    ...(isWatched && {
      setUp: {
        saw: (...what: unknown[]) => note('saw', ...what),
        tooManyGroups: (...what: unknown[]) => note('too many groups', ...what),
      } as never,
    }),
  })
  const answer = await redeem('ana', 5)
  return { answer, found, did, of: (what: string) => did.filter(([each]) => each === what) }
}

describe('Entra is not asked', () => {
  test('about a session that is over', async () => {
    const { answer, did } = await redeemed({ record: undefined })
    expect([answer, did]).toEqual(['over', []])
  })

  test('about a session that another replica asked about just before', async () => {
    const { answer, did } = await redeemed({ isProven: true })
    expect([answer, did]).toEqual([{ record }, []])
  })

  test('with tokens that only a replica with a newer secret can open', async () => {
    const { answer, did } = await redeemed({ tokens: 'unknown-key' })
    expect([answer, did]).toEqual(['unanswered', [['left', new Problem('membership-unknown')]]])
  })

  const { refreshToken: _none, ...withoutRefreshToken } = kept
  test.for([undefined, withoutRefreshToken])('without a refresh token, and the session ends: %j', async tokens => {
    const { answer, did } = await redeemed({ tokens })
    expect([answer, did]).toEqual(['over', [['ended', { reason: 'no-refresh-token' }]]])
  })
})

describe('an answer of Entra', () => {
  test('is asked for with the refresh token of the session, about its own person', async () => {
    expect((await redeemed()).of('redeemed')).toEqual([['redeemed', 'r1', identity]])
  })

  test('says whether the person is in the group, as of when it was asked for', async () => {
    const { answer, of } = await redeemed({ membership: yes(0) })
    expect(answer).toEqual({ record: { ...record, membership: yes(0), ownProvenAt: asked } })
    expect(of('proven')).toEqual([['proven', newer, new Date(asked)]])
  })

  test('is remembered in the session', async () => {
    const { answer, found } = await redeemed()
    expect({ record: found }).toEqual(answer)
  })

  test('puts its tokens in the place of those before, and those of the proof in the place of its own', async () => {
    expect((await redeemed()).of('replaced')).toEqual([
      ['replaced', 'ana', kept, newer],
      ['replaced', 'ana', newer, { ...newer, accessToken: 'a3' }],
    ])
  })

  test('counts here as one since then', async () => {
    expect((await redeemed()).of('noted')).toEqual([['noted', 'ana', asked]])
  })

  test('makes the pauses of this session short again', async () => {
    expect((await redeemed()).of('answered')).toEqual([['answered', 'ana']])
  })

  test.for([
    ['of whose access nothing is known', undefined, false],
    ['whose access PIM has shown to be on', { askedAt: 0, from: 0, until: asked + 1 }, true],
  ] as const)('tells those who watch the set-up which groups it names of somebody %s', async ([, plan, isRunning]) => {
    const { of } = await redeemed({ record: { ...record, ...(plan && { plan }) }, groups: ['g', 'h'] })
    expect(of('saw')).toEqual([['saw', identity, ['g', 'h'], { isRunning }]])
  })

  test('counts also where nobody watches the set-up', async () => {
    expect((await redeemed({ isWatched: false })).answer).toMatchObject({ record: { membership: yes(0) } })
  })

  test('brings back no session that ended meanwhile', async () => {
    expect((await redeemed({ endsMeanwhile: true })).answer).toBe('over')
  })
})

describe('an answer of the account, without one of the group,', () => {
  test('leaves the session as it was', async () => {
    const { answer, of } = await redeemed({ unproven: silent })
    expect(answer).toBe('unanswered')
    expect(of('left')).toEqual([['left', silent]])
  })

  test('says when the account was proven, and nothing else', async () => {
    expect((await redeemed({ unproven: silent })).found).toStrictEqual({ ...record, ownProvenAt: asked })
  })

  test('is no answer since then', async () => {
    expect((await redeemed({ unproven: silent })).of('noted')).toEqual([])
  })

  test('tells those who watch the set-up nothing', async () => {
    const { of } = await redeemed({ unproven: silent })
    expect([...of('saw'), ...of('too many groups')]).toEqual([])
  })

  describe('because there are too many groups', () => {
    const unproven = new Problem('too-many-groups')

    test('is remembered as that', async () => {
      expect((await redeemed({ unproven })).found).toEqual({ ...record, ownProvenAt: asked, unlistedAt: asked })
    })

    test('is told to those who watch the set-up', async () => {
      expect((await redeemed({ unproven })).of('too many groups')).toEqual([['too many groups', identity, unproven]])
    })

    test('leaves the session as it was', async () => {
      expect((await redeemed({ unproven })).of('left')).toEqual([['left', unproven]])
    })

    test('counts also where nobody watches the set-up', async () => {
      expect((await redeemed({ unproven, isWatched: false })).answer).toBe('unanswered')
    })
  })
})

describe('where Entra gives no tokens', () => {
  test('because it does not answer, the session stays as it was', async () => {
    const { answer, of } = await redeemed({ thrown: silent })
    expect([answer, of('left')]).toEqual(['unanswered', [['left', silent]]])
  })

  test('because they are of another person, the session ends', async () => {
    const error = new Problem('other-person')
    const { answer, of } = await redeemed({ thrown: error })
    expect([answer, of('ended')]).toEqual(['over', [['ended', { reason: 'other-person', error }]]])
  })

  test('because it refuses them, the session ends', async () => {
    const error = refusedWith(50173)
    const { answer, of } = await redeemed({ thrown: error })
    expect([answer, of('ended')]).toEqual(['over', [['ended', { reason: 'revoked', error }]]])
  })

  test('because the person is not assigned, the session goes on, and its person is not in the group', async () => {
    const { answer, of } = await redeemed({ thrown: refusedWith(50105) })
    const membership = { member: false, provenAt: asked, reason: 'not-assigned' }
    expect(answer).toEqual({ record: { ...record, membership, ownProvenAt: asked } })
    expect([of('noted'), of('ended')]).toEqual([[['noted', 'ana', asked]], []])
  })

  test('because of a bug, the bug rises', async () => {
    await expect(redeemed({ thrown: new TypeError('a bug') })).rejects.toThrow('a bug')
  })
})

describe('after another replica has put newer tokens there', () => {
  test.for([refusedWith(50173), refusedWith(50105), new Problem('other-person')])(
    'a refusal of the older ones leaves the session as that replica left it: %s',
    async thrown => {
      const { answer, did } = await redeemed({ record: { ...record, membership: no(0) }, thrown, isOvertaken: true })
      expect(answer).toEqual({ record: { ...record, membership: no(0) } })
      expect(did.map(([what]) => what)).toEqual(['redeemed'])
    },
  )

  test('a refusal of the older ones brings back no session that ended', async () => {
    const thrown = refusedWith(50173)
    expect((await redeemed({ thrown, isOvertaken: true, endsMeanwhile: true })).answer).toBe('over')
  })

  test('Entra that did not answer did not answer', async () => {
    expect((await redeemed({ thrown: silent, isOvertaken: true })).answer).toBe('unanswered')
  })
})
