// Under its own name, oidc-provider would tie offline_access to a consent page.
export const offlineScope = 'tenant_offline'

export const graphScopes = ['User.Read', 'GroupMember.Read.All', 'User.ReadBasic.All']
