import { expect, test } from 'vitest'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { readWish } from '../../../infra/azure/wish/read-wish.ts'
import { gatesWished, wishedAt } from '../wished.ts'

test.each([
  ['a role of auditors', { auditors: { role: 'Payments.Audit' } }, 'gates[2].role'],
  ['a role of administrators', { administrators: { role: 'Payments.Administer' } }, 'gates[1].role'],
  ['another context for auditors', { auditors: { context: 'c1' } }, 'gates[2].context'],
  ['members who do not turn on access', { members: { selfService: false } }, 'gates[0].selfService'],
])('%s, which no setting can say, is a fault', (_what, gates, path) => {
  const read = readWish(JSON.stringify({ ...exampleWish(wishedAt), gates: gatesWished(gates) }), wishedAt)
  expect(read).toMatchObject({ faults: [{ path }] })
})
