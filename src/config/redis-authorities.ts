import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** Reads the certificates in REDIS_CA_FILE. `wrong` is what is wrong with the file, in words that follow the setting's name. */
export function readAuthorities(path: string): { pem: string } | { wrong: string } {
  if (path.includes('-----BEGIN')) return { wrong: 'must be the name of a file, not what is in it' }
  try {
    const pem = readFileSync(path, 'utf8')
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    for (const block of blocks) new X509Certificate(block)
    return blocks.length > 0 ? { pem } : { wrong: 'names a file without a certificate (PEM)' }
  } catch (error) {
    const isAbsent = error instanceof Error && 'syscall' in error
    return { wrong: isAbsent ? 'names a file that cannot be read' : 'names a file with a damaged certificate' }
  }
}
