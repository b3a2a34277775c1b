import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { openHouse } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { eventsIn, keysOf, sessionKeyOf } from '../../support/stored.ts'

const older = 'older-0123456789-abcdefghij-KLMNOP'
const newer = 'newer-0123456789-abcdefghij-KLMNOP'
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-rotation-'))
afterAll(() => rmSync(folder, { recursive: true }))
const [first, second] = ['first', 'second'].map(name => join(folder, name)) as [string, string]

describe('a session secret that is changed in its file while two replicas run', () => {
  const settingsOf = (file: string) => ({ SESSION_SECRET: '', SESSION_SECRET_FILE: file })
  /** Within ten seconds it is promised. */
  async function change(house: { logged: readonly string[] }, file: string, text: string): Promise<void> {
    const before = eventsIn(house.logged, 'secret-file-taken').length
    writeFileSync(file, text)
    await expect.poll(() => eventsIn(house.logged, 'secret-file-taken').length, { timeout: 10_000 }).toBe(before + 1)
  }
  async function openBoth() {
    for (const file of [first, second]) writeFileSync(file, older)
    const house = await openHouse({ settings: settingsOf(first) })
    return { house, replica: await openReplica(house, settingsOf(second)) }
  }

  test('signs nobody out, and nobody has to sign in again, though one replica sees the change later', async () => {
    const { house, replica } = await openBoth()
    await using _house = house
    await using _replica = replica
    const alice = await house.visitor('alice')
    /** Everywhere, and long enough after the last visit that each is written down. */
    const isIn = async () => {
      for (const origin of [house.baseUrl, replica.baseUrl, house.baseUrl]) {
        house.clock.advance({ minutes: 1 })
        expect((await alice.get(`${origin}/`)).status).toBe(200)
        expect((await alice.fetch(`${origin}/`)).status).toBe(200)
      }
    }
    await isIn()
    await change(house, first, `${newer},${older}`)
    await isIn()
    // A person who comes now is known to the other replica, too, which has not heard of the change.
    const ben = await house.visitor('ben')
    expect((await ben.get(`${replica.baseUrl}/`)).status).toBe(403)
    // A sign-in that began before the other replica saw the change ends after that.
    const ada = await house.visitor('ada', { signIn: false })
    const page = await ada.follow('/')
    await change(replica, second, `${newer},${older}`)
    expect((await ada.answer(page, { person: 'ada', method: 'password' })).status).toBe(200)
    await isIn()
    expect([house, replica].flatMap(({ logged }) => eventsIn(logged, 'session-sealed-with-unknown-secret'))).toEqual([])
    expect([...house.logged, ...replica.logged].join('\n')).not.toMatch(new RegExp(`${older}|${newer}`))
  })

  test('ends all sessions when it is replaced outright, and signing in works at once', async () => {
    const { house, replica } = await openBoth()
    await using _house = house
    await using _replica = replica
    const alice = await house.visitor('alice')
    await change(house, first, newer)
    await change(replica, second, newer)
    expect((await alice.get('/')).status).toBe(302)
    expect((await alice.signIn('/')).status).toBe(200)
    expect((await alice.get(`${replica.baseUrl}/`)).status).toBe(200)
    expect(sealedWith((await house.redis.get(sessionKeyOf(house, alice))) ?? '')).toBe(idOf(newer))
    expect(await keysOf(house, 'session:')).not.toEqual([])
  })
})

const sealedWith = (sealed: string) => sealed.split('.')[1]
const idOf = (secret: string) => sealedWith(createSeal([new Secret(secret)]).close('', 'x'))
