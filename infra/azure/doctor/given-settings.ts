import { parseEnv } from 'node:util'
import { doubtfulSettings } from '../../../src/config/doubtful.ts'
import { type Config, ConfigError, loadConfig } from '../../../src/config/load.ts'
import { unknownSettings } from '../../../src/config/unknown.ts'
import type { Surroundings } from '../surroundings.ts'
import { readGiven } from './reading.ts'

/** The settings of the application as they were given: none, with faults, or good. `doubts` may be used, and are hardly meant. */
export type GivenSettings =
  | { kind: 'none' }
  | { kind: 'faulty'; from: string; faults: readonly string[] }
  | { kind: 'good'; from: string; config: Config; doubts: readonly string[] }

/** Settings that every Gatehouse has: where one of them is set, the environment is meant. */
const ofEvery = ['BASE_URL', 'ENTRA_TENANT_ID', 'ENTRA_CLIENT_ID', 'ACCESS_GROUP_ID']

/** Reads the settings from the file, or else from the environment, where some are there. Throws CannotBegin(64). */
export async function givenSettings(
  envFile: string | undefined,
  { env, readText }: Pick<Surroundings, 'env' | 'readText'>,
): Promise<GivenSettings> {
  if (envFile !== undefined) return judged(envFile, parseEnv(await readGiven(envFile, readText)))
  const isGiven = ofEvery.some(name => env[name] || env[`${name}_FILE`])
  return isGiven ? judged('the environment', env) : { kind: 'none' }
}

function judged(from: string, environment: Surroundings['env']): GivenSettings {
  try {
    const config = loadConfig(environment)
    return { kind: 'good', from, config, doubts: [...doubtfulSettings(config), ...unknownSettings(environment)] }
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return { kind: 'faulty', from, faults: thrown.faults }
  }
}
