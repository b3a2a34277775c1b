import type { DoctorFacts } from '../own-check.ts'

/** Whether a check of the tenant itself could be told. Then the doctor does not name the same fault a second time. */
export const isTold = ({ findings }: Pick<DoctorFacts, 'findings'>, name: string): boolean =>
  findings.some(({ check, verdict }) => check === name && verdict !== 'cannot-tell')
