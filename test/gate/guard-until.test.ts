import { EventEmitter } from 'node:events'
import type { Request, Response } from 'express'
import { expect, test, vi } from 'vitest'
import { endedOf } from '../../src/gate/admission.ts'
import { createGuard } from '../../src/gate/guard.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { oneGate } from '../support/one-gate.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const dayMs = 86_400_000
const record = {
  identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
  gates: {},
  contexts: {},
} as unknown as SessionRecord

/** What the guard does with a request of somebody whose membership ends at this instant, or whose session is over. */
async function guarded(until: number | 'over') {
  const forget = vi.fn()
  const destroy = vi.fn()
  const membership = { member: true, provenAt: now, until: until === 'over' ? now : until } as const
  const guard = createGuard({
    config: {
      membership: { recheckMs: 60_000, graceMs: 300_000, roster: false, rosterMs: 15_000 },
      session: { maxMs: 36_000_000 },
    } as never,
    clock: () => new Date(now),
    sessions: { recordOf: () => record, forget },
    gates: oneGate({
      standingOf: async (_id, record) => (until === 'over' ? undefined : { record, membership }),
      known: () => membership,
    }),
  })
  const request = { sessionID: 'id' } as Request
  const response = Object.assign(new EventEmitter(), { locals: { log: { info() {} } }, destroy }) as unknown as Response
  const next = vi.fn()
  await guard({ audience: 'members' })(request, response, next)
  return { request, next, destroy, forget }
}

test('an end that is a month away cuts no page now', async () => {
  const { next, destroy } = await guarded(now + 30 * dayMs)
  expect(next).toHaveBeenCalledWith()
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(destroy).not.toHaveBeenCalled()
})

test('an end that comes while the page is on its way cuts it', async () => {
  const { destroy } = await guarded(now + 20)
  await expect.poll(() => destroy.mock.calls.length).toBe(1)
})

test('a session that ended because it was asked about is forgotten, and known to have been there', async () => {
  const { request, next, forget } = await guarded('over')
  expect(forget).toHaveBeenCalledWith(request)
  expect(next).toHaveBeenCalledWith(expect.objectContaining({ code: 'not-signed-in' }))
  expect(endedOf(request)).toBe(record)
})
