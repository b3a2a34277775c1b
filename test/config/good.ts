import { ConfigError, loadConfig } from '../../src/config/load.ts'

/** Good settings. A test spoils the one that it is about. */
export const good = {
  BASE_URL: 'https://admin.contoso.com',
  ENTRA_TENANT_ID: '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30',
  ENTRA_CLIENT_ID: '8a6f2c1d-94b7-4e53-a0d8-1b7c3e9f6a24',
  ENTRA_CLIENT_SECRET: 'Xy7~canary-client-secret.9Q',
  ACCESS_GROUP_ID: '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05',
  SESSION_SECRET: 'canary-0123456789-session-KLMNOP-secret',
  REDIS_URL: 'redis://gatehouse:canary-redis-password@127.0.0.1:6379',
}

/** The lines that an operator reads; none when the settings are good. */
export function faultsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    loadConfig(environment)
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.faults
    throw thrown
  }
}
