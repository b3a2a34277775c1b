import { X509Certificate } from 'node:crypto'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Given } from '../run/given.ts'

/**
 * The certificate in a file, as PEM. A private key beside it is not looked at, and stays where it is. Throws Stop for what
 * Entra or the application would not take.
 */
export async function certificateIn(path: string, { readText, clock }: Pick<Given, 'readText' | 'clock'>) {
  const stop = (wrong: string): never => {
    throw new Stop(exits.configuration, `credential.file: ${path} ${wrong}.`)
  }
  const text = await readText(path).catch((error: { code?: string }) => stop(`cannot be read (${error.code})`))
  const [block] = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? []
  const certificate = block === undefined ? undefined : parsed(block)
  if (!certificate) return stop('holds no certificate as PEM')
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey
  if (asymmetricKeyType !== 'rsa' || (asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
    return stop('must be of an RSA key of at least 2048 bits: Entra takes no other')
  if (certificate.validToDate <= clock()) return stop(`ended on ${certificate.validToDate.toISOString()}`)
  return certificate
}

function parsed(block: string): X509Certificate | undefined {
  try {
    return new X509Certificate(block)
  } catch {
    return undefined
  }
}
