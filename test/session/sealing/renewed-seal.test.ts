import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'

const older = 'older-0123456789-abcdefghij-KLMNOP'
const newer = 'newer-0123456789-abcdefghij-KLMNOP'
const sealedWith = (sealed: string) => sealed.split('.')[1]
const idOf = (secret: string) => sealedWith(createSeal([new Secret(secret)]).close('', 'x'))

describe('a seal whose secrets change', () => {
  const secrets = (...values: [string, ...string[]]) =>
    values.map(value => new Secret(value)) as unknown as readonly [Secret, ...Secret[]]
  const settleMs = 120_000
  let seal: ReturnType<typeof createSeal>
  const sealing = () => sealedWith(seal.close('mine', 'place'))
  const opens = (by: string) => seal.open(createSeal(secrets(by)).close('mine', 'place'), 'place')
  beforeEach(() => {
    vi.useFakeTimers()
    seal = createSeal(secrets(older))
  })
  afterEach(() => void vi.useRealTimers())

  test('opens with a new secret at once, and seals with it when every replica has had the time to hear of it', () => {
    seal.renew(secrets(newer, older))
    expect([opens(newer), opens(older)]).toEqual([{ text: 'mine' }, { text: 'mine' }])
    expect(sealing()).toBe(idOf(older))
    vi.advanceTimersByTime(settleMs - 1)
    expect(sealing()).toBe(idOf(older))
    vi.advanceTimersByTime(1)
    expect(sealing()).toBe(idOf(newer))
    expect(opens(older)).toEqual({ text: 'mine' })
  })

  test('signs cookies and vouches for notifications with the same secret as it seals', () => {
    const { signing, clientStates } = seal
    const both = [signing[0], clientStates()[0]]
    seal.renew(secrets(newer, older))
    expect([signing[0], clientStates()[0]]).toEqual(both)
    expect([signing.length, clientStates().length]).toEqual([2, 2])
    vi.advanceTimersByTime(settleMs)
    const then = createSeal(secrets(newer))
    expect([signing[0], clientStates()[0]]).toEqual([then.signing[0], then.clientStates()[0]])
  })

  test('seals at once with a secret that it has had for a while', () => {
    seal.renew(secrets(older, newer))
    vi.advanceTimersByTime(settleMs)
    seal.renew(secrets(newer, older))
    expect(sealing()).toBe(idOf(newer))
  })

  test('seals at once with a second secret that it had from the start', () => {
    seal = createSeal(secrets(older, newer))
    seal.renew(secrets(newer, older))
    expect(sealing()).toBe(idOf(newer))
  })

  test('seals at once with a new secret when the secret in use is gone', () => {
    seal.renew(secrets(newer))
    expect(sealing()).toBe(idOf(newer))
    expect(opens(older)).toBe('unknown-key')
  })

  test('takes back a change that was taken back', () => {
    seal.renew(secrets(newer, older))
    seal.renew(secrets(older))
    vi.advanceTimersByTime(settleMs)
    expect(sealing()).toBe(idOf(older))
    expect(opens(newer)).toBe('unknown-key')
  })
})
