import { createHmac } from 'node:crypto'
import type { Secret } from '../config/secret.ts'

const prefix = 'whsec_'

/** The bytes of a webhook's secret: base64, with or without the prefix `whsec_`. */
export const keyOfSecret = (secret: Secret): Buffer => Buffer.from(secret.reveal().replace(prefix, ''), 'base64')

/**
 * The headers of Standard Webhooks for one message. `at` is epoch ms. Each secret signs, so that a receiver may know the old
 * one or the new one while a secret is changed.
 * Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signedHeaders(
  { id, at, body }: { id: string; at: number; body: string },
  secrets: readonly Secret[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const signatures = secrets.map(secret =>
    createHmac('sha256', keyOfSecret(secret)).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64'),
  )
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.map(signature => `v1,${signature}`).join(' '),
  }
}
