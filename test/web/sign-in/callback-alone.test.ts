import { describe, expect, test } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import { createOneTimeNotices } from '../../../src/web/shell/one-time-notice.ts'
import { aliceAtMembers, aliceIdentity, aliceRecord, madeNow, madeRequest } from '../made-request.ts'
import { comeBack, type MadeNeeds, madeMember, madeNeeds, madeTokens, ofAlice, pendingFor } from './made-sign-in.ts'

const signIn = { kind: 'sign-in' } as const
const stepUp = { kind: 'step-up', context: 'c1', ...ofAlice } as const
const turningOn = { kind: 'turning-on', activation: 'wish', gate: 'members' as string, ...ofAlice } as const
type Purpose = typeof signIn | typeof stepUp | typeof turningOn
const purposes: Purpose[] = [signIn, stepUp, turningOn]
const ofSomebody = purposes.filter(({ kind }) => kind !== 'sign-in')

/** Needs of a browser that began a sign-in for this purpose. */
function begunFor(purpose: Purpose, over: Parameters<typeof pendingFor>[1] = {}): MadeNeeds {
  const made = madeNeeds()
  made.needs.signIns.find.mockReturnValue(pendingFor(purpose, over))
  return made
}
/** What the page says once to which this redirect leads. */
function toldIn({ needs }: MadeNeeds, redirects: unknown) {
  const [[, to = ''] = []] = redirects as [number, string][]
  return createOneTimeNotices(needs).shownTo(madeRequest({ url: to }))
}
const ben = { ...aliceIdentity, objectId: 'ben-id' }
const proven = {
  identity: aliceIdentity,
  gates: { members: { membership: madeMember } },
  ownProvenAt: madeNow,
  contexts: { c1: madeNow, c2: madeNow },
}

describe('a browser that began nothing here', () => {
  test('is told so when nobody is signed in', async () => {
    const made = madeNeeds()
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { problem } = await comeBack(made)
    expect([problem?.code, made.needs.signIns.finished.mock.calls, made.done]).toEqual(['sign-in-not-started', [], []])
  })

  test('gets to the start page when somebody is signed in', async () => {
    const { answered } = await comeBack(madeNeeds())
    expect(answered.redirects).toEqual([[303, '/']])
  })

  test('is told so when its person took too long here', async () => {
    const made = madeNeeds()
    made.needs.signIns.wasBegun.mockReturnValue(true)
    const { problem, request } = await comeBack(made)
    expect([problem?.code, made.needs.signIns.wasBegun.mock.calls]).toEqual([
      'sign-in-not-started',
      [[request, 'state']],
    ])
  })

  test('is looked for by the state that came', async () => {
    const made = madeNeeds()
    const { request } = await comeBack(made, 'code=x&state=another')
    expect(made.needs.signIns.find.mock.calls).toEqual([[request, 'another']])
  })

  test('is looked for by an empty state where none came', async () => {
    const made = madeNeeds()
    const { request } = await comeBack(made, 'code=x')
    expect(made.needs.signIns.find.mock.calls).toEqual([[request, '']])
  })

  test('has Entra asked nothing', async () => {
    const made = madeNeeds()
    await comeBack(made)
    expect(made.needs.oidc.redeem).not.toHaveBeenCalled()
  })
})

describe('a sign-in that has finished', () => {
  const finished = (path: string) => {
    const made = begunFor(signIn)
    made.needs.signIns.finished.mockResolvedValue(path)
    return made
  }

  test('leads once more where it led, whoever is signed in', async () => {
    const made = finished('/sessions')
    const { answered } = await comeBack(made)
    expect([answered.redirects, made.needs.signIns.finished.mock.calls]).toEqual([[[303, '/sessions']], [['state']]])
  })

  test('leads nowhere else', async () => {
    expect((await comeBack(finished('//evil.example'))).answered.redirects).toEqual([[303, '/']])
  })

  test('leads nobody who is not signed in', async () => {
    const made = finished('/sessions')
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { problem, answered } = await comeBack(made)
    expect([problem?.code, answered.redirects]).toEqual(['sign-in-not-started', []])
  })

  test('counts no second time', async () => {
    const made = finished('/sessions')
    await comeBack(made)
    expect(made.done).toEqual([])
  })
})

describe.each(purposes)('a browser that is back, for $kind,', purpose => {
  test('forgets that it began', async () => {
    const made = begunFor(purpose)
    const { response } = await comeBack(made)
    expect(made.doneAs('forgotten')).toEqual([['forgotten', response, 'state']])
  })

  test('tells later pages where it wanted to go', async () => {
    const { response } = await comeBack(begunFor(purpose))
    expect(response.locals.returnTo).toBe('/sessions')
  })

  test('has its code redeemed', async () => {
    const made = begunFor(purpose)
    await comeBack(made)
    const [[answer, attempt, forPim] = []] = made.needs.oidc.redeem.mock.calls
    expect([String(answer), attempt, forPim]).toEqual([
      'code=code&state=state',
      pendingFor(purpose).attempt,
      purpose === turningOn ? { claims: 'claims' } : undefined,
    ])
  })

  test('gets to a page that says what it was to say before', async () => {
    const notice = { text: 'Ada ended your session:', more: 'Lost laptop' }
    const made = begunFor(purpose, { notice })
    made.needs.selfService = []
    const { answered } = await comeBack(made)
    expect(toldIn(made, answered.redirects)).toEqual(notice)
  })

  test('is counted', async () => {
    const made = begunFor(purpose)
    await comeBack(made)
    expect(made.doneAs('counted')).toEqual([['counted', purpose === signIn ? 'signed-in' : 'stepped-up']])
  })

  test('is in the log', async () => {
    const { answered, response } = await comeBack(begunFor(purpose))
    expect([response.locals.oid, answered.logged]).toEqual([
      'alice-id',
      [
        {
          level: 'info',
          event: purpose === signIn ? 'signed-in' : 'stepped-up',
          oid: 'alice-id',
          context: purpose === stepUp ? 'c1' : undefined,
          member: true,
          gates: ['members'],
        },
      ],
    ])
  })

  test('is in the log without a membership where none can be told', async () => {
    const made = begunFor(purpose)
    made.needs.proof.mockResolvedValue({ memberships: {}, missing: new Problem('entra-unreachable') })
    expect((await comeBack(made)).answered.logged.at(-1)).toMatchObject({ member: 'unknown', gates: [] })
  })

  test('is in the log with those gates alone at which they are a member', async () => {
    const made = begunFor(purpose)
    const outside = { member: false, provenAt: madeNow, reason: 'not-in-group' } as const
    made.needs.proof.mockResolvedValue({
      memberships: { members: outside, operators: madeMember, auditors: 'unknown' },
    })
    expect((await comeBack(made)).answered.logged.at(-1)).toMatchObject({ member: false, gates: ['operators'] })
  })

  test('is told so when another request has spent the sign-in', async () => {
    const made = begunFor(purpose)
    made.needs.signIns.finish.mockResolvedValue(false)
    const { problem } = await comeBack(made)
    expect([problem?.code, made.doneAs('begun'), made.doneAs('renewed')]).toEqual(['sign-in-not-started', [], []])
  })

  test('spends its own sign-in', async () => {
    const made = begunFor(purpose)
    await comeBack(made)
    expect(made.needs.signIns.finish.mock.calls).toEqual([[pendingFor(purpose)]])
  })

  test('is counted by the problem that it meets', async () => {
    const made = begunFor(purpose)
    made.needs.oidc.redeem.mockRejectedValue(new Problem('entra-unreachable'))
    const { problem } = await comeBack(made)
    expect([problem?.code, made.doneAs('counted')]).toEqual(['entra-unreachable', [['counted', 'entra-unreachable']]])
  })

  test('learns from a problem the way back where its session goes on', async () => {
    const made = begunFor(purpose)
    made.needs.oidc.redeem.mockRejectedValue(new Problem('entra-unreachable'))
    expect((await comeBack(made)).problem?.facts).toEqual(purpose === signIn ? {} : { returnTo: '/sessions' })
  })

  test('proves nothing by the answer of another issuer', async () => {
    const made = begunFor(purpose)
    const { problem } = await comeBack(made, 'code=x&state=state&iss=https://evil.example')
    expect([problem?.code, made.needs.oidc.redeem.mock.calls]).toEqual(['sign-in-not-proven', []])
  })

  test('hears what Entra says when something is wrong', async () => {
    const made = begunFor(purpose)
    const { problem } = await comeBack(made, 'error=server_error&state=state')
    expect([problem?.code, made.needs.oidc.redeem.mock.calls]).toEqual(['entra-unreachable', []])
  })

  describe('with a code that was used or is stale,', () => {
    const notice = { text: 'Ada ended your session:' }
    const stale = (retries: number) => {
      const made = begunFor(purpose, { retries, notice })
      made.needs.oidc.redeem.mockRejectedValue(new Problem('sign-in-refused'))
      return made
    }

    test('is sent to Entra once more', async () => {
      const made = stale(0)
      const { answered, request, response, problem } = await comeBack(made)
      expect([answered.redirects, problem]).toEqual([[[302, 'https://login.example/authorize']], undefined])
      expect(made.doneAs('begun-anew')).toEqual([
        [
          'begun-anew',
          request,
          response,
          expect.objectContaining({ returnTo: '/sessions', purpose, notice, retries: 1, isAhead: false }),
        ],
      ])
    })

    test('is sent with the account that is known', async () => {
      const made = stale(0)
      await comeBack(made)
      expect(made.needs.oidc.signInUrl.mock.calls).toEqual([
        [
          {
            attempt: { state: 'new', nonce: 'new', verifier: 'new' },
            prompt: undefined,
            loginHint: purpose === signIn ? undefined : 'alice-hint',
            context: purpose === stepUp ? 'c1' : undefined,
            forPim: purpose === turningOn ? { claims: 'claims' } : undefined,
          },
        ],
      ])
    })

    test('is in the log', async () => {
      expect((await comeBack(stale(0))).answered.logged).toEqual([
        { level: 'info', event: 'sign-in-again', error: expect.objectContaining({ code: 'sign-in-refused' }) },
      ])
    })

    test('begins nothing meanwhile', async () => {
      const made = stale(0)
      await comeBack(made)
      expect([made.needs.signIns.finish.mock.calls, made.doneAs('begun'), made.doneAs('renewed')]).toEqual([[], [], []])
    })

    test('is told so the second time', async () => {
      const made = stale(1)
      const { problem } = await comeBack(made)
      expect([problem?.code, made.doneAs('begun-anew')]).toEqual(['sign-in-refused', []])
    })
  })

  test('is not sent once more for another reason', async () => {
    const made = begunFor(purpose)
    made.needs.oidc.redeem.mockRejectedValue(new Problem('sign-in-not-proven'))
    await comeBack(made)
    expect(made.doneAs('begun-anew')).toEqual([])
  })
})

describe('back from signing in', () => {
  test('a session begins, which knows what was proven', async () => {
    const made = begunFor(signIn)
    const { request } = await comeBack(made)
    expect(made.doneAs('begun')).toEqual([
      ['begun', request, proven, madeTokens, { since: 77, startedAt: madeNow - 60_000 }],
    ])
  })

  test('a person gets to the page first asked for, once it is known when access ends', async () => {
    const made = begunFor(signIn)
    const { answered } = await comeBack(made)
    expect([made.doneAs('end-asked'), answered.redirects]).toEqual([
      [['end-asked', 'session-id', aliceAtMembers, 4_000]],
      [[303, '/sessions']],
    ])
  })

  test('a person gets there also where nobody asks for ends', async () => {
    const made = begunFor(signIn)
    made.needs.gates.all = [{ name: 'members', firstEnd: undefined }]
    expect((await comeBack(made)).answered.redirects).toEqual([[303, '/sessions']])
  })

  test('nobody asks for the end of a session that is gone already', async () => {
    const made = begunFor(signIn)
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { answered } = await comeBack(made)
    expect([made.doneAs('end-asked'), answered.redirects]).toEqual([[], [[303, '/sessions']]])
  })

  describe('a person whose session an administrator had ended', () => {
    const ended = () => {
      const made = begunFor(signIn)
      const at = Date.parse('2026-03-02T11:59:00Z')
      made.needs.sessions.farewell.mockResolvedValue({ by: 'Ada <b>', reason: 'Lost laptop', at })
      return made
    }

    test('is told who did it, when and why, on the page that they get to', async () => {
      const made = ended()
      const { answered } = await comeBack(made)
      expect(toldIn(made, answered.redirects)).toEqual({
        text: 'Ada <b> ended your session at 11:59 UTC:',
        more: 'Lost laptop',
        tone: 'attention',
      })
    })

    test('is who has just signed in, and nobody else', async () => {
      const made = ended()
      await comeBack(made)
      expect(made.needs.sessions.farewell.mock.calls).toEqual([[aliceIdentity]])
    })

    test('is not told, and can be later, where the browser only looks ahead', async () => {
      const made = ended()
      const { answered } = await comeBack(made, undefined, { 'sec-purpose': 'prefetch' })
      expect([answered.redirects, made.needs.sessions.farewell.mock.calls]).toEqual([[[303, '/sessions']], []])
    })

    test('gets in without it where Redis is away', async () => {
      const made = ended()
      made.needs.sessions.farewell.mockRejectedValue(new Problem('redis-away'))
      expect((await comeBack(made)).answered.redirects).toEqual([[303, '/sessions']])
    })
  })

  test('who pressed Cancel is told so', async () => {
    const { problem } = await comeBack(begunFor(signIn), 'error=access_denied&error_subcode=cancel&state=state')
    expect(problem?.code).toBe('sign-in-cancelled')
  })
})

describe.each(ofSomebody)('back from $kind', purpose => {
  test('the same session goes on, and knows what was proven', async () => {
    const made = begunFor(purpose)
    const { request } = await comeBack(made)
    expect(made.doneAs('renewed')).toEqual([['renewed', request, proven, madeTokens]])
  })

  test('who is signed out meanwhile comes too late', async () => {
    const made = begunFor(purpose)
    made.needs.sessions.recordOf.mockReturnValue(undefined)
    const { problem } = await comeBack(made)
    expect([problem?.code, made.needs.oidc.redeem.mock.calls]).toEqual(['step-up-too-late', []])
  })

  test('somebody else who is signed in meanwhile is not the one who began', async () => {
    const made = begunFor(purpose)
    made.needs.sessions.recordOf.mockReturnValue({ ...aliceRecord, identity: ben })
    const { problem } = await comeBack(made)
    expect([problem?.code, made.needs.oidc.redeem.mock.calls]).toEqual(['other-person', []])
  })

  test('somebody else whom Entra names is refused', async () => {
    const made = begunFor(purpose)
    made.needs.oidc.redeem.mockResolvedValue({
      identity: ben,
      groups: [],
      roles: [],
      contexts: ['c1'],
      tokens: madeTokens,
    })
    const { problem } = await comeBack(made)
    expect([problem?.code, made.doneAs('renewed')]).toEqual(['other-person', []])
  })
})

describe('back from a step-up', () => {
  test('a token without the context meets nothing', async () => {
    const made = begunFor(stepUp)
    made.needs.oidc.redeem.mockResolvedValue({
      identity: aliceIdentity,
      groups: [],
      roles: [],
      contexts: ['c2'],
      tokens: madeTokens,
    })
    const { problem } = await comeBack(made)
    expect([problem?.code, made.doneAs('renewed')]).toEqual(['auth-context-missing', []])
  })

  test('a person gets to the page that wanted it', async () => {
    const made = begunFor(stepUp)
    const { answered } = await comeBack(made)
    expect([made.doneAs('end-asked').length, answered.redirects]).toEqual([1, [[303, '/sessions']]])
  })

  test('who pressed Cancel is told so', async () => {
    const { problem } = await comeBack(begunFor(stepUp), 'error=access_denied&error_subcode=cancel&state=state')
    expect(problem?.code).toBe('step-up-cancelled')
  })
})

describe('back to turning on access', () => {
  const resuming = (next: object) => {
    const made = begunFor(turningOn)
    made.access.resume.mockResolvedValue(next)
    return made
  }
  const waitingFor = (path: string) => [[303, `/access/turning-on?returnTo=${encodeURIComponent(path)}`]]

  test('the claims are those of the wish', async () => {
    const made = begunFor(turningOn)
    await comeBack(made)
    expect(made.access.claimsFor.mock.calls).toEqual([[{ identity: aliceIdentity, sessionId: 'session-id' }, 'wish']])
  })

  test('the wish is sent, with exactly the token that came', async () => {
    const made = begunFor(turningOn)
    await comeBack(made)
    expect(made.doneAs('kept')).toEqual([['kept', 'session-id', madeTokens]])
    expect(made.access.resume.mock.calls).toEqual([
      [{ identity: aliceIdentity, sessionId: 'session-id', waitsUntil: 6_000 }, 'wish', madeNow],
    ])
  })

  test('a person waits, to go on to the page first asked for', async () => {
    const { answered } = await comeBack(begunFor(turningOn))
    expect(answered.redirects).toEqual(waitingFor('/sessions'))
  })

  test('a person waits, to go on to the page that the wish names', async () => {
    const { answered } = await comeBack(resuming({ kind: 'progress', returnTo: '/approvals' }))
    expect(answered.redirects).toEqual(waitingFor('/approvals'))
  })

  test('a person whose wish met a fault gets back to the form', async () => {
    expect((await comeBack(resuming({ kind: 'form' }))).answered.redirects).toEqual([[303, '/sessions']])
  })

  test('a person of whom PIM asks more is sent to Entra for that', async () => {
    const made = resuming({ kind: 'step-up', activation: 'next', claims: 'more', returnTo: '/approvals' })
    const { answered, request, response } = await comeBack(made)
    expect(answered.redirects).toEqual([[302, 'https://login.example/authorize']])
    expect(made.needs.oidc.signInUrl.mock.calls).toEqual([
      [expect.objectContaining({ loginHint: 'alice-hint', context: undefined, forPim: { claims: 'more' } })],
    ])
    expect(made.doneAs('begun-anew')).toEqual([
      [
        'begun-anew',
        request,
        response,
        expect.objectContaining({ returnTo: '/approvals', retries: 0, purpose: { ...turningOn, activation: 'next' } }),
      ],
    ])
  })

  test.each(['', '&error_subcode=cancel'])(
    'who proves nothing%s gets back to the form with all that was typed',
    async more => {
      const { answered, problem } = await comeBack(begunFor(turningOn), `error=access_denied${more}&state=state`)
      expect([answered.redirects, problem]).toEqual([[[303, '/sessions']], undefined])
    },
  )

  describe('at several gates', () => {
    const demand = (value: string) => JSON.stringify({ access_token: { acrs: { essential: true, value } } })
    const both = { ...turningOn, more: [{ activation: 'second', gate: 'operators' }] }
    /** Alice, who has asked for access at `members` and `operators`, where these claims are wanted. */
    const asking = (
      claims: Record<string, string | undefined>,
      purpose: typeof both & { beside?: string[] } = both,
    ) => {
      const made = begunFor(purpose)
      made.access.claimsFor.mockImplementation(async (_who, activation) => claims[activation as string])
      made.needs.selfService.push({ gate: 'operators', access: made.access })
      return made
    }
    const resumed = (made: MadeNeeds) => made.access.resume.mock.calls.map(([, activation]) => activation)

    test('all wishes that wanted the same are sent, in their order', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c1') })
      const { answered } = await comeBack(made)
      expect(resumed(made)).toEqual(['wish', 'second'])
      expect(answered.redirects).toEqual([
        [303, expect.stringContaining('/access/turning-on?gate=members&gate=operators')],
      ])
    })

    test('a wish that wanted nothing is sent too', async () => {
      const made = asking({ wish: demand('c1'), second: undefined })
      await comeBack(made)
      expect(resumed(made)).toEqual(['wish', 'second'])
    })

    test('a wish that wants something else is not sent, and Entra is asked for that next', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c2') })
      await comeBack(made)
      expect(resumed(made)).toEqual(['wish'])
      expect(made.needs.oidc.signInUrl.mock.calls).toEqual([
        [expect.objectContaining({ forPim: { claims: demand('c2') } })],
      ])
      expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({
        purpose: { kind: 'turning-on', activation: 'second', gate: 'operators', ...ofAlice },
        returnTo: '/sessions',
      })
    })

    test('of two that want something else, the second waits for the way back from the first', async () => {
      const third = { activation: 'third', gate: 'operators' }
      const made = asking(
        { wish: demand('c1'), second: demand('c2'), third: demand('c3') },
        { ...both, more: [...both.more, third] },
      )
      await comeBack(made)
      expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({ purpose: { activation: 'second', more: [third] } })
    })

    test('a wish at a gate where nobody turns on access is not sent, and stays named', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c1') })
      made.needs.selfService.pop()
      const { answered } = await comeBack(made)
      expect(resumed(made)).toEqual(['wish'])
      expect(answered.redirects).toEqual(allOf('gate=members&gate=operators'))
    })

    const allOf = (query: string) => [[303, `/access/turning-on?${query}&returnTo=%2Fsessions`]]

    test('the record of the next check names those that wait for none any more', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c2') }, { ...both, beside: ['auditors'] })
      await comeBack(made)
      expect(made.doneAs('begun-anew')[0]?.[3]).toMatchObject({
        purpose: { activation: 'second', gate: 'operators', beside: ['members', 'auditors'] },
      })
    })

    test('a person waits for those that waited for no check, too', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c1') }, { ...both, beside: ['auditors'] })
      const { answered } = await comeBack(made)
      expect(answered.redirects).toEqual(allOf('gate=members&gate=operators&gate=auditors'))
    })

    test('who proves nothing gets to the page that says so of each', async () => {
      const { answered } = await comeBack(asking({}), 'error=access_denied&state=state')
      expect(answered.redirects).toEqual(allOf('gate=members&gate=operators'))
    })

    test('a failure on the way leads back to the page that says so of each', async () => {
      const made = asking({ wish: demand('c1') })
      made.access.resume.mockRejectedValueOnce(new Problem('redis-away'))
      const { problem } = await comeBack(made)
      expect(problem).toMatchObject({
        facts: { returnTo: '/access/turning-on?gate=members&gate=operators&returnTo=%2Fsessions' },
      })
    })

    test('a person whose wishes are all at gates where nobody turns on access gets to the page that they came from', async () => {
      const made = asking({}, { ...both, gate: 'auditors', more: [{ activation: 'second', gate: 'strangers' }] })
      const { answered } = await comeBack(made)
      expect([answered.redirects, resumed(made), made.doneAs('kept')]).toEqual([[[303, '/sessions']], [], []])
    })

    test('a person gets to the waiting page though one of the wishes met a fault', async () => {
      const made = asking({ wish: demand('c1'), second: demand('c1') })
      made.access.resume.mockResolvedValueOnce({ kind: 'form' })
      const { answered } = await comeBack(made)
      expect(answered.redirects).toEqual([[303, expect.stringContaining('/access/turning-on?')]])
    })
  })

  test('no wish is sent where people do not turn on their access', async () => {
    const made = begunFor(turningOn)
    made.needs.selfService = []
    const { answered } = await comeBack(made)
    expect([made.doneAs('kept'), made.doneAs('renewed').length, made.doneAs('end-asked').length]).toEqual([[], 1, 1])
    expect(answered.redirects).toEqual([[303, '/sessions']])
  })
})
