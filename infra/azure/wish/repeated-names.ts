import type { WishFault } from './fault.ts'
import { fieldOf, membersOf, textIn, textOf } from './partial.ts'

/** A name in tenant.json, and what it is a name of. */
type Given = { path: string; of: string; name: string | undefined }

/** Names that occur twice where each must mean one thing. Entra compares names without regard to case, so this does, too. */
export function repeatedNames(wish: unknown): WishFault[] {
  const gates = membersOf(wish, 'gates')
  const contexts = membersOf(wish, 'contexts')
  const each = (list: readonly unknown[], at: string, field: string, of: string): Given[] =>
    list.map((member, index) => ({ path: `${at}[${index}].${field}`, of, name: textIn(member, field) }))
  return twice([
    ...each(gates, 'gates', 'name', 'the gate'),
    ...each(gates, 'gates', 'role', 'the role of a gate'),
    ...each(gates, 'gates', 'group', 'a group'),
    { path: 'standingGroup', of: 'a group', name: textIn(wish, 'standingGroup') },
    { path: 'emergency.group', of: 'a group', name: textIn(fieldOf(wish, 'emergency'), 'group') },
    ...each(contexts, 'contexts', 'id', 'a context'),
    ...each(contexts, 'contexts', 'name', 'the name of a context'),
    ...each(contexts, 'contexts', 'policy', 'a policy'),
    ...people(wish, 'owners', 'owners'),
    ...gates.flatMap((gate, index) => [
      ...assigned(gate, index, 'eligible'),
      ...assigned(gate, index, 'active'),
      ...people(
        fieldOf(fieldOf(gate, 'activation'), 'approvers'),
        'users',
        `gates[${index}].activation.approvers.users`,
      ),
    ]),
  ])
}

const assigned = (gate: unknown, index: number, kind: 'eligible' | 'active'): Given[] =>
  membersOf(gate, kind).map((assignment, nth) => ({
    path: `gates[${index}].${kind}[${nth}].person`,
    of: `among the ${kind} of gates[${index}]`,
    name: textIn(assignment, 'person'),
  }))

const people = (of: unknown, field: string, path: string): Given[] =>
  membersOf(of, field).map((name, index) => ({ path: `${path}[${index}]`, of: `among ${path}`, name: textOf(name) }))

function twice(given: readonly Given[]): WishFault[] {
  return given.flatMap(({ path, of, name }, index) => {
    const isSame = (other: Given) => other.of === of && other.name?.toLowerCase() === name?.toLowerCase()
    const before = name === undefined ? undefined : given.slice(0, index).find(isSame)
    return before ? [{ path, wrong: `is ${name}, as ${before.path} is already: each must be another` }] : []
  })
}
