import { afterAll, describe, expect } from 'vitest'
import type { Offer } from '../../../src/pim/answers.ts'
import { pimRefusal } from '../../../src/pim/refusals/words.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import { form, minute, now, offering, openHandMade, waitingOne } from '../../support/hand-made.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let site: Awaited<ReturnType<typeof openHandMade>>
let oskar: Visitor
const test = testIn({ now: '2026-03-02T12:13:00Z', settings: { PIM_SELF_SERVICE: 'on' } })
test.beforeAll(async ({ house }) => {
  site = await openHandMade(house)
  oskar = await house.visitor('oskar')
})
afterAll(() => site[Symbol.asyncDispose]())

const plain = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ([.,)])/g, '$1')
const headingIn = (html: string) => plain(html.match(/<h1>(.*?)<\/h1>/s)?.[1] ?? '').trim()

describe('the refused page', () => {
  const request = {
    since: now - 11 * minute,
    lapsesAt: now + 1429 * minute,
    reason: 'Refund 8841',
    ticket: 'INC-1',
    minutes: 60,
  }
  const asked = { ...form, needs: { passkey: false, approval: true, approvers: ['Lee Park', 'Sam Okoro'] } }
  const cases: [what: string, offer: Offer, heading: string, act: string][] = [
    ['who may turn it on', { kind: 'form', form }, 'Turn on access to continue', '<button>Turn on access</button>'],
    ['who has to ask', { kind: 'form', form: asked }, 'Ask for access', '<button>Ask for access</button>'],
    [
      'who has asked',
      { kind: 'waiting', request, approvers: ['Lee Park'] },
      'Waiting for approval since 12:02 UTC',
      'action="/access/cancel"',
    ],
    [
      'who was never offered it',
      { kind: 'not-eligible' },
      'You do not have access to Payments administrators',
      'Copy the message',
    ],
    [
      'whose permission ended',
      { kind: 'not-eligible', endedAt: now - 40_000 * minute },
      'Your permission to turn on access ended on 2 Feb, 17:33 UTC',
      'Please renew it.',
    ],
    [
      'whose permission ended today',
      { kind: 'not-eligible', endedAt: now - minute },
      'Your permission to turn on access ended on 2 Mar, 12:12 UTC',
      'Please renew it.',
    ],
    ['whom nobody can check', { kind: 'cannot-tell' }, 'We cannot check access right now', '>Try again</a>'],
    [
      'who meets a missing permission',
      { kind: 'unavailable', problem: pimRefusal('app-lacks-permission') },
      'You do not have access right now',
      'Turn on access in Microsoft Entra',
    ],
  ]
  test.each(cases)('says to %s what to do next, at the same address', async (_what, offer, heading, act) => {
    site.say(offering(offer))
    const answer = await oskar.get(site.at('/refunds/8841'))
    expect([answer.status, headingIn(answer.text)]).toEqual([403, heading])
    expect(answer.text).toContain(act)
    expect(plain(answer.text)).toContain('You asked for /refunds/8841')
    for (const always of ['Use another account', 'action="/auth/sign-out"', 'action="/check-again"'])
      expect(answer.text).toContain(always)
    expect(answer.text).toContain(answer.headers['x-request-id'])
  })

  test.each(['on', 'turning-on'] as const)('is not shown to someone whose access is %s already', async kind => {
    site.say(offering({ kind }))
    const answer = await oskar.get(site.at('/refunds/8841?tab=2'))
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/access/turning-on?returnTo=%2Frefunds%2F8841%3Ftab%3D2')
  })

  test.each([
    ['a passkey', { passkey: true, approval: false }, 'You will be asked for your passkey. It does not need approval.'],
    ['nothing', { passkey: false, approval: false }, 'It does not need approval.'],
    ['an approval', { passkey: false, approval: true }, 'Lee Park or Sam Okoro will be asked to approve it.'],
  ])('says before the button that %s will be asked for', async (_what, needs, words) => {
    site.say(offering({ kind: 'form', form: { ...form, needs: { ...needs, approvers: ['Lee Park', 'Sam Okoro'] } } }))
    const { text } = await oskar.get(site.at('/'))
    expect(plain(text.match(/<ul class="needs".*?<\/ul>/s)?.[0] ?? '').trim()).toBe(words)
    expect(text.indexOf('class="needs"')).toBeLessThan(text.search(/<button>(Turn on|Ask for)/))
  })

  test('offers what the policy allows and nothing else, with the end of each', async () => {
    site.say(offering({ kind: 'form', form: { ...form, ticket: false } }))
    const { text } = await oskar.get(site.at('/'))
    expect([...text.matchAll(/name="minutes" value="(\d+)"/g)].map(([, value]) => value)).toEqual([
      '30',
      '60',
      '120',
      '240',
    ])
    expect(text).toMatch(/value="60" checked/)
    expect(text).not.toContain('name="ticket"')
    expect(plain(text)).toContain('Ends about 16:13 UTC')
  })

  const at = now - 8 * minute
  const ended = (reason: 'ran-out' | 'ended') => ({ member: false, provenAt: now, reason, endedAt: at }) as const
  const endings: [how: string, change: Partial<GateRecord>, heading: string][] = [
    ['its time was up', { membership: ended('ran-out') }, 'Access ran out at 12:05 UTC'],
    ['somebody took it away', { membership: ended('ended') }, 'Your access was ended at 12:05 UTC'],
    [
      'the person ended it here',
      { membership: ended('ended'), plan: { askedAt: at, from: at - minute, until: at, endedAt: at } },
      'You ended access at 12:05 UTC',
    ],
    [
      'it ran out after another time that the person ended it',
      { membership: ended('ran-out'), plan: { askedAt: at, from: at - 9 * minute, endedAt: at - 60 * minute } },
      'Access ran out at 12:05 UTC',
    ],
  ]
  test.for(endings)(
    'says how it ended when %s, and proposes the last reason again',
    async ([_how, change, heading], { house }) => {
      site.say(offering({ kind: 'form', form }))
      site.stays({})
      const visitor = await house.visitor('guido')
      expect((await visitor.get(site.at('/'))).text).not.toMatch(/<textarea[^>]*>Refund 8790/)
      await house.members.sessions.changeAll(identityOf(house, 'guido'), ({ plan: _plan, ...record }) => ({
        ...record,
        ...change,
      }))
      const { text } = await visitor.get(site.at('/'))
      expect(headingIn(text)).toBe(heading)
      expect(text).toMatch(/<textarea[^>]*>Refund 8790 for a customer</)
      expect(text).toContain('<button>Turn on again</button>')
    },
  )
})

function identityOf(house: House, key: string) {
  const objectId = house.tenant.people.find(person => person.key === key)?.oid ?? ''
  return { tenantId: house.tenant.tenantId, objectId, subject: '-', name: '', username: '' }
}

test('what others typed is text wherever it is shown', async () => {
  const hostile = '<script>alert(1)</script>"\'><img src=x>'
  const use = { from: now - minute, how: 'by-other', by: hostile, reason: hostile, ticket: hostile } as const
  const typed = { reason: hostile, ticket: hostile, minutes: hostile }
  const wish = { since: now, lapsesAt: now, reason: hostile, ticket: hostile, approvers: [hostile] }
  site.say({
    ...offering({
      kind: 'form',
      form: { ...form, typed, last: { at: now, minutes: 60, reason: hostile, ticket: hostile } },
    }),
    mine: async () => ({ recent: [use], eligible: true, canTurnOn: form, waiting: wish }),
    progress: async () => ({ step: 'denied', by: hostile, comment: hostile, returnTo: '/' }),
    list: async () => [{ ...waitingOne, name: hostile, reason: hostile }],
    one: async () => ({
      ...waitingOne,
      name: hostile,
      reason: hostile,
      comment: hostile,
      state: 'handled',
      handledBy: hostile,
    }),
  })
  for (const path of ['/', '/access', '/access/turning-on', '/approvals', '/approvals/7']) {
    const { text } = await oskar.get(site.at(path))
    expect(text, path).toContain('&lt;script&gt;')
    expect(text.replace('<script src="/assets/access.js" defer></script>', ''), path).not.toMatch(/<script|<img src=x/)
  }
})

describe('a form whose text came too late', () => {
  const typed = { reason: 'Refund 8841', which: 'none' }

  test('is kept, and the page says where it will be', async () => {
    site.say(offering({ kind: 'form', form }))
    const answer = await oskar.post(site.at('/sessions/end'), typed)
    expect(answer.status).toBe(403)
    expect(plain(answer.text)).toContain(
      'We kept what you typed in /sessions/end. It was not sent. We keep it for a day',
    )
    expect(answer.text).toMatch(/name="returnTo" value="\/kept-form\/sessions\/end\?draft=[\w-]{22}"/)
    expect(answer.text).not.toContain('Refund 8841')
  })

  test('is there once access is on, hours later; looking at it uses nothing up, and it is nobody else’s', async () => {
    await using later = await openHouse({ settings: { PIM_SELF_SERVICE: 'on' } })
    await using other = await openHandMade(later)
    other.say(offering({ kind: 'form', form }))
    later.tenant.set({ lie: { omit: ['groups'] } })
    const ada = await later.visitor('ada', { signIn: false })
    await ada.signIn('/access')
    const offer = await ada.post(other.at('/sessions/end'), typed)
    const link = other.at(offer.text.match(/\/kept-form\/sessions\/end\?draft=[\w-]{22}/)?.[0] ?? '')
    expect((await ada.get(link)).status).toBe(403)
    later.tenant.set({ lie: {} })
    later.clock.advance({ hours: 7 })
    const [again, alice] = [await later.visitor('ada'), await later.visitor('alice')]
    expect((await alice.get(link)).status).toBe(404)
    expect((await again.send('head', link, { headers: { Accept: 'text/html' } })).status).toBe(200)
    for (let times = 0; times < 3; times++) expect((await again.get(link)).text).toContain('Refund 8841')
  })

  test('is a problem for a script, and nothing is kept', async ({ house }) => {
    const before = await house.redis.keys(`${house.prefix}draft:*`)
    const answer = await oskar.post(site.at('/sessions/end'), typed, {
      'Sec-Fetch-Mode': 'cors',
      Accept: 'application/json',
    })
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'not-a-member'])
    expect(await house.redis.keys(`${house.prefix}draft:*`)).toEqual(before)
  })
})

test.each([
  ['too-soon-to-end', 0],
  ['busy', 1],
] as const)('after %s, ending is offered again %i times', async (code, count) => {
  site.say({ end: async () => ({ ended: false, problem: pimRefusal(code) }) })
  const { text } = await oskar.post(site.at('/access/end'))
  expect(text).toContain(pimRefusal(code).sentence)
  expect(text.match(/action="\/access\/end"/g) ?? []).toHaveLength(count)
})

test.each([
  ['no-licence', 'My access'],
  ['failed', 'Try again'],
] as const)('what came of %s leads on to "%s"', async (code, label) => {
  const refused = { step: 'refused', problem: pimRefusal(code), returnTo: '/' } as const
  site.say({ ...offering({ kind: 'cannot-tell' }), progress: async () => refused })
  const { text } = await oskar.get(site.at('/access/turning-on'))
  const card = text.slice(text.indexOf('<article'))
  expect(card).toContain(`${label}</a>`)
})

test('without script the progress page asks again by itself, and with script only the script does', async () => {
  site.say({ progress: async () => ({ step: 'asking', since: now, minutes: 60, returnTo: '/' }) })
  const { text } = await oskar.get(site.at('/access/turning-on'))
  expect(text).toContain('<noscript><meta http-equiv="refresh" content="3"></noscript>')
  expect(text.replace(/<noscript>.*?<\/noscript>/gs, '')).not.toContain('http-equiv="refresh"')
})

test('the navigation leads nobody to a page that would refuse them', async ({ house }) => {
  site.say({})
  const linksIn = (text: string) =>
    [...(text.match(/<nav.*?<\/nav>/s)?.[0] ?? '').matchAll(/href="([^"]+)"/g)].map(([, href]) => href)
  expect(linksIn((await oskar.get(site.at('/access'))).text)).toEqual(['/access', '/approvals'])
  expect(linksIn((await oskar.get(site.at('/'))).text)).toEqual(['/access', '/approvals'])
  const visitor = await house.visitor('alice')
  expect(linksIn((await visitor.get('/')).text)).toEqual(['/', '/access', '/approvals', '/sessions'])
})
