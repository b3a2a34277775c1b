import http from 'node:http'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { clockAt, membersOf, openBrowser } from '../sign-in/browser.ts'

const { clock } = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

async function post(path: string, body: object = {}) {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(tenant.origin + path, { method: 'POST', headers, body: JSON.stringify(body) })
  // biome-ignore lint/suspicious/noExplicitAny: read as it comes
  return { status: response.status, body: (await response.json()) as any }
}

describe('assignments', () => {
  test('need a reason, a time and somebody who exists', () => {
    expect(() => tenant.assign('ben', { minutes: 30, reason: ' ' })).toThrow('reason')
    expect(() => tenant.assign('ben', { minutes: 0, reason: 'report' })).toThrow('minutes')
    expect(() => tenant.assign('nobody', { minutes: 30, reason: 'report' })).toThrow('nobody')
    expect(() => tenant.end('ben')).toThrow('not in the access group')
  })

  test('are mailed to the person and to the administrators', () => {
    tenant.assign('ben', { minutes: 30, reason: 'quarterly report' })
    const about = { person: 'ben', at: clock(), until: new Date('2026-03-02T12:30:00Z'), reason: 'quarterly report' }
    expect(tenant.mails).toMatchObject([
      { ...about, to: 'ben@contoso.example', subject: 'Ben Okafor was assigned to the access group' },
      { ...about, to: 'ada@contoso.example' },
    ])
    tenant.end('ben', 'done early')
    expect(tenant.mails.slice(2)).toMatchObject([{ until: clock(), reason: 'done early' }, {}])
  })
})

describe('the control interface', () => {
  test('shows people, memberships, switches, mails and calls', async () => {
    const state = await (await fetch(`${tenant.origin}/control`)).json()
    expect(state).toMatchObject({
      people: expect.arrayContaining([expect.objectContaining({ key: 'guido' })]),
      memberships: expect.arrayContaining([
        { person: 'alice', until: '2026-03-02T20:00:00.000Z' },
        { person: 'mona', until: 'permanent' },
        { person: 'ben', until: null },
      ]),
      switches: { replicationLagSeconds: 0 },
      mails: [],
      calls: { token: 0 },
    })
  })

  test('turns a switch back to where it was at the start with null, which is how JSON says undefined', async () => {
    const graphError = { what: '429', when: 'always' } as const
    await post('/control/switches', { graphError, replicationLagSeconds: 30 })
    expect((await post('/control/switches', { graphError: null, replicationLagSeconds: null })).status).toBe(200)
    expect([tenant.switches.graphError, tenant.switches.replicationLagSeconds]).toEqual([undefined, 0])
    expect((await post('/control/switches', null as never)).status).toBe(400)
  })

  test('turns switches, assigns, ends, rolls keys and resets', async () => {
    expect((await post('/control/switches', { assignmentRequired: true })).status).toBe(200)
    expect(tenant.switches.assignmentRequired).toBe(true)
    const { body } = await post('/control/assign', { person: 'ben', minutes: 5, reason: 'report' })
    expect(body.memberships).toContainEqual({ person: 'ben', until: '2026-03-02T12:05:00.000Z' })
    expect((await post('/control/end', { person: 'ben' })).body.mails).toHaveLength(4)
    expect((await post('/control/keys', { how: 'add' })).status).toBe(200)
    const { switches, mails } = (await post('/control/reset')).body
    expect([switches.assignmentRequired, mails]).toEqual([undefined, []])
  })

  test.each([
    ['/control/switches', { assignmentRequierd: true }, 'assignmentRequierd'],
    ['/control/switches', { groupMembershipClaims: 'All' }, 'groupMembershipClaims'],
    ['/control/assign', { person: 'ben', minutes: 5 }, 'reason'],
    ['/control/assign', { person: 'nobody', minutes: 5, reason: 'report' }, 'nobody'],
    ['/control/end', { person: 'ben' }, 'not in the access group'],
    ['/control/keys', { how: 'never' }, 'how'],
  ])('%s with %o is a bad request that says why', async (path, body, expected) => {
    const reply = await post(path, body)
    expect([reply.status, reply.body.error]).toEqual([400, expect.stringContaining(expected)])
  })

  test('a reset ends sessions', async () => {
    const browser = openBrowser(tenant)
    expect(membersOf(await browser.signIn('alice'))).toHaveProperty('code')
    await post('/control/reset')
    expect((await browser.authorize()).text).toContain('Who are you?')
  })

  test.each(['/control/reset', '/pim/reset'])('%s refuses what another site makes a browser send', async path => {
    expect(await statusFrom('cross-site', path)).toBe(403)
    expect(await statusFrom('same-site', path)).toBe(403)
    expect(await statusFrom('same-origin', path)).toBeLessThan(400)
  })
})

describe('the administrator page', () => {
  const submit = (path: string, form: Record<string, string>) =>
    fetch(`${tenant.origin}/pim${path}`, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })

  test('shows who has access until when, and the e-mails', async () => {
    await submit('/assign', { person: 'ben', minutes: '30', reason: 'quarterly report' })
    const page = await (await fetch(`${tenant.origin}/pim`)).text()
    expect(page).toContain('<time datetime="2026-03-02T12:30:00.000Z">2026-03-02 12:30 UTC</time>')
    expect(page).toContain('quarterly report')
  })

  test('assigns, ends, turns switches and resets, each with a redirect back', async () => {
    const assigned = await submit('/assign', { person: 'ben', minutes: '30', reason: 'report' })
    expect([assigned.status, assigned.headers.get('location')]).toEqual([303, '/pim'])
    expect((await submit('/end', { person: 'ben', reason: '' })).status).toBe(303)
    await submit('/switches', {
      assignmentRequired: 'on',
      groupMembershipClaims: 'SecurityGroup',
      replicationLagSeconds: '30',
      frontChannel: 'none',
    })
    expect(tenant.switches).toMatchObject({ assignmentRequired: true, replicationLagSeconds: 30, frontChannel: 'none' })
    await submit('/reset', {})
    expect(tenant.switches.assignmentRequired).toBeUndefined()
  })

  test('says what is wrong with an assignment without a reason', async () => {
    const response = await submit('/assign', { person: 'ben', minutes: '30', reason: '' })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('needs a reason')])
  })
})

// fetch would set the header itself.
function statusFrom(site: string, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'sec-fetch-site': site }
    const request = http.request(tenant.origin + path, { method: 'POST', headers }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    request.on('error', reject).end()
  })
}
