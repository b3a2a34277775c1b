import type { AdministrativeUnit } from '@microsoft/microsoft-graph-types'
import { Stop } from '../commands/command.ts'
import { exits } from '../exits.ts'
import type { Thing } from '../model/thing.ts'
import type { Given } from '../run/given.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import { filterFor, isObjectId, onlyOne } from './named.ts'
import { referencesThing, someOf } from './references.ts'

const units = '/directory/administrativeUnits'
const select = '$select=id,displayName,isMemberManagementRestricted'

/** What the restricted administrative unit is called. */
const unitName = ({ name, restrictedUnit }: TenantWish): string => restrictedUnit ?? `${name} groups`

/** The restricted administrative unit, where a gate asks for one. */
export function unitThings({ wish, graph }: Given): Thing[] {
  if (!wish.gates.some(({ protection }) => protection === 'restricted-unit')) return []
  const name = unitName(wish)
  const find = async () => {
    if (isObjectId(name)) return await graph.get<AdministrativeUnit>(`${units}/${name}?${select}`)
    return onlyOne(
      await graph.list<AdministrativeUnit>(`${units}?${filterFor('displayName', name)}&${select}`),
      'administrative units',
      name,
    )
  }
  const unit: Thing = {
    object: `administrative unit ${name}`,
    async read(known) {
      const found = await find()
      if (!found?.id) return undefined
      if (found.isMemberManagementRestricted !== true) throw notRestricted(name)
      known.units.set(name, found.id)
      return { restricted: true }
    },
    after: () => ({ restricted: true }),
    async write() {
      const body: AdministrativeUnit = {
        displayName: name,
        description: `Groups of ${wish.name}: only administrators of this unit change who is in them`,
        isMemberManagementRestricted: true,
      }
      await graph.create({ path: units, body, find, isUnique: false })
    },
  }
  return [unit]
}

const notRestricted = (name: string): Stop =>
  new Stop(
    exits.failed,
    `The administrative unit "${name}" exists, and is not restricted. That is decided when a unit is made. Write another name into restrictedUnit.`,
  )

/** A group of a gate in the unit. The last of its things, because PIM does not manage groups in a restricted unit. */
export function unitMemberThings({ group, protection }: GateWish, { wish, graph }: Given): Thing[] {
  if (protection !== 'restricted-unit') return []
  const name = unitName(wish)
  const thing = referencesThing(
    {
      object: `group ${group} in administrative unit ${name}`,
      at: ({ units: known }) => (known.has(name) ? `${units}/${known.get(name)}/members` : undefined),
      members: [group],
      ids: ({ groups }) => groups,
      others: names => `${someOf(names)} are in it, too.`,
    },
    graph,
  )
  const { leaves: _leaves, ...quiet } = thing
  return [quiet]
}
