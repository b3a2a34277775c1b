import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import { createSignIns } from '../../src/session/sign-ins.ts'
import { good } from '../config/good.ts'

const attempt = { state: 'the-state', nonce: 'n', verifier: 'v' }
const finished = { attempt, returnTo: '/refunds/8841' }

/** A Redis that is a map and notes how it was asked to write, with applications over it. */
function open() {
  const texts = new Map<string, string>()
  const written: unknown[][] = []
  const redis = {
    get: async (key: string) => texts.get(key) ?? null,
    set: async (key: string, text: string, ...how: unknown[]) => {
      written.push([key, ...how])
      if (texts.has(key)) return null
      texts.set(key, text)
      return 'OK'
    },
  }
  const application = (settings: Partial<typeof good> & { REDIS_PREFIX?: string } = {}, answering: object = redis) => {
    const config = loadConfig({ ...good, ...settings })
    const seal = createSeal(config.session.secrets)
    return createSignIns({ config, clock: () => new Date(0), redis: answering as never, seal })
  }
  return { application, texts, written, signIns: application() }
}

test('a sign-in that finished leads to the path that it led to', async () => {
  const { signIns } = open()
  await signIns.finish(finished)
  expect(await signIns.finished('the-state')).toBe('/refunds/8841')
})

test('a sign-in that did not finish leads nowhere', async () => {
  expect(await open().signIns.finished('the-state')).toBeUndefined()
})

test('a sign-in finishes', async () => {
  expect(await open().signIns.finish(finished)).toBe(true)
})

test('a sign-in finishes once', async () => {
  const { signIns } = open()
  await signIns.finish(finished)
  expect(await signIns.finish(finished)).toBe(false)
})

test('two sign-ins finish each for itself', async () => {
  const { signIns } = open()
  await signIns.finish(finished)
  expect(await signIns.finish({ ...finished, attempt: { ...attempt, state: 'another' } })).toBe(true)
})

test('a sign-in that finished in another application did not finish here', async () => {
  const { application, signIns } = open()
  await application({ ENTRA_CLIENT_ID: '00000000-94b7-4e53-a0d8-1b7c3e9f6a24' }).finish(finished)
  expect(await signIns.finished('the-state')).toBeUndefined()
})

test('a sign-in that finished is remembered for as long as a session may last, and only the first counts', async () => {
  const { application, written } = open()
  await application({ REDIS_PREFIX: 'test:' }).finish(finished)
  expect(written).toEqual([[expect.stringMatching(/^test:signed-in:[\w-]+$/), 'PX', 10 * 3_600_000, 'NX']])
})

test('the state of a sign-in that finished is not in Redis', async () => {
  const { signIns, texts } = open()
  await signIns.finish(finished)
  expect([...texts].join()).not.toContain('the-state')
})

test.each(['finish', 'finished'] as const)('%s says that Redis is away where it does not answer', async name => {
  const lost = () => Promise.reject(new Error('lost'))
  const { finish, finished: look } = open().application({}, { get: lost, set: lost })
  await expect(name === 'finish' ? finish(finished) : look('the-state')).rejects.toMatchObject({ code: 'redis-away' })
})

test('the sign-ins of a browser are those of its application', () => {
  const { application, signIns } = open()
  const cookies: string[] = []
  const response = { cookie: (name: string, value: string) => cookies.push(`${name}=${value}`) }
  const begun = { ...finished, purpose: { kind: 'sign-in' } as const, retries: 0 }
  signIns.begin({ headers: {} } as never, response as never, begun)
  const request = { headers: { cookie: cookies.join('; ') } } as never
  const another = application({ ENTRA_CLIENT_ID: '00000000-94b7-4e53-a0d8-1b7c3e9f6a24' })
  expect([signIns, another].map(({ find }) => find(request, 'the-state')?.returnTo)).toEqual([
    '/refunds/8841',
    undefined,
  ])
})
