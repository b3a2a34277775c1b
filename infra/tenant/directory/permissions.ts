export type Permission = { name: string; delegated: string | undefined; application: string | undefined }

/** Names, with the id as a delegated and the id as an application permission; a dash where there is none. */
const table = `
openid  37f7f235-527c-4136-accd-4a02d197296e  -
profile  14dad69e-099b-42c9-810b-d002981feec1  -
email  64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0  -
offline_access  7427e0e9-2fba-42fe-b0c0-848c9e6a8182  -
User.Read  e1fe6dd8-ba31-4d61-89e7-88639da4683d  -
User.ReadBasic.All  b340eb25-3456-403f-be2f-af7a0d370277  97235f07-e226-4f63-ace3-39588e11d3a1
User.Read.All  a154be20-db9c-4678-8ab7-66f6cc099a59  df021288-bdef-4463-88db-98f22de89214
GroupMember.Read.All  bc024368-1153-4739-b217-4326f2e966d0  98830695-27a2-44f7-8c18-0c3ebc9698f6
GroupMember.ReadWrite.All  f81125ac-d3b7-4573-a3b2-7099cc39df9e  dbaae8cf-10b5-4b86-a4a1-f871c94c6695
Group.Read.All  5f8c59db-677d-491f-a6b8-5f174b11ec1d  5b567255-7703-4780-807c-7be8301ae99b
Group.ReadWrite.All  4e46008b-f24c-477d-8fff-7bb4ec7aafe0  62a82d76-70ea-41e2-9197-370581804d09
Group.Create  -  bf7b1a76-6e77-406b-b258-bf5c7720e98f
Directory.Read.All  06da0dbc-49e2-44d2-8312-53f166ab848a  7ab1d382-f21e-4acd-a863-ba3e13f7da61
PrivilegedAssignmentSchedule.Read.AzureADGroup  02a32cc4-7ab5-4b58-879a-0586e0f7c495  cd4161cb-f098-48f8-a884-1eda9a42434c
PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup  06dbc45d-6708-4ef0-a797-f797ee68bf4b  41202f2c-f7ab-45be-b001-85c9728b9d69
PrivilegedAssignmentSchedule.Remove.AzureADGroup  ca5fe595-68ff-4dfd-907d-4509501a0e49  55d1104b-3821-413d-b3ca-e2393d333cd3
PrivilegedEligibilitySchedule.Read.AzureADGroup  8f44f93d-ecef-46ae-a9bf-338508d44d6b  edb419d6-7edc-42a3-9345-509bfdf5d87c
PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup  ba974594-d163-484e-ba39-c330d5897667  618b6020-bca8-4de6-99f6-ef445fa4d857
PrivilegedEligibilitySchedule.Remove.AzureADGroup  c5ea9ab4-9b41-4c09-a400-53e652fb5096  55745561-7572-4314-a737-a2c2a1b0dd2e
RoleManagementPolicy.Read.AzureADGroup  7e26fdff-9cb1-4e56-bede-211fe0e420e8  69e67828-780e-47fd-b28c-7b27d14864e6
RoleManagementPolicy.ReadWrite.AzureADGroup  0da165c7-3f15-4236-b733-c0b0f6abe41d  b38dcc4d-a239-4ed6-aa84-6c65b284f97c
PrivilegedAccess.Read.AzureADGroup  d329c81c-20ad-4772-abf9-3f6fdb7e5988  01e37dc9-c035-40bd-b438-b2879c4870a6
PrivilegedAccess.ReadWrite.AzureADGroup  32531c59-1f32-461f-b8df-6f8a3b89f73b  2f6817f8-7b12-4f0f-bc18-eeaf60705a9e
AuthenticationContext.Read.All  57b030f1-8c35-469c-b0d9-e4a077debe70  381f742f-e1f8-4309-b4ab-e3d91ae4c5c1
AuthenticationContext.ReadWrite.All  ba6d575a-1344-4516-b777-1404f5593057  a88eef72-fed0-4bf7-a2a9-f19df33f8b83
Policy.Read.All  572fea84-0151-49b2-9301-11cb16974376  246dd0d5-5bd0-4def-940b-0421030a5b68
Policy.Read.ConditionalAccess  633e0fce-8c58-4cfb-9495-12bbd5a24f7c  37730810-e9ba-4e46-b07e-8ca78d182097
Policy.ReadWrite.ConditionalAccess  ad902697-1014-4ef5-81ef-2b4301988e8c  01c0a623-fc9b-48e9-b794-0756f8e8f067
Application.Read.All  c79f8feb-a9db-4090-85f9-90d820caa0eb  9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30
Application.ReadWrite.All  bdfbf15f-ee85-4955-8675-146e8e5296b5  1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9
Application.ReadWrite.OwnedBy  -  18a4783c-866b-4cc7-a460-3d5e5662c884
AppRoleAssignment.ReadWrite.All  84bccea3-f856-4a8a-967b-dbe0a3d53a64  06b708a9-e830-4db3-a914-8e69da51d44f
DelegatedPermissionGrant.Read.All  a197cdc4-a8e8-4d49-9d35-4ca7c83887b4  81b4724a-58aa-41c1-8a55-84ef97466587
Organization.Read.All  4908d5b9-3fb2-4b1e-9336-1888b7937185  498476ce-e0fe-48b0-b801-37ba7e2685c6
RoleManagement.ReadWrite.Directory  d01b97e9-cbc0-49fe-810a-750afd5527a3  9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8
DelegatedPermissionGrant.ReadWrite.All  41ce6ca6-6826-4807-84f1-1c82854f7ee5  8e8e4742-1d95-4f68-9d56-6ee75648c72a
AuditLog.Read.All  e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20  b0afded3-3588-46d8-8b3d-9842eff778da
`

const idIn = (text: string | undefined): string | undefined => (text === '-' ? undefined : text)

/** The permissions of Microsoft Graph that a tenant with this app can meet, with their ids (from Microsoft's list). */
export const graphPermissions: readonly Permission[] = table
  .trim()
  .split('\n')
  .map(row => {
    const [name = '', delegated, application] = row.split(/ +/)
    return { name, delegated: idIn(delegated), application: idIn(application) }
  })
