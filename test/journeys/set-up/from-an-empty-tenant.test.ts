import { describe, expect, test } from 'vitest'
import { type HouseOptions, openHouse } from '../../support/house.ts'
import { turnOn, turnOnWithPasskey, until } from '../../support/self-service.ts'
import { threeGatesPages } from '../../support/three-gates.ts'
import { gateOf, type SetUp, setUpAt, type Wish } from './set-up-tenant.ts'

type Options = { change?: (wish: Wish) => void; args?: string[] } & Pick<HouseOptions, 'pages'>

/** A house over a tenant that was empty, set up by the program as its tenant.json says; and the program. */
async function openSetUp({ change, args = ['--enable-policies'], pages }: Options = {}) {
  let program: SetUp | undefined
  const house = await openHouse({
    now: '2026-11-30T12:00:00Z',
    tenant: { empty: true, switches: { directoryLagSeconds: 5 } },
    ...(pages && { pages }),
    settings: { SESSION_IDLE_MINUTES: '600', SESSION_MAX_HOURS: '48' },
    setUp: async at => {
      program = setUpAt(at)
      await program.write(change)
      const secret = await program.apply(...args)
      return program.settings(secret)
    },
  })
  return { house, program: program as SetUp, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

test('a person who may turn on access goes from refused to inside, with the passkey that the policy asks for', async () => {
  await using at = await openSetUp()
  const { house } = at
  const ben = await house.visitor('ben')
  expect((await ben.get('/')).status).toBe(403)
  const asked = await turnOn(ben)
  expect(new URL(asked.at).origin).toBe(house.tenant.origin)
  expect(asked.text).toMatch(/passkey/i)
  await ben.answer(asked, { method: 'passkey' })
  await until(house, ben, 'in')
  expect((await ben.follow('/')).status).toBe(200)
})

test('a person who approves can sign in, although no gate opens to them', async () => {
  await using at = await openSetUp()
  const lena = await at.house.visitor('lena')
  expect((await lena.get('/')).status).toBe(403)
  expect((await lena.get('/approvals')).status).toBe(200)
})

test('a person whom nobody offered access cannot even sign in', async () => {
  await using at = await openSetUp()
  const guido = await at.house.visitor('guido', { signIn: false })
  expect((await guido.signIn('/')).text).toContain('AADSTS50105')
})

test('a second run plans nothing, and the doctor finds nothing wrong', async () => {
  await using at = await openSetUp()
  expect(await at.program.setup('plan', '--enable-policies')).toMatchObject({ exit: 0 })
  expect(await at.program.wrong()).toEqual([])
})

test('before the policies are enabled the context proves nothing: nobody is asked for a passkey, and the doctor says so', async () => {
  await using at = await openSetUp({ args: [] })
  const { house, program } = at
  const ben = await house.visitor('ben')
  await turnOn(ben)
  await until(house, ben, 'in')
  expect((await ben.follow('/')).status).toBe(200)
  expect((await program.wrong()).map(({ what }) => what).join('\n')).toMatch(/report/i)
  await program.apply('--enable-policies')
  expect(await program.wrong()).toEqual([])
})

describe('with more gates', () => {
  const operators = {
    name: 'operators',
    title: 'Payments operators',
    group: 'Payments operators',
    context: 'c1',
    activation: { hours: 4, context: 'c1' },
    eligible: [{ person: 'ben@contoso.example', justification: 'Works with payments' }],
  }
  const auditorsByFile = (wish: Wish) => {
    wish.gates.push({ ...operators })
  }

  test('each gate opens by its own group', async () => {
    await using at = await openSetUp({ change: auditorsByFile, pages: threeGatesPages })
    const { house } = at
    const ben = await house.visitor('ben')
    expect((await ben.get('/refunds')).status).toBe(403)
    await turnOnWithPasskey(ben, '/refunds', { gate: 'operators' })
    await expect
      .poll(async () => {
        house.clock.advance({ seconds: 2 })
        return (await ben.fetch('/access/turning-on/state?gate=operators')).body.step
      })
      .toBe('in')
    expect((await ben.follow('/refunds')).status).toBe(200)
    expect((await ben.get('/')).status).toBe(403)
  })

  test('a gate with an app role opens to the holders of the role, through its group', async () => {
    const change = (wish: Wish) => void Object.assign(gateOf(wish, 'members'), { role: 'Payments.Access' })
    await using at = await openSetUp({ change })
    const { house } = at
    expect(house.config.gates[0]).toMatchObject({ name: 'members', role: 'Payments.Access' })
    const ben = await house.visitor('ben')
    expect((await ben.get('/')).status).toBe(403)
    await turnOnWithPasskey(ben)
    await until(house, ben, 'in')
    expect((await ben.follow('/')).status).toBe(200)
  })
})
