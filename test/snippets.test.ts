import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest'
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

/** Lines of the table go to its end; everything else is a file of its own. */
const isLine = ({ path }: Snippet) => path === 'src/pages.ts'
function add(checkout: Checkout, snippet: Snippet): void {
  if (isLine(snippet)) checkout.change('src/pages.ts', table => table.replace(/\]\)\n$/, `${snippet.text}])\n`))
  else checkout.write(snippet.path, snippet.text)
}

const ofReadme = snippetsIn('README.md')
const ofPages = snippetsIn('docs/pages.md')
const snippets = [...ofReadme, ...ofPages]
const testsOf = (some: readonly Snippet[]) => some.map(({ path }) => path).filter(path => path.startsWith('test/'))

/** Lines that forget or misspell something. */
const wrongLines = {
  'src/without-audience.ts': "get('/reports', import('./web/controllers/reports.ts'))",
  'src/unknown-audience.ts': "get('/reports', 'member', import('./web/controllers/reports.ts'))",
  'src/unknown-file.ts': "get('/reports', 'members', import('./web/controllers/report.ts'))",
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
  test('compile; a line without its audience, or with a misspelt audience or file, does not', async () => {
    for (const [path, line] of Object.entries(wrongLines))
      checkout.write(path, `import { get } from './web/page.ts'\nawait ${line}\n`)
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

  test('answer a person who signs in, only members, and are held by test/pages.test.ts', async () => {
    const commands = blocksIn(documents['README.md'] ?? '').filter(({ language }) => language === 'sh')
    // The command of the README, with the tests of docs/pages.md beside its own.
    const command = commands.find(({ text }) => text.startsWith('npx vitest'))?.text.trim() ?? ''
    const environment = { TEST_REDIS_URL: inject('redisUrl'), NO_COLOR: '1' }
    const { code, output } = await checkout.run(`${command} ${testsOf(ofPages).join(' ')}`, environment)
    expect(code, output).toBe(0)
    for (const path of [...testsOf(snippets), 'test/pages.test.ts']) expect(output).toContain(path)
  })
})
