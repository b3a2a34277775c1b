import type { WishFault } from './fault.ts'
import { faultAt } from './fields.ts'
import { fieldOf, membersOf, textIn } from './partial.ts'

/** Graph's `checkMemberGroups` takes as many groups in one call. */
const mostGates = 20

/** The faults of gates that do not fit together, or not to the rest of tenant.json. */
export function gateFaults(wish: unknown, now: Date): WishFault[] {
  return [
    ...countFaults(wish),
    ...administrationFaults(wish),
    ...contextFaults(wish),
    ...membersOf(wish, 'gates').flatMap((gate, index) => [
      ...assignmentFaults(gate, `gates[${index}].eligible`, now),
      ...assignmentFaults(gate, `gates[${index}].active`, now),
    ]),
  ]
}

function countFaults(wish: unknown): WishFault[] {
  const gates = fieldOf(wish, 'gates')
  if (!Array.isArray(gates)) return []
  const selfService = fieldOf(fieldOf(wish, 'features'), 'selfService') === true
  return [
    ...(gates.length > mostGates
      ? [faultAt('gates', `has ${gates.length} gates; at most ${mostGates} are possible`)]
      : []),
    ...(gates.some(gate => textIn(gate, 'name') === 'members')
      ? []
      : [faultAt('gates', 'has no gate "members": every Gatehouse has it')]),
    ...gates.flatMap((gate, index) => approverFaults(gate, `gates[${index}].activation.approvers`)),
    ...gates.flatMap((gate, index) =>
      fieldOf(gate, 'selfService') === true && !selfService
        ? [{ path: `gates[${index}].selfService`, wrong: 'needs features.selfService to be true', example: 'false' }]
        : [],
    ),
  ]
}

function approverFaults(gate: unknown, path: string): WishFault[] {
  const approvers = fieldOf(fieldOf(gate, 'activation'), 'approvers')
  const isNobody = membersOf(approvers, 'users').length + membersOf(approvers, 'groups').length === 0
  return typeof approvers === 'object' && approvers !== null && isNobody
    ? [faultAt(path, 'names nobody, so nobody could approve: leave it out, or name somebody')]
    : []
}

function administrationFaults(wish: unknown): WishFault[] {
  const index = membersOf(wish, 'gates').findIndex(gate => textIn(gate, 'name') === 'administrators')
  const isOn = fieldOf(fieldOf(wish, 'features'), 'administration') === true
  if (index < 0)
    return isOn ? [{ path: 'features.administration', wrong: 'needs a gate "administrators"', example: 'false' }] : []
  const gate = membersOf(wish, 'gates')[index]
  return [
    ...(isOn
      ? []
      : [
          {
            path: 'features.administration',
            wrong: 'must be true, because there is a gate "administrators"',
            example: 'true',
          },
        ]),
    ...(fieldOf(gate, 'context') === undefined
      ? [
          {
            path: `gates[${index}].context`,
            wrong:
              'is required for administrators: PIM cannot ask for a context when somebody gives access, so the application must',
            example: '"c2"',
          },
        ]
      : []),
  ]
}

function contextFaults(wish: unknown): WishFault[] {
  const known = membersOf(wish, 'contexts').flatMap(context => textIn(context, 'id') ?? [])
  return membersOf(wish, 'gates').flatMap((gate, index) =>
    [
      [`gates[${index}].context`, textIn(gate, 'context')],
      [`gates[${index}].activation.context`, textIn(fieldOf(gate, 'activation'), 'context')],
    ].flatMap(([path, id]) =>
      id === undefined || known.includes(id)
        ? []
        : [
            {
              path: path as string,
              wrong: `is ${id}, which is not among contexts (${known.join(', ') || 'there is none'})`,
              example: known[0] ? `"${known[0]}"` : undefined,
            },
          ],
    ),
  )
}

function assignmentFaults(gate: unknown, path: string, now: Date): WishFault[] {
  const kind = path.endsWith('active') ? 'active' : 'eligible'
  return membersOf(gate, kind).flatMap((assignment, index) => {
    const until = textIn(assignment, 'until')
    const isPermanent = fieldOf(assignment, 'permanent') === true
    const at = `${path}[${index}]`
    if (until !== undefined && isPermanent)
      return [{ path: `${at}.permanent`, wrong: 'contradicts until: keep one of the two', example: 'false' }]
    if (until === undefined && !isPermanent && kind === 'active')
      return [faultAt(`${at}.until`, 'is required for an active assignment, or "permanent": true')]
    const isOver = until !== undefined && new Date(until.length === 10 ? `${until}T23:59:59Z` : until) <= now
    return isOver ? [{ path: `${at}.until`, wrong: 'is not in the future' }] : []
  })
}
