import { hash } from 'node:crypto'
import { bytesOfBase64 } from '../notes/base64.ts'

/** Of this length only: bytes could be moved between a salt of any length and the text behind it. */
const saltBytes = 16

/** The personal part of a record: 'as-hashed', or 'erased' where the record had one, or 'none', or not what it was. */
export type PersonalStanding = 'as-hashed' | 'erased' | 'none' | 'changed'

/** Holds a personal part against the hash that stands for it in the bytes of its record. */
export function standingOfPersonal(
  hashed: string | undefined,
  { personal, salt }: { personal: string | null; salt: string | null },
): PersonalStanding {
  if (personal === null && salt === null) return hashed === undefined ? 'none' : 'erased'
  const saltRead = salt === null ? undefined : bytesOfBase64(salt)
  if (personal === null || saltRead?.length !== saltBytes) return 'changed'
  return hash('sha256', Buffer.concat([saltRead, Buffer.from(personal)]), 'base64') === hashed ? 'as-hashed' : 'changed'
}
