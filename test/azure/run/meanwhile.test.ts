import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { openOperator } from '../operator.ts'
import { smallWish, withGate } from '../small-wish.ts'

const operator = await openOperator({ switches: { directoryLagSeconds: 0 } })
afterAll(() => operator.tenant.close())

beforeEach(() => {
  operator.fresh()
  operator.wants(smallWish)
})

type Rows = { value: { id: string; userPrincipalName?: string; displayName?: string }[] }
const plain = (name: string, group: string) => ({ name, group, protection: 'none' })

describe('names', () => {
  test('of other letters, or with other marks, are names of other groups', async () => {
    const names = ['管理者', '監査人', 'Ops / A', "Ops 'A'"]
    const more = names.map((group, index) => plain(`gate-${index}`, group))
    operator.wants({ ...smallWish, gates: [...smallWish.gates, ...more] })
    await operator.apply()
    expect(await operator.todo()).toEqual([])
  })

  test('and ids of one person do not both stand in a plan', async () => {
    const { value } = await operator.ask<Rows>("/users?$filter=userPrincipalName eq 'ada@contoso.example'")
    operator.wants(withGate({ eligible: [{ person: value[0]?.id, until: '2027-06-01', justification: 'x' }] }))
    const { exit, told } = await operator.run('plan')
    expect(exit).toBe(1)
    expect(told).toContain(`"ada@contoso.example" and "${value[0]?.id}" in tenant.json are the same object`)
  })
})

test('a group that was renamed by hand is told, and no second one is made', async () => {
  await operator.apply()
  const named = "/groups?$filter=displayName eq 'Payments administrators'"
  const { value } = await operator.ask<Rows>(named)
  await operator.ask(`/groups/${value[0]?.id}`, { method: 'PATCH', body: { displayName: 'Payments' } })
  const { exit, told } = await operator.run('apply', '--yes')
  expect(exit).toBe(1)
  expect(told).toContain('somebody may have renamed it')
  expect((await operator.ask<Rows>(named)).value).toEqual([])
})

test('an end that PIM does not allow is told with whose it is, and what to do', async () => {
  operator.wants(
    withGate({ eligible: [{ person: 'ben@contoso.example', until: '2031-01-01', justification: 'Works there' }] }),
  )
  const { exit, told } = await operator.run('apply', '--yes')
  expect(exit).toBe(1)
  expect(told).toMatch(
    /assignment of ben@contoso\.example\. Its end, 2031-01-01T23:59:59Z, is later .* say a sooner one/,
  )
})

describe('what stands beside tenant.json is said', () => {
  test('a client secret that still proves the application after another credential came', async () => {
    operator.wants({ ...smallWish, credential: { kind: 'secret' } })
    await operator.apply()
    operator.wants(smallWish)
    await operator.apply()
    expect((await operator.run('plan')).out).toContain('1 client secret of Gatehouse, good as proof until removed')
  })

  test('people by their user names, whom tenant.json names no longer', async () => {
    await operator.apply()
    operator.wants(
      withGate({
        eligible: [{ person: 'oskar@contoso.example', until: '2027-06-01', justification: 'Instead of Ben' }],
      }),
    )
    await operator.apply()
    const { out } = await operator.run('plan')
    expect(out).toContain('eligible people of group Payments administrators: ben@contoso.example, too.')
    expect(out).toContain('members of group Gatehouse sign-in: ben@contoso.example may sign in through it, too.')
  })

  test('demands of activation, and permanence, that it no longer asks for', async () => {
    const [eligible] = smallWish.gates[0].eligible
    const permanent = { person: eligible.person, permanent: true, justification: 'x' }
    operator.wants(withGate({ activation: { ticket: true, context: 'c1' }, eligible: [permanent] }))
    await operator.apply()
    operator.wants(withGate({ activation: { justification: false, context: 'c1' } }))
    const { out } = await operator.run('plan')
    expect(out).toContain('turning on access takes a justification')
    expect(out).toContain('turning on access takes a ticket')
    expect(out).toContain('people may be eligible without an end')
    expect(out).not.toContain('people may be active without an end')
  })

  test('a policy that asks every time, where tenant.json does not', async () => {
    const [context] = smallWish.contexts
    operator.wants({ ...smallWish, contexts: [{ ...context, everyTime: true }] })
    await operator.apply()
    expect((await operator.run('plan')).out).not.toContain('it asks every time')
    operator.wants(smallWish)
    expect((await operator.run('plan')).out).toContain('it asks every time, which tenant.json does not')
  })
})
