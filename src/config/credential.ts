import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Secret } from './secret.ts'

/** A certificate with its private key, with which the application proves itself to Entra. */
export type Certificate = {
  privateKey: KeyObject
  /** SHA-256 of the certificate, base64url. Entra finds the certificate by it (`x5t#S256`). */
  thumbprint: string
  /** When the certificate expires, in epoch ms. */
  expiresAt: number
}

/** How the application proves itself to Entra. A federated token stays in its file, where the platform renews it. */
export type Credential =
  | { kind: 'secret'; secrets: readonly [Secret, ...Secret[]] }
  | { kind: 'certificate'; certificate: Certificate }
  | { kind: 'federated'; file: string }

/** The blocks of this kind in a PEM text, each with its marks. */
export const pemBlocks = (pem: string, what: string): string[] =>
  [...pem.matchAll(new RegExp(`-----BEGIN (?:[A-Z]+ )?${what}-----[^-]+-----END (?:[A-Z]+ )?${what}-----`, 'g'))].map(
    ([block]) => block,
  )

/**
 * A PEM text with its line breaks: some settings must be one line, and have `\n` or spaces in their place. OpenSSL wants each
 * mark, and the text between the marks, on lines of their own.
 */
export const pemInLines = (text: string): string =>
  text
    .replaceAll('\\n', '\n')
    .replace(
      /(-----BEGIN [A-Z ]+-----)([^-]+)(-----END [A-Z ]+-----)/g,
      (_block, begin, body, end) => `${begin}\n${body.trim().replace(/\s+/g, '\n')}\n${end}`,
    )

/**
 * Reads a private key and its certificate from PEM text, in either order, with or without the rest of the chain. Line
 * breaks may be written as `\n` or as spaces, because some settings must be one line. `wrong` is what is wrong with the
 * text, in words that follow the setting's name.
 */
export function readCertificate(text: string): Certificate | { wrong: string } {
  const pem = pemInLines(text)
  try {
    const privateKey = createPrivateKey(pemBlocks(pem, 'PRIVATE KEY')[0] ?? '')
    const certificate = pemBlocks(pem, 'CERTIFICATE')
      .map(block => new X509Certificate(block))
      .find(each => each.checkPrivateKey(privateKey))
    if (!certificate) return { wrong: 'holds no certificate of its private key' }
    if (privateKey.asymmetricKeyType !== 'rsa' || (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
      return { wrong: 'must be an RSA key of at least 2048 bits: Entra takes no other' }
    return {
      privateKey,
      thumbprint: createHash('sha256').update(certificate.raw).digest('base64url'),
      expiresAt: Date.parse(certificate.validTo),
    }
  } catch {
    // The error is dropped, because it may quote the key.
    return { wrong: 'must be a private key, not encrypted, and its certificate, both as PEM' }
  }
}
