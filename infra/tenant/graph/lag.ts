import type { TenantState } from '../state.ts'

/** The moment that Graph's reads show: what was written since then may be missing. */
export const shownUntil = ({ clock, switches }: Pick<TenantState, 'clock' | 'switches'>): Date =>
  new Date(clock().getTime() - switches.directoryLagSeconds * 1000)

/** How late Graph's reads show who is in a group, in seconds. */
export const membersLag = ({ switches }: Pick<TenantState, 'switches'>): number =>
  Math.max(switches.membersLagSeconds, switches.directoryLagSeconds)
