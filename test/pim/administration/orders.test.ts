import { describe, expect, test } from 'vitest'
import { managedGroups } from '../../../infra/tenant/directory/managed.ts'
import { openHouse } from '../../support/house.ts'

const reason = 'Joins the refunds rota, agreed with Lee'

/** A house in which somebody is signed in, and the person of it as the administration knows them. */
async function openFor(key = 'ada', settings: Record<string, string> = {}) {
  const house = await openHouse({ now: '2026-03-02T12:00:00Z', settings })
  await house.visitor(key)
  const [sessionId = ''] = (await house.redis.keys(`${house.prefix}tokens:*`)).map(each => each.split(':').at(-1))
  const { oid, name, username } = house.tenant.people.find(each => each.key === key) as never as Record<string, string>
  const identity = { tenantId: house.tenant.tenantId, objectId: oid, subject: '', name, username } as never
  const { administration, sessions } = house.services
  const record = await sessions.read(sessionId)
  const who = { identity: record?.identity ?? identity, sessionId }
  const about = (key: string) => {
    const { oid, name, username } = house.tenant.people.find(each => each.key === key) as never as Record<
      string,
      string
    >
    return { objectId: oid ?? '', name: name ?? '', username: username ?? '' }
  }
  const order = (more: object = {}) =>
    administration.order(who, {
      gate: 'members',
      kind: 'eligible',
      reason,
      until: Date.parse('2026-03-09T12:00:00Z'),
      people: [{ ...about('oskar'), what: 'assign' }],
      ...more,
    })
  const stages = async (id: string) =>
    (await administration.receipt(who, id))?.lines.map(({ stage, problem }) =>
      problem ? `${stage}: ${problem.code}` : stage,
    )
  return { house, who, administration, about, order, stages, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

describe('an order of an administrator', () => {
  test('is carried out by Microsoft in their name, and its receipt is theirs alone', async () => {
    await using at = await openFor()
    const { kind, id } = await at.order()
    expect([kind, await at.stages(id)]).toEqual(['receipt', ['done']])
    expect(at.house.tenant.requests.at(-1)).toMatchObject({
      key: 'oskar',
      by: 'ada',
      about: 'eligibility',
      action: 'adminAssign',
      reason,
      until: new Date('2026-03-09T12:00:00Z'),
    })
    const bea = { ...at.who, identity: { ...at.who.identity, objectId: at.about('ben').objectId } }
    expect(await at.administration.receipt(bea, id)).toBeUndefined()
  })

  test('is one order, however often its form comes', async () => {
    await using at = await openFor()
    const id = 'A'.repeat(22)
    await Promise.all([at.order({ id }), at.order({ id }), at.order({ id })])
    expect([(await at.order({ id })).id, await at.stages(id)]).toEqual([id, ['done']])
    expect(at.house.tenant.requests.filter(({ key }) => key === 'oskar')).toHaveLength(1)
  })

  test('gives nobody access to themselves, in whatever spelling of their id, and may take their own away', async () => {
    await using at = await openFor()
    const self = { ...at.about('ada'), objectId: at.about('ada').objectId.toUpperCase() }
    const given = await at.order({ people: (['assign', 'change', 'extend'] as const).map(what => ({ ...self, what })) })
    expect(await at.stages(given.id)).toEqual(Array(3).fill('refused: yourself'))
    const taken = await at.order({ kind: 'active', people: [{ ...at.about('ada'), what: 'remove' }] })
    expect(await at.stages(taken.id)).toEqual(['done'])
  })

  test('is about fifty people at most', async () => {
    await using at = await openFor()
    const people = Array.from({ length: 60 }, () => ({ ...at.about('ada'), what: 'assign' as const }))
    expect(await at.stages((await at.order({ people })).id)).toHaveLength(50)
  })

  test('sends nothing once its administrator has lost their gate, or their session', async () => {
    await using at = await openFor('ada', { ADMIN_GROUP_ID: managedGroups.administrators })
    const before = await at.order()
    await at.house.services.people.removals.begin(at.who, {
      gate: 'administrators',
      person: at.about('ada'),
      comment: 'Off duty from now on',
    })
    const without = await at.order({ people: [{ ...at.about('lena'), what: 'assign' }] })
    expect([await at.stages(before.id), await at.stages(without.id)]).toEqual([['done'], ['ready']])
    await at.house.services.sessions.destroy(at.who.sessionId, at.who.identity)
    await at.administration.sendRest(at.who, without.id)
    expect(await at.stages(without.id)).toEqual(['ready'])
  })

  test('at a gate that is not there is no order', async () => {
    await using at = await openFor()
    await expect(at.order({ gate: 'nowhere' })).rejects.toThrow('not-found')
  })
})

describe('what did not happen', () => {
  test('is sent once more when that is asked for, as another act', async () => {
    await using at = await openFor()
    at.house.tenant.set({ forcedStatus: 'Failed' })
    const { id } = await at.order()
    const act = (await at.administration.receipt(at.who, id))?.lines[0]?.act
    expect(await at.stages(id)).toEqual(['refused: failed'])
    await at.administration.sendRest(at.who, id)
    expect(await at.stages(id)).toEqual(['done'])
    expect((await at.administration.receipt(at.who, id))?.lines[0]?.act).not.toBe(act)
    await at.administration.sendRest(at.who, id)
    expect(at.house.tenant.requests.filter(({ key }) => key === 'oskar')).toHaveLength(2)
  })

  test('is not sent again where sending it again would not help', async () => {
    await using at = await openFor()
    const { id } = await at.order({ people: [{ ...at.about('ben'), what: 'assign' }] })
    expect(await at.stages(id)).toEqual(['refused: has-it-already'])
    await at.administration.sendRest(at.who, id)
    expect(await at.stages(id)).toEqual(['refused: has-it-already'])
  })
})

describe('undoing', () => {
  test('takes back what was given, once, and only what was', async () => {
    await using at = await openFor()
    const { id } = await at.order({ ticket: 'CHG-1' })
    const act = (await at.administration.receipt(at.who, id))?.lines[0]?.act ?? ''
    at.house.clock.advance({ minutes: 6 })
    const undone = await Promise.all([at.administration.undo(at.who, id, act), at.administration.undo(at.who, id, act)])
    expect(undone[0]).toEqual(undone[1])
    expect(await at.stages(undone[0]?.id ?? '')).toEqual(['done'])
    expect(at.house.tenant.requests.filter(({ action }) => action === 'adminRemove')).toMatchObject([
      { key: 'oskar', about: 'eligibility', reason: `Undone: ${reason}`, ticket: 'CHG-1' },
    ])
    expect(await at.administration.undo(at.who, id, 'another act')).toBeUndefined()
    expect(await at.administration.undo(at.who, 'another order', act)).toBeUndefined()
  })

  test('is for nothing that was refused, or that took away', async () => {
    await using at = await openFor()
    const refused = await at.order({ people: [{ ...at.about('ben'), what: 'assign' }] })
    const removed = await at.order({ people: [{ ...at.about('ben'), what: 'remove' }] })
    for (const { id } of [refused, removed]) {
      const act = (await at.administration.receipt(at.who, id))?.lines[0]?.act ?? ''
      expect(await at.administration.undo(at.who, id, act)).toBeUndefined()
    }
  })
})

describe('the token of an administrator', () => {
  test('is made where access is given, is kept apart, and goes with the session', async () => {
    await using at = await openFor()
    const { vault, sessions } = at.house.services
    expect(await vault.readPim(at.who.sessionId, 'administration')).toBeUndefined()
    await at.administration.rulesAt(at.who, 'members')
    const token = await vault.readPim(at.who.sessionId, 'administration')
    expect([typeof token, await vault.readPim(at.who.sessionId)]).toEqual(['string', undefined])
    await sessions.destroy(at.who.sessionId, at.who.identity)
    expect(await vault.readPim(at.who.sessionId, 'administration')).toBeUndefined()
  })

  test('that nobody consented to sends nothing, and says which permissions are missing', async () => {
    await using at = await openFor()
    at.house.tenant.set({ consentMissing: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'] })
    const { id } = await at.order()
    expect(await at.stages(id)).toEqual(['refused: consent-missing'])
    expect(at.house.tenant.requests.some(({ key }) => key === 'oskar')).toBe(false)
  })

  test('without the role meets Microsoft’s refusal', async () => {
    await using at = await openFor('lena')
    expect(await at.stages((await at.order()).id)).toEqual(['refused: role-missing'])
    at.house.tenant.set({ groupsAdministrators: ['lena'] })
    expect(await at.stages((await at.order()).id)).toEqual(['done'])
  })
})

test('the rules of a gate are PIM’s, or its defaults where they may not be read', async () => {
  await using at = await openFor('lena')
  at.house.tenant.setPolicy({ giving: { eligible: { maxMinutes: 1440, ticket: true } } })
  expect(await at.administration.rulesAt(at.who, 'members')).toMatchObject({
    known: true,
    eligible: { longestMinutes: 1440, ticket: true },
  })
  at.house.clock.advance({ minutes: 2 })
  at.house.tenant.set({ policyReaders: 'administrators' })
  expect(await at.administration.rulesAt(at.who, 'members')).toMatchObject({
    known: false,
    eligible: { longestMinutes: 365 * 1440, ticket: false },
  })
})
