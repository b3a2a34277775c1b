/** An administrative unit as Graph keeps it. */
export type UnitRow = {
  id: string
  deletedDateTime: null
  description: string | null
  displayName: string
  isMemberManagementRestricted: boolean
  membershipRule: string | null
  membershipRuleProcessingState: string | null
  membershipType: string | null
  visibility: string | null
}
