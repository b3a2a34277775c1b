import type { Config } from '../../../src/config/load.ts'
import { type ExpectedGate, type ExpectedTenant, expectedFrom } from '../../../src/setup/expected.ts'
import type { Fact } from '../../../src/setup/facts/fact.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import type { NamedObject, WishInTenant } from './wish-in-tenant.ts'

type Said = { config: Fact<Config>; wish: TenantWish | undefined; named: WishInTenant | undefined }

/**
 * What the tenant should be like: as tenant.json says where it is given, with the ids of what it names, or else as the
 * settings say. What tenant.json names and nobody could look up has the id that the settings give it.
 */
export function expectedTenant({ config, wish, named }: Said): Fact<ExpectedTenant> {
  const bySettings = 'value' in config ? expectedFrom(config.value) : undefined
  if (wish) return { value: expectedByWish(wish, named, bySettings) }
  if (bySettings) return { value: bySettings }
  return 'value' in config ? { missing: '' } : config
}

/** An id that no object has. What is not there is asked for by it, and is found to be missing. */
const nobodysId = '00000000-0000-0000-0000-000000000000'

const idOf = (found: NamedObject | undefined, otherwise = nobodysId): string =>
  found && 'id' in found ? found.id : otherwise

/** The ids of those that are there. */
const idsOf = (names: readonly string[], found: ReadonlyMap<string, NamedObject> | undefined): string[] =>
  names.map(name => idOf(found?.get(name))).filter(id => id !== nobodysId)

function expectedByWish(
  wish: TenantWish,
  named: WishInTenant | undefined,
  bySettings: ExpectedTenant | undefined,
): ExpectedTenant {
  const { emergency, standingGroup, features, gates } = wish
  const groupOf = ({ name, group }: GateWish) =>
    idOf(named?.groups.get(group), bySettings?.gates.find(gate => gate.name === name)?.groupId)
  return {
    tenantId: wish.tenant,
    clientId: idOf(named?.registration, bySettings?.clientId),
    baseUrl: wish.baseUrl,
    credential: wish.credential.kind,
    frontDoor: wish.frontDoor,
    ...(standingGroup !== undefined && { standingGroupId: idOf(named?.groups.get(standingGroup)) }),
    emergency: [
      ...idsOf(emergency.group === undefined ? [] : [emergency.group], named?.groups),
      ...idsOf(emergency.users ?? [], named?.people),
    ],
    owners: idsOf(wish.owners, named?.people),
    everyTime: wish.contexts.filter(({ everyTime }) => everyTime).map(({ id }) => id),
    gates: gates.map(gate => gateOf(gate, { groupId: groupOf(gate), isOn: features.selfService })),
    features: { ...features, people: gates.some(({ name }) => ['administrators', 'auditors'].includes(name)) },
  }
}

function gateOf(gate: GateWish, { groupId, isOn }: { groupId: string; isOn: boolean }): ExpectedGate {
  const { name, role, context, activation } = gate
  return {
    name,
    title: gate.title ?? gate.group,
    groupId,
    selfService: isOn && gate.selfService !== false,
    activationHours: activation.hours,
    ...(role !== undefined && { role }),
    ...(context !== undefined && { context }),
    ...(activation.context !== undefined && { activationContext: activation.context }),
  }
}
