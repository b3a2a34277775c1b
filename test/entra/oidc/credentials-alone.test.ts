import { describe, expect, test } from 'vitest'
import type { Credential } from '../../../src/config/credential.ts'
import { Secret } from '../../../src/config/secret.ts'
import { type ClientProof, createCredentials } from '../../../src/entra/oidc/credentials.ts'

const secrets = (first: string, ...others: string[]): Credential => ({
  kind: 'secret',
  secrets: [new Secret(first), ...others.map(each => new Secret(each))],
})
const federated: Credential = { kind: 'federated', file: '/var/run/token' }
const textOf = (proof: ClientProof) => (proof.kind === 'secret' ? proof.secret.reveal() : proof.kind)

/** A credential of which Entra takes the proofs in `good`, and everything that is tried, logged and counted. */
function inUse(credential: Credential, ...taken: string[]) {
  const good = new Set(taken)
  const tried: string[] = []
  const logged: unknown[] = []
  const refusals: number[] = []
  const credentials = createCredentials(credential, {
    log: {
      warn: (line: object) => logged.push({ level: 'warn', ...line }),
      info: (line: object) => logged.push({ level: 'info', ...line }),
    },
    onRefusal: position => refusals.push(position),
  })
  const prove = (work: (proof: string) => Promise<string> = async proof => proof) =>
    credentials.proving(
      async proof => {
        tried.push(textOf(proof))
        if (!good.has(textOf(proof))) throw new Error('refused', { cause: 7000215 })
        return work(textOf(proof))
      },
      thrown => (thrown instanceof Error && typeof thrown.cause === 'number' ? thrown.cause : undefined),
    )
  /** The same without an end: `undefined` where it was refused. */
  const proved = () => prove().catch(() => undefined)
  return { credentials, prove, proved, good, tried, logged, refusals }
}
const refused = (position: number, of = 2) => ({
  level: 'warn',
  event: 'client-secret-refused',
  position,
  of,
  aadsts: 7000215,
})
const works = (position: number, of = 2) => ({ level: 'info', event: 'client-secret-works', position, of })

describe('a secret that Entra takes', () => {
  test('gives its work to the caller', async () => {
    expect(await inUse(secrets('one', 'two'), 'one').prove()).toBe('one')
  })
  test('is no news', async () => {
    const { prove, logged } = inUse(secrets('one', 'two'), 'one')
    await prove()
    expect(logged).toEqual([])
  })
  test('is used again and again', async () => {
    const { prove, tried } = inUse(secrets('one', 'two'), 'one', 'two')
    for (const _each of [1, 2]) await prove()
    expect(tried).toEqual(['one', 'one'])
  })
})

describe('a secret that Entra refuses', () => {
  test('makes room for the other one at once', async () => {
    expect(await inUse(secrets('one', 'two'), 'two').prove()).toBe('two')
  })
  test('makes room for the others in their order', async () => {
    const { prove, tried } = inUse(secrets('one', 'two', 'three'), 'three')
    await prove()
    expect(tried).toEqual(['one', 'two', 'three'])
  })
  test('is in the log by its place, and so is the one that works', async () => {
    const { prove, logged } = inUse(secrets('one', 'two'), 'two')
    await prove()
    expect(logged).toEqual([refused(1), works(2)])
  })
  test('is counted by its place', async () => {
    const { prove, refusals } = inUse(secrets('one', 'two'), 'two')
    await prove()
    expect(refusals).toEqual([1])
  })
  test('is left out from then on', async () => {
    const { prove, tried } = inUse(secrets('one', 'two'), 'two')
    for (const _each of [1, 2]) await prove()
    expect(tried).toEqual(['one', 'two', 'two'])
  })
  test('is tried again once the other fails in its turn', async () => {
    const { prove, good } = inUse(secrets('one', 'two'), 'two')
    await prove()
    good.delete('two')
    good.add('one')
    expect(await prove()).toBe('one')
  })
  test('is in the log once, however often it is refused', async () => {
    const { proved, logged } = inUse(secrets('one', 'two'))
    for (const _each of [1, 2]) await proved()
    expect(logged).toEqual([refused(1), refused(2)])
  })
  test('is counted each time', async () => {
    const { proved, refusals } = inUse(secrets('one', 'two'))
    for (const _each of [1, 2]) await proved()
    expect(refusals).toEqual([1, 2, 1, 2])
  })
  test('is news when it works again, and when it is refused after that', async () => {
    const { proved, good, logged } = inUse(secrets('one'))
    await proved()
    good.add('one')
    await proved()
    good.clear()
    await proved()
    expect(logged).toEqual([refused(1, 1), works(1, 1), refused(1, 1)])
  })
  test('rises when there is no other', async () => {
    const { prove, tried } = inUse(secrets('one', 'two'))
    await expect(prove()).rejects.toThrow('refused')
    expect(tried).toEqual(['one', 'two'])
  })
})

describe('another fault than a refusal of the secret', () => {
  const fault = () => Promise.reject(new Error('silence'))
  test('rises without trying the other secret', async () => {
    const { prove, tried } = inUse(secrets('one', 'two'), 'one', 'two')
    await expect(prove(fault)).rejects.toThrow('silence')
    expect(tried).toEqual(['one'])
  })
  test('is not counted as a refusal', async () => {
    const { prove, refusals } = inUse(secrets('one', 'two'), 'one', 'two')
    await prove(fault).catch(() => {})
    expect(refusals).toEqual([])
  })
})

describe('a credential that is renewed', () => {
  test('is the one in use', () => {
    const { credentials } = inUse(secrets('one'))
    expect(credentials.current()).toMatchObject({ kind: 'secret' })
    credentials.renew(federated)
    expect(credentials.current()).toBe(federated)
  })
  test('proves us as what it is', async () => {
    const { credentials, prove } = inUse(secrets('one'), 'federated')
    credentials.renew(federated)
    expect(await prove()).toBe('federated')
  })
  test('is tried from its first secret on', async () => {
    const { credentials, prove, tried } = inUse(secrets('one', 'two'), 'two', 'three')
    await prove()
    credentials.renew(secrets('three', 'four'))
    await prove()
    expect(tried).toEqual(['one', 'two', 'three'])
  })
  test('is news again when its secret is refused', async () => {
    const { credentials, proved, logged } = inUse(secrets('one'))
    await proved()
    credentials.renew(secrets('two'))
    await proved()
    expect(logged).toEqual([refused(1, 1), refused(1, 1)])
  })
  test('hears nothing of a success of the one before', async () => {
    const { credentials, prove, good, tried, logged } = inUse(secrets('one', 'two'), 'two')
    await prove(async proof => {
      credentials.renew(secrets('three', 'four'))
      return proof
    })
    good.add('three')
    await prove()
    expect(tried.at(-1)).toBe('three')
    expect(logged).toEqual([refused(1)])
  })
  test('hears nothing of a refusal of the one before', async () => {
    const { credentials, prove, refusals } = inUse(secrets('one'), 'one')
    const ended = prove(() => {
      credentials.renew(secrets('two'))
      return Promise.reject(new Error('refused', { cause: 7000222 }))
    })
    await expect(ended).rejects.toThrow('refused')
    expect(refusals).toEqual([])
  })
})

test('a credential works where nobody listens', async () => {
  const credentials = createCredentials(secrets('one', 'two'))
  const work = async (proof: ClientProof) => {
    if (textOf(proof) === 'one') throw new Error('refused')
    return textOf(proof)
  }
  expect(await credentials.proving(work, () => 7000215)).toBe('two')
})
