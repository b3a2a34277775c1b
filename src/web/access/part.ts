import type { Access } from '../../pim/answers.ts'
import type { Approvals } from '../../pim/approval-answers.ts'

/** The services that exist only while people may turn on their own access (PIM_SELF_SERVICE). */
export type SelfService = { access?: Access | undefined; approvals?: Approvals | undefined }

/** The service of a part that is on. Throws at start when a page of a part that is off is in the table. */
export function partOf<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a page of a part that is off was put in the table')
  return part
}

/** The value of `:id` in a path. */
export const idParam = ({ id }: Record<string, unknown>): string => (typeof id === 'string' ? id : '')
