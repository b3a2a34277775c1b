import { type Caller, demand } from '../../caller.ts'
import { scopeNotGranted } from '../../refusal.ts'

const family = (name: string) => ({
  read: [`${name}.Read.AzureADGroup`, `${name}.ReadWrite.AzureADGroup`],
  write: [`${name}.ReadWrite.AzureADGroup`],
  remove: [`${name}.ReadWrite.AzureADGroup`, `${name}.Remove.AzureADGroup`],
})

/** The permissions of each part of PIM. A call needs one of them; the first is the least. */
export const scopesOf = {
  assignment: family('PrivilegedAssignmentSchedule'),
  eligibility: family('PrivilegedEligibilitySchedule'),
  policy: family('RoleManagementPolicy'),
}

/** Throws PIM's own 403 when the caller's token carries none of these. */
export function demandOneOf(caller: Caller, permissions: readonly string[]): void {
  demand(caller, { delegated: [permissions], application: [permissions] }, scopeNotGranted(permissions))
}
