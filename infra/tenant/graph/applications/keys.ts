import { X509Certificate } from 'node:crypto'
import type { KeyCredential } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import { keyRow } from '../../token/credentials.ts'

type KeyWish = Partial<Omit<KeyCredential, 'key'>> & { key?: string | null }

/**
 * The certificates in the place of those of before. One of before is named by its `keyId`, and may come without its key,
 * because Graph does not show the key unasked. Throws Graph's 400 for what is no certificate.
 */
export function keysFrom(wished: readonly KeyWish[], before: readonly KeyCredential[]): KeyCredential[] {
  return wished.map(wish => {
    const old = before.find(({ keyId }) => keyId === wish.keyId)
    if (old && !wish.key) return old
    if (wish.type !== 'AsymmetricX509Cert' || wish.usage !== 'Verify')
      refuse(400, 'Request_BadRequest', "A key credential is of the type 'AsymmetricX509Cert', for the usage 'Verify'.")
    return keyRow(certificateIn(wish.key), kept(wish))
  })
}

function certificateIn(key: string | null | undefined): X509Certificate {
  try {
    return new X509Certificate(Buffer.from(key ?? '', 'base64'))
  } catch {
    return refuse(400, 'Request_BadRequest', 'The key credential is not a certificate that can be read.')
  }
}

/** What Graph takes over from the wish: the rest it reads in the certificate. */
function kept({ keyId, displayName, startDateTime, endDateTime }: KeyWish): Partial<KeyCredential> {
  return Object.fromEntries(
    Object.entries({ keyId, displayName, startDateTime, endDateTime }).filter(([, value]) => value),
  )
}
