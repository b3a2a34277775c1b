import { createPrivateKey } from 'node:crypto'
import { pemBlocks, pemInLines } from './credential.ts'
import { Secret } from './secret.ts'

const most = 2

/**
 * Reads the private keys that sign the checkpoints of the trail: one, or two one after the other while the key changes. Line
 * breaks may be written as `\n` or as spaces. `wrong` is what is wrong with the text, in words that follow the setting's name.
 */
export function readSigningKeys(text: string): { keys: readonly Secret[] } | { wrong: string } {
  const pem = pemInLines(text)
  const blocks = pemBlocks(pem, 'PRIVATE KEY')
  const rest = blocks.reduce((left, block) => left.replace(block, ''), pem)
  if (blocks.length === 0 || /[^\s,]/.test(rest))
    return { wrong: 'must be a private key, not encrypted, as PEM, and nothing else' }
  if (blocks.length > most) return { wrong: 'must be one key, or two while it is being changed' }
  if (new Set(blocks).size < blocks.length) return { wrong: 'holds the same key twice' }
  try {
    const isRight = blocks.every(block => createPrivateKey(block).asymmetricKeyType === 'ed25519')
    return isRight ? { keys: blocks.map(block => new Secret(block)) } : { wrong: 'must be an Ed25519 key' }
  } catch {
    // The error is dropped, because it may quote the key.
    return { wrong: 'holds a damaged private key' }
  }
}
