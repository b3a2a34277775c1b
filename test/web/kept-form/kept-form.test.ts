import request from 'supertest'
import { describe, expect } from 'vitest'
import { pages } from '../../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../../src/web/page.ts'
import { type House, openHouse } from '../../support/house.ts'
import { sessionIdOf, taken } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const notice = { title: 'Open', detail: 'All is well.', act: { label: 'Start', href: '/' }, returnTo: '/' }
const controller = (visit: ReturnType<Page['create']>) => Promise.resolve({ default: () => visit })
/** What reached a controller: that is what was sent. */
const received: { path: string; form: unknown }[] = []
let failing = false
let refusing = false
const receiving = controller(({ path, form }) => {
  if (failing) throw new Error('came to nothing')
  if (refusing) return view('notice', 'Wrong', notice, { status: 422 })
  received.push({ path, form })
  return redirect('/open')
})
const table = await Promise.all([
  ...pages,
  get(
    '/open',
    'signed-in',
    controller(() => view('notice', 'Open', notice)),
  ),
  post('/refunds/:id', 'members', receiving),
  post('/danger', 'members', receiving, { stepUp: { context: 'c2', maxAgeMinutes: 15 } }),
  post('/free', 'signed-in', receiving),
])

/** Someone who has done the check already. */
let ready: Visitor
const test = testIn({ settings: { AUTH_CONTEXT_ID: 'c1' }, pages: table })
test.beforeAll(async ({ house }) => {
  house.tenant.set({ contextsWithPolicy: ['c1', 'c2'] })
  ready = await arrived(house)
  expect((await ready.follow('/')).status).toBe(200)
})
test.beforeEach(async ({ house }) => {
  received.length = 0
  const kept = await keys(house)
  if (kept.length > 0) await house.redis.del(...kept)
})
test.afterEach(({ house }) => house.tenant.set({ lie: {}, authorizeError: undefined }))

const keys = (house: House) => house.redis.keys(`${house.prefix}draft:*`)
const encoded = (fields: readonly (readonly [string, string])[]) =>
  String(new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])))

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', '#34': '"', '#39': "'" }
const decoded = (html = '') => html.replace(/&(amp|lt|gt|#34|#39);/g, (_, name: string) => entities[name] ?? '')
const fieldsIn = (html: string) =>
  [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
    ([, name, value]) => [decoded(name), decoded(value)] as const,
  )
/** Presses the button of the page on which a kept form is shown. */
const send = (visitor: Visitor, shown: string) => visitor.post(actionIn(shown), encoded(fieldsIn(shown)))
const linkIn = (html: string) => decoded(html.match(/href="(\/kept-form\/[^"]+)"/)?.[1])
const actionIn = (html: string) => decoded(html.match(/action="(\/(?!auth)[^"]*)"/)?.[1])

/** Signed in, no context met; Entra has seen a passkey, so that no page of its own comes between. */
async function arrived(house: House, key = 'alice'): Promise<Visitor> {
  const visitor = await house.visitor(key, { signIn: false })
  expect((await visitor.signIn('/open', { method: 'passkey' })).status).toBe(200)
  return visitor
}
const reason = { reason: 'Refund 8841' }

describe('a form that needs one more check', () => {
  test('is answered with a page that says so, and nothing is done', async ({ house }) => {
    const answer = await (await arrived(house)).post('/refunds/7', reason)
    expect(answer.status).toBe(403)
    expect(answer.headers['content-type']).toMatch(/^text\/html/)
    expect(answer.text).toContain('<h1>One more check, then send it</h1>')
    expect(received).toEqual([])
  })

  test('has on that page a link that leads through the check to the form, which is not sent yet', async ({ house }) => {
    const alice = await arrived(house)
    const offer = await alice.post('/refunds/7', reason)
    expect((await alice.get(linkIn(offer.text))).headers.location).toContain(house.tenant.origin)
    const shown = await alice.follow(linkIn(offer.text))
    expect(shown.status).toBe(200)
    expect(shown.text).toContain('Refund 8841')
    expect(received).toEqual([])
  })

  test('is sent when the person presses Send, to the page that it was meant for', async ({ house }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/refunds/7', reason)).text))
    expect(shown.text).toContain('<button>Send</button>')
    const answer = await alice.post(actionIn(shown.text), encoded(fieldsIn(shown.text)))
    expect(answer.status).toBe(303)
    expect(received).toEqual([{ path: '/refunds/7', form: reason }])
  })

  const typed: [what: string, fields: [string, string][]][] = [
    ['other scripts', [['text', 'für 退款 עברית \u{1F511}\u{1F468}\u200D\u{1F469}\u200D\u{1F467} e\u0301']]],
    ['lines', [['text', '\r\nfirst\r\n\r\n  third\t\r\n']]],
    [
      'markup',
      [
        ['text', '</dd><script>alert(1)</script>"\'&amp;&#39;<%= 1 %>'],
        ['"><b>', 'name'],
      ],
    ],
    ['a long text', [['text', 'Grund für 8841.\r\n'.repeat(250)]]],
    ['a text of 4,000 characters', [['text', `${'x'.repeat(3_999)}!`]]],
    [
      'a name that comes more than once',
      [
        ['which', 'b'],
        ['which', 'a'],
        ['which', 'b'],
      ],
    ],
    [
      'fields left empty',
      [
        ['reason', ''],
        ['ticket', ''],
        ['', ''],
      ],
    ],
    ['many fields', Array.from({ length: 50 }, (_, n) => [`field ${n}`, String(n)])],
    [
      'names that mean something elsewhere',
      [
        ['__proto__', 'x'],
        ['constructor', 'y'],
        ['settings[view options]', 'z'],
      ],
    ],
    ['no field at all', []],
  ]
  test.for(typed)('arrives as if it had been sent at once: %s', async ([_what, fields], { house }) => {
    await ready.post('/refunds/7', encoded(fields))
    const [atOnce] = received.splice(0)
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/refunds/7', encoded(fields))).text))
    await alice.post(actionIn(shown.text), encoded(fieldsIn(shown.text)))
    expect(received).toEqual([atOnce])
  })

  test('shows markup that was typed as text', async ({ house }) => {
    const alice = await arrived(house)
    const offer = await alice.post('/refunds/7', { '<i>n</i>': '<script>alert(1)</script>' })
    const shown = await alice.follow(linkIn(offer.text))
    expect(shown.text).not.toMatch(/<script|<i>/)
    expect(shown.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  test('the form of a page with a check of its own waits for both', async ({ house }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/danger', reason)).text))
    await alice.post(actionIn(shown.text), encoded(fieldsIn(shown.text)))
    expect(received).toEqual([{ path: '/danger', form: reason }])
  })

  test('with the check done before, a form is just sent', async ({ house }) => {
    const alice = await arrived(house)
    await alice.follow('/')
    expect((await alice.post('/refunds/7', reason)).status).toBe(303)
    expect([received.length, (await keys(house)).length]).toEqual([1, 0])
  })
})

describe('a kept form', () => {
  test.for(['by a prefetch', 'by a prerender', 'in a tab that is restored later'])(
    'is not spent %s',
    async (how, { house }) => {
      const alice = await arrived(house)
      const link = linkIn((await alice.post('/refunds/7', reason)).text)
      const purpose = how === 'by a prerender' ? 'prefetch;prerender' : 'prefetch'
      await alice.follow('/')
      await alice.get(link, how.includes('tab') ? {} : { headers: { 'Sec-Purpose': purpose } })
      const shown = await alice.follow(link)
      expect([shown.status, shown.text.includes('Refund 8841')]).toEqual([200, true])
      await send(alice, shown.text)
      expect(received).toEqual([{ path: '/refunds/7', form: reason }])
    },
  )

  test('is gone when it was sent, also from Redis', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    expect(await keys(house)).toHaveLength(1)
    await send(alice, (await alice.follow(link)).text)
    expect(await keys(house)).toEqual([])
    const answer = await alice.get(link)
    expect([answer.status, answer.text.includes('8841')]).toEqual([404, false])
    expect(answer.text).toContain('There is no such form any more')
  })

  test('is sent once, however often the button is pressed, in however many tabs', async ({ house }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/refunds/7', reason)).text))
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(alice, shown.text)))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.text).toContain('<h1>This was sent already</h1>')
    expect(received).toHaveLength(1)
  })

  test('is still sent by a page that was open for longer than it was kept', async ({ house }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/refunds/7', reason)).text))
    house.clock.advance({ minutes: 11 })
    await house.redis.del(...(await keys(house)))
    expect((await send(alice, shown.text)).status).toBe(303)
    expect(received).toEqual([{ path: '/refunds/7', form: reason }])
  })

  test('is given back when the page that it was sent to fails, and can be sent once more', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    const shown = await alice.follow(link)
    failing = true
    expect((await send(alice, shown.text)).status).toBe(500)
    failing = false
    expect(await send(alice, (await alice.get(link)).text)).toMatchObject({ status: 303 })
    expect(received).toEqual([{ path: '/refunds/7', form: reason }])
  })

  test('is given back when the page that it was sent to finds faults in it, and is sent when they are mended', async ({
    house,
  }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/refunds/7', reason)).text))
    refusing = true
    expect((await send(alice, shown.text)).status).toBe(422)
    refusing = false
    const mended = { reason: 'Refund 8841, mended' }
    // The page that says so is at the same address, and so is where its form is sent.
    expect((await alice.post(actionIn(shown.text), mended)).status).toBe(303)
    expect(received).toEqual([{ path: '/refunds/7', form: mended }])
    expect((await alice.post(actionIn(shown.text), mended)).status).toBe(409)
  })

  test('keeps its id when the gate refuses it once more', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/danger', reason)).text)
    const shown = await alice.follow(link)
    house.clock.advance({ minutes: 9 })
    await house.services.sessions.change(sessionIdOf(alice), found => ({
      ...found,
      contexts: { c1: found.signedInAt },
    }))
    const again = await send(alice, shown.text)
    expect([again.status, linkIn(again.text)]).toEqual([403, link])
    expect(await keys(house)).toHaveLength(1)
    await send(alice, (await alice.follow(link)).text)
    expect(received).toEqual([{ path: '/danger', form: reason }])
  })

  test('is not kept anew when the gate refuses a second press after the first was sent', async ({ house }) => {
    const alice = await arrived(house)
    const shown = await alice.follow(linkIn((await alice.post('/danger', reason)).text))
    await send(alice, shown.text)
    await house.services.sessions.change(sessionIdOf(alice), found => ({
      ...found,
      contexts: { c1: found.signedInAt },
    }))
    const again = await send(alice, shown.text)
    expect([again.status, received.length, await keys(house)]).toEqual([409, 1, []])
  })

  test('is one of the ten newest of its person, and takes no room from anybody else', async ({ house }) => {
    const [alice, ada] = [await arrived(house), await arrived(house, 'ada')]
    const hers = linkIn((await ada.post('/refunds/7', { reason: 'of Ada' })).text)
    const links: string[] = []
    for (let form = 0; form < 70; form++)
      links.push(linkIn((await alice.post('/refunds/7', { reason: `form ${form} ${'x'.repeat(15_000)}` })).text))
    expect(await keys(house)).toHaveLength(11)
    await alice.follow('/')
    expect((await alice.get(links[59] ?? '')).status).toBe(404)
    expect((await alice.get(links[60] ?? '')).text).toContain('form 60')
    expect((await ada.follow(hers)).text).toContain('of Ada')
  })

  test('is gone after ten minutes', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    house.clock.advance({ minutes: 10 })
    expect((await alice.follow(link)).status).toBe(404)
  })

  test('is not shown to someone else, who takes nothing from its owner', async ({ house }) => {
    const alice = await arrived(house)
    const ada = await arrived(house, 'ada')
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    const answer = await ada.follow(link)
    expect([answer.status, answer.text.includes('8841')]).toEqual([404, false])
    expect((await alice.follow(link)).text).toContain('8841')
  })

  test('is not shown to someone else who signs in in the same browser', async ({ house }) => {
    const browser = await arrived(house, 'alice')
    const link = linkIn((await browser.post('/refunds/7', reason)).text)
    await browser.signIn('/auth/sign-in?account=another&returnTo=/', { as: 'ada', method: 'passkey' })
    expect((await browser.follow(link)).status).toBe(404)
  })

  test('is not shown to a visitor who is not signed in, and waits while they sign in', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    await alice.post('/auth/sign-out')
    expect((await alice.get(link)).headers.location).toMatch(/^\/auth\/sign-in/)
    expect((await alice.follow(link)).text).toContain('8841')
  })

  test('is not shown before the check, and a check that was cancelled uses nothing up', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    house.tenant.set({ authorizeError: { what: 'cancel', when: 'next' } })
    const cancelled = await alice.follow(link)
    expect([cancelled.status, cancelled.text.includes('8841')]).toEqual([403, false])
    expect(decoded(cancelled.text)).toContain(`href="${link}"`)
    expect((await alice.follow(link)).text).toContain('8841')
  })

  test.for([
    ['another path', (link: string) => link.replace('/refunds/7', '/refunds/8')],
    ['the path of another form', (link: string) => link.replace('/refunds/7', '/danger')],
    ['a guessed id', (link: string) => link.replace(/draft=.*/, `draft=${'A'.repeat(22)}`)],
    ['no id', (link: string) => link.replace(/\?.*/, '')],
    ['two ids', (link: string) => link.replace(/\?(.*)/, '?$1&$1')],
    ['the pattern of a key', (link: string) => link.replace(/draft=.*/, 'draft=*')],
  ] as const)('is not found with %s, and stays for the right one', async ([_what, changed], { house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    const answer = await alice.follow(changed(link))
    expect([answer.status, answer.text.includes('8841')]).toEqual([404, false])
    expect((await alice.follow(link)).text).toContain('8841')
  })

  test('is kept for each tab by itself', async ({ house }) => {
    const alice = await arrived(house)
    const links = [
      linkIn((await alice.post('/refunds/7', { reason: 'one' })).text),
      linkIn((await alice.post('/refunds/7', { reason: 'two' })).text),
    ]
    expect(fieldsIn((await alice.follow(links[1] ?? '')).text)).toEqual([['reason', 'two']])
    expect(fieldsIn((await alice.follow(links[0] ?? '')).text)).toEqual([['reason', 'one']])
  })

  test('opens for any replica', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', reason)).text)
    const id = new URL(link, house.baseUrl).searchParams.get('draft') ?? ''
    const { createServices } = await import('../../../src/services.ts')
    const replica = await createServices(house.config, { clock: house.clock.read, log: house.services.log })
    const person = { tenantId: house.tenant.tenantId, objectId: house.tenant.people[0]?.oid ?? '' }
    await expect.poll(() => replica.redis.status).toBe('ready')
    expect(await taken(replica.drafts, { person, path: '/refunds/7' }, id)).toEqual([['reason', 'Refund 8841']])
    replica.close()
  })

  test('is not in the log', async ({ house }) => {
    const alice = await arrived(house)
    const link = linkIn((await alice.post('/refunds/7', { reason: 'Not for the log' })).text)
    await alice.follow(link)
    const id = new URL(link, house.baseUrl).searchParams.get('draft') ?? 'none'
    expect(house.logged.join()).toContain('form-kept')
    for (const secret of ['Not for the log', id]) expect(house.logged.join()).not.toContain(secret)
  })
})

describe('nothing is kept', () => {
  const withBody = (house: House, visitor: Visitor, type: string) =>
    request(house.baseUrl)
      .post('/refunds/7')
      .set({ Cookie: visitor.cookieHeader(), Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' })
      .set({ 'Sec-Fetch-Site': 'same-origin', 'Content-Type': type })
      .send('reason=8841')
  const script = { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors' }
  const cases: [what: string, ask: (visitor: Visitor, house: House) => Promise<{ status: number }>, status: number][] =
    [
      ['of a script', visitor => visitor.post('/refunds/7', reason, script), 403],
      ['of a script that likes HTML', visitor => visitor.post('/refunds/7', reason, { 'Sec-Fetch-Mode': 'cors' }), 403],
      ['of another site', visitor => visitor.post('/refunds/7', reason, { 'Sec-Fetch-Site': 'cross-site' }), 403],
      ['of a sibling site', visitor => visitor.post('/refunds/7', reason, { 'Sec-Fetch-Site': 'same-site' }), 403],
      ['for a path that is no form', visitor => visitor.post('/', reason), 403],
      ['for a path that does not exist', visitor => visitor.post('/no-such-form', reason), 403],
      ['of a form too large', visitor => visitor.post('/refunds/7', { reason: 'x'.repeat(17_000) }), 413],
      ['of a body that is no form', (visitor, house) => withBody(house, visitor, 'text/plain'), 415],
      ['of a form with files', (visitor, house) => withBody(house, visitor, 'multipart/form-data; boundary=x'), 415],
      ['for a path too long to come back to', visitor => visitor.post(`/refunds/${'7'.repeat(480)}`, reason), 403],
      ['where no check is needed', visitor => visitor.post('/free', reason), 303],
    ]
  test.for(cases)('%s', async ([_what, ask, status], { house }) => {
    expect((await ask(await arrived(house), house)).status).toBe(status)
    expect(await keys(house)).toEqual([])
  })

  test('of an outsider', async ({ house }) => {
    expect((await (await arrived(house, 'oskar')).post('/refunds/7', reason)).status).toBe(403)
    expect(await keys(house)).toEqual([])
  })

  test('of nobody', async ({ house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    expect((await nobody.post('/refunds/7', reason)).status).toBe(401)
    expect(await keys(house)).toEqual([])
  })
})

test('a script is told with a code what is missing', async ({ house }) => {
  const answer = await (await arrived(house)).post('/refunds/7', reason, { Accept: '*/*', 'Sec-Fetch-Mode': 'cors' })
  expect(JSON.parse(answer.text)).toMatchObject({ status: 403, code: 'auth-context-missing' })
})

test('a kept form is not shown to someone whose access has ended', async ({ house }) => {
  const ada = await arrived(house, 'ada')
  const link = linkIn((await ada.post('/refunds/7', reason)).text)
  house.tenant.set({ lie: { omit: ['groups'] } })
  house.clock.advance({ seconds: 61 })
  const answer = await ada.get(link)
  expect([answer.status, answer.text.includes('8841')]).toEqual([403, false])
})

test('a house without any authentication context has no page for kept forms', async () => {
  await using open = await openHouse()
  const alice = await open.visitor('alice')
  const answer = await alice.get('/kept-form/sessions/end?draft=x')
  expect(answer.status).toBe(404)
  expect(answer.text).toContain('There is no such page')
})
