import type { Access } from '../../pim/answers.ts'
import type { Approvals } from '../../pim/approvals.ts'

/** What is there while people may turn on their own access. */
export type SelfService = { access?: Access | undefined; approvals?: Approvals | undefined }

/** For pages that are served only while their part is on: that it is there is certain, and found out at start. */
export function partOf<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('a page of a part that is off was put in the table')
  return part
}

/** What `:id` in a path stands for. */
export const idOf = ({ id }: Record<string, unknown>): string => (typeof id === 'string' ? id : '')
