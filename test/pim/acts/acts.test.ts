import { describe, expect, test } from 'vitest'
import { type AuditRecord, createTrail, type Outcome, type Verdict } from '../../../src/audit/trail.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { type ActFacts, askedIn, createActs, isFinal } from '../../../src/pim/acts/acts.ts'
import type { OpenActs } from '../../../src/pim/acts/open-acts.ts'
import { verdictOfThrown } from '../../../src/pim/acts/verdict.ts'

const identity = { tenantId: 't', objectId: 'oid-1', subject: 's', name: 'Ben', username: 'ben@contoso.example' }
const who = { identity, sessionId: 'session-1' }
const ending: ActFacts = { kind: 'ending' }
const cancellation: ActFacts = { kind: 'cancellation', request: 'r-1' }
const outcomeOf = (verdict: Verdict): Outcome => ({ verdict, request: 'r-2' })

/** Acts whose every step is written down, over open acts that are kept nowhere. */
function openActing({ closing = async () => true }: { closing?: () => Promise<boolean> } = {}) {
  const steps: unknown[] = []
  const records: AuditRecord[] = []
  const openActs = {
    all: async () => [],
    begin: async (_who, { act, ...facts }) => {
      steps.push(['begin', facts, act.length])
      return { act: 'the-act', kind: facts.kind, askedAt: 0, sentAt: 0 }
    },
    note: async (_who, ...noted) => steps.push(['note', ...noted]) > 0,
    close: (_who, act) => {
      steps.push(['close', act])
      return closing()
    },
  } satisfies OpenActs
  const trail = createTrail({
    gate: 'members',
    append: async record => void records.push(record),
    verdictOfThrown,
    onLost: () => {},
  })
  const acts = createActs({ openActs, trail })
  const act = (facts: ActFacts, verdict: Verdict) =>
    acts(
      who,
      facts,
      async () => outcomeOf(verdict),
      async ({ verdict }) => void steps.push(['settled', verdict]),
    )
  const failing = (thrown: unknown) => acts(who, ending, () => Promise.reject(thrown))
  return { acts, act, failing, steps, records }
}

const begun = (facts: ActFacts) => ['begin', facts, 36]

test.for<[Verdict, boolean]>([
  ['done', true],
  ['denied', true],
  ['failed', true],
  ['waiting', false],
  ['unanswered', false],
])('that the result "%s" cannot change any more is %s', ([verdict, expected]) => {
  expect(isFinal({ verdict })).toBe(expected)
})

describe('the trail', () => {
  test('hears of the request, the reason and the person that an act is about, and not of its kind', () => {
    const about = { request: 'r-1', reason: 'Not today', subject: { objectId: 'oid-2' } }
    expect(askedIn({ kind: 'denial', ...about })).toEqual(about)
  })

  test('hears nothing of an act that is about nothing', () => {
    expect(Object.keys(askedIn(ending))).toEqual([])
  })

  test('has the act before and after it, under the name of the act that is open', async () => {
    const { act, records } = openActing()
    await act(cancellation, 'done')
    expect(records.map(({ event, act, actor, request }) => [event, act, actor?.objectId, request])).toEqual([
      ['cancellationRequested', 'the-act', 'oid-1', 'r-1'],
      ['cancellationCompleted', 'the-act', 'oid-1', 'r-2'],
    ])
  })
})

describe('an act', () => {
  test('is settled before it counts as known', async () => {
    const { act, steps } = openActing()
    await act(cancellation, 'done')
    expect(steps).toEqual([begun(cancellation), ['settled', 'done'], ['close', 'the-act']])
  })

  test('hands back its result', async () => {
    expect(await openActing().act(ending, 'waiting')).toEqual(outcomeOf('waiting'))
  })

  test('that waits stays open, without a note of another request', async () => {
    const { act, steps } = openActing()
    await act(cancellation, 'waiting')
    expect(steps).toEqual([begun(cancellation), ['settled', 'waiting']])
  })

  test('needs nobody who settles it', async () => {
    const { acts, steps } = openActing()
    await acts(who, ending, async () => outcomeOf('done'))
    expect(steps).toEqual([begun(ending), ['close', 'the-act']])
  })

  test('that cannot be closed now is done all the same', async () => {
    const { act } = openActing({ closing: () => Promise.reject(new Error('away')) })
    expect(await act(ending, 'done')).toEqual(outcomeOf('done'))
  })

  test('that was refused is closed, and its refusal rises', async () => {
    const { failing, steps } = openActing()
    const refusal = new GraphRefusal('no')
    await expect(failing(refusal)).rejects.toBe(refusal)
    expect(steps).toEqual([begun(ending), ['close', 'the-act']])
  })

  test('that got no answer stays open, and the silence rises', async () => {
    const { failing, steps } = openActing()
    const silence = new NoAnswer('silence')
    await expect(failing(silence)).rejects.toBe(silence)
    expect(steps).toEqual([begun(ending)])
  })
})

describe('an ending that waits', () => {
  test('is noted with the request of PIM by which it is under way', async () => {
    const { act, steps } = openActing()
    await act(ending, 'waiting')
    expect(steps).toEqual([begun(ending), ['settled', 'waiting'], ['note', 'the-act', 'r-2']])
  })

  test('is not noted where PIM named no request', async () => {
    const { acts, steps } = openActing()
    await acts(who, ending, async () => ({ verdict: 'waiting' }))
    expect(steps).toEqual([begun(ending)])
  })
})
