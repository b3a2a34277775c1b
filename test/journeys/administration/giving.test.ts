import { describe, expect, test } from 'vitest'
import { administrator, fieldsOn, give, giving, openAdministration, ordersAbout } from '../../support/administration.ts'
import { trailOf } from '../../support/self-service.ts'
import { wayOn } from '../../support/visitor.ts'

const shown = (text: string) =>
  text
    .slice(text.indexOf('<main'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', '’')
    .replaceAll('&#34;', '"')
    .replace(/\s+/g, ' ')

describe('from the request to the person inside', () => {
  test('somebody who was given access to turn on is mailed, turns it on and is in', async () => {
    await using house = await openAdministration({ settings: { PIM_SELF_SERVICE: 'on' } })
    const ada = await administrator(house)
    const receipt = await give(ada, 'oskar@contoso.example')
    expect(shown(receipt.preview.text)).toContain(
      'This will let Oskar Brandt ( oskar@contoso.example ) turn on access to Payments administrators when they need it, until 31 May, 12:00 UTC .',
    )
    expect(shown(receipt.text)).toMatch(/Access given .* Oskar Brandt .* Done/)
    expect(house.tenant.mails.map(({ to, subject, reason }) => [to, subject, reason])).toContainEqual([
      'oskar@contoso.example',
      'Oskar Brandt may turn on access to the access group',
      giving.reason,
    ])
    const oskar = await house.visitor('oskar')
    expect((await oskar.get('/')).text).toContain('Turn on access')
  })

  test('somebody who was put in is in, and the trail says who did it, before and after', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const receipt = await give(ada, 'Oskar', { kind: 'active', ticket: 'CHG-1' })
    expect(shown(receipt.preview.text)).toMatch(/put Oskar Brandt .* from now on, until 20:00|2 Mar, 20:00 UTC/)
    expect(shown(receipt.preview.text)).toContain('This skips the passkey and approval each time.')
    expect((await (await house.visitor('oskar')).get('/')).status).toBe(200)
    const records = (await trailOf(house)).filter(({ event }) => event.startsWith('assignment'))
    expect(records.map(({ event }) => event)).toEqual(['assignmentRequested', 'assignmentCompleted'])
    for (const record of records)
      expect(record).toMatchObject({
        gate: 'members',
        kind: 'active',
        until: '2026-03-02T20:00:00.000Z',
        ticket: 'CHG-1',
        actor: { objectId: house.tenant.people.find(({ key }) => key === 'ada')?.oid },
        subject: { objectId: house.tenant.people.find(({ key }) => key === 'oskar')?.oid },
      })
  })

  test('access is given at the gate that was chosen and at no other', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    await give(ada, 'lena', { gate: 'auditors', kind: 'active' })
    expect(house.tenant.requests.at(-1)).toMatchObject({ key: 'lena', group: 'auditors' })
    expect((await ada.post('/people/assign', { ...giving, who: 'lena', gate: 'nowhere' })).text).toContain(
      'Choose what they get access to.',
    )
  })
})

describe('who is meant', () => {
  test('is chosen where a name means several people, and nothing is given before', async () => {
    await using house = await openAdministration()
    house.tenant.set({ displayNames: { oskar: 'Lena Fischer' } })
    const ada = await administrator(house)
    const preview = await ada.post('/people/assign', { ...giving, who: 'Lena Fischer' })
    expect(shown(preview.text)).toMatch(/Who is “Lena Fischer”\? .*lena@contoso.example.*oskar@contoso.example/)
    const fields = fieldsOn(preview.text)
    const unchosen = await ada.post('/people/assign', { ...fields, step: 'give' })
    expect([unchosen.status, ordersAbout(house, 'lena'), ordersAbout(house, 'oskar')]).toEqual([422, [], []])
    const oskar = house.tenant.people.find(({ key }) => key === 'oskar')?.oid ?? ''
    await ada.post('/people/assign', { ...fieldsOn(unchosen.text), 'person-0': oskar, step: 'give' })
    expect([ordersAbout(house, 'lena'), ordersAbout(house, 'oskar')]).toEqual([
      [],
      ['adminAssign eligibility Provisioned'],
    ])
  })

  test('is never the administrator, by name, address or id, in any spelling', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const { oid = '' } = house.tenant.people.find(({ key }) => key === 'ada') ?? {}
    for (const who of ['Ada', 'ADA@CONTOSO.example', ` ${oid.toUpperCase()} `, 'Nakamura']) {
      const preview = await ada.post('/people/assign', { ...giving, who, gate: 'auditors' })
      expect(shown(preview.text)).toContain('Nobody gives access to themselves')
      for (const people of [oid, oid.toUpperCase()])
        await ada.post('/people/assign', { ...fieldsOn(preview.text), people, step: 'give' })
    }
    expect(ordersAbout(house, 'ada')).toEqual([])
  })

  test('is nobody where the directory knows nobody, and the form keeps what was typed', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const { status, text } = await ada.post('/people/assign', { ...giving, who: 'Zoë Unknown' })
    expect([status, shown(text)]).toEqual([422, expect.stringContaining('Nobody in your directory')])
    expect(text).toContain('Zoë Unknown</textarea>')
    expect(text).toContain('agreed with Lee Park</textarea>')
  })

  test('may have a hostile name: it is shown as text and kept as it is', async () => {
    await using house = await openAdministration()
    const hostile = '<img src=x onerror=alert(1)>"\'=cmd|\u202E'
    house.tenant.set({ displayNames: { oskar: hostile } })
    const ada = await administrator(house)
    const receipt = await give(ada, 'oskar@contoso.example')
    for (const { text } of [receipt.preview, receipt]) {
      expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;')
      expect(text).not.toContain('<img src=x')
    }
    expect(ordersAbout(house, 'oskar')).toHaveLength(1)
  })
})

describe('the form', () => {
  test('comes back with what is wrong, and nothing is given', async () => {
    await using house = await openAdministration()
    house.tenant.setPolicy({ giving: { eligible: { maxMinutes: 30 * 1440, ticket: true } } })
    const ada = await administrator(house)
    const { status, text } = await ada.post('/people/assign', {
      ...giving,
      who: 'oskar',
      reason: 'access access',
      untilDate: '2026-06-01',
    })
    expect(status).toBe(422)
    for (const fault of ['Say why they get it', 'A ticket is needed', 'The longest that is allowed is 30 days'])
      expect(text).toContain(fault)
    expect(ordersAbout(house, 'oskar')).toEqual([])
  })

  test('takes a person and a gate from its address, and no words', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const { oid = '' } = house.tenant.people.find(({ key }) => key === 'oskar') ?? {}
    const { text } = await ada.get(
      `/people/assign?who=${oid}&gate=auditors&kind=active&reason=Agreed+with+the+board&ticket=T-1`,
    )
    expect(text).toContain(`>${oid}</textarea>`)
    expect(text).toContain('<option value="auditors" selected>')
    expect(text).toContain('value="active" checked')
    expect(text).not.toMatch(/Agreed with the board|T-1/)
    expect((await ada.get('/people/assign?who=oskar')).text).not.toContain('>oskar<')
  })

  test('offers what the policy allows, and is shown again with all that was typed', async () => {
    await using house = await openAdministration()
    house.tenant.setPolicy({ giving: { eligible: { maxMinutes: 30 * 1440 }, active: { reason: true } } })
    const ada = await administrator(house)
    const { text } = await ada.post('/people/assign', { ...giving, who: 'oskar', ticket: 'CHG-7', step: 'form' })
    expect(text).not.toContain('value="129600"')
    expect(text).toContain('<option value="43200"')
    expect(text).toContain('<option value="none">Without an end')
    expect(text).toContain('>oskar</textarea>')
    expect(text).toContain('value="CHG-7"')
  })

  test('that was sent twice, or in two tabs, gives once', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const preview = await ada.post('/people/assign', { ...giving, who: 'oskar' })
    const form = { ...fieldsOn(preview.text), step: 'give' }
    const [one, other] = await Promise.all([ada.post('/people/assign', form), ada.post('/people/assign', form)])
    expect(one.headers.location).toBe(other.headers.location)
    await ada.post('/people/assign', form)
    expect(ordersAbout(house, 'oskar')).toEqual(['adminAssign eligibility Provisioned'])
  })

  test('from two administrators at once gives once, and tells the other', async () => {
    await using house = await openAdministration()
    house.tenant.set({ groupsAdministrators: ['lena'] })
    house.tenant.assign('lena', { minutes: 600, reason: 'On duty', group: 'administrators' })
    const [ada, lena] = [await administrator(house), await administrator(house, 'lena')]
    const previews = await Promise.all(
      [ada, lena].map(each => each.post('/people/assign', { ...giving, who: 'oskar' })),
    )
    const receipts = []
    for (const [index, each] of [ada, lena].entries()) {
      const sent = await each.post('/people/assign', { ...fieldsOn(previews[index]?.text ?? ''), step: 'give' })
      receipts.push(shown((await each.follow(wayOn(sent) ?? '')).text))
    }
    expect(receipts[0]).toContain('Access given')
    expect(receipts[1]).toMatch(/Nothing was done .* They have this already\./)
    expect(ordersAbout(house, 'oskar')).toHaveLength(1)
  })

  test('for somebody who has it already moves the end, where that is wanted', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const receipt = await give(ada, 'ben', { eligibleFor: String(30 * 1440) })
    expect(shown(receipt.preview.text)).toMatch(
      /This will move the end of the access .* Ben Okafor has already: it ends 1 Apr/,
    )
    expect(shown(receipt.text)).toContain('End of access moved')
    expect(ordersAbout(house, 'ben')).toEqual(['adminUpdate eligibility Provisioned'])
  })
})

describe('several people', () => {
  test('are looked through line by line, given what they can be given, and told apart afterwards', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const { oid = '' } = house.tenant.people.find(({ key }) => key === 'lena') ?? {}
    const who = ['oskar', 'Oskar <oskar@contoso.example>', oid.toUpperCase(), 'nobody@x.example', 'ada', 'ben'].join(
      '\n',
    )
    const receipt = await give(ada, who)
    const preview = shown(receipt.preview.text)
    for (const outcome of [
      'They are in the list already',
      'Nobody in your directory',
      'This is you',
      'They have this already, until',
    ])
      expect(preview).toContain(outcome)
    expect(preview).toContain('Give access to 2 people')
    expect(shown(receipt.text)).toContain('All 2 lines are done.')
    expect([ordersAbout(house, 'oskar').length, ordersAbout(house, 'lena').length, ordersAbout(house, 'ben')]).toEqual([
      1,
      1,
      [],
    ])
  })

  test('of whom one fails get the rest all the same, and the receipt says who did not', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const preview = await ada.post('/people/assign', { ...giving, who: 'oskar\nlena\nguido' })
    house.tenant.set({
      graphError: {
        what: 'refusal',
        where: 'eligibility',
        method: 'POST',
        when: 'next',
        code: 'AadPremiumLicenseRequired',
      },
    })
    const sent = await ada.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })
    const receipt = shown((await ada.follow(wayOn(sent) ?? '')).text)
    expect(receipt).toMatch(/Access given, but not to everybody 2 of 3 lines are done\..*licence/)
    expect(['oskar', 'lena', 'guido'].map(key => ordersAbout(house, key).length)).toEqual([0, 1, 1])
  })

  test('are fifty at most', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const who = Array.from({ length: 51 }, (_, index) => `p${index}@contoso.example`).join('\n')
    expect((await ada.post('/people/assign', { ...giving, who })).text).toContain('Name at most 50 people at once')
  })
})

describe('a receipt', () => {
  test('takes back what was given, once five minutes are over', async () => {
    await using house = await openAdministration()
    const ada = await administrator(house)
    const receipt = await give(ada, 'oskar', { kind: 'active' })
    expect(shown(receipt.text)).toContain('Microsoft allows it from 12:05 UTC')
    house.clock.advance({ minutes: 5 })
    const path = new URL(receipt.at).pathname
    const page = await ada.get(path)
    await ada.post(`${path}/undo`, { act: fieldsOn(page.text).act ?? '' })
    expect(shown((await ada.get(path)).text)).toContain('Taken back')
    expect(ordersAbout(house, 'oskar')).toEqual([
      'adminAssign assignment Provisioned',
      'adminRemove assignment Revoked',
    ])
    const events = (await trailOf(house)).map(({ event }) => event)
    expect(events.slice(-2)).toEqual(['removalRequested', 'removalCompleted'])
  })

  test('is nobody else’s', async () => {
    await using house = await openAdministration()
    house.tenant.assign('lena', { minutes: 600, reason: 'On duty', group: 'administrators' })
    const receipt = await give(await administrator(house), 'oskar')
    const lena = await administrator(house, 'lena')
    const path = new URL(receipt.at).pathname
    expect((await lena.get(path)).status).toBe(404)
    expect((await lena.post(`${path}/undo`, { act: 'x' })).headers.location).toBe(path)
    expect(ordersAbout(house, 'oskar')).toHaveLength(1)
  })
})

test('a preview whose form was changed and sent again is another order, and not answered by the receipt of the first', async () => {
  await using house = await openAdministration()
  const ada = await administrator(house)
  const preview = await ada.post('/people/assign', { ...giving, who: 'oskar' })
  const form = { ...fieldsOn(preview.text), step: 'give' }
  const first = wayOn(await ada.post('/people/assign', form))
  expect(wayOn(await ada.post('/people/assign', form))).toBe(first)
  const changed = wayOn(await ada.post('/people/assign', { ...form, gate: 'auditors' }))
  expect(changed).not.toBe(first)
  expect((await ada.follow(changed ?? '')).text).toMatch(/auditors/i)
  expect(ordersAbout(house, 'oskar')).toHaveLength(2)
})

test('where Redis goes away after something was given, the way leads to the receipt, which says what was done', async () => {
  await using house = await openAdministration()
  const ada = await administrator(house)
  const preview = await ada.post('/people/assign', { ...giving, who: 'oskar\nlena' })
  const redis = house.services.redis as unknown as { eval: (script: string, ...more: unknown[]) => Promise<unknown> }
  const answering = redis.eval.bind(redis)
  let isAway = false
  redis.eval = (script, ...more) => {
    isAway ||= script.includes('xadd') && ordersAbout(house, 'oskar').length > 0
    return isAway ? Promise.reject(new Error('Connection is closed.')) : answering(script, ...more)
  }
  const sent = await ada.post('/people/assign', { ...fieldsOn(preview.text), step: 'give' })
  redis.eval = answering
  expect([ordersAbout(house, 'oskar').length, ordersAbout(house, 'lena')]).toEqual([1, []])
  house.clock.advance({ minutes: 1 })
  const receipt = await ada.follow(wayOn(sent) ?? '')
  expect(receipt.text).toContain('1 of 2 lines are done')
  expect(receipt.text).toContain('Send what is left')
})
