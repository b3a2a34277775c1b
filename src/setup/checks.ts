import type { SetupCheck } from './check.ts'
import { activationChecks } from './checks/activation.ts'
import { approverChecks } from './checks/approvers.ts'
import { claimChecks } from './checks/claims.ts'
import { contextChecks } from './checks/contexts.ts'
import { credentialChecks } from './checks/credentials.ts'
import { entranceChecks } from './checks/entrance.ts'
import { groupChecks } from './checks/groups.ts'
import { licenceChecks } from './checks/licence.ts'
import { memberChecks } from './checks/members.ts'
import { permissionChecks } from './checks/permissions.ts'
import { policyChecks } from './checks/policies.ts'
import { registrationChecks } from './checks/registration.ts'

/** Every check, in the order in which the findings are listed: from the front door to what turning on access takes. */
export const setupChecks: readonly SetupCheck[] = [
  ...registrationChecks,
  ...claimChecks,
  ...credentialChecks,
  ...entranceChecks,
  ...permissionChecks,
  ...groupChecks,
  ...memberChecks,
  ...activationChecks,
  ...approverChecks,
  ...contextChecks,
  ...policyChecks,
  ...licenceChecks,
]
