import { describe, expect, test } from 'vitest'
import type { House } from '../support/house.ts'
import { askedOf, openSelfService, someoneIn, turnOn } from '../support/self-service.ts'
import type { Visitor } from '../support/visitor.ts'

type Scene = { house: House; ben: Visitor }

const plain = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')
const mainOf = (html: string) => plain(html.slice(html.indexOf('<main')))
/** What the line above the page says, and the state on the page itself. */
const said = (html: string) => ({
  line: /data-until="([^"]+)"/.exec(html)?.[1],
  isAlways: html.includes('Access is always on for you'),
  isGreen: /<p class="state">(On|Access is on)<\/p>/.test(html),
  end: /<dt>(?:Ends|Access ends)<\/dt><dd><time datetime="([^"]+)"/.exec(html)?.[1],
  words: mainOf(html),
})

const turnedOn = async (settings: Record<string, string> = {}): Promise<Scene> => {
  const house = await openSelfService({ settings })
  house.tenant.setPolicy({ context: false })
  return { house, ben: await someoneIn(house) }
}
const endOf = (house: House) => askedOf(house)[0]?.until?.getTime() ?? 0
const at = (ms: number) => new Date(ms).toISOString()

/** Each leads somebody into a state in which one part of Microsoft, or of us, may say something else than another. */
const states: Record<string, () => Promise<Scene>> = {
  'never turned on': async () => {
    const house = await openSelfService()
    return { house, ben: await house.visitor('ben') }
  },
  'just turned on': () => turnedOn(),
  'just turned on, and no list shows it yet': async () => {
    const scene = await turnedOn()
    scene.house.tenant.set({ rosterLagSeconds: 90 })
    return scene
  },
  'on, and Graph does not answer': async () => {
    const scene = await turnedOn()
    scene.house.tenant.set({ graphDown: true })
    return scene
  },
  'on, and Entra and Graph have not answered for long': async () => {
    const scene = await turnedOn()
    scene.house.tenant.set({ graphDown: true, tokenError: { what: '50196', on: 'refresh', when: 'always' } })
    scene.house.clock.advance({ minutes: 12 })
    return scene
  },
  'on, and only Graph still answers': async () => {
    const scene = await turnedOn()
    await scene.ben.get('/access')
    scene.house.tenant.set({ tokenError: { what: '50196', on: 'refresh', when: 'always' } })
    scene.house.clock.advance({ minutes: 12 })
    return scene
  },
  'on, and idle for longer than a proof counts': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 20 })
    return scene
  },
  'ended a moment ago': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 6 })
    await scene.ben.post('/access/end')
    return scene
  },
  'ended a moment ago, and everything else lags': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 6 })
    scene.house.tenant.set({ tokenLagSeconds: 90, membersLagSeconds: 90, rosterLagSeconds: 90 })
    await scene.ben.post('/access/end')
    return scene
  },
  'removed early': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 10 })
    scene.house.tenant.end('ben', 'left the team')
    scene.house.clock.advance({ seconds: 70 })
    return scene
  },
  'removed early, while the token lags': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 10 })
    scene.house.tenant.set({ tokenLagSeconds: 100 })
    scene.house.tenant.end('ben', 'left the team')
    scene.house.clock.advance({ seconds: 70 })
    return scene
  },
  'ran out': async () => {
    const scene = await turnedOn()
    scene.house.clock.set(at(endOf(scene.house) + 1_000))
    return scene
  },
  'waiting for approval': async () => {
    const house = await openSelfService()
    house.tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
    const ben = await house.visitor('ben')
    await turnOn(ben)
    return { house, ben }
  },
  extended: async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 50 })
    await scene.ben.post('/access/extend', { minutes: '30' })
    return scene
  },
  'extended, and no list shows it yet': async () => {
    const scene = await turnedOn()
    scene.house.clock.advance({ minutes: 50 })
    await scene.ben.post('/access/extend', { minutes: '30' })
    scene.house.tenant.set({ rosterLagSeconds: 90 })
    return scene
  },
  'at the seam of an extension': async () => {
    const scene = await turnedOn()
    const first = endOf(scene.house)
    scene.house.tenant.set({ seamGapSeconds: 20 })
    scene.house.clock.advance({ minutes: 50 })
    await scene.ben.post('/access/extend', { minutes: '30' })
    scene.house.clock.set(at(first + 2_000))
    return scene
  },
  'turned on in the portal': async () => {
    const house = await openSelfService()
    const ben = await house.visitor('ben')
    await ben.get('/')
    house.tenant.activate('ben', { minutes: 60, reason: 'Turned on in the portal' })
    return { house, ben }
  },
  'added past PIM': async () => {
    const house = await openSelfService()
    house.tenant.addDirectly('ben')
    return { house, ben: await house.visitor('ben') }
  },
}

describe.each(Object.entries(states))('%s', (_state, lead) => {
  test('the page, the line above it and the gate agree', async () => {
    const { house, ben } = await lead()
    await using _house = house
    const own = await ben.get('/access')
    const page = said(own.text)
    const home = await ben.get('/')
    expect(own.status).toBe(200)
    expect([page.isGreen, home.status === 200]).toEqual([home.status === 200, page.isGreen])
    if (page.line) expect(page).toMatchObject({ isGreen: true, end: page.line })
    expect(page.words.includes('No access is on')).toBe(page.isGreen ? false : page.words.includes('No access is on'))
    if (page.isGreen || page.words.includes('Waiting for approval Who'))
      expect(page.words).not.toContain('You have not turned on access lately')
    if (home.status === 503) expect(page.words).not.toContain('No access is on')
    if (home.status === 503) expect(home.text).not.toContain('data-access-bar')
    if (home.status === 403) expect([home.text.includes('data-access-bar'), page.line]).toEqual([false, undefined])
    if (home.status === 200) {
      const start = said(home.text)
      expect(start.isGreen).toBe(true)
      if (start.line) expect(start.end).toBe(start.line)
      if (start.line && page.line) expect(start.line).toBe(page.line)
    }
  })
})

describe('how access ended is said as it was', () => {
  test('by somebody else, by name, on the refused page and in the list', async () => {
    const { house, ben } = await turnedOn()
    await using _house = house
    house.tenant.set({ identityNames: 'all' })
    house.clock.advance({ minutes: 10 })
    house.tenant.end('ben', 'left the team')
    house.clock.advance({ seconds: 70 })
    const refused = mainOf((await ben.get('/')).text)
    expect(refused).toContain('Ada Nakamura ended your access at 12:10 UTC')
    expect(refused).toContain('Access was ended early.')
    expect(mainOf((await ben.get('/access')).text)).toContain('removed by Ada Nakamura')
  })
  test('by somebody who is not named: removed, and not "ran out", also after its end', async () => {
    const { house, ben } = await turnedOn()
    await using _house = house
    house.tenant.set({ identityNames: 'none' })
    house.clock.advance({ minutes: 10 })
    house.tenant.end('ben', 'left the team')
    house.clock.advance({ minutes: 55 })
    const refused = mainOf((await ben.get('/')).text)
    expect(refused).toContain('Your access was ended at 12:10 UTC')
    expect(refused).not.toContain('ran out')
    expect(mainOf((await ben.get('/access')).text)).toContain('removed before its time')
  })
  test('by themselves', async () => {
    const { house, ben } = await turnedOn()
    await using _house = house
    house.clock.advance({ minutes: 10 })
    await ben.post('/access/end')
    expect(mainOf((await ben.get('/')).text)).toContain('You ended access at 12:10 UTC')
    expect(mainOf((await ben.get('/access')).text)).toContain('ended by you')
  })
  test('by its time', async () => {
    const { house, ben } = await turnedOn()
    await using _house = house
    house.clock.set(at(endOf(house) + 5_000))
    expect(mainOf((await ben.get('/')).text)).toContain('Access ran out at')
    expect(mainOf((await ben.get('/access')).text)).toContain('ran out')
  })
})
