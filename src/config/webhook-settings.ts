import type { Fault, Values } from './given.ts'
import type { Secret } from './secret.ts'

/** Where each record of the trail is sent, and the secrets that sign it: the first is the newest. */
export type WebhookConfig = { url: Secret; secrets: readonly [Secret, ...Secret[]] }

/** The webhook that the settings describe; undefined where they name no address. */
export const webhookFrom = (read: {
  AUDIT_WEBHOOK_URL?: Secret | undefined
  AUDIT_WEBHOOK_SECRET?: readonly [Secret, ...Secret[]] | undefined
}): WebhookConfig | undefined =>
  read.AUDIT_WEBHOOK_URL && read.AUDIT_WEBHOOK_SECRET
    ? { url: read.AUDIT_WEBHOOK_URL, secrets: read.AUDIT_WEBHOOK_SECRET }
    : undefined

/** An address without a secret would be sent records that nobody there can tell from forged ones. */
export const webhookFaults = ({ AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: secret }: Values): Fault[] =>
  url !== undefined && secret === undefined
    ? [{ name: 'AUDIT_WEBHOOK_SECRET', wrong: 'is required where AUDIT_WEBHOOK_URL is given' }]
    : []
