import { describe, expect, test } from 'vitest'
import { managedGroups, managedNames } from '../../../infra/tenant/directory/managed.ts'
import { pages } from '../../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../../src/web/page.ts'
import { gatesFile } from '../../support/gates-file.ts'
import type { House } from '../../support/house.ts'
import { askedOf, openSelfService, trailOf, turnOnWithPasskey, wish } from '../../support/self-service.ts'
import type { Visitor } from '../../support/visitor.ts'

const notice = { title: 'Refunds', detail: 'All is well.', act: { label: 'Start', href: '/' }, returnTo: '/' }
const controller = (visit: ReturnType<Page['create']>) => Promise.resolve({ default: () => visit })
const refunds = controller(() => view('notice', 'Refunds', notice))
const sent = controller(() => redirect('/refunds'))
const table = await Promise.all([
  ...pages,
  get('/refunds', 'operators', refunds, { nav: 'Refunds' }),
  post('/refunds', 'operators', sent),
  get('/either', ['operators', 'members'], refunds, { nav: 'Either' }),
])

/** A house of four gates. At two of them people turn on access: `members` and `operators`. */
async function openGates() {
  const { operators, auditors } = managedGroups
  const house = await openSelfService({
    pages: table,
    settings: {
      GATES_FILE: gatesFile([
        { name: 'operators', title: managedNames.operators, group: operators },
        { name: 'observers', title: 'Payments observers', group: auditors, selfService: false },
        { name: 'readers', title: 'Payments readers', role: 'Payments.Read' },
      ]),
    },
    tenant: { eligible: { operators: ['alice', 'ben'] } },
  })
  house.tenant.setPolicy({ group: 'operators', context: false })
  return house
}
/** Somebody who is in at `operators` by a wish of theirs. */
async function operatorIn(house: House, key = 'ben'): Promise<Visitor> {
  const visitor = await house.visitor(key)
  await turnOnWithPasskey(visitor, '/refunds', { gate: 'operators' })
  await expect
    .poll(async () => {
      house.clock.advance({ seconds: 1 })
      return (await visitor.get('/refunds')).status
    })
    .toBe(200)
  return visitor
}
const statusesOf = async (visitor: Visitor) => [(await visitor.get('/refunds')).status, (await visitor.get('/')).status]
describe('a wish that names a gate', () => {
  test('turns on access there, and nowhere else', async () => {
    await using house = await openGates()
    expect(await statusesOf(await operatorIn(house))).toEqual([200, 403])
  })

  test('is in the trail under the name of the gate', async () => {
    await using house = await openGates()
    await operatorIn(house)
    expect((await trailOf(house)).map(({ event, gate }) => [event, gate])).toEqual([
      ['activationRequested', 'operators'],
      ['activationCompleted', 'operators'],
    ])
  })

  test('is counted at that gate, and so is what the gate decides', async () => {
    await using house = await openGates()
    await operatorIn(house)
    const counted = await house.services.meter.registry.metrics()
    const countOf = (line: string) =>
      Number(
        counted
          .split('\n')
          .find(each => each.startsWith(`${line} `))
          ?.split(' ')[1],
      )
    const turnedOn = ['members', 'operators'].map(gate =>
      countOf(`gatehouse_acts_total{gate="${gate}",act="activation",step="completed"}`),
    )
    const letIn = ['members', 'operators'].map(gate =>
      countOf(`gatehouse_gate_decisions_total{audience="${gate}",outcome="admit",reason="admitted"}`),
    )
    expect([turnedOn, letIn]).toEqual([
      [0, 1],
      [0, 1],
    ])
  })

  test('is offered by the refused page of a page of that gate', async () => {
    await using house = await openGates()
    const { text } = await (await house.visitor('ben')).get('/refunds')
    expect(text).toContain(managedNames.operators)
    expect(text).toContain('<input type="hidden" name="gate" value="operators">')
  })

  test('is told of in the log under the name of the gate, when PIM refuses it', async () => {
    await using house = await openGates()
    const ben = await house.visitor('ben')
    house.tenant.set({ graphError: { what: '403', method: 'POST', group: 'operators' } })
    await turnOnWithPasskey(ben, '/refunds', { gate: 'operators' })
    const lines = house.logged.map(line => JSON.parse(line)).filter(({ event }) => event === 'activation-refused')
    expect(lines.map(({ gate }) => gate)).toEqual(['operators'])
  })
})

describe('the navigation', () => {
  const hrefs = ({ text }: { text: string }) =>
    [...(text.match(/<nav aria-label="Main">(.*?)<\/nav>/s)?.[1] ?? '').matchAll(/href="([^"]+)"/g)].map(
      ([, href]) => href,
    )

  test('shows operators what their gate opens, and no page of another gate', async () => {
    await using house = await openGates()
    const ben = await operatorIn(house)
    expect(hrefs(await ben.get('/refunds'))).toEqual(['/access', '/approvals', '/refunds', '/either'])
  })

  test('shows members no page that operators alone may see', async () => {
    await using house = await openGates()
    const alice = await house.visitor('alice')
    expect(hrefs(await alice.get('/'))).toEqual(['/', '/access', '/approvals', '/sessions', '/either'])
  })

  test('shows somebody who is in at two gates the pages of both', async () => {
    await using house = await openGates()
    const alice = await operatorIn(house, 'alice')
    const all = ['/', '/access', '/approvals', '/sessions', '/refunds', '/either']
    for (const path of ['/', '/refunds', '/sessions', '/nothing-here'])
      expect([path, hrefs(await alice.get(path))]).toEqual([path, all])
  })
})

describe('a form that operators refuse', () => {
  test('is kept, and is there again once access is on at their gate', async () => {
    await using house = await openGates()
    const ben = await house.visitor('ben')
    const refused = await ben.post('/refunds', { amount: '8841 euros' })
    const kept = /name="returnTo" value="([^"]*kept-form[^"]*)"/.exec(refused.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect([refused.status, kept]).toEqual([403, expect.stringMatching(/^\/kept-form\/refunds\?draft=/)])
    await turnOnWithPasskey(ben, kept, { gate: 'operators' })
    await expect
      .poll(async () => {
        house.clock.advance({ seconds: 1 })
        return (await ben.get(kept)).text
      })
      .toContain('8841 euros')
  })
})

describe('at a gate where nobody turns on access here', () => {
  const doors: [method: 'get' | 'post', path: string][] = [
    ['get', '/access/turning-on'],
    ['get', '/access/turning-on/state'],
    ['post', '/access'],
    ['post', '/access/cancel'],
    ['get', '/access/end'],
    ['post', '/access/end'],
    ['post', '/access/extend'],
    ['get', '/approvals/7'],
    ['post', '/approvals/7'],
  ]
  const names = ['nobody', 'observers', 'readers', 'Operators', 'toString', '__proto__', '']

  test('no door answers anything but that there is none', async () => {
    await using house = await openGates()
    const ben = await house.visitor('ben')
    for (const gate of names)
      for (const [method, path] of doors) {
        const about = `${path}?gate=${gate}`
        const answer = method === 'get' ? await ben.get(about) : await ben.post(path, { ...wish, returnTo: '/', gate })
        expect([gate, method, path, answer.status]).toEqual([gate, method, path, 404])
      }
    expect(await trailOf(house)).toEqual([])
  })
})

describe('My access', () => {
  test('shows each gate that concerns the person', async () => {
    await using house = await openGates()
    const { text } = await (await operatorIn(house, 'alice')).get('/access')
    expect([managedNames.operators, managedNames.members].map(title => text.includes(`<bdi>${title}</bdi>`))).toEqual([
      true,
      true,
    ])
    expect(text).not.toContain('Payments observers')
  })

  test('shows one gate to somebody whom no other concerns', async () => {
    await using house = await openGates()
    const { text } = await (await house.visitor('lena')).get('/access')
    expect(text).not.toContain(managedNames.operators)
  })
})

describe('an act that names a gate', () => {
  test('extends access there, and leaves that at other gates as it is', async () => {
    await using house = await openGates()
    const alice = await operatorIn(house, 'alice')
    house.clock.advance({ minutes: 30 })
    const before = await alice.get('/')
    const { text } = before
    const answer = await alice.post('/access/extend', { minutes: '30', gate: 'operators', as: 'script' })
    expect(answer.body).toMatchObject({ extended: true })
    const untilOf = (html: string) => /data-access-bar[^>]*data-until="([^"]+)"/.exec(html)?.[1]
    expect(untilOf((await alice.get('/')).text)).toBe(untilOf(text))
  })

  test('ends access there alone', async () => {
    await using house = await openGates()
    const alice = await operatorIn(house, 'alice')
    house.clock.advance({ minutes: 6 })
    const answer = await alice.post('/access/end', { gate: 'operators' })
    expect([answer.headers.location, await statusesOf(alice)]).toEqual(['/access', [403, 200]])
  })

  test('takes back the request that waits there, and none of another gate', async () => {
    await using house = await openGates()
    for (const group of ['members', 'operators'] as const)
      house.tenant.setPolicy({ group, context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await ben.post('/access', { ...wish, returnTo: '/', gate: 'members' })
    await ben.post('/access', { ...wish, returnTo: '/refunds', gate: 'operators' })
    const answer = await ben.post('/access/cancel', { gate: 'operators' })
    expect(answer.headers.location).toBe('/access/turning-on?gate=operators')
    expect(askedOf(house).map(({ group, status }) => [group, status])).toEqual([
      ['members', 'PendingApproval'],
      ['operators', 'Canceled'],
    ])
  })
})

describe('an approver at operators', () => {
  async function asking() {
    const house = await openGates()
    house.tenant.setPolicy({ group: 'operators', context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await ben.post('/access', { ...wish, returnTo: '/refunds', gate: 'operators' })
    const lena = await house.visitor('lena')
    const id = askedOf(house)[0]?.id ?? ''
    return { house, ben, lena, id, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
  }

  test('is led from the list to the request at its gate', async () => {
    await using scene = await asking()
    const { text } = await scene.lena.get('/approvals')
    expect(text).toContain(`href="/approvals/${scene.id}?gate=operators"`)
    expect(text).toContain(managedNames.operators)
  })

  test('lets the person in at that gate alone', async () => {
    await using scene = await asking()
    const { house, ben, lena, id } = scene
    const form = { decision: 'approve', comment: 'Agreed with Lee', gate: 'operators' }
    expect((await lena.post(`/approvals/${id}`, form)).status).toBe(303)
    await expect
      .poll(() => {
        house.clock.advance({ seconds: 1 })
        return statusesOf(ben)
      })
      .toEqual([200, 403])
  })

  test('finds no such request at another gate', async () => {
    await using scene = await asking()
    const { house, lena, id } = scene
    const [right, wrong] = [await lena.get(`/approvals/${id}?gate=operators`), await lena.get(`/approvals/${id}`)]
    expect([right.text.includes('Ben Okafor'), wrong.text.includes('Ben Okafor')]).toEqual([true, false])
    await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'Agreed' })
    expect(askedOf(house)[0]?.status).toBe('PendingApproval')
  })
})
