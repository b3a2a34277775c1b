import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { letReadersLeave } from './commands/terminal.ts'
import { runDoctor } from './doctor/run-doctor.ts'

const { stdin, stdout, stderr, env, argv } = process

letReadersLeave(stdout, stderr)
process.exitCode = await runDoctor(argv.slice(2), {
  env,
  readText: path => readFile(path, 'utf8'),
  standardInput: () => text(stdin),
  print: line => stdout.write(`${line}\n`),
  tell: line => stderr.write(`${line}\n`),
  fetch,
  clock: () => new Date(),
  sleep: ms => sleep(ms),
})
