import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { exampleWish } from '../../../infra/azure/wish/example.ts'
import { tenantId } from '../../../infra/tenant/directory/ids.ts'
import { openOperator } from '../operator.ts'
import { smallWish, withGate } from '../small-wish.ts'

const operator = await openOperator()
afterAll(() => operator.tenant.close())
const { time } = operator

beforeEach(() => {
  operator.fresh()
  operator.wants(smallWish)
})

describe('from an empty tenant', () => {
  test('the example is planned, applied, and then there is nothing to do, with changes shown late and load', async () => {
    operator.wants({ ...exampleWish(time.clock()), tenant: tenantId })
    const before = await operator.todo()
    expect(new Set(before.map(({ action, before }) => `${action} ${before}`))).toEqual(new Set(['create null']))
    await operator.apply()
    const after = await operator.run('plan')
    expect(after.exit).toBe(0)
    expect(after.out).toMatch(/Nothing to do: all \d+ objects are as they should be\.$/)
    const second = await operator.run('apply', '--yes')
    expect({ exit: second.exit, writes: operator.writes() }).toEqual({ exit: 0, writes: [] })
  })

  test('a plan writes nothing, says so with 2, and has a line for each object', async () => {
    const { exit, out } = await operator.run('plan', '--json')
    expect(exit).toBe(2)
    expect(operator.writes()).toEqual([])
    const lines = JSON.parse(out)
    expect(lines.map(({ object }: { object: string }) => object).slice(0, 9)).toEqual([
      'authentication context c1',
      'Conditional Access policy Privileged access',
      'group Payments administrators',
      'owners of group Payments administrators',
      'PIM rules of group Payments administrators',
      'eligible people of group Payments administrators',
      'active people of group Payments administrators',
      'group Gatehouse sign-in',
      'owners of group Gatehouse sign-in',
    ])
    for (const line of lines) expect(Object.keys(line)).toEqual(['object', 'action', 'before', 'after'])
  })

  test('a plan is read by people: what would come, field by field', async () => {
    const { out } = await operator.run('plan')
    expect(out).toContain('+ authentication context c1\n    + name: Privileged access\n    + published: true\n')
    expect(out).toContain('    + people: person ben@contoso.example, until 2027-06-01T23:59:59Z\n')
  })
})

describe('apply asks before it changes anything', () => {
  const counted = () => ({ writes: operator.writes().length })

  test('and without somebody to ask it changes nothing', async () => {
    const { exit, told } = await operator.run('apply')
    expect({ exit, ...counted() }).toEqual({ exit: 1, writes: 0 })
    expect(told).toContain('Nothing was changed: nobody sits at a terminal to say yes. Add --yes.')
  })
  test('and takes a no', async () => {
    operator.answers(false)
    const { exit, told } = await operator.run('apply')
    expect({ exit, ...counted() }).toEqual({ exit: 1, writes: 0 })
    expect(told).toMatch(/Nothing was changed\.$/)
  })
  test('and a yes', async () => {
    operator.answers(true)
    const { exit, told } = await operator.run('apply')
    expect(exit).toBe(0)
    expect(told).toContain('done: group Payments administrators\n')
    expect(told).toMatch(/Everything is as it should be\.$/)
  })
})

describe('what somebody changed by hand', () => {
  test('is planned and put right, and nothing else is written', async () => {
    await operator.apply()
    operator.wants(withGate({ activation: { hours: 2, context: 'c1' } }))
    expect(await operator.todo()).toMatchObject([
      {
        object: 'PIM rules of group Payments administrators',
        action: 'change',
        before: { hours: 4 },
        after: { hours: 2 },
      },
    ])
    await operator.apply()
    expect(operator.writes()).toEqual([expect.stringMatching(/^PATCH .*\/rules\/Expiration_EndUser_Assignment$/)])
  })

  test('an end that is to be another is changed, of that person alone', async () => {
    await operator.apply()
    const [eligible] = smallWish.gates[0].eligible
    operator.wants(withGate({ eligible: [{ ...eligible, until: '2027-07-01' }] }))
    expect(await operator.todo()).toMatchObject([
      { object: 'eligible people of group Payments administrators', action: 'change' },
    ])
    await operator.apply()
    expect(operator.writes()).toHaveLength(1)
    expect(await operator.todo()).toEqual([])
  })

  test('a person more is a member of the standing group more', async () => {
    await operator.apply()
    const lena = { person: 'lena@contoso.example', justification: 'Works with payments, too' }
    operator.wants(withGate({ eligible: [...smallWish.gates[0].eligible, lena] }))
    expect((await operator.todo()).map(({ object }) => object)).toEqual([
      'eligible people of group Payments administrators',
      'members of group Gatehouse sign-in',
    ])
    await operator.apply()
    expect(await operator.todo()).toEqual([])
  })

  test('people of whom tenant.json says nothing stay, and a plan says so', async () => {
    await operator.apply()
    operator.wants(withGate({ eligible: [{ person: 'lena@contoso.example', justification: 'Instead of Ben' }] }))
    await operator.apply()
    const { out } = await operator.run('plan')
    expect(out).toContain('Left alone:\n')
    expect(out).toContain('eligible people of group Payments administrators: ')
    const objects = await operator.plan()
    expect(objects.every(({ action }) => action === 'nothing')).toBe(true)
    const people = await operator.eligible('Payments administrators')
    expect(people.toSorted()).toEqual(['ben', 'lena'])
  })
})

describe('what cannot be done is a sentence', () => {
  const told = async (wish: object = smallWish) => {
    operator.wants(wish)
    const { exit, told } = await operator.run('plan')
    expect({ exit, writes: operator.writes() }).toEqual({ exit: 1, writes: [] })
    return told
  }
  const group = (displayName: string, more: object = {}) =>
    operator.ask('/groups', {
      method: 'POST',
      body: { displayName, mailEnabled: false, mailNickname: 'x', securityEnabled: true, ...more },
    })

  test('a token for another tenant than the file is about', async () => {
    const other = '11111111-2222-4333-8444-555555555555'
    expect(await told({ ...smallWish, tenant: other })).toBe(
      `The token is for the tenant ${tenantId} (Contoso), and tenant.json is about ${other}. Nothing was changed.`,
    )
  })
  test('two groups of the name', async () => {
    await group('Payments administrators')
    await group('Payments administrators')
    expect(await told()).toContain(
      'There are 2 groups called "Payments administrators". Write the object id of the one that is meant into tenant.json.',
    )
  })
  test('a group of the name to which roles cannot be assigned', async () => {
    await group('Payments administrators')
    expect(await told()).toContain(
      'The group "Payments administrators" exists, and roles cannot be assigned to it. That is decided when a group is made.',
    )
  })
  test('an id that is of no group', async () => {
    const id = '99999999-aaaa-4bbb-8ccc-dddddddddddd'
    expect(await told(withGate({ group: id }))).toContain(
      `There is no group with the id ${id}. Write its name, and it is made.`,
    )
  })
  test('an emergency group that is not there, and a person, at once', async () => {
    const wish = { ...smallWish, owners: ['nobody@contoso.example'], emergency: { group: 'Break glass' } }
    const sentences = await told(wish)
    expect(sentences).toContain('Nobody in the tenant is called nobody@contoso.example.')
    expect(sentences).toContain('There is no group "Break glass". It is not made here: make it, or name another.')
  })
})

test('a group may be named by its id, and one that stands is taken as it is', async () => {
  const body = {
    displayName: 'Payments',
    mailEnabled: false,
    mailNickname: 'payments',
    securityEnabled: true,
    isAssignableToRole: true,
  }
  const { id } = await operator.ask<{ id: string }>('/groups', { method: 'POST', body })
  operator.wants(withGate({ group: id }))
  await operator.apply()
  expect(await operator.todo()).toEqual([])
  expect(await operator.eligible(id)).toEqual(['ben'])
})

test('who has no end is permanent only where that was said', async () => {
  const [active] = smallWish.gates[0].active
  operator.wants(
    withGate({ active: [{ person: active.person, permanent: true, justification: active.justification }] }),
  )
  await operator.apply()
  expect((await operator.plan()).find(({ object }) => object.startsWith('active people'))?.before).toEqual({
    people: [{ person: 'alice@contoso.example', until: 'permanent' }],
  })
})

test('approvers and mails are written into the rules', async () => {
  const activation = {
    hours: 4,
    context: 'c1',
    ticket: true,
    approvers: { users: ['lena@contoso.example'] },
    notify: ['security@contoso.example'],
  }
  operator.wants(withGate({ activation }))
  await operator.apply()
  expect((await operator.plan()).find(({ object }) => object.startsWith('PIM rules'))?.before).toMatchObject({
    hours: 4,
    ticket: true,
    context: 'c1',
    approvers: { users: ['lena@contoso.example'], groups: [] },
    notify: ['security@contoso.example'],
  })
})

test('a group in a restricted unit is put there last of all, because PIM would no longer manage it', async () => {
  operator.wants(withGate({ protection: 'restricted-unit' }))
  const objects = (await operator.plan()).map(({ object }) => object)
  expect(objects.indexOf('group Payments administrators in administrative unit Gatehouse groups')).toBeGreaterThan(
    objects.indexOf('active people of group Payments administrators'),
  )
  await operator.apply()
  expect(await operator.todo()).toEqual([])
})
