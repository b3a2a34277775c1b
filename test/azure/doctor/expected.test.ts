import { expect, test } from 'vitest'
import { expectedTenant } from '../../../infra/azure/doctor/expected-tenant.ts'
import type { NamedObject } from '../../../infra/azure/doctor/wish-in-tenant.ts'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { type TenantWish, tenantWish } from '../../../infra/azure/wish/tenant-wish.ts'

const idOf = (number: number) => `00000000-0000-4000-8000-00000000000${number}`
const config = { unseen: 'No settings were given.', remedy: 'Give them.' }

/** What is expected of a tenant in which these names lead to these objects. */
function expectedOf(change: (wish: TenantWish) => void, people: Record<string, NamedObject>) {
  const wish = tenantWish.parse(exampleWish(new Date('2026-11-29T12:00:00Z')))
  change(wish)
  const groups = new Map<string, NamedObject>([['Emergency access', { id: idOf(1) }]])
  const named = { registration: { id: idOf(9) }, groups, people: new Map(Object.entries(people)) }
  const fact = expectedTenant({ config, wish, named })
  if (!('value' in fact)) throw new Error('tenant.json says what is expected')
  return fact.value
}
const ada = { 'ada@contoso.example': { id: idOf(2) } }

test('who is to have no end is known by id, and nobody else is', () => {
  const { gates } = expectedOf(({ gates: [members] }) => {
    members?.active.push({ person: 'ada@contoso.example', permanent: true, justification: 'Always there' })
  }, ada)
  expect(gates.map(({ permanent, permanentlyEligible }) => ({ permanent, permanentlyEligible }))).toEqual([
    { permanent: [idOf(2)], permanentlyEligible: [] },
    { permanent: [], permanentlyEligible: [] },
    { permanent: [], permanentlyEligible: [] },
  ])
})

test('a group that is to have no protection, and an activation that is to take no justification, are no faults', () => {
  const { gates } = expectedOf(({ gates: [members] }) => {
    if (members) members.protection = 'none'
    if (members) members.activation.justification = false
  }, ada)
  expect(gates[0]).toMatchObject({ unprotected: true, justification: false })
  expect(gates[1]).toMatchObject({ unprotected: false, justification: true })
})

test('where somebody cannot be found, nobody can be told from them', () => {
  const unseen: NamedObject = { none: 'unseen' }
  const expected = expectedOf(
    wish => {
      wish.emergency = { users: ['emergency@contoso.example'] }
      wish.gates[0]?.active.push({ person: 'ada@contoso.example', permanent: true, justification: 'Always there' })
    },
    { 'ada@contoso.example': unseen, 'emergency@contoso.example': unseen },
  )
  expect(expected.owners).toBeUndefined()
  expect(expected.emergency).toBeUndefined()
  expect(expected.gates[0]?.permanent).toBeUndefined()
})
