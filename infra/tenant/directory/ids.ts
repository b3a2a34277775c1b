import { createHash } from 'node:crypto'

/** The fixed identifiers of the local tenant: the same after every restart, so that an app's settings stay valid. */
export const tenantId = '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30'
export const clientId = '8a6f2c1d-94b7-4e53-a0d8-1b7c3e9f6a24'
export const localClientSecret = 'local-only~Gate.house_9vQ2mT7xR4kL8wZ1pB6nD3'

export const groups = {
  access: '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05',
  operators: '7d2f4c81-a9e6-4037-b5c8-1e6b0f93d24a',
  administrators: 'c47e9a30-6b15-4d82-9f0c-2a8e5d1b3c76',
  auditors: '90c3e5f2-4b7d-4a18-8d6f-f27a1c5e0b93',
  staff: 'e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19',
  emergency: '1d8e7c42-5b93-4f60-a2e7-8c4b0d9f6e15',
} as const

/** A GUID computed from a text, so that it stays the same without being stored. */
export function guidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

/** The app roles of the app that is registered from the start: their ids by their values, which are what tokens carry. */
export const appRoles = {
  'Payments.Access': guidFrom('app role Payments.Access'),
  'Payments.Operate': guidFrom('app role Payments.Operate'),
  'Payments.Audit': guidFrom('app role Payments.Audit'),
} as const

/** The pairwise subject: 43 base64url characters, different for every client. */
export function subjectFor(oid: string, appId: string): string {
  return createHash('sha256').update(`${oid}|${appId}`).digest('base64url')
}

/** The session id that an ID token (`sid`), the authorization response (`session_state`) and front-channel logout share. */
export const sidOf = (sessionUid: string): string => guidFrom(`session ${sessionUid}`)
