/** A group as Graph keeps it. Whether a unit restricts its management is not kept here, because units say it. */
export type GroupRow = {
  id: string
  deletedDateTime: null
  classification: null
  createdDateTime: string
  creationOptions: string[]
  description: string | null
  displayName: string
  expirationDateTime: null
  groupTypes: string[]
  isAssignableToRole: boolean | null
  mail: string | null
  mailEnabled: boolean
  mailNickname: string
  membershipRule: string | null
  membershipRuleProcessingState: string | null
  onPremisesDomainName: string | null
  onPremisesLastSyncDateTime: string | null
  onPremisesNetBiosName: string | null
  onPremisesSamAccountName: string | null
  onPremisesSecurityIdentifier: string | null
  onPremisesSyncEnabled: boolean | null
  onPremisesProvisioningErrors: object[]
  preferredDataLocation: string | null
  preferredLanguage: string | null
  proxyAddresses: string[]
  renewedDateTime: string
  resourceBehaviorOptions: string[]
  resourceProvisioningOptions: string[]
  securityEnabled: boolean
  securityIdentifier: string
  serviceProvisioningErrors: object[]
  theme: null
  uniqueName: string | null
  visibility: string | null
}

type Wish = Pick<GroupRow, 'id' | 'displayName' | 'createdDateTime'> & Partial<GroupRow>

/** A plain security group, but for what is wished otherwise. */
export const groupRow = (wish: Wish): GroupRow => ({
  deletedDateTime: null,
  classification: null,
  creationOptions: [],
  description: null,
  expirationDateTime: null,
  groupTypes: [],
  isAssignableToRole: null,
  mail: null,
  mailEnabled: false,
  mailNickname: wish.displayName.replaceAll(/[^\w-]/g, '').toLowerCase(),
  membershipRule: null,
  membershipRuleProcessingState: null,
  onPremisesDomainName: null,
  onPremisesLastSyncDateTime: null,
  onPremisesNetBiosName: null,
  onPremisesSamAccountName: null,
  onPremisesSecurityIdentifier: null,
  onPremisesSyncEnabled: null,
  onPremisesProvisioningErrors: [],
  preferredDataLocation: null,
  preferredLanguage: null,
  proxyAddresses: [],
  renewedDateTime: wish.createdDateTime,
  resourceBehaviorOptions: [],
  resourceProvisioningOptions: [],
  securityEnabled: true,
  securityIdentifier: securityIdentifierOf(wish.id),
  serviceProvisioningErrors: [],
  theme: null,
  uniqueName: null,
  visibility: null,
  ...wish,
})

/** Entra computes it from the object id: four little-endian numbers of 32 bits. */
function securityIdentifierOf(id: string): string {
  const [first = '', second = '', third = '', ...rest] = id.split('-')
  const swapped = [first, second, third].map(part => part.match(/../g)?.reverse().join('') ?? '')
  const bytes = Buffer.from([...swapped, ...rest].join(''), 'hex')
  return `S-1-12-1-${[0, 4, 8, 12].map(at => bytes.readUInt32LE(at)).join('-')}`
}

/** Whether PIM can take the group: a security group whose members no rule and no other directory decides. */
export const isFitForPim = ({ groupTypes, onPremisesSyncEnabled, securityEnabled, mailEnabled }: GroupRow): boolean =>
  !groupTypes.includes('DynamicMembership') &&
  onPremisesSyncEnabled !== true &&
  (groupTypes.includes('Unified') || (securityEnabled && !mailEnabled))
