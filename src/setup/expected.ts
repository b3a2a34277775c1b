import { administratorsGate, type GateSettings } from '../config/gates.ts'
import type { Config } from '../config/load.ts'

/** A gate as the tenant should know it. */
export type ExpectedGate = Pick<GateSettings, 'name' | 'title' | 'groupId' | 'role' | 'context' | 'selfService'> & {
  /** The authentication context that turning on access should demand. Undefined: any. */
  activationContext?: string
  /** The longest activation, in hours. Undefined: 8. */
  activationHours?: number
  /** Whether turning on access takes a justification. Undefined: yes. */
  justification?: boolean
  /** Who may be a member without an end. Undefined: unknown. */
  permanent?: readonly string[]
  /** Who may be able to turn on access without an end. Undefined: nobody. */
  permanentlyEligible?: readonly string[]
  /** Somebody decided that the group needs no protection from the administrators of groups. */
  unprotected?: boolean
}

/** The parts of the application that need permissions of Graph. */
export type SetupFeatures = {
  roster: boolean
  notifications: boolean
  selfService: boolean
  administration: boolean
  /** Whether administrators or auditors look at who has access. */
  people: boolean
  /** Whether the application checks its own set-up, with permissions of its own that are optional. */
  findings: boolean
}

/**
 * What the tenant should be like, as far as somebody said so: the settings say less than the file that describes a whole
 * tenant. A part that is undefined is unknown, and a check that needs it says so or is content with less. Ids are object
 * ids in lower case.
 */
export type ExpectedTenant = {
  tenantId: string
  clientId: string
  /** The origin of the application. */
  baseUrl: string
  credential: 'secret' | 'certificate' | 'federated'
  gates: readonly ExpectedGate[]
  features: SetupFeatures
  /** Strict: Entra lets only active members sign in. Helpful: those who can turn on access, too. */
  frontDoor?: 'strict' | 'helpful'
  /** The group of those who may sign in before they are members; helpful only. */
  standingGroupId?: string
  /** The groups and accounts that every policy must leave out. */
  emergency?: readonly string[]
  /** The owners that the groups of the gates may have. */
  owners?: readonly string[]
  /** The contexts whose policy asks for the sign-in every time. Undefined: that of the administrators, where it is their own. */
  everyTime?: readonly string[]
}

/** What the settings of the application say about the tenant. */
export function expectedFrom(
  config: Pick<Config, 'baseUrl' | 'entra' | 'gates' | 'membership' | 'graph'>,
): ExpectedTenant {
  const { entra, gates, membership, graph } = config
  const has = (...names: string[]) => gates.some(({ name }) => names.includes(name))
  return {
    tenantId: entra.tenantId.toLowerCase(),
    clientId: entra.clientId.toLowerCase(),
    baseUrl: new URL(config.baseUrl).origin,
    credential: entra.credential.kind,
    gates,
    features: {
      roster: membership.roster,
      notifications: graph.notifications,
      selfService: gates.some(({ selfService }) => selfService),
      administration: has(administratorsGate),
      people: has(administratorsGate, 'auditors'),
      findings: true,
    },
  }
}
