import type { TrailEntry } from '../../../src/audit/periods/period.ts'
import type { AuditRecord, AuditRecordRead } from '../../../src/audit/trail.ts'

/** When something was recorded, and what. */
export type Timed = readonly [string, AuditRecord]

/** Records with the instant of each: `10:04` is of the day 2026-03-02, `3 10:04` of the third of March. */
export function trailOf(...told: readonly Timed[]): TrailEntry[] {
  return told.map(([at, record], seq) => ({
    record: { v: 1, ...record, seq, at: new Date(instant(at)).toISOString() } as AuditRecordRead,
    personal: null,
  }))
}

/** An instant in epoch ms, written as above. */
export function instant(text: string): number {
  const [, day = '2', time = ''] = /^(?:(\d+) )?(.+)$/.exec(text) ?? []
  return Date.parse(`2026-03-${day.padStart(2, '0')}T${time.length === 5 ? `${time}:00` : time}Z`)
}
export const iso = (text: string): string => new Date(instant(text)).toISOString()

export const ana = { objectId: 'a0a0-ana', name: 'Ana Costa', username: 'ana@contoso.example' }
export const kim = { objectId: 'b1b1-kim', name: 'Kim Roe', username: 'kim@contoso.example' }

/** A record of an act of Ana's at the gate members. */
export const actOf = (event: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  event,
  gate: 'members',
  act: 'act-1',
  actor: ana,
  ...more,
})
export const turnsOn = (step: string, more: Partial<AuditRecord> = {}): AuditRecord =>
  actOf(`activation${step}`, { reason: 'Refund 8841', ticket: 'INC-1', minutes: 60, ...more })
export const seenIn = (since: string | undefined, more: Partial<AuditRecord> = {}): AuditRecord => ({
  event: 'seenIn',
  gate: 'members',
  subject: ana,
  source: 'turned-on',
  ...(since !== undefined && { since: iso(since) }),
  ...more,
})
export const seenOut = (how: string, since?: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  event: 'seenOut',
  gate: 'members',
  subject: ana,
  how,
  ...(since !== undefined && { since: iso(since) }),
  ...more,
})
