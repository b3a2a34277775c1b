import { beforeEach, describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'

const { tenant, clock, forward } = await openTenant()
const wish = { minutes: 30, reason: 'night shift' }
const last = () => tenant.requests.at(-1)

async function control(path: string, body: object) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${tenant.origin}/control${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: read as it comes
  return { status: response.status, body: (await response.json()) as any }
}

const submit = (path: string, form: Record<string, string>) =>
  fetch(`${tenant.origin}/pim${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })
const page = async () => (await fetch(`${tenant.origin}/pim`)).text()

describe('every act leaves a request behind', () => {
  test.each([
    [
      'a gift of access',
      () => tenant.assign('oskar', wish),
      { action: 'adminAssign', by: 'ada', status: 'Provisioned' },
    ],
    [
      'one as if by the person',
      () => tenant.assign('ben', { ...wish, how: 'activated' }),
      { action: 'selfActivate', by: 'ben', minutes: 30 },
    ],
    [
      'an end',
      () => tenant.end('alice', 'left'),
      { action: 'adminRemove', by: 'ada', reason: 'left', status: 'Revoked' },
    ],
    [
      'a later end',
      () => tenant.extend('alice', wish),
      { action: 'adminUpdate', until: new Date('2026-03-02T20:30:00Z') },
    ],
    [
      'an eligibility',
      () => tenant.makeEligible('oskar'),
      { about: 'eligibility', action: 'adminAssign', key: 'oskar' },
    ],
    ['a longer one', () => tenant.makeEligible('ben'), { about: 'eligibility', action: 'adminUpdate' }],
    ['the end of one', () => tenant.endEligibility('ben'), { about: 'eligibility', action: 'adminRemove' }],
    [
      'an activation',
      () => tenant.activate('ben', { ...wish, ticket: 'CHG-1' }),
      { action: 'selfActivate', ticket: 'CHG-1', from: clock(), until: new Date('2026-03-02T12:30:00Z') },
    ],
  ])('%s', (_what, act, request) => {
    act()
    expect(last()).toMatchObject({ created: clock(), ...request })
  })
})

describe('with approval on', () => {
  let id = ''
  beforeEach(() => {
    tenant.setPolicy({ approval: { approvers: ['lena', 'ada'] } })
    id = tenant.activate('ben', wish).id
  })

  test('an activation waits, and is decided on by an approver', () => {
    expect(last()?.status).toBe('PendingApproval')
    forward({ minutes: 3 })
    tenant.approve(id, 'lena', 'fine')
    expect(last()).toMatchObject({ status: 'Provisioned', from: clock(), decision: { by: 'lena', comment: 'fine' } })
  })

  test('it is denied, or called off', () => {
    tenant.deny(id, 'ada', 'no')
    expect(last()?.status).toBe('Denied')
    const again = tenant.activate('ben', wish).id
    tenant.cancelRequest(again, 'ben')
    expect(last()?.status).toBe('Canceled')
  })

  test.each([
    [() => tenant.approve(id, 'oskar', ''), 'not an approver'],
    [() => tenant.approve('none', 'lena', ''), 'no request'],
    [() => tenant.cancelRequest('none', 'ben'), 'no request'],
    [
      () => {
        tenant.deny(id, 'ada', 'no')
        tenant.approve(id, 'lena', 'yes')
      },
      'over',
    ],
  ])('%s is refused', (act, message) => {
    expect(act).toThrow(message)
  })

  test('the page shows it to those who can decide, who approve or deny it', async () => {
    const text = await page()
    expect(text).toContain('night shift')
    expect(text).toContain('<option value="lena">')
    expect((await submit('/approve', { id, by: 'lena', comment: 'fine' })).status).toBe(303)
    expect(last()?.status).toBe('Provisioned')
    expect(await page()).not.toContain(`value="${id}"`)
  })
})

test('the control surface does all of it too', async () => {
  await control('/policy', { maxMinutes: 60, approval: { approvers: ['lena'] } })
  await control('/eligible', { person: 'oskar', until: '2026-03-03T00:00:00Z' })
  const { body } = await control('/activate', { person: 'oskar', minutes: 20, reason: 'night shift', ticket: 'T-1' })
  expect(body.eligible).toContainEqual({ person: 'oskar', until: '2026-03-03T00:00:00.000Z' })
  const { id, status } = body.requests.at(-1)
  expect(status).toBe('PendingApproval')
  expect((await control('/approve', { id, by: 'lena', comment: 'ok' })).body.requests.at(-1).status).toBe('Provisioned')
  expect((await control('/end-eligibility', { person: 'oskar' })).status).toBe(200)
  for (const [path, wrong] of [
    ['/policy', { longest: 5 }],
    ['/deny', { id, by: 'lena' }],
    ['/cancel-request', { id, by: 'oskar' }],
    ['/eligible', { person: 'nobody' }],
  ] as const)
    expect((await control(path, wrong)).status).toBe(400)
})

describe('on the page', () => {
  test('the policy is set, and shown as it stands', async () => {
    const form = { maxMinutes: '45', ticket: 'on', context: '', approval: 'on', approvers: 'lena' }
    expect((await submit('/policy', form)).status).toBe(303)
    const text = await page()
    expect(text).toContain('name="maxMinutes" min="5" max="1440" value="45"')
    expect(text).toMatch(/name="ticket" checked/)
    expect(text).not.toMatch(/name="reason" checked/)
    tenant.activate('ben', wish)
    expect(last()?.status).toBe('PendingApproval')
  })

  test('approval without anybody to approve is refused', async () => {
    const response = await submit('/policy', { maxMinutes: '45', context: 'c1', approval: 'on' })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('who may approve')])
  })

  test('somebody is made eligible for some days, and no longer', async () => {
    await submit('/eligible', { person: 'oskar', days: '7' })
    expect(last()).toMatchObject({ key: 'oskar', until: new Date('2026-03-09T12:00:00Z') })
    expect((await submit('/end-eligibility', { person: 'oskar' })).status).toBe(303)
    expect(() => tenant.activate('oskar', wish)).toThrow('not eligible')
  })
})

test('a reset puts policy, eligibility and requests back', () => {
  const before = tenant.requests
  tenant.setPolicy({ approval: { approvers: ['lena'] } })
  tenant.activate('ben', wish)
  tenant.endEligibility('alice')
  tenant.reset()
  expect(tenant.requests).toEqual(before)
  expect(tenant.activate('ben', wish).status).toBe('Provisioned')
  tenant.end('alice')
  expect(tenant.activate('alice', wish).status).toBe('Provisioned')
})
