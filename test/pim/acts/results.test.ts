import { describe, expect, test } from 'vitest'
import { clockToleranceMs } from '../../../src/clock.ts'
import type { ApprovalStage } from '../../../src/entra/pim/approvals.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import type { OpenAct } from '../../../src/pim/acts/open-acts.ts'
import { createResults, isTurnedOn } from '../../../src/pim/acts/results.ts'
import { surelyListedMs } from '../../../src/session/record/plan.ts'
import { openAtPim } from '../at-pim.ts'
import { firstRequest, span, start, who } from '../bens.ts'

const notDone = { verdict: 'failed', status: 'not-done' }
/** What is found out about an act that was sent just now, or so long ago, at a PIM that answers like this. */
function found(facts: Pick<OpenAct, 'kind'> & Partial<OpenAct>, answers: Partial<Pim>, agoMs = 0) {
  const parts = openAtPim(answers)
  parts.pass(agoMs)
  return createResults(parts)[facts.kind](who, { act: 'the-act', askedAt: start, sentAt: start, ...facts })
}

test('access counts as turned on where the person did that, not where an administrator gave it', () => {
  expect([isTurnedOn(span), isTurnedOn({ ...span, kind: 'assigned' })]).toEqual([true, false])
})

describe('an ending', () => {
  const ending = { kind: 'ending' } as const
  const request = { ...firstRequest, id: 'r-2', action: 'selfdeactivate', status: 'revoked', createdAt: start } as const
  const listed = (...requests: Partial<PimRequest>[]) => ({
    requests: async (_token: string, role: string) =>
      role === 'principal' ? requests.map(each => ({ ...request, ...each })) : [],
  })

  test('is done where PIM shows a request that was carried out', async () => {
    expect(await found(ending, listed({}))).toEqual({ verdict: 'done', request: 'r-2', status: 'revoked' })
  })
  test('may be one that PIM received by a clock that is slow', async () => {
    expect(await found(ending, listed({ createdAt: start - clockToleranceMs }))).toMatchObject({ verdict: 'done' })
  })
  test('is not an earlier one', async () => {
    expect(await found(ending, listed({ createdAt: start - clockToleranceMs - 1 }))).toBeUndefined()
  })
  test('is the one whose request is known, whenever PIM received it', async () => {
    expect(await found({ ...ending, request: 'r-2' }, listed({ createdAt: 0 }))).toMatchObject({ verdict: 'done' })
  })
  test('is no request to turn on access', async () => {
    expect(await found({ ...ending, request: 'r-2' }, listed({ action: 'selfactivate' }))).toBeUndefined()
  })
  test('that was refused has its result', async () => {
    const refused = { verdict: 'denied', request: 'r-2', status: 'denied' }
    expect(await found(ending, listed({ status: 'denied' }))).toEqual(refused)
  })
  test('that was refused stays so, though access is off by now', async () => {
    const refused = { ...listed({ status: 'denied' }), spans: async () => [] }
    expect(await found(ending, refused)).toMatchObject({ verdict: 'denied' })
  })
  test('is done where one of its requests was carried out', async () => {
    const requests = listed({ id: 'r-2', status: 'failed' }, { id: 'r-3', status: 'revoked' })
    expect(await found(ending, requests)).toMatchObject({ verdict: 'done', request: 'r-3' })
  })
  test('has the result of its newest request where none was carried out', async () => {
    const requests = listed({ id: 'r-3', status: 'denied' }, { id: 'r-2', status: 'failed' })
    expect(await found(ending, requests)).toMatchObject({ verdict: 'denied', request: 'r-3' })
  })

  describe('that is under way', () => {
    const underWay = listed({ status: 'pendingprovisioning' })
    const over = { verdict: 'done', request: 'r-2', status: 'pendingprovisioning' }
    const waiting = { ...over, verdict: 'waiting' }
    const withSpans = (...spans: Awaited<ReturnType<Pim['spans']>>) => ({ ...underWay, spans: async () => spans })

    test('waits while access is on', async () => {
      expect(await found(ending, withSpans(span))).toEqual(waiting)
    })
    test('waits while any access is on that the person turned on', async () => {
      expect(await found(ending, withSpans({ ...span, kind: 'assigned' }, span))).toEqual(waiting)
    })
    test('is done once no access is on', async () => {
      expect(await found(ending, withSpans())).toEqual(over)
    })
    test('is done where only an administrator lets the person in', async () => {
      expect(await found(ending, withSpans({ ...span, kind: 'assigned' }))).toEqual(over)
    })
    test('waits while access is on that began at the same moment', async () => {
      expect(await found(ending, withSpans({ ...span, from: start + clockToleranceMs }))).toEqual(waiting)
    })
    test('is done where the access that is on began later', async () => {
      expect(await found(ending, withSpans({ ...span, from: start + clockToleranceMs + 1 }))).toEqual(over)
    })
  })
})

describe('a cancellation', () => {
  const cancellation = { kind: 'cancellation', request: 'r-1' } as const
  const shown = (change: Partial<PimRequest>) => ({
    request: async (_token: string, id: string) => (id === 'r-1' ? { ...firstRequest, ...change } : undefined),
  })

  test('is done where PIM shows the request as cancelled', async () => {
    expect(await found(cancellation, shown({ status: 'canceled' }))).toEqual({ verdict: 'done', status: 'canceled' })
  })
  test.each(['provisioned', 'denied', 'failed'] as const)('came too late where the request is %s', async status => {
    expect(await found(cancellation, shown({ status }))).toEqual({ verdict: 'failed', status })
  })
  test('is not known while the request waits', async () => {
    expect(await found(cancellation, shown({ status: 'pendingapproval' }))).toBeUndefined()
  })
  test('is not known while the access that was granted is to come', async () => {
    expect(await found(cancellation, shown({ status: 'granted', startsAt: start + 1 }))).toBeUndefined()
  })
  test('came too late once the access has begun', async () => {
    const granted = shown({ status: 'granted', startsAt: start })
    expect(await found(cancellation, granted)).toEqual({ verdict: 'failed', status: 'granted' })
  })
  test('of a request that PIM does not show is not known', async () => {
    expect(await found(cancellation, { request: async () => undefined })).toBeUndefined()
  })
})

describe('a decision', () => {
  const approval = { kind: 'approval', request: 'r-1', reason: 'Agreed with Lee' } as const
  const denial = { ...approval, kind: 'denial' } as const
  const mine = { reviewedBy: { id: who.identity.objectId } }
  const stage = (change: object): ApprovalStage => ({
    id: 's',
    status: '',
    result: 'notreviewed',
    assignedToMe: true,
    ...change,
  })
  const staged = (...changes: object[]) => ({
    approval: async (_token: string, id: string) => ({ id, stages: id === 'r-1' ? changes.map(stage) : [] }),
  })

  test('to approve is done where PIM has a yes of this person', async () => {
    expect(await found(approval, staged({ ...mine, result: 'approve' }))).toEqual({
      verdict: 'done',
      status: 'approve',
    })
  })
  test('to deny is done where PIM has a no of this person', async () => {
    expect(await found(denial, staged({ ...mine, result: 'deny' }))).toEqual({ verdict: 'done', status: 'deny' })
  })
  test('to deny came to nothing where the person had said yes', async () => {
    expect(await found(denial, staged({ ...mine, result: 'approve' }))).toEqual({
      verdict: 'failed',
      status: 'approve',
    })
  })
  test('to approve came to nothing where the person had said no', async () => {
    expect(await found(approval, staged({ ...mine, result: 'deny' }))).toEqual({ verdict: 'failed', status: 'deny' })
  })
  test('came to nothing where somebody else was first, with the same words', async () => {
    const others = { reviewedBy: { id: 'lena' }, comment: approval.reason, result: 'approve' }
    expect(await found(approval, staged(others))).toEqual({ verdict: 'failed', status: 'approve' })
  })
  test('is known by its words where PIM does not say who decided', async () => {
    const nobodys = (comment: string) => staged({ comment, result: 'approve' })
    expect(await found(approval, nobodys('Agreed with Lee'))).toMatchObject({ verdict: 'done' })
    expect(await found(approval, nobodys('Agreed with Sam'))).toMatchObject({ verdict: 'failed' })
  })
  test('without words is known as that, too', async () => {
    const wordless = { kind: 'approval', request: 'r-1' } as const
    expect(await found(wordless, staged({ result: 'approve' }))).toMatchObject({ verdict: 'done' })
  })
  test('is not known while nobody has decided', async () => {
    expect(await found(approval, staged({ ...mine, result: 'notreviewed' }))).toBeUndefined()
  })
  test('is that of the stage that was decided', async () => {
    const stages = staged({ result: 'notreviewed' }, { ...mine, result: 'approve' })
    expect(await found(approval, stages)).toMatchObject({ verdict: 'done' })
  })
  test('is read from the approval that the request names', async () => {
    const answers: Partial<Pim> = {
      requests: async (_token, role) =>
        role === 'approver'
          ? [
              { ...firstRequest, id: 'r-0', approvalId: 'another' },
              { ...firstRequest, approvalId: 'the-approval' },
            ]
          : [],
      approval: async (_token, id) => ({
        id,
        stages: id === 'the-approval' ? [stage({ ...mine, result: 'approve' })] : [],
      }),
    }
    expect(await found(approval, answers)).toMatchObject({ verdict: 'done' })
  })
})

describe('an act that PIM does not show', () => {
  const nothing: Partial<Pim> = {
    requests: async () => [],
    request: async () => undefined,
    approval: async (_token, id) => ({ id, stages: [] }),
  }
  const kinds = ['ending', 'cancellation', 'approval', 'denial'] as const
  test.each(kinds)('may have been done while lists may lag (%s)', async kind => {
    expect(await found({ kind, request: 'r-9' }, nothing, surelyListedMs - 1)).toBeUndefined()
  })
  test.each(kinds)('was not done once lists would surely show it (%s)', async kind => {
    expect(await found({ kind, request: 'r-9' }, nothing, surelyListedMs)).toEqual(notDone)
  })
})
