import { describe, expect } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { recordsOf, trailOf } from '../../support/self-service.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Answer, Visitor } from '../../support/visitor.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0'
const hostile = `<script>alert(1)</script>"'>${'x'.repeat(2_000)}`
const reason = 'Ana lost her laptop on the train'

const path = '/sessions/everyone'
const act = `${path}/end`

/** No policy protects the context c3, so whoever is asked for it meets it at once. */
const settings = {
  ADMIN_GROUP_ID: managedGroups.administrators,
  AUDITOR_GROUP_ID: managedGroups.auditors,
  ADMIN_AUTH_CONTEXT_ID: 'c3',
  TRUST_PROXY: '1',
}
const test = testInNew({ now: '2026-03-02T12:00:00Z', settings })

type Group = 'administrators' | 'auditors'
/** Somebody who is in at that gate, and has met what its pages and acts ask for. */
async function inAt(house: House, key: string, group: Group, isMet = true): Promise<Visitor> {
  house.tenant.assign(key, { minutes: 600, reason: 'The sessions of everyone', group })
  const visitor = await house.visitor(key)
  if (isMet) await visitor.follow(group === 'administrators' ? `${act}?all=others` : path)
  return visitor
}
async function member(house: House, key: string, more: { userAgent?: string } = {}): Promise<Visitor> {
  house.tenant.assign(key, { minutes: 600, reason: 'The sessions of everyone' })
  return house.visitor(key, more)
}

const rowsIn = ({ text }: Answer) => text.split('<tr role="row"').slice(2)
const rowOf = (answer: Answer, name: string) => rowsIn(answer).find(row => row.includes(name)) ?? ''
const handleIn = (row: string) => /session=([\w-]{22})"/.exec(row)?.[1] ?? ''
const personIn = (row: string) => /person=([\w-]{36})"/.exec(row)?.[1] ?? ''
const handleOf = async (visitor: Visitor, name: string) => handleIn(rowOf(await visitor.get(path), name))
const isIn = async (visitor: Visitor) => (await visitor.get('/sessions')).status === 200

describe('the list of all sessions', () => {
  test('says who, where they are in, since when, from which address and in which browser', async ({ house }) => {
    house.tenant.assign('ben', { minutes: 600, reason: 'Here' })
    const ben = await house.visitor('ben', { userAgent: firefox })
    house.clock.advance({ minutes: 2 })
    await ben.get('/', { headers: { 'X-Forwarded-For': '203.0.113.7' } })
    const ada = await inAt(house, 'ada', 'administrators')
    await expect.poll(async () => rowOf(await ada.get(path), 'ben@')).toContain('203.0.113.7')
    const row = rowOf(await ada.get(path), 'ben@')
    for (const text of ['Payments administrators', 'Firefox on Windows', '12:00 UTC', '127.0.0.1', '12:02 UTC'])
      expect(row).toContain(text)
  })

  test('shows no session id', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const { text } = await ada.get(path)
    expect([ben, ada].filter(each => text.includes(sessionIdOf(each)))).toEqual([])
  })

  test('shows what a hostile browser and a hostile proxy say as text, or not at all', async ({ house }) => {
    const ben = await member(house, 'ben', { userAgent: hostile })
    house.clock.advance({ minutes: 2 })
    await ben.get('/', { headers: { 'X-Forwarded-For': hostile.slice(0, 200) } })
    const ada = await inAt(house, 'ada', 'administrators')
    const answer = await ada.get(path)
    expect([answer.status, rowsIn(answer).length, answer.text.includes('<script>alert')]).toEqual([200, 2, false])
  })

  test('finds by a part of a name, of a user name or of an address', async ({ house }) => {
    await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const found = async (find: string) => rowsIn(await ada.get(`${path}?find=${encodeURIComponent(find)}`)).length
    expect(await Promise.all(['BEN', 'ben@', '127.0.0', 'nobody at all'].map(found))).toEqual([1, 1, 2, 1])
    expect((await ada.get(`${path}?find=nobody`)).text).toContain('No session is like that.')
  })

  test('is sorted by the person, either way', async ({ house }) => {
    await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const first = async (sort: string) => rowsIn(await ada.get(`${path}?sort=${sort}`))[0]
    expect([await first('person'), await first('-person')].map(row => row?.includes('ben@'))).toEqual([false, true])
  })

  test('has no session that is over, and none of another installation', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    await ben.post('/auth/sign-out')
    await using _other = await openReplica(house, { ENTRA_CLIENT_ID: '00000000-1111-4222-8333-444444444444' })
    await _other.services.census.enter('foreign', { until: Date.now() + 1e9, now: Date.now() })
    expect(rowsIn(await ada.get(path))).toHaveLength(1)
  })

  test('shows an auditor everything, and nothing to press', async ({ house }) => {
    await member(house, 'ben')
    const alice = await inAt(house, 'alice', 'auditors')
    const answer = await alice.get(path)
    expect([rowsIn(answer).length, answer.text.includes(act)]).toEqual([2, false])
  })

  test('is not there for a member', async ({ house }) => {
    const ben = await member(house, 'ben')
    expect((await ben.get(path)).status).toBe(403)
  })
})

describe('an administrator ends', () => {
  test('one session, and leaves the person’s other ones', async ({ house }) => {
    const ben = await member(house, 'ben', { userAgent: firefox })
    const phone = await member(house, 'ben', { userAgent: 'x' })
    const ada = await inAt(house, 'ada', 'administrators')
    const session = await handleOf(ada, 'Firefox')
    const answer = await ada.post(act, { session, comment: reason })
    expect(answer.headers.location).toMatch(/^\/sessions\/everyone\?notice=/)
    expect([await isIn(ben), await isIn(phone), await isIn(ada)]).toEqual([false, true, true])
    expect((await ada.get(answer.headers.location as string)).text).toContain('One session has ended.')
  })

  test('all sessions of a person', async ({ house }) => {
    const [ben, phone, alice] = [await member(house, 'ben'), await member(house, 'ben'), await member(house, 'alice')]
    const ada = await inAt(house, 'ada', 'administrators')
    const person = personIn(rowOf(await ada.get(path), 'ben@'))
    await ada.post(act, { person, comment: reason })
    expect([await isIn(ben), await isIn(phone), await isIn(alice), await isIn(ada)]).toEqual([false, false, true, true])
  })

  test('all sessions but this one', async ({ house }) => {
    const ada = await inAt(house, 'ada', 'administrators')
    const others = [await member(house, 'ben'), await house.visitor('ada')]
    await ada.post(act, { all: 'others', comment: reason })
    expect(await Promise.all([ada, ...others].map(isIn))).toEqual([true, false, false])
  })

  test('all sessions, this one too, and is led to the page that says so', async ({ house }) => {
    const ada = await inAt(house, 'ada', 'administrators')
    const ben = await member(house, 'ben')
    const answer = await ada.post(act, { all: 'all', comment: reason })
    expect(answer.headers.location).toBe('/auth/signed-out')
    expect([await isIn(ada), await isIn(ben)]).toEqual([false, false])
  })

  test('sessions that every other replica refuses as well, at the next request', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    await using other = await openReplica(house)
    expect((await ben.get(other.at('/'))).status).toBe(200)
    await ada.post(act, { session: await handleOf(ada, 'ben@'), comment: reason })
    expect((await ben.fetch(other.at('/'))).status).toBe(401)
  })

  test('nothing without a reason, and nothing that was typed is lost', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const session = await handleOf(ada, 'ben@')
    const answer = await ada.post(act, { session, comment: 'because' })
    expect([answer.status, answer.text.includes('because'), answer.text.includes(session)]).toEqual([422, true, true])
    expect(await isIn(ben)).toBe(true)
  })

  test.for([{ session: 'x'.repeat(22) }, { person: '00000000-1111-4222-8333-444444444444' }, { all: 'mine' }, {}])(
    'nothing by a form that names no open session: %j',
    async (form, { house }) => {
      const ben = await member(house, 'ben')
      const ada = await inAt(house, 'ada', 'administrators')
      const answer = await ada.post(act, { ...form, comment: reason })
      expect(answer.headers.location).toMatch(/^\/sessions\/everyone\?notice=/)
      expect([await isIn(ben), await isIn(ada)]).toEqual([true, true])
    },
  )

  test('sessions as another administrator ends theirs: both ends count, and both are recorded', async ({ house }) => {
    const [ada, alice] = [await inAt(house, 'ada', 'administrators'), await inAt(house, 'alice', 'administrators')]
    const [adas, alices] = [await handleOf(ada, 'ada@'), await handleOf(ada, 'alice@')]
    await Promise.all([
      ada.post(act, { session: alices, comment: reason }),
      alice.post(act, { session: adas, comment: reason }),
    ])
    expect([await isIn(ada), await isIn(alice)]).toEqual([false, false])
    const completed = (await trailOf(house)).filter(({ event }) => event === 'sessionsEndingCompleted')
    expect(completed.map(({ sessions }) => sessions)).toEqual([1, 1])
  })
})

describe('an end of sessions is recorded', () => {
  test('before and after, with its reason, whose and how many', async ({ house }) => {
    await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    await ada.post(act, { session: await handleOf(ada, 'ben@'), comment: `  ${reason}\n` })
    const records = (await trailOf(house)).filter(({ event }) => event.startsWith('sessionsEnding'))
    const facts = { gate: 'administrators', reason, whose: 'one', sessions: 1 }
    expect(records).toMatchObject([
      { event: 'sessionsEndingRequested', ...facts, subject: { username: expect.stringContaining('ben@') } },
      { event: 'sessionsEndingCompleted', ...facts, actor: { username: expect.stringContaining('ada@') } },
    ])
    expect(records[0].act).toBe(records[1].act)
  })

  test('and all but one’s own says so', async ({ house }) => {
    const ada = await inAt(house, 'ada', 'administrators')
    await member(house, 'ben')
    await ada.post(act, { all: 'others', comment: reason })
    expect((await trailOf(house)).at(-1)).toMatchObject({ whose: 'all', but: 'own', sessions: 1 })
  })

  test('and does not happen where it cannot be recorded', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const session = await handleOf(ada, 'ben@')
    await house.redis.set(recordsOf(house), 'no stream')
    expect((await ada.post(act, { session, comment: reason })).status).toBe(503)
    expect(await isIn(ben)).toBe(true)
  })
})

describe('the person whose session was ended', () => {
  const ended = async (house: House) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    await ada.post(act, { session: await handleOf(ada, 'ben@'), comment: `${reason} <b>` })
    return ben
  }

  test('is sent to Entra like everybody else', async ({ house }) => {
    const ben = await ended(house)
    const { status, headers } = await ben.get('/auth/sign-in?returnTo=%2Fsessions')
    expect([status, headers.location?.startsWith(house.tenant.origin)]).toEqual([302, true])
  })

  test('is told who ended it, when and why on the page that they come back to', async ({ house }) => {
    const ben = await ended(house)
    const { text, at } = await ben.follow('/sessions')
    expect(new URL(at).pathname).toBe('/sessions')
    expect(text).toMatch(
      /Ada [^<]+ ended your session at 12:00 UTC:<\/strong> Ana lost her laptop on the train &lt;b&gt;/,
    )
  })

  test('is told once', async ({ house }) => {
    const ben = await ended(house)
    await ben.follow('/sessions')
    expect((await ben.follow('/sessions')).text).not.toContain(reason)
    expect((await ben.follow('/auth/sign-in?returnTo=%2Fsessions')).text).not.toContain(reason)
  })

  test('is told in another browser, too', async ({ house }) => {
    await ended(house)
    const other = await house.visitor('ben', { signIn: false })
    expect((await other.signIn('/sessions')).text).toContain(reason)
  })

  test('is told after a check on the way', async ({ house }) => {
    house.tenant.assign('ben', { minutes: 600, reason: 'Here', group: 'administrators' })
    const ben = await ended(house)
    const { text, at } = await ben.follow(path)
    expect(new URL(at).pathname).toBe(path)
    expect(text).toContain(reason)
  })

  test('is told where their access is off, too', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    const ada = await inAt(house, 'ada', 'administrators')
    await ada.post(act, { session: await handleOf(ada, 'oskar@'), comment: reason })
    const { status, text } = await oskar.follow('/sessions')
    expect([status, text.includes(reason)]).toEqual([403, true])
  })

  test('is the only one who is told, whoever signs in in their browser', async ({ house }) => {
    const ben = await ended(house)
    house.tenant.assign('alice', { minutes: 600, reason: 'Here' })
    const other = await house.visitor('alice', { signIn: false })
    for (const [name, value] of ben.cookies()) other.cookies().set(name, value)
    const { status, text } = await other.signIn('/sessions')
    expect([status, text.includes(reason)]).toEqual([200, false])
    expect((await ben.follow('/sessions')).text).toContain(reason)
  })

  test('signs in without it where Redis lost it', async ({ house }) => {
    const ben = await ended(house)
    const keys = await house.redis.keys(`${house.prefix}farewell:*`)
    await house.redis.del(...keys)
    const { status, text } = await ben.follow('/sessions')
    expect([keys.length, status, text.includes(reason)]).toEqual([1, 200, false])
  })
})

describe('nobody else ends a session', () => {
  test('not an auditor who posts by hand', async ({ house }) => {
    const ben = await member(house, 'ben')
    const ada = await inAt(house, 'ada', 'administrators')
    const alice = await inAt(house, 'alice', 'auditors')
    const session = await handleOf(ada, 'ben@')
    expect((await alice.post(act, { session, comment: reason })).status).toBe(403)
    expect([await isIn(ben), (await alice.get(`${act}?session=${session}`)).status]).toEqual([true, 403])
  })

  test('not a member', async ({ house }) => {
    const ben = await member(house, 'ben')
    expect((await ben.post(act, { all: 'all', comment: reason })).status).toBe(403)
  })

  test('not another site', async ({ house }) => {
    const ada = await inAt(house, 'ada', 'administrators')
    const answer = await ada.post(act, { all: 'all', comment: reason }, { 'Sec-Fetch-Site': 'cross-site' })
    expect([answer.status, await isIn(ada)]).toEqual([403, true])
  })

  test.for([false, true])(
    'not an administrator without a fresh check (met before: %s); the form is kept',
    async (isMet, { house }) => {
      const ben = await member(house, 'ben')
      const ada = await inAt(house, 'ada', 'administrators', isMet)
      const session = await handleOf(ada, 'ben@')
      house.clock.advance({ minutes: 16 })
      const answer = await ada.post(act, { session, comment: reason })
      const [, link = ''] = /href="([^"]*\/kept-form\/[^"]*)"/.exec(answer.text) ?? []
      expect([answer.status, await isIn(ben)]).toEqual([403, true])
      expect((await ada.follow(link.replaceAll('&amp;', '&'))).text).toContain(reason)
    },
  )
})
