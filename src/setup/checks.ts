import type { SetupCheck } from './check.ts'
import { registrationChecks } from './checks/registration.ts'

/** Every check, in the order in which the findings are listed. */
export const setupChecks: readonly SetupCheck[] = [...registrationChecks]
