import { expect, test } from 'vitest'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { readWish } from '../../../infra/azure/wish/read-wish.ts'

const now = new Date('2026-11-29T12:00:00Z')
async function run(...args: string[]) {
  const [out, error]: [string[], string[]] = [[], []]
  const exit = await runSetup(args, {
    env: {},
    readText: async () => Promise.reject(Object.assign(new Error('no file'), { code: 'ENOENT' })),
    standardInput: async () => '',
    print: line => out.push(line),
    tell: line => error.push(line),
    fetch: () => Promise.reject(new Error('nothing is asked')),
    clock: () => now,
    sleep: async () => undefined,
  })
  return { exit, out: out.join('\n'), error: error.join('\n') }
}

test('the example that is printed is a tenant.json without faults', async () => {
  const { exit, out } = await run('example')
  expect(exit).toBe(0)
  expect(readWish(out, now)).toHaveProperty('wish')
})

test.each([
  ['no command', [], 'Sets up a tenant'],
  ['an unknown command', ['destroy'], 'There is no command destroy.'],
  ['a word of every object', ['constructor'], 'There is no command constructor.'],
  ['an unknown option', ['example', '--force'], "Unknown option '--force'"],
  ['two commands', ['example', 'plan'], 'One command at a time'],
  ['a local tenant on another machine', ['plan', '--local=http://tenant.example.com'], 'on this machine'],
  ['a local tenant without a scheme', ['plan', '--local=localhost:3131'], 'on this machine'],
  ['a token on the command line', ['example', '--token', 'eyJ'], 'A token comes on standard input'],
])('%s is answered with the usage, and 64', async (_what, args, start) => {
  const { exit, out, error } = await run(...args)
  expect({ exit, out }).toEqual({ exit: 64, out: '' })
  expect(error).toContain(start)
  expect(error).toContain('npm run setup -- example')
})
