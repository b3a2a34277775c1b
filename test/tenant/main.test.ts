import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { clientId, groups, localClientSecret, tenantId } from '../../infra/tenant/directory/ids.ts'
import { people } from '../../infra/tenant/directory/people.ts'

const program = fileURLToPath(new URL('../../infra/tenant/main.ts', import.meta.url))
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
})

/** Runs the tenant by itself and waits for what it says about itself. */
async function run(args: string[] = [], settings: Record<string, string> = {}) {
  const env = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...settings }
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const ended = once(child, 'exit').finally(() => running.delete(child))
  let said = ''
  for await (const chunk of child.stdout) {
    said += chunk
    if (said.includes(people.at(-1)?.meets ?? '') || said.includes('"Emergency access"')) break
  }
  return { child, ended, said, origin: /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0] ?? '' }
}

async function issuerAt(origin: string): Promise<string> {
  const response = await fetch(`${origin}/${tenantId}/v2.0/.well-known/openid-configuration`)
  return ((await response.json()) as { issuer: string }).issuer
}

test('by itself the tenant says where it is, what an app needs to know, and who there is', async () => {
  const { origin, said } = await run()
  for (const fact of [origin, tenantId, localClientSecret, ...people.map(({ name }) => name)])
    expect(said).toContain(fact)
})

test('by itself the tenant has people who may turn on access to more than the access group', async () => {
  const { origin } = await run()
  const { managed } = (await (await fetch(`${origin}/control`)).json()) as Managed
  expect(managed.operators?.eligible.map(({ person }) => person)).toEqual(['alice', 'ben'])
})

test('an empty tenant says who there is, and nothing of an application that nobody has made', async () => {
  const { said, origin } = await run(['--empty'])
  for (const fact of [
    origin,
    tenantId,
    `npm run setup -- apply --local=${origin}`,
    ...people.map(each => each.username),
  ])
    expect(said).toContain(fact)
  for (const untrue of [localClientSecret, clientId, ...Object.values(groups), ...people.map(({ meets }) => meets)])
    expect(said).not.toContain(untrue)
})

type Managed = { managed: Record<string, { eligible: { person: string }[] }> }

test.each(['SIGTERM', 'SIGINT'] as const)('it stops on %s, with a kept-alive connection too', async signal => {
  const { child, ended, origin } = await run()
  await issuerAt(origin)
  child.kill(signal)
  expect(await ended).toEqual([0, null])
})

test('killed and started again on the same port it has the same issuer', async () => {
  const first = await run()
  const issuer = await issuerAt(first.origin)
  first.child.kill('SIGKILL')
  await first.ended
  const second = await run([], { TENANT_PORT: new URL(first.origin).port })
  expect(await issuerAt(second.origin)).toBe(issuer)
})

test('it cannot be told to listen anywhere else', async () => {
  const { ended } = await run(['--host', '0.0.0.0'])
  expect((await ended)[0]).toBe(1)
})
