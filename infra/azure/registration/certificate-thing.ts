import type { X509Certificate } from 'node:crypto'
import type { KeyCredential } from '@microsoft/microsoft-graph-types'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import { certificateIn } from './certificate-file.ts'
import { findRegistration } from './find-registration.ts'

/** The certificate by which the application proves itself. It is added beside the others, of which none is taken away. */
export function certificateThing(given: Given, file: string): Thing {
  const { graph, wish } = given
  let reading: Promise<X509Certificate> | undefined
  const certificate = () => {
    reading ??= certificateIn(file, given)
    return reading
  }
  const view = ({ fingerprint, validToDate }: X509Certificate) => ({
    thumbprint: fingerprint.replaceAll(':', ''),
    until: validToDate.toISOString(),
  })
  let wished: ReturnType<typeof view> | undefined

  return {
    object: `certificate of ${wish.name}`,
    async read(known) {
      const own = await certificate()
      wished = view(own)
      const keys = (await findRegistration(given, known))?.keyCredentials ?? []
      return keys.some(key => isOf(own, key)) ? wished : undefined
    },
    after: () => wished,
    async write(known) {
      const own = await certificate()
      const found = await findRegistration(given, known)
      const others = found?.keyCredentials ?? []
      if (others.some(key => isOf(own, key))) return
      const key = {
        type: 'AsymmetricX509Cert',
        usage: 'Verify',
        key: own.raw.toString('base64'),
        displayName: nameOf(own),
      }
      await graph.patch(`/applications/${known.application?.id}`, { keyCredentials: [...others, key] })
    },
  }
}

/** Graph shows the SHA-1 thumbprint of a certificate as hexadecimal digits or as base64. */
function isOf(certificate: X509Certificate, { key, customKeyIdentifier }: KeyCredential): boolean {
  const thumbprint = certificate.fingerprint.replaceAll(':', '')
  const shown = String(customKeyIdentifier ?? '')
  return (
    String(key ?? '') === certificate.raw.toString('base64') ||
    shown.toUpperCase() === thumbprint ||
    shown === Buffer.from(thumbprint, 'hex').toString('base64')
  )
}

const nameOf = ({ subject }: X509Certificate): string => subject.replaceAll('\n', ', ').slice(0, 90)
