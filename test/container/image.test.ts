import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const folder = 'infra/container'
const recipes = ['Dockerfile', 'tenant.Dockerfile']
const node = (JSON.parse(readFileSync('package.json', 'utf8')) as { devDependencies: { node: string } }).devDependencies
  .node

type Instruction = { name: string; value: string }
/** Comments gone, lines that go on joined. */
const instructions = (file: string): Instruction[] =>
  readFileSync(`${folder}/${file}`, 'utf8')
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .flatMap(line => {
      const [, name = '', value = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? []
      return name === '' ? [] : [{ name, value }]
    })
const valuesOf = (name: string, file = 'Dockerfile') =>
  instructions(file)
    .filter(each => each.name === name)
    .map(({ value }) => value)
const lastStage = () => {
  const all = instructions('Dockerfile')
  return all.slice(all.findLastIndex(({ name }) => name === 'FROM'))
}
const lastOf = (name: string) => lastStage().findLast(each => each.name === name)?.value ?? ''

describe.each(recipes)('%s', file => {
  test('names its base in one place: Debian, with the Node that everything here runs under', () => {
    expect(instructions(file)[0]).toEqual({ name: 'ARG', value: `BASE=node:${node}-trixie-slim` })
    for (const from of valuesOf('FROM', file)) expect(from).toMatch(/^\$\{BASE\}( AS \w+)?$/)
  })

  test('runs as a number that is not root', () => {
    expect(valuesOf('USER', file).at(-1)).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  test('starts Node itself, with no shell between it and the signals', () => {
    expect(JSON.parse(valuesOf('ENTRYPOINT', file).at(-1) ?? '')[0]).toBe('node')
  })

  test('installs what the lock file says, and runs nothing of it while doing so', () => {
    for (const run of valuesOf('RUN', file).filter(value => /\bnpm (ci|i|install)\b/.test(value)))
      expect(run).toMatch(/^npm ci .*--ignore-scripts/)
  })

  test('lets nothing into the build that is not named', () => {
    expect(ignored(file)[0]).toBe('*')
    for (const source of copied(file)) expect(isAllowed(source, ignored(file)), source).toBe(true)
  })
})

test('no package of development is in the image', () => {
  expect(valuesOf('RUN').find(value => value.startsWith('npm'))).toContain('--omit=dev')
})

test.each(['test/support/house.ts', 'infra/tenant/main.ts', '.env', '.git/config', 'src/.env', 'src/key.pem'])(
  '%s stays outside the image',
  path => expect(isAllowed(path, ignored('Dockerfile'))).toBe(false),
)

test('the image is described by the labels that registries and people read', () => {
  const labels = lastOf('LABEL')
  for (const name of ['title', 'description', 'licenses', 'version', 'revision', 'created', 'source', 'base.name'])
    expect(labels).toContain(`org.opencontainers.image.${name}=`)
})

test('no argument and no setting of the image is a secret', () => {
  for (const { name, value } of instructions('Dockerfile'))
    if (['ARG', 'ENV'].includes(name)) expect(value).not.toMatch(/SECRET|TOKEN|PASSWORD|KEY/i)
})

test('the program in the image knows its version', async () => {
  const image = mkdtempSync(join(tmpdir(), 'gatehouse-image-'))
  for (const { value } of lastStage().filter(({ name }) => name === 'COPY')) {
    const [to = '', ...from] = value
      .replace(/^--from=\S+ /, '')
      .split(' ')
      .toReversed()
    for (const path of from) {
      const source = resolve(path.replace('/app/', ''))
      if (basename(path) === 'node_modules') symlinkSync(source, join(image, 'node_modules'))
      else cpSync(source, join(image, to, to === './' ? path : ''), { recursive: true })
    }
  }
  const [, ...args] = JSON.parse(lastOf('ENTRYPOINT')) as string[]
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const said = execFileSync(process.execPath, [...args, '--version'], { cwd: image, env: {}, encoding: 'utf8' })
  rmSync(image, { recursive: true })
  expect(said).toBe(`${version}\n`)
})

describe('the health check in the image', () => {
  const [program = '', ...args] = JSON.parse(/CMD (\[.*\])$/.exec(lastOf('HEALTHCHECK'))?.[1] ?? '[]') as string[]
  const answers: Record<string, number> = {}
  const server = createServer((request, response) => response.writeHead(answers[request.url ?? ''] ?? 404).end())
  beforeAll(async () => void (await once(server.listen(0, '127.0.0.1'), 'listening')))
  afterAll(() => void server.close())

  const checked = async (port: number) => {
    const child = spawn(process.execPath, args, { env: { PORT: String(port) }, stdio: 'ignore' })
    return (await once(child, 'exit'))[0] as number
  }
  const own = () => (server.address() as AddressInfo).port

  test('is a program that is in the image', () => expect(program).toBe('node'))
  test('passes while the application lives', async () => {
    answers['/health/live'] = 200
    expect(await checked(own())).toBe(0)
  })
  test('fails when it answers otherwise', async () => {
    answers['/health/live'] = 503
    expect(await checked(own())).toBe(1)
  })
  test('fails when nothing answers', async () => expect(await checked(1)).toBe(1))
})

function ignored(file: string): string[] {
  return readFileSync(`${folder}/${file}.dockerignore`, 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
}

/** What a recipe takes from the checkout; the last word of a COPY is where to. */
function copied(file: string): string[] {
  return valuesOf('COPY', file)
    .filter(value => !value.startsWith('--from'))
    .flatMap(value => value.split(' ').slice(0, -1))
}

/** The last pattern that matches decides, for the path or a folder it is in. */
function isAllowed(path: string, patterns: readonly string[]): boolean {
  const parts = path.split('/')
  const prefixes = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  return patterns.reduce((allowed, pattern) => {
    const expression = new RegExp(
      `^${pattern
        .replace(/^!/, '')
        .replace(/\./g, '\\.')
        .replace(/\*\*\/|\*/g, found => (found === '*' ? '[^/]*' : '(.*/)?'))}$`,
    )
    return prefixes.some(prefix => expression.test(prefix)) ? pattern.startsWith('!') : allowed
  }, true)
}
