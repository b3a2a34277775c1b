import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createConfirm } from '../../../infra/azure/commands/terminal.ts'

/** Asks a question, and gives what comes from a keyboard: marks, or the end of the input. */
async function asked(keys: string | undefined) {
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  const says = createConfirm({ input, output })('Change it?')
  if (keys === undefined) input.end()
  else input.write(keys)
  const isYes = await says
  return { isYes, seen: String(output.read()) }
}

test.each(['y\r', 'YES\r', ' yes \r'])('%j is a yes', async keys => {
  const { isYes, seen } = await asked(keys)
  expect({ isYes, seen }).toEqual({ isYes: true, seen: expect.stringContaining('Change it? [y/N] ') })
})

test.each([
  ['a no', 'n\r'],
  ['an empty line', '\r'],
  ['another word', 'yeah\r'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
  ['the end of the input', undefined],
])('%s is no yes', async (_what, keys) => {
  expect((await asked(keys)).isYes).toBe(false)
})

test.each([
  ['setup', ['example'], 0],
  ['doctor', ['--env-file=/nowhere'], undefined],
])('%s says nothing of a reader that stopped reading', async (program, args, code) => {
  const path = fileURLToPath(new URL(`../../../infra/azure/${program}.ts`, import.meta.url))
  const child = spawn(process.execPath, [path, ...args], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [said, [exit]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(said).not.toContain('EPIPE')
  if (code !== undefined) expect(exit).toBe(code)
})
