import { exampleWish } from '../../infra/azure/wish/example.ts'
import { readWish } from '../../infra/azure/wish/read-wish.ts'
import type { TenantWish } from '../../infra/azure/wish/tenant-wish.ts'

export const wishedAt = new Date('2026-11-29T12:00:00Z')

/** tenant.json as the example has it, with other fields where a test gives them. It must be free of faults. */
export function wished(fields: object = {}): TenantWish {
  const read = readWish(JSON.stringify({ ...exampleWish(wishedAt), ...fields }), wishedAt)
  if ('faults' in read) throw new Error(JSON.stringify(read.faults, null, 2))
  return read.wish
}

/** Gates of the example, by name, with other fields where a test gives them; and gates that it does not have. */
export function gatesWished(fields: Record<string, object>): object[] {
  const { gates } = exampleWish(wishedAt) as { gates: { name: string }[] }
  const known = gates.map(gate => ({ ...gate, ...fields[gate.name] }))
  const more = Object.entries(fields).filter(([name]) => !gates.some(gate => gate.name === name))
  return [...known, ...more.map(([name, gate]) => ({ name, group: `Payments ${name}`, ...gate }))]
}
