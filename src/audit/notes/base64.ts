/**
 * The bytes of a base64 text (RFC 4648, 4, with padding). Undefined for any other text: bytes have one spelling, so that a
 * changed text is never taken for the same bytes.
 */
export function bytesOfBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
