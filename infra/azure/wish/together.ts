import type { WishFault } from './fault.ts'
import { faultAt } from './fields.ts'
import { gateFaults } from './gate-faults.ts'
import { ownGateFaults } from './own-gates.ts'
import { fieldOf, textIn } from './partial.ts'
import { repeatedNames } from './repeated-names.ts'

/** The faults of fields that do not fit together, in a tenant.json whose single fields may be at fault, too. */
export function faultsTogether(wish: unknown, now: Date): WishFault[] {
  return [
    ...frontDoorFaults(wish),
    ...emergencyFaults(wish),
    ...gateFaults(wish, now),
    ...ownGateFaults(wish),
    ...repeatedNames(wish),
  ]
}

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
