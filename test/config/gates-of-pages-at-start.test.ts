import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guidFrom } from '../../infra/tenant/directory/ids.ts'
import { pages } from '../../src/pages.ts'
import { type Checkout, openCheckout } from '../support/checkout.ts'
import { gatesFile } from '../support/gates-file.ts'
import { gatesOfTable } from '../support/gates-of-table.ts'
import { good } from './good.ts'

// Each runs the program of a checkout that compiles everything anew.
vi.setConfig({ testTimeout: 60_000 })

const added = `
  get('/vault', ['treasurers', 'members'], import('./web/controllers/home.ts')),
  get('/till', 'cashiers', import('./web/controllers/home.ts')),
])
`
let checkout: Checkout
beforeAll(() => {
  checkout = openCheckout()
  checkout.change('src/pages.ts', text => text.replace(/\n\]\)\n$/, added))
})
afterAll(() => checkout[Symbol.dispose]())

const start = (flags: string, settings: Record<string, string>) =>
  checkout.run(`node src/main.ts ${flags}`, { ...good, ...gatesOfTable(pages), ...settings })

test.each(['--check-config', ''])(
  'pages whose gates no setting describes stop a start (%s) with 78, all of them on stderr and nothing listening',
  async flag => {
    const { code, output } = await start(flag, {})
    expect(code).toBe(78)
    // A process that listens says so first of all.
    expect(output.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^src\/pages\.ts: GET \/vault opens to the gate "treasurers", .*: add it to GATES_FILE,/),
      expect.stringMatching(/^src\/pages\.ts: GET \/till opens to the gate "cashiers", .*: add it to GATES_FILE,/),
    ])
  },
)

test('the same pages are good once settings describe their gates, and --check-config shows them there', async () => {
  const { gates } = JSON.parse(readFileSync('infra/demo/gates.json', 'utf8'))
  const described = ['treasurers', 'cashiers'].map(name => ({ name, title: name, group: guidFrom(name) }))
  const { code, output } = await start('--check-config', { GATES_FILE: gatesFile([...gates, ...described]) })
  expect(code, output).toBe(0)
  expect(output).toMatch(/\ntreasurers \(.*\n {2}GET \/vault\n/)
  expect(output).toMatch(/\ncashiers \(.*\n {2}GET \/till\n/)
})
