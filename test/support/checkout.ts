import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const copied = [
  'src',
  'views',
  'infra',
  'test',
  'package.json',
  'tsconfig.json',
  'biome.json',
  'vitest.config.ts',
  '.gitignore',
]

export type Ran = { code: number; output: string }
export type Checkout = ReturnType<typeof openCheckout>

/** A copy of the sources with the packages of this one, to add to and to run commands in. It goes with `using`. */
export function openCheckout() {
  const root = mkdtempSync(join(tmpdir(), 'gatehouse-checkout-'))
  for (const path of copied) cpSync(path, join(root, path), { recursive: true })
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
  const at = (path: string) => join(root, path)
  return {
    at,
    write(path: string, text: string) {
      mkdirSync(dirname(at(path)), { recursive: true })
      writeFileSync(at(path), text)
    },
    change(path: string, change: (text: string) => string) {
      writeFileSync(at(path), change(readFileSync(at(path), 'utf8')))
    },
    /** Runs a command line in the copy, in a shell that finds the copy's own programs. */
    run: (command: string, environment: Record<string, string> = {}) =>
      new Promise<Ran>(done => {
        const env = { ...process.env, PATH: `${at('node_modules/.bin')}:${process.env.PATH}`, ...environment }
        execFile('sh', ['-c', command], { cwd: root, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
          done({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
        )
      }),
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  }
}
