import type { WishFault } from './fault.ts'
import { fieldOf, membersOf, textIn } from './partial.ts'

/**
 * The faults of gates that settings of their own describe: these settings say less than a gate in GATES_FILE may. What they
 * cannot say would be in tenant.json and nowhere else.
 */
export function ownGateFaults(wish: unknown): WishFault[] {
  const gates = membersOf(wish, 'gates')
  const isOn = fieldOf(fieldOf(wish, 'features'), 'selfService') === true
  const ofAdministrators = gates.find(gate => textIn(gate, 'name') === 'administrators')
  return gates.flatMap((gate, index) => {
    const name = textIn(gate, 'name') ?? ''
    const path = `gates[${index}]`
    return [
      ...(isOn && settled.includes(name) ? switchFaults(gate, path) : []),
      ...(settled.slice(1).includes(name) ? roleFaults(gate, path) : []),
      ...(name === 'auditors' && ofAdministrators ? contextFaults(gate, ofAdministrators, path) : []),
    ]
  })
}

const settled = ['members', 'administrators', 'auditors']

function switchFaults(gate: unknown, path: string): WishFault[] {
  if (fieldOf(gate, 'selfService') !== false) return []
  const wrong =
    'cannot be false at this gate: the application turns on access at it wherever features.selfService is on'
  return [{ path: `${path}.selfService`, wrong, example: 'true' }]
}

function roleFaults(gate: unknown, path: string): WishFault[] {
  if (fieldOf(gate, 'role') === undefined) return []
  return [
    { path: `${path}.role`, wrong: 'is not possible at this gate: the application knows its people by their group' },
  ]
}

function contextFaults(gate: unknown, administrators: unknown, path: string): WishFault[] {
  const [own, theirs] = [textIn(gate, 'context'), textIn(administrators, 'context')]
  if (own === theirs || theirs === undefined) return []
  const wrong = `must be ${theirs}, that of administrators: the application has one context for both`
  return [{ path: `${path}.context`, wrong, example: `"${theirs}"` }]
}
