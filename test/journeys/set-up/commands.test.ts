import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseEnv } from 'node:util'
import { expect, inject, onTestFinished, test } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { tenantId } from '../../../infra/tenant/directory/ids.ts'
import { startReplica } from '../../support/replicas.ts'
import { progressOf, turnOn } from '../../support/self-service.ts'
import { createVisitor, signedIn } from '../../support/visitor.ts'

/** An empty local tenant, as `npm run tenant -- --empty` starts it. */
async function emptyTenant(): Promise<string> {
  const tenant = spawn('npm', ['run', '--silent', 'tenant', '--', '--empty', `--port=${await freePort()}`])
  onTestFinished(() => void tenant.kill())
  for await (const line of createInterface(tenant.stdout)) {
    const [, origin] = /^ *origin +(http\S+)/.exec(line) ?? []
    if (origin) return origin
  }
  throw new Error('the tenant did not start')
}

/** Runs one of the commands as a person types it. */
async function run(script: string, ...args: string[]) {
  const child = spawn('npm', ['run', '--silent', script, '--', ...args])
  const said = { out: '', told: '' }
  child.stdout.on('data', chunk => {
    said.out += chunk
  })
  child.stderr.on('data', chunk => {
    said.told += chunk
  })
  const exit = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { exit, ...said }
}

test('example, apply, env, and then the application: every command as a person types it', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-commands-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [origin, port] = [await emptyTenant(), await freePort()]
  const [file, local] = [`--file=${join(folder, 'tenant.json')}`, `--local=${origin}`]
  const wish = JSON.parse((await run('setup', 'example')).out)
  const baseUrl = `http://localhost:${port}`
  writeFileSync(join(folder, 'tenant.json'), JSON.stringify({ ...wish, tenant: tenantId, baseUrl }))

  expect(await run('setup', 'plan', file, local)).toMatchObject({ exit: 2 })
  const applied = await run('setup', 'apply', '--yes', '--enable-policies', file, local)
  expect(applied).toMatchObject({ exit: 0 })
  const env = await run('setup', 'env', file, local)
  expect(env).toMatchObject({ exit: 0 })

  const settings = {
    ...parseEnv(env.out),
    ...parseEnv(applied.out),
    SESSION_SECRET: 'made-by-openssl-for-this-test-alone-7c1e',
    REDIS_URL: inject('redisUrl'),
    REDIS_PREFIX: `test-${port}:`,
    HOST: '127.0.0.1',
    PORT: String(port),
  }
  const app = await startReplica(settings as Record<string, string>)
  onTestFinished(() => app.kill())
  const ben = await signedIn(createVisitor({ key: 'ben', baseUrl }))
  expect((await ben.get('/')).status).toBe(403)
  const asked = await turnOn(ben)
  expect(new URL(asked.at).origin).toBe(origin)
  await ben.answer(asked, { method: 'passkey' })
  await expect.poll(async () => (await progressOf(ben)).step, { timeout: 20_000 }).toBe('in')
  expect((await ben.follow('/')).status).toBe(200)
})
