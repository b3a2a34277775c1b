import type { Membership } from '../../src/session/record/membership.ts'

/** The instant of these tests, in epoch ms, and others before and after it. */
export const now = Date.parse('2026-03-02T12:00:00Z')
export const ago = (seconds: number): number => now - seconds * 1000
export const inSeconds = (seconds: number): number => ago(-seconds)

/** A membership that was proven `age` seconds ago. `until` is its end in epoch ms. */
export const yes = (age: number, until?: number): Membership => ({
  member: true,
  provenAt: ago(age),
  ...(until !== undefined && { until }),
})
/** A "no" that was proven `age` seconds ago. */
export const no = (age: number): Membership => ({ member: false, provenAt: ago(age), reason: 'not-in-group' })
