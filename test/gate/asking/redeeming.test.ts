import { describe, expect, test } from 'vitest'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../../src/errors.ts'
import { createRedeeming } from '../../../src/gate/asking/redeeming.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { no, now, yes } from '../memberships.ts'
import { refusedWith } from './refusals.ts'

/** The facts of a session of the gate `members`. */
const at = (membership: Membership, more: { plan?: Plan } = {}) => ({ members: { membership, ...more } })
const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' }
const record = { identity, gates: at('unknown'), contexts: {}, signedInAt: 0, lastSeenAt: 0, browser: 'b' }
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
  /** What kept us from the answer about the group. */
  unproven?: unknown
  /** What the answer says of each gate. */
  memberships?: Record<string, Membership>
  /** The names of all gates. */
  gates?: readonly string[]
  /** When a change was announced at each gate. */
  announced?: Record<string, number>
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
  const { memberships = unproven ? {} : { members: yes(0) }, groups = ['g'], gates = ['members'] } = scene
  const { announced = {} } = scene
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
      await keep?.({ ...newer, accessToken: 'a3' })
      return { memberships, missing: unproven }
    },
    gates,
    isProvenSince: (_id, _record, { gate }) => isProven && gate === 'members',
    notedProven: (...what) => note('noted', ...what),
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
    now: () => asked,
    staleBefore: gate => announced[gate] ?? 0,
    ...(isWatched && {
      setUp: {
        saw: (...what: unknown[]) => note('saw', ...what),
        tooManyGroups: (...what: unknown[]) => note('too many groups', ...what),
      } as never,
    }),
  })
  const answer = await redeem('ana', { gate: 'members', provenAfter: 5 })
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
    const { answer, of } = await redeemed()
    expect(answer).toEqual({ record: { ...record, gates: at(yes(0)), ownProvenAt: asked } })
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
    expect((await redeemed()).of('noted')).toEqual([['noted', 'ana', ['members'], asked]])
  })

  test('makes the pauses of this session short again', async () => {
    expect((await redeemed()).of('answered')).toEqual([['answered', 'ana']])
  })

  test.for([
    ['of whose access nothing is known', undefined, false],
    ['whose access PIM has shown to be on', { askedAt: 0, from: 0, until: asked + 1 }, true],
  ] as const)('tells those who watch the set-up which groups it names of somebody %s', async ([, plan, isRunning]) => {
    const { of } = await redeemed({ record: { ...record, gates: at('unknown', plan && { plan }) }, groups: ['g', 'h'] })
    expect(of('saw')).toEqual([['saw', identity, ['g', 'h'], { isRunning }]])
  })

  test('counts also where nobody watches the set-up', async () => {
    expect((await redeemed({ isWatched: false })).answer).toMatchObject({ record: { gates: at(yes(0)) } })
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
    expect((await redeemed({ unproven: silent })).of('noted')).toEqual([['noted', 'ana', [], asked]])
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
    const membership = { member: false, provenAt: asked, reason: 'not-assigned' } as const
    expect(answer).toEqual({ record: { ...record, gates: at(membership), ownProvenAt: asked } })
    expect([of('noted'), of('ended')]).toEqual([[['noted', 'ana', ['members'], asked]], []])
  })

  test('because of a bug, the bug rises', async () => {
    await expect(redeemed({ thrown: new TypeError('a bug') })).rejects.toThrow('a bug')
  })
})

describe('after another replica has put newer tokens there', () => {
  test.for([refusedWith(50173), refusedWith(50105), new Problem('other-person')])(
    'a refusal of the older ones leaves the session as that replica left it: %s',
    async thrown => {
      const { answer, did } = await redeemed({ record: { ...record, gates: at(no(0)) }, thrown, isOvertaken: true })
      expect(answer).toEqual({ record: { ...record, gates: at(no(0)) } })
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

describe('with several gates', () => {
  const gates = ['members', 'operators']
  const notAssigned = { member: false, provenAt: asked, reason: 'not-assigned' } as const

  test('one answer is remembered at each of them', async () => {
    const { found, of } = await redeemed({ gates, memberships: { members: yes(0), operators: no(0) } })
    expect(found?.gates).toEqual({ members: { membership: yes(0) }, operators: { membership: no(0) } })
    expect(of('noted')).toEqual([['noted', 'ana', ['members', 'operators'], asked]])
  })

  test('a proof answers an announcement of its own gate that a clock ahead of ours has dated', async () => {
    const memberships = { members: yes(0), operators: yes(0) }
    const { found } = await redeemed({ gates, memberships, announced: { operators: asked + 500 } })
    expect(found?.gates).toEqual({
      members: { membership: yes(0) },
      operators: { membership: { member: true, provenAt: asked + 500 } },
    })
  })

  test('what Entra could not tell of a gate is no proof of it, also after an announcement', async () => {
    const memberships = { members: yes(0), operators: 'unknown' } as const
    const { found } = await redeemed({ gates, memberships, announced: { operators: asked + 500 } })
    expect(found?.gates.operators?.membership ?? 'unknown').toBe('unknown')
  })

  test('a person who is not assigned is a member at none of them', async () => {
    const { found, of } = await redeemed({ gates, thrown: refusedWith(50105) })
    expect(found?.gates).toEqual({ members: { membership: notAssigned }, operators: { membership: notAssigned } })
    expect(of('noted')).toEqual([['noted', 'ana', gates, asked]])
  })

  test('access that is on at any of them is told to those who watch the set-up', async () => {
    const plan = { askedAt: 0, from: 0, until: asked + 1 }
    const on = { ...at('unknown'), operators: { membership: 'unknown', plan } } as const
    const { of } = await redeemed({ gates, record: { ...record, gates: on } })
    expect(of('saw')).toEqual([['saw', identity, ['g'], { isRunning: true }]])
  })
})

describe('an answer about some gates, without one about the others,', () => {
  const gates = ['members', 'operators']
  const before = { ...at(yes(60)), operators: { membership: no(60) } }
  const partial = (more: Scene = {}) =>
    redeemed({
      gates,
      record: { ...record, gates: before },
      memberships: { operators: yes(0) },
      unproven: silent,
      ...more,
    })

  test('is remembered of those that it tells of, and leaves the others as they were', async () => {
    expect((await partial()).found?.gates).toEqual({ ...before, operators: { membership: yes(0) } })
  })

  test('is an answer: the session is returned as it is now', async () => {
    const { answer, found } = await partial()
    expect(answer).toEqual({ record: found })
  })

  test('counts as one since then for those alone', async () => {
    expect((await partial()).of('noted')).toEqual([['noted', 'ana', ['operators'], asked]])
  })

  test('has Entra left alone for a while, and is logged', async () => {
    expect((await partial()).of('left')).toEqual([['left', silent]])
  })

  test('tells those who watch the set-up nothing', async () => {
    expect((await partial()).of('saw')).toEqual([])
  })

  test('is remembered as one that cannot list the groups, where those are too many', async () => {
    const { found } = await partial({ unproven: new Problem('too-many-groups') })
    expect(found).toEqual({
      ...record,
      gates: { ...before, operators: { membership: yes(0) } },
      ownProvenAt: asked,
      unlistedAt: asked,
    })
  })

  test('ends no session where the tokens that followed are refused: the next question says so again', async () => {
    const { answer, of } = await partial({ unproven: refusedWith(50173) })
    expect(answer).toMatchObject({ record: { gates: { operators: { membership: yes(0) } } } })
    expect([...of('left'), ...of('ended')]).toEqual([])
  })

  test('brings back no session that ended meanwhile', async () => {
    expect((await partial({ endsMeanwhile: true })).answer).toBe('over')
  })
})
