import { execFileSync } from 'node:child_process'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { createSecretFiles } from '../../src/config/secret-files.ts'

const first = 'first-0123456789-abcdefghij-KLMNOP'
const second = 'second-0123456789-abcdefghij-KLMNOP'

/** Everything that was handed on from the file of one session secret, in order. */
function following(path: string, contentOf?: (path: string) => Promise<string>) {
  const told: string[] = []
  const files = createSecretFiles(
    [{ name: 'SESSION_SECRET', path, read: new Secret(first) }],
    {
      sessionSecrets: secrets => told.push(secrets.map(secret => secret.reveal()).join(',')),
      signingKeys: () => {},
      credential: () => {},
      taken: () => {},
      refused: (_name, why) => told.push(why),
    },
    contentOf,
  )
  files.start()
  return { told, stop: files.stop }
}

describe('a file that secrets are followed in', () => {
  let stop = () => {}
  afterEach(() => {
    stop()
    vi.useRealTimers()
  })

  /** Looks at a file with these contents, one content for each look, and returns everything that was handed on. */
  async function look(...contents: (string | Promise<string> | undefined)[]) {
    vi.useFakeTimers()
    let reads = 0
    const followed = following('there', async () => {
      const text = contents[reads++]
      if (text === undefined) throw new Error('not there')
      return text
    })
    stop = followed.stop
    for (const _ of contents) await vi.advanceTimersByTimeAsync(1_000)
    return { ...followed, reads }
  }
  const hanging = new Promise<string>(() => {})

  test('is taken when two looks in a row found the same', async () => {
    expect((await look(first, second, second, second)).told).toEqual([second])
  })

  test('is not taken while it grows, though each part would do for a secret', async () => {
    const parts = [second.slice(0, 32), second.slice(0, 33), second.slice(0, 34), second]
    expect((await look(...parts)).told).toEqual([])
  })

  test('is not judged while it grows: an empty file that is being written is no fault', async () => {
    expect((await look('', second, second)).told).toEqual([second])
  })

  test('that stays bad is said once', async () => {
    expect((await look('', '', '', '')).told).toEqual(['not-good'])
  })

  test.each([
    ['in quotes', `"${second}"`],
    ['with nothing behind a comma', `${second},`],
    ['with the name of a secret', `@Microsoft.KeyVault(SecretUri=https://canary.vault.azure.net/secrets/x)`],
  ])('is no better than at the start: %s', async (_what, text) => {
    expect((await look(text, text)).told).toEqual(['not-good'])
  })

  test('that only gained spaces, or the mark of an editor, changes nothing', async () => {
    expect((await look(`\uFEFF${first} \n\n`, `\uFEFF${first} \n\n`)).told).toEqual([])
  })

  test('that is back as it was changes nothing', async () => {
    expect((await look(second, first, first)).told).toEqual([])
  })

  test('that is away is said once each time, and a new one is taken when it is back', async () => {
    expect((await look(undefined, undefined, second, second, undefined)).told).toEqual([
      'unreadable',
      second,
      'unreadable',
    ])
  })

  test('whose read hangs is said once, and never read a second time meanwhile', async () => {
    const { told, reads } = await look(hanging, second, second, second)
    expect({ told, reads }).toEqual({ told: ['unreadable'], reads: 1 })
  })

  test('that is a pipe nobody writes to is unreadable, and a file in its place is taken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pipe-'))
    const path = join(folder, 'secret')
    execFileSync('mkfifo', [path])
    const followed = following(path)
    stop = () => {
      followed.stop()
      rmSync(folder, { recursive: true })
    }
    const told = () => expect.poll(() => followed.told, { timeout: 10_000 })
    await told().toEqual(['unreadable'])
    writeFileSync(join(folder, 'next'), second)
    renameSync(join(folder, 'next'), path)
    await told().toEqual(['unreadable', second])
  })
})
