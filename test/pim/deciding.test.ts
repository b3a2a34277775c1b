import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../src/entra/outbound.ts'
import type { Approval } from '../../src/entra/pim/approvals.ts'
import type { Pim } from '../../src/entra/pim/pim.ts'
import { defaultRules } from '../../src/entra/pim/policy.ts'
import type { PimRequest } from '../../src/entra/pim/requests.ts'
import { Problem } from '../../src/errors.ts'
import { createApprovals } from '../../src/pim/approvals.ts'
import { notingActs, notingWays, openAtPim } from './at-pim.ts'
import { ben, firstRequest, start, who } from './bens.ts'

const lena = { sessionId: 'session', identity: { ...ben, objectId: 'lena', name: 'Lena Fischer' } }
const pending: PimRequest = {
  ...firstRequest,
  id: 'r-9',
  approvalId: 'a-9',
  status: 'pendingapproval',
  createdAt: start,
}
const undecided: Approval = { id: 'a-9', stages: [] }
const denied: Approval = { id: 'a-9', stages: [{ id: 's', status: '', result: 'deny', assignedToMe: false }] }

/** Ben's request before Lena, at a PIM that takes every decision or answers otherwise. */
function openDeciding(answers: Partial<Pim> = {}) {
  const steps: unknown[] = []
  const facts: unknown[] = []
  const ways: unknown[] = []
  const parts = openAtPim({
    requests: async () => [pending],
    approval: async () => undecided,
    rules: async () => ({ ...defaultRules, commentNeeded: false }),
    decide: async (_token, ...all) => void steps.push(all),
    ...answers,
  })
  const approvals = createApprovals({
    ...parts,
    asPerson: notingWays(ways),
    acts: notingActs(facts, steps),
    findOut: async () => {
      steps.push('found out')
      return { open: [], hasEnded: false }
    },
    roster: () => undefined,
  })
  return {
    ...approvals,
    steps,
    facts,
    ways,
    decide: (approve = true, comment = 'Agreed', by: object = lena) =>
      approvals.decide({ ...lena, ...by }, 'r-9', { approve, comment }),
  }
}
const codeOf = (answer: unknown) => (answer as { problem?: { code: string } }).problem?.code

describe('a decision', () => {
  test('goes to the approval of the request, after the results of earlier acts were found out', async () => {
    const { decide, steps } = openDeciding()
    expect(await decide()).toEqual({ kind: 'done' })
    expect(steps).toEqual(['found out', ['a-9', { approve: true, comment: 'Agreed' }], { verdict: 'done' }])
  })
  test('is sent even where the approver had Microsoft asked too often', async () => {
    const { decide, ways } = openDeciding()
    await decide()
    expect(ways).toEqual([undefined, 'act'])
  })
  test.each([
    [true, 'approval'],
    [false, 'denial'],
  ])('is recorded as what it is (approve: %s)', async (approve, kind) => {
    const { decide, facts } = openDeciding()
    await decide(approve)
    expect(facts).toEqual([{ kind, request: 'r-9', reason: 'Agreed', subject: { objectId: 'ben' } }])
  })
  test('is recorded with the names of the person, where the approver may read them', async () => {
    const { decide, facts } = openDeciding({
      named: async () => ({ name: 'Ben Okafor', username: 'ben@contoso.example' }),
    })
    await decide()
    const subject = { objectId: 'ben', name: 'Ben Okafor', username: 'ben@contoso.example' }
    expect(facts).toMatchObject([{ subject }])
  })
  test('has the first five hundred letters of its comment', async () => {
    const { decide, facts } = openDeciding()
    await decide(true, ` ${'x'.repeat(501)} `)
    expect(facts).toMatchObject([{ reason: 'x'.repeat(500) }])
  })
  test('without a comment says what is missing', async () => {
    expect(await openDeciding().decide(false, ' ')).toEqual({
      kind: 'form',
      errors: { comment: 'Say why: the person who asked reads it, and so does whoever reviews access.' },
    })
  })
  test('goes on when the page waits no longer', async () => {
    const answer = Promise.withResolvers<void>()
    const { decide, steps } = openDeciding({ decide: () => answer.promise })
    const told = await decide(true, 'Agreed', { waitsUntil: performance.now() })
    expect(codeOf(told)).toBe('no-answer')
    answer.resolve()
    await expect.poll(() => steps.at(-1)).toEqual({ verdict: 'done' })
  })
})

describe('nothing is sent', () => {
  test('about a request that this person may not see', async () => {
    const { decide, facts } = openDeciding({ requests: async () => [] })
    const told = await decide()
    expect([(told as { kind: string }).kind, facts]).toEqual(['refused', []])
    expect(codeOf(told)).toBeDefined()
  })
  test('about a request that somebody decided before', async () => {
    const { decide, facts } = openDeciding({ approval: async () => denied })
    expect(await decide()).toMatchObject({ kind: 'handled', request: { result: 'denied' } })
    expect(facts).toEqual([])
  })
  test("about one's own request", async () => {
    const { decide, facts } = openDeciding()
    expect(await decide(true, 'Agreed', who)).toMatchObject({ kind: 'handled', request: { isOwn: true } })
    expect(facts).toEqual([])
  })
})

describe('a decision that Microsoft', () => {
  const refused = () => Promise.reject(new GraphRefusal('Authorization_RequestDenied', { status: 403 }))
  test('refuses because somebody was first says who was', async () => {
    let times = 0
    const { decide } = openDeciding({
      decide: refused,
      approval: async () => (times++ === 0 ? undecided : denied),
    })
    expect(await decide()).toMatchObject({ kind: 'handled', request: { result: 'denied' } })
  })
  test('refuses for another reason says which', async () => {
    const told = await openDeciding({ decide: refused }).decide()
    expect(told).toMatchObject({ kind: 'refused', problem: { code: 'caller-lacks-permission' } })
  })
  test('refuses, and then says nothing more, is refused', async () => {
    let times = 0
    const requests = async () => {
      if (times++ > 0) throw new NoAnswer('silence')
      return [pending]
    }
    const told = await openDeciding({ decide: refused, requests }).decide()
    expect(codeOf(told)).toBe('caller-lacks-permission')
  })
  test('does not answer may have worked, whatever the request looks like', async () => {
    let times = 0
    const { decide } = openDeciding({
      decide: () => Promise.reject(new NoAnswer('silence')),
      approval: async () => (times++ === 0 ? undecided : denied),
    })
    expect(await decide()).toMatchObject({ kind: 'refused', problem: { code: 'no-answer' } })
  })
  test('cannot be sent, because Redis is away, rises', async () => {
    const { decide } = openDeciding({ decide: () => Promise.reject(new Problem('redis-away')) })
    await expect(decide()).rejects.toMatchObject({ code: 'redis-away' })
  })
})

describe('the requests that wait', () => {
  test('are listed', async () => {
    expect(await openDeciding().list(lena)).toMatchObject([{ id: 'r-9', principalId: 'ben' }])
  })
  test('are read one by one after the results of earlier acts were found out', async () => {
    const { one, steps } = openDeciding()
    expect(await one(lena, 'r-9')).toMatchObject({ id: 'r-9', state: 'waiting' })
    expect(steps).toEqual(['found out'])
  })
  test.each(['list', 'one'] as const)('are a Problem where Microsoft does not say them (%s)', async name => {
    const approvals = openDeciding({ requests: () => Promise.reject(new NoAnswer('silence')) })
    await expect(approvals[name](lena, 'r-9')).rejects.toMatchObject({ code: 'graph-silent' })
  })
})
