import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { good } from './config/good.ts'
import { type Checkout, openCheckout } from './support/checkout.ts'
import { blocksIn, documents } from './support/documents.ts'

/** Code blocks that begin with the path they belong to: `// src/x.ts`, `<!-- views/x.ejs -->`. */
const snippetsIn = (document: string) =>
  blocksIn(documents[document] ?? '').flatMap(({ text }) => {
    const [first = '', ...rest] = text.split('\n')
    const [, path] = /^(?:\/\/|<!--) ((?:src|views|test)\/[\w./-]+)/.exec(first) ?? []
    return path ? [{ path, text: rest.join('\n') }] : []
  })
type Snippet = ReturnType<typeof snippetsIn>[number]

/** In the page table, the names of the gates take the place of those before, and lines go to its end. All else is a file of its own. */
function add(checkout: Checkout, { path, text }: Snippet): void {
  if (path !== 'src/pages.ts') checkout.write(path, text)
  else if (text.startsWith('const ')) checkout.change(path, table => table.replace(namesOfGates, text))
  else checkout.change(path, table => table.replace(/\]\)\n$/, `${text}])\n`))
}
const namesOfGates = /^const \{ get, post \} = linesFor<.*\n/m

const ofReadme = snippetsIn('README.md')
const ofPages = snippetsIn('docs/pages.md')
const snippets = [...ofReadme, ...ofPages]
const testsOf = (some: readonly Snippet[]) => some.map(({ path }) => path).filter(path => path.startsWith('test/'))

/** Page tables with one more line, which forgets or misspells something. */
const wrongLines = {
  'src/without-audience.ts': "get('/late', import('./web/controllers/reports.ts'))",
  'src/unknown-audience.ts': "get('/late', 'member', import('./web/controllers/reports.ts'))",
  'src/unknown-gate.ts': "post('/late', 'operator', import('./web/controllers/reports.ts'))",
  'src/unknown-gate-in-list.ts': "get('/late', ['members', 'operator'], import('./web/controllers/reports.ts'))",
  'src/unknown-file.ts': "get('/late', 'members', import('./web/controllers/report.ts'))",
}

// Each runs programs that begin with everything to be read and compiled.
vi.setConfig({ testTimeout: 120_000 })

let checkout: Checkout
beforeAll(() => {
  checkout = openCheckout()
  for (const snippet of snippets) add(checkout, snippet)
})
afterAll(() => checkout[Symbol.dispose]())

test('the README adds a controller, a view, a line of the table and a test', () => {
  expect(ofReadme.map(({ path }) => path)).toEqual([
    'src/web/controllers/reports.ts',
    'views/pages/reports.ejs',
    'src/pages.ts',
    'test/reports.test.ts',
  ])
})

describe('the pages that the README and docs/pages.md add, as they stand there', () => {
  test('compile; a line without its audience, or with a misspelt gate or file, does not', async () => {
    const table = readFileSync(checkout.at('src/pages.ts'), 'utf8')
    for (const [path, line] of Object.entries(wrongLines))
      checkout.write(path, table.replace(/\]\)\n$/, `  ${line},\n])\n`))
    const include = ['src', 'test/support/machine.ts', ...testsOf(snippets)]
    checkout.write('tsconfig.snippets.json', JSON.stringify({ extends: './tsconfig.json', include }))
    const { output } = await checkout.run('tsc -p tsconfig.snippets.json --pretty false --singleThreaded')
    const faulty = [...output.matchAll(/^([\w./-]+)\(\d+,\d+\): error/gm)].map(([, path]) => path)
    expect([...new Set(faulty)].toSorted(), output).toEqual(Object.keys(wrongLines).toSorted())
  })

  test('are formatted and pass lint', async () => {
    const code = new Set(snippets.map(({ path }) => path).filter(path => path.endsWith('.ts')))
    const { code: exit, output } = await checkout.run(`biome check --error-on-warnings ${[...code].join(' ')}`)
    expect(exit, output).toBe(0)
  })

  test('stop a start without the gate that they name, and start with the file of the demo', async () => {
    const start = (settings: Record<string, string>) =>
      checkout.run('node src/main.ts --check-config', { ...good, ...settings })
    const without = await start({})
    expect(without.code).toBe(78)
    expect(without.output).toContain('GET /refunds opens to the gate "operators", which no setting describes')
    const withFile = await start({ GATES_FILE: 'infra/demo/gates.json' })
    expect(withFile.code, withFile.output).toBe(0)
    expect(withFile.output).toMatch(/\noperators \(.*\n {2}GET \/refunds\n {2}GET \/refunds\/all\n/)
  })

  test('answer a person who signs in, only those whom their gate lets in, and are held by test/pages.test.ts', async () => {
    const commands = blocksIn(documents['README.md'] ?? '').filter(({ language }) => language === 'sh')
    // The command of the README, with the tests of docs/pages.md beside its own.
    const command = commands.find(({ text }) => text.startsWith('npx vitest'))?.text.trim() ?? ''
    const environment = { TEST_REDIS_URL: inject('redisUrl'), NO_COLOR: '1' }
    // Each worker would load the application for itself.
    const { code, output } = await checkout.run(`${command} ${testsOf(ofPages).join(' ')} --maxWorkers=1`, environment)
    expect(code, output).toBe(0)
    for (const path of [...testsOf(snippets), 'test/pages.test.ts']) expect(output).toContain(path)
  })
})
