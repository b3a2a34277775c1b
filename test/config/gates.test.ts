import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { unknownSettings } from '../../src/config/unknown.ts'
import { faultsOf, good } from './good.ts'

const administrators = { ADMIN_GROUP_ID: '0e4c7a91-5d23-4b68-9f10-c8b2d6e4a173' }
const auditors = { AUDITOR_GROUP_ID: '91d5b3f7-6a08-4c2e-8b49-e7f0a2c6d518' }
const gatesOf = (given: Record<string, string>) => loadConfig({ ...good, ...given }).gates

describe('the gate members', () => {
  test('is the only one where no other is set', () => {
    const groupId = good.ACCESS_GROUP_ID
    expect(gatesOf({})).toEqual([{ name: 'members', title: groupId, groupId, selfService: false }])
  })

  test('is called what ACCESS_GROUP_NAME says', () => {
    expect(gatesOf({ ACCESS_GROUP_NAME: 'Payments' })[0].title).toBe('Payments')
  })

  test('has the role in ACCESS_ROLE beside its group', () => {
    const { groupId, role } = gatesOf({ ACCESS_ROLE: 'Payments.Access' })[0]
    expect({ groupId, role }).toEqual({ groupId: good.ACCESS_GROUP_ID, role: 'Payments.Access' })
  })

  test('has the context in AUTH_CONTEXT_ID', () => {
    expect(gatesOf({ AUTH_CONTEXT_ID: 'c7' })[0].context).toBe('c7')
  })

  test('is turned on here where PIM_SELF_SERVICE is on', () => {
    expect(gatesOf({ PIM_SELF_SERVICE: 'on' })[0].selfService).toBe(true)
  })
})

describe('administrators and auditors', () => {
  test('are gates behind members, in this order', () => {
    expect(gatesOf({ ...auditors, ...administrators }).map(({ name }) => name)).toEqual([
      'members',
      'administrators',
      'auditors',
    ])
  })

  test('are each made by the id of a group alone', () => {
    expect(gatesOf(auditors)[1]).toEqual({
      name: 'auditors',
      title: auditors.AUDITOR_GROUP_ID,
      groupId: auditors.AUDITOR_GROUP_ID,
      selfService: false,
    })
  })

  test('are called what their names say', () => {
    const names = { ADMIN_GROUP_NAME: 'Those who assign', AUDITOR_GROUP_NAME: 'Those who read' }
    const [, ...others] = gatesOf({ ...administrators, ...auditors, ...names })
    expect(others.map(({ title }) => title)).toEqual(['Those who assign', 'Those who read'])
  })

  const contextsOf = (given: Record<string, string>) =>
    gatesOf({ ...administrators, ...auditors, ...given }).map(({ context }) => context)

  test('have the context in ADMIN_AUTH_CONTEXT_ID, and members have not', () => {
    expect(contextsOf({ ADMIN_AUTH_CONTEXT_ID: 'c2' })).toEqual([undefined, 'c2', 'c2'])
  })

  test('have the context of members where there is no ADMIN_AUTH_CONTEXT_ID', () => {
    expect(contextsOf({ AUTH_CONTEXT_ID: 'c1' })).toEqual(['c1', 'c1', 'c1'])
  })

  test('have the context in ADMIN_AUTH_CONTEXT_ID also where members have another', () => {
    expect(contextsOf({ AUTH_CONTEXT_ID: 'c1', ADMIN_AUTH_CONTEXT_ID: 'c2' })).toEqual(['c1', 'c2', 'c2'])
  })

  test('may not have the group of members', () => {
    expect(faultsOf({ ...good, ADMIN_GROUP_ID: good.ACCESS_GROUP_ID.toUpperCase() })).toEqual([
      'ADMIN_GROUP_ID is that of the gate "members" (ACCESS_GROUP_ID) too: give each gate a group of its own. Example: cccccccc-dddd-4eee-8fff-000000000000',
    ])
  })

  test('may not have one group together', () => {
    expect(faultsOf({ ...good, ...administrators, AUDITOR_GROUP_ID: administrators.ADMIN_GROUP_ID })).toEqual([
      expect.stringMatching(/^AUDITOR_GROUP_ID is that of the gate "administrators" \(ADMIN_GROUP_ID\) too: /),
    ])
  })

  test('a group that is shared is told beside other faults', () => {
    const lines = faultsOf({ ...good, PORT: 'x', REDIS_URL: '', ADMIN_GROUP_ID: good.ACCESS_GROUP_ID })
    expect(lines.map(line => line.split(' ')[0])).toEqual(['PORT', 'ADMIN_GROUP_ID', 'REDIS_URL'])
  })
})

describe('a setting of a gate that nothing makes is warned about', () => {
  test.each([
    ['ADMIN_GROUP_NAME', 'ADMIN_GROUP_ID'],
    ['AUDITOR_GROUP_NAME', 'AUDITOR_GROUP_ID'],
    ['ADMIN_AUTH_CONTEXT_ID', 'ADMIN_GROUP_ID and no AUDITOR_GROUP_ID'],
  ])('%s', (name, absent) => {
    expect(unknownSettings({ ...good, [name]: 'c2' })).toEqual([`${name} is not looked at: there is no ${absent}`])
  })

  test('a name that comes from a file is warned about too', () => {
    expect(unknownSettings({ ...good, ADMIN_GROUP_NAME_FILE: '/run/name' })).toHaveLength(1)
  })

  test('no warning is given where the id comes from a file', () => {
    expect(unknownSettings({ ...good, ADMIN_GROUP_NAME: 'x', ADMIN_GROUP_ID_FILE: '/run/id' })).toEqual([])
  })

  test('a context for auditors alone is looked at', () => {
    expect(unknownSettings({ ...good, ...auditors, ADMIN_AUTH_CONTEXT_ID: 'c2' })).toEqual([])
  })
})

test('a Service in Kubernetes that is called admin or gates is no misspelt setting', () => {
  const injected = { ADMIN_SERVICE_HOST: '10.43.0.17', ADMIN_PORT: 'tcp://10.43.0.17:80', GATES_SERVICE_PORT: '80' }
  expect(unknownSettings({ ...good, ...injected })).toEqual([])
})
