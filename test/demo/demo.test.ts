import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createVisitor } from '../support/visitor.ts'

const running: ChildProcess[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(child => ended(child, 'SIGINT')))
})

test('the demo says where it is, who one can be and which store it uses', async () => {
  const demo = await startDemo()
  expect(demo.text).toMatch(/local tenant +http:\/\/127\.0\.0\.1:\d+\/pim/)
  expect(demo.text).toContain('Alice Lindqvist')
  expect(demo.text).toContain('a private redis-server on port')
})

test('the demo has four gates, and My access offers people those at which they may turn on access', async () => {
  const demo = await startDemo()
  for (const title of ['Payments administrators', 'Payments operators', 'Access administrators', 'Access auditors'])
    expect(demo.text).toContain(title)
  for (const [key, title] of [
    ['ben', 'Payments operators'],
    ['lena', 'Access auditors'],
  ] as const) {
    const person = createVisitor({ key, baseUrl: demo.app })
    await person.signIn('/access')
    const page = await person.get('/access')
    expect(page.status).toBe(200)
    expect(page.text).toContain(title)
  }
})

test('in the demo Ada gives access, after a passkey', async () => {
  const demo = await startDemo()
  const ada = createVisitor({ key: 'ada', baseUrl: demo.app })
  const asked = await ada.signIn('/people/assign')
  const page = await ada.answer(asked, { method: 'passkey' })
  expect([page.status, page.text]).toEqual([200, expect.stringContaining('Access administrators')])
})

test('the trail of the demo is signed, and its lines of the log do not fill the terminal', async () => {
  const demo = await startDemo()
  const ada = createVisitor({ key: 'ada', baseUrl: demo.app })
  await ada.answer(await ada.signIn('/people/assign'), { method: 'passkey' })
  // That she looks is recorded before she sees anything.
  expect((await ada.get('/people')).status).toBe(200)
  const trail = async () => (await ada.get('/trail')).text
  await expect.poll(trail, { timeout: 20_000 }).toMatch(/localhost:\d+\/trail\+[0-9a-f]{8}\+/)
  await ended(demo.child, 'SIGINT')
  expect(demo.textNow()).not.toContain('"event":"audit')
})

test('everything the demo started ends with Ctrl-C', async () => {
  const demo = await startDemo()
  expect(await ended(demo.child, 'SIGINT')).toBe(0)
  for (const url of [demo.app, demo.tenant]) await expect(fetch(url)).rejects.toThrow('fetch failed')
})

test('without a redis-server on the machine the demo keeps sessions by itself, and a member gets in', async () => {
  const demo = await startDemo({ PATH: dirname(process.execPath) })
  expect(demo.text).toContain('inside the application')
  const alice = createVisitor({ key: 'alice', baseUrl: demo.app })
  expect((await alice.signIn('/')).status).toBe(200)
})

test('a port that is taken is replaced, and the demo says so', async () => {
  const squatter = createServer()
  await new Promise<void>(resolve => {
    squatter.once('error', () => resolve()).listen(3000, '127.0.0.1', resolve)
  })
  const demo = await startDemo()
  expect(demo.text).toMatch(/Port 3000 was taken, so the application is on \d+/)
  squatter.close()
})

test('with three replicas a member signs in across them, and stays in when one of them dies and another takes its place', async () => {
  const demo = await startDemo({}, ['--replicas', '3'])
  const ports = [...demo.text.matchAll(/port (\d+) \(process (\d+)\)/g)].map(([, port, pid]) => [
    Number(port),
    Number(pid),
  ])
  expect(ports).toHaveLength(3)
  const alice = createVisitor({ key: 'alice', baseUrl: demo.app })
  expect((await alice.signIn('/')).status).toBe(200)
  const [[port, pid]] = ports as [[number, number]]
  process.kill(pid, 'SIGKILL')
  const isReady = async () => (await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined))?.ok ?? false
  await expect.poll(isReady).toBe(false)
  await expect.poll(isReady, { timeout: 20_000 }).toBe(true)
  for (const _turn of ports) expect((await alice.get('/')).status).toBe(200)
})

test.each(['0', 'three'])('%s replicas are refused with what to say instead', async count => {
  const child = spawnDemo({}, ['--replicas', count])
  const text = textOf(child)
  expect(await exitOf(child)).toBe(1)
  expect(text()).toContain('a number from 1 to 9')
})

test('an option that the demo does not know is said in plain words', async () => {
  const child = spawnDemo({}, ['--replica', '3'])
  const text = textOf(child)
  expect(await exitOf(child)).toBe(1)
  expect(text()).toMatch(/^Unknown option '--replica'/)
})

test('several replicas without a Redis to share are refused, with how to get one', async () => {
  const child = spawnDemo({ PATH: dirname(process.execPath) }, ['--replicas', '3'])
  const text = textOf(child)
  expect(await exitOf(child)).toBe(1)
  expect(text()).toContain('apt-get install redis-server')
})

test('the demo refuses to be production', async () => {
  const child = spawnDemo({ NODE_ENV: 'production' })
  const text = textOf(child)
  expect(await exitOf(child)).toBe(1)
  expect(text()).toContain('NODE_ENV=production')
})

async function startDemo(settings: Record<string, string> = {}, options: readonly string[] = []) {
  const child = spawnDemo(settings, options)
  const text = textOf(child)
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => text().includes('Ctrl-C stops') && resolve())
    child.once('exit', code => reject(new Error(`the demo ended with ${code}: ${text()}`)))
  })
  const [app = '', tenant = ''] = text().match(/http:\/\/[\w.]+:\d+/g) ?? []
  return { child, text: text(), textNow: text, app, tenant }
}

function spawnDemo(settings: Record<string, string>, options: readonly string[] = []): ChildProcess {
  const child = spawn(process.execPath, ['infra/demo/main.ts', ...options], {
    env: { ...process.env, NODE_ENV: 'development', ...settings },
  })
  running.push(child)
  return child
}

function textOf(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => {
      text += chunk
    })
  return () => text
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>(resolve =>
    child.exitCode !== null ? resolve(child.exitCode) : child.once('exit', code => resolve(code)),
  )

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return exitOf(child)
}
