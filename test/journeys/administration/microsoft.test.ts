import { describe, expect, test } from 'vitest'
import { administrator, fieldsOn, give, giving, openAdministration, ordersAbout } from '../../support/administration.ts'
import type { House } from '../../support/house.ts'
import { trailOf } from '../../support/self-service.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

const path = (receipt: { at?: string }) => new URL(receipt.at ?? '').pathname

/** The preview is seen, Microsoft changes, and the button is pressed. */
async function givenWhile(house: House, ada: Visitor, switches: Parameters<House['tenant']['set']>[0], who = 'oskar') {
  const preview = await ada.post('/people/assign', { ...giving, who })
  house.tenant.set(switches)
  return ada.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })
}
const onPost = { where: 'eligibility', method: 'POST', when: 'next' } as const

describe('where Microsoft lies', () => {
  test('and says Failed in a success, nobody is told that it is done', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const sent = await givenWhile(house, ada, { forcedStatus: 'Failed' })
    const { text } = await ada.follow(wayOn(sent) ?? '')
    expect(text).toContain('could not carry it out')
    expect(text).not.toContain('Access given')
  })

  test.each(['other-person', 'other-group', '202'] as const)(
    'with an answer of the kind %s, its lists are believed and not that answer',
    async what => {
      await using house = await openAdministration()
      const ada = await administrator(house)
      const sent = await givenWhile(house, ada, { graphError: { what, ...onPost } })
      expect((await trailOf(house)).map(({ event }) => event)).toEqual(['assignmentRequested', 'assignmentUnanswered'])
      house.tenant.set({ graphError: { what: '503', where: 'eligibility' } })
      expect((await ada.follow(wayOn(sent) ?? '')).text).toContain('may have happened')
      house.tenant.set({ graphError: undefined })
      expect((await ada.follow(wayOn(sent) ?? '')).text).toContain('Access given')
    },
  )
})

describe('where Microsoft does not answer', () => {
  test('the receipt looks for what happened, sends nothing again, and the trail learns it', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const sent = await givenWhile(house, ada, { graphError: { what: 'done-but-504', ...onPost } })
    const receipt = await ada.follow(wayOn(sent) ?? '')
    expect(receipt.text).toContain('Access given')
    await ada.get(path(receipt))
    expect(ordersAbout(house, 'oskar')).toEqual(['adminAssign eligibility Provisioned'])
    expect((await trailOf(house)).map(({ event }) => event)).toEqual([
      'assignmentRequested',
      'assignmentUnanswered',
      'assignmentCompleted',
    ])
  })

  test('and nothing happened, it can be sent again once that is sure', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const sent = await givenWhile(house, ada, { graphError: { what: '503', ...onPost } })
    const receipt = await ada.follow(wayOn(sent) ?? '')
    expect(receipt.text).toContain('may have happened')
    expect(receipt.text).not.toContain('Send what is left')
    house.clock.advance({ minutes: 14 })
    const sure = await ada.get(path(receipt))
    expect(sure.text).toContain('it did not happen')
    const again = await ada.post(path(receipt))
    expect((await ada.follow(wayOn(again) ?? '')).text).toContain('Access given')
    expect(ordersAbout(house, 'oskar')).toHaveLength(1)
  })

  test('a search or a policy says so on the form, which keeps what was typed', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    house.tenant.set({ graphError: { what: '503', where: 'users' } })
    const { status, text } = await ada.post('/people/assign', { ...giving, who: 'oskar' })
    expect([status, text]).toEqual([422, expect.stringContaining('Microsoft cannot be reached')])
    expect(text).toContain('>oskar</textarea>')
  })

  test('Redis neither, nothing is sent', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const preview = await ada.post('/people/assign', { ...giving, who: 'oskar' })
    house.services.redis.disconnect()
    expect((await ada.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })).status).toBe(503)
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })
})

test('where Microsoft is busy the rest is sent later, by a press of a button', async () => {
  await using house = await openAdministration()
  const ada = await administrator(house)
  const fault = { graphError: { what: '429', ...onPost, retryAfterSeconds: 20 } } as const
  const sent = await givenWhile(house, ada, fault, 'oskar\nlena')
  const receipt = await ada.follow(wayOn(sent) ?? '')
  expect(receipt.text).toMatch(/Microsoft is busy.*Send what is left/s)
  const again = await ada.post(path(receipt))
  expect((await ada.follow(wayOn(again) ?? '')).text).toContain('All 2 lines are done.')
})

describe('where Microsoft asks the administrator for a check', () => {
  const mfa = { eligible: { maxMinutes: 365 * 1440, mfa: true } }

  /** An order for two people, up to the page on which Entra asks Ada who she is. */
  async function asked(house: House) {
    house.tenant.setPolicy({ giving: mfa })
    house.tenant.set({ contextsWithPolicy: [] })
    const ada = await administrator(house)
    const sent = await givenWhile(house, ada, {}, 'oskar\nlena')
    const page = await ada.follow(wayOn(sent) ?? '')
    expect(page.at).toContain('/sign-in/')
    expect([ordersAbout(house, 'oskar'), ordersAbout(house, 'lena')]).toEqual([[], []])
    return { ada, page }
  }

  test('they meet it, come back, and the order goes on: nothing is lost, and nothing is sent twice', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    const receipt = await ada.answer(page, { person: 'ada', method: 'passkey' })
    expect(receipt.text).toContain('All 2 lines are done.')
    await ada.get(path(receipt))
    expect([ordersAbout(house, 'oskar').length, ordersAbout(house, 'lena').length]).toEqual([1, 1])
    expect((await trailOf(house)).map(({ event }) => event)).toEqual([
      'assignmentRequested',
      'assignmentFailed',
      ...['assignmentRequested', 'assignmentCompleted', 'assignmentRequested', 'assignmentCompleted'],
    ])
  })

  test('and they cancel it, the receipt says what was not sent, and the button asks once more', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    const receipt = await ada.answer(page, { person: 'ada', cancel: '1' })
    expect(receipt.text).toMatch(/Microsoft asks for one more check.*Not sent.*Be checked and go on/s)
    const again = await ada.follow(wayOn(await ada.post(path(receipt))) ?? '')
    expect((await ada.answer(again, { person: 'ada', method: 'passkey' })).text).toContain('All 2 lines are done.')
  })

  test('that they meet in vain, they are not asked for ever', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    const receipt = await ada.answer(page, { person: 'ada', method: 'password' })
    expect(receipt.text).toContain('asking you once more would not help')
    expect([ordersAbout(house, 'oskar'), ordersAbout(house, 'lena')]).toEqual([[], []])
  })

  test('and they are no administrator any more when they come back, nothing is sent', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    house.tenant.end('ada', 'Off duty', { group: 'administrators' })
    expect((await ada.answer(page, { person: 'ada', method: 'passkey' })).status).toBe(403)
    expect([ordersAbout(house, 'oskar'), ordersAbout(house, 'lena')]).toEqual([[], []])
  })

  test('and their own check is too old when they come back, the receipt waits for a press of its button', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    house.clock.advance({ minutes: 9 })
    house.clock.advance({ minutes: 7 })
    await ada.answer(page, { person: 'ada', method: 'passkey' })
    expect([ordersAbout(house, 'oskar'), ordersAbout(house, 'lena')]).toEqual([[], []])
  })

  test('and somebody else comes back, nothing is sent', async () => {
    await using house = await openAdministration()
    const { ada, page } = await asked(house)
    expect((await ada.answer(page, { person: 'alice', method: 'passkey' })).status).toBe(403)
    expect([ordersAbout(house, 'oskar'), ordersAbout(house, 'lena')]).toEqual([[], []])
  })
})

describe('what Microsoft refuses', () => {
  test('is told as a sentence, with what to do next', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    for (const [code, words] of [
      ['ResourceTypeNotSupported', 'cannot manage a group of this kind'],
      ['PendingRoleAssignmentRequest', 'waits for an answer'],
      ['SubjectNotFound', 'does not find this person'],
      ['ResourceNotFound', 'does not know this group in Privileged Identity Management'],
    ]) {
      const sent = await givenWhile(house, ada, { graphError: { what: 'refusal', ...onPost, code: code ?? '' } })
      const { text } = await ada.follow(wayOn(sent) ?? '')
      expect(text).toContain(words)
      expect(text).not.toContain(code)
    }
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })

  test('for want of consent names the permissions, before anything is typed and after', async () => {
    await using house = await openAdministration()
    house.tenant.set({ consentMissing: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'] })
    const ada = await administrator(house)
    for (const answer of [
      await ada.get('/people/assign'),
      await ada.post('/people/assign', { ...giving, who: 'oskar' }),
    ])
      expect(answer.text).toContain('PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup')
    expect((await ada.get('/')).status).toBe(200)
  })

  test('too soon is told on the receipt of the undoing, which can be tried again', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const receipt = await give(ada, 'oskar', { kind: 'active' })
    const { act } = (await trailOf(house)).at(-1) as { act: string }
    await ada.post(`${path(receipt)}/undo`, { act })
    const page = await ada.get(path(receipt))
    expect(page.text).toContain('Not taken back')
    const undo = /href="(\/people\/receipt\/[^"]+)"><bdi>Not taken back/.exec(page.text)?.[1] ?? ''
    expect((await ada.get(undo)).text).toContain('in its first five minutes')
    house.clock.advance({ minutes: 6 })
    await ada.post(undo)
    expect((await ada.get(undo)).text).toContain('Access taken away')
  })
})
