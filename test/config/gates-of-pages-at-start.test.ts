import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Checkout, openCheckout } from '../support/checkout.ts'
import { threeGates } from '../support/gates-file.ts'
import { good } from './good.ts'

// Each runs the program of a checkout that compiles everything anew.
vi.setConfig({ testTimeout: 60_000 })

const added = `
  get('/refunds', ['operators', 'members'], import('./web/controllers/home.ts')),
  get('/people', 'administrators', import('./web/controllers/home.ts')),
])
`
let checkout: Checkout
beforeAll(() => {
  checkout = openCheckout()
  checkout.change('src/pages.ts', text => text.replace(/\n\]\)\n$/, added))
})
afterAll(() => checkout[Symbol.dispose]())

const start = (flags: string, settings: Record<string, string>) =>
  checkout.run(`node src/main.ts ${flags}`, { ...good, ...settings })

test.each(['--check-config', ''])(
  'pages whose gates no setting describes stop a start (%s) with 78, all of them on stderr and nothing listening',
  async flag => {
    const { code, output } = await start(flag, {})
    expect(code).toBe(78)
    // A process that listens says so first of all.
    expect(output.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^src\/pages\.ts: GET \/refunds opens to the gate "operators", .*: add it to GATES_FILE,/),
      expect.stringMatching(
        /^src\/pages\.ts: GET \/people opens to the gate "administrators", .*: set ADMIN_GROUP_ID,/,
      ),
    ])
  },
)

test('the same pages are good once settings describe their gates, and --check-config shows them there', async () => {
  const administrators = { ADMIN_GROUP_ID: 'c47e9a30-6b15-4d82-9f0c-2a8e5d1b3c76' }
  const { code, output } = await start('--check-config', { ...threeGates(), ...administrators })
  expect(code, output).toBe(0)
  expect(output).toMatch(/\noperators \(.*\n {2}GET \/refunds\n/)
  expect(output).toMatch(/\nadministrators \(.*\n {2}GET \/people\n/)
})
