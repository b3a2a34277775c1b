import { describe, expect, test } from 'vitest'
import { createAppToken } from '../../../src/entra/oidc/app-token.ts'
import { Problem } from '../../../src/errors.ts'

const hourMs = 3_600_000

/** The application's token from an Entra that gives another token at each call, each for an hour. */
function appTokenAt() {
  let now = 0
  let isAway = false
  const asked: string[] = []
  const graphToken = async (origin: string) => {
    if (isAway) throw new Problem('entra-unreachable')
    asked.push(origin)
    return { token: `token-${asked.length}`, expiresAt: now + hourMs }
  }
  const token = createAppToken({
    oidc: { graphToken },
    clock: () => new Date(now),
    graphBaseUrl: 'https://graph.example/v1.0',
  })
  const at = (ms: number) => {
    now = ms
  }
  const away = () => {
    isAway = true
  }
  return { token, asked, at, away }
}

describe("the application's token", () => {
  test('is one for the host of Graph', async () => {
    const { token, asked } = appTokenAt()
    await token.get()
    expect(asked).toEqual(['https://graph.example'])
  })
  test('is kept', async () => {
    const { token } = appTokenAt()
    expect([await token.get(), await token.get()]).toEqual(['token-1', 'token-1'])
  })
  test('is good until a minute before it expires', async () => {
    const { token, at } = appTokenAt()
    await token.get()
    at(hourMs - 60_000)
    expect(await token.get()).toBe('token-1')
  })
  test('is asked for anew in its last minute', async () => {
    const { token, at } = appTokenAt()
    await token.get()
    at(hourMs - 59_999)
    expect(await token.get()).toBe('token-2')
  })
  test('is another one where somebody wants it new', async () => {
    const { token } = appTokenAt()
    await token.get()
    expect(await token.get({ age: 'new' })).toBe('token-2')
  })
  test('stays good for others where the new one cannot be had', async () => {
    const { token, away } = appTokenAt()
    await token.get()
    away()
    await expect(token.get({ age: 'new' })).rejects.toThrow(Problem)
    expect(await token.get()).toBe('token-1')
  })
  test('is forgotten once Graph has refused it', async () => {
    const { token } = appTokenAt()
    await token.get()
    token.drop()
    expect(await token.get()).toBe('token-2')
  })
})
