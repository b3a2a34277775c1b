import type { ExpectedTenant } from '../expected.ts'
import { type Registration, readRegistration } from './application.ts'
import type { Fact } from './fact.ts'
import { createFactReading } from './reading.ts'

/** All that was read of the tenant, each part by itself. */
export type SetupFacts = { now: Date; application: Fact<Registration> }

type Asking = Parameters<typeof createFactReading>[0] & { expected: ExpectedTenant }

/** Reads the tenant as far as it shows itself. Never throws. */
export async function readFacts({ expected, ...parts }: Asking): Promise<SetupFacts> {
  const reading = createFactReading(parts)
  return { now: parts.clock(), application: await readRegistration(reading, expected.clientId) }
}
