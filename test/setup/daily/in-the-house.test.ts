import type { AddressInfo } from 'node:net'
import { afterAll, expect } from 'vitest'
import { createMetrics } from '../../../src/web/entrance/metrics.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { openPeople, reader } from '../../web/administration/at-people.ts'

/** What docs/permissions.md names for the daily check. */
const appPermissions = [
  ...['Application.Read.All', 'Policy.Read.All', 'AuthenticationContext.Read.All', 'GroupMember.Read.All'],
  ...['RoleManagementPolicy.Read.AzureADGroup', 'PrivilegedAssignmentSchedule.Read.AzureADGroup'],
  ...['PrivilegedEligibilitySchedule.Read.AzureADGroup', 'Directory.Read.All'],
]
const test = testIn(() => openPeople({ settings: { METRICS_PORT: '9464' }, tenant: { switches: { appPermissions } } }))
let scrape: () => Promise<string>
let close = () => {}
test.beforeAll(async ({ house }) => {
  const server = createMetrics(house.services)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
  scrape = async () => (await fetch(url, { headers: { Connection: 'close' } })).text()
  close = () => server.close()
})
afterAll(() => close())

const counted = async (verdict: string) =>
  new RegExp(`^gatehouse_setup_findings\\{verdict="${verdict}"\\} (\\d+)$`, 'm').exec(await scrape())?.[1]
const found = ({ services }: House) =>
  services.dailyCheck.known()?.find(({ check }) => check === 'context-policy')?.verdict
const said = ({ logged }: House) =>
  logged
    .map(line => JSON.parse(line) as { level: number; event: string; check?: string; fix?: string })
    .filter(({ check }) => check === 'context-policy')
const details = /<details class="notice attention">[\s\S]*?<\/details>/

test('a policy that somebody switches off alarms within a day, and is quiet when it is on again', async ({ house }) => {
  const { dailyCheck } = house.services
  expect(await scrape()).not.toContain('gatehouse_setup_findings{')
  await dailyCheck.look()
  expect([found(house), said(house)]).toEqual(['right', []])

  const { policies } = house.tenant.conditionalAccess
  const [policy] = policies.all()
  if (!policy) throw new Error('the tenant has no policy')
  policies.put({ ...policy, state: 'disabled' })
  house.clock.advance({ hours: 24 })
  await dailyCheck.look()
  expect(found(house)).toBe('wrong')
  expect(said(house)).toEqual([expect.objectContaining({ level: 40, event: 'setup-finding', verdict: 'wrong' })])
  const wrong = dailyCheck.known()?.filter(({ verdict }) => verdict === 'wrong').length
  expect(await counted('wrong')).toBe(String(wrong))

  policies.put(policy)
  for (const [key, group] of [
    ['ada', 'administrators'],
    ['lena', 'auditors'],
  ] as const)
    house.tenant.assign(key, { minutes: 60, reason: 'On duty', group })
  const what = dailyCheck.known()?.find(({ check }) => check === 'context-policy')?.what ?? 'nothing'
  const [shown = ''] = details.exec((await (await reader(house)).get('/people')).text) ?? []
  expect(shown).toContain('in the set-up in Microsoft Entra')
  expect(shown).toContain(what.slice(0, 20))
  expect((await (await reader(house, 'lena')).get('/people')).text).not.toMatch(details)

  house.clock.advance({ hours: 24 })
  await dailyCheck.look()
  expect(said(house).at(-1)).toMatchObject({ level: 30, event: 'setup-right-again' })
})
