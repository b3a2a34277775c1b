import type { WishFault } from './fault.ts'
import { exampleOfField } from './fields.ts'
import { ownGateFaults } from './own-gates.ts'
import { fieldOf, membersOf, textIn } from './partial.ts'
import { repeatedNames } from './repeated-names.ts'

/** Graph's `checkMemberGroups` takes as many groups in one call. */
const mostGates = 20

/** The faults of fields that do not fit together, in a tenant.json whose single fields may be at fault, too. */
export function faultsTogether(wish: unknown, now: Date): WishFault[] {
  return [
    ...frontDoorFaults(wish),
    ...emergencyFaults(wish),
    ...gateFaults(wish),
    ...administrationFaults(wish),
    ...contextFaults(wish),
    ...membersOf(wish, 'gates').flatMap((gate, index) => [
      ...assignmentFaults(gate, `gates[${index}].eligible`, now),
      ...assignmentFaults(gate, `gates[${index}].active`, now),
    ]),
    ...ownGateFaults(wish),
    ...repeatedNames(wish),
  ]
}

const faultAt = (path: string, wrong: string): WishFault => ({ path, wrong, example: exampleOfField(path) })

function frontDoorFaults(wish: unknown): WishFault[] {
  const [door, standing] = [textIn(wish, 'frontDoor'), fieldOf(wish, 'standingGroup')]
  if (door === 'helpful' && standing === undefined)
    return [
      faultAt(
        'standingGroup',
        'is required with the helpful front door: people who may turn on access sign in through it',
      ),
    ]
  if (door !== 'strict') return []
  const isOn = fieldOf(fieldOf(wish, 'features'), 'selfService') === true
  return [
    ...(standing === undefined
      ? []
      : [faultAt('standingGroup', 'belongs to the helpful front door: leave it out with the strict one')]),
    ...(isOn
      ? [
          {
            path: 'features.selfService',
            wrong:
              'cannot be on with the strict front door: Entra lets only members of the gate groups sign in, so nobody could come to the page that turns on access',
            example: 'false',
          },
        ]
      : []),
  ]
}

function emergencyFaults(wish: unknown): WishFault[] {
  const emergency = fieldOf(wish, 'emergency')
  if (typeof emergency !== 'object' || emergency === null) return []
  const [group, users] = [fieldOf(emergency, 'group'), fieldOf(emergency, 'users')]
  if (group !== undefined && users !== undefined)
    return [faultAt('emergency', 'names a group and users: name one of the two')]
  if (group !== undefined || (Array.isArray(users) && users.length > 0)) return []
  return [
    faultAt(
      'emergency',
      'names nobody: without emergency accounts outside the policies, one mistake locks everybody out of the tenant',
    ),
  ]
}

function gateFaults(wish: unknown): WishFault[] {
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
