import { describe, expect, test } from 'vitest'
import { clockToleranceMs } from '../../../src/clock.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Approval, ApprovalStage } from '../../../src/entra/pim/approvals.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import type { PimRequest } from '../../../src/entra/pim/requests.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { createDecisionOn, requestFor } from '../../../src/pim/wish/asking.ts'
import { firstRequest, start, who } from '../bens.ts'

const wish: Activation = {
  id: 'a',
  kind: 'turn-on',
  wish: { reason: firstRequest.reason, minutes: 60 },
  returnTo: '/',
  keptAt: start,
  askedAt: start,
  challenges: 0,
  stage: 'asking',
}
const received: PimRequest = { ...firstRequest, createdAt: start }

/** The request of a wish, where PIM shows these requests of the person. */
const found = (change: Partial<Activation>, ...requests: PimRequest[]) =>
  requestFor(
    { ...wish, ...change },
    {
      request: async (_token, id) => ({ ...firstRequest, id, status: 'granted' }),
      requests: async (_token, role) => (role === 'principal' ? requests : []),
    },
    'a-token',
  )

describe('the request of a wish', () => {
  test('is asked for by its id', async () => {
    expect(await found({ request: 'r-7' }, received)).toMatchObject({ id: 'r-7', status: 'granted' })
  })
  test('is the one with the same reason, where its id was lost', async () => {
    const another = { ...received, id: 'r-0', reason: 'Refund 8842' }
    expect(await found({}, another, received)).toBe(received)
  })
  test('may be one whose reason PIM does not show', async () => {
    const { reason: _none, ...wordless } = received
    expect(await found({}, wordless)).toBe(wordless)
  })
  test('may be one that PIM received by a clock that is slow, sent by one that is fast', async () => {
    const early = { ...received, createdAt: start - 2 * clockToleranceMs }
    expect(await found({}, early)).toBe(early)
    expect(await found({}, { ...early, createdAt: early.createdAt - 1 })).toBeUndefined()
  })
  test('may be any of that reason where nobody wrote down when it was sent', async () => {
    const { askedAt: _none, ...unsent } = wish
    const shown = { ...received, createdAt: 0 }
    const pim = { request: async () => undefined, requests: async () => [shown] }
    expect(await requestFor(unsent, pim, 'a-token')).toBe(shown)
  })
  test('is none that ends access', async () => {
    expect(await found({}, { ...received, action: 'selfdeactivate' })).toBeUndefined()
  })
  test('is else the one that waits for approval', async () => {
    const waiting: PimRequest = { ...received, reason: 'In the portal', createdAt: 0, status: 'pendingapproval' }
    expect(await found({}, { ...waiting, status: 'denied' }, waiting)).toBe(waiting)
    expect(await found({ kind: 'extend' }, waiting)).toBeUndefined()
  })
})

describe('the decision on a request', () => {
  const denial: ApprovalStage = {
    id: 's',
    status: '',
    result: 'deny',
    comment: 'Not today',
    reviewedAt: start,
    reviewedBy: { id: 'lena', name: 'Lena Fischer', username: 'lena@contoso.example' },
    assignedToMe: false,
  }
  const decided = (approval: (id: string) => Promise<Approval>, request: PimRequest = received) => {
    const pim = { approval: (_token: string, id: string) => approval(id) } as Pim
    return createDecisionOn({ pim, asPerson: (_who, call) => call('a-token') })(who, request)
  }
  const withStages = (...stages: ApprovalStage[]) => decided(async id => ({ id, stages }))

  test('says who denied it, when, and why', async () => {
    expect(await withStages({ ...denial, result: 'approve', comment: 'Yes' }, denial)).toEqual({
      by: 'Lena Fischer',
      byId: 'lena',
      byUsername: 'lena@contoso.example',
      comment: 'Not today',
      at: start,
    })
  })
  test('says nothing that PIM does not say', async () => {
    expect(await withStages({ id: 's', status: '', result: 'deny', assignedToMe: false })).toStrictEqual({})
  })
  test('says nothing where nobody denied it', async () => {
    expect(await withStages({ ...denial, result: 'approve' })).toStrictEqual({})
  })
  test('says nothing where the person may not read it', async () => {
    expect(await decided(() => Promise.reject(new NoAnswer('silence')))).toStrictEqual({})
  })
  const idOf = async (request: PimRequest) => {
    const asked: string[] = []
    await decided(async id => {
      asked.push(id)
      return { id, stages: [] }
    }, request)
    return asked
  }
  test('is read from the approval that the request names', async () => {
    expect(await idOf({ ...received, approvalId: 'a-1' })).toEqual(['a-1'])
  })
  test('is read from the approval of the same id where it names none', async () => {
    expect(await idOf(received)).toEqual(['r-1'])
  })
})
