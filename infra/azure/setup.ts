import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { runSetup } from './commands/run.ts'

const { stdin, stdout, stderr, env, argv } = process

async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stderr })
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim())
  } finally {
    terminal.close()
  }
}

process.exitCode = await runSetup(argv.slice(2), {
  env,
  readText: path => readFile(path, 'utf8'),
  standardInput: () => text(stdin),
  print: line => stdout.write(`${line}\n`),
  tell: line => stderr.write(`${line}\n`),
  confirm: stdin.isTTY ? confirm : undefined,
  fetch,
  clock: () => new Date(),
  sleep: ms => sleep(ms),
})
