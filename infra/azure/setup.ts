import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { runSetup } from './commands/run.ts'
import { createConfirm, letReadersLeave } from './commands/terminal.ts'

const { stdin, stdout, stderr, env, argv } = process

letReadersLeave(stdout, stderr)
// The question stands on standard error, so there it has to be seen.
const confirm = stdin.isTTY && stderr.isTTY ? createConfirm({ input: stdin, output: stderr }) : undefined

process.exitCode = await runSetup(argv.slice(2), {
  env,
  readText: path => readFile(path, 'utf8'),
  standardInput: () => text(stdin),
  print: line => stdout.write(`${line}\n`),
  tell: line => stderr.write(`${line}\n`),
  confirm,
  fetch,
  clock: () => new Date(),
  sleep: ms => sleep(ms),
})
