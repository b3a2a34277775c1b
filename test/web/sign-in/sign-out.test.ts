import { describe, expect } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'
import { navigation, type RawAnswer, raw, script } from '../raw.ts'

const test = testIn()

const entraKeys = (house: House) => house.redis.keys(`${house.prefix}entra-session:*`)
const sidOf = (house: House, key: string) => key.slice(`${house.prefix}entra-session:`.length)

/** Someone who has just signed in, and the id of the session of Entra that this belongs to. */
async function signedIn(house: House, key = 'alice'): Promise<{ visitor: Visitor; sid: string }> {
  const before = await entraKeys(house)
  const visitor = await house.visitor(key)
  const [made = ''] = (await entraKeys(house)).filter(each => !before.includes(each))
  return { visitor, sid: sidOf(house, made) }
}
const isIn = async (visitor: Visitor) => (await visitor.get('/')).status === 200
const call = (
  house: House,
  query: string,
  method = 'GET',
  headers: Record<string, string> = navigation,
): Promise<RawAnswer> => raw(house.baseUrl, { method, target: `/auth/front-channel-logout${query}`, headers })
const issuer = (house: House) => house.services.oidc.issuer
const filled = (house: House, query: string, sid: string) =>
  query
    .replace(/SID/g, sid)
    .replace('ISSUER', encodeURIComponent(issuer(house)))
    .replace('OTHER', encodeURIComponent('https://evil.example/v2.0'))

describe('Entra says, without a cookie, that someone signed out elsewhere', () => {
  test.for([['?sid=SID'], ['?sid=SID&iss=ISSUER'], ['?iss=ISSUER&sid=SID&extra=1']] as const)(
    '%s ends that session',
    async ([query], { house }) => {
      const { visitor, sid } = await signedIn(house)
      expect(await isIn(visitor)).toBe(true)
      await call(house, filled(house, query, sid))
      expect(await isIn(visitor)).toBe(false)
      expect((await visitor.get('/')).headers.location).toBe('/auth/sign-in?returnTo=%2F')
    },
  )

  test('capitals in the sid make no difference', async ({ house }) => {
    const { visitor, sid } = await signedIn(house)
    await call(house, `?sid=${sid.toUpperCase()}`)
    expect(await isIn(visitor)).toBe(false)
  })

  test('the tokens go with the session', async ({ house }) => {
    const { sid } = await signedIn(house)
    const tokens = () => house.redis.keys(`${house.prefix}tokens:*`)
    const before = await tokens()
    await call(house, `?sid=${sid}`)
    expect((await tokens()).length).toBe(before.length - 1)
  })

  test('that session ends and no other, neither of the same person nor of anyone else', async ({ house }) => {
    const [ended, other, ben] = [await signedIn(house), await signedIn(house), await signedIn(house, 'ada')]
    await call(house, `?sid=${ended.sid}`)
    expect(await isIn(ended.visitor)).toBe(false)
    expect(await isIn(other.visitor)).toBe(true)
    expect(await isIn(ben.visitor)).toBe(true)
  })

  test('the end of a session that nobody knows here is remembered for two minutes only', async ({ house }) => {
    const ended = () => house.redis.keys(`${house.prefix}ended:*`)
    const before = await ended()
    await call(house, '?sid=3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30')
    const [key = 'none', ...more] = (await ended()).filter(each => !before.includes(each))
    expect([await house.redis.pttl(key), more]).toEqual([expect.any(Number), []])
    expect(await house.redis.pttl(key)).toBeGreaterThan(0)
    expect(await house.redis.pttl(key)).toBeLessThanOrEqual(120_000)
  })

  test('the end of a session that was known here is remembered for longer, even when it is said again', async ({
    house,
  }) => {
    const ended = () => house.redis.keys(`${house.prefix}ended:*`)
    const { sid } = await signedIn(house)
    const before = await ended()
    await call(house, `?sid=${sid}`)
    await call(house, `?sid=${sid}`)
    const [key = 'none'] = (await ended()).filter(each => !before.includes(each))
    expect(await house.redis.pttl(key)).toBeGreaterThan(600_000)
  })

  test('a second call ends nothing more and says nothing else', async ({ house }) => {
    const { sid } = await signedIn(house)
    const bare = ({ status, text }: RawAnswer) => ({ status, text })
    expect(bare(await call(house, `?sid=${sid}`))).toEqual(bare(await call(house, `?sid=${sid}`)))
  })
})

const ignored = [
  '',
  '?',
  '?sid=',
  '?sid=SID&iss=OTHER',
  '?sid=SID&iss=',
  '?sid=SID&iss=ISSUER&iss=OTHER',
  '?sid=SID&sid=SID',
  '?sid[]=SID',
  '?sid[0]=SID',
  '?sid=SIDx',
  '?sid=%20SID',
  '?sid=SID%00',
  '?sid=*',
  '?SID=SID',
  '?state=SID',
  `?sid=${'a'.repeat(5_000)}`,
  '?sid=00000000-0000-4000-8000-000000000000',
]

describe('a call that does not name one session of our tenant', () => {
  let alice: { visitor: Visitor; sid: string }
  test.beforeAll(async ({ house }) => {
    alice = await signedIn(house)
  })
  test.for(ignored.map(query => [query.slice(0, 60), query] as const))(
    'ends nothing: %s',
    async ([_shown, query], { house }) => {
      await call(house, filled(house, query, alice.sid))
      expect(await isIn(alice.visitor)).toBe(true)
    },
  )
})

test.for([...ignored, '?sid=SID', '?sid=SID&iss=ISSUER'].map(query => [query.slice(0, 60), query] as const))(
  'the answer never tells what happened: %s',
  async ([_shown, query], { house }) => {
    const { sid } = await signedIn(house, 'ada')
    const answer = await call(house, filled(house, query, sid))
    expect(answer).toMatchObject({ status: 200, text: '' })
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': `default-src 'none'; frame-ancestors ${house.tenant.origin}`,
      'content-length': '0',
    })
    expect(answer.headers).not.toHaveProperty('x-frame-options')
    expect(answer.headers).not.toHaveProperty('set-cookie')
  },
)

describe('only a GET is open', () => {
  test.for(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'])(
    '%s is behind the gate and ends nothing',
    async (method, { house }) => {
      const { visitor, sid } = await signedIn(house)
      expect((await call(house, `?sid=${sid}`, method, script)).status).toBe(401)
      expect(await isIn(visitor)).toBe(true)
    },
  )
})

describe('signing out', () => {
  test('ends the session and its tokens here, then leads to Entra, which knows whom it is about', async ({ house }) => {
    const { visitor } = await signedIn(house)
    const kept = visitor.cookieHeader()
    const answer = await visitor.post('/auth/sign-out')
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store'])
    const next = new URL(wayOn(answer) as string)
    expect(answer.text).toContain(`<a href="${next.href.replaceAll('&', '&amp;')}">`)
    expect(next.origin).toBe(house.tenant.origin)
    expect(next.searchParams.get('logout_hint')).toBeTruthy()
    expect(next.searchParams.get('post_logout_redirect_uri')).toBe(`${house.baseUrl}/auth/signed-out`)
    expect(visitor.cookieHeader()).toBe('')
    expect((await raw(house.baseUrl, { headers: { ...navigation, Cookie: kept } })).status).toBe(302)
  })

  test('clears what the browser kept of gated pages', async ({ house }) => {
    const { visitor } = await signedIn(house)
    expect((await visitor.post('/auth/sign-out')).headers['clear-site-data']).toBe('"cache"')
  })

  test('ends at a page that signs nobody in', async ({ house }) => {
    const { visitor } = await signedIn(house)
    const answer = await visitor.post('/auth/sign-out')
    const end = await visitor.follow(wayOn(answer) as string)
    expect(end.at).toBe(`${house.baseUrl}/auth/signed-out`)
    expect(end.status).toBe(200)
    expect(end.text).toContain('href="/auth/sign-in"')
    expect(await isIn(visitor)).toBe(false)
  })

  test('is no fault for someone who is not signed in', async ({ house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    expect((await nobody.post('/auth/sign-out')).status).toBe(200)
  })

  test('works while Entra is not known: it leads to our own page', async () => {
    await using other = await openHouse({ tenant: { switches: { down: true } } })
    const nobody = await other.visitor('alice', { signIn: false })
    expect((await nobody.post('/auth/sign-out')).headers.location).toBe('/auth/signed-out')
  })

  test('takes no GET', async ({ house }) => {
    const { visitor } = await signedIn(house)
    expect((await visitor.get('/auth/sign-out')).status).toBe(404)
    expect(await isIn(visitor)).toBe(true)
  })
})
