import { createHash, type KeyObject, randomUUID, X509Certificate } from 'node:crypto'

/** A client secret of the app. It may have expired, because Entra does not remove expired secrets. */
export type AppSecret = { id: string; value: string; from: Date; until: Date }
export type AppCertificate = { id: string; certificate: X509Certificate; thumbprint: string }
/**
 * An issuer whose tokens the app may bring instead of its own credential. Issuer, subject and audience must match
 * exactly.
 */
export type Federation = { issuer: string; subject: string; audience: string; publicKey: KeyObject }

const years = 2
const yearMs = 365 * 24 * 3_600_000

/** Every credential by which the app can prove its identity to the tenant. */
export function createCredentials({ clock, clientSecret }: { clock: () => Date; clientSecret: string }) {
  const secrets: AppSecret[] = []
  const certificates: AppCertificate[] = []
  const federations: Federation[] = []
  addSecret(clientSecret)

  /** Another secret, or the same with another end. */
  function addSecret(value: string, until = new Date(clock().getTime() + years * yearMs)): void {
    const known = secrets.find(secret => secret.value === value)
    if (known) known.until = until
    else secrets.push({ id: randomUUID(), value, from: clock(), until })
  }

  return {
    secrets,
    certificates,
    federations,
    addSecret,
    removeSecret(value: string): void {
      const index = secrets.findIndex(secret => secret.value === value)
      if (index >= 0) secrets.splice(index, 1)
    },
    /** The certificate alone, as PEM: its key stays with the app. */
    addCertificate(pem: string): void {
      const certificate = new X509Certificate(pem)
      const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
      certificates.push({ id: randomUUID(), certificate, thumbprint })
    },
    trust(federation: Federation): void {
      federations.push(federation)
    },
    /** Restores the one secret of the start, and removes everything else. */
    reset(): void {
      for (const each of [secrets, certificates, federations]) each.length = 0
      addSecret(clientSecret)
    },
  }
}
export type Credentials = ReturnType<typeof createCredentials>
