import { createHash, type KeyObject, randomUUID, X509Certificate } from 'node:crypto'
import type { Applications } from '../directory/applications.ts'
import type { Application, KeyCredential, PasswordCredential } from '../directory/registered/rows.ts'

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

export type Credentials = ReturnType<typeof createCredentials>

/** Every credential by which an app can prove its identity to the tenant. Acts throw when no app has the client id. */
export function createCredentials({
  applications,
  clock,
  clientId,
}: {
  applications: Applications
  clock: () => Date
  clientId: string
}) {
  const app = (): Application | undefined => applications.registered(clientId)

  /** Another secret, or the same with another end. */
  function addSecret(value: string, until = new Date(clock().getTime() + years * yearMs)): void {
    const known = secretsOf(applications, app()).find(secret => secret.value === value)
    const before = app()?.passwordCredentials ?? []
    const endDateTime = until.toISOString()
    const keyId = known?.id ?? randomUUID()
    applications.change(clientId, {
      passwordCredentials: known
        ? before.map(each => (each.keyId === known.id ? { ...each, endDateTime } : each))
        : [...before, passwordRow({ keyId, value, startDateTime: clock().toISOString(), endDateTime })],
    })
    applications.secrets.set(keyId, value)
  }

  function removeSecret(value: string): void {
    const gone = secretsOf(applications, app()).find(secret => secret.value === value)
    const rest = app()?.passwordCredentials.filter(({ keyId }) => keyId !== gone?.id)
    if (gone && rest) applications.change(clientId, { passwordCredentials: rest })
  }

  /** The certificate alone, as PEM: its key stays with the app. */
  function addCertificate(pem: string): void {
    const before = app()?.keyCredentials ?? []
    applications.change(clientId, { keyCredentials: [...before, keyRow(new X509Certificate(pem))] })
  }

  function trust({ issuer, subject, audience, publicKey }: Federation): void {
    const application = applications.change(clientId, {}).id
    const id = randomUUID()
    const row = { id, application, name: `trusted-${id}`, issuer, subject, audiences: [audience], description: null }
    applications.federated.put(row)
    applications.issuers.set(issuer, publicKey)
  }

  return {
    get secrets(): AppSecret[] {
      return secretsOf(applications, app())
    },
    get certificates(): AppCertificate[] {
      return (app()?.keyCredentials ?? []).map(({ keyId, key }) => {
        const certificate = new X509Certificate(Buffer.from(key, 'base64'))
        const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url')
        return { id: keyId, certificate, thumbprint }
      })
    },
    /** Only issuers whose key this tenant knows. */
    get federations(): Federation[] {
      const own = applications.federated.all().filter(({ application }) => application === app()?.id)
      return own.flatMap(({ issuer, subject, audiences }) => {
        const publicKey = applications.issuers.get(issuer)
        return publicKey ? audiences.map(audience => ({ issuer, subject, audience, publicKey })) : []
      })
    },
    addSecret,
    removeSecret,
    addCertificate,
    trust,
  }
}

/** The secrets of a registration whose values this tenant still knows. */
function secretsOf({ secrets }: Applications, app: Application | undefined): AppSecret[] {
  return (app?.passwordCredentials ?? []).flatMap(({ keyId, startDateTime, endDateTime }) => {
    const value = secrets.get(keyId)
    return value ? [{ id: keyId, value, from: new Date(startDateTime), until: new Date(endDateTime) }] : []
  })
}

type NewSecret = { keyId: string; value: string; startDateTime: string; endDateTime: string; displayName?: string }

/** A secret as Graph shows it: of its value three letters. */
export function passwordRow({ value, displayName = 'made for this tenant', ...rest }: NewSecret): PasswordCredential {
  return { customKeyIdentifier: null, displayName, hint: value.slice(0, 3), secretText: null, ...rest }
}

/** A certificate as Graph keeps it. */
export function keyRow(certificate: X509Certificate, more: Partial<KeyCredential> = {}): KeyCredential {
  return {
    customKeyIdentifier: certificate.fingerprint.replaceAll(':', ''),
    displayName: certificate.subject,
    endDateTime: new Date(certificate.validTo).toISOString(),
    key: certificate.raw.toString('base64'),
    keyId: randomUUID(),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    ...more,
  }
}
