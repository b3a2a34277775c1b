import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { createMemory, type Memory } from '../memory.ts'

export type SigningKey = { kid: string; privateKey: KeyObject; publicKey: KeyObject }
export type KeyRing = { published: SigningKey[]; roll(how: 'add' | 'replace'): Promise<void> }

/** The signing keys: always more than one published. */
export async function createKeyRing(memory: Memory = createMemory(undefined)): Promise<KeyRing> {
  const published = recalled(memory) ?? [...(await firstKeys())]
  keep()
  return { published, roll }

  function keep(): void {
    memory.keep(
      'keys',
      published.map(({ kid, privateKey }) => ({ kid, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }) })),
    )
  }

  /** 'add' puts a new key first and keeps the old ones; 'replace' withdraws all old ones at once. */
  async function roll(how: 'add' | 'replace'): Promise<void> {
    if (how === 'add') published.unshift(await generateKey())
    else published.splice(0, published.length, ...(await Promise.all([generateKey(), generateKey()])))
    keep()
  }
}

function recalled(memory: Memory): SigningKey[] | undefined {
  const kept = memory.recall('keys') as { kid: string; pem: string }[] | undefined
  return kept?.map(({ kid, pem }) => {
    const privateKey = createPrivateKey(pem)
    return { kid, privateKey, publicKey: createPublicKey(privateKey) }
  })
}

// The keys are made once a process, because making RSA keys is the slowest part of starting a tenant.
let first: Promise<SigningKey[]> | undefined
function firstKeys(): Promise<SigningKey[]> {
  first ??= Promise.all([generateKey(), generateKey()])
  return first
}

async function generateKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { kid: unpublishedKid(), privateKey, publicKey }
}

/** The shape of a certificate's SHA-1 thumbprint: 27 base64url characters. */
export const unpublishedKid = (): string => randomBytes(20).toString('base64url')
