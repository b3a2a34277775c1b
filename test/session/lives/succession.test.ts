import type { Request } from 'express'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import { createSuccession } from '../../../src/session/lives/succession.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, recordAt, yes } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id', accessTokenExpiresAt: now }
const newer = { ...tokens, accessToken: 'newer' }
const proven = { identity: alice, gates: { members: yes(now) }, contexts: { c1: now } }
const ben = { ...alice, objectId: '00000000-3c53-4a3a-9a49-6b1c2a2f7a10' }
const old: SessionRecord = { ...recordAt(now - minute), lineage: 'the lineage', contexts: { c2: now - minute } }

type Needs = Parameters<typeof createSuccession>[0]

/**
 * A request with the session "old", and successions whose every step is written down. The new session gets the id "new".
 * `read` are the records of the old session, one each time it is read; the last stays. `held` are its tokens, likewise.
 */
function open({
  known = old,
  read = [old],
  held = [tokens],
  isThere = true,
  bearing = async () => {},
}: {
  known?: SessionRecord | null
  read?: (SessionRecord | undefined)[]
  held?: unknown[]
  isThere?: boolean
  bearing?: () => Promise<void>
} = {}) {
  const steps: unknown[][] = []
  const request = { sessionID: 'old', session: { record: known ?? undefined } } as never as Request
  const records = new WeakMap(known ? [[request, known]] : [])
  const next = <T>(list: T[]) => (list.length > 1 ? list.shift() : list[0])
  const edits: ((record: SessionRecord) => SessionRecord)[] = []
  const succession = createSuccession({
    bear: async (_request: Request, born: unknown, replace: (id: string) => Promise<void>) => {
      steps.push(['born', born])
      await bearing()
      await replace('new')
    },
    clock: () => new Date(now),
    records,
    byId: {
      read: async (id: string) => (id === 'old' ? next(read) : undefined),
      change: async (id: string, edit: (typeof edits)[0]) => {
        steps.push(['changed', id])
        edits.push(edit)
      },
    },
    removal: {
      destroy: async (...args: unknown[]) => {
        steps.push(['destroyed', ...args])
        return isThere
      },
    },
    vault: {
      read: async (id: string) => (id === 'old' ? next(held) : undefined),
      replace: async (...args: unknown[]) => void steps.push(['tokens', ...args]),
    },
    ends: { moment: async () => 3 },
    wentOnes: { remember: async (...args: unknown[]) => void steps.push(['went on', ...args]) },
  } as never as Needs)
  return {
    ...succession,
    request,
    records,
    steps,
    names: () => steps.map(([name]) => name),
    stepsOf: (name: string) => steps.filter(([each]) => each === name),
    /** The record that becomes of this one in the new session. */
    changed: (record: SessionRecord) => edits.reduce((before, edit) => edit(before), record),
  }
}

const meanwhile = () => Promise.reject(new Problem('signed-out-meanwhile'))
const redisAway = () => Promise.reject(new Problem('redis-away'))
const wentOn = ['went on', 'old', { identity: alice, lineage: 'the lineage' }]
const destroyed = ['destroyed', 'old', alice]
const plan = { askedAt: now, until: now, endedAt: now }
const ended = { ...old, gates: { members: { ...yes(now - minute), plan } } }
/** A session of before that knows of three gates, and the same when access was ended at one of them. */
const three = { members: yes(now - minute), operators: yes(now - 2), auditors: { membership: 'unknown' as const } }
const ofThree = { ...old, gates: three }
const endedAtOne = { ...old, gates: { ...three, operators: { ...yes(now - 2), plan } } }

describe('a sign-in', () => {
  const signIn = async (
    needs: Parameters<typeof open>[0] = {},
    { identity = alice, at }: { identity?: typeof alice; at?: { startedAt?: number; since?: number } } = {},
  ) => {
    const opened = open(needs)
    await opened.begin(opened.request, { ...proven, identity }, tokens, at)
    return opened
  }

  test('of the same person goes on in the lineage of the session before, with what was met there', async () => {
    const { stepsOf } = await signIn()
    const contexts = { c1: now, c2: now - minute }
    expect(stepsOf('born')).toEqual([
      ['born', { proven: { ...proven, contexts }, tokens, lineage: 'the lineage', since: 3, startedAt: undefined }],
    ])
  })

  test('of the same person goes on in the session that began under the id before, where it has no lineage', async () => {
    const { stepsOf } = await signIn({ known: recordAt(now) })
    expect(stepsOf('born')).toMatchObject([['born', { lineage: handleOf('old') }]])
  })

  test('of the same person keeps the newer proof of the session before', async () => {
    const { begin, request, stepsOf } = open()
    await begin(request, { ...proven, gates: { members: yes(now - 2 * minute) } }, tokens)
    expect(stepsOf('born')).toMatchObject([['born', { proven: { gates: old.gates } }]])
  })

  test('of the same person keeps the newer proof of the session before at each gate', async () => {
    const { begin, request, stepsOf } = open({ known: endedAtOne, read: [endedAtOne] })
    const found = { members: yes(now), operators: yes(now - 3), auditors: yes(now) }
    await begin(request, { ...proven, gates: found }, tokens)
    const kept = { members: yes(now), operators: endedAtOne.gates.operators, auditors: yes(now) }
    expect(stepsOf('born')).toMatchObject([['born', { proven: { gates: kept } }]])
  })

  test('of another person inherits nothing', async () => {
    const { stepsOf } = await signIn({}, { identity: ben })
    expect(stepsOf('born')).toMatchObject([['born', { proven: { ...proven, identity: ben }, lineage: undefined }]])
  })

  test('inherits nothing from a session that is over by now', async () => {
    const { stepsOf } = await signIn({ read: [undefined] })
    expect(stepsOf('born')).toMatchObject([['born', { proven, lineage: 'the lineage' }]])
  })

  test('in a browser without a session begins one of its own', async () => {
    const { stepsOf } = await signIn({ known: null })
    expect(stepsOf('born')).toEqual([['born', { proven, tokens, lineage: undefined, since: 3, startedAt: undefined }]])
  })

  test('counts ends since the moment that it brings, and knows when it began', async () => {
    const { stepsOf } = await signIn({}, { at: { startedAt: now - 5, since: 2 } })
    expect(stepsOf('born')).toMatchObject([['born', { startedAt: now - 5, since: 2 }]])
  })

  test('ends the session before when the new one is there, and remembers that it went on', async () => {
    const { steps } = await signIn()
    expect(steps.slice(1)).toEqual([wentOn, destroyed])
  })

  test('of another person ends the session before, which did not go on', async () => {
    const { steps } = await signIn({}, { identity: ben })
    expect(steps.slice(1)).toEqual([destroyed])
  })

  test('in a browser without a session ends none', async () => {
    expect((await signIn({ known: null })).names()).toEqual(['born'])
  })
})

describe('a step-up', () => {
  const stepUp = async (needs: Parameters<typeof open>[0] = {}) => {
    const opened = open(needs)
    await opened.renew(opened.request, proven, tokens)
    return opened
  }

  test('goes on in the lineage of the session, with what was met in it', async () => {
    const contexts = { c1: now, c2: now - minute }
    expect((await stepUp()).stepsOf('born')).toEqual([
      ['born', { proven: { ...proven, contexts }, tokens, lineage: 'the lineage', since: 3 }],
    ])
  })

  test('ends the session before when the new one is there, and remembers that it went on', async () => {
    expect((await stepUp()).steps.slice(1)).toEqual([['changed', 'new'], wentOn, destroyed])
  })

  test('takes along news that arrived meanwhile', async () => {
    const { changed } = await stepUp({ read: [old, ended] })
    expect(changed(recordAt(now)).gates.members?.plan).toEqual(plan)
  })

  test('takes along what the session knew that is over by now', async () => {
    const { changed } = await stepUp({ read: [ended, undefined] })
    expect(changed(recordAt(now)).gates.members?.plan).toEqual(plan)
  })

  test('takes along news that arrived meanwhile at any gate, and changes nothing at the others', async () => {
    const { changed } = await stepUp({ read: [ofThree, endedAtOne] })
    const kept = { ...endedAtOne.gates, members: yes(now) }
    expect(changed({ ...recordAt(now), gates: { ...three, members: yes(now) } }).gates).toEqual(kept)
  })

  test.for<[string, Parameters<typeof open>[0]]>([
    ['for a request without a session', { known: null }],
    ['when the session is over', { read: [undefined] }],
    ['when the session was ended while the new one began', { bearing: meanwhile }],
    ['when another request was first to end the session', { isThere: false }],
  ])('comes too late %s', async ([_when, needs], { expect }) => {
    await expect(stepUp(needs)).rejects.toMatchObject({ code: 'step-up-too-late' })
  })

  test('that comes too late says why', async () => {
    await expect(stepUp({ bearing: meanwhile })).rejects.toMatchObject({ cause: { code: 'signed-out-meanwhile' } })
  })

  test('begins no session for a request without one', async () => {
    const { renew, request, names } = open({ known: null })
    await renew(request, proven, tokens).catch(() => {})
    expect(names()).toEqual([])
  })

  test('fails as it is where Redis is away', async () => {
    await expect(stepUp({ bearing: redisAway })).rejects.toMatchObject({ code: 'redis-away' })
  })
})

describe('a session that is put under a new id', () => {
  const rotated = async (needs: Parameters<typeof open>[0] = {}) => {
    const opened = open(needs)
    await opened.rotate(opened.request)
    return opened
  }

  test('keeps its record, its tokens, its age and its lineage', async () => {
    const { stepsOf } = await rotated()
    expect(stepsOf('born')).toEqual([
      ['born', { proven: old, tokens, signedInAt: now - minute, lineage: 'the lineage', since: 3 }],
    ])
  })

  test('is there before the old id ends, under which it is remembered', async () => {
    const { names, steps } = await rotated()
    expect(names()).toEqual(['born', 'changed', 'tokens', 'went on', 'destroyed'])
    expect(steps).toEqual(expect.arrayContaining([['changed', 'new'], wentOn, destroyed]))
  })

  test('takes along news that arrived meanwhile', async () => {
    const { changed } = await rotated({ read: [old, ended] })
    expect(changed(old).gates.members?.plan).toEqual(plan)
  })

  test('takes along what it knew where its old id is over by now', async () => {
    const { changed } = await rotated({ read: [ended, undefined] })
    expect(changed(old).gates.members?.plan).toEqual(plan)
  })

  test('keeps what it knows of every gate', async () => {
    const { changed, stepsOf } = await rotated({ known: endedAtOne, read: [endedAtOne] })
    expect(stepsOf('born')).toMatchObject([['born', { proven: { gates: endedAtOne.gates } }]])
    expect(changed(endedAtOne).gates).toEqual(endedAtOne.gates)
  })

  test('takes along news that arrived meanwhile at any gate', async () => {
    const { changed } = await rotated({ read: [ofThree, endedAtOne] })
    expect(changed(ofThree).gates).toEqual(endedAtOne.gates)
  })

  test('takes along tokens that arrived meanwhile', async () => {
    const { stepsOf } = await rotated({ held: [tokens, newer] })
    expect(stepsOf('tokens')).toEqual([['tokens', 'new', tokens, newer]])
  })

  test('keeps its tokens where the old id has none any more', async () => {
    expect((await rotated({ held: [tokens, undefined] })).stepsOf('tokens')).toEqual([])
  })

  test.for<[string, Parameters<typeof open>[0]]>([
    ['that is over', { read: [undefined] }],
    ['without tokens', { held: [undefined] }],
    ['whose tokens only another replica can read', { held: ['unknown-key'] }],
    ['that the request does not have', { known: null }],
  ])('is none where there is a session %s', async ([_which, needs], { expect }) => {
    expect((await rotated(needs)).names()).toEqual([])
  })

  test.for<[string, Parameters<typeof open>[0]]>([
    ['it was ended meanwhile', { bearing: meanwhile }],
    ['another request was first', { isThere: false }],
  ])('is gone for its request where %s', async ([_where, needs], { expect }) => {
    const { records, request } = await rotated(needs)
    expect(records.has(request)).toBe(false)
  })

  test('fails as it is where Redis is away, and stays', async () => {
    const { rotate, request, records } = open({ bearing: redisAway })
    await expect(rotate(request)).rejects.toMatchObject({ code: 'redis-away' })
    expect(records.has(request)).toBe(true)
  })
})
