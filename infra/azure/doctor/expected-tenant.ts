import type { Config } from '../../../src/config/load.ts'
import { type ExpectedGate, type ExpectedTenant, expectedFrom } from '../../../src/setup/expected.ts'
import type { Fact } from '../../../src/setup/facts/fact.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import { type NamedObject, type WishInTenant, withoutEnd } from './wish-in-tenant.ts'

type Said = { config: Fact<Config>; wish: TenantWish | undefined; named: WishInTenant | undefined }

/**
 * What the tenant should be like: as tenant.json says where it is given, with the ids of what it names, or else as the
 * settings say. What tenant.json names and nobody could look up has the id that the settings give it.
 */
export function expectedTenant({ config, wish, named }: Said): Fact<ExpectedTenant> {
  const bySettings = 'value' in config ? expectedFrom(config.value) : undefined
  if (wish && !named && !bySettings) return notLookedUp
  if (wish) return { value: expectedByWish(wish, named, bySettings) }
  if (bySettings) return { value: bySettings }
  return 'value' in config ? { missing: '' } : config
}

const notLookedUp = { unseen: 'What tenant.json names could not be looked up.', remedy: 'Check again.' }

/** An id that no object has. What is not there is asked for by it, and is found to be missing. */
const nobodysId = '00000000-0000-0000-0000-000000000000'

const idOf = (found: NamedObject | undefined, otherwise = nobodysId): string =>
  found && 'id' in found ? found.id : otherwise

const isUnseen = (found: NamedObject) => 'none' in found && found.none === 'unseen'

type Found = ReadonlyMap<string, NamedObject> | undefined

/** The ids of all these; undefined where one of them could not be found: then nobody can be told from them. */
function allIds(names: readonly string[], found: Found): string[] | undefined {
  const ids = names.map(name => idOf(found?.get(name)))
  return ids.includes(nobodysId) ? undefined : ids
}

function expectedByWish(
  wish: TenantWish,
  named: WishInTenant | undefined,
  bySettings: ExpectedTenant | undefined,
): ExpectedTenant {
  const { standingGroup, features, gates } = wish
  const groupOf = ({ name, group }: GateWish) =>
    idOf(named?.groups.get(group), bySettings?.gates.find(gate => gate.name === name)?.groupId)
  const owners = allIds(wish.owners, named?.people)
  const left = emergencyIds(wish, named)
  const standing = standingGroup === undefined ? undefined : named?.groups.get(standingGroup)
  return {
    tenantId: wish.tenant,
    clientId: idOf(named?.registration, bySettings?.clientId),
    baseUrl: wish.baseUrl,
    credential: wish.credential.kind,
    frontDoor: wish.frontDoor,
    ...(standing && !isUnseen(standing) && { standingGroupId: idOf(standing) }),
    ...(left && { emergency: left }),
    ...(owners && { owners }),
    everyTime: wish.contexts.filter(({ everyTime }) => everyTime).map(({ id }) => id),
    gates: gates.map(gate =>
      gateOf(gate, { groupId: groupOf(gate), isOn: features.selfService, people: named?.people }),
    ),
    features: { ...features, people: gates.some(({ name }) => ['administrators', 'auditors'].includes(name)) },
  }
}

function emergencyIds({ emergency }: TenantWish, named: WishInTenant | undefined): string[] | undefined {
  const groups = allIds(emergency.group === undefined ? [] : [emergency.group], named?.groups)
  const users = allIds(emergency.users ?? [], named?.people)
  return groups && users && [...groups, ...users]
}

type OfGate = { groupId: string; isOn: boolean; people: Found }

function gateOf(gate: GateWish, { groupId, isOn, people }: OfGate): ExpectedGate {
  const { name, role, context, activation, active, eligible } = gate
  const [permanent, permanentlyEligible] = [active, eligible].map(all => allIds(withoutEnd(all), people))
  return {
    name,
    title: gate.title ?? gate.group,
    groupId,
    selfService: isOn && gate.selfService !== false,
    activationHours: activation.hours,
    justification: activation.justification,
    unprotected: gate.protection === 'none',
    ...(permanent && { permanent }),
    ...(permanentlyEligible && { permanentlyEligible }),
    ...(role !== undefined && { role }),
    ...(context !== undefined && { context }),
    ...(activation.context !== undefined && { activationContext: activation.context }),
  }
}
