import { readFileSync } from 'node:fs'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { openOperator } from '../operator.ts'
import { smallWish } from '../small-wish.ts'

const operator = await openOperator()
afterAll(() => operator.tenant.close())
beforeEach(() => {
  operator.fresh()
  operator.wants(smallWish)
})

const text = readFileSync(new URL('../../../docs/setup.md', import.meta.url), 'utf8')
/** The permissions in a row of docs/setup.md, but for those that come after a semicolon: not everybody needs them. */
const documented = (what: string): string[] =>
  new RegExp(`^\\| ${what} \\| ([^|;]+)`, 'm').exec(text)?.[1]?.match(/[\w.]+/g) ?? []
const needed = documented('apply')

test('the permissions that docs/setup.md names are enough', async () => {
  expect(needed.length).toBeGreaterThan(10)
  operator.permitted(needed)
  await operator.apply()
  expect(await operator.todo()).toEqual([])
})

test('those that it names for a plan are enough for a plan', async () => {
  operator.permitted(documented('plan'))
  expect((await operator.run('plan')).exit).toBe(2)
  operator.permitted(needed)
  await operator.apply()
  operator.permitted(documented('plan'))
  expect((await operator.run('plan')).exit).toBe(0)
})

/** What is left to whoever may read and not write. */
const readingOnly: Record<string, string> = {
  'Application.ReadWrite.All': 'Application.Read.All',
  'DelegatedPermissionGrant.ReadWrite.All': 'Directory.Read.All',
  'Policy.ReadWrite.ConditionalAccess': 'Policy.Read.ConditionalAccess',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup': 'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup': 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.ReadWrite.AzureADGroup': 'RoleManagementPolicy.Read.AzureADGroup',
}

test.each(needed)('without %s, the sentence names it', async permission => {
  operator.permitted([...needed.filter(name => name !== permission), readingOnly[permission] ?? 'User.Read'])
  const { exit, told } = await operator.run('apply', '--yes')
  expect(exit).toBe(1)
  expect(told.split('\n').at(-1)).toMatch(/^Graph refused /)
  expect(told.split('\n').at(-1)).toContain(permission)
})

test.each(Object.entries(readingOnly))('where %s is missing, %s is enough for a plan', async (permission, reading) => {
  operator.permitted([...needed.filter(name => name !== permission), reading])
  expect((await operator.run('plan')).exit).toBe(2)
})

test('where nobody may say whose tenant it is, that is told, and nothing is kept from being done', async () => {
  operator.permitted(needed)
  const { exit, told } = await operator.run('plan')
  expect({ exit, told }).toEqual({ exit: 2, told: expect.stringContaining('may not read whose tenant this is') })
})

test('nothing that is told holds the token', async () => {
  operator.permitted(['User.Read.All'])
  const { told } = await operator.run('plan')
  expect(told).toContain('Graph refused')
  expect(told).not.toContain('operator.')
})
