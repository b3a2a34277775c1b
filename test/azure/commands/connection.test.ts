import { describe, expect, test } from 'vitest'
import { cloudHosts } from '../../../infra/azure/clouds.ts'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { clouds } from '../../../src/config/clouds.ts'
import { wishedAt } from '../wished.ts'

/** Runs a plan at a Graph that refuses everything, and says where the token went. */
async function plan({ cloud = 'global', input = 'eyJ0.eyJ1.sig', status = 403, args = ['--token', '-'] } = {}) {
  const asked: { url: string; authorization: string | null }[] = []
  const [out, told]: [string[], string[]] = [[], []]
  const exit = await runSetup(['plan', ...args], {
    env: {},
    readText: async () => JSON.stringify({ ...exampleWish(wishedAt), cloud }),
    standardInput: async () => input,
    print: line => void out.push(line),
    tell: line => void told.push(line),
    fetch: async (url, sent) => {
      asked.push({ url: String(url), authorization: new Headers(sent?.headers).get('authorization') })
      return Response.json({ error: { code: 'x', message: 'no' } }, { status })
    },
    clock: () => wishedAt,
    sleep: async () => undefined,
  })
  return { exit, asked, out: out.join('\n'), told: told.join('\n') }
}

test('the clouds are those that the application knows', () => {
  const hosts = Object.values(cloudHosts).map(({ authority, graph }) => `${authority} ${graph}`)
  expect(hosts.toSorted()).toEqual(clouds.map(({ authority, graph }) => `${authority} ${graph}`).toSorted())
})

test.each(Object.entries(cloudHosts))(
  'in the cloud %s a token goes to its own Graph and nowhere else',
  async (cloud, { graph }) => {
    const { asked } = await plan({ cloud })
    expect(asked.length).toBeGreaterThan(0)
    for (const { url, authorization } of asked) {
      expect(url.startsWith(`${graph}/v1.0/`)).toBe(true)
      expect(authorization).toBe('Bearer eyJ0.eyJ1.sig')
    }
  },
)

describe('a token from standard input', () => {
  test('that Graph refuses is told, and never shown', async () => {
    const { exit, told, out } = await plan({ status: 401 })
    expect(exit).toBe(1)
    expect(told).toContain('Graph refused the token from standard input')
    expect(told + out).not.toContain('eyJ0')
  })
  test.each(['', 'two words', '{"access_token":"eyJ"}'])('must be a token, and not %j', async input => {
    const { exit, asked, told } = await plan({ input })
    expect({ exit, asked }).toEqual({ exit: 64, asked: [] })
    expect(told).toContain('Standard input holds no token')
  })
})

test('a local tenant that is not there is told, with how to start it', async () => {
  const { exit, told, asked } = await plan({ args: ['--local'] })
  expect({ exit, urls: asked.map(({ url }) => url) }).toEqual({
    exit: 1,
    urls: ['http://127.0.0.1:3001/control/token'],
  })
  expect(told).toContain(
    'No local tenant answers at http://127.0.0.1:3001. Start it with: npm run tenant -- --empty --port 3001',
  )
})
