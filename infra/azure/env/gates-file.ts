import { isObjectId } from '../things/named.ts'
import type { GateWish, TenantWish } from '../wish/tenant-wish.ts'
import { type Found, groupIdIn } from './found.ts'

/** The gates that settings of their own describe. */
const own = ['members', 'administrators', 'auditors']

/** The gates that GATES_FILE describes. */
export const gatesOfFile = ({ gates }: TenantWish): GateWish[] => gates.filter(({ name }) => !own.includes(name))

/** The name of a gate as people read it. A group that tenant.json names by its id has none. */
export const titleOf = ({ title, group }: GateWish): string | undefined =>
  title ?? (isObjectId(group) ? undefined : group)

/** The content of GATES_FILE. */
export function gatesFile(wish: TenantWish, found: Found): string {
  const gates = gatesOfFile(wish).map(gate => ({
    name: gate.name,
    title: titleOf(gate) ?? gate.name,
    group: groupIdIn(found, gate.group),
    ...(gate.role !== undefined && { role: gate.role }),
    ...(gate.context !== undefined && { context: gate.context }),
    ...(gate.selfService === false && { selfService: false }),
  }))
  return `${JSON.stringify({ gates }, null, 2)}\n`
}
