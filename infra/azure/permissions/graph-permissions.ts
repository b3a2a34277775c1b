/** Microsoft Graph, as every tenant knows it. */
export const graphAppId = '00000003-0000-0000-c000-000000000000'

export type PermissionKind = 'delegated' | 'application'
/** The id of a permission for each kind. A permission that does not exist for a kind has none. */
type Ids = { [Kind in PermissionKind]?: string }

/**
 * The permissions of Graph that the application may need, with their ids, which are the same in every tenant.
 * Source: https://learn.microsoft.com/graph/permissions-reference
 */
export const graphPermissions = {
  openid: { delegated: '37f7f235-527c-4136-accd-4a02d197296e' },
  profile: { delegated: '14dad69e-099b-42c9-810b-d002981feec1' },
  offline_access: { delegated: '7427e0e9-2fba-42fe-b0c0-848c9e6a8182' },
  'User.Read': { delegated: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d' },
  'User.ReadBasic.All': {
    delegated: 'b340eb25-3456-403f-be2f-af7a0d370277',
    application: '97235f07-e226-4f63-ace3-39588e11d3a1',
  },
  'User.Read.All': {
    delegated: 'a154be20-db9c-4678-8ab7-66f6cc099a59',
    application: 'df021288-bdef-4463-88db-98f22de89214',
  },
  'GroupMember.Read.All': {
    delegated: 'bc024368-1153-4739-b217-4326f2e966d0',
    application: '98830695-27a2-44f7-8c18-0c3ebc9698f6',
  },
  'Group.Read.All': {
    delegated: '5f8c59db-677d-491f-a6b8-5f174b11ec1d',
    application: '5b567255-7703-4780-807c-7be8301ae99b',
  },
  'Directory.Read.All': {
    delegated: '06da0dbc-49e2-44d2-8312-53f166ab848a',
    application: '7ab1d382-f21e-4acd-a863-ba3e13f7da61',
  },
  'Application.Read.All': {
    delegated: 'c79f8feb-a9db-4090-85f9-90d820caa0eb',
    application: '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30',
  },
  'AuthenticationContext.Read.All': {
    delegated: '57b030f1-8c35-469c-b0d9-e4a077debe70',
    application: '381f742f-e1f8-4309-b4ab-e3d91ae4c5c1',
  },
  'Policy.Read.All': {
    delegated: '572fea84-0151-49b2-9301-11cb16974376',
    application: '246dd0d5-5bd0-4def-940b-0421030a5b68',
  },
  'PrivilegedAssignmentSchedule.Read.AzureADGroup': {
    delegated: '02a32cc4-7ab5-4b58-879a-0586e0f7c495',
    application: 'cd4161cb-f098-48f8-a884-1eda9a42434c',
  },
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup': {
    delegated: '06dbc45d-6708-4ef0-a797-f797ee68bf4b',
    application: '41202f2c-f7ab-45be-b001-85c9728b9d69',
  },
  'PrivilegedEligibilitySchedule.Read.AzureADGroup': {
    delegated: '8f44f93d-ecef-46ae-a9bf-338508d44d6b',
    application: 'edb419d6-7edc-42a3-9345-509bfdf5d87c',
  },
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup': {
    delegated: 'ba974594-d163-484e-ba39-c330d5897667',
    application: '618b6020-bca8-4de6-99f6-ef445fa4d857',
  },
  'RoleManagementPolicy.Read.AzureADGroup': {
    delegated: '7e26fdff-9cb1-4e56-bede-211fe0e420e8',
    application: '69e67828-780e-47fd-b28c-7b27d14864e6',
  },
} as const satisfies Record<string, Ids>

export type GraphPermission = keyof typeof graphPermissions

/** The id of a permission of a kind. Throws for a permission that does not exist for it: a fault of this program. */
export function permissionId(name: GraphPermission, kind: PermissionKind): string {
  const id = (graphPermissions[name] as Ids)[kind]
  if (id === undefined) throw new Error(`${name} is no ${kind} permission`)
  return id
}
