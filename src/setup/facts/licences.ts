import { z } from 'zod'
import { word } from '../../entra/graph/shapes.ts'
import { type Fact, following } from './fact.ts'
import type { FactReading } from './reading.ts'

const shape = z.object({
  capabilityStatus: word.nullable(),
  servicePlans: z.array(z.object({ servicePlanName: z.string().nullable() })),
})
/** A service plan of the tenant, and whether it is in force: `enabled`, `warning`, `suspended` … */
export type ServicePlan = { name: string; status: string }

/** Reads the service plans of the tenant. Graph takes no option of a query here. */
export async function readServicePlans(reading: FactReading): Promise<Fact<ServicePlan[]>> {
  const rows = await reading.all({
    what: 'the licences of the tenant',
    path: '/subscribedSkus',
    shape,
    needs: 'LicenseAssignment.Read.All',
  })
  return following(rows, async value => ({
    value: value.flatMap(({ capabilityStatus, servicePlans }) =>
      servicePlans.map(({ servicePlanName }) => ({ name: servicePlanName ?? '', status: capabilityStatus ?? '' })),
    ),
  }))
}
