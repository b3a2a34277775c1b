import { expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'

const { tenant } = await openTenant()
const role = 'Payments.Operate'

async function control(path: string, body: object) {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${tenant.origin}/control/roles${path}`, sent)
  return { status: response.status, body: (await response.json()) as { roles: object[] } }
}
const submit = (path: string, holder: string) =>
  fetch(`${tenant.origin}/pim${path}`, {
    method: 'POST',
    body: new URLSearchParams({ role, holder, group: 'operators' }),
    redirect: 'manual',
  })
const page = async () => (await fetch(`${tenant.origin}/pim`)).text()

test('the control surface assigns roles to groups and to people, and tells who has which', async () => {
  await control('/assign', { role, group: 'operators' })
  const { body } = await control('/assign', { role: 'Payments.Audit', person: 'ben' })
  expect(body.roles).toEqual([
    { role, group: 'operators' },
    { role: 'Payments.Audit', person: 'ben' },
  ])
})

test('the control surface takes a role away', async () => {
  await control('/assign', { role, group: 'operators' })
  expect((await control('/unassign', { role, group: 'operators' })).body.roles).toEqual([])
})

test.each([
  { role: 'Payments.Nothing', person: 'ben' },
  { role, person: 'nobody' },
  { role, group: 'nothing' },
  { role, group: 'operators', person: 'ben' },
  { role },
])('the control surface refuses %j', async body => {
  expect((await control('/assign', body)).status).toBe(400)
})

test('the administrator’s page assigns a role to a group, and shows it', async () => {
  const response = await submit('/assign-role', 'group:operators')
  expect([response.status, response.headers.get('location')]).toEqual([303, '/pim?group=operators'])
  expect(await page()).toContain(`<span>${role}: Payments operators</span>`)
})

test('the administrator’s page assigns a role to a person, and takes it away', async () => {
  await submit('/assign-role', 'person:ben')
  expect(tenant.roles.assigned()).toEqual([{ role, person: 'ben' }])
  await submit('/unassign-role', 'person:ben')
  expect(await page()).toContain('None is assigned.')
})

test.each(['group:nothing', 'person:nobody', ''])('the administrator’s page refuses the holder %j', async holder => {
  expect((await submit('/assign-role', holder)).status).toBe(400)
})
