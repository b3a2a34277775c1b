import type { Thing } from './model/thing.ts'
import { registrationThings } from './registration/registration-things.ts'
import type { Given } from './run/given.ts'
import { contextThings } from './things/contexts.ts'
import { gateThings } from './things/gates.ts'
import { policyThings } from './things/policies.ts'

/** Everything that is set up, in the order in which it is written: each thing needs only those before it. */
export const thingsOf = (given: Given): readonly Thing[] => [
  ...contextThings(given),
  ...policyThings(given),
  ...gateThings(given),
  ...registrationThings(given),
]
