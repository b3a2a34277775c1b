import { describe, expect } from 'vitest'
import { runSetup } from '../../../infra/azure/commands/run.ts'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { startRedis } from '../../support/machine.ts'
import { openOver } from '../../support/redis/own-redis.ts'
import { testIn } from '../../support/test-in.ts'
import { doctored, envText } from './doctoring.ts'

const strong = 'kU8xJqv2mZt5RrWnYb1cLdPz7HfGsA3eQoXi9VwTyNuK'
const test = testIn(async () =>
  openOver(await startRedis({ args: ['--appendonly', 'yes'] }), { settings: { SESSION_SECRET: strong } }),
)
const example = JSON.stringify(exampleWish(new Date()))
const namesIn = (findings: readonly { check: string }[]) => findings.map(({ check }) => check)

describe('the doctor', () => {
  test('finds nothing wrong by settings alone, without any permission, and says what it could not see', async ({
    house,
  }) => {
    const { code, findings } = await doctored(['--env-file', '.env', '--json'], {
      files: { '.env': envText(house.environment) },
    })
    expect(findings().filter(({ verdict }) => verdict === 'wrong')).toEqual([])
    expect(findings().find(({ check }) => check === 'single-tenant')?.verdict).toBe('cannot-tell')
    expect(code).toBe(0)
  })

  test('counts what it cannot tell as wrong where it is asked to be strict', async ({ house }) => {
    const files = { '.env': envText(house.environment) }
    expect((await doctored(['--env-file', '.env', '--strict'], { files })).code).toBe(1)
  })

  test('takes the settings of the environment where no file is named', async ({ house }) => {
    const { found } = await doctored(['--json'], { env: house.environment })
    expect(found('settings-valid')).toMatchObject({
      verdict: 'right',
      what: 'The settings from the environment are good.',
    })
  })

  test('gives a finding for every check in the same order, whatever it knows', async ({ house }) => {
    const good = { '.env': envText(house.environment) }
    const all = namesIn((await doctored(['--env-file', '.env', '--json'], { files: good })).findings())
    expect(new Set(all).size).toBe(all.length)
    const bad = { '.env': envText({ ...house.environment, ENTRA_TENANT_ID: 'contoso' }) }
    expect(namesIn((await doctored(['--env-file', '.env', '--json'], { files: bad })).findings())).toEqual(all)
    const both = { ...good, 'tenant.json': example }
    expect(namesIn((await doctored(['--env-file', '.env', '--json'], { files: both })).findings())).toEqual(all)
  })

  test('writes each finding with the members that programs rely on, and no others', async ({ house }) => {
    const files = { '.env': envText(house.environment) }
    const { findings } = await doctored(['--env-file', '.env', '--json'], { files })
    for (const finding of findings())
      expect(Object.keys(finding).toSorted()).toEqual(['check', 'fix', 'verdict', 'what', 'why'])
  })

  test('prints what is wrong first, with why and the fix, and the counts at the end', async ({ house }) => {
    const files = { '.env': envText({ ...house.environment, SESSION_SECRET: 'correct-horse-password-1234567890-abc' }) }
    const { out, code } = await doctored(['--env-file', '.env'], { files })
    expect(out).toMatch(/^Wrong \(1\)\n {2}session-secret\n {4}SESSION_SECRET .*\n {4}Why: .*\n {4}Fix: /)
    expect(out.indexOf('Cannot tell (')).toBeLessThan(out.indexOf('Right ('))
    expect(out.split('\n').at(-1)).toMatch(/^\d+ checks: 1 wrong, \d+ cannot tell, \d+ right\.$/)
    expect(code).toBe(1)
  })

  test('shows no secret', async ({ house }) => {
    const files = { '.env': envText(house.environment) }
    const { out } = await doctored(['--env-file', '.env', '--json'], { files })
    expect(out).not.toContain(strong)
    expect(out).not.toContain(house.tenant.clientSecret)
  })
})

test('setup -- verify is the same command', async ({ house }) => {
  const around = { files: { '.env': envText(house.environment) } }
  const checked = await doctored(['--env-file', '.env', '--json'], around)
  const verified = await doctored(['verify', '--env-file', '.env', '--json'], { ...around, as: runSetup })
  expect([verified.code, verified.findings()]).toEqual([0, checked.findings()])
})

describe('where it cannot begin', () => {
  test('settings at fault, and nothing else to go by, end it with 78, with every fault named', async ({ house }) => {
    const settings = { ...house.environment, ENTRA_TENANT_ID: 'contoso', SESSION_SECRET: 'short' }
    const { code, found } = await doctored(['--env-file', '.env', '--json'], { files: { '.env': envText(settings) } })
    expect(code).toBe(78)
    const { verdict, what } = found('settings-valid')
    expect(verdict).toBe('wrong')
    expect(what).toMatch(/ENTRA_TENANT_ID .* SESSION_SECRET /)
    expect(found('redis-reachable')).toMatchObject({ verdict: 'cannot-tell', what: 'The settings are at fault.' })
  })

  test('a tenant.json at fault ends it with 78', async () => {
    const { code, told } = await doctored([], { files: { 'tenant.json': '{"name":1}' } })
    expect(code).toBe(78)
    expect(told).toMatch(/^tenant: is required/)
  })

  test('a token that was promised on standard input and is not there ends it with 64', async ({ house }) => {
    const files = { '.env': envText(house.environment) }
    const { code, told, out } = await doctored(['--env-file', '.env', '--token', '-'], { files, input: '\n' })
    expect([code, told, out]).toEqual([64, 'There is no token on standard input.', ''])
  })

  const wrongly: [what: string, args: string[], says: RegExp][] = [
    ['an option that it does not know', ['--fix'], /--fix/],
    ['a token among its arguments', ['--token', 'eyJ0'], /standard input/],
    ['a tenant elsewhere as the local one', ['--local=http://tenant.example.com'], /on this machine/],
    ['a file that is not there', ['--env-file', '.env'], /^\.env cannot be read: it does not exist\.$/],
    ['nothing to check by', [], /neither settings nor tenant\.json/],
  ]
  test.for(wrongly)('%s ends it with 64', async ([, args, says]) => {
    const { code, told, out } = await doctored(args)
    expect([code, out]).toEqual([64, ''])
    expect(told).toMatch(says)
  })
})
