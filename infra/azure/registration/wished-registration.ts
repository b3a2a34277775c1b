import type { Features } from '../permissions/parts.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'

/** The optional claims of the ID token that the application reads. */
export const claimNames = ['auth_time', 'login_hint', 'sid'] as const

/** The addresses of the application that Entra has to know. */
export const addressesOf = ({ baseUrl }: Pick<TenantWish, 'baseUrl'>) => ({
  redirectUris: [`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`],
  logoutUrl: `${baseUrl}/auth/front-channel-logout`,
  homePageUrl: `${baseUrl}/`,
})

/** What is on, as far as permissions go. */
export const featuresOf = ({ features, gates }: TenantWish): Features => ({
  ...features,
  auditors: gates.some(({ name }) => name === 'auditors'),
})
