import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import type { WishState } from '../../../src/pim/wish/stages.ts'
import { createNotes, noteOf } from '../../../src/session/replicas/notes.ts'
import { scopeOf } from '../../../src/session/scope.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { openSelfService, progressOf, someoneIn } from '../../support/self-service.ts'
import type { Visitor } from '../../support/visitor.ts'
import { hour, reason, seen, states, wishIn } from './each-state.ts'

/** Writes down a wish of Ben's, as another page of the application would. */
async function write({ services, config, tenant, prefix, clock }: House, state: WishState, kind: Activation['kind']) {
  // Nobody asks Microsoft too often, and no question is shared with that of the state before.
  clock.advance({ minutes: 2 })
  const { redis } = services
  const notes = createNotes({
    redis,
    seal: createSeal(config.session.secrets),
    prefix,
    about: scopeOf(config).gates.members as string,
  })
  const { oid = '' } = tenant.people.find(({ key }) => key === 'ben') ?? {}
  const name = noteOf('activation', { tenantId: tenant.tenantId, objectId: oid })
  const wish = wishIn(state, kind, clock.read().getTime())
  await notes.change(name, () => JSON.stringify(wish), hour)
}

describe('a wish to turn on', () => {
  let house: House
  let ben: Visitor
  beforeAll(async () => {
    house = await openSelfService()
    ben = await house.visitor('ben')
  })
  afterAll(() => house[Symbol.asyncDispose]())

  describe.each(states)('that is %s is shown as the table says', state => {
    const shown = seen[state]
    beforeAll(() => write(house, state, 'turn-on'))

    test('on the refused page', async () => {
      const page = await ben.get('/')
      if (shown.offer === 'turning-on') return expect(page.headers.location).toContain('/access/turning-on')
      expect(page.text).toContain(shown.offer === 'waiting' ? 'Waiting for approval' : 'name="reason"')
      const typed = /<textarea[^>]*name="reason"[^>]*>([^<]*)</.exec(page.text)?.[1] ?? ''
      const saysWhy = page.text.includes('class="problems"')
      expect([typed, saysWhy]).toEqual([shown.form === 'blank' ? '' : reason, shown.form === 'typed-and-why'])
    })
    test('on the progress page', async () => {
      expect((await progressOf(ben)).step).toBe(shown.progress === 'pim' ? 'none' : shown.progress)
    })
    test('on My access', async () => {
      const { text } = await ben.get('/access')
      expect(/being turned on/.test(text)).toBe(shown.mine === 'turning-on' || shown.mine === 'new')
      expect(text.includes('No request is waiting for approval.')).toBe(shown.mine !== 'waiting')
    })
  })
})

describe('an extension is shown as the table says on My access', () => {
  let house: House
  let ben: Visitor
  beforeAll(async () => {
    house = await openSelfService()
    house.tenant.setPolicy({ context: false })
    ben = await someoneIn(house, 'ben', { minutes: '480' })
  })
  afterAll(() => house[Symbol.asyncDispose]())

  test.each(states)('when it is %s', async state => {
    await write(house, state, 'extend')
    const { text } = await ben.get('/access')
    expect(text.includes('Access was not extended')).toBe(seen[state].mine === 'not-extended')
  })
})
