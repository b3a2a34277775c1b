import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** One element of DER: its tag, its length, its content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const size = body.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255]
  return Buffer.concat([Buffer.from([tag, ...length]), body])
}
const sequence = (...parts: Buffer[]) => der(0x30, ...parts)
const sha256WithRsa = sequence(Buffer.from('06092a864886f70d01010b', 'hex'), der(0x05))
const nameOf = (name: string) =>
  sequence(der(0x31, sequence(Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(name)))))
/** GeneralizedTime, to the second, UTC. */
const timeOf = (at: Date) => der(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

const pem = (label: string, bytes: Buffer) =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END ${label}-----\n`

const newPair = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength })
let kept: { privateKey: KeyObject; publicKey: KeyObject } | undefined
function usualPair() {
  kept ??= newPair(2048)
  return kept
}

/** A certificate signed with its own key, as PEM. All of one file share a key unless another length is asked for. */
export function makeCertificate({
  from = new Date('2026-01-01T00:00:00Z'),
  until = new Date('2046-01-01T00:00:00Z'),
  bits = 2048,
  isNewKey = false,
} = {}) {
  const { privateKey, publicKey } = bits === 2048 && !isNewKey ? usualPair() : newPair(bits)
  const serial = Buffer.concat([Buffer.from([1]), randomBytes(8)])
  const name = nameOf('gatehouse')
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    sha256WithRsa,
    name,
    sequence(timeOf(from), timeOf(until)),
    name,
    key,
  )
  const signature = Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)])
  return {
    privateKey,
    publicKey,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: pem('CERTIFICATE', sequence(body, sha256WithRsa, der(0x03, signature))),
  }
}
