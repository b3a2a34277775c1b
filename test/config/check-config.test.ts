import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pages } from '../../src/pages.ts'
import { threeGates } from '../support/gates-file.ts'
import { gatesOfTable } from '../support/gates-of-table.ts'
import { good } from './good.ts'

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** Good settings for the program, whose pages may name more gates. */
const settings = { ...good, ...gatesOfTable(pages) }

/** Runs the program as an operator would, with these settings and no others, until it ends by itself. */
async function run(flags: string[], environment: Record<string, string>) {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, [program, ...flags], { env: { PATH, NODE_COMPILE_CACHE, ...environment } })
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', chunk => {
      said[name] += chunk
    })
  const code = await new Promise<number | null>(resolve => child.once('close', resolve))
  return { code, ...said }
}

describe.concurrent('the program as a process', () => {
  test('good settings: --check-config ends with 0', async () => {
    const { code, stderr } = await run(['--check-config'], settings)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test.each(['--check-config', 'a plain start'])(
    'bad settings: %s ends with 78, all faults on stderr and nothing listening',
    async flag => {
      const { code, stdout, stderr } = await run(flag.startsWith('--') ? [flag] : [], {
        ...settings,
        SESSION_SECRET: 'canary',
        PORT: '70000',
        LOG_LEVEL: 'trace',
        REDIS_URL: '',
      })
      expect(code).toBe(78)
      expect(stderr.trimEnd().split('\n')).toEqual([
        'PORT must be at most 65535. Example: 3000',
        expect.stringMatching(/^SESSION_SECRET must have at least 32 characters\. Example: /),
        expect.stringMatching(/^REDIS_URL is required\. Example: /),
      ])
      // A process that listens logs so first of all.
      expect(stdout).toBe('')
    },
  )

  test('--check-config shows the gates and the pages that each opens, and says that the settings are good', async () => {
    const { code, stdout } = await run(['--check-config'], { ...settings, ...threeGates(), PIM_SELF_SERVICE: 'on' })
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Gates, and the pages that each opens:\nmembers \(.*, people turn on access here\n {2}GET \/\n/,
    )
    expect(stdout).toMatch(
      /\noperators \(Payments operators\): group .*, authentication context c2, people turn on .*\n {2}\S/,
    )
    expect(stdout).toMatch(/\neveryone who is signed in\n(?: {2}(?:GET|POST) \/\S+\n)+\nThe settings are good\.\n$/)
  })

  test('a misspelt setting is warned about, and does not stop a start', async () => {
    const { code, stderr } = await run(['--check-config'], { ...settings, SESSION_IDLE_MINUTE: '5' })
    expect(code).toBe(0)
    expect(stderr).toBe('warning: SESSION_IDLE_MINUTE is not a setting; the nearest is SESSION_IDLE_MINUTES\n')
  })

  test('--demo is refused in production', async () => {
    const { code, stderr } = await run(['--demo', '--check-config'], { ...settings, NODE_ENV: 'production' })
    expect(code).toBe(78)
    expect(stderr).toContain('--demo is not for production')
  })

  test('outside production the demo needs no Redis', async () => {
    const { code } = await run(['--demo', '--check-config'], { ...settings, REDIS_URL: '' })
    expect(code).toBe(0)
  })

  test('production settings are judged the same whatever NODE_ENV says', async () => {
    const { code } = await run(['--check-config'], { ...settings, NODE_ENV: 'production' })
    expect(code).toBe(0)
  })

  test('--version says which release it is, and asks for no settings', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await run(['--version'], {})).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
    expect(await run(['--check-config', '--version'], { PORT: 'x' })).toMatchObject({ code: 0, stderr: '' })
  })

  test('a flag that does not exist is refused', async () => {
    const { code, stderr } = await run(['--check'], settings)
    expect(code).toBe(78)
    expect(stderr).toContain('--check is not known')
  })

  test('no secret is printed, whatever is wrong', async () => {
    const { stdout, stderr } = await run([], { ...settings, PORT: 'canary' })
    expect(stdout + stderr).not.toContain('canary')
  })
})
