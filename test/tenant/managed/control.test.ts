import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'

const { tenant, clock } = await openTenant()
const wish = { minutes: 30, reason: 'night shift' }
const last = () => tenant.requests.at(-1)

async function control(path: string, body?: object) {
  const sent = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`${tenant.origin}/control${path}`, sent)
  // biome-ignore lint/suspicious/noExplicitAny: read as it comes
  return { status: response.status, body: (await response.json()) as any }
}
const submit = (path: string, form: Record<string, string>) =>
  fetch(`${tenant.origin}/pim${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
const page = async (query = '') => (await fetch(`${tenant.origin}/pim${query}`)).text()
const operators = { person: 'ben', group: 'operators' }

describe('the control surface', () => {
  test('tells of each managed group who is in it and who may be', async () => {
    tenant.makeEligible('ben', { group: 'operators', until: new Date('2026-03-03T00:00:00Z') })
    const { managed } = (await control('')).body
    expect(managed.administrators).toMatchObject({
      id: tenant.managedGroups.administrators,
      name: 'Access administrators',
      memberships: expect.arrayContaining([{ person: 'ada', until: 'permanent' }]),
      eligible: [],
    })
    expect(managed.operators.eligible).toEqual([{ person: 'ben', until: '2026-03-03T00:00:00.000Z' }])
  })

  test('assigns, extends and ends in the group that it is told', async () => {
    await control('/assign', { ...operators, ...wish })
    await control('/extend', { ...operators, ...wish })
    const { memberships, managed } = (await control('')).body
    expect(managed.operators.memberships).toContainEqual({ person: 'ben', until: '2026-03-02T13:00:00.000Z' })
    expect(memberships).toContainEqual({ person: 'ben', until: null })
    await control('/end', operators)
    expect(last()).toMatchObject({ group: 'operators', action: 'adminRemove', key: 'ben' })
  })

  test('makes eligible, turns on and ends eligibility in the group that it is told', async () => {
    await control('/eligible', operators)
    await control('/policy', { group: 'operators', approval: { approvers: ['lena'] } })
    await control('/activate', { ...operators, ...wish })
    expect(last()).toMatchObject({ group: 'operators', status: 'PendingApproval' })
    expect((await control('/end-eligibility', operators)).body.managed.operators.eligible).toEqual([])
  })

  test('adds and removes past PIM in the group that it is told', async () => {
    const isIn = ({ body }: Awaited<ReturnType<typeof control>>) =>
      body.managed.operators.memberships.some((each: { until: unknown }) => each.until === 'permanent')
    expect(isIn(await control('/add-directly', operators))).toBe(true)
    expect(isIn(await control('/remove-directly', operators))).toBe(false)
  })

  test('refuses a group that PIM does not manage', async () => {
    expect((await control('/assign', { person: 'ben', group: 'staff', ...wish })).status).toBe(400)
  })
})

describe('the administrator’s page', () => {
  test('shows one group, and leads to the others', async () => {
    tenant.assign('ben', { ...wish, group: 'operators' })
    const text = await page('?group=operators')
    expect(text).toContain('<a href="/pim?group=operators" aria-current="page">Payments operators</a>')
    expect(text).toContain('<a href="/pim?group=auditors">Access auditors</a>')
    const table = (html: string) => /<tbody>.*<\/tbody>/s.exec(html)?.[0]
    expect(table(text)).toContain('2026-03-02T12:30:00.000Z')
    expect(table(await page())).not.toContain('2026-03-02T12:30:00.000Z')
  })

  test('acts on the group that it shows, and comes back to it', async () => {
    const response = await submit('/assign', { ...operators, minutes: '30', reason: 'report' })
    expect([response.status, response.headers.get('location')]).toEqual([303, '/pim?group=operators'])
    expect(last()).toMatchObject({ group: 'operators', key: 'ben', until: new Date(clock().getTime() + 1_800_000) })
  })

  test('sends the group with every one of its forms', async () => {
    const forms = (await page('?group=auditors')).match(/<form.*?<\/form>/gs) ?? []
    expect(forms.filter(form => !form.includes('<input type="hidden" name="group" value="auditors">'))).toEqual([])
    expect(forms.length).toBeGreaterThan(people)
  })

  test('makes somebody eligible for the group', async () => {
    await submit('/eligible', { ...operators, days: '7' })
    expect(tenant.activate('ben', { ...wish, group: 'operators' }).status).toBe('Provisioned')
    await submit('/end-eligibility', operators)
    expect(last()).toMatchObject({ group: 'operators', about: 'eligibility', action: 'adminRemove' })
  })

  test('adds somebody past PIM, and removes them', async () => {
    await submit('/add-directly', operators)
    expect(await page('?group=operators')).toContain('Remove past PIM <span class="unseen">for Ben Okafor</span>')
    await submit('/remove-directly', operators)
    expect(await page('?group=operators')).toContain('Add past PIM <span class="unseen">for Ben Okafor</span>')
  })

  test('ends somebody in the group', async () => {
    await submit('/end', { person: 'ada', group: 'administrators' })
    expect(last()).toMatchObject({ group: 'administrators', key: 'ada', status: 'Revoked' })
  })

  test('sets and shows the policy of the group', async () => {
    await submit('/policy', { group: 'operators', maxMinutes: '45', context: 'c2', reason: 'on' })
    expect(await page('?group=operators')).toContain('value="c2"')
    expect(await page()).toContain('value="c1"')
  })

  test('shows what waits for approval in any group, with the name of the group', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.setPolicy({ group: 'operators', approval: { approvers: ['lena'] } })
    tenant.activate('ben', { ...wish, group: 'operators' })
    expect(await page()).toContain('<h3>Ben Okafor: Payments operators</h3>')
  })

  test('says what is wrong on the page of the group', async () => {
    const response = await submit('/assign', { ...operators, minutes: '30', reason: '' })
    expect(await response.text()).toContain('aria-current="page">Payments operators</a>')
  })
})

const people = tenant.people.length
