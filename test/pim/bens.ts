import type { PimRequest } from '../../src/entra/pim/requests.ts'
import type { Span } from '../../src/entra/pim/standing.ts'
import type { Who } from '../../src/gate/asking/pim-token.ts'

export const start = Date.parse('2026-03-02T12:10:00Z')
const minute = 60_000
export const ben: Who['identity'] = {
  tenantId: 't',
  objectId: 'ben',
  subject: 's',
  name: 'Ben Okafor',
  username: 'ben@contoso.example',
}
export const who: Who = { identity: ben, sessionId: 'session' }

/** Access that Ben turned on at 12:00 for an hour, and the request by which he did. */
export const span: Span = { kind: 'activated', from: start - 10 * minute, until: start + 50 * minute, requestId: 'r-1' }
export const firstRequest = {
  id: 'r-1',
  principalId: 'ben',
  action: 'selfactivate',
  status: 'provisioned',
  createdAt: span.from,
  minutes: 60,
  reason: 'Refund 8841 for a customer',
} satisfies PimRequest
