import type { TenantState } from '../state.ts'

/** A member of an enumeration as Graph writes it now. */
export function cased({ switches }: Pick<TenantState, 'switches'>, member: string): string {
  return switches.graphEnumCase === 'pascal' ? member.replace(/^./, first => first.toUpperCase()) : member
}

/** The member with that name in any case; undefined when there is none. The marker for later members does not count. */
export function memberOf<Member extends string>(members: readonly Member[], given: unknown): Member | undefined {
  return members.find(each => each.toLowerCase() === String(given).toLowerCase())
}
